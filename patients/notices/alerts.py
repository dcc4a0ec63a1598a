"""Stop alerts and emergency signs: to the clinician at once, with a link to the worklist (rules 4 and 5)."""

import datetime as dt

from django.urls import reverse

from clinic.absences import stand_ins
from clinic.models import Notice, User
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, not_wanted
from clinic.notices.outbox import enqueue
from patients.models import Patient, WorkItem
from patients.notices import clinicians


def owe_alert(
    kind: str,
    item: WorkItem,
    *,
    patient: Patient,
    occurrence: str,
    recipient: User | None,
    about_new_row: bool,
    some_away: bool = True,
    now: dt.datetime,
) -> None:
    """Owe `recipient` the alert, and whoever stands in for them while they are away; both at once.

    Without a recipient it goes to the clinic's own address. `occurrence` says which event it is.
    `some_away=False` saves a query, where the caller has seen that nobody of the clinic is away.
    """
    deputy = None
    if recipient is not None and some_away:
        deputy = stand_ins([patient.clinic], now=now).of(recipient, patient.clinic)
    for user in [recipient] if deputy is None else [recipient, deputy]:
        enqueue(
            kind=kind,
            clinic=patient.clinic,
            recipient=user,
            subject=patient,
            dedupe_key=f"{kind}:{occurrence}:{user.pk if user else 'clinic'}",
            params={"work_item": item.pk},
            due_at=now,
            about_new_row=about_new_row,
            now=now,
        )


def still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    """Until somebody has acknowledged or closed the work item; a new event on it asks again."""
    item = WorkItem.objects.filter(pk=notice.params["work_item"]).first()
    if item is None:
        return not_wanted("gone")
    if item.closed_at is not None:
        return not_wanted("closed")
    return not_wanted("acknowledged") if item.acknowledged_at is not None else WANTED


def _stop(notice: Notice) -> Mail:
    return clinicians.write(notice, "stop_alert", path=reverse("admin:worklist"))


def _emergency(notice: Notice) -> Mail:
    return clinicians.write(notice, "emergency_alert", path=reverse("admin:worklist"))


STOP_ALERT = NoticeKind(
    name="stop_alert",
    address=clinicians.address,
    still_wanted=still_wanted,
    render=_stop,
    on_failure=clinicians.send_to_clinic,
    urgent=True,
)
EMERGENCY_ALERT = NoticeKind(
    name="emergency_alert",
    address=clinicians.address,
    still_wanted=still_wanted,
    render=_emergency,
    on_failure=clinicians.send_to_clinic,
    urgent=True,
)
