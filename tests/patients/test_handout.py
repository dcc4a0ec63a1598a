"""The paper itself: what stands on it in either language, on how many pages, its QR as a phone reads it."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from patients.clinic_pages.handout import content
from patients.models import ExerciseStop, Patient, Prescription
from patients.signin import paper
from programs.library.loading import load_library
from tests.factories import ExerciseStopFactory, PracticeSessionFactory, today
from tests.patients.handouts import (
    FIRST_20_DAYS,
    codes,
    elements,
    handout_url,
    pages,
    prescribed,
    reader,
    somebody,
    structure,
    text,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _library(db) -> None:
    load_library(now=timezone.now())


@pytest.fixture
def clinic(aurora):
    aurora.clinic.phone, aurora.clinic.emergency_phone = "+39 02 5550 100", "112"
    aurora.clinic.doctor_phone = "116117"
    aurora.clinic.save()
    return aurora.clinic


@pytest.fixture
def helen(clinic) -> Patient:
    return somebody(clinic)


@pytest.fixture
def clinician(aurora, as_staff):
    return as_staff(aurora.clinician)


def printed(client, prescription: Prescription, **sent):
    return client.post(handout_url(prescription), sent)


# --- What stands on it ---------------------------------------------------------------------------------
def test_the_first_page_says_what_to_do_when_to_stop_and_whom_to_call(clinician, helen, aurora):
    prescription = prescribed(helen, *FIRST_20_DAYS, by=aurora.clinician)
    first = pages(printed(clinician, prescription))[0]
    for said in (
        "Aurora",
        "Helen Marsh",
        "First 20 days: Once a day, every day",
        f"from {today(helen):%-d %B %Y}",
        "Back-of-thigh stretch",
        "3 times on each side, hold 30 seconds, one side first, then the other",
        "Cat and cow",
        "10 times",
        "A pull is expected. If your pain gets worse, ease off.",
        "Call the emergency number now 112",
        "Numbness or altered feeling between the legs",
        "Sudden severe pain after a fall or a lift (over 65: after any fall)",
        "Call your doctor today",
        "116117",
        "Pain that gives no rest at night",
        "+39 02 5550 100",
        "Helen · 1 of 4",
    ):
        assert said in first, said


def test_each_exercise_says_how_it_is_done_and_what_to_mind(clinician, helen, aurora):
    note = ("Put a towel under your head.", "Metti un asciugamano sotto la testa.")
    prescription = prescribed(
        helen,
        "supine-hamstring-stretch",
        "supine-spinal-twist",
        by=aurora.clinician,
        rungs={"supine-spinal-twist": -1},
        notes={"supine-hamstring-stretch": note},
    )
    said = text(printed(clinician, prescription))
    for wanted in (
        "Your physiotherapist says: Put a towel under your head.",
        "Relax the knee and lower the leg slowly.",
        "Side: the leg that you lift.",
        "You should feel a gentle pull at the back of the thigh.",
        "Take care: If it tingles, bend the knee a little",
        "When to stop: Stop if the pain in your back grows, or moves",
        "Your form: Both knees together, feet on the floor",
        "Start",
        "Hold",
    ):
        assert wanted in said, wanted
    assert note[1] not in said


def test_it_speaks_the_patients_language_whatever_staff_read(clinician, helen, aurora, settings):
    Patient.objects.filter(pk=helen.pk).update(language="it")
    helen.refresh_from_db()
    prescription = prescribed(
        helen,
        *FIRST_20_DAYS,
        by=aurora.clinician,
        sessions_a_day=2,
        weekdays="135",
        notes={"cat-cow": ("Gently.", "Piano piano.")},
    )
    clinician.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = printed(clinician, prescription, new_code="on")
    said = text(answer)
    with translation.override("it"):
        day = content._short(today(helen) + dt.timedelta(days=(7 - today(helen).weekday()) % 7))
    for wanted in (
        "I primi 20 giorni: 2 volte al giorno, lunedì, mercoledì e venerdì",
        "Allungamento dietro la coscia",
        "3 volte per lato, mantieni 30 secondi, prima un lato, poi l'altro",
        "Sentire tirare è normale.",
        "Chiama subito il numero di emergenza 112",
        "Il tuo fisioterapista dice: Piano piano.",
        "I tuoi giorni",
        day,
        "I tuoi esercizi sul telefono",
        "Helen · 1 di ",
    ):
        assert wanted in said, wanted
    assert reader(answer).trailer["/Root"]["/Lang"] == "it"
    for english in ("Once a day", "Your days", "Call the", "Back-of-thigh", "Gently", " of "):
        assert english not in said, english


@pytest.mark.parametrize("language", ["en", "it"])
def test_six_exercises_the_days_and_the_code_take_four_pages(clinician, clinic, aurora, language):
    patient = somebody(clinic, language=language)
    prescription = prescribed(patient, *FIRST_20_DAYS, by=aurora.clinician)
    found = pages(printed(clinician, prescription, new_code="on"))
    assert len(found) == 4
    of = {"en": "of", "it": "di"}[language]
    assert [f"Helen · {number} {of} 4" in page for number, page in enumerate(found, 1)] == [True] * 4
    for page in found:  # whatever one has in hand, it has the numbers
        assert "112" in page
        assert "+39 02 5550 100" in page


@pytest.mark.parametrize("words", [0, 40, 80, 120, 160])
def test_no_exercise_is_split_between_pages(clinician, helen, aurora, words):
    """However long a note pushes the others down: each stands whole on its page, with both its pictures."""
    note = ("Slowly and gently. " * (words // 3), "")
    prescription = prescribed(
        helen, *FIRST_20_DAYS, by=aurora.clinician, notes={FIRST_20_DAYS[3]: note, FIRST_20_DAYS[0]: note}
    )
    answer = printed(clinician, prescription)
    articles = [element for kind, element in structure(answer) if kind == "/Art"]
    assert len(articles) == 6
    for article in articles:
        inside = list(elements(article["/K"]))
        assert [kind for kind, _element in inside].count("/Figure") == 2
        assert len({element["/Pg"]["/StructParents"] for _kind, element in inside}) == 1


def test_what_was_stopped_for_pain_is_named_to_be_left_out(clinician, helen, aurora):
    prescription = prescribed(helen, "cat-cow", "glute-bridge", by=aurora.clinician)
    bridge = prescription.versions.get().exercises.get(exercise__key="glute-bridge")
    session = PracticeSessionFactory(prescription=prescription, practised_on=today(helen))
    ExerciseStopFactory(session=session, line=bridge.line)
    said = text(printed(clinician, prescription))
    assert "Leave these out until your physiotherapist says so, because they hurt: Bridge" in said
    assert "Slowly raise your pelvis." not in said
    assert said.count("Bridge") == 1
    assert "Cat and cow" in said
    assert ExerciseStop.objects.count() == 1


def test_the_newest_version_is_printed_with_its_first_day(clinician, helen, aurora):
    prescription = prescribed(helen, "cat-cow", by=aurora.clinician)
    tomorrow = today(helen) + dt.timedelta(days=1)
    newest = prescription.versions.get()
    newest.pk, newest.number, newest.starts_on, newest.sessions_a_day = None, 2, tomorrow, 3
    newest.save()
    line = prescription.versions.get(number=1).exercises.get()
    line.pk, line.version, line.note_en = None, newest, "Now three times."
    line.save()
    said = text(printed(clinician, prescription))
    assert "3 times a day" in said
    assert f"As written here from {tomorrow:%-d %B %Y} on." in said
    assert "Now three times." in said


@pytest.mark.parametrize(
    ("sessions", "boxes"),
    [
        (1, 3),  # done, pain before, pain after
        (3, 6),  # done and pain after of each
    ],
)
def test_there_are_boxes_for_each_session_of_a_day(clinician, helen, aurora, sessions, boxes):
    prescription = prescribed(helen, "cat-cow", by=aurora.clinician, sessions_a_day=sessions)
    answer = printed(clinician, prescription)
    kinds = [kind for kind, _element in structure(answer)]
    assert kinds.count("/TD") == 20 * (1 + boxes)  # the date, too
    said = text(answer)
    assert [f"{number}. Done" in said for number in (1, 2, 3, 4)] == [sessions == 3] * 3 + [False]
    assert ("Before" in said) is (sessions == 1)


def test_without_a_start_there_are_empty_lines_for_the_dates(clinician, helen, aurora):
    prescription = prescribed(helen, "cat-cow", by=aurora.clinician, dated=False)
    said = text(printed(clinician, prescription))
    assert "After 20 days, look together with your physiotherapist" in said
    assert ", from " not in said
    assert str(today(helen).year) not in said


def test_a_dose_that_was_not_given_is_as_it_was_shown(clinician, helen, aurora):
    prescription = prescribed(helen, "cat-cow", by=aurora.clinician)
    prescription.versions.get().exercises.update(reps=None, sets=None, hold_s=None)
    assert "As your physiotherapist showed you" in text(printed(clinician, prescription))


def test_what_people_write_is_no_markup(clinician, clinic, aurora):
    patient = somebody(clinic, family_name="<b>O'Hara & Söhne</b>")
    note = ("<img src='file:///etc/passwd'> & so on\nsecond line", "")
    prescription = prescribed(patient, "cat-cow", by=aurora.clinician, notes={"cat-cow": note})
    said = text(printed(clinician, prescription))
    assert "Helen <b>O'Hara & Söhne</b>" in said
    assert "<img src='file:///etc/passwd'> & so on second line" in said


def test_long_names_and_notes_lose_nothing(clinician, clinic, aurora):
    given, family = "Massimiliano " * 6, "Castiglioni-" * 6
    patient = somebody(clinic, given_name=given.strip(), family_name=family)
    note = (" ".join(f"word{number}" for number in range(600)), "")  # more than a page
    prescription = prescribed(patient, "cat-cow", by=aurora.clinician, notes={"cat-cow": note})
    found = pages(printed(clinician, prescription))
    said = " ".join(found)
    assert all(f"word{number}" in said for number in (0, 299, 599))
    assert "Once a day, every day" in found[0]
    assert "Your days" in said


# --- The way in -----------------------------------------------------------------------------------------
def test_a_phone_reads_the_square_and_with_the_birth_date_it_signs_in(clinician, client, helen, aurora):
    prescription = prescribed(helen, *FIRST_20_DAYS, by=aurora.clinician)
    answer = printed(clinician, prescription, new_code="on")
    (address,) = codes(answer)
    assert address.endswith("/")
    code = address.rstrip("/").rpartition("/")[2]
    assert address == paper.address(code)
    assert address in text(answer)
    assert f"{code[:4]}-{code[4:]}" in text(answer)
    page = client.get("/paper/" + code + "/")
    assert f'value="{code}"' in page.content.decode()
    entered = client.post("/paper/", {"code": code, "birth_on": f"{helen.birth_on:%d.%m.%Y}"})
    assert entered["Location"] == "/"
    assert client.session["_auth_user_id"] == str(helen.user_id)
    assert f"{helen.birth_on.year}" not in text(answer), "the birth date is not on it"


def test_without_a_new_code_it_leads_to_the_site(clinician, clinic, aurora, settings):
    settings.BASE_URL = "https://clinic.example"
    by_mail = prescribed(somebody(clinic), "cat-cow", by=aurora.clinician)
    answer = printed(clinician, by_mail)
    assert codes(answer) == ["https://clinic.example/"]
    assert "Sign in there with your e-mail address." in text(answer)
    on_paper = prescribed(somebody(clinic, email="", user=None), "cat-cow", by=aurora.clinician)
    answer = printed(clinician, on_paper)
    assert codes(answer) == ["https://clinic.example/"]
    assert "Sign in there with the sheet that has your code." in text(answer)
