"""The page behind "no more reminders" in a mail."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clinic.notices import unsubscribing


# The signed link is the permission; mail programs post it without a cookie (RFC 8058).
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing, so that scanners of mails turn nothing off; POST turns it off."""
    try:
        if request.method == "POST":
            subscription = unsubscribing.unsubscribe(token, now=timezone.now())
        else:
            subscription, _params = unsubscribing.read(token)
    except ValueError:
        raise Http404 from None
    context = {"subscription": subscription, "done": request.method == "POST"}
    return render(request, "notices/unsubscribe.html", context)
