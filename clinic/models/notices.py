"""The outbox: every message that is owed to somebody is a row here before anything is sent.

The row is the truth, sending is a consequence (docs/architecture.md, "Notices").
"""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Clinic
from clinic.models.people import User
from clinic.scoping import HEALTH_ROLES, ScopedQuerySet, clinics_of


class NoticeQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(clinic_id__in=clinics_of(user, HEALTH_ROLES))

    def unsent(self) -> Self:
        """Still to be sent, whatever became of earlier tries."""
        return self.filter(state__in=["queued", "retry", "sending"])

    def ready(self, *, now: dt.datetime) -> Self:
        """Due, and nobody is sending them."""
        return self.filter(Q(state="queued", due_at__lte=now) | Q(state="retry", next_try_at__lte=now))

    def run_out(self, *, now: dt.datetime) -> Self:
        """Claimed by somebody who did not say how it ended within the lease."""
        return self.filter(state="sending", lease_until__lte=now)

    def held_as(self, notice: "Notice") -> Self:
        """`notice` itself, as long as the claim that it was read with still stands."""
        return self.filter(pk=notice.pk, state="sending", claim=notice.claim, attempt=notice.attempt)


class Notice(models.Model):
    """One message owed to one recipient."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        RETRY = "retry", _("will be tried again")
        FAILED = "failed", _("could not be delivered")
        EXPIRED = "expired", _("too late")
        SUPPRESSED = "suppressed", _("not sent")
        UNCERTAIN = "uncertain", _("perhaps sent")

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")

    kind = models.CharField(_("kind"), max_length=40)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    clinic = models.ForeignKey(
        Clinic, on_delete=models.CASCADE, related_name="notices", verbose_name=_("clinic")
    )
    # A clinician; a patient's address is found through `params` when the mail is written.
    recipient = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("recipient")
    )
    # Whose programme it is about: the id of a patient, who lives on the top floor.
    subject_id = models.BigIntegerField(null=True, editable=False, db_index=True)
    params = models.JSONField(default=dict, blank=True)  # ids only: no name, no address, no health data
    dedupe_key = models.CharField(max_length=200, unique=True)

    due_at = models.DateTimeField(_("due at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    state_reason = models.CharField(_("reason"), max_length=200, blank=True)
    attempt = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=120, blank=True)
    data_started_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    # When somebody of the clinic last had it sent again (clinic.notices.again); who, says the audit trail.
    asked_again_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("made at"))

    # Whom or what it is about, looked up for many at once just before they go (clinic.notices.asking).
    about: Any = None

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-due_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="notice_state_known",
                condition=Q(
                    state__in=[
                        "queued",
                        "sending",
                        "sent",
                        "retry",
                        "failed",
                        "expired",
                        "suppressed",
                        "uncertain",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="notice_expires_after_due",
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=models.F("due_at")),
            ),
            models.CheckConstraint(
                name="notice_retry_has_time", condition=~Q(state="retry") | Q(next_try_at__isnull=False)
            ),
            models.CheckConstraint(
                name="notice_sending_is_claimed",
                condition=~Q(state="sending") | Q(claim__isnull=False, lease_until__isnull=False),
            ),
            models.CheckConstraint(
                name="notice_sent_has_time", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(name="notice_to_claim", fields=["state", "next_try_at", "due_at"]),
            models.Index(name="notice_leases", fields=["state", "lease_until"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.get_state_display()})"


class NoticeAttempt(models.Model):
    """One try at sending a notice: when, how it ended, and the server's own words."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Notice.State.choices, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="notice_attempt_once", fields=["notice", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"


class RefusedAddress(models.Model):
    """An address to which a mail server said no for good (clinic.notices.addresses): it gets nothing more.

    Not the person is marked: a corrected address is free at once. Only a hash is kept.
    """

    address_hash = models.CharField(max_length=64, unique=True)
    refused_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.address_hash
