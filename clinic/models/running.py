"""What the operator of an installation asks: does the engine tick, is mail held back? No clinic's data."""

from django.db import models


class Heartbeat(models.Model):
    """When a step of the engine last ran to its end (clinic.notices.heartbeat)."""

    step = models.CharField(max_length=10, unique=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.step


class Hold(models.Model):
    """While one is not lifted, no notice is sent (clinic.notices.holding)."""

    class Why(models.TextChoices):
        RESTORED = "restored"
        BY_HAND = "by_hand"

    why = models.CharField(max_length=10, choices=Why.choices)
    began_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["began_at", "pk"]

    def __str__(self) -> str:
        return self.why
