"""Coming in by the code on paper and the birth date."""

import datetime as dt
import re
import threading

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from django.utils.crypto import salted_hmac

from clinic.models import Event, User
from patients.models import PaperCode, Patient
from patients.signin import paper
from tests.factories import MembershipFactory, PatientFactory
from tests.second_factor import with_app

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.patients.signin_urls")]

BORN = dt.date(1947, 5, 5)
PAGE = "/paper/"


@pytest.fixture
def teresa(aurora) -> Patient:
    """A patient without e-mail, whom nobody signs in for yet."""
    patient: Patient = PatientFactory(
        clinic=aurora.clinic, given_name="Teresa", birth_on=BORN, email="", user=None, language="it"
    )
    return patient


def make(patient: Patient, *, by: User | None = None) -> str:
    return paper.make_paper_code(patient=patient, by=by, now=timezone.now())


def enter(client: Client, code: str, born: str = "5.5.1947"):
    return client.post(PAGE, {"code": code, "birth_on": born})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def verbs(obj) -> list[str]:
    return list(
        Event.objects.filter(object_type=obj._meta.label, object_id=str(obj.pk))
        .order_by("pk")
        .values_list("verb", flat=True)
    )


def test_code_and_birth_date_let_in_and_make_the_user(client, teresa, aurora):
    code = make(teresa, by=aurora.front_desk)
    answer = enter(client, code)
    assert answer["Location"] == "/"
    assert answer.cookies["django_language"].value == "it"
    assert client.get("/a-page/").json()["patient"] == teresa.pk
    teresa.refresh_from_db()
    assert (teresa.user.email, teresa.user.name, teresa.user.has_usable_password()) == (None, "Teresa", False)
    assert verbs(PaperCode.objects.get()) == ["added", "signed_in"]
    assert verbs(teresa) == ["linked", "signed_in"]
    assert PaperCode.objects.get().last_used_at is not None


def test_the_code_is_easy_to_read_and_hard_to_guess(teresa):
    codes = {make(teresa) for _time in range(50)}
    assert len(codes) == 50
    for code in codes:
        assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", code)
        assert not set(code) & set("01OILS5UV")
    assert len(set(paper.ALPHABET)) ** paper.LENGTH > 2**37


def test_a_stolen_table_tells_no_code(teresa, settings):
    code = make(teresa)
    row = PaperCode.objects.get()
    assert paper.normal(code) not in str(PaperCode.objects.values().get())
    settings.SECRET_KEY = "another" * 8
    guess = salted_hmac("homestretch.paper_code", paper.normal(code), algorithm="sha256").hexdigest()
    assert guess != row.code_hash


def test_codes_outlive_a_change_of_the_secret_key(client, teresa, settings):
    code = make(teresa)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 8
    assert enter(client, code)["Location"] == "/"


@pytest.mark.parametrize("born", ["5.5.1947", "05/05/1947", "5 5 1947", "05051947", "1947-05-05", "5-5-1947"])
def test_the_birth_date_as_people_write_it(client, teresa, born):
    assert enter(client, make(teresa), born).status_code == 302


def test_the_code_as_people_write_it(client, teresa):
    code = make(teresa)
    assert enter(client, f" {code.lower().replace('-', ' ')} ").status_code == 302


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "", "birth_on": "5.5.1947"}, "code"),
        ({"code": "KFD7-2XMP", "birth_on": "31.2.1947"}, "birth_on"),
        ({"code": "KFD7-2XMP", "birth_on": "long ago"}, "birth_on"),
        ({"code": "KFD7-2XMP"}, "birth_on"),
        ({"code": "K" * 300, "birth_on": "5.5.1947"}, "code"),
    ],
)
def test_bad_input_is_said_at_the_field(client, given, field):
    answer = client.post(PAGE, given)
    assert answer.status_code == 400
    assert answer.context["form"].errors[field]


def test_a_wrong_pair_does_not_let_in_and_names_no_clinic(client, teresa, aurora):
    code = make(teresa)
    wrong_date, wrong_code = enter(client, code, "6.5.1947"), enter(client, "KFD7-2XMP")
    for answer in (wrong_date, wrong_code):
        assert answer.status_code == 400
        assert "do not belong together" in answer.content.decode()
        assert aurora.clinic.name not in answer.content.decode()
    assert not is_in(client)
    assert PaperCode.objects.get().wrong_tries == 1
    assert not User.objects.filter(name="Teresa").exists()


def test_five_wrong_dates_lock_the_code_kindly(client, teresa, aurora):
    code = make(teresa)
    for day in range(6, 11):
        answer = enter(client, code, f"{day}.5.1947")
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "The code is locked" in text
    assert aurora.clinic.name in text
    assert "+39 02 5550 100" in text
    locked = enter(client, code)
    assert locked.status_code == 403
    assert not is_in(client)
    row = PaperCode.objects.get()
    assert row.wrong_tries == 5
    assert row.locked_at is not None
    assert verbs(row) == ["added", "locked"]


def test_the_right_date_forgets_the_wrong_ones(client, teresa):
    code = make(teresa)
    for day in range(6, 10):
        enter(client, code, f"{day}.5.1947")
    enter(client, code)
    assert is_in(client)
    assert PaperCode.objects.get().wrong_tries == 0


def test_a_new_code_unlocks_and_closes_the_old_one(client, teresa):
    old = make(teresa)
    for day in range(6, 11):
        enter(client, old, f"{day}.5.1947")
    new = make(teresa)
    assert enter(client, old).status_code == 400
    assert not is_in(client)
    assert enter(client, new).status_code == 302
    assert verbs(PaperCode.objects.order_by("pk")[0]) == ["added", "locked", "revoked"]


def test_a_revoked_code_lets_nobody_in(client, teresa, aurora):
    code = make(teresa)
    paper.revoke_paper_code(patient=teresa, by=aurora.front_desk, now=timezone.now())
    assert enter(client, code).status_code == 400
    assert not is_in(client)
    paper.revoke_paper_code(patient=teresa, by=aurora.front_desk, now=timezone.now())
    assert verbs(PaperCode.objects.get()) == ["added", "revoked"]


def test_the_code_of_one_and_the_date_of_another_let_nobody_in(client, teresa, aurora):
    other = PatientFactory(clinic=aurora.clinic, birth_on=dt.date(1950, 1, 1))
    assert enter(client, make(other)).status_code == 400
    assert not is_in(client)


def test_many_tries_from_one_address_are_slowed_down(client, teresa):
    for _try in range(20):
        assert enter(client, "KFD7-2XMP").status_code == 400
    answer = enter(client, make(teresa))
    assert answer.status_code == 429
    assert "Please wait a little" in answer.content.decode()
    assert not is_in(client)
    assert Client(REMOTE_ADDR="192.0.2.7").post(PAGE, {"code": "x"}).status_code == 400


def test_scanning_the_qr_fills_the_code_in_and_changes_nothing(client, teresa):
    code = make(teresa)
    before = PaperCode.objects.values().get()
    answer = client.get(f"/paper/{paper.normal(code)}/")
    assert answer.status_code == 200
    assert f'value="{paper.normal(code)}"' in answer.content.decode()
    assert "Teresa" not in answer.content.decode()
    assert PaperCode.objects.values().get() == before
    assert not is_in(client)


def test_scanning_again_on_a_device_that_is_in_leads_home(client, teresa, aurora):
    code = make(teresa)
    enter(client, code)
    assert client.get(f"/paper/{paper.normal(code)}/")["Location"] == "/"
    other = make(PatientFactory(clinic=aurora.clinic))
    assert client.get(f"/paper/{paper.normal(other)}/").status_code == 200  # somebody else's sheet


def test_a_sheet_opens_the_door_to_its_own_patient_alone(client, aurora):
    """The two of one address are one sign-in, but the sheet was made for one of them."""
    one, other = aurora.couple
    code = make(one)
    enter(client, code, f"{one.birth_on:%d.%m.%Y}")
    assert client.get("/a-page/").json() == {"patient": one.pk, "clinic": "Aurora", "others": False}
    assert client.post("/choose/", {"patient": other.pk}).status_code == 404
    assert client.get("/a-page/").json()["patient"] == one.pk


def test_a_sheet_does_not_go_round_a_second_factor_nor_into_the_clinic(client, teresa, aurora):
    code = make(teresa)
    enter(client, code)
    teresa.refresh_from_db()
    MembershipFactory(user=teresa.user, clinic=aurora.clinic)
    assert client.get("/admin/worklist/").status_code == 302
    assert client.get("/account/mfa/webauthn/add/").status_code == 302
    with_app(teresa.user)
    other = Client()
    assert enter(other, code)["Location"] == "/account/mfa/authenticate/"
    assert not is_in(other)


def test_the_qr_is_svg_without_style_and_leads_to_the_page(teresa, settings):
    settings.BASE_URL = "https://clinic.example"
    svg = paper.qr_svg(make(teresa))
    assert svg.startswith("<svg")
    assert "style" not in svg
    assert paper.address("kfd7-2xmp") == "https://clinic.example/paper/KFD72XMP/"


def test_the_sheet_carries_code_and_square_and_no_birth_date(rf, teresa):
    code = make(teresa)
    context = {
        "patient": teresa,
        "clinic": teresa.clinic,
        "code": code,
        "qr": paper.qr_svg(code),
        "address": paper.address(code),
    }
    text = render_to_string("patients/signin/paper_card.html", context, request=rf.get("/"))
    assert code in text
    assert "<svg" in text
    assert "style=" not in text
    assert "1947" not in text


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_get_no_more_than_five(teresa):
    code = make(teresa)

    def guess(day: int) -> None:
        try:
            paper.try_paper_code(code=code, birth_on=dt.date(1948, 1, day), now=timezone.now())
        finally:
            connection.close()

    guessing = [threading.Thread(target=guess, args=(day,)) for day in range(1, 10)]
    for thread in guessing:
        thread.start()
    for thread in guessing:
        thread.join()
    row = PaperCode.objects.get()
    assert row.wrong_tries == 5
    assert row.locked_at is not None
    assert verbs(row) == ["added", "locked"]
