"""Who says a figure of a dose: what a person here changes is the clinician's from then on."""

from typing import Any

from programs.models import Dose
from programs.vocabulary import DoseSource


def sources_after(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """The sources of `after` (a dose as `Dose.dose()` gives it) when a clinician made it out of `before`.

    A figure that stayed keeps its source, one that changed is the clinician's, one that is gone has none.
    """
    known = before.get("dose_sources", {})
    given = [name for name in Dose.FIGURES if after[name] is not None]
    changed = {name: DoseSource.CLINICIAN.value for name in given if after[name] != before.get(name)}
    return {name: known[name] for name in given if name in known} | changed


def claim(row: Dose, before: dict[str, Any]) -> None:
    """Say on `row` whose its figures are, given what they were. The caller saves it."""
    row.dose_sources = sources_after(before, row.dose())
