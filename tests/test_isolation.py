"""Two clinics in one database: nobody of one sees a word of the other, at any address, by GET or by POST.

Every text of Aurora is a planted word. Everybody of Bora, an operator and somebody who is signed out ask for
every address there is, with Aurora's ids in it, and none of the answers may hold such a word.
"""

import html
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from clinic.models import Event, User
from clinic.signin import links
from tests import addresses
from tests.addresses import SAME_FOR_ALL, Pattern, is_nobodys, leads_on, path_of, patterns
from tests.cast import AURORA, BORA, house, operator
from tests.clients import signed_in
from tests.furnished import Furnished, furnish
from tests.planting import NOT_WORDS, PLANTED, Rows, added, all_rows, passkey_of, plant, text_fields

PATTERNS = patterns()
# These end the session: each is asked with a session of its own.
LEAVING = {"sign_out", "sign_out_everywhere", "account_logout", "admin:logout", "admin:password_change"}
# Where somebody is sent who is not signed in, or not well enough.
DOORS = ("/sign-in/", "/choose/", "/admin/login/", "/account/login/", "/account/strengthen/")
STRANGERS = ("clinician", "manager", "front_desk", "patient", "operator", "nobody")
OURS = ("clinician", "manager", "patient", "suspended")


@dataclass(frozen=True)
class World:
    """Aurora, planted; `words` says where each word stands. Bora, as full as Aurora. And who runs it all."""

    aurora: Furnished
    bora: Furnished
    rows: Rows
    boras: Rows
    words: dict[str, str]
    operator: User


@pytest.fixture(autouse=True)
def _refusals_are_not_news(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "django.request")


@pytest.fixture
def world(db) -> World:
    nothing, runs_it = all_rows(), operator()
    bora = furnish(house("Bora", BORA))
    before, boras = all_rows(), added(nothing)
    aurora = furnish(house("Aurora", AURORA))
    rows = added(before)
    words = plant(rows)
    key = passkey_of(aurora.house.clinician, "quarzo0z")
    assert key.wrap().name == "quarzo0z"
    for row in (aurora.clinic, aurora.invitation, aurora.staff_invitation, aurora.house.newcomer):
        row.refresh_from_db()
    return World(aurora, bora, rows, boras, words, runs_it)


def person(someone: str, of: Furnished, world: World) -> Client:
    """A client of `someone` of a house; MFA for staff, a code for patients."""
    if someone == "nobody":
        client = Client()
    elif someone in {"clinician", "manager", "front_desk"}:
        client = signed_in(getattr(of.house, someone), method="mfa")
    elif someone == "operator":
        client = signed_in(world.operator, method="mfa")
    else:
        patients = {"patient": of.house.patient, "couple": of.house.couple[0], "suspended": of.suspended}
        client = signed_in(patients[someone].user, method="code")
    client.raise_request_exception = False  # a failure is an answer like another: 500
    return client


@dataclass(frozen=True)
class Answer:
    pattern: Pattern
    method: str
    path: str
    status: int
    leads_to: str
    text: str

    @property
    def planted(self) -> set[str]:
        """The words in it that the asker has not said in the address."""
        said = set(PLANTED.findall(unquote(self.path)))
        return set(PLANTED.findall(self.text)) - said

    def __str__(self) -> str:
        return f"{self.method} {self.path} ({self.pattern.name}): {self.status} {self.leads_to}"


def ask(client: Client, pattern: Pattern, method: str, path: str, data: Any = None) -> Answer:
    answer = getattr(client, method)(path, data)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    cookies = answer.cookies.output()
    text = html.unescape(body.decode(errors="replace")) + headers + cookies
    return Answer(pattern, method, path, answer.status_code, answer.headers.get("Location", ""), text)


def walk(
    whose: Furnished,
    rows: Rows,
    client: Callable[[], Client],
    *,
    keep: bool,
    only: Any = None,
    most: int | None = None,
) -> Iterator[Answer]:
    """Ask for every address with the ids of `whose` (`most` at an address), by GET and POST. What a POST
    does is undone unless `keep`: the next question finds everything as it was."""
    given, asks = addresses.arguments(whose, rows), client()
    for pattern in PATTERNS:
        if only and not only(pattern):
            continue
        for arguments in given[pattern.name][:most] if pattern.parameters else [{}]:
            if set(arguments) != pattern.parameters:
                continue  # two patterns of one name
            for method in ("get", "post"):
                with transaction.atomic():
                    one = client() if pattern.name in LEAVING else asks
                    yield ask(one, pattern, method, path_of(pattern, arguments))
                    transaction.set_rollback(not keep)


def told(answers: Iterable[Answer], world: World) -> str:
    return "\n".join(
        f"{answer} {sorted({world.words.get(word, word) for word in answer.planted})}" for answer in answers
    )


def contents(rows: Rows) -> dict[str, Any]:
    """Everything that stands in `rows`, line by line."""
    return {
        f"{model._meta.label} {values[0]}": values
        for model, pks in rows.items()
        for values in model._base_manager.filter(pk__in=pks).values_list("pk", *_columns(model))
    }


def _columns(model: Any) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


# --- All addresses are known ------------------------------------------------------------------------
def test_every_address_that_takes_something_is_walked(world: World):
    """A new page must say in tests/addresses.py which of Aurora's ids belong into its address."""
    given = addresses.arguments(world.aurora, world.rows)
    takes = {pattern.name for pattern in PATTERNS if pattern.parameters}
    assert takes - set(given) == set(), "name the arguments of these in tests/addresses.py"
    # "paper" has a form without a code, too.
    assert set(given) - takes == set(), "these are no addresses any more"
    for pattern in PATTERNS:
        if pattern.parameters:
            fitting = [one for one in given[pattern.name] if set(one) == pattern.parameters]
            assert fitting, f"{pattern}: nothing of Aurora's fits into it"


def test_every_text_of_every_model_is_planted(world: World):
    planted = {place for places in world.words.values() for place in places.split(", ")}
    assert set(text_fields()) - planted - set(NOT_WORDS) == set()


# --- Nobody sees a word of another clinic -----------------------------------------------------------
@pytest.mark.parametrize("someone", STRANGERS)
def test_a_stranger_finds_nothing_of_another_clinic(world: World, someone: str):
    """By Aurora's ids: there is nothing there, and nothing is done."""
    before, there = contents(world.rows), all_rows()

    def client() -> Client:
        return person(someone, world.bora, world)

    answers = list(walk(world.aurora, world.rows, client, keep=True, only=lambda one: one.parameters))
    assert told((one for one in answers if one.planted), world) == ""
    assert told((one for one in answers if one.status >= 500), world) == ""
    found = (one for one in answers if not is_refused(one) and not is_same_for_all(one.pattern))
    assert told(found, world) == ""
    assert contents(world.rows) == before
    made = {model: pks for model, pks in added(there, library=True).items() if pks and model is not Event}
    assert made == {}
    assert not Event.objects.filter(pk__in=added(there)[Event], clinic=world.aurora.clinic).exists()


def is_refused(answer: Answer) -> bool:
    """404, 403, not by this method, or a door to sign in at."""
    at_a_door = answer.status == 302 and answer.leads_to.startswith(DOORS)
    return at_a_door or answer.status in {403, 404, 405}


def is_same_for_all(pattern: Pattern) -> bool:
    """Who asks and for whose id makes no difference."""
    return pattern.name in SAME_FOR_ALL or leads_on(pattern) or is_nobodys(pattern)


@pytest.mark.parametrize("someone", [*STRANGERS, "couple"])
def test_a_strangers_own_pages_hold_nothing_of_another_clinic(world: World, someone: str):
    """Lists, pickers, counts, messages: with their own ids, and at all addresses without any."""

    def client() -> Client:
        return person(someone, world.bora, world)

    answers = list(walk(world.bora, world.boras, client, keep=False, most=2))
    assert told((one for one in answers if one.planted), world) == ""
    assert told((one for one in answers if one.status >= 500), world) == ""


def naming_aurora(world: World) -> list[tuple[str, Any, dict[str, Any]]]:
    """What somebody of Bora sends on pages of their own, with ids of Aurora's in it."""
    aurora, bora = world.aurora, world.bora
    own = bora.house.prescription.pk
    exercises, programs = "admin:programs_exercise_changelist", "admin:programs_program_changelist"
    patients, one_of_theirs = "admin:patients_patient_changelist", {"clinic": aurora.clinic.pk}
    picker = {"app_label": "programs", "model_name": "programitem", "field_name": "exercise"}
    item = {f"items-0-{name}": value for name, value in {"position": 0, "rung": 0, "sets": 2}.items()}
    forms = {f"items-{name}": value for name, value in {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0}.items()}
    program = {"name_en": "New", "status": "published", "phase": "subacute", "sessions_a_day": 1}
    program |= {"weekdays": ["1"], "review_after_days": 20}
    return [
        *(("get", page, {"q": "quarzo"}) for page in (exercises, programs, patients)),
        *(("get", page, one_of_theirs) for page in (exercises, programs, patients)),
        *(("get", page, {"clinic__id__exact": aurora.clinic.pk}) for page in (exercises, programs, patients)),
        ("get", "admin:autocomplete", {**picker, "term": "quarzo"}),
        ("get", ("admin:prescribe", bora.house.newcomer.pk), {"program": aurora.program.pk}),
        ("post", ("admin:prescribe", bora.house.newcomer.pk), {"program": aurora.program.pk}),
        (
            "post",
            "admin:programs_program_add",
            {**program, **forms, **item, "items-0-exercise": aurora.exercise.pk},
        ),
        ("post", ("admin:work_hand_over", bora.work.pk), {"to": aurora.house.clinician.pk}),
        ("get", ("admin:patient_same", bora.house.newcomer.pk), {"q": "quarzo"}),
        ("get", ("admin:patient_merge", bora.house.newcomer.pk, aurora.house.newcomer.pk), {}),
        (
            "post",
            ("admin:patient_merge", bora.house.newcomer.pk, aurora.house.newcomer.pk),
            {"same_person": "on"},
        ),
        (
            "post",
            ("admin:patient_merge", aurora.house.newcomer.pk, bora.house.newcomer.pk),
            {"same_person": "on"},
        ),
        ("post", ("admin:patient_team_join", bora.house.patient.pk), {"user": aurora.house.clinician.pk}),
        (
            "post",
            ("admin:patient_team_leave", bora.house.patient.pk, aurora.house.patient.care_team.get().user_id),
            {},
        ),
        ("post", ("admin:prescription_resume", own), {"line": aurora.stop.line}),
        ("post", ("admin:prescription_end_pause", own, aurora.pause.pk), {}),
        ("get", "admin:handouts", {"patient": aurora.house.patient.pk}),
        ("post", "admin:handouts", {"patient": aurora.house.patient.pk, "codes": "everybody"}),
    ]


def test_ids_of_another_clinic_in_ones_own_forms_find_and_do_nothing(world: World):
    before = contents(world.rows)
    client = person("clinician", world.bora, world)
    for method, page, sent in naming_aurora(world):
        name, *given = [page] if isinstance(page, str) else page
        answer = ask(client, Pattern(name, "", frozenset()), method, reverse(name, args=given), sent)
        assert not answer.planted, answer
        assert answer.status < 500, answer
        assert method == "get" or answer.status in {200, 400, 404}, f"{answer} was accepted"
        if "items-0-exercise" in sent:  # nothing else is wrong with it
            assert (
                client.post(answer.path, {**sent, "items-0-exercise": world.bora.exercise.pk}).status_code
                == 302
            )
    couple = person("couple", world.bora, world)
    assert couple.post("/choose/", {"patient": world.aurora.house.patient.pk}).status_code == 404
    assert contents(world.rows) == before


# --- The walk can find something --------------------------------------------------------------------
# Where Aurora's own people get an answer without any word of Aurora's, and why.
SHOWS_NOTHING = {
    "admin:work_acknowledge": "leads back to the worklist",
    "admin:patient_paper_revoke": "leads back to the patient",
    "admin:patient_invite": "leads back to the patient",
    "admin:patient_address": "leads back to the patient",
    "admin:treatment_withdraw": "leads back to the patient",
    "admin:patient_team_leave": "leads back to the patient",
    "admin:away_back": "leads back to the days away",
    "admin:prescription_take_over": "leads back to the report",
    "admin:prescription_end_pause": "leads back to the report",
    "admin:prescription_step": "leads back to the report",
    "mfa_remove_webauthn": "asks without naming it",
    "exercise_photo": "a picture, without a word",
    "admin:exercise_copy": "leads to the copy",
    "admin:favourite": "leads back to the gallery",
    "admin:card_remove": "leads back to the cards",
}
# What nobody may do, whoever they are.
FOR_NOBODY = {
    "admin:programs_exercise_delete": "it is used, so it is retired instead",
    "admin:patients_patient_delete": "patients are never deleted here",
    "admin:view_on_site": "no row has an address of its own",
    "account_confirm_email": "addresses are proved otherwise",
    **dict.fromkeys(
        ("come_in", "staff_invitation", "unsubscribe", "calendar"), "a hash opens nothing: below, the token"
    ),
}


def test_who_may_sees_aurora_at_the_same_addresses(world: World):
    """Else the walks above would find nothing whatever the pages showed."""
    here = {pattern.name for pattern in PATTERNS if pattern.parameters and not is_same_for_all(pattern)}
    dark, closed, seen = set(here), set(here), set()
    for someone in OURS:

        def client() -> Client:
            return person(someone, world.aurora, world)  # noqa: B023

        wanted = dark | closed
        for answer in walk(world.aurora, world.rows, client, keep=False, only=lambda one: one.name in wanted):  # noqa: B023
            seen |= answer.planted
            dark -= {answer.pattern.name} if answer.planted else set()
            closed -= set() if is_refused(answer) else {answer.pattern.name}
    assert closed == set(FOR_NOBODY)
    assert dark - closed <= set(SHOWS_NOTHING)
    shown = {_model(place) for word in seen for place in world.words.get(word, "").split(", ")}
    assert {_model(place) for place in text_fields() if place not in NOT_WORDS} - shown == set()


def _model(place: str) -> str:
    """ "clinic.User.name" is a text of clinic.User."""
    return ".".join(place.split(".")[:2])


PAGES = {
    "clinician": [
        "worklist",
        "wishes",
        "reports",
        "gallery",
        "programs_program_changelist",
        "patients_patient_changelist",
    ],
    "patient": ["today", "session", "learn", "ask", "settings", "help_now"],
    "couple": ["choose"],
}


def test_who_may_sees_aurora_on_pages_without_any_id(world: World):
    for someone, names in PAGES.items():
        client = person(someone, world.aurora, world)
        for name in names:
            path = reverse(f"admin:{name}" if someone == "clinician" else name)
            assert PLANTED.search(client.get(path).content.decode()), name
    # Who holds a link sees whose it is.
    for name, link in (
        ("come_in", world.aurora.invitation),
        ("staff_invitation", world.aurora.staff_invitation),
    ):
        assert PLANTED.search(Client().get(links.path(name, link)).content.decode()), name
