"""Every page of both sides in Chromium, with content: the policy holds, nothing fails, nothing is wider than
its window; and axe finds nothing, in both languages, light and dark, on a phone and on a desk."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, get_resolver, resolve, reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from clinic.localtime import local_date
from clinic.models import User
from clinic.scoping import Role
from patients.drafts import prescribe_in_one_go
from patients.models import Patient, PracticeSession, Prescription
from patients.plans import plan_of
from patients.screening import ScreeningAnswers
from programs.models import Program
from tests.addresses import SAME_FOR_ALL, Pattern, arguments, is_nobodys, path_of, patterns
from tests.browser.library import load_library
from tests.browser.targets import too_small
from tests.clients import signed_in
from tests.factories import PatientFactory, PracticeSessionFactory, TreatmentNoteFactory
from tests.furnished import Furnished, furnish
from tests.planting import all_rows

Axe = Callable[..., list[str]]
Looks = list[tuple[tuple[int, int], str]]
PHONE, DESK = (360, 740), (1280, 900)
# These end the session, or give something else than a page.
NO_PAGES = {"admin:logout", "admin:jsi18n", "admin:autocomplete"}
# Of these the clinician opens every row, in whatever state it is; of the others one.
EVERY_ROW = {"admin:patient", "admin:prescription_report"}


@pytest.fixture
def furnished(aurora) -> Furnished:
    """With the real library, whose words are as long as words are."""
    load_library()
    return furnish(aurora)


@pytest.fixture
def of_the_library(furnished: Furnished) -> Prescription:
    """A programme of the library in its third day, of somebody with a long name and long words."""
    patient = PatientFactory(
        clinic=furnished.clinic,
        given_name="Massimiliano Bartolomeo",
        family_name="Castelvecchio-Quattrocchi",
        email="massimiliano.bartolomeo.castelvecchio@posta-elettronica.example",
    )
    then = timezone.now() - dt.timedelta(days=2)
    day = local_date(then, patient.zone)
    prescription = prescribe_in_one_go(
        patient=patient,
        plan=plan_of(Program.objects.get(key="first-20-days", clinic=None)),
        precautions=[],
        screening=ScreeningAnswers(none_of_these=True),
        start=True,
        starts_on=day,
        by=furnished.house.clinician,
        now=then,
    )
    PracticeSessionFactory(prescription=prescription, practised_on=day, words="Supercalifragilistico" * 8)
    TreatmentNoteFactory(patient=patient, given_on=day, words="Supercalifragilistico" * 19)
    return prescription


def looked_at(page: Page, path: str, axe: Axe, looks: Looks, *, for_thumbs: bool = False) -> Iterator[str]:
    """What is wrong with a page in each of `looks`, a window's size and a colour scheme."""
    page.set_viewport_size({"width": looks[0][0][0], "height": looks[0][0][1]})
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == (404 if "unknown" in path else 200), f"{path}: {answer.status}"
    for number, ((width, height), scheme) in enumerate(looks):
        again = (width, height) in [size for size, _scheme in looks[:number]]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if number:
            page.set_viewport_size({"width": width, "height": height})
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            yield f"{path} is {wider} px wider than {width} px"
        # In a window as high as the page: a bar that stands still covers nothing there.
        whole = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(height, whole)})
        wrong = [*axe(page, colours=again), *(too_small(page) if for_thumbs and not again else [])]
        yield from (f"{path} ({width} px, {scheme}) {line}" for line in wrong)


# --- The clinic's side ------------------------------------------------------------------------------
def staff_paths(furnished: Furnished, user: User) -> list[str]:
    """Every address of the admin where `user` gets a page; the browser is not asked for the others."""
    given, client = arguments(furnished, all_rows()), signed_in(user, method="mfa")

    def wanted(pattern: Pattern) -> bool:
        of_the_admin = pattern.route.startswith("admin/") and not is_nobodys(pattern)
        return of_the_admin and pattern.name not in NO_PAGES | set(SAME_FOR_ALL)

    def filled(pattern: Pattern) -> list[dict[str, Any]]:
        if not pattern.parameters:
            return [{}]
        every = pattern.name in EVERY_ROW and Role.CLINICIAN in user.roles
        return given[pattern.name][: None if every else 1]

    paths = [path_of(pattern, one) for pattern in patterns() if wanted(pattern) for one in filled(pattern)]
    some = [f"patient={patient.pk}" for patient in Patient.objects.filter(clinic=furnished.clinic)]
    paths.append(f"{reverse('admin:handouts')}?{'&'.join(some)}")
    answers = {path: client.get(path) for path in paths}
    assert [path for path, answer in answers.items() if answer.status_code >= 500] == []
    return [path for path, answer in answers.items() if answer.status_code == 200]


@pytest.mark.parametrize(("role", "least"), [("clinician", 25), ("manager", 7), ("front_desk", 6)])
def test_every_page_of_the_staff(
    furnished: Furnished,
    of_the_library: Prescription,
    watched_page: Page,
    enter_as_staff: Callable[[User], None],
    axe: Axe,
    role: str,
    least: int,
):
    user: User = getattr(furnished.house, role)
    enter_as_staff(user)
    paths, looks = staff_paths(furnished, user), [(PHONE, "light")]
    if role == "manager":  # of what a clinician opens too, the clinician's walk has seen each
        seen = set(staff_paths(furnished, furnished.house.clinician))
        paths = [path for path in paths if path not in seen]
    if role == "clinician":
        newcomer, program = furnished.house.newcomer.pk, of_the_library.program_id
        paths += [
            reverse("admin:prescription_report", args=[of_the_library.pk]),
            reverse("admin:prescription_adjust", args=[of_the_library.pk]),
            reverse("admin:prescribe", args=[newcomer]) + f"?program={program}",
            reverse("admin:worklist") + "?who=all",
            reverse("admin:programs_program_change", args=[program]),
        ]
        looks = [(DESK, "light"), (PHONE, "dark")]
    assert [line for path in paths for line in looked_at(watched_page, path, axe, looks)] == []
    assert len(paths) >= least


# --- The patient's side -----------------------------------------------------------------------------
STAFF_DOOR = "/account/login/"
DOORS = ["/sign-in/", "/paper/", "/come-in/unknown/", "/help-now/", "/no-network/", STAFF_DOOR]


def patient_paths(furnished: Furnished, of_the_library: Prescription) -> dict[Patient, list[str]]:
    """Who opens what: together every page, in every state that it treats differently."""
    house = furnished.house
    days = PracticeSession.objects.filter(patient=house.patient).values_list("practised_on", flat=True)
    names = {
        of_the_library.patient: [
            *("today", "session", "progress", "settings", "pause", "own_data", "learn"),
            *("help_now", "questions", "ask"),
        ],
        house.patient: ["today", "session", "progress", "review", "questions", "ask"],
        furnished.reviewed: ["today", "review"],
        furnished.suspended: ["today", "help_told"],
        house.couple[0]: ["choose"],
        house.newcomer: ["today", "progress"],
    }
    paths = {patient: [reverse(name) for name in chosen] for patient, chosen in names.items()}
    paths[house.patient] += [
        reverse(name, args=[day]) for day in set(days) for name in ("progress_day", "session_saved")
    ]
    paths[house.patient].append(reverse("session_correct", args=[max(days), 1]))
    paths[of_the_library.patient].append(reverse("day_skip", args=[max(days)]))
    return paths


SIGN_IN = "patients.signin.urls"
# What gives no page: it leads on, or gives something that is not for reading.
GIVE_NO_PAGE = {
    *("sending", "worker", "manifest", "own_data_file", "calendar", "exercise_photo", "pause_end"),
    *("sign_out", "sign_out_everywhere"),
}


def test_no_page_of_the_patient_is_left_out(furnished: Furnished, of_the_library: Prescription):
    """A new address must be looked at too, or be named as one that gives no page."""
    looked = [path for paths in patient_paths(furnished, of_the_library).values() for path in paths]
    looked += [*DOORS, f"/come-in/{furnished.invitation.token()}/", f"/paper/{furnished.paper_code}/"]
    names = {resolve(path).url_name for path in looked}
    demo = {pattern.name for pattern in patterns() if pattern.route.startswith("demo/")}
    of_patients = [*get_resolver("patients.urls").url_patterns, *get_resolver(SIGN_IN).url_patterns]
    ours = {entry.name for entry in of_patients if isinstance(entry, URLPattern)}
    assert ours - names - demo == GIVE_NO_PAGE


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_page_of_the_patient(
    furnished: Furnished,
    of_the_library: Prescription,
    watched_page: Page,
    context: BrowserContext,
    enter_as_patient: Callable[[Patient], None],
    axe: Axe,
    base_url: str,
    language: str,
):
    looks = [(PHONE, "light"), (PHONE, "dark"), (DESK, "light")]
    spoken: Any = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": base_url}
    context.add_cookies([spoken])
    found: list[str] = []
    for path in [*DOORS, f"/come-in/{furnished.invitation.token()}/", f"/paper/{furnished.paper_code}/"]:
        found += looked_at(watched_page, path, axe, looks, for_thumbs=path != STAFF_DOOR)
    for patient, paths in patient_paths(furnished, of_the_library).items():
        context.clear_cookies()
        context.add_cookies([spoken])
        enter_as_patient(patient)
        for path in paths:
            found += looked_at(watched_page, path, axe, looks, for_thumbs=True)
            assert watched_page.locator("html").get_attribute("lang") == language
    assert not found, "\n".join(found)
