"""Text that is kept in English and Italian side by side (`steps_en`, `steps_it`)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

LANGUAGES = ("en", "it")


def current_language() -> str:
    """The active language, where it is one of the two; else English."""
    chosen = (get_language() or "en")[:2]
    return chosen if chosen in LANGUAGES else "en"


def localized(obj: Any, field: str, language: str | None = None) -> str:
    """`obj`'s text in `language` (the active one unless given); where that is empty, in the other one."""
    chosen = language[:2] if language and language[:2] in LANGUAGES else current_language()
    other = "it" if chosen == "en" else "en"
    text: str = getattr(obj, f"{field}_{chosen}") or getattr(obj, f"{field}_{other}")
    return text


def localized_data(data: Mapping[str, Any], field: str) -> str:
    """The same of plain data that was copied, in the active language; empty where it says nothing."""
    chosen = current_language()
    other = "it" if chosen == "en" else "en"
    text: str = data.get(f"{field}_{chosen}") or data.get(f"{field}_{other}") or ""
    return text
