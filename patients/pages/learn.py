"""Short cards on what helps to practise well; some can be read from a day of the count on."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from patients.learning.cards import shown_cards, split
from patients.learning.editing import cards_row
from patients.learning.reached import day_reached, new_day
from patients.pages.shell import show
from patients.signin.current import patient_required
from patients.standing import standing
from patients.stop_words import stop_words


@never_cache
@require_safe
@patient_required
def learn(request: Any) -> HttpResponse:
    patient = request.patient
    stands = standing(patient=patient, user=request.user, now=timezone.now())
    open_ones, to_come = split(shown_cards(cards_row(patient.clinic).cards), day=day_reached(stands))
    return show(
        request,
        "learn.html",
        section="learn",
        safety=[card for card in open_ones if card.is_safety],
        cards=sorted((card for card in open_ones if not card.is_safety), key=lambda card: -card.day),
        new_day=new_day(stands),
        to_come=to_come,
        stop_rule=stop_words(patient.clinic),
    )
