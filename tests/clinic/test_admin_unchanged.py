"""Two who edit the same object in the admin: the second one is told, and nothing is overwritten unseen."""

import pytest
from django.core.exceptions import NON_FIELD_ERRORS
from django.urls import reverse

from programs.admin.exercises import ExerciseForm
from programs.models import Exercise
from tests.factories import ExerciseFactory, LadderFormFactory, ProgramFactory
from tests.patients.pages import text

pytestmark = pytest.mark.django_db
TOLD = "Somebody has changed this since you opened it."


def filled(page) -> dict[str, object]:
    """The form of a page of the admin as a browser would send it back, inlines included."""
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data: dict[str, object] = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False and field.name != "new_photo":
                data[field.html_name] = "on" if value is True else value
    return data


@pytest.fixture
def exercise(aurora) -> Exercise:
    return LadderFormFactory(exercise__clinic=aurora.clinic, exercise__name_en="Bridge").exercise


def test_the_second_of_two_who_edit_an_exercise_is_told(exercise, aurora, as_staff):
    address = reverse("admin:programs_exercise_change", args=[exercise.pk])
    client = as_staff(aurora.clinician)
    first, second = filled(client.get(address)), filled(client.get(address))
    assert client.post(address, first | {"name_en": "First"}).status_code == 302
    answer = client.post(address, second | {"name_en": "Second"})
    assert answer.status_code == 400
    assert TOLD in text(answer)
    assert 'value="Second"' in answer.content.decode()
    assert Exercise.objects.get(pk=exercise.pk).name_en == "First"
    # Told once, it is theirs to decide.
    assert client.post(address, filled(answer) | {"name_en": "Second"}).status_code == 302
    assert Exercise.objects.get(pk=exercise.pk).name_en == "Second"


def test_a_change_of_its_ladder_is_a_change(exercise, aurora, as_staff):
    address = reverse("admin:programs_exercise_change", args=[exercise.pk])
    client = as_staff(aurora.clinician)
    opened = filled(client.get(address))
    exercise.forms.update(name_en="Another form")
    assert TOLD in text(client.post(address, opened))


def test_nobody_is_told_where_nobody_was_faster(exercise, aurora, as_staff):
    address = reverse("admin:programs_exercise_change", args=[exercise.pk])
    client = as_staff(aurora.clinician)
    ExerciseFactory(clinic=aurora.clinic)
    assert client.post(address, filled(client.get(address)) | {"name_en": "Mine"}).status_code == 302


def test_what_is_gone_when_it_is_saved_is_told(exercise):
    opened = ExerciseForm(instance=exercise)
    form = ExerciseForm({"seen": opened.initial["seen"]}, instance=exercise)
    Exercise.objects.filter(pk=exercise.pk).delete()
    assert not form.is_valid()
    assert form.has_error(NON_FIELD_ERRORS, code="gone")


def test_a_programme_and_a_contact_too(aurora, as_staff):
    program = ProgramFactory(clinic=aurora.clinic)
    client = as_staff(aurora.clinician)
    for obj, name, field in (
        (program, "programs_program", "name_en"),
        (aurora.newcomer, "patients_patient", "family_name"),
    ):
        address = reverse(f"admin:{name}_change", args=[obj.pk])
        opened = filled(client.get(address))
        type(obj).objects.filter(pk=obj.pk).update(**{field: "Faster"})
        answer = client.post(address, opened | {field: "Slower"})
        assert (answer.status_code, TOLD in text(answer)) == (400, True)
        obj.refresh_from_db()
        assert getattr(obj, field) == "Faster"
