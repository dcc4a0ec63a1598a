"""The cast and the factories that every other test stands on."""

from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from factory.base import FactoryMetaClass

from patients.models import Patient, Prescription
from tests import factories
from tests.clients import signed_in

FACTORIES: list[Any] = [
    made
    for made in vars(factories).values()
    if isinstance(made, FactoryMetaClass) and not made._meta.abstract
]


def test_every_model_has_a_factory():
    made = {factory._meta.model for factory in FACTORIES}
    for app in ("clinic", "programs", "patients"):
        assert set(apps.get_app_config(app).get_models()) <= made


@pytest.mark.django_db
@pytest.mark.parametrize("made", FACTORIES, ids=lambda made: made.__name__)
def test_a_factory_makes_what_the_models_rules_accept(made):
    row = made()
    try:
        row.full_clean()
    except ValidationError as refused:
        pytest.fail(f"{made.__name__}: {refused}")


def test_each_clinic_sees_its_own_patients_alone(aurora, bora):
    people = {aurora.patient, aurora.newcomer, *aurora.couple}
    assert set(Patient.objects.visible_to(aurora.clinician)) == people
    assert set(Prescription.objects.visible_to(aurora.patient.user)) == {aurora.prescription}
    assert not set(Patient.objects.visible_to(bora.clinician)) & people


def test_the_admin_takes_staff_who_passed_mfa_and_nobody_else(aurora, as_staff, as_patient):
    strong, weak = as_staff(aurora.clinician), signed_in(aurora.clinician, method="password")
    assert strong.get("/admin/worklist/").status_code == 200
    assert weak.get("/admin/worklist/").status_code == 302
    assert as_patient(aurora.patient).get("/admin/login/").status_code == 404
