"""The questions at the start and of counted days, on one short page; nothing of it is compulsory."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from patients.forms.questions import Group, QuestionsForm
from patients.models import Prescription
from patients.open_questions import OpenQuestions, open_questions
from patients.our_questions import USUAL_PAIN, USUAL_SITE, ours
from patients.pages.shell import show
from patients.questionnaire import Asked
from patients.signin.current import patient_required
from patients.standing import current_prescription
from patients.telling import put_away, tell
from patients.vocabulary import Occasion, Site

START = "start-"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def questions(request: Any) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST" and "put_away" in request.POST:
        put_away(patient=request.patient, by=request.user, now=now)
        return redirect("today")
    prescription = current_prescription(patient=request.patient, user=request.user)
    asked = OpenQuestions()
    if prescription is not None:
        prescription.patient = request.patient
        asked = open_questions(prescription, ours(), now=now)
    if not asked:
        status = 400 if request.method == "POST" else 200
        return show(request, "questions_none.html", section="today", status=status)
    groups = _groups(prescription, asked)
    if request.method != "POST":
        return _show(request, QuestionsForm(groups=groups), asked)
    form = QuestionsForm(request.POST, groups=groups)
    if form.is_valid():
        try:
            _tell(request, form, asked, now=now)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, _("Thank you. Your answers are saved."))
            return redirect("today")
    return _show(request, form, asked, status=400)


def _tell(request: Any, form: QuestionsForm, asked: OpenQuestions, *, now: Any) -> None:
    start = form.said(START) if asked.start else {}
    pain, site = start.pop(USUAL_PAIN, None), start.pop(USUAL_SITE, None)
    tell(
        patient=request.patient,
        start=start,
        days={number: form.said(f"day-{number}-") for number in asked.days},
        usual_pain=pain.number if pain else None,
        usual_site=Site(site.number) if site and site.number else None,
        by=request.user,
        now=now,
    )


def _groups(prescription: Prescription, asked: OpenQuestions) -> list[Group]:
    """What is usual stands between ours, where it was not said yet."""
    groups = []
    if asked.start:
        unsaid = {
            USUAL_PAIN: prescription.usual_pain is None,
            USUAL_SITE: prescription.usual_lowest_site is None,
        }
        own = [one for one in asked.start if one.question.clinic_id]
        start = [Asked(one) for one in ours() if one.at_start or unsaid.get(one.code)] + own
        groups.append(_group(START, Occasion.START, 0, start, asked))
    for number, some in asked.days.items():
        title = _("Day %(number)s") % {"number": number}
        groups.append(_group(f"day-{number}-", Occasion.DAY, number, some, asked, title=title))
    return groups


def _group(
    prefix: str,
    occasion: Occasion,
    number: int,
    some: list[Asked],
    asked: OpenQuestions,
    *,
    title: str = "",
) -> Group:
    told = [one for one in asked.told if (one.occasion, one.occasion_number) == (occasion.value, number)]
    return Group(prefix, some, {one.question.name_in_form: one for one in told}, title)


def _show(request: Any, form: QuestionsForm, asked: OpenQuestions, *, status: int = 200) -> HttpResponse:
    return show(
        request, "questions.html", section="today", status=status, form=form, at_start=bool(asked.start)
    )
