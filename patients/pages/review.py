"""The patient's part of a review: whether the exercises have been useful."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from patients.forms.review import ReviewForm
from patients.models import Review
from patients.pages.shell import show
from patients.reviews import answer_review
from patients.signin.current import patient_required
from patients.vocabulary import Helped


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
    if request.method != "POST":
        form = ReviewForm(initial={"helped": found.helped, "words": found.patient_words})
        return show(request, "review.html", section="today", review=found, form=form)
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            answer_review(
                review=found,
                helped=Helped(form.cleaned_data["helped"]),
                words=form.cleaned_data["words"],
                by=request.user,
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Thank you. Your answer is saved."))
            return redirect("today")
    return show(request, "review.html", section="today", status=400, review=found, form=form)
