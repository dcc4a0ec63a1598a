"""Using links of one use: finding, using up, revoking. The same for patients' and staff's invitations."""

import datetime as dt
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.urls import reverse

from clinic.models.links import OneTimeLink, hashed

Link = TypeVar("Link", bound=OneTimeLink)


def find(links: "QuerySet[Link]", token: str) -> Link | None:
    """The link with this token, used or not; None where there never was one."""
    return links.filter(token_hash=hashed(token)).first()


def still_open(links: "QuerySet[Link]", *, now: dt.datetime) -> "QuerySet[Link]":
    return links.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)


def use(link: OneTimeLink, *, now: dt.datetime) -> bool:
    """Use `link` up; False where it is not open (any more). Of two at the same moment one gets True."""
    rows: Any = type(link)._default_manager.filter(pk=link.pk)
    taken: int = still_open(rows, now=now).update(used_at=now)
    return taken == 1


def revoke(links: "QuerySet[Link]", *, now: dt.datetime) -> list[Link]:
    """Close those of `links` that are open, and return them."""
    closed = list(still_open(links, now=now))
    links.filter(pk__in=[link.pk for link in closed]).update(revoked_at=now)
    return closed


def path(page: str, link: OneTimeLink) -> str:
    """The path of `page` (a URL name that takes a token) for `link`."""
    return reverse(page, args=[link.token()])
