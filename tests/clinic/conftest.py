"""The outbox's own tools: a mail server with faults, a kind of notice, a clock."""

from collections.abc import Callable, Iterator

import pytest

from clinic.models import Notice
from clinic.notices import kinds
from tests.clinic.mail_faults import BadMailbox, BadPost, Letters, Watch
from tests.factories import ClinicFactory, NoticeFactory

Owe = Callable[..., Notice]


@pytest.fixture
def server(settings) -> Iterator[BadMailbox]:
    """A running mail server; Django sends to it."""
    post = BadPost()
    with post:
        settings.EMAIL_BACKEND = "clinic.notices.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = post.hostname, post.port
        settings.EMAIL_TIMEOUT = 1
        yield post.bad


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    """The kind "test"."""
    letters = Letters()
    monkeypatch.setitem(kinds._kinds, "test", letters.kind())
    return letters


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def owe(db, letters: Letters, watch: Watch) -> Owe:
    """`owe("anna@post.example")`: a notice of the kind "test" that is due."""
    clinic = None

    def make(to: str | None = "anna@post.example", **fields: object) -> Notice:
        nonlocal clinic
        clinic = clinic or ClinicFactory()
        known = {"clinic": clinic, "params": {"to": to}, "due_at": watch.now, "created_at": watch.now}
        made: Notice = NoticeFactory(**(known | fields))
        return made

    return make
