"""A schedule as a clinician reads it."""

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.weekdays import EVERY_DAY, MONDAY_TO_FRIDAY
from programs.models.program import Schedule


def in_short(schedule: Schedule) -> str:
    """E.g. "once a day" or "2 times a day, Mon, Wed, Fri"."""
    often = ngettext("once a day", "%(times)s times a day", schedule.sessions_a_day) % {
        "times": schedule.sessions_a_day
    }
    days = days_in_short(schedule.weekdays)
    return f"{often}, {days}" if days else often


def days_in_short(weekdays: str) -> str:
    """The days of the week, abbreviated; empty for every day."""
    if weekdays == EVERY_DAY:
        return ""
    if weekdays == MONDAY_TO_FRIDAY:
        return _("Monday to Friday")
    return ", ".join(str(WEEKDAYS_ABBR[int(day) - 1]) for day in weekdays)
