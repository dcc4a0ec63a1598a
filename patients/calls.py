"""Calling whom no mail reaches: what would have been a mail is a line on the worklist, "call".

That is so for a patient without an address, and for one whose address a mail server has refused: the
programme has changed, there is an answer, has it helped? Each is a sentence that says what to say, added to
the one open item of the patient, which is closed with what came of it.

No reminder becomes a call. Who has no address cannot ask for reminders by mail, and a line a day for each
of them would bury the list; whom nothing is heard of stands on the morning list as silent.

The front desk does not see these lines: whether it has helped is health data, and who is called about a
changed programme may say what hurts. It sees on the patient's page that the address does not work.
"""

import datetime as dt

from patients.models import Message, Patient, Prescription, PrescriptionVersion, Review
from patients.vocabulary import Alert, WorkKind
from patients.work_lines import Event, add_lines


def owe_call(
    *, patient: Patient, what: Alert, about: Message | PrescriptionVersion | Review, now: dt.datetime
) -> bool:
    """Put on the worklist that somebody is to call `patient`. False where that stood there before."""
    event = Event(patient, _prescription(patient, about), about)
    return bool(add_lines(kind=WorkKind.CALL, what=what, events=[event], now=now))


def owe_calls_about_reviews(reviews: list[Review], *, now: dt.datetime) -> int:
    """Somebody is to ask these patients whether it has helped; gives how many lines are new.

    `reviews` come with prescription, clinician, patient and clinic.
    """
    events = [Event(review.prescription.patient, review.prescription, review) for review in reviews]
    return add_lines(kind=WorkKind.CALL, what=Alert.CALL_HELPED, events=events, now=now)


def _prescription(patient: Patient, about: Message | PrescriptionVersion | Review) -> Prescription | None:
    """The one that it is about; of a question, as with the question itself, the patient's latest."""
    if not isinstance(about, Message):
        return about.prescription
    found: Prescription | None = (
        Prescription.objects.of(patient).select_related("clinician").latest_first().first()
    )
    return found
