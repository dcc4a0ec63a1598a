"""Where a phone sends a session to: what was tapped so far, and the whole of it, at once or when it can."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from patients.arriving import Arrival, Became, take_in, why_aside
from patients.forms.session import SessionSheet, posted_lines
from patients.pages.sent import ASIDE, is_closed, sent_in, whose


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sending(request: HttpRequest) -> JsonResponse:
    """Answers in JSON, never by leading elsewhere: a phone keeps what it has unless it hears that it is here.

    GET gives a fresh CSRF token, for what waited longer than the one that its page had.
    """
    user: Any = request.user
    if not user.is_authenticated:
        return _refused([_("Please sign in again: then it is sent.")], status=401)
    if request.method != "POST":
        return JsonResponse({"token": get_token(request)})
    sheet = SessionSheet(lines=posted_lines(request.POST), data=request.POST)
    if not sheet.is_valid():
        return _refused([problem.message for problem in sheet.problems], status=400)
    patient = whose(request, sheet)
    if patient is None:
        return _refused([_("Somebody else entered this, and has to sign in to send it.")], status=403)
    try:
        arrival = take_in(
            patient=patient,
            sent=sent_in(sheet),
            is_whole=sheet.session.cleaned_data["is_whole"],
            by=user,
            now=timezone.now(),
        )
    except ValidationError as refused:
        closed = is_closed(refused) or why_aside(refused) is not None
        return _refused(refused.messages, status=403 if closed else 400, closed=closed)
    return JsonResponse(_told(arrival, sheet))


def _told(arrival: Arrival, sheet: SessionSheet) -> dict[str, Any]:
    told: dict[str, Any] = {"became": arrival.became}
    if arrival.became == Became.SAVED:
        told["next"] = reverse("session_saved", args=[sheet.session.cleaned_data["practised_on"]])
    if arrival.why is not None:
        told["words"] = str(ASIDE[arrival.why])
    return told


def _refused(problems: list[str], *, status: int, closed: bool = False) -> JsonResponse:
    return JsonResponse({"problems": problems, "closed": closed}, status=status)
