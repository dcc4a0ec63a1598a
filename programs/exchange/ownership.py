"""Whose a row of a table is: what belongs to somebody else is told, and changes nothing here."""

from collections import Counter
from collections.abc import Iterable

import tablib

from clinic.models import Clinic
from programs.exchange.tables import bare
from programs.models import Exercise

WHOSE = "whose"  # the column: the clinic's short name, or
SHARED = "shared"


def owner_of(clinic: Clinic | None) -> str:
    """As the column says it."""
    return clinic.slug if clinic else SHARED


def not_ours(*, table: tablib.Dataset, clinic: Clinic | None) -> dict[int, Exercise]:
    """By their number from 0, the rows that are here already and belong to somebody else, with what they are.

    A row says so itself; where it does not, as in older files, its key is looked for among our own first.
    """
    ours, shared = _by_key(Exercise.objects.filter(clinic=clinic)), {}
    if clinic is not None:
        shared = _by_key(Exercise.objects.filter(clinic=None))
    found: dict[int, Exercise] = {}
    for number, (key, whose) in enumerate(_said(table)):
        if whose in ("", owner_of(clinic)):
            theirs = None if key in ours or whose else shared.get(key)
        else:
            theirs = shared.get(key) or ours.get(key)
        if theirs is not None:
            found[number] = theirs
    return found


def unclear_keys(*, table: tablib.Dataset, clinic: Clinic | None) -> set[str]:
    """What several rows say that do not say whose they are, where it is a shared exercise's key as well.

    One of the rows may be the shared exercise, and none can be told to be ours.
    """
    often = Counter(key for key, whose in _said(table) if key and not whose)
    twice = [key for key, times in often.items() if times > 1]
    if clinic is None or not twice:
        return set()
    return set(Exercise.objects.filter(clinic=None, key__in=twice).values_list("key", flat=True))


def _by_key(exercises: Iterable[Exercise]) -> dict[str, Exercise]:
    return {one.key: one for one in exercises}


def _said(table: tablib.Dataset) -> list[tuple[str, str]]:
    """The key and the owner of each row, empty where nothing is said."""
    headers = table.headers or []
    places = [headers.index(name) if name in headers else None for name in ("key", WHOSE)]
    return [
        tuple("" if at is None else str(bare(row[at]) or "").strip() for at in places)  # type: ignore[misc]
        for row in table
    ]
