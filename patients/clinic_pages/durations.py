"""How long something took, in plain words: minutes within the hour, hours within two days, then days."""

from django.utils.formats import number_format
from django.utils.translation import ngettext

HOUR, DAY = 3600, 86400  # seconds


def in_words(seconds: float) -> str:
    """E.g. "25 minutes", "5.5 hours", "3 days": to a tenth, from ten on to the whole."""
    if seconds < HOUR:
        minutes = round(seconds / 60)
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if seconds < 2 * DAY:
        hours = _rounded(seconds / HOUR)
        return ngettext("%(count)s hour", "%(count)s hours", _plural(hours)) % {"count": _said(hours)}
    days = _rounded(seconds / DAY)
    return ngettext("%(count)s day", "%(count)s days", _plural(days)) % {"count": _said(days)}


def _rounded(number: float) -> float:
    return round(number, 1) if number < 10 else round(number)


def _plural(number: float) -> int:
    return 1 if number == 1 else 2


def _said(number: float) -> str:
    return str(number_format(number, decimal_pos=0 if number == int(number) else 1))
