"""Who signs in for a patient."""

import datetime as dt

from django.contrib.auth.hashers import make_password
from django.db import transaction

from clinic import audit
from clinic.models import User
from patients.locking import locked_patient
from patients.models import Patient


@transaction.atomic
def link_by_email(*, patient: Patient, by: User | None, now: dt.datetime) -> User:
    """Let the owner of the patient's e-mail address sign in for them; the user is made if there is none.

    A couple with one address becomes one sign-in for both. Somebody who came in by paper so far, for this
    patient alone, keeps their user, which now gets the address.
    """
    patient.user = locked_patient(patient).user
    address = patient.email.strip().lower()
    user = User.objects.filter(email=address).first() or _only_by_paper(patient)
    if user is None:  # get_or_create: the other of a couple may be invited at the same moment
        nothing = {"name": patient.given_name, "language": patient.language, "password": make_password(None)}
        user, _made = User.objects.get_or_create(email=address, defaults=nothing)
    user.email, user.is_active = address, True
    user.save(update_fields=["email", "is_active"])
    return _link(patient=patient, user=user, by=by, now=now)


@transaction.atomic
def link_without_email(*, patient: Patient, by: User | None, now: dt.datetime) -> User:
    """The user that signs in for the patient, made without an address if there is none."""
    patient.user = locked_patient(patient).user
    if patient.user is not None:
        return patient.user
    user = User.objects.create_user(None, name=patient.given_name, language=patient.language)
    return _link(patient=patient, user=user, by=by, now=now)


def _link(*, patient: Patient, user: User, by: User | None, now: dt.datetime) -> User:
    if patient.user_id != user.pk:
        patient.user = user
        patient.save(update_fields=["user"])
        audit.write(
            verb=audit.Verb.LINKED, obj=patient, actor=by, clinic=patient.clinic, now=now, subject=patient
        )
    return user


def _only_by_paper(patient: Patient) -> User | None:
    user = patient.user
    alone = user is not None and user.email is None and not user.patients.exclude(pk=patient.pk).exists()
    return user if alone else None
