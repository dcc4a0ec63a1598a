"""The delivery log in the clinic's pages: a patient's list, one mail with its tries, sending it again."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Event, Notice
from clinic.notices import addresses
from clinic.scoping import Role
from patients.models import Patient
from tests.factories import (
    EmergencyReportFactory,
    InvitationFactory,
    NoticeAttemptFactory,
    NoticeFactory,
    PauseFactory,
    ReminderTimeFactory,
    WorkItemFactory,
)
from tests.patients.clinic_pages import client_of, member, report_url
from tests.patients.pages import text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(time_machine) -> Scenario:
    """On the evening of day 4, Thursday 5 March 2026."""
    trial = Scenario("AB")
    time_machine.move_to(trial.at(4, "21:00"), tick=False)
    return trial


def reminder(trial: Scenario, day: int = 4, **fields: Any) -> Notice:
    due_at = trial.at(day, "18:00")
    given = {"patient": trial.patient.pk, "slot": 1, "on": str(trial.date(day))}
    made: Notice = NoticeFactory(
        **{
            "kind": "reminder",
            "clinic": trial.clinic,
            "subject_id": trial.patient.pk,
            "params": given,
            "due_at": due_at,
            "expires_at": due_at + dt.timedelta(hours=4),
            **fields,
        }
    )
    return made


def failed(trial: Scenario, **fields: Any) -> Notice:
    """A mail that says that the programme has changed, refused on the day."""
    version = trial.prescription.versions.get()
    made: Notice = NoticeFactory(
        **{
            "kind": "programme_changed",
            "clinic": trial.clinic,
            "subject_id": trial.patient.pk,
            "params": {"prescription": trial.pk, "version": version.pk},
            "due_at": trial.at(4, "10:00"),
            "state": "failed",
            "state_reason": "refused",
            "attempt": 1,
            **fields,
        }
    )
    NoticeAttemptFactory(
        notice=made,
        number=1,
        started_at=trial.at(4, "10:00"),
        ended_at=trial.at(4, "10:00") + dt.timedelta(seconds=3),
        outcome="failed",
        answer="554 5.7.1 not today",
    )
    return made


def notice_url(notice: Notice) -> str:
    return reverse("admin:notice", args=[notice.pk])


def again_url(notice: Notice) -> str:
    return reverse("admin:notice_again", args=[notice.pk])


def page_of(trial: Scenario, notice: Notice) -> str:
    return text(client_of(trial.clinician).get(notice_url(notice)))


def patient_page(trial: Scenario, query: str = "") -> Any:
    return client_of(trial.clinician).get(reverse("admin:patient", args=[trial.patient.pk]) + query)


# --- On the patient's page -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        ("sent", "", "Reminder Anna Rossi sent Thu 5 Mar, 18:00 1"),
        ("suppressed", "paused", "not sent the programme is paused – 0"),
        ("suppressed", "suspended", "not sent an emergency sign is open: the programme is suspended – 0"),
        ("suppressed", "not_active", "not sent no programme is running – 0"),
        ("suppressed", "turned_off", "not sent the patient wants none – 0"),
        ("suppressed", "address_refused", "not sent a mail server has refused this address for good – 0"),
        ("expired", "", "too late – 0"),
    ],
)
def test_each_line_says_what_became_of_it_and_why(trial, state, reason, said):
    Patient.objects.filter(pk=trial.patient.pk).update(given_name="Anna", family_name="Rossi")
    sent = {"sent_at": trial.at(4, "18:00"), "attempt": 1} if state == "sent" else {}
    notice = reminder(trial, state=state, state_reason=reason, **sent)
    answer = patient_page(trial)
    assert said in text(answer)
    assert notice_url(notice) in answer.content.decode()


def test_a_mail_to_a_colleague_names_them(trial):
    item = WorkItemFactory(prescription=trial.prescription)
    reminder(
        trial, kind="stop_alert", recipient=trial.clinician, params={"work_item": item.pk}, expires_at=None
    )
    assert f"Stop or pain alert {trial.clinician.name} waiting" in text(patient_page(trial))


def test_nothing_of_another_patient_stands_there(trial):
    other = Scenario("A", patient=None)
    reminder(trial, subject_id=other.patient.pk, kind="nudge")
    assert "Second reminder" not in text(patient_page(trial))


def test_the_list_is_windowed_and_its_queries_do_not_grow(trial):
    client = client_of(trial.clinician)
    address = reverse("admin:patient", args=[trial.patient.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(address).status_code == 200
        return len(counted)

    failed(trial)
    queries()
    few = queries()
    for day in range(1, 30):
        NoticeAttemptFactory(notice=reminder(trial, day, state="failed"), number=1, outcome="failed")
    assert queries() == few
    assert "Page 1 of 3" in text(client.get(address))
    last = client.get(f"{address}?messages=3")
    assert len(last.context["log"].rows) == 10
    assert '<details class="fold" id="messages" open>' in last.content.decode()
    for odd in ("0", "99", "x"):
        assert client.get(f"{address}?messages={odd}").status_code == 200


def test_the_report_has_the_latest_of_them_too(trial):
    notice = failed(trial)
    assert notice_url(notice) in client_of(trial.clinician).get(report_url(trial)).content.decode()


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("", "Reminders at 18:00."),
        ("paused", "Reminders at 18:00. None is wanted today: the programme is paused."),
        ("suspended", "None is wanted today: an emergency sign is open: the programme is suspended."),
        ("ended", "None is wanted today: no programme is running."),
        ("off", "The patient has turned reminders off."),
        ("none", "The patient has asked for no reminders."),
        ("asked no more", "The patient wants no mail that asks whether it has helped."),
        ("refused", "None arrives, as the address does not work."),
        ("no address", "No e-mail address, so no mails."),
    ],
)
def test_what_leaves_no_line_is_said_above_them(trial, why, said):
    """A paused day is not planned for, so it is no line: the page says that it holds now."""
    if why != "none":
        ReminderTimeFactory(patient=trial.patient, at=dt.time(18, 0))
    rows = Patient.objects.filter(pk=trial.patient.pk)
    if why == "paused":
        PauseFactory(prescription=trial.prescription, starts_on=trial.date(4), ends_on=trial.date(5))
    elif why == "suspended":
        EmergencyReportFactory(patient=trial.patient)
    elif why == "ended":
        trial.ends(4, at="20:00")
    elif why == "off":
        rows.update(reminders_stopped_at=trial.at(2))
    elif why == "asked no more":
        rows.update(helped_stopped_at=trial.at(2))
    elif why == "refused":
        addresses.mark_refused(trial.patient.email, now=trial.at(3))
    elif why == "no address":
        rows.update(email="")
    assert said in text(patient_page(trial))


def test_the_front_desk_sees_no_log(trial):
    notice = failed(trial)
    desk = client_of(member(trial, Role.FRONT_DESK))
    answer = desk.get(reverse("admin:patient", args=[trial.patient.pk]))
    assert "Programme changed" not in text(answer)
    assert notice_url(notice) not in answer.content.decode()
    assert desk.get(notice_url(notice)).status_code == 404
    assert desk.post(again_url(notice), {"attempt": 1}).status_code == 404
    assert desk.get(reverse("admin:notices")).status_code == 404


# --- One mail ---------------------------------------------------------------------------------------------
def test_one_mail_shows_every_try_in_the_servers_words(trial):
    notice = failed(trial, message_id="<abc@mail.example>", attempt=2)
    NoticeAttemptFactory(
        notice=notice,
        number=2,
        started_at=trial.at(4, "10:05"),
        ended_at=trial.at(4, "10:05") + dt.timedelta(seconds=185),
        outcome="retry",
        answer="451 greylisted",
    )
    said = page_of(trial, notice)
    assert "1 5 March 2026, 10:00:00 3 s could not be delivered 554 5.7.1 not today" in said
    assert "2 5 March 2026, 10:05:00 3 min will be tried again 451 greylisted" in said
    assert "<abc@mail.example>" in said
    assert "the mail server refused it for good" in said
    event = Event.objects.get(verb="read")
    assert (event.actor, event.subject_id) == (trial.clinician, trial.patient.pk)


def test_other_clinics_notices_do_not_exist(trial):
    notice = failed(Scenario("A"))
    client = client_of(trial.clinician)
    assert client.get(notice_url(notice)).status_code == 404
    assert client.post(again_url(notice), {"attempt": 1}).status_code == 404
    notice.refresh_from_db()
    assert notice.state == "failed"


# --- Sending it again -----------------------------------------------------------------------------------
def test_send_again_puts_it_back_once(trial):
    notice = failed(trial)
    client = client_of(trial.clinician)
    assert again_url(notice) in client.get(notice_url(notice)).content.decode()
    answer = client.post(again_url(notice), {"attempt": 1}, follow=True)
    assert "It is on its way again." in text(answer)
    assert "Sent again by hand5 March 2026, 21:00" in text(answer)
    assert again_url(notice) not in answer.content.decode()
    event = Event.objects.get(verb="resent")
    assert (event.actor, event.subject_id, event.object_id) == (
        trial.clinician,
        trial.patient.pk,
        str(notice.pk),
    )
    second = client_of(member(trial, Role.CLINICIAN)).post(again_url(notice), {"attempt": 1})
    assert second.status_code == 400
    assert "It is on its way." in text(second)
    assert Event.objects.filter(verb="resent").count() == 1


def test_the_second_of_two_who_saw_the_same_page_is_told(trial):
    """The first press failed again meanwhile: the second one belongs to a page of before."""
    notice = failed(trial, attempt=2)
    answer = client_of(trial.clinician).post(again_url(notice), {"attempt": 1})
    assert answer.status_code == 400
    assert "Somebody was faster: look at how it stands now." in text(answer)
    notice.refresh_from_db()
    assert notice.state == "failed"


@pytest.mark.parametrize("sent", [{}, {"attempt": "x"}, {"attempt": -1}, {"attempt": 10**30}])
def test_an_odd_form_sends_nothing(trial, sent):
    notice = failed(trial)
    assert client_of(trial.clinician).post(again_url(notice), sent).status_code == 400
    notice.refresh_from_db()
    assert notice.state == "failed"


def test_what_is_not_wanted_any_more_says_why(trial):
    notice = failed(trial)
    trial.ends(4, at="20:00")
    said = page_of(trial, notice)
    assert "It would not be sent now either. The reason: no programme is running." in said
    answer = client_of(trial.clinician).post(again_url(notice), {"attempt": 1})
    assert answer.status_code == 400
    notice.refresh_from_db()
    assert notice.state == "failed"


def test_a_reminder_of_an_hour_that_is_over_is_not_sent(trial, time_machine):
    notice = reminder(trial, state="expired")
    time_machine.move_to(trial.at(4, "22:30"), tick=False)
    assert "It was for its own hour, and that is over." in page_of(trial, notice)


def test_a_refused_address_is_to_be_mended_first(trial):
    addresses.mark_refused(trial.patient.email, now=trial.at(4))
    notice = failed(trial, state="suppressed", state_reason="address_refused")
    answer = client_of(trial.clinician).get(notice_url(notice))
    assert "A mail server has refused the address: mend it first." in text(answer)
    assert reverse("admin:patient", args=[trial.patient.pk]) + "#contact" in answer.content.decode()
    addresses.forgive(trial.patient.email)
    assert again_url(notice) in client_of(trial.clinician).get(notice_url(notice)).content.decode()


def test_an_invitation_leads_to_inviting_again(trial):
    invitation = InvitationFactory(patient=trial.patient, invited_by=trial.clinician)
    notice = failed(trial, kind="invitation", params={"invitation": str(invitation.pk)})
    answer = client_of(trial.clinician).get(notice_url(notice))
    assert "An invitation's link works once: invite again instead." in text(answer)
    assert reverse("admin:patient", args=[trial.patient.pk]) + "#way-in" in answer.content.decode()
    assert again_url(notice) not in answer.content.decode()
    assert client_of(trial.clinician).post(again_url(notice), {"attempt": 1}).status_code == 400


def test_an_uncertain_one_is_offered_with_a_word_of_warning(trial):
    notice = failed(trial, state="uncertain", state_reason="")
    said = page_of(trial, notice)
    assert "Perhaps it has arrived" in said


def test_what_is_sent_is_not_offered(trial):
    notice = failed(trial, state="sent", state_reason="", sent_at=trial.at(4, "10:00"))
    assert "The mail server has taken it: it is not sent twice." in page_of(trial, notice)


# --- What did not arrive lately ---------------------------------------------------------------------------
def listed(trial: Scenario, show: str = "") -> list[Notice]:
    answer = client_of(trial.clinician).get(reverse("admin:notices"), {"show": show} if show else {})
    assert answer.status_code == 200
    return [row.notice for row in answer.context["rows"]]


def test_the_lists_of_the_clinic(trial):
    lost, unsure = failed(trial), failed(trial, state="uncertain", due_at=trial.at(4, "09:00"))
    refused = reminder(trial, 3, state="suppressed", state_reason="address_refused")
    paused = reminder(trial, 2, state="suppressed", state_reason="paused")
    late, waiting = reminder(trial, 1, state="expired"), reminder(trial)
    old = failed(trial, due_at=trial.at(4) - dt.timedelta(days=31))
    elsewhere = failed(Scenario("A"))
    assert listed(trial) == [lost, unsure, refused]
    assert listed(trial, "late") == [late]
    assert listed(trial, "waiting") == [waiting]
    assert listed(trial, "nonsense") == [lost, unsure, refused]
    for show in ("failed", "late", "waiting"):
        assert not {paused, old, elsewhere} & set(listed(trial, show))


def test_the_queries_of_the_list_do_not_grow(trial):
    client = client_of(trial.clinician)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(reverse("admin:notices")).status_code == 200
        return len(counted)

    failed(trial)
    queries()
    few = queries()
    for _number in range(60):
        other = Scenario("A", patient=None) if _number < 2 else trial
        failed(trial, subject_id=other.patient.pk)
    assert queries() == few
    assert "Page 1 of 2" in text(client.get(reverse("admin:notices")))
