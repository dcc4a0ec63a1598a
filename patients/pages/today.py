"""Today: which day it is, what is due, how it is done, and what is done already."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from patients.learning.cards import Card, new_on, shown_cards
from patients.learning.reached import new_day
from patients.pages.cards import cards
from patients.pages.shell import show
from patients.questionnaire import Waiting, waiting
from patients.signin.current import patient_required
from patients.standing import Standing, State, standing
from patients.stop_words import stop_words


@never_cache
@require_safe
@patient_required
def today(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    patient: Any = request.patient  # type: ignore[attr-defined]
    stands = standing(patient=patient, user=user, now=timezone.now())
    return show(
        request,
        "today.html",
        section="today",
        stands=stands,
        prescription=stands.prescription,
        cards=cards(stands.exercises, stands.records_today),
        stop_rule=stop_words(patient.clinic),
        new_card=_new_card(stands),
        questions=_questions(stands),
    )


def _questions(stands: Standing) -> Waiting:
    """What is still asked of who has a running programme: one thing at a time, the review first."""
    if stands.state in {State.NONE, State.ENDED, State.SUSPENDED} or stands.prescription.review_helped == "":
        return Waiting()
    return waiting(stands.prescription, day=stands.day)


def _new_card(stands: Standing) -> Card | None:
    """The card under Learn that today brings; what the clinic made of the cards came with the programme."""
    day = new_day(stands)
    return None if day is None else new_on(shown_cards(stands.prescription.card_edits or []), day=day)
