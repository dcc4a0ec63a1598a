"""`manage.py demo`: its own processes on SQLite and the filesystem broker, from the first page to Ctrl-C."""

import os
import shutil
import signal
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from servers import free_port

from clinic import environment
from clinic.serving import is_free
from patients.demo.stories import AURORA, BORA
from tests.demo import Visitor, demo, manage, processes_of, variables, wait_for
from tests.processes import ROOT, running

# What a real installation says instead of DEMO=1.
REAL = {"DEMO": "0", "SECRET_KEY": "only-for-tests-" + "z" * 40, "ALLOWED_HOSTS": "localhost", "HTTPS": "0"}
CLINICIAN = AURORA.clinicians[0]
# Her review fell due this morning, and no mail about it was sent yet.
AT_HER_REVIEW = next(story for story in AURORA.patients if len(story.days) == 20 and not story.review)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo's data, in which nothing runs."""
    var = tmp_path_factory.mktemp("demo") / "var"
    status, said = manage(var, "demo", "--no-serve")
    assert status == 0, said
    assert not list((var / "mail").glob("*")), "mails were sent by nobody"
    return var


@pytest.fixture
def var(seeded: Path, tmp_path: Path) -> Path:
    """The same, for one test to change."""
    return Path(shutil.copytree(seeded, tmp_path / "var"))


def rows(var: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(var / "homestretch.sqlite3")) as database:
        return database.execute(query).fetchall()


def action_of(page: str, kind: str, name: str) -> str:
    """Where the button "Enter as `name`" leads."""
    before, found, _after = page.partition(name)
    assert found, f"{name} is not on the page"
    return f"/demo/{kind}/" + before.rpartition(f'action="/demo/{kind}/')[2].split('"')[0]


def enter(visitor: Visitor, kind: str, name: str) -> None:
    page = visitor.get("/demo/")
    assert page.status == 200
    answer = visitor.press("/demo/", action=action_of(page.text, kind, name))
    assert answer.status == 200, answer.url


def test_the_demo_serves_everybody_sends_the_review_and_ends_with_ctrl_c(var: Path, tmp_path: Path):
    with demo(var, tmp_path / "demo.log") as running_demo:
        assert "Making the demo clinics" not in running_demo.process.said, "it was there already"
        anybody = running_demo.visitor()
        assert anybody.get("/").url == f"{running_demo.base}/sign-in/?next=%2F"
        page = anybody.get("/demo/").text
        for house in (AURORA, BORA):
            names = [house.manager, *house.clinicians, house.front_desk]
            names += [f"{story.given_name} {story.family_name}" for story in house.patients]
            assert [name for name in names if name not in page] == []

        patient = running_demo.visitor()
        enter(patient, "patient", f"{AT_HER_REVIEW.given_name} {AT_HER_REVIEW.family_name}")
        assert patient.get("/").url == f"{running_demo.base}/"

        clinician = running_demo.visitor()
        enter(clinician, "staff", CLINICIAN)
        assert clinician.get("/admin/").url == f"{running_demo.base}/admin/worklist/"

        report = _report_in_the_mailbox(clinician)
        seen = clinician.get(report)
        assert seen.status == 200
        assert AT_HER_REVIEW.family_name in seen.text
        assert 'href="/review/"' in patient.get("/").text, "she is asked whether it has helped, too"
        # It went through the outbox: one try, by the worker, and the file that the mailbox reads.
        sent = rows(var, "SELECT state, attempt FROM clinic_notice WHERE kind = 'review_due' AND attempt > 0")
        assert sent == [("sent", 1)]
        assert len(list((var / "mail").glob("*.log"))) >= 1

        started = processes_of(var)
        for word in ("manage.py demo", "gunicorn", "worker", "beat"):
            assert any(word in command for command in started.values()), word
        assert running_demo.interrupt() == 0, running_demo.process.said
        wait_for(lambda: not processes_of(var), seconds=5, told=lambda: processes_of(var))
        assert is_free(running_demo.port)
        assert "Traceback" not in running_demo.process.said


def _report_in_the_mailbox(visitor: Visitor) -> str:
    """The link of the review's e-mail, which is there within a minute."""
    address = f"{CLINICIAN.lower().replace(' ', '.')}@{AURORA.slug}.example.org"
    found: list[str] = []

    def there() -> bool:
        mails = visitor.get("/demo/mailbox/").text.split('<article class="card">')[1:]
        ours = [mail for mail in mails if address in mail and "/admin/prescriptions/" in mail]
        found[:] = [mail.partition('href="')[2].partition('"')[0] for mail in ours]
        return bool(found)

    wait_for(there, seconds=60, told=lambda: visitor.get("/demo/mailbox/").text)
    assert len(found) == 1
    return found[0]


def test_killed_it_leaves_nothing_running_and_what_it_let_in_enters_no_real_clinic(var: Path, tmp_path: Path):
    """The very same data and cookies, served without DEMO=1."""
    with demo(var, tmp_path / "demo.log") as running_demo:
        clinician = running_demo.visitor()
        enter(clinician, "staff", CLINICIAN)
        assert clinician.get("/admin/worklist/").url.endswith("/admin/worklist/")
        os.kill(running_demo.process.process.pid, signal.SIGKILL)
        wait_for(lambda: not processes_of(var), seconds=30, told=lambda: processes_of(var))
    port = free_port()
    real = REAL | {
        "SECRET_KEY": (var / "demo-secret-key").read_text(),
        "STATIC_ROOT": str(tmp_path / "static"),
    }
    status, said = manage(var, "collectstatic", "--noinput", **real)
    assert status == 0, said
    serve = [sys.executable, "-m", "gunicorn", "clinic.wsgi", "--bind", f"127.0.0.1:{port}"]
    with running(serve, variables(var, **real), tmp_path / "web.log") as web:
        web.wait_until_it_says("Listening at")
        visitor = Visitor(f"http://localhost:{port}", clinician.cookies)
        assert visitor.get("/healthz").status == 200
        for path in ("/demo/", "/demo/mailbox/", "/demo/staff/1/", "/demo/patient/1/"):
            assert visitor.get(path).status == 404, path
        assert "/account/strengthen/" in visitor.get("/admin/worklist/").url


def test_a_database_with_a_real_clinic_in_it_is_refused_and_left_alone(var: Path):
    manager = ["--manager-email", "anna@clinic.example", "--manager-name", "Anna"]
    status, said = manage(var, "create_clinic", "--name", "Real", "--slug", "real", *manager)
    assert status == 0, said
    everything = _everything(var)
    status, said = manage(var, "demo", "--no-serve")
    assert status == 1
    assert said.strip() == "CommandError: This database holds a real clinic, so no demo is made in it."
    assert _everything(var) == everything


def _everything(var: Path) -> str:
    with closing(sqlite3.connect(var / "homestretch.sqlite3")) as database:
        return "\n".join(database.iterdump())


def test_without_demo_1_it_does_not_serve(var: Path):
    status, said = manage(var, "demo", **REAL)
    assert status == 1
    assert "Set DEMO=1" in said


def test_a_taken_port_is_said_in_one_sentence(var: Path, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, said = manage(var, "demo", PORT=str(port))
    assert status == 1
    assert said.strip() == (
        f"CommandError: Port {port} is taken: choose another one, for example PORT={port + 1} make demo"
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"DATABASE_URL": "postgres://u@db/clinic"}, "database of its own"),
        ({"ALLOWED_HOSTS": "clinic.example"}, "local names only"),
        ({"ALLOWED_HOSTS": "localhost,clinic.example"}, "not to clinic.example"),
    ],
)
def test_a_demo_that_could_be_reached_or_touch_real_data_does_not_start(tmp_path: Path, given, words):
    with pytest.raises(ImproperlyConfigured, match=words):
        environment.read({"DEMO": "1", **given}, base_dir=ROOT)
