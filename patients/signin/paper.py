"""Coming in by paper: a short code, or its QR, and the birth date.

The code is eight of 27 letters and digits that nobody mistakes for each other (38 bits). Kept is its HMAC
under the installation's secret key: who steals the table alone can't try codes against it.
"""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac

from clinic import audit, qr
from clinic.models import User
from clinic.notices.writing import absolute
from patients.locking import locked_patient
from patients.models import PaperCode, Patient
from patients.signin.linking import link_without_email

# Without 0 and O, 1, I and L, 5 and S, U and V, which look or sound alike on paper.
ALPHABET = "2346789ABCDEFGHJKMNPQRTWXYZ"
LENGTH = 8


@dataclass(frozen=True)
class Tried:
    """What came of one try: the user who comes in, or else why nobody does.

    `locked` and `clinic_name` are said only to who had the code right.
    """

    user: User | None = None
    patient: Patient | None = None
    locked: bool = False


def draw_code() -> str:
    """A code that nobody has yet, e.g. "KFD7-2XMP"; it opens nothing until `make_paper_code` keeps it."""
    code = "".join(secrets.choice(ALPHABET) for _letter in range(LENGTH))
    return f"{code[:4]}-{code[4:]}"


@transaction.atomic
def make_paper_code(*, patient: Patient, by: User | None, now: dt.datetime, code: str | None = None) -> str:
    """A new code for `patient`, returned in clear this once, e.g. "KFD7-2XMP".

    An earlier one is revoked: so a new code also unlocks. `code` is one that `draw_code` gave, where the
    paper had to be made before.
    """
    locked_patient(patient)  # two clicks on the button: one code is in use
    revoke_paper_code(patient=patient, by=by, now=now)
    code = code or draw_code()
    row = PaperCode.objects.create(patient=patient, code_hash=_hashes(code)[0], created_at=now, created_by=by)
    audit.write(verb=audit.Verb.ADDED, obj=row, actor=by, clinic=patient.clinic, now=now, subject=patient)
    return code


@transaction.atomic
def revoke_paper_code(*, patient: Patient, by: User | None, now: dt.datetime) -> None:
    """Close the patient's code. Who came in by it stays signed in (clinic.signin.sessions ends that)."""
    rows = PaperCode.objects.select_for_update().filter(patient=patient, revoked_at__isnull=True)
    closed = list(rows)
    rows.update(revoked_at=now)
    audit.write_many(
        verb=audit.Verb.REVOKED, objs=closed, actor=by, clinic=patient.clinic, now=now, subject=patient
    )


@transaction.atomic
def try_paper_code(*, code: str, birth_on: dt.date, now: dt.datetime) -> Tried:
    """Let somebody in by `code` and `birth_on`; the fifth wrong birth date locks the code.

    The row is locked meanwhile, so that tries at the same moment get no more of them.
    """
    rows = PaperCode.objects.select_for_update(of=("self",), no_key=True).select_related(
        "patient__clinic", "patient__user"
    )
    paper = rows.filter(code_hash__in=_hashes(code), revoked_at__isnull=True).first()
    if paper is None:
        return Tried()
    patient = paper.patient
    if paper.locked_at is not None:
        return Tried(patient=patient, locked=True)
    if patient.birth_on != birth_on:
        return _wrong(paper, now=now)
    paper.wrong_tries, paper.last_used_at = 0, now
    paper.save(update_fields=["wrong_tries", "last_used_at"])
    user = link_without_email(patient=patient, by=None, now=now)
    audit.write(
        verb=audit.Verb.SIGNED_IN, obj=paper, actor=user, clinic=patient.clinic, now=now, subject=patient
    )
    return Tried(user=user, patient=patient)


def is_code_of(code: str, patient: Patient) -> bool:
    """Whether `code` is the one in use of `patient`."""
    return PaperCode.objects.filter(patient=patient, code_hash__in=_hashes(code), revoked_at=None).exists()


def _wrong(paper: PaperCode, *, now: dt.datetime) -> Tried:
    paper.wrong_tries += 1
    locked = paper.wrong_tries >= PaperCode.MOST_TRIES
    if locked:
        paper.locked_at = now
        audit.write(
            verb=audit.Verb.LOCKED,
            obj=paper,
            actor=None,
            clinic=paper.patient.clinic,
            now=now,
            subject=paper.patient,
        )
    paper.save(update_fields=["wrong_tries", "locked_at"])
    return Tried(patient=paper.patient if locked else None, locked=locked)


def normal(code: str) -> str:
    """The code as it is hashed: however it is spaced, and in small letters too."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def _hashes(code: str) -> list[str]:
    """Its HMAC under the secret key, and under those that the installation had before."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac("homestretch.paper_code", normal(code), secret=key, algorithm="sha256").hexdigest()
        for key in keys
    ]


def address(code: str) -> str:
    """Where the QR leads: the page with the code filled in, which still asks for the birth date."""
    return absolute(reverse("paper", args=[normal(code)]))


def qr_svg(code: str) -> str:
    """The code's QR as an inline SVG without any style; 30 mm or more on paper."""
    return qr.svg(address(code))
