"""The calendar that others fetch: no signing in, the address itself is the permission."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from patients.calendar_feed import find_feed
from patients.ical import write_calendar
from patients.practice_times import practice_times


@never_cache
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """What is due from today on. An address that was renewed or turned off is not there any more.

    The secret has 256 bits, so guessing needs no limit that would write a row for each request.
    """
    feed = find_feed(token)
    if feed is None:
        raise Http404
    now = timezone.now()
    with translation.override(feed.patient.language):
        text = write_calendar(practice_times(feed.patient, now=now), feed=feed.pk, now=now)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="exercises.ics"'
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
