"""Addresses that a mail server refused for good: they get nothing more until somebody forgives them."""

import datetime as dt

from clinic.models import RefusedAddress
from clinic.models.links import hashed


def is_refused(address: str) -> bool:
    return RefusedAddress.objects.filter(address_hash=_hash(address)).exists()


def refused_at(address: str) -> dt.datetime | None:
    """Since when it gets nothing; None where it does."""
    rows = RefusedAddress.objects.filter(address_hash=_hash(address))
    found: dt.datetime | None = rows.values_list("refused_at", flat=True).first()
    return found


def refused_among(some: list[str]) -> dict[str, bool]:
    """Of each of these addresses whether it is refused: one query."""
    hashes = {address: _hash(address) for address in some}
    rows = RefusedAddress.objects.filter(address_hash__in=hashes.values())
    refused = set(rows.values_list("address_hash", flat=True))
    return {address: one in refused for address, one in hashes.items()}


def mark_refused(address: str, *, now: dt.datetime) -> None:
    RefusedAddress.objects.get_or_create(address_hash=_hash(address), defaults={"refused_at": now})


def forgive(address: str) -> None:
    """Take the mark away: the clinic has asked, and the address is right."""
    RefusedAddress.objects.filter(address_hash=_hash(address)).delete()


def _hash(address: str) -> str:
    return hashed(address.strip().lower())
