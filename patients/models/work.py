"""The worklist: one thing that needs a clinician. Nothing leaves it without an outcome."""

from typing import Self

from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from patients.models.patient import Patient
from patients.models.prescription import Prescription
from patients.models.scoping import HealthQuerySet
from patients.vocabulary import URGENCY, Alert, WorkKind


class WorkItemQuerySet(HealthQuerySet):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def by_urgency(self) -> Self:
        rank = Case(
            *(When(kind=kind, then=Value(place)) for place, kind in enumerate(URGENCY)),
            default=Value(len(URGENCY)),
            output_field=IntegerField(),
        )
        return self.order_by(rank, "due_on", "opened_at", "pk")


class WorkItem(models.Model):
    """One open item per patient and kind: later events are added to it as entries."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="work_items")
    prescription = models.ForeignKey(
        Prescription, on_delete=models.PROTECT, related_name="work_items", null=True, blank=True
    )
    kind = models.CharField(_("kind"), max_length=32, choices=WorkKind.choices)
    owner = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="work_items",
        null=True,
        blank=True,
        verbose_name=_("owner"),
    )
    opened_at = models.DateTimeField(_("since"))
    due_on = models.DateField(_("due"))  # local date of the clinic, an open day
    # Since when nobody has taken what it is about; what was taken before asks again with a new event.
    waits_since = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    outcome = models.TextField(_("outcome"), blank=True)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("work item")
        verbose_name_plural = _("worklist")
        ordering = ["due_on", "opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="work_one_open_per_patient_and_kind",
                fields=["patient", "kind"],
                condition=Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(name="work_kind_known", condition=Q(kind__in=WorkKind.values)),
            models.CheckConstraint(
                name="work_closed_whole",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, outcome="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="work_acknowledged_whole",
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"


class WorkItemEntryQuerySet(HealthQuerySet):
    patient_path = "item__patient"


ABOUT = ("session", "review", "emergency", "message", "set_aside", "version")
SILENCES = (Alert.SILENT.value, Alert.NOT_STARTED.value)


def _exactly_one(*names: str) -> Q:
    """Of these references one is given, and no other; of an address that does not work none, and of a
    silence its date."""
    none = Q(**{f"{name}__isnull": True for name in names})
    dated = Q(what__in=SILENCES, quiet_since__isnull=False)
    found = none & (dated | Q(what=Alert.ADDRESS_REFUSED.value, quiet_since__isnull=True))
    for given in names:
        found |= Q(quiet_since__isnull=True, **{f"{name}__isnull": name != given for name in names})
    return found


class WorkItemEntry(models.Model):
    """One event that belongs to an item: what happened, when, to which object, and when somebody took it.

    The item says how things stand now; the entries keep when each event was due and acknowledged.
    """

    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    what = models.CharField(max_length=32, choices=Alert.choices)
    session = models.ForeignKey(
        "patients.PracticeSession", on_delete=models.PROTECT, related_name="alerts", null=True, blank=True
    )
    review = models.ForeignKey(
        "patients.Review", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    emergency = models.ForeignKey(
        "patients.EmergencyReport", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    message = models.ForeignKey(
        "patients.Message", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    set_aside = models.ForeignKey(
        "patients.SetAside", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    version = models.ForeignKey(
        "patients.PrescriptionVersion", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # Of a silence: the patient's local date of which something was heard last (patients.silence).
    quiet_since = models.DateField(null=True, blank=True)
    due_on = models.DateField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = WorkItemEntryQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="work_entry_about_one_object",
                condition=_exactly_one(*ABOUT),
            ),
        ]

    def __str__(self) -> str:
        return self.get_what_display()
