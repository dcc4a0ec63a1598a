"""A clinic's settings: who may, what must fit together, and the logo."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from clinic.models import Clinic, Event
from clinic.scoping import Role
from tests.factories import MembershipFactory
from tests.patients.pages import text

pytestmark = pytest.mark.django_db


def url(clinic: Clinic) -> str:
    return reverse("admin:clinic_settings", args=[clinic.slug])


def sent(clinic: Clinic, **changed: object) -> dict[str, object]:
    """The form as the page gives it; None leaves a field out."""
    data: dict[str, object] = {
        "name": clinic.name,
        "address": clinic.address,
        "email": clinic.email,
        "phone": clinic.phone,
        "emergency_phone": clinic.emergency_phone,
        "doctor_phone": clinic.doctor_phone,
        "open_days": list(clinic.open_days),
        "opens_at": "08:00",
        "closes_at": "18:00",
        "notices_at": "08:00",
        "time_zone": clinic.time_zone,
        "offers_english": "on",
        "offers_italian": "on",
        "language": "en",
        "pain_rise_alert": 2,
        "pain_level_alert": 6,
        "silent_after_days": 4,
        "band_good": 80,
        "band_fair": 50,
        "stop_text_en": "",
        "stop_text_it": "",
        **changed,
    }
    return {name: value for name, value in data.items() if value is not None}


def picture(kind: str = "PNG", size: tuple[int, int] = (800, 400), **more) -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, kind, **more)
    return SimpleUploadedFile(f"logo.{kind.lower()}", data.getvalue(), "image/whatever")


@pytest.fixture
def manager(aurora, as_staff):
    return as_staff(aurora.manager)


def test_the_navigation_leads_to_ones_own_clinic(aurora, manager):
    answer = manager.get("/admin/clinic/", follow=True)
    assert answer.redirect_chain == [(url(aurora.clinic), 302)]
    assert '<a href="/admin/clinic/" aria-current="page">' in answer.content.decode()


@pytest.mark.parametrize("who", ["clinician", "front_desk", "manager of the other", "operator", "patient"])
def test_nobody_else_opens_them(who, cast, as_staff):
    people = {
        "manager of the other": cast.bora.manager,
        "operator": cast.operator,
        "patient": cast.aurora.patient.user,
    }
    client = as_staff(people[who] if who in people else getattr(cast.aurora, who))
    for answer in (
        client.get(url(cast.aurora.clinic), follow=True),
        client.post(url(cast.aurora.clinic), sent(cast.aurora.clinic, name="Taken"), follow=True),
    ):
        assert answer.status_code == 404
    assert not Clinic.objects.filter(name="Taken").exists()


def test_a_manager_of_two_finds_both(cast, as_staff):
    MembershipFactory(clinic=cast.bora.clinic, user=cast.aurora.manager, role=Role.MANAGER)
    page = as_staff(cast.aurora.manager).get(url(cast.aurora.clinic)).content.decode()
    assert url(cast.bora.clinic) in page


def test_settings_are_saved_and_written_down(aurora, manager):
    data = sent(
        aurora.clinic,
        name="Studio Alba",
        open_days=["1", "3"],
        opens_at="07:30",
        time_zone="Pacific/Fiji",
        band_good=70,
        stop_text_it="Fermati.",
        offers_english=None,
        language="it",
    )
    answer = manager.post(url(aurora.clinic), data)
    assert answer["Location"] == url(aurora.clinic)
    clinic = Clinic.objects.get(pk=aurora.clinic.pk)
    assert (clinic.name, clinic.open_days, clinic.opens_at.hour, clinic.time_zone) == (
        "Studio Alba",
        "13",
        7,
        "Pacific/Fiji",
    )
    assert (clinic.band_good, clinic.stop_text_it, clinic.offered_languages) == (70, "Fermati.", ["it"])
    event = Event.objects.get(verb="changed", object_type="clinic.Clinic")
    assert (event.actor, event.clinic) == (aurora.manager, aurora.clinic)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"closes_at": "08:00"}, "The clinic closes after it opens."),
        ({"opens_at": "25:00"}, "Enter a valid time."),
        ({"open_days": []}, "This field is required."),
        ({"open_days": ["8"]}, "Select a valid choice."),
        ({"band_fair": 80}, "“Fair” begins below “good”."),
        ({"band_good": 101}, "less than or equal to 100"),
        ({"band_good": "x"}, "Enter a whole number."),
        ({"pain_rise_alert": 0}, "greater than or equal to 1"),
        ({"pain_level_alert": 11}, "less than or equal to 10"),
        ({"silent_after_days": 0}, "greater than or equal to 1"),
        ({"silent_after_days": 99999}, "less than or equal to"),
        ({"time_zone": "Europe/Atlantis"}, "This time zone is not known."),
        ({"offers_english": None, "offers_italian": None}, "Offer at least one language."),
        ({"offers_english": None}, "Patients can't choose this language."),
        ({"language": "de"}, "Select a valid choice."),
        ({"emergency_phone": ""}, "change it, do not empty it"),
        ({"doctor_phone": ""}, "change it, do not empty it"),
        ({"email": "aurora"}, "Enter a valid email address."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(changed, said, aurora, manager):
    before = Clinic.objects.values().get(pk=aurora.clinic.pk)
    answer = manager.post(url(aurora.clinic), sent(aurora.clinic, **changed))
    assert answer.status_code == 400
    assert said in text(answer)
    assert Clinic.objects.values().get(pk=aurora.clinic.pk) == before
    assert not Event.objects.filter(verb="changed").exists()


def test_an_empty_form_is_refused_in_words(aurora, manager):
    answer = manager.post(url(aurora.clinic), {})
    assert answer.status_code == 400
    assert "Please check your answers" in text(answer)


def test_numbers_that_were_never_given_may_stay_empty(aurora, manager):
    Clinic.objects.update(emergency_phone="", doctor_phone="")
    clinic = Clinic.objects.get(pk=aurora.clinic.pk)
    assert "no programme can start" in text(manager.get(url(clinic)))
    assert manager.post(url(clinic), sent(clinic)).status_code == 302


# --- The logo ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_written_anew_small_and_without_metadata(kind, aurora, manager, client):
    where = Image.Exif()
    where[0x8825] = {1: "N", 2: (41.0, 53.0, 0.0)}  # a place, as a phone writes it
    manager.post(url(aurora.clinic), {**sent(aurora.clinic), "new_logo": picture(kind, exif=where)})
    clinic = Clinic.objects.get(pk=aurora.clinic.pk)
    answer = client.get(clinic.logo.url)  # whoever was shown the address, a patient before signing in too
    assert answer["Content-Type"] == "image/png"
    shown = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
    assert (shown.format, shown.size) == ("PNG", (640, 320))
    assert not shown.getexif()
    assert "logo" not in clinic.logo.name.split("/")[1]  # the name says nothing


def test_a_logo_is_replaced_and_removed(aurora, manager, django_capture_on_commit_callbacks):
    def change(**data) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            manager.post(url(aurora.clinic), {**sent(aurora.clinic), **data})
        return str(Clinic.objects.get(pk=aurora.clinic.pk).logo)

    first = change(new_logo=picture())
    second = change(new_logo=picture())
    storage = aurora.clinic.logo.storage
    assert second not in {"", first}
    assert not storage.exists(first)
    assert manager.get(f"/media/{first}").status_code == 404
    assert change() == second
    assert change(remove_logo="on") == ""
    assert not storage.exists(second)


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (
            SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            "no picture that we can read",
        ),
        (SimpleUploadedFile("a.png", b"not a picture at all"), "no picture that we can read"),
        (SimpleUploadedFile("a.png", b""), "empty"),
        (picture("GIF"), "no picture that we can read"),
        (picture("TIFF"), "no picture that we can read"),
        (picture(size=(6000, 5000)), "too many pixels"),
        (
            SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * (2 * 1024 * 1024 + 1)),
            "larger than 2 MB",
        ),
        (SimpleUploadedFile("a.png", picture().read()[:200]), "no picture that we can read"),
    ],
    ids=["svg", "text", "empty", "gif", "tiff", "30 megapixels", "too large", "cut off"],
)
def test_what_is_no_logo_is_refused(upload, said, aurora, manager):
    upload.seek(0)
    answer = manager.post(url(aurora.clinic), {**sent(aurora.clinic), "new_logo": upload})
    assert answer.status_code == 400
    assert said in text(answer)
    assert not Clinic.objects.get(pk=aurora.clinic.pk).logo


def test_other_files_are_not_served(client, settings, db):
    (settings.MEDIA_ROOT / "logos").mkdir(parents=True)
    (settings.MEDIA_ROOT / "logos" / "stray.png").write_bytes(b"x")
    for name in ("stray.png", "..%2Fdb.sqlite3", "none.png", ""):
        assert client.get(f"/media/logos/{name}").status_code == 404


def test_a_nul_in_an_address_is_a_bad_request(client, db):
    for address in ("/media/logos/a%00b", "/admin/programs/exercise/?kind__exact=%00", "/paper/%00/"):
        assert client.get(address).status_code == 400
