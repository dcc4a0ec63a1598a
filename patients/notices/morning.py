"""The morning list's mail: on open mornings, to each clinician, and only if something is new."""

import datetime as dt

from django.urls import reverse

from clinic.absences import stand_ins
from clinic.localtime import instant_at, local_date, open_morning_before
from clinic.models import Clinic, Membership, Notice
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, SendAgain, not_wanted
from clinic.notices.outbox import enqueue_many
from clinic.scoping import Role
from patients.morning import morning_list
from patients.notices import clinicians

KIND = "morning_list"
WORTH_SENDING = dt.timedelta(hours=4)  # later it is no morning; what was new is on the next list


def plan_morning_lists(now: dt.datetime) -> int:
    """A planner: four queries. What is new is asked before sending."""
    mornings = {clinic.pk: (clinic, at) for clinic in Clinic.objects.all() if (at := _morning(clinic, now))}
    if not mornings:
        return 0
    members = Membership.objects.active().filter(
        clinic__in=mornings, role=Role.CLINICIAN, user__is_active=True
    )
    owed = []
    for member in members.select_related("user").order_by("pk"):
        clinic, at = mornings[member.clinic_id]
        on = local_date(at, clinic.time_zone)
        notice = Notice(
            kind=KIND,
            clinic=clinic,
            recipient=member.user,
            dedupe_key=f"{KIND}:{clinic.pk}:{on}:{member.user_id}",
            due_at=at,
            expires_at=at + WORTH_SENDING,
            params={"on": on.isoformat()},
        )
        owed.append(notice)
    return enqueue_many(owed, now=now)


def _morning(clinic: Clinic, now: dt.datetime) -> dt.datetime | None:
    """This morning's hour of `clinic`, if it is open today and the hour has come and is not long past."""
    today = local_date(now, clinic.time_zone)
    at = instant_at(today, clinic.notices_at, clinic.time_zone)
    is_open = str(today.isoweekday()) in clinic.open_days
    return at if is_open and at <= now < at + WORTH_SENDING else None


def since(notice: Notice) -> dt.datetime:
    """The last list that was looked at for this recipient; where there was none, the open morning before."""
    earlier = Notice.objects.filter(
        kind=KIND,
        clinic=notice.clinic_id,
        recipient=notice.recipient_id,
        due_at__lt=notice.due_at,
        state__in=[Notice.State.SENT, Notice.State.SUPPRESSED, Notice.State.UNCERTAIN],
    )
    last = earlier.exclude(state_reason="away").order_by("-due_at").values_list("due_at", flat=True).first()
    return last or open_morning_before(notice.clinic, notice.due_at)


def still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    """Only if something is new, to who is here."""
    user = clinicians.reachable(notice)
    if user is None:
        return not_wanted("left")
    if stand_ins([notice.clinic], now=now).of(user, notice.clinic) is not None:
        return not_wanted("away")  # it is on the list of who stands in
    found = morning_list(user=user, clinic=notice.clinic, since=since(notice), now=now)
    return WANTED if found.has_news else not_wanted("nothing_new")


def _address(notice: Notice) -> str | None:
    user = clinicians.reachable(notice)
    return user.email if user else None


def _render(notice: Notice) -> Mail:
    return clinicians.write(notice, KIND, path=reverse("admin:morning"))


MORNING_LIST = NoticeKind(
    name=KIND,
    address=_address,
    still_wanted=still_wanted,
    render=_render,
    send_again_when_uncertain=SendAgain.NEVER,
)
