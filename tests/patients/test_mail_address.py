"""A refused address: the clinic is told once, mends it, and what it says stands where it is needed."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from clinic.models import Event
from clinic.notices import addresses, drain
from clinic.scoping import Role
from patients.contacts import close_old_address
from patients.mail_address import refused_at, tell_clinic, try_again
from patients.merging import merge_patients
from patients.models import Patient, WorkItem
from patients.signin.invitations import invite_patient
from patients.work import close_work
from tests.factories import MembershipFactory, PatientFactory
from tests.mailing import Mailbox
from tests.patients.clinic_pages import client_of
from tests.patients.pages import text
from tests.patients.reminding import MONDAY, at, clinic, patient, planned

pytestmark = pytest.mark.django_db
ANNA = "anna@post.example"
DAY = dt.timedelta(days=1)
NINE = at("09:00")


@pytest.fixture(autouse=True)
def arriving(mailbox: Mailbox, settings) -> Mailbox:
    settings.EMAIL_BACKEND = "clinic.notices.smtp.EmailBackend"
    server = urlsplit(mailbox.url)
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
    return mailbox


@pytest.fixture
def house():
    return clinic(language="en")


@pytest.fixture
def alba(house):
    return MembershipFactory(clinic=house, role=Role.CLINICIAN, user__name="Alba Bo").user


def reminded(house, alba, **fields: Any) -> Patient:
    return patient(clinic=house, email=ANNA, on_prescription={"clinician": alba}, **fields)


def drained(day: int = 0) -> dict[str, int]:
    """Reminders of that day, planned and sent at nine."""
    now = at("09:00", MONDAY + day * DAY)
    planned(now)
    return drain.drain(clock=lambda: now)


def lines() -> Any:
    return WorkItem.objects.filter(kind="address")


@pytest.fixture
def anna(house, alba, arriving) -> Patient:
    """Whose reminder was refused on Monday."""
    anna = reminded(house, alba)
    arriving.refuse[ANNA] = "550 5.1.1 no such mailbox"
    assert drained() == {"failed": 1}
    return anna


# --- Told once -----------------------------------------------------------------------------------------
def test_the_clinic_has_a_line_for_it(anna, alba):
    item = lines().get()
    assert (item.patient, item.owner, item.opened_at) == (anna, alba, NINE)
    assert [one.get_what_display() for one in item.entries.all()] == [
        "A mail server refused the address for good."
    ]
    assert refused_at(anna) == NINE


def test_every_mail_that_is_suppressed_after_it_adds_nothing(anna, alba):
    assert drained(1) == {"suppressed": 1}
    assert lines().get().entries.count() == 1
    close_work(item=lines().get(), by=alba, outcome="She reads no mail.", now=at("10:00", MONDAY + DAY))
    assert drained(2) == {"suppressed": 1}
    assert not lines().open().exists()


def test_a_policy_of_the_server_is_no_fault_of_the_address(house, alba, arriving):
    reminded(house, alba)
    arriving.refuse[ANNA] = "550 5.7.1 no spam here"
    assert drained() == {"failed": 1}
    assert not lines().exists()


def test_of_two_who_share_it_each_is_told_of(anna, house, alba):
    other = reminded(house, alba, given_name="Aldo", user=anna.user)
    drained(1)
    assert set(lines().values_list("patient", flat=True)) == {anna.pk, other.pk}


def test_an_invitation_that_bounces_is_told_by_the_line_too(house, alba, arriving):
    bea = PatientFactory(clinic=house, email="bea@post.example")
    arriving.refuse["bea@post.example"] = "550 5.1.1 no such mailbox"
    invite_patient(patient=bea, by=alba, now=NINE)
    drain.drain(clock=lambda: NINE)
    item = lines().get()
    assert (item.patient, item.owner, item.prescription) == (bea, None, None)


# --- Mended ---------------------------------------------------------------------------------------------
def test_who_tries_it_again_closes_the_line_and_mail_goes_out(anna, house, alba, arriving):
    other = reminded(house, alba, given_name="Aldo", user=anna.user)
    tell_clinic(patient=other, now=NINE)
    arriving.refuse.clear()
    try_again(patient=anna, by=alba, now=at("10:00"))
    assert {(one.closed_by, one.outcome) for one in lines()} == {
        (alba, "The address was changed, or is tried again.")
    }
    event = Event.objects.get(verb="forgiven")
    assert (event.actor, event.subject_id, event.clinic) == (alba, anna.pk, house)
    assert drained(1) == {"sent": 2}
    try_again(patient=anna, by=alba, now=at("11:00"))  # nothing to forgive: nothing is written
    assert Event.objects.filter(verb="forgiven").count() == 1


def test_refused_once_more_it_is_told_once_more(anna, alba):
    try_again(patient=anna, by=alba, now=at("10:00"))
    assert drained(1) == {"failed": 1}
    assert lines().open().get().opened_at == at("09:00", MONDAY + DAY)


def test_a_new_address_closes_the_line(anna, alba):
    anna.email = "anna@new.example"
    anna.save()
    close_old_address(patient=anna, old=ANNA, by=alba, now=at("10:00"))
    assert lines().get().closed_by == alba


def test_a_new_address_that_is_refused_as_well_does_not(anna, alba):
    addresses.mark_refused("anna@new.example", now=NINE)
    anna.email = "anna@new.example"
    anna.save()
    close_old_address(patient=anna, old=ANNA, by=alba, now=at("10:00"))
    assert lines().open().exists()


def test_inviting_again_is_trying_again(anna, alba):
    invite_patient(patient=anna, by=alba, now=at("10:00"))
    assert not lines().open().exists()


def test_a_merged_patient_with_another_address_needs_none(anna, house, alba):
    other = PatientFactory(clinic=house, email="anna@new.example")
    merge_patients(keep=anna, other=other, by=alba, now=at("10:00"), from_other=["email"])
    assert not lines().open().exists()


# --- On the patient's page ----------------------------------------------------------------------------
def page_of(user, anna: Patient) -> str:
    return text(client_of(user).get(reverse("admin:patient", args=[anna.pk])))


def test_the_page_says_so_to_the_front_desk_too(anna, house, time_machine):
    time_machine.move_to(at("10:00"), tick=False)
    desk = MembershipFactory(clinic=house, role=Role.FRONT_DESK).user
    said = page_of(desk, anna)
    assert "This e-mail address does not work. A mail server refused it for good on 2 March 2026" in said
    assert "550 5.1.1" not in said
    address = reverse("admin:patient_address", args=[anna.pk])
    answer = client_of(desk).post(address, follow=True)
    assert f"Mails go to {ANNA} again." in text(answer)
    assert "does not work" not in page_of(desk, anna)
    assert lines().get().closed_by == desk


def test_an_address_that_works_is_not_spoken_of(house, alba, time_machine):
    bea = reminded(house, alba)
    time_machine.move_to(at("10:00"), tick=False)
    assert "does not work" not in page_of(alba, bea)


def test_the_line_on_the_worklist_leads_to_the_address(anna, alba, time_machine):
    anna.phone = "+39 02 1234"
    anna.save()
    time_machine.move_to(at("10:00"), tick=False)
    page = client_of(alba).get(reverse("admin:worklist"))
    assert "E-mail address that does not work" in text(page)
    html = page.content.decode()
    assert 'href="tel:+39021234"' in html
    assert reverse("admin:patients_patient_change", args=[anna.pk]) in html
