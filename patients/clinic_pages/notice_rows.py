"""The delivery log as it is shown: lines of a list, and one notice with all its tries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clinic.models import Notice, NoticeAttempt, User
from patients.clinic_pages.windows import Asked, Part, part
from patients.models import Patient
from patients.notices import words

A_PAGE = 10
State = Notice.State
SHAPES = {  # how a state looks: the value of `data-state`, and its icon
    State.SENT: ("done", "done"),
    State.FAILED: ("stopped", "error"),
    State.UNCERTAIN: ("partly", "warning"),
    State.EXPIRED: ("not_recorded", "clock"),
    State.SUPPRESSED: ("not_due", "not_due"),
}
WAITS = ("open", "clock")


@dataclass(frozen=True)
class NoticeRow:
    notice: Notice
    patient: Patient | None  # whom it is about
    tries: list[NoticeAttempt]  # in order

    @property
    def what(self) -> Any:
        return words.kind(self.notice)

    @property
    def to(self) -> str:
        return words.recipient(self.notice, self.patient)

    @property
    def reason(self) -> Any:
        return words.reason(self.notice.state_reason)

    @property
    def shape(self) -> str:
        return SHAPES.get(State(self.notice.state), WAITS)[0]

    @property
    def icon(self) -> str:
        return SHAPES.get(State(self.notice.state), WAITS)[1]

    @property
    def zone(self) -> str:
        """The patient's days; of what is about nobody, the clinic's."""
        return self.patient.zone if self.patient else self.notice.clinic.time_zone

    @property
    def trouble(self) -> str:
        """What the mail server said last, where it is no plain yes."""
        return self.tries[-1].answer if self.tries and self.notice.state != State.SENT else ""


@dataclass(frozen=True)
class Try:
    attempt: NoticeAttempt

    @property
    def seconds(self) -> float | None:
        ended = self.attempt.ended_at
        return None if ended is None else (ended - self.attempt.started_at).total_seconds()

    @property
    def took(self) -> str:
        """From a fraction of a second to minutes, in words that stay on one line."""
        seconds = self.seconds
        if seconds is None:
            return "–"
        if seconds < 1:
            said = _("under a second")
        elif seconds < 60:
            said = _("%(seconds)d s") % {"seconds": round(seconds)}
        else:
            said = _("%(minutes)d min") % {"minutes": round(seconds / 60)}
        return said.replace(" ", "\N{NO-BREAK SPACE}")


def rows_of(notices: Iterable[Notice], *, patient: Patient | None = None) -> list[NoticeRow]:
    """`notices` as lines, with their patients where they are not all about `patient`: two queries."""
    chosen = list(notices)
    people: dict[int | None, Patient] = {patient.pk: patient} if patient else _patients(chosen)
    tries: dict[int, list[NoticeAttempt]] = {notice.pk: [] for notice in chosen}
    for attempt in NoticeAttempt.objects.filter(notice__in=tries).order_by("number"):
        tries[attempt.notice_id].append(attempt)
    return [NoticeRow(one, people.get(one.subject_id), tries[one.pk]) for one in chosen]


def log_of(patient: Patient, *, by: User, asked: Asked) -> Part:
    """One page of what was owed to or about `patient`, the latest first: three queries."""
    rows = Notice.objects.visible_to(by).filter(subject_id=patient.pk)
    rows = rows.select_related("recipient", "clinic").order_by("-due_at", "-pk")
    found = part(rows, name="messages", size=A_PAGE, asked=asked)
    return found.of_rows(rows_of(found.rows, patient=patient))


def patient_of(notice: Notice) -> Patient | None:
    """The patient whom it is about, with their clinic."""
    found = _patients([notice])
    return found.get(notice.subject_id)


def _patients(notices: Iterable[Notice]) -> dict[int | None, Patient]:
    ids = {notice.subject_id for notice in notices} - {None}
    return dict(Patient.objects.select_related("clinic").in_bulk(ids)) if ids else {}
