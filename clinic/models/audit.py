"""The audit trail: who did what to which object, when. Ids, no content; added to, never changed."""

from typing import Any, NoReturn, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Clinic
from clinic.models.people import User
from clinic.scoping import Role, ScopedQuerySet, clinics_of


class EventQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(clinic_id__in=clinics_of(user, {Role.MANAGER}))

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit trail is added to, never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("The audit trail is added to, never deleted.")


class Event(models.Model):
    """One line of the audit trail, written by the domain function that did it (clinic.audit.write)."""

    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
        help_text=_("Empty: the system."),
    )
    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("clinic")
    )
    # Whose record it is about: the id of a patient, who lives on the top floor. Empty: of nobody's.
    subject_id = models.BigIntegerField(null=True, editable=False)
    verb = models.CharField(_("what"), max_length=40)
    object_type = models.CharField(_("kind of object"), max_length=60)
    object_id = models.CharField(_("object"), max_length=40)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(name="event_of_object", fields=["object_type", "object_id", "-at"]),
            models.Index(name="event_of_clinic", fields=["clinic", "-at"]),
            models.Index(name="event_of_subject", fields=["subject_id", "-at"]),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The audit trail is added to, never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit trail is added to, never deleted.")
