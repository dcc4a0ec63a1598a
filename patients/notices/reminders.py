"""Reminders: at the patient's local time on due days, unless the session is recorded by then; and, for who
wants it, one more the same day if nothing is recorded at all (a nudge)."""

import datetime as dt
import logging
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, CharField, DateTimeField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Concat, JSONObject
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.localtime import day_bounds, instant_at, local_date
from clinic.models import Notice
from clinic.notices import writing
from clinic.notices.kinds import WANTED, Answer, Mail, NoticeKind, SendAgain, Subscription, not_wanted
from clinic.notices.outbox import enqueue_all
from patients.merged import who_is_now
from patients.models import Patient
from patients.notices import due, unreached
from patients.preferences import drop_nudge

logger = logging.getLogger(__name__)

KIND, NUDGE_KIND = "reminder", "nudge"
WORTH_SENDING = dt.timedelta(hours=4)  # later it is a nuisance: it expires

Moments = dict[dt.time, dt.datetime]  # local time -> instant


def plan_reminders(now: dt.datetime) -> int:
    """A planner: one statement for each zone where it is time, however many patients there are.

    Only what has fallen due within the last hours is made: after an outage nobody gets a pile.
    """
    return _plan(KIND, due.first_reminders(), now=now)


def plan_nudges(now: dt.datetime) -> int:
    """A planner, as the one before; a nudge never outlives the day that it speaks of."""
    return _plan(NUDGE_KIND, due.nudges(), now=now)


def _plan(kind: str, rows: Any, *, now: dt.datetime) -> int:
    made = 0
    for (zone, on), moments in come_by(now, due.chosen_times(rows)).items():
        times = due.wanted(rows, on=on).filter(due.in_zone(zone), at__in=moments).exclude(patient__email="")
        times = times.annotate(due_at=_case(moments), key=_key(kind, on))
        last = day_bounds(on, zone)[1] if kind == NUDGE_KIND else None
        expiring = {at: _expires(instant, last) for at, instant in moments.items()}
        made += enqueue_all(
            times.filter(
                # Who was activated, or chose the hour, after it is reminded from the next one on.
                Q(activated_at__lte=F("due_at"), set_at__lte=F("due_at")),
                # For speed alone: a tick looks at the same hours again and again.
                ~Exists(Notice.objects.filter(dedupe_key=OuterRef("key"))),
            ),
            kind=kind,
            clinic=F("patient__clinic"),
            dedupe_key=F("key"),
            due_at=F("due_at"),
            subject_id=F("patient_id"),
            expires_at=_case(expiring),
            params=JSONObject(patient=F("patient_id"), slot=F("slot"), on=Value(on.isoformat())),
            now=now,
        )
    return made


def come_by(now: dt.datetime, chosen: Iterable[tuple[str, dt.time]]) -> dict[tuple[str, dt.date], Moments]:
    """Of the `chosen` times (zone, local time) those that have come by `now` and are still worth a mail.

    Given for each zone and local date, so that a date on which clocks change has each time once.
    """
    found: dict[tuple[str, dt.date], Moments] = defaultdict(dict)
    for zone, at in chosen:
        try:
            days = {local_date(now - WORTH_SENDING, zone), local_date(now, zone)}
        except zoneinfo.ZoneInfoNotFoundError:
            logger.error("There is a time zone that is not known: no reminders there.")  # noqa: TRY400
            continue
        for on in days:
            instant = instant_at(on, at, zone)
            if now - WORTH_SENDING < instant <= now:
                found[zone, on][at] = instant
    return found


def _expires(instant: dt.datetime, last: dt.datetime | None) -> dt.datetime:
    expires = instant + WORTH_SENDING
    return min(expires, last) if last else expires


def _case(moments: Moments) -> Case:
    """The instant that belongs to a reminder time."""
    whens = (When(at=at, then=Value(instant)) for at, instant in moments.items())
    return Case(*whens, output_field=DateTimeField())


def _key(kind: str, on: dt.date) -> Concat:
    patient, slot = Cast("patient_id", CharField()), Cast("slot", CharField())
    return Concat(Value(f"{kind}:"), patient, Value(f":{on}:"), slot)


def _patient(notice: Notice) -> Patient | None:
    return (
        notice.about or Patient.objects.select_related("clinic").filter(pk=notice.params["patient"]).first()
    )


def _address(notice: Notice) -> str | None:
    patient = _patient(notice)
    return patient.email or None if patient else None


def ask_together(notices: list[Notice], now: dt.datetime) -> dict[int, Answer]:
    """`still_wanted` of many, in one query for each kind and local date, and one for the patients."""
    patients = Patient.objects.select_related("clinic").in_bulk({one.params["patient"] for one in notices})
    some: dict[tuple[str, str], list[Notice]] = defaultdict(list)
    for notice in notices:
        notice.about = patients.get(notice.params["patient"])
        some[notice.kind, notice.params["on"]].append(notice)
    return {
        notice.pk: not_wanted(reason) if reason else WANTED
        for (kind, on), of_day in some.items()
        for notice, reason in zip(of_day, _reasons(kind, on, of_day), strict=True)
    }


def _reasons(kind: str, on: str, notices: list[Notice]) -> list[str]:
    """Why each is not wanted, "" if it is."""
    places = [(notice.params["patient"], notice.params["slot"]) for notice in notices]
    rows = due.nudges() if kind == NUDGE_KIND else due.first_reminders()
    ids = {patient for patient, _slot in places}
    known = due.reasons(rows, patient_ids=ids, on=dt.date.fromisoformat(on))
    return [known.get(place, due.NO_TIME_CHOSEN) for place in places]


def still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    """Asked just before sending, of a reminder and of a nudge."""
    return ask_together([notice], now)[notice.pk]


def _render(notice: Notice) -> Mail:
    patient = _patient(notice)
    if patient is None:
        raise LookupError(f"notice {notice.pk} is about nobody")
    return writing.write(
        notice,
        notice.kind,
        language=patient.language,
        name=patient.given_name,
        path=reverse("today"),
    )


def _turn_off(params: dict[str, Any], now: dt.datetime) -> None:
    """No more reminders, from the link in one. Whoever holds the mail may; nobody is signed in.

    A mail from before two records were merged means the one that was kept.
    """
    patient = who_is_now(params["patient"])
    if patient is None or patient.reminders_stopped_at is not None:
        return
    patient.reminders_stopped_at = now
    patient.save(update_fields=["reminders_stopped_at"])
    audit.write(
        verb=audit.Verb.CHANGED, obj=patient, actor=None, clinic=patient.clinic, subject=patient, now=now
    )


def _turn_off_nudge(params: dict[str, Any], now: dt.datetime) -> None:
    """Not this second one any more, from the link in one; the reminder itself stays."""
    patient = who_is_now(params["patient"])
    if patient is not None:
        drop_nudge(patient=patient, now=now)


def _on_failure(notice: Notice, now: dt.datetime) -> None:
    """No call for a reminder: patients.calls says why."""
    unreached.tell_clinic(notice, patient=_patient(notice), now=now)


REMINDER = NoticeKind(
    name=KIND,
    address=_address,
    still_wanted=still_wanted,
    ask_together=ask_together,
    render=_render,
    on_failure=_on_failure,
    send_again_when_uncertain=SendAgain.ONCE,
    is_care=True,
    subscription=Subscription(
        what=_("reminders"),
        how_to_turn_on=_("To turn them on again, sign in, open Settings and choose a time."),
        turn_off=_turn_off,
    ),
)
NUDGE = NoticeKind(
    name=NUDGE_KIND,
    address=_address,
    still_wanted=still_wanted,
    ask_together=ask_together,
    render=_render,
    on_failure=_on_failure,
    send_again_when_uncertain=SendAgain.ONCE,
    is_care=True,
    subscription=Subscription(
        what=_("the second reminder of a day"),
        how_to_turn_on=_("To turn it on again, sign in, open Settings and choose a time."),
        turn_off=_turn_off_nudge,
    ),
)
