"""Putting notices into the outbox, and the nudge that follows."""

import datetime as dt
import socket
import threading
import time

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.celery import app
from clinic.models import Clinic, Notice
from clinic.notices import kinds, nudge
from clinic.notices.outbox import enqueue
from tests.clinic.mail_faults import NOW
from tests.factories import ClinicFactory


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The nudges that were given, instead of a broker."""
    given: list[str] = []
    monkeypatch.setattr("clinic.notices.outbox.nudge_drain", lambda: given.append("drain"))
    return given


@pytest.fixture
def aurora(db, letters) -> Clinic:
    clinic: Clinic = ClinicFactory()
    return clinic


def put(clinic: Clinic, key: str = "test:1", **fields: object) -> bool:
    known = {"kind": "test", "params": {"to": "anna@post.example"}, "due_at": NOW, "now": NOW}
    return enqueue(**{"clinic": clinic, "dedupe_key": key, **known, **fields})  # type: ignore[arg-type]


def test_a_key_is_owed_once(aurora: Clinic, nudges: list[str]) -> None:
    assert put(aurora)
    assert not put(aurora, params={"to": "somebody@else.example"})
    [notice] = Notice.objects.all()
    assert notice.params == {"to": "anna@post.example"}
    assert (notice.state, notice.attempt, notice.created_at) == ("queued", 0, NOW)


def test_the_callers_transaction_outlives_the_conflict(aurora: Clinic, nudges: list[str]) -> None:
    put(aurora)
    with transaction.atomic():
        assert not put(aurora)
        assert put(aurora, "test:2")
    assert Notice.objects.count() == 2


def test_a_notice_is_undone_with_what_caused_it(
    aurora: Clinic, nudges: list[str], django_capture_on_commit_callbacks
) -> None:
    @transaction.atomic
    def put_and_fail() -> None:
        put(aurora)
        raise RuntimeError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError):
        put_and_fail()
    assert not Notice.objects.exists()
    assert nudges == []


def test_what_is_wrong_is_not_taken_for_a_repetition(aurora: Clinic, nudges: list[str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        put(aurora, expires_at=NOW - dt.timedelta(hours=1))


def test_an_unknown_kind_is_an_error_at_once(aurora: Clinic) -> None:
    with pytest.raises(kinds.UnknownKindError):
        put(aurora, kind="remindr")


def test_it_costs_three_statements(aurora: Clinic, nudges: list[str], django_assert_num_queries) -> None:
    with django_assert_num_queries(3):  # savepoint, insert, release
        put(aurora)


def test_the_worker_is_nudged_after_the_commit_and_only_for_what_is_due(
    aurora: Clinic, nudges: list[str], django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        put(aurora)
        assert nudges == []
    assert nudges == ["drain"]
    with django_capture_on_commit_callbacks(execute=True):
        put(aurora)  # owed already
        put(aurora, "test:later", due_at=NOW + dt.timedelta(hours=1))
    assert nudges == ["drain"]


@pytest.mark.django_db(transaction=True)
def test_two_that_owe_the_same_at_once_make_one(letters, nudges: list[str]) -> None:
    clinic: Clinic = ClinicFactory()
    answers: list[bool] = []
    start = threading.Barrier(2)

    def owe() -> None:
        start.wait()
        with transaction.atomic():
            answers.append(put(clinic))
            time.sleep(0.1)  # the other one has to wait for this transaction
        connection.close()

    threads = [threading.Thread(target=owe) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, True]
    assert Notice.objects.count() == 1


# --- The nudge --------------------------------------------------------------------------------------


@pytest.fixture
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """No broker was found dead before this test."""
    monkeypatch.setattr(nudge, "_quiet_until", 0.0)


@pytest.fixture
def broker(settings, awake, monkeypatch: pytest.MonkeyPatch):
    """Points Celery's next connection to a Redis at this port."""

    def at(port: int) -> None:
        connect = app.connection_for_write
        url = f"redis://127.0.0.1:{port}/0"
        monkeypatch.setattr(app, "connection_for_write", lambda **how: connect(url, **how))
        settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 5, "socket_timeout": 5}

    return at


def seconds_for(what) -> float:
    begun = time.monotonic()
    what()
    return time.monotonic() - begun


def test_a_broker_that_is_dead_costs_a_page_nothing(broker, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # a port where nobody listens
        broker(taken.getsockname()[1])
        assert seconds_for(nudge.nudge_drain) < 2
    assert "not nudged" in caplog.text


def test_a_broker_that_hangs_costs_a_page_a_second_and_the_next_ones_nothing(broker) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(5)
        broker(silent.getsockname()[1])
        assert seconds_for(nudge.nudge_drain) < 4
        assert seconds_for(nudge.nudge_drain) < 0.1
