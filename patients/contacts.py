"""A patient's contact: likely duplicates, and what follows from a new address."""

import datetime as dt
import unicodedata

from django.db import transaction
from django.db.models import Q

from clinic import audit
from clinic.audit import Verb
from clinic.models import Clinic, User
from patients.mail_address import close_if_mended
from patients.models import Patient
from patients.signin.invitations import revoke_invitations


def likely_duplicates(
    *, clinic: Clinic, given_name: str, family_name: str, birth_on: dt.date
) -> list[Patient]:
    """The patients of `clinic` with this name and birth date, as far as typing errors go.

    Of the name accents, capitals and which part comes first do not matter; of the date one of day, month
    and year may differ, or day and month be swapped. Those with the very date come first.
    """
    wanted = sorted([folded(given_name), folded(family_name)])
    born_then = Patient.objects.filter(clinic=clinic).filter(_near(birth_on))
    found = [one for one in born_then if sorted([folded(one.given_name), folded(one.family_name)]) == wanted]
    return sorted(found, key=lambda one: one.birth_on != birth_on)


def _near(day: dt.date) -> Q:
    """Birth dates that are easily typed for `day`."""
    return (
        Q(birth_on__month=day.month, birth_on__day=day.day)
        | Q(birth_on__year=day.year, birth_on__day=day.day)
        | Q(birth_on__year=day.year, birth_on__month=day.month)
        | Q(birth_on__year=day.year, birth_on__month=day.day, birth_on__day=day.month)
    )


def folded(name: str) -> str:
    """`name` without accents, capitals and doubled spaces, to be compared."""
    letters = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())


@transaction.atomic
def close_old_address(*, patient: Patient, old: str, by: User, now: dt.datetime) -> bool:
    """After the address changed from `old`: whoever reads that mailbox signs in for this patient no more.

    Open invitations are revoked, and a line on the worklist about the old address is closed. True where
    somebody was cut off, so that the patient is to be invited again.
    """
    revoke_invitations(patient=patient, by=by, now=now)
    close_if_mended(patient=patient, by=by, now=now)
    user = patient.user
    if user is None or user.email is None or user.email != old.strip().lower():
        return False
    patient.user = None
    patient.save(update_fields=["user"])
    audit.write(verb=Verb.UNLINKED, obj=patient, actor=by, clinic=patient.clinic, subject=patient, now=now)
    return True
