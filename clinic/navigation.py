"""What stands in the admin's navigation. Upper apps register their entries; the ground floor shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from clinic.scoping import ANY_ROLE


@dataclass(frozen=True)
class Entry:
    """One job in the navigation: shown to who works in one of `roles` (to operators if `operators`).

    `under` names further parts of the admin that belong to this job, e.g. "prescriptions/".
    """

    label: Any
    url_name: str
    order: int
    roles: frozenset[str] = ANY_ROLE
    operators: bool = False
    count: Callable[[Any], int] | None = None
    under: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    label: Any
    url: str
    current: bool
    count: int | None


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    _entries[entry.url_name] = entry


def for_request(request: HttpRequest) -> list[Shown]:
    """The entries that this request's user has, in order, the current one marked."""
    user: Any = request.user
    chosen = [
        entry
        for entry in sorted(_entries.values(), key=lambda entry: entry.order)
        if user.roles & entry.roles or (entry.operators and user.is_operator)
    ]
    return [
        Shown(
            label=entry.label,
            url=reverse(entry.url_name),
            current=request.path.startswith(_addresses(entry)),
            count=entry.count(user) if entry.count else None,
        )
        for entry in chosen
    ]


def _addresses(entry: Entry) -> tuple[str, ...]:
    root = reverse("admin:index")
    return (reverse(entry.url_name), *(root + part for part in entry.under))
