"""A patient's contact: likely duplicates, and what follows from a new address."""

import datetime as dt
import unicodedata

from django.db import transaction

from clinic import audit
from clinic.audit import Verb
from clinic.models import Clinic, User
from patients.models import Patient
from patients.signin.invitations import revoke_invitations


def likely_duplicates(
    *, clinic: Clinic, given_name: str, family_name: str, birth_on: dt.date
) -> list[Patient]:
    """The patients of `clinic` with this name (accents and capitals aside) and birth date."""
    wanted = folded(given_name), folded(family_name)
    same_day = Patient.objects.filter(clinic=clinic, birth_on=birth_on)
    return [one for one in same_day if (folded(one.given_name), folded(one.family_name)) == wanted]


def folded(name: str) -> str:
    """`name` without accents, capitals and doubled spaces, to be compared."""
    letters = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())


@transaction.atomic
def close_old_address(*, patient: Patient, old: str, by: User, now: dt.datetime) -> bool:
    """After the address changed from `old`: whoever reads that mailbox signs in for this patient no more.

    Open invitations are revoked. True where somebody was cut off, so that the patient is to be invited again.
    """
    revoke_invitations(patient=patient, by=by, now=now)
    user = patient.user
    if user is None or user.email is None or user.email != old.strip().lower():
        return False
    patient.user = None
    patient.save(update_fields=["user"])
    audit.write(verb=Verb.UNLINKED, obj=patient, actor=by, clinic=patient.clinic, subject=patient, now=now)
    return True
