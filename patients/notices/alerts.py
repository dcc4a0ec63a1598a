"""Stop alerts and emergency signs: to the clinician at once, with a link to the worklist (rules 4 and 5)."""

import datetime as dt

from django.urls import reverse

from clinic.models import Notice
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, not_wanted
from patients.models import WorkItem
from patients.notices import clinicians


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
