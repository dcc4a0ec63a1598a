"""One click turns a kind of mail off; a look at the page changes nothing."""

import datetime as dt

import pytest
from django.test import Client

from clinic.notices import drain, kinds, unsubscribing, writing
from clinic.notices.kinds import Subscription
from tests.clinic.mail_faults import BadMailbox, Letters, Watch

ANNA = "anna@post.example"


@pytest.fixture
def turned_off(letters: Letters, monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """The kind "test" can be turned off; what was turned off."""
    done: list[dict] = []

    def turn_off(params: dict, now: dt.datetime) -> None:
        done.append(params)

    subscription = Subscription(what="test mails", how_to_turn_on="Ask for them.", turn_off=turn_off)
    known = letters.kind()
    kind = kinds.NoticeKind(known.name, known.address, known.render, subscription=subscription)
    monkeypatch.setitem(kinds._kinds, "test", kind)
    return done


def test_the_mail_carries_the_link_for_one_click(
    owe, server: BadMailbox, watch: Watch, turned_off: list[dict], settings
) -> None:
    owe(ANNA)
    drain.drain(clock=watch)
    [mail] = server.mails
    link = mail.message["List-Unsubscribe"].strip()
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link.startswith(f"<{settings.BASE_URL}/notices/unsubscribe/")
    client = Client(enforce_csrf_checks=True)  # as a mail program posts it: no cookie, no token
    path = link[1:-1].removeprefix(settings.BASE_URL)
    answer = client.post(
        path, data="List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    assert turned_off == [{"to": ANNA}]
    assert "test mails" in answer.content.decode()
    assert "Ask for them." in answer.content.decode()


def test_looking_changes_nothing_and_shows_a_button(owe, client: Client, turned_off: list[dict]) -> None:
    path = unsubscribing.path(owe(ANNA))
    for _ in range(3):
        answer = client.get(path)
    assert answer.status_code == 200
    assert '<button class="btn btn-primary" type="submit">' in answer.content.decode()
    assert client.head(path).status_code == 200
    assert turned_off == []


def test_no_sign_in_is_asked_and_no_address_shown(owe, client: Client, turned_off: list[dict]) -> None:
    answer = client.get(unsubscribing.path(owe(ANNA)))
    assert ANNA not in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_is_not_ours_is_not_found(
    owe, client: Client, turned_off: list[dict], method: str
) -> None:
    path = unsubscribing.path(owe(ANNA))
    changed = path[:-2] + ("a" if path[-2] != "a" else "b") + "/"
    for wrong in (changed, "/notices/unsubscribe/nonsense/"):
        assert getattr(client, method)(wrong).status_code == 404
    assert turned_off == []


def test_a_kind_that_cannot_be_turned_off_has_no_page(owe, client: Client, letters: Letters) -> None:
    assert client.post(unsubscribing.path(owe(ANNA))).status_code == 404


def test_other_methods_are_refused(owe, client: Client, turned_off: list[dict]) -> None:
    assert client.put(unsubscribing.path(owe(ANNA))).status_code == 405


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Alba Rossi", "Alba"),
        ("Dr. Alba Rossi", "Alba"),
        ("Dott.ssa Alba Rossi", "Alba"),
        ("Alba", "Alba"),
        ("", ""),
    ],
)
def test_the_first_name_alone(name: str, first: str) -> None:
    assert writing.first_name(name) == first
