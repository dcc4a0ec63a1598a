"""What was answered at the start beside the same of now, as plain data: for reports, and as it is signed.

It says what was said and judges nothing. The smallest change that means something is not said here (yet).
"""

from collections.abc import Sequence
from typing import Any

from patients.models import Answer, Prescription
from patients.our_questions import ACTIVITY, ACTIVITY_NAME, USUAL_PAIN, USUAL_SITE, ours_to_read
from patients.vocabulary import Occasion
from programs.models import Question

Data = dict[str, Any]


def answers_data(prescription: Prescription, *, review: int | None) -> Data:
    """All that was answered, up to the review of that number; None: there was none yet.

    `reviewed` says whether anything was answered at it; `lines` are the start and the review side by side,
    ours first; `days` what was asked on counted days.
    """
    rows = list(prescription.answers.select_related("question").order_by("question_id"))
    return side_by_side(prescription, rows, review=review)


def side_by_side(prescription: Prescription, rows: Sequence[Answer], *, review: int | None) -> Data:
    """The same of answers that are at hand, by question; asks the database nothing."""
    start = {one.question.name_in_form: one for one in rows if one.occasion == Occasion.START}
    now = {
        one.question.name_in_form: one
        for one in rows
        if one.occasion == Occasion.REVIEW and one.occasion_number == review
    }
    keys = [code for code in ours_to_read() if code != ACTIVITY_NAME]
    keys += sorted({*start, *now} - {*keys, ACTIVITY_NAME}, key=lambda key: int(key.removeprefix("own-")))
    lines = [_line(prescription, key, start, now) for key in keys]
    days = [one for one in rows if one.occasion == Occasion.DAY]
    return {
        "reviewed": bool(now),
        "lines": [line for line in lines if line is not None],
        "days": [
            {"day": one.occasion_number, **_about(one, one.question), "said": _value(one)}
            for one in sorted(days, key=lambda one: (one.occasion_number, one.pk))
        ],
    }


def _line(
    prescription: Prescription, key: str, start: dict[str, Answer], now: dict[str, Answer]
) -> Data | None:
    first, last = start.get(key), now.get(key)
    before = _usual(prescription, key) if key in {USUAL_PAIN, USUAL_SITE} else _value(first)
    names = start.get(ACTIVITY_NAME) if key == ACTIVITY else None
    if before is None and last is None and names is None:
        return None
    told = last or first
    if told is not None:
        about = _about(told, told.question)
    else:
        question = ours_to_read()[key]
        about = {
            "kind": question.kind,
            "name_en": question.short_en,
            "name_it": question.short_it,
            **_ends(question),
        }
    if names is not None:
        about |= {"name_en": names.words, "name_it": names.words}
    asked_once = told is not None and not (told.question.at_start and told.question.at_review)
    compares = key in {USUAL_PAIN, USUAL_SITE} or not asked_once
    return {"key": key, **about, "start": before, "now": _value(last), "compares": compares}


def _about(answer: Answer, question: Question) -> Data:
    return {
        "kind": answer.kind,
        "name_en": answer.name_en,
        "name_it": answer.name_it,
        **_ends(question),
    }


def _ends(question: Question) -> Data:
    return {name: getattr(question, name) for name in ("low_en", "low_it", "high_en", "high_it")}


def _value(answer: Answer | None) -> Data | None:
    if answer is None:
        return None
    return {
        "number": answer.number,
        "words": answer.words,
        "chosen_en": answer.chosen_en,
        "chosen_it": answer.chosen_it,
    }


def _usual(prescription: Prescription, key: str) -> Data | None:
    number = prescription.usual_pain if key == USUAL_PAIN else prescription.usual_lowest_site
    if number is None:
        return None
    question = ours_to_read()[key]
    chosen = next((one for one in question.choices() if one[0] == number), (0, "", ""))
    return {"number": number, "words": "", "chosen_en": chosen[1], "chosen_it": chosen[2]}
