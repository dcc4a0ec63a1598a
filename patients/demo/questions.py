"""The demo clinic's own questions, and what its patients answered to them and to ours."""

import datetime as dt

from clinic.models import Clinic
from patients.demo.stories import Story
from patients.keeping_answers import Said, Told
from patients.models import Prescription
from patients.telling import tell
from programs.models import Program, Question
from programs.vocabulary import QuestionKind

DAY = 7  # of the question that waits for whoever is beyond it


def write_questions(clinic: Clinic) -> None:
    Question.objects.create(
        clinic=clinic,
        kind=QuestionKind.CHOICE,
        text_en="How many nights did pain wake you in the last week?",
        text_it="Quante notti il dolore ti ha svegliato nell'ultima settimana?",
        short_en="Nights woken by pain",
        short_it="Notti con risvegli per il dolore",
        choices_en="None\nOne or two\nThree to five\nEvery night",
        choices_it="Nessuna\nUna o due\nDa tre a cinque\nTutte",
        at_start=True,
        at_review=True,
    )
    of_a_day = Question.objects.create(
        clinic=clinic,
        kind=QuestionKind.YES_NO,
        text_en="Does the time of your reminder suit you?",
        text_it="L'orario del promemoria ti va bene?",
        on_day=DAY,
    )
    of_a_day.programs.add(Program.objects.get(key="first-20-days", clinic=None))


def _own(clinic: Clinic, **fields: object) -> Question | None:
    return Question.objects.filter(clinic=clinic, **fields).first()


def tell_start(prescription: Prescription, story: Story, *, now: dt.datetime) -> None:
    """What `story` answered before the first session."""
    said = story.told
    if said is None:
        return
    told: dict[str, Said | None] = {
        "average_pain": Said(said.pain[0]),
        "activity_name": Said(words=said.activity),
        "activity": Said(said.goes[0]),
    }
    nights = _own(prescription.patient.clinic, at_start=True)
    if nights:
        told[nights.name_in_form] = Said(said.nights[0])
    patient = prescription.patient
    tell(patient=patient, start=told, days={}, by=patient.user, now=now)


def tell_day(prescription: Prescription, story: Story, *, now: dt.datetime) -> None:
    """Who is beyond the review has answered the question of a day, too."""
    question = _own(prescription.patient.clinic, on_day=DAY)
    if story.told and story.review and question:
        patient = prescription.patient
        days: dict[int, Told] = {DAY: {question.name_in_form: Said(1)}}
        tell(patient=patient, start={}, days=days, by=patient.user, now=now)


def told_at_review(story: Story, *, clinic: Clinic) -> Told:
    said = story.told
    if said is None:
        return {}
    told: dict[str, Said | None] = {
        "change": Said(said.change),
        "average_pain": Said(said.pain[1]),
        "usual_pain": Said(said.pain[1]),
        "usual_site": Said(1),
        "activity": Said(said.goes[1]),
        "next": Said(said.next),
    }
    nights = _own(clinic, at_review=True)
    if nights:
        told[nights.name_in_form] = Said(said.nights[1])
    return told
