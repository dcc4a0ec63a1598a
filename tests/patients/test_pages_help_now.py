"""Emergency signs: what to do stands there at once, for everybody; telling suspends the programme."""

import pytest

from clinic.models import Clinic, Notice
from patients.models import EmergencyReport
from patients.vocabulary import CALL_DOCTOR_TODAY, CALL_NOW, EmergencySign
from tests.factories import ClinicFactory, PatientFactory
from tests.patients.pages import client_of, posted, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(time_machine) -> Scenario:
    trial = Scenario("A")
    trial.clinic.emergency_phone, trial.clinic.doctor_phone = "118", "06 7720 1234"
    trial.clinic.save()
    time_machine.move_to(trial.at(3, "22:00"), tick=False)
    return trial


@pytest.fixture
def client(trial):
    return client_of(trial)


def tell(client, *signs: str):
    return client.post("/help-now/", {"signs": signs}, follow=True)


def test_it_stands_on_every_page(client):
    for address in ("/", "/session/", "/progress/", "/learn/", "/settings/", "/review/"):
        assert 'href="/help-now/"' in client.get(address).content.decode()


def test_signed_out_it_says_what_to_do(db, client):
    client.logout()
    page = client.get("/help-now/")
    assert page.status_code == 200
    # Nobody knows whose patient this is, but there is only one clinic here.
    (clinic,) = Clinic.objects.all()
    for number in (clinic.emergency_phone, clinic.doctor_phone):
        assert f'href="tel:{number.replace(" ", "")}"' in page.content.decode()
    for sign in EmergencySign:
        assert str(sign.label) in text(page)
    assert '<input type="checkbox"' not in page.content.decode()


def test_signed_out_where_there_are_several_clinics_it_names_the_general_number(cast, client):
    client.logout()
    page = client.get("/help-now/").content.decode()
    assert 'href="tel:112"' in page
    for clinic in Clinic.objects.all():
        assert clinic.doctor_phone.replace(" ", "") not in page


def test_signed_out_nothing_is_told(client):
    client.logout()
    page = tell(client, EmergencySign.FEVER)
    assert page.status_code == 403
    assert "Call first." in text(page)
    assert not EmergencyReport.objects.exists()


def test_who_signs_in_for_two_is_led_to_say_who_it_is(aurora, as_patient):
    client = as_patient(aurora.couple[0])
    assert 'href="/choose/?next=/help-now/"' in client.get("/help-now/").content.decode()
    chosen = client.post("/choose/", {"patient": aurora.couple[1].pk, "next": "/help-now/"})
    assert chosen["Location"] == "/help-now/"
    assert "Call the emergency number now" in text(tell(client, EmergencySign.FEVER))
    assert EmergencyReport.objects.get().patient == aurora.couple[1]


def test_the_clinics_numbers_are_there_to_be_pressed(client):
    page = client.get("/help-now/").content.decode()
    assert 'href="tel:118"' in page
    assert 'href="tel:0677201234"' in page
    assert "Nobody watches this page around the clock." in page


def test_both_groups_in_their_order(client):
    said = text(client.get("/help-now/"))
    assert said.index("Call the emergency number now") < said.index(str(CALL_NOW[0].label))
    assert said.index(str(CALL_NOW[-1].label)) < said.index("Call your doctor today")
    assert said.index("Call your doctor today") < said.index(str(CALL_DOCTOR_TODAY[0].label))


BACK = "Back to the session"


def test_from_a_session_it_leads_back(client):
    opened = client.get("/help-now/", headers={"referer": "http://testserver/session/?day=2026-03-04"})
    assert BACK in text(opened)
    for referer in ("http://elsewhere.test/session/", "http://testserver/", "http://[", "/session/"):
        assert BACK not in text(client.get("/help-now/", headers={"referer": referer}))


def test_while_a_session_of_today_goes_on_it_leads_back(client, trial, time_machine):
    assert BACK not in text(client.get("/help-now/"))
    client.post("/session/send/", posted(trial, on=trial.date(3), pain_before="3"))
    assert BACK in text(client.get("/help-now/"))
    assert BACK not in text(client_of(Scenario("A")).get("/help-now/"))
    time_machine.move_to(trial.at(4, "09:00"), tick=False)
    assert BACK not in text(client.get("/help-now/"))


def test_where_the_programme_waits_it_leads_back_to_no_session(client):
    tell(client, EmergencySign.FEVER)
    opened = client.get("/help-now/", headers={"referer": "http://testserver/session/"})
    assert BACK not in text(opened)


def test_signed_out_it_leads_back_to_no_session(client):
    client.logout()
    opened = client.get("/help-now/", headers={"referer": "http://testserver/session/"})
    assert BACK not in text(opened)


def test_a_sign_for_now(client, trial):
    page = tell(client, EmergencySign.NIGHT_PAIN, EmergencySign.BLADDER_BOWEL)
    said = text(page)
    assert "Call the emergency number now" in said
    assert "wait until the clinic has spoken to you" in said
    assert "Nobody watches around the clock." in said
    assert 'href="tel:118"' in page.content.decode()
    report = EmergencyReport.objects.get()
    assert (report.signs, report.reported_by) == (["bladder_bowel", "night_pain"], trial.patient.user)
    assert [item.kind for item in trial.open_work()] == ["emergency"]
    assert Notice.objects.get().kind == "emergency_alert"
    assert "Your programme waits" in text(client.get("/"))


def test_a_sign_for_today(client):
    page = tell(client, EmergencySign.NIGHT_PAIN)
    assert "Call your doctor today" in text(page)
    assert 'href="tel:0677201234"' in page.content.decode()
    # A graver one later: the page says the graver.
    tell(client, EmergencySign.LEG_WEAKNESS)
    assert "Call the emergency number now" in text(client.get("/help-now/told/"))


def test_after_clearing_there_is_nothing_to_read_any_more(client, trial):
    tell(client, EmergencySign.NIGHT_PAIN)
    trial.clears_emergency(3, at="22:00")
    assert client.get("/help-now/told/").url == "/help-now/"


@pytest.mark.parametrize(
    ("signs", "words"), [([], "Choose what you noticed."), (["hiccups"], "Choose from the list.")]
)
def test_nothing_or_nonsense_is_refused(client, signs, words):
    page = tell(client, *signs)
    assert page.status_code == 400
    assert words in text(page)
    assert not EmergencyReport.objects.exists()


def test_what_was_marked_stays_marked(client):
    page = tell(client, EmergencySign.FEVER, "hiccups")
    assert 'id="sign_fever" checked' in page.content.decode()


def test_a_clinic_that_gave_no_numbers_still_gets_112(as_patient):
    patient = PatientFactory(clinic=ClinicFactory(emergency_phone="", doctor_phone="", phone=""))
    client = as_patient(patient)
    assert 'href="tel:112"' in client.get("/help-now/").content.decode()
    page = tell(client, EmergencySign.CANCER)
    assert "Call your doctor today" in text(page)
    assert 'href="tel:"' not in page.content.decode()


def test_somebody_else_reads_nothing_of_a_report(client, as_patient, a_strange_patient):
    tell(client, EmergencySign.FEVER)
    stranger = as_patient(a_strange_patient)
    assert stranger.get("/help-now/told/").url == "/help-now/"
    assert "Your programme waits" not in text(stranger.get("/"))


def test_staff_read_it_as_everybody_does(aurora, as_staff):
    page = as_staff(aurora.clinician).get("/help-now/")
    assert page.status_code == 200
    assert '<input type="checkbox"' not in page.content.decode()
