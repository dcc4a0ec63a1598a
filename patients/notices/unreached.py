"""A mail to a patient that could not be delivered: the `on_failure` of every kind that goes to patients."""

import datetime as dt

from clinic.models import Notice
from patients import mail_address
from patients.calls import owe_call
from patients.models import Message, Patient, PrescriptionVersion, Review
from patients.vocabulary import Alert


def tell_clinic(
    notice: Notice,
    *,
    patient: Patient | None,
    now: dt.datetime,
    what: Alert | None = None,
    about: Message | PrescriptionVersion | Review | None = None,
) -> None:
    """Put on the worklist that the address does not work, and what is to be said instead of the mail.

    Nothing where the mail perhaps arrived: that stands in the delivery log. `what` and `about` are given
    where a call takes the mail's place.
    """
    if patient is None or notice.state == Notice.State.UNCERTAIN:
        return
    mail_address.tell_clinic(patient=patient, now=now)
    if what is not None and about is not None:
        owe_call(patient=patient, what=what, about=about, now=now)
