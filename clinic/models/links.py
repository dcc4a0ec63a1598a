"""Links that sign somebody in once, and that a copy of the database does not reveal."""

import datetime as dt
import hashlib
import uuid

from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac

LIFETIME = dt.timedelta(days=14)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class SecretLink(models.Model):
    """A row that a secret token stands for.

    The token is worked out of the row's id and the installation's secret key, so it can be written again
    without being kept; only its hash is kept, so a stolen table holds no usable link.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        abstract = True

    def token(self) -> str:
        """The token of this row; where the secret key was changed since, by the key that it began with."""
        tokens = [self._token_by(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
        return next((token for token in tokens if hashed(token) == self.token_hash), tokens[0])

    def _token_by(self, key: str) -> str:
        salt = f"homestretch.link.{self._meta.label}"
        return salted_hmac(salt, str(self.pk), secret=key, algorithm="sha256").hexdigest()


class OneTimeLink(SecretLink):
    """A token of one use, valid for 14 days. The outbox writes it into the mail."""

    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-created_at", "pk"]

    def start(self, *, now: dt.datetime) -> None:
        """Give a new row its token's hash and its time; the caller saves it."""
        self.token_hash = hashed(self.token())
        self.created_at = now
        self.expires_at = now + LIFETIME

    def is_open(self, *, now: dt.datetime) -> bool:
        """Whether the link can still be used at `now`."""
        return self.used_at is None and self.revoked_at is None and now < self.expires_at
