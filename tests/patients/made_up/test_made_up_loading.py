"""Loading a made-up year: the same rows for the same seed, into an empty database, all of it or nothing."""

import datetime as dt
import hashlib
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import transaction

from clinic.models import Clinic, User
from patients.made_up import year
from patients.made_up.progress import Bar
from patients.made_up.writing import ORDER
from patients.made_up.year import NotEmptyError, load_year
from patients.models import Patient, PracticeSession, PrescribedExercise
from tests.factories import ClinicFactory

pytestmark = pytest.mark.django_db
UNTIL = dt.date(2026, 3, 2)


def digest() -> str:
    """Of all values of the tables that are written."""
    found = hashlib.sha256()
    for model in ORDER:
        names = [one.attname for one in model._meta.concrete_fields]
        for row in model._base_manager.order_by("pk").values_list(*names).iterator():
            found.update(repr(row).encode())
    return found.hexdigest()


def test_the_same_seed_is_the_same_year() -> None:
    digests = []
    for seed in (1, 1, 2):
        with transaction.atomic():
            load_year(patients=6, sessions=240, seed=seed, until=UNTIL)
            digests.append(digest())
            transaction.set_rollback(True)
    assert digests[0] == digests[1] != digests[2]


def test_a_database_that_holds_anything_is_refused() -> None:
    ClinicFactory()
    with pytest.raises(CommandError, match="holds something already"):
        call_command("made_up_year", patients=10, sessions=400)
    assert Clinic.objects.count() == 1
    assert not Patient.objects.exists()


def test_fewer_sessions_than_can_be_shared_out_are_refused() -> None:
    with pytest.raises(NotEmptyError, match="40 sessions"):
        load_year(patients=10, sessions=399, seed=1, until=UNTIL)


def test_an_interrupted_load_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle: some patients are written already, and then nothing is there."""
    monkeypatch.setattr(year, "BATCH", 2)
    seen = []

    def interrupt(done: int, of: int) -> None:
        seen.append(PracticeSession.objects.count())
        if done > 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_year(patients=10, sessions=400, seed=1, until=UNTIL, progress=interrupt)
    assert seen[-1] > 0
    assert not User.objects.exists()
    assert not PracticeSession.objects.exists()
    assert not PrescribedExercise.objects.exists()


def test_the_command_says_what_it_made(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("made_up_year", patients=10, sessions=400, until=UNTIL, password="only-to-look")  # noqa: S106
    said = capsys.readouterr().out
    assert "400 of 400 sessions" in said
    assert "10 patients with a running programme" in said
    assert [one.email for one in User.objects.all() if one.has_usable_password()] == ["manager@example.org"]


@pytest.mark.postgres
def test_who_is_added_by_hand_gets_the_next_id() -> None:
    load_year(patients=10, sessions=400, seed=1, until=UNTIL)
    assert ClinicFactory().pk == 2


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_that_grows() -> None:
    out = Terminal()
    bar = Bar(OutputWrapper(out))
    bar.show(50, 200)
    bar.show(200, 200)
    half_way, over = out.getvalue().split("\r")[1:]
    assert half_way.startswith("[" + "#" * 10 + " " * 30 + "]  25%")
    assert over.startswith("[" + "#" * 40 + "] 100%")
    assert over.endswith("\n")


def test_elsewhere_a_line_is_said_now_and_then() -> None:
    out = StringIO()
    bar = Bar(OutputWrapper(out))
    bar.show(50, 200)  # too soon to say anything
    bar.show(200, 200)
    assert out.getvalue() == "200 of 200 sessions, 0 s\n"
