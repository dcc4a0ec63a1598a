"""The short name of an exercise or programme in addresses and files, unique among those of its owner."""

from itertools import count
from typing import Any

from django.utils.text import slugify

LONGEST = 70  # leaves room for a number


def free_key(among: Any, name: str) -> str:
    """A key made of `name` that no row of the QuerySet `among` has, e.g. "cat-cow" or "cat-cow-2"."""
    wish = slugify(name)[:LONGEST].strip("-") or "exercise"
    taken = set(among.filter(key__startswith=wish).values_list("key", flat=True))
    if wish not in taken:
        return wish
    return next(key for number in count(2) if (key := f"{wish}-{number}") not in taken)
