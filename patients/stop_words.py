"""The stop rule as the patient reads it (rule 4): the clinic's wording, else ours."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.models import Clinic


def stop_words(clinic: Clinic) -> str:
    """In the active language. A clinic's wording in the other one does not stand in: it might not be read."""
    italian = (get_language() or "").startswith("it")
    own = clinic.stop_text_it if italian else clinic.stop_text_en
    return own.strip() or _(
        "A pull is expected. If your pain gets worse, ease off. If it does not settle within a few breaths, "
        "or spreads down the leg, stop."
    )
