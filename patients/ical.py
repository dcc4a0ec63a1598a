"""Practice times as a calendar file (RFC 5545)."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from patients.practice_times import PracticeTime

FETCH_AGAIN = dt.timedelta(hours=6)


def write_calendar(times: Iterable[PracticeTime], *, feed: uuid.UUID, now: dt.datetime) -> bytes:
    """The calendar in the active language, times in UTC; each event keeps its UID as long as the address.

    One word says what it is about: calendars are shared with family and colleagues.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Homestretch//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Exercises"))
    calendar.add("refresh-interval", FETCH_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for time in times:
        calendar.add_component(_event(time, feed=feed, now=now))
    return calendar.to_ical()


def _event(time: PracticeTime, *, feed: uuid.UUID, now: dt.datetime) -> Event:
    event = Event()
    event.add("uid", f"{time.on.isoformat()}-{time.slot}-{feed}")
    event.add("dtstamp", now)
    event.add("summary", _("Exercises"))
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")  # it keeps nobody from an appointment
    if time.at is None:
        event.add("dtstart", time.on)
    else:
        event.add("dtstart", time.at)
        event.add("duration", dt.timedelta(minutes=time.minutes))
    return event
