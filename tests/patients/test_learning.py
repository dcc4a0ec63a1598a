"""The cards under Learn: from which day each can be read, and what a clinic makes of them."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from clinic.models import Event
from clinic.scoping import Role
from patients.learning.cards import TEXTS, all_cards, shipped
from patients.learning.editing import add_card, cards_row, change_card, remove_card
from patients.models import ClinicCards
from tests.clients import signed_in
from tests.factories import ClinicCardsFactory, card_texts
from tests.patients import clinic_pages
from tests.patients.clinic_pages import member
from tests.patients.pages import client_of, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
SAFETY = ["when-to-stop", "a-pull-is-not-a-harm", "whom-to-call"]
BY_DAY = {
    1: "Every back is different",
    2: "Slow, precise, breathing",
    3: "Not every day is the same",
    5: "Pictures do not feel",
    8: "Moving through the day",
    11: "More than the back",
    14: "Habits take their time",
    18: "Looking back together",
}


@pytest.fixture
def trial() -> Scenario:
    return Scenario("AB")


@pytest.fixture
def at(trial, time_machine):
    """`at(5)`: the patient's client at noon of day 5."""

    def move(number: int):
        time_machine.move_to(trial.at(number, "12:00"), tick=False)
        return client_of(trial)

    return move


def can_read(page) -> list[str]:
    """The keys of the cards whose text stands there."""
    return [card.key for card in shipped() if f'id="{card.key}"' in page.content.decode()]


def manager_of(trial: Scenario):
    return clinic_pages.client_of(member(trial, Role.MANAGER))


def page_url(trial: Scenario, name: str, *more: str) -> str:
    return reverse(f"admin:{name}", args=[trial.clinic.slug, *more])


# --- Ours ------------------------------------------------------------------------------------------------
def test_every_card_is_whole_in_both_languages():
    assert len({card.key for card in shipped()}) == len(shipped()) == 11
    for card in shipped():
        assert all(card.texts[name].strip() for name in TEXTS), card.key
    assert [card.key for card in shipped() if card.is_safety] == SAFETY
    assert {card.day: card.texts["title_en"] for card in shipped() if not card.is_safety} == BY_DAY


def test_no_card_frightens_or_promises():
    forbidden = {
        "en": ("wear", "damage", "hernia", "cure", "heal", "guarantee", "degenerat", "stiff"),
        "it": ("usura", "ernia", "guari", "cura", "garant", "degener", "rigid"),
    }
    for card in shipped():
        for language, words in forbidden.items():
            said = (card.texts[f"title_{language}"] + card.texts[f"text_{language}"]).lower()
            assert not [word for word in words if word in said], (card.key, language)


# --- From day to day -------------------------------------------------------------------------------------
def test_day_by_day_more_can_be_read_and_the_rest_is_named(at):
    page = at(5).get("/learn/")
    assert can_read(page) == [
        *SAFETY,
        "every-back-differs",
        "slow-precise-breathing",
        "not-every-day-is-the-same",
        "pictures-do-not-feel",
    ]
    said = text(page)
    assert "Pictures do not feel New today" in said
    assert "Moving through the day on day 8" in said
    assert "Looking back together on day 18" in said
    assert "Backs like change" not in said


def test_before_the_first_day_safety_is_there_already(time_machine):
    trial = Scenario("A", start="2026-03-09", activated="2026-03-02")
    time_machine.move_to(trial.at(0, "12:00"), tick=False)
    page = client_of(trial).get("/learn/")
    assert can_read(page) == [*SAFETY, "every-back-differs"]
    assert "New today" not in text(page)


def test_without_a_programme_too(aurora):
    page = signed_in(aurora.newcomer.user, method="code").get("/learn/")
    assert can_read(page) == [*SAFETY, "every-back-differs"]


def test_all_is_open_from_the_review_point_on_and_in_later_counts(trial, at):
    everything = [card.key for card in shipped()]
    assert can_read(at(20).get("/learn/")) == everything
    assert can_read(at(21).get("/learn/")) == everything  # the review waits, nothing is counted
    trial.scheduler_runs(21)
    trial.signs(trial.prescription.reviews.get(), 21)
    page = at(23).get("/learn/")  # day 2 or so of the next count
    assert can_read(page) == everything
    assert "To come" not in text(page)


def test_suspended_or_in_maintenance_nothing_is_taken_away(trial, at):
    trial.reports_emergency(5)
    assert len(can_read(at(5).get("/learn/"))) == 11


def test_paused_days_do_not_count(trial, at):
    trial.pauses(3, 6)
    assert "pictures-do-not-feel" not in can_read(at(8).get("/learn/"))  # day 4 of the count
    assert "pictures-do-not-feel" in can_read(at(9).get("/learn/"))


# --- Today -----------------------------------------------------------------------------------------------
def test_today_names_the_new_card_on_its_day_alone(at):
    page = at(5).get("/")
    assert "New under Learn: Pictures do not feel" in text(page)
    assert 'href="/learn/#pictures-do-not-feel"' in page.content.decode()
    assert "New under Learn" not in text(at(6).get("/"))


def test_today_knows_what_the_clinic_made_of_it(trial, at):
    ClinicCardsFactory(clinic=trial.clinic)
    assert "New under Learn: Backs differ" in text(at(1).get("/"))
    assert "New under Learn: Our garden" in text(at(4).get("/"))
    assert "New under Learn" not in text(at(8).get("/"))  # hidden


# --- What a clinic makes of them -------------------------------------------------------------------------
def changes(trial: Scenario, key: str, **said: Any) -> None:
    given = {"texts": {}, "edition": cards_row(trial.clinic).edition, **said}
    change_card(clinic=trial.clinic, key=key, by=trial.clinician, now=trial.at(2), **given)


def refused(act: Any, *args: Any, **given: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as error:
        act(*args, **given)
    refusal = error.value
    found = refusal.error_dict if hasattr(refusal, "error_dict") else {"": refusal.error_list}
    return {name: errors[0].code or "" for name, errors in found.items()}


def test_a_wording_of_the_clinics_stands_in_the_place_of_ours(trial, at):
    changes(trial, "when-to-stop", texts={"text_en": "Stop, and tell Irene."})
    said = text(at(1).get("/learn/"))
    assert "Stop, and tell Irene." in said
    assert "Stopping is never a failure" not in said
    assert "When to stop" in said  # the title was left empty: ours
    client = at(1)
    client.cookies["django_language"] = "it"
    assert "Fermarsi non è mai un fallimento" in text(client.get("/learn/"))
    changes(trial, "when-to-stop")
    assert ClinicCards.objects.get().cards == []  # all empty: ours again
    assert Event.objects.filter(verb="changed", object_type="patients.ClinicCards").count() == 2


def test_a_card_is_hidden_but_none_of_safety(trial, at):
    changes(trial, "every-back-differs", hidden=True)
    assert "every-back-differs" not in can_read(at(1).get("/learn/"))
    for key in SAFETY:
        assert refused(changes, trial, key, hidden=True) == {"hidden": "safety"}
    # Not even by a row that says so.
    ClinicCards.objects.update(cards=[{"key": key, "hidden": True} for key in SAFETY])
    assert can_read(at(1).get("/learn/"))[:3] == SAFETY


def test_a_card_of_ones_own_comes_on_its_day_and_goes(trial, at):
    key = add_card(
        clinic=trial.clinic,
        texts=card_texts("Our garden"),
        day=4,
        edition=0,
        by=trial.clinician,
        now=trial.at(1),
    )
    said = text(at(3).get("/learn/"))
    assert "Our garden on day 4" in said
    assert "Our garden: text." not in said
    assert "Our garden: text." in text(at(4).get("/learn/"))
    changes(trial, key, texts=card_texts("Our pool"), day=6)
    assert "Our pool on day 6" in text(at(4).get("/learn/"))
    remove_card(clinic=trial.clinic, key=key, by=trial.clinician, now=trial.at(5))
    assert "Our pool" not in text(at(6).get("/learn/"))
    assert Event.objects.filter(object_type="patients.ClinicCards").count() == 3


def test_what_cannot_be_kept(trial):
    given = {"clinic": trial.clinic, "by": trial.clinician, "now": trial.at(1), "edition": 0}
    texts = card_texts("Our garden")
    for day in (None, 0, 61):
        assert refused(add_card, texts=texts, day=day, **given) == {"day": "day"}
    lacking = refused(add_card, texts={**texts, "title_it": " ", "text_it": ""}, day=4, **given)
    assert lacking == {"title_it": "required", "text_it": "required"}
    assert refused(change_card, key="own-none", texts=texts, day=4, **given) == {"": "gone"}
    assert not ClinicCards.objects.exclude(cards=[]).exists()
    trial.clinic.offers_italian = False
    add_card(texts={**texts, "title_it": "", "text_it": ""}, day=4, **given)
    assert refused(change_card, key="keep-moving", texts={}, hidden=True, **given) == {"": "stale"}


def test_another_clinics_cards_are_not_ours(trial, at):
    ClinicCardsFactory()
    said = text(at(20).get("/learn/"))
    assert "Our garden" not in said
    assert "Moving through the day" in said  # hidden there, not here


def test_what_a_clinic_writes_is_never_markup(trial, at):
    changes(trial, "every-back-differs", texts={"title_en": "<b>bold", "text_en": "<script>alert"})
    for address in ("/", "/learn/"):
        page = at(1).get(address).content.decode()
        assert "<b>bold" not in page
        assert "<script>alert" not in page


# --- The manager's pages ---------------------------------------------------------------------------------
def test_the_tab_lists_every_card(trial, at):
    at(1)
    ClinicCardsFactory(clinic=trial.clinic)
    client = manager_of(trial)
    said = text(client.get(page_url(trial, "clinic_cards")))
    assert "Backs differ 1 Your wording" in said
    assert "Moving through the day 8 Hidden" in said
    assert "Our garden 4 Your own" in said
    assert "When to stop always Safety" in said
    settings = client.get(page_url(trial, "clinic_settings")).content.decode()
    assert page_url(trial, "clinic_cards") in settings


def test_editing_on_the_page(trial, at):
    at(1)
    client, address = manager_of(trial), page_url(trial, "card_edit", "keep-moving")
    assert "Backs like change." in text(client.get(address))
    answer = client.post(address, {"edition": "0", "title_en": "Move", "hidden": "on"})
    assert answer["Location"] == page_url(trial, "clinic_cards")
    (card,) = [card for card in all_cards(cards_row(trial.clinic).cards) if card.key == "keep-moving"]
    assert (card.texts["title_en"], card.is_hidden, card.day) == ("Move", True, 8)
    form = client.get(address).context["form"]
    assert (form["title_en"].value(), form["text_en"].value(), form["hidden"].value()) == ("Move", "", True)


def test_the_second_of_two_editors_is_told_and_may_save_then(trial, at):
    at(1)
    client, address = manager_of(trial), page_url(trial, "card_edit", "keep-moving")
    changes(trial, "every-back-differs", hidden=True)
    refusal = client.post(address, {"edition": "0", "title_en": "Move"})
    assert refusal.status_code == 400
    assert "Somebody has changed the cards" in text(refusal)
    form = refusal.context["form"]
    assert (form["title_en"].value(), form["edition"].value()) == ("Move", "1")
    assert client.post(address, {"edition": "1", "title_en": "Move"}).status_code == 302
    assert [edit["key"] for edit in cards_row(trial.clinic).cards] == ["every-back-differs", "keep-moving"]


def test_a_card_of_safety_cannot_be_hidden_on_its_page(trial, at):
    at(1)
    client, address = manager_of(trial), page_url(trial, "card_edit", "when-to-stop")
    assert 'name="hidden"' not in client.get(address).content.decode()
    client.post(address, {"edition": "0", "text_en": "Stop, and tell Irene.", "hidden": "on"})
    assert "Stop, and tell Irene." in text(at(1).get("/learn/"))


def test_adding_and_removing_on_the_page(trial, at):
    at(1)
    client, address = manager_of(trial), page_url(trial, "card_add")
    bad = client.post(address, {"edition": "0", "day": "0", "title_en": "Our garden"})
    assert bad.status_code == 400
    assert not cards_row(trial.clinic).cards
    assert client.post(address, {"edition": "0", "day": "4", **card_texts("Our garden")}).status_code == 302
    (entry,) = cards_row(trial.clinic).cards
    assert (entry["title_en"], entry["day"]) == ("Our garden", 4)
    removed = client.post(page_url(trial, "card_remove", entry["key"]))
    assert removed.status_code == 302
    assert cards_row(trial.clinic).cards == []


@pytest.mark.parametrize("key", ["when-to-stop", "keep-moving", "own-none"])
def test_none_of_ours_can_be_removed(trial, at, key):
    at(1)
    assert manager_of(trial).post(page_url(trial, "card_remove", key)).status_code == 404


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FRONT_DESK])
def test_nobody_but_a_manager_of_this_clinic_edits(trial, at, role, aurora, as_staff):
    at(1)
    for client in (clinic_pages.client_of(member(trial, role)), as_staff(aurora.manager)):
        assert client.get(page_url(trial, "clinic_cards")).status_code == 404
        answer = client.post(page_url(trial, "card_edit", "keep-moving"), {"edition": "0", "hidden": "on"})
        assert answer.status_code == 404
    assert not ClinicCards.objects.exists()
