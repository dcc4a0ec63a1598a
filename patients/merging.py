"""Merging two records of one person: everything of the other one moves to the one that is kept.

What follows from the person (precautions, sign-in, care team) is brought together; what happened (sessions,
reviews, reports) moves as it is. Each prescription keeps its own days and figures. Only days on which an
emergency sign was open count for both: they are not due in either (rule 5).
"""

import datetime as dt
import uuid
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.models import Notice, User
from patients.locking import locked_patients, mark_changed
from patients.mail_address import close_if_mended
from patients.models import (
    CalendarFeed,
    EmergencyReport,
    Nudge,
    Patient,
    Precautions,
    Prescription,
    WorkItem,
)
from patients.signin.invitations import revoke_invitations
from patients.signin.paper import revoke_paper_code
from patients.work import refuse_outsider

# What can be taken from the other one, field by field.
CONTACT = ("given_name", "family_name", "birth_on", "email", "phone", "language", "time_zone")
# What moves as it is.
MOVED = (
    *("prescriptions", "sessions", "emergency_reports", "treatment_notes", "messages", "answers"),
    *("invitations", "paper_codes"),
)
PATIENT_PAGE = "admin:patient"  # as notices name it that lead there


@transaction.atomic
def merge_patients(
    *, keep: Patient, other: Patient, by: User, now: dt.datetime, from_other: Collection[str] = ()
) -> Patient:
    """Move everything of `other` to `keep`, and delete `other`. Gives the one that was kept.

    `from_other` names the fields of CONTACT that are taken from `other`. Who signs in with the address that
    is kept goes on; the other one's ways in end. Raises ValidationError as `refuse_merge` does, where
    `by` does not treat in this clinic, and where one of the two is gone because somebody was faster.
    """
    if not set(from_other) <= set(CONTACT):
        raise ValidationError(_("Choose from the list."), code="choice")
    _lock_unsent(keep, other)
    found = {patient.pk: patient for patient in locked_patients([keep.pk, other.pk])}
    if {keep.pk, other.pk} - set(found):
        raise ValidationError(
            _("One of the two is not there any more: somebody has merged them meanwhile."), code="gone"
        )
    keep, other = found[keep.pk], found[other.pk]
    refuse_merge(keep=keep, other=other)
    refuse_outsider(by, keep.clinic)
    _lock_what_changes(keep, other)
    revoke_paper_code(patient=other, by=by, now=now)
    revoke_invitations(patient=other, by=by, now=now)
    _merge_contact(keep, other, from_other, by=by, now=now)
    _rename_sent(keep, other)
    for name in MOVED:
        getattr(other, name).update(patient=keep)
    _merge_precautions(keep, other)
    _merge_reminders(keep, other, now=now)
    _drop_feed(other)
    _merge_team(keep, other)
    _merge_work(keep, other)
    _merge_notices(keep, other)
    close_if_mended(patient=keep, by=by, now=now)
    audit.write(verb=Verb.MERGED, obj=other, actor=by, clinic=keep.clinic, subject=keep, now=now)
    _delete(other)
    return keep


def refuse_merge(*, keep: Patient, other: Patient) -> None:
    """Raise ValidationError, with all reasons at once, where the two cannot be merged as they are."""
    if keep.pk == other.pk:
        raise ValidationError(_("Choose another patient."), code="same")
    if keep.clinic_id != other.clinic_id:
        raise ValidationError(_("They are patients of two clinics."), code="clinic")
    pair = {keep.pk, other.pk}
    running = set(Prescription.objects.active().filter(patient__in=pair).values_list("patient", flat=True))
    reports = EmergencyReport.objects.uncleared().filter(patient__in=pair)
    suspended = set(reports.values_list("patient", flat=True))
    problems = []
    if len(running) == len(pair):
        problems.append(
            ValidationError(_("Both have a running programme: end one of them first."), code="two_running")
        )
    if suspended and running - suspended:
        problem = _(
            "An emergency sign is open on one side, and a programme is running on the other: clear it first."
        )
        problems.append(ValidationError(problem, code="suspended"))
    if problems:
        raise ValidationError(problems)


def user_kept(keep: Patient, other: Patient, *, email: str) -> User | None:
    """Who signs in for the merged patient, where `email` is the address that is kept.

    As after a change of address, who reads a mailbox that is not kept signs in no more. Who has no address
    came in by paper; where both fit, the one with the address, else the one of the patient that is kept.
    """
    address = email.strip().lower()
    users = [patient.user for patient in (keep, other) if patient.user is not None]
    fitting = [user for user in users if user.email is None or user.email == address]
    return next((user for user in fitting if user.email), fitting[0] if fitting else None)


def _lock_unsent(keep: Patient, other: Patient) -> None:
    """Their mails that are not sent yet, before everything else: a worker that says of one that it could not
    be delivered holds it, and then points at the patient."""
    rows = Notice.objects.unsent().select_for_update(no_key=True).order_by("pk")
    list(rows.filter(subject_id__in=[keep.pk, other.pk]).values_list("pk"))


def _lock_what_changes(keep: Patient, other: Patient) -> None:
    """The prescriptions of both, then `other` against new rows that point at it.

    In this order: whoever records a session holds the prescription and then points at the patient.
    """
    rows = Prescription.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(patient__in=[keep, other]).order_by("pk"))
    mark_changed([keep, other])
    Patient.objects.select_for_update(of=("self",)).get(pk=other.pk)


def _merge_contact(
    keep: Patient, other: Patient, from_other: Collection[str], *, by: User, now: dt.datetime
) -> None:
    old = keep.email.strip().lower()
    email = other.email if "email" in from_other else keep.email
    user = user_kept(keep, other, email=email)
    if email.strip().lower() != old:
        revoke_invitations(patient=keep, by=by, now=now)
    for patient in (keep, other):
        if patient.user is not None and patient.user != user:
            audit.write(verb=Verb.UNLINKED, obj=patient, actor=by, clinic=keep.clinic, subject=keep, now=now)
    if user is not None and keep.user != user:
        audit.write(verb=Verb.LINKED, obj=keep, actor=by, clinic=keep.clinic, subject=keep, now=now)
    for name in from_other:
        setattr(keep, name, getattr(other, name))
    keep.user = user
    # Who wanted to be asked no more by one of the two is asked no more.
    keep.helped_stopped_at = keep.helped_stopped_at or other.helped_stopped_at
    keep.save(update_fields=[*from_other, "user", "helped_stopped_at"])


def _rename_sent(keep: Patient, other: Patient) -> None:
    """A session or question of the same id on both sides, from one form sent for both, gets its own."""
    for name in ("sessions", "messages"):
        ours, theirs = getattr(keep, name).values("uid"), getattr(other, name)
        for uid in set(theirs.filter(uid__in=ours).values_list("uid", flat=True)):
            theirs.filter(uid=uid).update(uid=uuid.uuid4())


def _merge_precautions(keep: Patient, other: Patient) -> None:
    """All that either answer named, with who asked last."""
    rows = list(Precautions.objects.filter(patient__in=[keep, other]).order_by("asked_at", "pk"))
    if not rows:
        return
    last = rows[-1]
    codes = sorted({code for row in rows for code in row.codes})
    Precautions.objects.filter(pk__in=[row.pk for row in rows[:-1]]).delete()
    Precautions.objects.filter(pk=last.pk).update(patient=keep, codes=codes)


def _merge_reminders(keep: Patient, other: Patient, *, now: dt.datetime) -> None:
    """The times of the one that is kept, with second reminder and days off; where it has none the other's,
    from the next one on."""
    theirs = Nudge.objects.filter(patient=other)
    if keep.reminder_times.exists():
        other.reminder_times.all().delete()
        theirs.delete()
        return
    theirs.update(patient=keep, set_at=now)
    if other.reminder_times.exists():
        other.reminder_times.update(patient=keep, set_at=now)
        keep.reminders_stopped_at = keep.reminders_stopped_at or other.reminders_stopped_at
        keep.reminder_days_off = other.reminder_days_off
        keep.save(update_fields=["reminders_stopped_at", "reminder_days_off"])


def _drop_feed(other: Patient) -> None:
    """Who has the other one's calendar address sees that person no more; the one kept can make a new one."""
    CalendarFeed.objects.filter(patient=other).delete()


def _merge_team(keep: Patient, other: Patient) -> None:
    other.care_team.filter(user__in=keep.care_team.values("user")).delete()
    other.care_team.update(patient=keep)


def _merge_work(keep: Patient, other: Patient) -> None:
    """One open item per kind: the events of a second one are added to the first."""
    rows = WorkItem.objects.open().select_for_update(of=("self",), no_key=True).order_by("pk")
    items = list(rows.filter(patient__in=[keep, other]))
    ours = {item.kind: item for item in items if item.patient_id == keep.pk}
    for item in items:
        if item.patient_id == other.pk and item.kind in ours:
            _join(ours[item.kind], item)
    other.work_items.update(patient=keep)


def _join(item: WorkItem, second: WorkItem) -> None:
    """Add `second` to `item`. It counts as seen only where both were; what is due earlier is due."""
    second.entries.update(item=item)
    if second.acknowledged_at is None:
        waited = item.waits_since if item.acknowledged_at is None else second.waits_since
        item.waits_since = min(waited, second.waits_since)
        item.acknowledged_at = item.acknowledged_by = None
    item.opened_at, item.due_on = min(item.opened_at, second.opened_at), min(item.due_on, second.due_on)
    item.owner = item.owner or second.owner
    given = [one.prescription for one in (item, second) if one.prescription is not None]
    running = [one for one in given if one.status == Prescription.Status.ACTIVE]
    item.prescription = next(iter(running + given), None)
    item.save()
    for notice in Notice.objects.filter(subject_id=second.patient_id, params__work_item=second.pk):
        # Their steps of passing on count as made: the one that is kept waits since the earlier event.
        key = notice.dedupe_key.replace(f"alert_again:{second.pk}:", f"alert_again:{item.pk}:")
        if Notice.objects.filter(dedupe_key=key).exists():
            key = notice.dedupe_key
        Notice.objects.filter(pk=notice.pk).update(
            params={**notice.params, "work_item": item.pk}, dedupe_key=key
        )
    second.delete()


def _merge_notices(keep: Patient, other: Patient) -> None:
    """The delivery log goes along; reminders that wait for `other` are planned anew for the one kept."""
    ours = Notice.objects.filter(clinic=keep.clinic, subject_id=other.pk)
    waiting = ours.filter(kind__in=["reminder", "nudge"], state__in=["queued", "retry"])
    waiting.update(state=Notice.State.SUPPRESSED, state_reason="merged", next_try_at=None)
    page = {"page": PATIENT_PAGE, "args": [keep.pk]}
    of_clinic = Notice.objects.filter(clinic=keep.clinic, subject_id=None)
    of_clinic.filter(params__page=PATIENT_PAGE, params__args=[other.pk]).update(params=page)
    ours.update(subject_id=keep.pk)


def _delete(other: Patient) -> None:
    """Only when nothing points at it any more: a kind of row that nobody thought of is never lost."""
    for relation in Patient._meta.related_objects:
        rows = relation.related_model._base_manager.filter(**{relation.field.name: other.pk})
        if rows.exists():
            raise RuntimeError(f"{relation.related_model._meta.label} of the patient was not moved.")
    other.delete()
