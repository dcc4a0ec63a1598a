"""A schedule as a clinician reads it, in short, and as a patient does, in words."""

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.weekdays import EVERY_DAY, MONDAY_TO_FRIDAY
from programs.models.program import Schedule


def in_short(schedule: Schedule) -> str:
    """E.g. "once a day" or "2 times a day, Mon, Wed, Fri"."""
    often, days = _often(schedule), days_in_short(schedule.weekdays)
    return f"{often}, {days}" if days else often


def in_words(schedule: Schedule) -> str:
    """E.g. "Once a day, every day" or "2 times a day, on Monday, Wednesday and Friday"."""
    return capfirst(f"{_often(schedule)}, {_days_in_words(schedule.weekdays)}")


def _often(schedule: Schedule) -> str:
    return ngettext("once a day", "%(times)s times a day", schedule.sessions_a_day) % {
        "times": schedule.sessions_a_day
    }


def days_in_short(weekdays: str) -> str:
    """The days of the week, abbreviated; empty for every day."""
    if weekdays == EVERY_DAY:
        return ""
    if weekdays == MONDAY_TO_FRIDAY:
        return _("Monday to Friday")
    return ", ".join(str(WEEKDAYS_ABBR[int(day) - 1]) for day in weekdays)


def _days_in_words(weekdays: str) -> str:
    if weekdays == EVERY_DAY:
        return _("every day")
    if weekdays == MONDAY_TO_FRIDAY:
        return _("from Monday to Friday")
    *first, last = [str(WEEKDAYS[int(day) - 1]) for day in weekdays]
    if not first:
        return _("on %(day)s") % {"day": last}
    return _("on %(days)s and %(day)s") % {"days": ", ".join(first), "day": last}
