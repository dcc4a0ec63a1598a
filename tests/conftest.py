"""What every test may ask for: the cast, and a client that is signed in as one of them."""

import gc
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from clinic.models import User
from patients.models import Patient
from tests.cast import AURORA, BORA, Cast, House, house, operator
from tests.clients import signed_in
from tests.mailing import Mailbox, Post
from tests.processes import Running, beat, environment, forget_messages, worker

# The same examples on every run, and no failure because a machine was slow just then.
hypothesis.settings.register_profile(
    "homestretch",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("homestretch")

# Tests make much that lives on for a moment: looking for garbage less often saves a tenth of the time.
gc.set_threshold(100_000, 20, 50)

SignIn = Callable[..., Client]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: make test")
    if item.get_closest_marker("redis") and not os.environ.get("REDIS_URL"):
        pytest.skip("needs Redis: make test")


@pytest.fixture(autouse=True)
def _files_of_this_test(settings, tmp_path: Path) -> None:
    """Logos and the like go to the test's own folder."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _nobodys_language() -> Iterator[None]:
    """A request leaves its language behind in the thread: the next test begins without one."""
    yield
    translation.deactivate()


@pytest.fixture
def aurora(db) -> House:
    """The clinic that a test is about."""
    return house("Aurora", AURORA)


@pytest.fixture
def bora(db) -> House:
    """The other clinic: nobody of it may see anything of Aurora, nor the other way round."""
    return house("Bora", BORA)


@pytest.fixture
def cast(aurora: House, bora: House) -> Cast:
    """Everybody. Who needs one clinic alone asks for that: making a house takes a while."""
    return Cast(aurora=aurora, bora=bora, operator=operator())


@pytest.fixture
def a_stranger(bora: House) -> User:
    """A clinician of the other clinic."""
    return bora.clinician


@pytest.fixture
def a_strange_patient(bora: House) -> Patient:
    """A patient of the other clinic."""
    return bora.patient


@pytest.fixture
def as_staff(db) -> SignIn:
    """`as_staff(user)`: a client whose session passed MFA, so that the admin lets it in."""
    return lambda user: signed_in(user, method="mfa")


@pytest.fixture
def as_patient(db) -> SignIn:
    """`as_patient(patient)`: a client signed in as the patient's user, as after an e-mailed code."""

    def sign_in(patient: Patient) -> Client:
        assert patient.user is not None, "this patient has no sign-in"
        return signed_in(patient.user, method="code")

    return sign_in


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real SMTP server; `mailbox.wait_for(...)` gives what arrived."""
    with Post() as mailbox:
        yield mailbox


@dataclass(frozen=True)
class Engine:
    """A Celery worker and a beat of their own processes, at work on this test's database."""

    worker: Running
    beat: Running


@pytest.fixture
def engine(transactional_db, live_server, mailbox: Mailbox, tmp_path: Path) -> Iterator[Engine]:
    """Both, ticking every second, with mail through `mailbox`. Needs PostgreSQL and Redis."""
    if connection.vendor != "postgresql" or not os.environ.get("REDIS_URL"):
        pytest.skip("needs PostgreSQL and Redis: make test")
    forget_messages()
    variables = environment(BASE_URL=live_server.url, EMAIL_URL=mailbox.url, NOTICE_TICK_SECONDS="1")
    with worker(variables, tmp_path) as working, beat(variables, tmp_path) as beating:
        yield Engine(worker=working, beat=beating)
