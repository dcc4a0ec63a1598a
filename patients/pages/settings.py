"""Settings: a few forms on one page, each saved on its own; what was posted says which of them was sent."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic.notices.writing import absolute
from patients.calendar_feed import end_feed, make_feed
from patients.forms.preferences import LanguageForm, ReminderForm, SoundForm, TextSizeForm
from patients.models import CalendarFeed, Nudge, Prescription, PrescriptionVersion
from patients.models.patient import TextSize
from patients.pages.shell import show
from patients.preferences import (
    ask_again,
    set_language,
    set_reminder_wishes,
    set_text_size,
    set_timer_sound,
    stop_asking,
)
from patients.signin.current import patient_required
from patients.signin.language import speak, write_large


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def settings(request: Any) -> HttpResponse:
    if request.method != "POST":
        return _show(request)
    sent = next((name for name in SAVES if name in request.POST), "")
    return SAVES.get(sent, _save_reminders)(request)


def _save_language(request: Any) -> HttpResponse:
    form = _language_form(request, request.POST)
    if not form.is_valid():
        return _show(request, language=form)
    set_language(patient=request.patient, language=form.cleaned_data["language"])
    response = redirect("settings")
    speak(response, request.patient)
    with translation.override(request.patient.language):
        messages.success(request, _("Saved."))
    return response


def _save_text_size(request: Any) -> HttpResponse:
    form = TextSizeForm(request.POST)
    if not form.is_valid():
        return _show(request, text_size=form)
    set_text_size(patient=request.patient, size=TextSize(form.cleaned_data["text_size"]))
    messages.success(request, _("Saved."))
    response = redirect("settings")
    write_large(response, request.patient)
    return response


def _save_sound(request: Any) -> HttpResponse:
    form = SoundForm(request.POST)
    if not form.is_valid():
        return _show(request, sound=form)
    set_timer_sound(patient=request.patient, on=form.cleaned_data["sound"] == "on")
    messages.success(request, _("Saved."))
    return redirect("settings")


def _save_calendar(request: Any) -> HttpResponse:
    """ "off" ends the address, anything else makes a new one."""
    if request.POST["calendar"] == "off":
        end_feed(patient=request.patient, by=request.user, now=timezone.now())
        messages.success(request, _("The calendar address is turned off."))
    else:
        had_one = CalendarFeed.objects.filter(patient=request.patient).exists()
        make_feed(patient=request.patient, by=request.user, now=timezone.now())
        messages.success(
            request,
            _("This is your calendar address. The earlier one leads nowhere now.")
            if had_one
            else _("This is your calendar address."),
        )
    return redirect(reverse("settings") + "?open=calendar#calendar")


def _save_asking(request: Any) -> HttpResponse:
    """ "off" ends the mails that ask at a review, anything else turns them on."""
    save = stop_asking if request.POST["asking"] == "off" else ask_again
    save(patient=request.patient, by=request.user, now=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("settings")


def _save_reminders(request: Any) -> HttpResponse:
    form = _reminder_form(request, request.POST)
    wishes: dict[str, Any] = {"times": [], "nudge_at": None, "days_off": request.patient.reminder_days_off}
    if "off" not in request.POST:  # else off, whatever stands in the fields
        if not form.is_valid():
            return _show(request, reminders=form)
        said = form.cleaned_data
        wishes = {"times": form.times(), "nudge_at": said["nudge"], "days_off": said["days_off"]}
    try:
        set_reminder_wishes(patient=request.patient, now=timezone.now(), **wishes)
    except ValidationError as refused:
        for name, errors in refused.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
        return _show(request, reminders=form)
    messages.success(request, _("Saved.") if wishes["times"] else _("Reminders are off."))
    return redirect("settings")


SAVES: dict[str, Callable[[Any], HttpResponse]] = {
    "language": _save_language,
    "text_size": _save_text_size,
    "sound": _save_sound,
    "calendar": _save_calendar,
    "asking": _save_asking,
}


def _language_form(request: Any, data: Any = None) -> LanguageForm:
    patient = request.patient
    return LanguageForm(
        data, offered=patient.clinic.offered_languages, initial={"language": patient.language}
    )


def _reminder_form(request: Any, data: Any = None) -> ReminderForm:
    """A time for each session that is due on a day, and for each reminder that is there already."""
    patient = request.patient
    off = patient.reminders_stopped_at is not None
    times = [] if off else [row.at for row in patient.reminder_times.all()]
    nudge = Nudge.objects.filter(patient=patient).first() if times else None
    versions = PrescriptionVersion.objects.visible_to_patient(request.user).of(patient)
    running = versions.filter(prescription__status=Prescription.Status.ACTIVE)
    asked = running.order_by("-number").values_list("sessions_a_day", flat=True).first() or 1
    initial: dict[str, Any] = {f"time_{slot}": at for slot, at in enumerate(times, start=1)}
    initial |= {"nudge": nudge.at if nudge else None, "days_off": patient.reminder_days_off}
    return ReminderForm(data, slots=max(asked, len(times)), initial=initial)


def _show(request: Any, **refused: Form) -> HttpResponse:
    """The page; `refused` is a form that was sent and is wrong, by its name: then it answers 400."""
    patient = request.patient
    feed = CalendarFeed.objects.visible_to(request.user).filter(patient=patient).first()
    sound = "on" if patient.timer_sound else "off"
    address = absolute(reverse("calendar", args=[feed.token()])) if feed else ""
    return show(
        request,
        "settings.html",
        section="settings",
        status=400 if refused else 200,
        reminder_form=refused.get("reminders") or _reminder_form(request),
        language_form=refused.get("language") or _language_form(request),
        text_size_form=refused.get("text_size") or TextSizeForm(initial={"text_size": patient.text_size}),
        sound_form=refused.get("sound") or SoundForm(initial={"sound": sound}),
        opened=next(iter(refused), request.GET.get("open", "")),
        calendar_address=address,
        calendar_subscribe="webcal" + address[address.find(":") :] if address else "",
    )
