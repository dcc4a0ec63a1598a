"""Addresses of the patient's side. No id stands in any of them: dates alone."""

import datetime as dt

from django.conf import settings
from django.urls import include, path, register_converter

from patients.pages import (
    ask,
    calendar,
    correct,
    help_now,
    learn,
    offline,
    own_data,
    pause,
    photo,
    progress,
    questions,
    review,
    saved,
    session,
    skip,
    today,
)
from patients.pages.sending import sending
from patients.pages.settings import settings as settings_page


class DateConverter:
    """A local date, as in 2026-03-09."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()


register_converter(DateConverter, "date")

urlpatterns = [
    path("", today.today, name="today"),
    path("session/", session.session, name="session"),
    path("session/send/", sending, name="sending"),
    path("session/saved/<date:on>/", saved.saved, name="session_saved"),
    path("session/<date:on>/<int:number>/", correct.correct, name="session_correct"),
    path("progress/", progress.progress, name="progress"),
    path("progress/<date:on>/", progress.progress_day, name="progress_day"),
    path("progress/<date:on>/skipped/", skip.skip, name="day_skip"),
    path("pause/", pause.pause, name="pause"),
    path("pause/end/", pause.end_pause, name="pause_end"),
    path("calendar/<str:token>.ics", calendar.calendar, name="calendar"),
    path("learn/", learn.learn, name="learn"),
    path("ask/", ask.ask, name="ask"),
    path("settings/", settings_page, name="settings"),
    path("settings/data/", own_data.own_data_page, name="own_data"),
    path("settings/data.json", own_data.own_data_file, name="own_data_file"),
    path("help-now/", help_now.help_now, name="help_now"),
    path("help-now/told/", help_now.told, name="help_told"),
    path("worker.js", offline.worker, name="worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("no-network/", offline.no_network, name="no_network"),
    path("questions/", questions.questions, name="questions"),
    path("review/", review.review, name="review"),
    path("media/photos/<str:name>", photo.photo, name="exercise_photo"),
    path("", include("patients.signin.urls")),
]
if settings.DEMO:
    urlpatterns += [path("demo/", include("patients.demo.urls"))]
