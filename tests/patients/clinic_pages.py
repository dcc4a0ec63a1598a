"""What the tests of the clinic's own pages share: a programme on one of its days, looked at by its people."""

from django.test import Client
from django.urls import reverse

from clinic.models import User
from clinic.scoping import Role
from tests.clients import signed_in
from tests.factories import MembershipFactory
from tests.patients.pages import text
from tests.patients.scenario import Scenario


def client_of(user: User) -> Client:
    """Signed in with MFA; the clock must stand already."""
    return signed_in(user, method="mfa")


def member(trial: Scenario, role: Role, **fields) -> User:
    """Somebody else who works in the clinic of `trial`."""
    return MembershipFactory(clinic=trial.clinic, role=role, **fields).user


def report_url(trial: Scenario) -> str:
    return reverse("admin:prescription_report", args=[trial.pk])


def page(trial: Scenario, **data: str) -> str:
    """The report page in words, as its clinician reads it."""
    return text(client_of(trial.clinician).get(report_url(trial), data))


def act_url(trial: Scenario, name: str, *more: object) -> str:
    """Where a form of the report page is sent, e.g. "pause"."""
    return reverse(f"admin:prescription_{name}", args=[trial.pk, *more])
