"""Has it helped? The mail to the patient at the review point, and once more after 3 days without an answer.

It comes by day on the patient's own clock, and not while the programme is suspended, paused or ended. What is
due and was not made is made, so that it comes once, however long planning was dead.
"""

import datetime as dt
import logging
import zoneinfo
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject, NullIf
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.localtime import day_bounds, instant_at, local_date
from clinic.models import Notice
from clinic.notices import writing
from clinic.notices.kinds import WANTED, Answer, ByHand, Mail, NoticeKind, SendAgain, Subscription, not_wanted
from clinic.notices.outbox import enqueue_all
from patients.models import EmergencyReport, Patient, Pause, Prescription, Review
from patients.notices import unreached
from patients.preferences import stop_asking
from patients.vocabulary import Alert

logger = logging.getLogger(__name__)

KIND = "helped"
FIRST, AGAIN = 1, 2
AGAIN_AFTER = dt.timedelta(days=3)
EARLIEST, LATEST = dt.time(10, 0), dt.time(20, 0)  # on the patient's clock
WORTH_SENDING = dt.timedelta(days=2)  # what could not go for longer leaves the word to the second one


def plan_helped(now: dt.datetime) -> int:
    """A planner: two statements for each zone where it is day, however many patients there are."""
    made = 0
    for zone in _zones():
        try:
            on = local_date(now, zone)
        except zoneinfo.ZoneInfoNotFoundError:
            logger.error("There is a time zone that is not known: nobody is asked there.")  # noqa: TRY400
            continue
        if not instant_at(on, EARLIEST, zone) <= now < instant_at(on, LATEST, zone):
            continue
        rows = _unasked(FIRST, on).filter(in_zone(zone))
        made += _owe(rows, FIRST, now=now)
        # Dates are counted: from the day of the first one, whatever its hour.
        before = day_bounds(on - AGAIN_AFTER, zone)[1]
        first = Notice.objects.filter(dedupe_key=OuterRef("first_key"), due_at__lt=before)
        rows = _unasked(AGAIN, on).annotate(first_key=_key(FIRST)).filter(in_zone(zone), Exists(first))
        made += _owe(rows, AGAIN, now=now)
    return made


def _owe(rows: QuerySet[Any], step: int, *, now: dt.datetime) -> int:
    return enqueue_all(
        rows,
        kind=KIND,
        clinic=F("prescription__patient__clinic"),
        dedupe_key=F("key"),
        due_at=Value(now),
        subject_id=F("prescription__patient_id"),
        expires_at=Value(now + WORTH_SENDING),
        params=JSONObject(review=F("pk"), step=Value(step)),
        now=now,
    )


def waiting() -> QuerySet[Any]:
    """Reviews that wait for the patient's word, of those who want to be asked."""
    return Review.objects.unsigned().filter(
        answered_at__isnull=True,
        prescription__status=Prescription.Status.ACTIVE,
        prescription__patient__helped_stopped_at__isnull=True,
    )


def not_held_back(rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:
    """Of `rows`, those whose programme is neither suspended nor paused on `on`."""
    reports = EmergencyReport.objects.uncleared().filter(patient=OuterRef("prescription__patient"))
    return rows.filter(~Exists(reports), ~Exists(_pauses(on)))


def _open() -> QuerySet[Any]:
    """Those of them who have an address; who has none is called (patients.notices.helped_calls)."""
    return waiting().exclude(prescription__patient__email="")


def _unasked(step: int, on: dt.date) -> QuerySet[Any]:
    rows = _open().annotate(key=_key(step))
    return not_held_back(rows, on=on).filter(~Exists(Notice.objects.filter(dedupe_key=OuterRef("key"))))


def _pauses(on: dt.date) -> QuerySet[Pause]:
    rows: QuerySet[Pause] = Pause.objects.filter(
        prescription=OuterRef("prescription"), starts_on__lte=on, ends_on__gte=on
    )
    return rows


def _key(step: int) -> Concat:
    return Concat(Value(f"{KIND}:"), Cast("pk", CharField()), Value(f":{step}"))


def _zones() -> list[str]:
    """The zones of those who may have to be asked: few, however many they are."""
    last = Notice.objects.filter(dedupe_key=OuterRef("key"))
    return zones(_open().annotate(key=_key(AGAIN)).filter(~Exists(last)))


def zones(rows: QuerySet[Any]) -> list[str]:
    """The time zones of the patients of `rows`."""
    patient = "prescription__patient__"
    zone = Coalesce(NullIf(f"{patient}time_zone", Value("")), f"{patient}clinic__time_zone")
    return list(rows.annotate(zone=zone).order_by().values_list("zone", flat=True).distinct())


def in_zone(zone: str) -> Q:
    patient = "prescription__patient__"
    return Q(**{f"{patient}time_zone": zone}) | Q(
        **{f"{patient}time_zone": "", f"{patient}clinic__time_zone": zone}
    )


def _review(notice: Notice) -> Review | None:
    rows = Review.objects.select_related("prescription__patient__clinic", "prescription__clinician")
    found: Review | None = rows.filter(pk=notice.params["review"]).first()
    return found


def still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    review = _review(notice)
    if review is None:
        return not_wanted("gone")
    prescription, patient = review.prescription, review.prescription.patient
    reasons = {
        "signed": review.signed_at is not None,
        "answered": review.answered_at is not None,
        "ended": prescription.status != Prescription.Status.ACTIVE,
        "turned_off": patient.helped_stopped_at is not None,
        "suspended": EmergencyReport.objects.uncleared().filter(patient=patient).exists(),
        "paused": prescription.pauses.filter(
            starts_on__lte=local_date(now, patient.zone), ends_on__gte=local_date(now, patient.zone)
        ).exists(),
    }
    return next((not_wanted(reason) for reason, holds in reasons.items() if holds), WANTED)


def _address(notice: Notice) -> str | None:
    review = _review(notice)
    return review.prescription.patient.email or None if review else None


def _render(notice: Notice) -> Mail:
    review = Review.objects.select_related("prescription__patient").get(pk=notice.params["review"])
    patient = review.prescription.patient
    return writing.write(
        notice,
        KIND,
        language=patient.language,
        name=patient.given_name,
        path=reverse("review"),
        again=notice.params["step"] == AGAIN,
    )


def _turn_off(params: dict[str, Any], now: dt.datetime) -> None:
    """From the link in one: whoever holds the mail may; nobody is signed in."""
    patient = Patient.objects.filter(prescriptions__reviews=params["review"]).first()
    if patient is not None:
        stop_asking(patient=patient, by=None, now=now)


def _on_failure(notice: Notice, now: dt.datetime) -> None:
    review = _review(notice)
    patient = review.prescription.patient if review else None
    unreached.tell_clinic(notice, patient=patient, what=Alert.CALL_HELPED, about=review, now=now)


HELPED = NoticeKind(
    name=KIND,
    address=_address,
    still_wanted=still_wanted,
    render=_render,
    on_failure=_on_failure,
    send_again_when_uncertain=SendAgain.ONCE,
    by_hand=ByHand.LATE,
    is_care=True,
    subscription=Subscription(
        what=_("the question at a review whether your exercises have helped"),
        how_to_turn_on=_("To turn it on again, sign in and open Settings."),
        turn_off=_turn_off,
    ),
)
