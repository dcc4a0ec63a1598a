"""What an adjustment changes, in words; and the mail to the patient about it."""

import datetime as dt
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from django.utils import translation

from clinic.models import Notice
from clinic.notices import drain
from clinic.weekdays import EVERY_DAY
from patients.adjusting import adjust
from patients.changes import Asked, changes
from patients.models import Prescription
from patients.versions import Line, lines_of_version
from programs.models import Exercise
from tests.factories import EmergencyReportFactory
from tests.mailing import Mailbox
from tests.patients.scenario import Scenario

TEN_MINUTES = dt.timedelta(minutes=10)


def line(name: str, **dose: int) -> Line:
    return Line(Exercise(name_en=name, name_it=f"{name} (it)"), dict(dose))


BRIDGE, CAT, TWIST = line("Bridge", sets=2, reps=3), line("Cat", reps=5), line("Twist", reps=1, hold_s=20)
BEFORE = Asked([BRIDGE, CAT, TWIST], 1, EVERY_DAY)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([BRIDGE, CAT, TWIST], []),
        ([BRIDGE, CAT], ["Taken out: Twist"]),
        ([BRIDGE, line("Plank"), CAT, TWIST], ["New: Plank"]),
        ([CAT, BRIDGE, TWIST], ["The order of the exercises"]),
        (
            [replace(BRIDGE, dose={"sets": 2, "reps": 8, "rest_s": 10}), CAT, TWIST],
            ["Bridge: repetitions 3 → 8, rest (s) – → 10"],
        ),
        ([BRIDGE, replace(CAT, rung=1, note_it="Piano."), TWIST], ["Cat: another form, the note"]),
        ([BRIDGE, CAT, replace(TWIST, dose={**TWIST.dose, "each_side": True})], ["Twist: the sides"]),
        ([BRIDGE, CAT, replace(TWIST, shown_in_clinic=True)], ["Twist: shown in the clinic"]),
        ([TWIST, CAT], ["Taken out: Bridge", "The order of the exercises"]),
    ],
)
def test_each_change_is_one_sentence(lines, said):
    assert changes(BEFORE, Asked(lines, 1, EVERY_DAY)) == said


def test_how_often_and_in_italian():
    after = Asked(BEFORE.lines, 2, "135")
    assert changes(BEFORE, after) == ["How often: once a day → 2 times a day, Mon, Wed, Fri"]
    with translation.override("it"):
        assert changes(BEFORE, after) == [
            "Quanto spesso: una volta al giorno → 2 volte al giorno, Lun, Mer, Ven"
        ]
        assert changes(BEFORE, Asked([CAT], 1, EVERY_DAY))[0] == "Tolto: Bridge (it)"


# --- The mail ----------------------------------------------------------------------------------------


@pytest.fixture
def trial(db) -> Scenario:
    trial = Scenario("ABC")
    trial.patient.email = "anna@post.example"
    trial.patient.given_name = "Anna"
    trial.patient.save()
    return trial


@pytest.fixture
def arriving(mailbox: Mailbox, settings) -> Mailbox:
    settings.EMAIL_BACKEND = "clinic.notices.smtp.EmailBackend"
    server = urlsplit(mailbox.url)
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
    settings.BASE_URL = "https://homestretch.example"
    return mailbox


def changed(trial: Scenario, on: int, at: str = "10:00", **fields: object) -> None:
    """The first exercise of the newest version gets `fields`."""
    version = trial.prescription.versions.order_by("-number")[0]
    first, *others = lines_of_version(version)
    adjust(
        prescription=trial.prescription,
        lines=[replace(first, **fields), *others],
        sessions_a_day=1,
        weekdays=EVERY_DAY,
        by=trial.clinician,
        now=trial.at(on, at),
    )


def more(trial: Scenario, reps: int) -> dict[str, object]:
    first = lines_of_version(trial.prescription.versions.order_by("-number")[0])[0]
    return {"dose": {**first.dose, "reps": reps}}


def drained(now: dt.datetime) -> dict[str, int]:
    return drain.drain(clock=lambda: now)


def test_the_patient_is_told_ten_minutes_later_and_once(trial, arriving):
    changed(trial, 3, "10:00", **more(trial, 7))
    changed(trial, 3, "10:05", **more(trial, 8))
    assert drained(trial.at(3, "10:09")) == {}
    assert drained(trial.at(3, "10:15")) == {"suppressed": 1, "sent": 1}
    assert Notice.objects.get(state="suppressed").state_reason == "overtaken"
    [mail] = arriving.to("anna@post.example")
    assert mail.subject == f"{trial.clinic.name}: your programme has changed"
    assert mail.text.splitlines()[:5] == [
        "Hello Anna,",
        "",
        "Your physiotherapist has changed your programme. The change holds from Wednesday 4 March. "
        "Your exercises for each day are here:",
        "",
        "https://homestretch.example/",
    ]


def test_what_the_patient_does_not_see_is_not_told(trial):
    changed(trial, 3, shown_in_clinic=True)
    assert not Notice.objects.filter(kind="programme_changed").exists()


def test_of_a_draft_nobody_is_told(trial):
    Prescription.objects.filter(pk=trial.pk).update(status="draft", activated_at=None, activated_on=None)
    changed(trial, 3, note_en="Slowly.")
    assert not Notice.objects.filter(kind="programme_changed").exists()


@pytest.mark.parametrize("reason", ["suspended", "not_active"])
def test_nobody_is_led_to_exercises_that_are_held_back(trial, arriving, reason):
    changed(trial, 3, note_en="Slowly.")
    if reason == "suspended":
        EmergencyReportFactory(patient=trial.patient, reported_at=trial.at(3, "10:01"))
    else:
        trial.ends(3, at="10:01")
    assert drained(trial.at(3, "10:30")) == {"suppressed": 1}
    assert Notice.objects.get(kind="programme_changed").state_reason == reason
    assert arriving.mails == []


def test_after_three_days_without_sending_it_is_not_news(trial, arriving):
    changed(trial, 3, note_en="Slowly.")
    assert drained(trial.at(7, "10:00")) == {"expired": 1}


def test_a_change_that_is_refused_owes_nothing(trial):
    trial.ends(3, at="09:00")
    with pytest.raises(Exception, match="ended"):
        changed(trial, 3, note_en="Slowly.")
    assert not Notice.objects.filter(kind="programme_changed").exists()
