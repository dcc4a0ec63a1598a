"""Questions and answers: what is asked when, what is kept of it, and that it decides nothing."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from clinic.models import Event
from patients.answer_words import lines, report_lines
from patients.keeping_answers import Said
from patients.models import Answer, Prescription
from patients.open_questions import open_questions
from patients.our_questions import ours, ours_kept
from patients.questionnaire import waiting, with_waiting
from patients.reviews import answer_review, asked_at
from patients.start_and_now import answers_data
from patients.telling import put_away, tell
from patients.trial import day_number, spans
from patients.vocabulary import EmergencySign, Helped, Occasion, Site
from programs.models import Question
from programs.vocabulary import QuestionKind
from tests.factories import ClinicFactory, ProgramFactory, QuestionFactory
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db

CHOICES = {
    "kind": QuestionKind.CHOICE,
    "choices_en": "None\nSome\nAll",
    "choices_it": "Nessuna\nAlcune\nTutte",
}


@pytest.fixture
def trial() -> Scenario:
    return Scenario("AB")


def own(trial: Scenario, **fields: Any) -> Question:
    made: Question = QuestionFactory(clinic=trial.clinic, **{"at_review": False, **fields})
    return made


def says(
    trial: Scenario, on: int = 1, at: str = "09:00", days: Any = None, usual: Any = None, **start: Any
) -> None:
    """At the start: a number or words by key; None takes back. `usual` is (pain, site)."""
    pain, site = usual or (None, None)
    told = {key: _said(value) for key, value in start.items()}
    tell(
        patient=trial.patient,
        start=told,
        days={
            number: {key: _said(value) for key, value in some.items()}
            for number, some in (days or {}).items()
        },
        usual_pain=pain,
        usual_site=site,
        by=trial.patient.user,
        now=trial.at(on, at),
    )


def _said(value: Any) -> Said | None:
    if value is None:
        return None
    return Said(words=value) if isinstance(value, str) else Said(value)


def asked(trial: Scenario, on: int, at: str = "09:00") -> tuple[list[str], dict[int, list[str]]]:
    found = open_questions(trial.prescription, ours(), now=trial.at(on, at))
    return [one.key for one in found.start], {
        day: [one.key for one in some] for day, some in found.days.items()
    }


def waits(trial: Scenario, on: int) -> tuple[bool, int | None]:
    row = with_waiting(Prescription.objects.filter(pk=trial.pk)).get()
    day = day_number(starts_on=row.starts_on, on=trial.date(on), pauses=spans(row))
    found = waiting(row, day=day)
    return found.start, found.day


def kept(trial: Scenario) -> dict[str, Any]:
    rows = Answer.objects.filter(prescription=trial.pk).select_related("question")
    return {one.question.name_in_form: one.words or one.number for one in rows}


# --- Ours -----------------------------------------------------------------------------------------------
def test_the_impression_of_change_is_balanced_around_no_change():
    change = next(question for question in ours() if question.code == "change")
    words = [english for _place, english, _italian in change.choices()]
    assert len(words) == 7
    assert words[3] == "No change"
    assert [one.rsplit(" ", 1)[0] for one in words[:3]] == ["Very much", "Much", "Minimally"]
    assert [one.rsplit(" ", 1)[0] for one in words[4:]] == ["Minimally", "Much", "Very much"]


def test_the_places_of_the_usual_site_are_those_of_the_sessions():
    site = next(question for question in ours() if question.code == "usual_site")
    assert [(place, english) for place, english, _italian in site.choices()] == [
        (1, "Back"),
        (2, "Buttock"),
        (3, "Leg, above the knee"),
        (4, "Leg, below the knee"),
    ]
    for language in ("en", "it"):
        with translation.override(language):
            words = [one[1 if language == "en" else 2] for one in site.choices()]
            assert words == [str(Site(place).label) for place in range(1, 5)]


def test_ours_are_valid_and_have_both_languages():
    for question in ours_kept():
        question.full_clean()
        assert question.text_it
        assert all(italian for _place, _english, italian in question.choices())


def test_ours_are_made_once_and_follow_our_words():
    first = ours_kept()
    Question.objects.filter(code="average_pain").update(text_en="Old words?")
    again = ours_kept()
    assert [one.pk for one in again] == [one.pk for one in first]
    assert next(one for one in again if one.code == "average_pain").text_en.startswith("How strong was")


# --- What is asked when ---------------------------------------------------------------------------------
def test_the_start_is_asked_until_its_seventh_day_is_over(trial):
    expected = ["average_pain", "activity_name", "activity"]
    assert asked(trial, 1)[0] == expected
    assert asked(trial, 7, "23:59")[0] == expected
    assert asked(trial, 8, "00:01")[0] == []
    assert [waits(trial, on)[0] for on in (1, 7, 8)] == [True, True, False]


def test_before_day_1_it_is_asked_too():
    assert asked(Scenario("A", start="2026-03-09"), 1)[0] != []
    assert asked(Scenario("A", start=None), 1)[0] != []


def test_nothing_is_asked_of_who_has_no_running_programme(trial):
    trial.reports_emergency(2, signs=[EmergencySign.FEVER])
    assert asked(trial, 3) == ([], {})
    trial.clears_emergency(3)
    assert asked(trial, 3, "13:00")[0] != []
    trial.ends(4)
    assert asked(trial, 5) == ([], {})


def test_a_question_of_a_day_is_asked_from_that_counted_day_on(trial):
    question = own(trial, at_start=False, on_day=3)
    trial.pauses(2, 3)  # day 3 is then the fifth date
    assert [waits(trial, on)[1] for on in (4, 5, 15)] == [None, 3, 3]
    assert asked(trial, 4)[1] == {}
    assert asked(trial, 15)[1] == {3: [question.name_in_form]}


def test_it_waits_no_more_once_answered_and_can_be_changed_for_a_week(trial):
    question = own(trial, at_start=False, on_day=3)
    key = question.name_in_form
    says(trial, 4, days={3: {key: 5}})
    assert waits(trial, 4)[1] is None
    says(trial, 10, days={3: {key: 6}})
    assert kept(trial) == {key: 6}
    with pytest.raises(ValidationError):
        says(trial, 11, "09:01", days={3: {key: 7}})
    assert kept(trial) == {key: 6}


def test_of_two_days_the_earlier_one_waits_first(trial):
    early, late = (own(trial, at_start=False, on_day=day) for day in (2, 5))
    assert waits(trial, 6)[1] == 2
    says(trial, 6, days={2: {early.name_in_form: 1}})
    assert waits(trial, 6)[1] == 5
    says(trial, 6, days={5: {late.name_in_form: 1}})
    assert waits(trial, 6)[1] is None


def test_put_away_reminds_no_more_and_a_later_day_does_again(trial):
    own(trial, at_start=False, on_day=2)
    put_away(patient=trial.patient, by=trial.patient.user, now=trial.at(2))
    own(trial, at_start=False, on_day=4)
    assert [waits(trial, on) for on in (2, 3, 4)] == [(False, None), (False, None), (False, 4)]
    assert asked(trial, 3)[1] == {}
    assert kept(trial) == {}


def test_the_start_waits_until_all_of_it_is_said(trial):
    question = own(trial)
    says(trial, usual=(4, Site.BACK), average_pain=0, activity_name="Gardening")
    assert waits(trial, 1)[0] is True
    says(trial, activity=3)
    assert waits(trial, 1)[0] is True  # the clinic's own
    says(trial, **{question.name_in_form: 2})
    assert waits(trial, 1)[0] is False


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_a_draft_and_a_retired_question_are_not_asked(trial, status):
    own(trial, status=status)
    assert asked(trial, 1)[0] == ["average_pain", "activity_name", "activity"]


def test_a_question_goes_with_its_programmes_or_with_all_and_never_leaves_its_clinic(trial):
    for_all = own(trial)
    with_this = own(trial)
    with_this.programs.add(trial.prescription.program, ProgramFactory())
    own(trial).programs.add(ProgramFactory())
    QuestionFactory(clinic=ClinicFactory()).programs.add(trial.prescription.program)
    mine = [for_all.name_in_form, with_this.name_in_form]
    assert asked(trial, 1)[0][3:] == mine
    Prescription.objects.update(program=None)
    assert asked(trial, 1)[0][3:] == mine[:1]


# --- What is kept ---------------------------------------------------------------------------------------
def test_each_answer_is_kept_alone_and_the_rest_may_come_later(trial):
    says(trial, average_pain=0)
    assert kept(trial) == {"average_pain": 0}
    says(trial, 2, activity_name="  Gardening ", activity=3)
    assert kept(trial) == {"average_pain": 0, "activity_name": "Gardening", "activity": 3}


def test_an_answer_keeps_the_words_it_was_given_to_in_both_languages(trial):
    question = own(trial, text_en="Nights?", text_it="Notti?", **CHOICES)
    says(trial, **{question.name_in_form: 2})
    Question.objects.filter(pk=question.pk).update(text_en="Days?", choices_en="x\ny\nz", choices_it="")
    answer = Answer.objects.get()
    assert (answer.asked_en, answer.asked_it) == ("Nights?", "Notti?")
    assert (answer.number, answer.chosen_en, answer.chosen_it) == (2, "Some", "Alcune")
    assert (answer.told_at, answer.told_by) == (trial.at(1), trial.patient.user)
    assert answer.patient == trial.patient


def test_an_answer_is_changed_and_taken_back_and_both_are_written_down(trial):
    says(trial, average_pain=6)
    says(trial, 2, average_pain=5)
    answer = Answer.objects.get()
    assert (answer.number, answer.first_told_at, answer.told_at) == (5, trial.at(1), trial.at(2))
    says(trial, 3, average_pain=5)  # the same again is no change
    assert Answer.objects.get().told_at == trial.at(2)
    says(trial, 3, average_pain=None)
    assert kept(trial) == {}
    events = Event.objects.filter(object_type="patients.Answer", object_id=str(answer.pk)).order_by("pk")
    assert [event.verb for event in events] == ["answered", "changed", "removed"]
    assert {event.subject_id for event in events} == {trial.patient.pk}


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (QuestionKind.SCALE, [11, -1, "ten"]),
        (QuestionKind.CHOICE, [0, 4, "Some"]),
        (QuestionKind.YES_NO, [2, "yes"]),
        (QuestionKind.WORDS, [1, "   ", "x" * 1001]),
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_is_half_kept(trial, kind, wrong):
    question = own(trial, **(CHOICES if kind == QuestionKind.CHOICE else {"kind": kind}))
    for value in wrong:
        with pytest.raises(ValidationError):
            says(trial, average_pain=3, usual=(4, Site.BACK), **{question.name_in_form: value})
    assert kept(trial) == {}
    assert trial.prescription.usual_pain is None


@pytest.mark.parametrize("told", [{"change": 1}, {"usual_pain": 3}, {"own-999": 1}, {"helped": 1}])
def test_what_is_not_asked_is_refused(trial, told):
    with pytest.raises(ValidationError):
        says(trial, average_pain=3, **told)
    assert kept(trial) == {}


def test_another_clinics_question_cannot_be_answered(trial):
    theirs = QuestionFactory()
    with pytest.raises(ValidationError):
        says(trial, **{theirs.name_in_form: 1})


def test_after_the_seventh_day_the_start_stays_as_it_is(trial):
    says(trial, average_pain=6)
    with pytest.raises(ValidationError):
        says(trial, 8, average_pain=1)
    with pytest.raises(ValidationError):
        says(trial, 8, usual=(1, None))
    assert kept(trial) == {"average_pain": 6}


# --- What is usual is one truth -------------------------------------------------------------------------
def test_what_is_usual_is_kept_where_nothing_was_said_and_never_again(trial):
    says(trial, usual=(4, None))
    says(trial, usual=(9, Site.BUTTOCK))
    prescription = trial.prescription
    assert (prescription.usual_pain, prescription.usual_lowest_site) == (4, Site.BUTTOCK)
    assert kept(trial) == {}


def test_it_alerts_as_if_the_first_session_had_asked_it(trial):
    """6 after, with a usual level of 6: not above it. The same without that answer alerts."""
    says(trial, usual=(6, Site.BACK))
    trial.records(1, done="AB", before=5, after=6)
    assert trial.open_work() == []
    other = Scenario("AB")
    other.records(1, done="AB", before=5, after=6)
    assert len(other.open_work()) == 1


def test_answers_decide_nothing(trial):
    before = trial.prescription
    says(trial, average_pain=10, activity_name="Gardening", activity=0)
    after = trial.prescription
    for field in Prescription._meta.concrete_fields:
        if field.name != "changes":  # it was locked, so its figures are counted once more
            assert getattr(before, field.attname) == getattr(after, field.attname), field
    assert trial.open_work() == []


# --- The review -----------------------------------------------------------------------------------------
@pytest.fixture
def reviewed(trial) -> Scenario:
    """On day 21, after a start with pain 6, gardening 3, usual 5 in the buttock."""
    says(trial, usual=(5, Site.BUTTOCK), average_pain=6, activity_name="Gardening", activity=3)
    trial.scheduler_runs(21)
    return trial


def answers(trial: Scenario, at: str = "12:00", **told: Any) -> None:
    answer_review(
        review=trial.prescription.reviews.get(number=1),
        told={key: _said(value) for key, value in told.items()},
        by=trial.patient.user,
        now=trial.at(21, at),
    )


def said(trial: Scenario) -> dict[str, str]:
    return {line.name: line.said for line in report_lines(trial.prescription)}


def test_the_review_asks_the_same_again_and_the_activity_by_its_name(reviewed):
    own(reviewed, at_review=True, text_en="Nights?")
    review = reviewed.prescription.reviews.get()
    assert [one.words("en") for one in asked_at(review, ours())] == [
        "Since you began the exercises, your overall state is …",
        "How strong was your pain on average in the last 7 days?",
        "How strong is your pain on most days?",
        "How far down does it usually go?",
        "Gardening: how well does it go now?",
        "Nights?",
        "What would you like next?",
    ]


def test_without_an_activity_at_the_start_none_is_asked_about(trial):
    trial.scheduler_runs(21)
    keys = [one.key for one in asked_at(trial.prescription.reviews.get(), ours())]
    assert keys == ["change", "average_pain", "usual_pain", "usual_site", "next"]


def test_half_of_a_review_is_kept_and_the_rest_comes_later(reviewed):
    answers(reviewed, average_pain=4)
    review = reviewed.prescription.reviews.get()
    assert (review.helped, review.answered_at) == ("", reviewed.at(21, "12:00"))
    answer_review(review=review, helped=Helped.USEFUL, by=reviewed.patient.user, now=reviewed.at(21, "13:00"))
    answers(reviewed, "14:00", activity=6)
    review.refresh_from_db()
    assert (review.helped, review.patient_words) == (Helped.USEFUL, "")
    rows = Answer.objects.on(Occasion.REVIEW, 1)
    assert dict(rows.values_list("question__code", "number")) == {"average_pain": 4, "activity": 6}


def test_start_and_now_stand_side_by_side(reviewed):
    assert said(reviewed) == {
        "Average pain, last 7 days": "6 at the start",
        "Usual pain": "5 at the start",
        "Lowest usual place": "Buttock at the start",
        "Gardening": "3 at the start",
    }
    answers(reviewed, change=2, average_pain=4, usual_pain=5, usual_site=1, activity=6, next=4)
    assert said(reviewed) == {
        "Overall change": "Much improved",
        "Average pain, last 7 days": "6 to 4",
        "Usual pain": "5 to 5",
        "Lowest usual place": "Buttock; now: Back",
        "Gardening": "3 to 6",
        "Would like next": "Speak with my physiotherapist first",
    }
    with translation.override("it"):
        assert said(reviewed)["Dolore medio, ultimi 7 giorni"] == "da 6 a 4"
        assert said(reviewed)["Cambiamento generale"] == "Molto migliorato"


def test_what_was_not_said_is_missing_and_never_0(trial):
    trial.scheduler_runs(21)
    answers(trial, average_pain=0)
    assert said(trial) == {"Average pain, last 7 days": "not said at the start, now 0"}


def test_before_any_review_the_start_stands_alone(trial):
    question = own(trial, at_start=False, on_day=1, kind=QuestionKind.YES_NO, text_en="Does it suit?")
    says(trial, average_pain=6, activity_name="Gardening", days={1: {question.name_in_form: 0}})
    assert said(trial) == {
        "Average pain, last 7 days": "6 at the start",
        "Gardening": "not said",
        "Does it suit?": "No",
    }


def test_what_is_signed_is_frozen(reviewed):
    answers(reviewed, average_pain=4)
    review = reviewed.signs(reviewed.prescription.reviews.get(), 21)
    with pytest.raises(ValidationError):
        answers(reviewed, "15:00", average_pain=1)
    Answer.objects.filter(occasion=Occasion.REVIEW).update(number=9)
    frozen = {line.name: line.said for line in lines(review.snapshot["answers"])}
    assert frozen["Average pain, last 7 days"] == "6 to 4"
    assert frozen["Gardening"] == "3 at the start, not said now"


def test_a_second_review_is_asked_and_kept_by_itself(reviewed):
    answers(reviewed, average_pain=4)
    reviewed.signs(reviewed.prescription.reviews.get(), 21)
    reviewed.scheduler_runs(41)
    second = reviewed.prescription.reviews.get(number=2)
    answer_review(
        review=second, told={"average_pain": Said(2)}, by=reviewed.patient.user, now=reviewed.at(41, "12:00")
    )
    numbers = Answer.objects.filter(question__code="average_pain").order_by("occasion_number")
    assert [(one.occasion, one.number) for one in numbers] == [("start", 6), ("review", 4), ("review", 2)]
    assert said(reviewed)["Average pain, last 7 days"] == "6 to 2"
    first = answers_data(reviewed.prescription, review=1)
    assert lines(first)[0].said == "6 to 4"


@pytest.mark.parametrize("told", [{"change": 8}, {"change": 0}, {"activity_name": "Other"}, {"own-1": 3}])
def test_what_is_no_answer_at_a_review_is_refused(reviewed, told):
    with pytest.raises(ValidationError):
        answers(reviewed, average_pain=4, **told)
    assert not Answer.objects.on(Occasion.REVIEW, 1).exists()
    assert reviewed.prescription.reviews.get().answered_at is None
