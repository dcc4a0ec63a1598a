"""The cards as a clinic's patients read them: ours, with its wording, without those it hides, and its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from clinic.bilingual import current_language

FILE = Path(__file__).parent / "cards.yaml"
TEXTS = ("title_en", "title_it", "text_en", "text_it")
ALWAYS = 1  # the day of what can be read from the start


@dataclass(frozen=True)
class Card:
    """`day` is the day of the count from which it can be read, ALWAYS for those of safety."""

    key: str
    texts: Mapping[str, str]  # by the names in TEXTS
    day: int = ALWAYS
    is_safety: bool = False
    shows: str = ""  # what the page adds: "stop_rule", "call"
    is_own: bool = False  # the clinic's
    is_hidden: bool = False
    is_reworded: bool = False

    @property
    def title(self) -> str:
        return self._in_words("title")

    @property
    def text(self) -> str:
        return self._in_words("text")

    def _in_words(self, name: str) -> str:
        """In the active language; a card of the clinic's own that lacks it, in the other one."""
        chosen = current_language()
        other = "it" if chosen == "en" else "en"
        return self.texts.get(f"{name}_{chosen}") or self.texts.get(f"{name}_{other}") or ""


@cache
def shipped() -> tuple[Card, ...]:
    """Those that come with Homestretch, in order."""
    return tuple(_read(entry) for entry in yaml.safe_load(FILE.read_text(encoding="utf-8")))


def _read(entry: dict[str, Any]) -> Card:
    is_safety = entry.get("safety", False)
    return Card(
        key=entry["key"],
        texts={name: entry[name] for name in TEXTS},
        day=ALWAYS if is_safety else entry["day"],
        is_safety=is_safety,
        shows=entry.get("shows", ""),
    )


def all_cards(edits: Iterable[Mapping[str, Any]]) -> list[Card]:
    """Every card, hidden ones too, by day; `edits` is what the clinic has made of them (ClinicCards)."""
    by_key = {edit["key"]: edit for edit in edits}
    ours = [_edited(card, by_key[card.key]) if card.key in by_key else card for card in shipped()]
    known = {card.key for card in ours}
    own = [
        Card(
            key=edit["key"],
            texts={name: edit.get(name, "") for name in TEXTS},
            day=edit["day"],
            is_own=True,
            is_hidden=edit.get("hidden", False),
        )
        for edit in by_key.values()
        # A card of ours that a later edition has left out is nobody's any more.
        if edit["key"] not in known and edit.get("own")
    ]
    # Those of safety first, in the order of the file.
    return sorted([*ours, *own], key=lambda card: (not card.is_safety, card.day))


def _edited(card: Card, edit: Mapping[str, Any]) -> Card:
    """A text that the clinic left empty is ours."""
    said = {name: edit[name] for name in TEXTS if edit.get(name)}
    return replace(
        card,
        texts={**card.texts, **said},
        is_reworded=bool(said),
        is_hidden=bool(edit.get("hidden")) and not card.is_safety,
    )


def shown_cards(edits: Iterable[Mapping[str, Any]]) -> list[Card]:
    return [card for card in all_cards(edits) if not card.is_hidden]


def split(cards: Sequence[Card], *, day: int | None) -> tuple[list[Card], list[Card]]:
    """Those that can be read on `day` of the count (None: all of them), and those to come."""
    if day is None:
        return list(cards), []
    reached = max(day, ALWAYS)
    return [card for card in cards if card.day <= reached], [card for card in cards if card.day > reached]


def new_on(cards: Iterable[Card], *, day: int) -> Card | None:
    """The card that can be read from `day` on, the first where there are several."""
    return next((card for card in cards if card.day == day and not card.is_safety), None)
