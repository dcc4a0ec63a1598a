"""The patient's part of a review: whether the exercises have been useful, and the same questions again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from patients.forms.questions import Group
from patients.forms.review import ReviewForm
from patients.models import Answer, Review
from patients.our_questions import ours
from patients.pages.shell import show
from patients.reviews import answer_review, asked_at
from patients.signin.current import patient_required
from patients.vocabulary import Occasion


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def review(request: Any) -> HttpResponse:
    reviews = Review.objects.visible_to_patient(request.user).unsigned().of(request.patient)
    found = (
        reviews.select_related("prescription__patient__clinic", "prescription__clinician")
        .order_by("-pk")
        .first()
    )
    if found is None:
        return show(
            request, "review_none.html", section="today", status=400 if request.method == "POST" else 200
        )
    form = _form(request, found)
    if request.method != "POST":
        return show(request, "review.html", section="today", review=found, form=form)
    if form.is_valid():
        try:
            answer_review(
                review=found,
                helped=form.said_helped(),
                words=form.said_words(),
                told=form.said(),
                by=request.user,
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            if form.says_something() or found.answered_at is not None:
                messages.success(request, _("Thank you. Your answers are saved."))
            else:
                messages.info(request, _("Nothing is answered yet. You can come back."))
            return redirect("today")
    return show(request, "review.html", section="today", status=400, review=found, form=form)


def _form(request: Any, found: Review) -> ReviewForm:
    mine = Answer.objects.visible_to_patient(request.user).of(request.patient)
    rows = mine.filter(prescription=found.prescription).on(Occasion.REVIEW, found.number)
    told = {one.question.name_in_form: one for one in rows.select_related("question")}
    return ReviewForm(
        request.POST if request.method == "POST" else None,
        groups=[Group("", asked_at(found, ours()), told)],
        helped=found.helped,
        words=found.patient_words,
    )
