"""A patient answers questions of the start and of counted days. Half-done is kept; left out is no answer."""

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic.audit import Verb
from clinic.models import User
from patients.keeping_answers import Told, keep_answers, not_asked, write_down
from patients.locking import locked_current
from patients.models import Patient
from patients.open_questions import open_questions
from patients.our_questions import ours_kept
from patients.usual import say_usual
from patients.vocabulary import PAIN_RANGE, Occasion, Site


@transaction.atomic
def tell(
    *,
    patient: Patient,
    start: Told,
    days: Mapping[int, Told],
    usual_pain: int | None = None,
    usual_site: Site | None = None,
    by: User | None,
    now: dt.datetime,
) -> None:
    """Keep what the patient answers to questions of the start and of counted days.

    Raises ValidationError for what is not asked (any more), and for what is no answer to it. What is usual
    (0-10, and the lowest place) is kept where nothing was said of it yet.
    """
    prescription = locked_current(patient)
    if prescription is None:
        raise not_asked()
    asked = open_questions(prescription, ours_kept(), now=now)
    if not set(days) <= set(asked.days) or ((usual_pain is not None or usual_site) and not asked.start):
        raise not_asked()
    keep_answers(prescription, Occasion.START, 0, asked=asked.start, told=start, by=by, now=now)
    for number, said in days.items():
        keep_answers(prescription, Occasion.DAY, number, asked=asked.days[number], told=said, by=by, now=now)
    if usual_pain is not None and not PAIN_RANGE[0] <= usual_pain <= PAIN_RANGE[1]:
        raise ValidationError(_("Pain is a number from 0 to 10."), code="range")
    changed = say_usual(prescription, pain=usual_pain, site=usual_site)
    if changed:
        prescription.save(update_fields=changed)
        write_down(prescription, Verb.ANSWERED, [prescription], by=by, now=now)


@transaction.atomic
def put_away(*, patient: Patient, by: User | None, now: dt.datetime) -> None:
    """Remind no more of what is asked now, answered or not. Later days ask again."""
    prescription = locked_current(patient)
    if prescription is None:
        return
    asked = open_questions(prescription, ours_kept(), now=now)
    if asked:
        prescription.start_put_away = prescription.start_put_away or bool(asked.start)
        prescription.put_away_to_day = max([prescription.put_away_to_day, *asked.days])
        prescription.save(update_fields=["start_put_away", "put_away_to_day"])
        write_down(prescription, Verb.DECLINED, [prescription], by=by, now=now)
