"""The whole copy: which models are in it, and which are not, and why.

A model that belongs to a patient must stand in one of the two lists; a test walks them all. What names
patients by number alone is not in it: the outbox, whose mails the patient has, and the audit trail, which
has no content.
"""

import datetime as dt

from django.db import transaction

from clinic import audit
from clinic.audit import Verb
from clinic.models import User
from patients.models import Patient
from patients.own_data import person, practice, programmes, told
from patients.own_data.telling import Section, Teller

COPIED = frozenset(
    f"patients.{name}"
    for name in (
        *("Patient", "ReminderTime", "Nudge", "CalendarFeed"),
        *("Prescription", "PrescriptionVersion", "PrescribedExercise", "Pause", "SkippedDay", "Review"),
        *("PracticeSession", "ExerciseRecord", "ExerciseStop", "EmergencyReport", "Message"),
        *("SetAside", "Answer"),
    )
)
# What the clinic keeps about a patient and this copy leaves out. The page says so in words of its own.
KEPT_BACK = {
    "patients.Precautions": "what the clinic asked and judged before prescribing",
    "patients.Screening": "what the clinic asked and judged before prescribing",
    "patients.TreatmentNote": "the clinic's own notes",
    "patients.ReviewAddition": "the clinic's own notes",
    "patients.CareTeamMember": "who of the staff treats whom is the clinic's arrangement",
    "patients.WorkItem": "the staff's worklist",
    "patients.WorkItemEntry": "the staff's worklist",
    "patients.StepRequest": "a question to the clinician that the programme itself raised",
    "patients.CountedDay": "figures that follow from what is in it, counted beforehand for lists",
    "patients.Invitation": "a way in: its hash would help nobody but a thief",
    "patients.PaperCode": "a way in: its hash would help nobody but a thief",
}


def own_data(*, patient: Patient, user: User) -> list[Section]:
    """All that is kept about `patient` and that `user` may see as their patient, in the active language.

    As many queries however long the history is. Of others on the same sign-in there is nothing in it.
    """
    tell = Teller(patient.zone)
    return [
        person.person(patient, tell),
        person.settings(patient, user, tell),
        *(
            part(patient, user, tell)
            for part in (
                programmes.programmes,
                practice.sessions,
                told.set_aside,
                practice.stops,
                programmes.pauses,
                programmes.skipped_days,
                programmes.reviews,
                told.answers,
                practice.messages,
                practice.emergency_reports,
            )
        ),
    ]


@transaction.atomic
def copy_for_patient(*, patient: Patient, user: User, now: dt.datetime) -> list[Section]:
    """As `own_data`, to be taken away: that it was, and by whom, is written down."""
    audit.write(verb=Verb.EXPORTED, obj=patient, actor=user, clinic=patient.clinic, subject=patient, now=now)
    return own_data(patient=patient, user=user)
