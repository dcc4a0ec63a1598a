"""Text that is kept in English and Italian side by side (`steps_en`, `steps_it`)."""

from typing import Any

from django.utils.translation import get_language

LANGUAGES = ("en", "it")


def localized(obj: Any, field: str, language: str | None = None) -> str:
    """`obj`'s text in `language` (the active one unless given); where that is empty, in the other one."""
    chosen = (language or get_language() or "en")[:2]
    if chosen not in LANGUAGES:
        chosen = "en"
    other = "it" if chosen == "en" else "en"
    text: str = getattr(obj, f"{field}_{chosen}") or getattr(obj, f"{field}_{other}")
    return text
