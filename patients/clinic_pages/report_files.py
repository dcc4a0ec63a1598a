"""The adherence report as a file: one row a programme, and how it is counted below them."""

from collections.abc import Iterable
from typing import Any

import tablib
from django.utils.translation import gettext as _

from programs.exchange.tables import write_table

FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def adherence_file(rows: Iterable[Any], kind: str) -> bytes:
    """The bytes of a file of `kind`, one of FILES, in the active language. No cell of it starts a formula."""
    headers = [
        *(_("Surname"), _("First name"), _("Date of birth"), _("Programme"), _("Phase")),
        *(_("Physiotherapist"), _("Clinic"), _("Day")),
        *(_("Sessions done"), _("Sessions due"), _("Sessions (%)"), _("Band")),
        *(_("Exercises done"), _("Exercises due"), _("Exercises (%)")),
        *(_("Too little to judge"), _("Last session"), _("Last pain after"), _("Open")),
        _("Something new, not counted yet"),
    ]
    table = tablib.Dataset(*[_cells(row) for row in rows], headers=headers)
    for words in ("", *definitions()):
        table.append([words, *[""] * (len(headers) - 1)])
    return write_table(table, kind)


def definitions() -> list[str]:
    """How it is counted, in short (docs/adherence.md has the whole)."""
    return [
        _("How this is counted"),
        _("Sessions: with at least one exercise done or partly done, or stopped for pain, out of those due."),
        _("Exercises: done (in an easier form too) 1, partly 1/2, otherwise 0, out of all times due."),
        _("Not due: what was stopped or skipped for pain, and paused days. Today counts as far as recorded."),
        _("Too little to judge: practised on fewer than half of the due days."),
    ]


def _cells(row: Any) -> list[Any]:
    one, totals, patient = row.prescription, row.totals, row.prescription.patient
    return [
        *(patient.family_name, patient.given_name, f"{patient.birth_on:%Y-%m-%d}", one.name),
        *(one.get_phase_display(), str(one.clinician), patient.clinic.name, row.day_number),
        *(totals.sessions_done, totals.sessions_due, row.sessions_rate.percent),
        str(row.sessions_rate.band_words),
        *(totals.doses_done, totals.doses_due, row.doses_rate.percent),
        _("yes") if totals.too_little_to_judge else "",
        f"{row.last_session_on:%Y-%m-%d}" if row.last_session_on else "",
        *(one.last_pain, one.open_alerts),
        _("yes") if row.is_behind else "",
    ]
