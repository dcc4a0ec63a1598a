"""Silent and not begun as lines of the worklist: on the clinic's open mornings, once for each silence.

What is due and was not made is made, however long planning was dead. A line stays when the patient records
again, and when the programme is paused or suspended: nothing leaves the list without an outcome, and whoever
looks at it reads what has become of it (patients.clinic_pages.quiet_rows). Who ends the programme closes it.
"""

import datetime as dt
import logging
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from clinic.localtime import instant_at, local_date
from clinic.models import Clinic, User
from patients.locking import locked_prescriptions
from patients.models import Pause, PracticeSession, Prescription, SkippedDay, WorkItem, WorkItemEntry
from patients.silence import expected, silences
from patients.trial import ONE_DAY
from patients.vocabulary import Alert, EndReason, WorkKind
from patients.work import close_work
from patients.work_lines import Event, add_lines

logger = logging.getLogger(__name__)

KINDS = {WorkKind.SILENT: Alert.SILENT, WorkKind.NOT_STARTED: Alert.NOT_STARTED}
READ_AT_ONCE = 200  # programmes
LINES_A_TICK = 500  # about: the next tick goes on
EARLIEST_ZONE, LATEST_ZONE = dt.timedelta(hours=-12), dt.timedelta(hours=14)


def open_silences(now: dt.datetime) -> int:
    """A planner: lines for who is silent or has not begun, in the clinics where it is an open morning.

    It makes lines, no notices. Two queries a clinic find of whom nothing was recorded lately and of whose
    silence no line knows; a few more for each `READ_AT_ONCE` of those. It writes only what is new.
    """
    made = 0
    for clinic in Clinic.objects.order_by("pk"):
        if not _has_opened(clinic, now):
            continue
        ids = _perhaps_silent(clinic, now)
        for start in range(0, len(ids), READ_AT_ONCE):
            made += _open(ids[start : start + READ_AT_ONCE], now=now)
            if made >= LINES_A_TICK:
                return 0
    return 0


def _has_opened(clinic: Clinic, now: dt.datetime) -> bool:
    """Whether the clinic is open today and its hour has come: until midnight, as no mail hangs on it."""
    try:
        today = local_date(now, clinic.time_zone)
    except ZoneInfoNotFoundError:
        logger.error("A clinic in an unknown time zone has no mornings.")  # noqa: TRY400
        return False
    is_open = str(today.isoweekday()) in clinic.open_days
    return is_open and instant_at(today, clinic.notices_at, clinic.time_zone) <= now


def _perhaps_silent(clinic: Clinic, now: dt.datetime) -> list[int]:
    """The ids of programmes of which nothing was heard for as many days as it takes, and of whose silence no
    line knows, in order: two queries.

    More than are silent, never fewer: all that the rule asks is read of these alone. It is today where on
    earth it is latest, and a pause leaves out only whom it excuses wherever they are.
    """
    first, last = (local_date(now + ahead, "UTC") for ahead in (EARLIEST_ZONE, LATEST_ZONE))
    before = last - clinic.silent_after_days * ONE_DAY
    mine = {"prescription": OuterRef("pk")}
    sessions = PracticeSession.objects.current().told().filter(**mine)
    excuses = SkippedDay.objects.filter(**mine).order_by("-skipped_on")
    rows = (
        expected()
        .filter(
            ~Exists(Pause.objects.filter(**mine, starts_on__lte=first, ends_on__gte=last)),
            ~Exists(sessions.filter(practised_on__gt=before)),
            patient__clinic=clinic,
        )
        .annotate(
            # Nothing below may compare these: Django gives what is nested in them a wrong name there.
            session_on=Subquery(sessions.order_by("-practised_on").values("practised_on")[:1]),
            excused_on=Subquery(excuses.values("skipped_on")[:1]),
            begun_on=Coalesce("starts_on", "activated_on"),
        )
        .order_by("pk")
        .values_list("pk", "patient", "session_on", "excused_on", "begun_on")
    )
    told = _told(clinic)
    found = []
    for pk, patient, session_on, excused_on, begun_on in rows:
        heard_on = max(on for on in (session_on, excused_on, begun_on) if on is not None)
        known_on = told.get((patient, Alert.NOT_STARTED if session_on is None else Alert.SILENT))
        if heard_on <= before and (known_on is None or known_on < heard_on):
            found.append(pk)
    return found


def _told(clinic: Clinic) -> dict[tuple[int, str], dt.date]:
    """The latest silence that stood on the list, by patient and what it was."""
    entries = WorkItemEntry.objects.filter(what__in=KINDS.values(), item__patient__clinic=clinic)
    rows = entries.order_by().values("item__patient", "what").annotate(latest=Max("quiet_since"))
    return {(row["item__patient"], row["what"]): row["latest"] for row in rows}


def _open(ids: Sequence[int], *, now: dt.datetime) -> int:
    """Lines for those of these programmes that are silent; gives how many are new."""
    silent = [one.prescription.pk for _kind, one in _events(ids, now=now) if one.prescription is not None]
    if not silent:
        return 0
    with transaction.atomic():
        # Whoever records now is either through, and no more silent, or comes after the line; a second planner
        # waits here and finds it.
        locked_prescriptions(Prescription.objects.filter(pk__in=silent))
        events = _events(silent, now=now)
        return sum(
            add_lines(kind=kind, what=what, events=[one for of, one in events if of == kind], now=now)
            for kind, what in KINDS.items()
        )


def _events(ids: Sequence[int], *, now: dt.datetime) -> list[tuple[WorkKind, Event]]:
    rows = expected().filter(pk__in=ids).select_related("patient__clinic", "clinician").order_by("pk")
    found = silences([one for one in rows if _is_known(one.patient.zone)], now=now)
    return [
        (
            WorkKind.NOT_STARTED if one.last_on is None else WorkKind.SILENT,
            Event(one.prescription.patient, one.prescription, quiet_since=one.since),
        )
        for one in found
    ]


def _is_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        logger.error("Of nobody in an unknown time zone is it said that they are silent.")  # noqa: TRY400
        return False
    return True


def close_silences(*, prescription: Prescription, reason: EndReason, by: User, now: dt.datetime) -> None:
    """Close what waits about a silence: `by` has ended the programme, and so it is settled.

    The caller holds the lock on `prescription`.
    """
    outcome = _("The programme has ended: %(reason)s.") % {"reason": EndReason(reason).label}
    items = WorkItem.objects.open().filter(patient=prescription.patient_id, kind__in=KINDS)
    # Locked, so that a colleague who closes one in the same moment has closed it, or finds it closed.
    items = items.select_for_update(of=("self",), no_key=True).order_by("pk")
    for item in items.select_related("patient__clinic"):
        close_work(item=item, by=by, outcome=outcome, now=now)
