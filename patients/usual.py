"""What is usual for a patient (rule 3): asked once, before the start or in the first session.

Whoever says it first, it stays: prescribing, the questions before the start, or the first session.
"""

from patients.models import Prescription
from patients.vocabulary import Site


def say_usual(prescription: Prescription, *, pain: int | None, site: Site | None) -> list[str]:
    """Put in what was not said yet; gives the names of the fields that the caller must save."""
    changed = []
    if prescription.usual_pain is None and pain is not None:
        prescription.usual_pain = pain
        changed.append("usual_pain")
    if prescription.usual_lowest_site is None and site is not None:
        prescription.usual_lowest_site = site
        changed.append("usual_lowest_site")
    return changed
