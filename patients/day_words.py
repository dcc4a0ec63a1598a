"""The states and marks of a day in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from patients.adherence import DayState, Mark

STATE_WORDS: dict[DayState, Any] = {
    DayState.DONE: _("Done"),
    DayState.PARTLY: _("Partly done"),
    DayState.SKIPPED: _("Skipped"),
    DayState.NOT_RECORDED: _("Not recorded"),
    DayState.PAUSED: _("Paused"),
    DayState.NOT_DUE: _("Nothing due"),
    DayState.OPEN: _("Today, still open"),
}
MARK_WORDS: dict[Mark, Any] = {
    Mark.STOPPED: _("Stopped for pain"),
    Mark.BACK_FILLED: _("Recorded on a later day"),
    Mark.PAPER: _("From paper"),
    Mark.LATE: _("Arrived late"),
}
