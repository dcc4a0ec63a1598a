"""Short names of days and months within a line: Django writes them with a capital in any language."""

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def in_line(date: str) -> str:
    """A date in words; Italian writes it small: "gio 26 nov"."""
    return date.lower() if (get_language() or "").startswith("it") else date
