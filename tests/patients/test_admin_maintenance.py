"""Going on as maintenance, on the builder's page; and how clinicians read it afterwards."""

from typing import Any

import pytest
from django.urls import reverse

from clinic.scoping import Role
from patients.models import PrescribedExercise
from tests.factories import ExerciseFactory, PrecautionsFactory
from tests.patients.clinic_pages import client_of, member, report_url
from tests.patients.pages import text
from tests.patients.scenario import Scenario, day

pytestmark = pytest.mark.django_db
BUTTON = "Go on as maintenance"


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Day 10, Wednesday 11 March 2026, with nothing recorded yet."""
    trial = Scenario("AB")
    trial.practises(1, 9)
    time_machine.move_to(trial.at(10, "12:00"), tick=False)
    return trial


def url(trial: Scenario) -> str:
    return reverse("admin:prescription_maintenance", args=[trial.pk])


def sent(trial: Scenario, **changed: Any) -> dict[str, Any]:
    """The form as the page gives it."""
    version = trial.prescription.versions.order_by("-number")[0]
    exercises = list(version.exercises.all())
    data: dict[str, Any] = {
        "act": "save",
        "based_on": version.number,
        "sessions_a_day": 1,
        "weekdays": ["1", "3", "5"],
        "review_after_days": 84,
        "rows": [str(one.exercise_id) for one in exercises],
    }
    for one in exercises:
        for name in one.FIGURES:
            data[f"row-{one.exercise_id}-{name}"] = getattr(one, name) or ""
        data[f"row-{one.exercise_id}-rung"] = 0
    return data | changed


def test_the_page_proposes_fewer_days_and_a_later_review(trial):
    page = client_of(trial.clinician).get(url(trial))
    scheme = page.context["scheme"]
    assert scheme["weekdays"].value() == ["1", "3", "5"]
    assert scheme["sessions_a_day"].value() == 1
    assert scheme["review_after_days"].value() == 84
    said = text(page)
    assert "From Wednesday 11 March 2026 the exercises go on as maintenance." in said
    assert "Days are counted to the next review from that day on." in said
    assert "The patient is told by e-mail that something has changed, not what." in said
    assert [form.row.exercise for form in page.context["sheet"].forms] == [
        trial.lines[letter].exercise for letter in "AB"
    ]
    assert page.context["changes"] == [
        "How often: once a day → once a day, Mon, Wed, Fri",
        "Review after days: 20 → 84",
    ]
    for odd in ("²", "9" * 5000, "", "soon"):
        data = sent(trial, act="weigh", review_after_days=odd)
        assert len(client_of(trial.clinician).post(url(trial), data).context["changes"]) == 1


def test_saving_it(trial):
    client = client_of(trial.clinician)
    assert BUTTON in text(client.get(report_url(trial)))
    new = ExerciseFactory(name_en="Something new")
    data = sent(trial, review_after_days=28)
    data["rows"] = [data["rows"][1], str(new.pk)]
    answer = client.post(url(trial), data, follow=True)
    assert answer.redirect_chain == [(report_url(trial), 302)]
    said = text(answer)
    assert "It goes on as maintenance from 11 March 2026." in said
    assert "Active Maintenance from 11 March 2026" in said
    assert "review on 8 April 2026" in said
    assert BUTTON not in said
    given = trial.prescription
    assert (given.maintenance_from, given.review_after_days) == (day("2026-03-11"), 28)
    names = [one.exercise for one in given.versions.get(number=2).exercises.all()]
    assert names == [trial.lines["B"].exercise, new]
    patient = text(client.get(reverse("admin:patient", args=[trial.patient.pk])))
    assert "Maintenance from 11 March 2026 Day 10" in patient


def test_an_open_review_is_said_to_stay(trial, time_machine):
    trial.scheduler_runs(21)
    time_machine.move_to(trial.at(22, "12:00"), tick=False)
    assert "The review that is open stays open." in text(client_of(trial.clinician).get(url(trial)))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"review_after_days": ""}, "review_after_days"),
        ({"review_after_days": "0"}, "review_after_days"),
        ({"review_after_days": "366"}, "review_after_days"),
        ({"review_after_days": "soon"}, "review_after_days"),
        ({"weekdays": []}, "weekdays"),
        ({"sessions_a_day": "9"}, "sessions_a_day"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changed, field, trial):
    answer = client_of(trial.clinician).post(url(trial), sent(trial, **changed))
    assert answer.status_code == 400
    assert list(answer.context["scheme"].errors) == [field]
    assert trial.prescription.phase == "subacute"


def test_what_a_colleague_did_meanwhile_is_said_and_nothing_is_lost(trial):
    trial.changes(10, "A", at="11:00")
    answer = client_of(trial.clinician).post(url(trial), sent(trial, based_on=1))
    assert answer.status_code == 400
    assert "This programme has a newer version by now" in text(answer)
    assert trial.prescription.versions.count() == 2


@pytest.mark.parametrize("state", ["ended", "maintenance", "not begun"])
def test_where_it_cannot_be_there_is_no_builder(state, trial, time_machine):
    said = {
        "ended": "This programme is not running.",
        "maintenance": "This programme is maintenance already: adjust it.",
        "not begun": "This programme has not begun yet.",
    }
    if state == "ended":
        trial.ends(10)
    elif state == "maintenance":
        trial.maintains(10)
    else:
        trial = Scenario("A", start=None)
    client = client_of(trial.clinician)
    assert said[state] in text(client.get(url(trial)))
    answer = client.post(url(trial), sent(trial))
    assert (answer.status_code, said[state] in text(answer)) == (400, True)
    assert BUTTON not in text(client.get(report_url(trial)))


def test_as_the_patient_will_see_it(trial):
    client = client_of(trial.clinician)
    page = client.post(url(trial), sent(trial, act="see"))
    assert "You keep your exercises up" in text(page)
    assert "Day 10" not in text(page)
    assert trial.prescription.phase == "subacute"
    trial.maintains(10)
    adjust = reverse("admin:prescription_adjust", args=[trial.pk])
    assert "You keep your exercises up" in text(client.post(adjust, sent(trial, act="see")))


def test_a_manager_reads_it_and_does_not_do_it(trial):
    trial.maintains(10)
    client = client_of(member(trial, Role.MANAGER))
    assert "Maintenance from 11 March 2026" in text(client.get(report_url(trial)))
    assert client.get(url(trial)).status_code == 404


def test_a_precaution_asks_for_a_reason_as_with_any_adjustment(trial):
    against = ExerciseFactory(name_en="Risky", precautions=["osteoporosis"])
    PrecautionsFactory(patient=trial.patient)
    data = sent(trial)
    data["rows"] = [*data["rows"], str(against.pk)]
    client = client_of(trial.clinician)
    answer = client.post(url(trial), data)
    assert (answer.status_code, list(answer.context["scheme"].errors)) == (400, ["precautions_reason"])
    client.post(url(trial), data | {"precautions_reason": "Small range."})
    kept = PrescribedExercise.objects.get(exercise=against)
    assert (kept.against, kept.precautions_reason) == (["osteoporosis"], "Small range.")
    assert trial.prescription.phase == "maintenance"
