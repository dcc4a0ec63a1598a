"""docker-compose.yml and the Dockerfile, held without docker: what they say, and each service's own command
run against real servers. The image itself is not built here."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from servers import free_port

from tests import compose
from tests.mailing import Mailbox
from tests.processes import ROOT, Running, database_url, environment, forget_messages, running

GIVEN = {
    "SECRET_KEY": "only-for-tests-" + "y" * 60,
    "ALLOWED_HOSTS": "clinic.example",
    "BASE_URL": "https://clinic.example",
    "POSTGRES_PASSWORD": "letters0and0digits",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "DEFAULT_FROM_EMAIL": "Clinic <exercises@clinic.example>",
}
OURS = {"web", "worker", "beat", "migrate"}
SERVERS = {"database", "queue"}
SERVICES = compose.services(GIVEN)
DOCKERFILE = (ROOT / "Dockerfile").read_text()


# --- What the files say -----------------------------------------------------------------------------
def test_the_services_are_there_and_ours_wait_for_the_migrations():
    assert set(SERVICES) == OURS | SERVERS
    for name in OURS - {"migrate"}:
        waits_for = {other: how["condition"] for other, how in SERVICES[name]["depends_on"].items()}
        assert waits_for == {
            "migrate": "service_completed_successfully",
            "database": "service_healthy",
            "queue": "service_healthy",
        }
    assert SERVICES["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_nothing_runs_as_root_or_may_become_it():
    users = re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE)
    assert users[-1].split(":")[0] not in {"0", "root"}
    for name, service in SERVICES.items():
        assert service["user"].split(":")[0] not in {"", "0", "root"}, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not service.get("privileged"), name


def test_what_lasts_is_restarted_watched_and_kept():
    for name in set(SERVICES) - {"migrate"}:
        assert SERVICES[name]["restart"] == "unless-stopped", name
        assert SERVICES[name]["healthcheck"]["test"], name
    kept = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    assert set(kept) == {"database", "files"}
    assert SERVICES["database"]["volumes"] == ["database:/var/lib/postgresql/data"]


def version_of_the_database() -> int:
    version = re.match(r"postgres:(\d+)", SERVICES["database"]["image"])
    assert version
    return int(version[1])


def test_the_database_is_new_enough_and_only_web_can_be_reached_from_this_machine():
    assert version_of_the_database() >= 15
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "web": ["127.0.0.1:8000:8000"]
    }


def test_no_secret_has_a_default():
    assert compose.required() == set(GIVEN)
    for name in GIVEN:
        with pytest.raises(compose.Missing, match=f"set {name} in .env"):
            compose.services({**GIVEN, name: ""})
    lines = (ROOT / ".env.example").read_text().splitlines()
    template = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(template) == compose.required() | compose.optional()
    assert template["SECRET_KEY"] == template["POSTGRES_PASSWORD"] == template["SECRET_KEY_FALLBACKS"] == ""
    assert not re.search(r"^(ENV|ARG) .*(KEY|PASSWORD|SECRET|URL)", DOCKERFILE, re.MULTILINE)


def test_the_image_starts_what_the_web_service_starts_and_holds_all_that_it_copies():
    command = re.search(r"^CMD (\[.+?\])", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert command
    assert json.loads(command[1].replace("\\\n", "")) == SERVICES["web"]["command"]
    taken = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert taken >= {"clinic", "programs", "patients", "templates", "static", "locale", "manage.py"}
    for path in taken:
        assert (ROOT / path).exists(), path
    for path in re.findall(r"^COPY (?!--from)(.+) \./$", DOCKERFILE, re.MULTILINE)[0].split():
        assert path in taken


def test_the_log_of_the_database_repeats_no_row_and_no_statement():
    """Otherwise PostgreSQL logs "Failing row contains (...)" and the statement with all its values."""
    words = SERVICES["database"]["command"]
    assert words[0] == "postgres"
    assert {"log_error_verbosity=terse", "log_min_error_statement=panic"} <= set(words)
    assert "log_min_error_statement=panic" in (ROOT / "docs" / "deployment.md").read_text()


def test_the_image_has_what_a_pdf_is_made_with():
    """The same list as for tests and for the demo: scripts/system-packages.sh."""
    last = DOCKERFILE.rpartition("FROM ")[2]
    assert "COPY scripts/system-packages.sh" in last
    assert re.search(r"^RUN system-packages printing\b", last, re.MULTILINE)
    assert f"postgresql-client-{version_of_the_database()}" in last  # what `manage.py restore` runs
    assert "!scripts/system-packages.sh" in (ROOT / ".dockerignore").read_text().splitlines()
    script = (ROOT / "scripts" / "system-packages.sh").read_text()
    printing = re.search(r"^printing=\((.+)\)$", script, re.MULTILINE)
    assert printing
    documented = (ROOT / "docs" / "deployment.md").read_text()
    for package in printing[1].split():
        assert package in documented, package


# --- Each service's own command, on real servers ----------------------------------------------------
@pytest.fixture
def variables(mailbox: Mailbox, tmp_path: Path) -> dict[str, str]:
    """The environment that compose gives our services, with the addresses of this test's servers."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL and Redis: make test")
    said = compose.services({**GIVEN, "EMAIL_URL": mailbox.url})["web"]["environment"]
    here = environment()
    kept = {name: here[name] for name in ("PATH", "HOME", "DATABASE_URL", "REDIS_URL")}
    forget_messages()
    folders = {"HOMESTRETCH_VAR": str(tmp_path / "var"), "STATIC_ROOT": str(tmp_path / "static")}
    return said | kept | folders | {"NOTICE_TICK_SECONDS": "1"}


@contextmanager
def service(name: str, variables: dict[str, str], folder: Path, **replaced: str) -> Iterator[Running]:
    """The command of a service as compose has it; `replaced` changes words that belong to a container."""
    command = _with(SERVICES[name]["command"], replaced)
    with running(command, variables, folder / f"{name}.log") as process:
        yield process


def is_healthy(name: str, variables: dict[str, str], **replaced: str) -> bool:
    """What the health check of a service says."""
    how, *words = SERVICES[name]["healthcheck"]["test"]
    command = _with(["sh", "-c", *words] if how == "CMD-SHELL" else words, replaced)
    return subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, timeout=60).returncode == 0


def _with(words: list[str], replaced: dict[str, str]) -> list[str]:
    for old, new in replaced.items():
        words = [word.replace(PLACES[old], new) for word in words]
    return words


PLACES = {"port": "0.0.0.0:8000", "pidfile": "/tmp/beat.pid"}  # noqa: S104, S108 a container's own


def get(port: int, path: str, **headers: str) -> tuple[int, str]:
    """Status and body."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path, headers={"Host": "clinic.example", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.mark.django_db(transaction=True)
def test_web_serves_pages_and_the_files_of_a_release(variables, tmp_path):
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput"]
    subprocess.run(collect, env=variables, cwd=ROOT, check=True, capture_output=True)
    port = free_port()
    with service("web", variables, tmp_path, port=f"127.0.0.1:{port}") as web:
        # The image's own health check, on the port that is free here.
        check = [sys.executable, "scripts/healthy.py", str(port)]
        web.wait_until(lambda _web: _run(check, variables).returncode == 0, seconds=90)
        assert get(port, "/readyz")[0] == 200
        assert get(port, "/")[0] == 301  # to https
        behind_proxy = {"X-Forwarded-Proto": "https"}
        status, page = get(port, "/account/login/", **behind_proxy)
        assert status == 200
        sheets = re.findall(r'href="(/static/[^"]+\.css)"', page)
        assert sheets
        for sheet in sheets:
            assert re.search(r"\.[0-9a-f]{12}\.css$", sheet), sheet
            assert get(port, sheet, **behind_proxy)[0] == 200
        get(port, "/calendar/a-secret-address.ics", **behind_proxy)
        web.wait_until_it_says('"GET /calendar/... HTTP/1.1"')
        assert "a-secret-address" not in web.said
    assert not is_healthy("web", variables)


@pytest.mark.django_db(transaction=True)
def test_worker_answers_and_beat_ticks(variables, tmp_path):
    pidfile = str(tmp_path / "beat.pid")
    assert not is_healthy("beat", variables, pidfile=pidfile)
    with service("worker", variables, tmp_path) as worker:
        worker.wait_until_it_says("ready.")
        worker.wait_until(lambda _worker: is_healthy("worker", variables), seconds=90)
        with service("beat", variables, tmp_path, pidfile=pidfile) as beat:
            for task in ("plan", "drain"):
                beat.wait_until_it_says(f"Sending due task {task}")
                worker.wait_until_it_says(f"Task clinic.tasks.{task}")
            worker.wait_until(lambda worker: "succeeded" in worker.said)
            assert is_healthy("beat", variables, pidfile=pidfile)
    assert "raised unexpected" not in worker.said
    assert not is_healthy("worker", variables)


@pytest.fixture
def empty_database(transactional_db) -> Iterator[str]:
    """The address of a database without a table."""
    name = f"{connection.settings_dict['NAME']}_empty"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield database_url().rpartition("/")[0] + f"/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


def test_migrate_ends_well_also_when_there_is_nothing_left_to_do(variables, empty_database, tmp_path):
    variables["DATABASE_URL"] = empty_database
    for first in (True, False):
        with service("migrate", variables, tmp_path) as migrate:
            assert migrate.process.wait(timeout=120) == 0, migrate.said
            assert ("Applying clinic.0001_initial" in migrate.said) is first
            assert ("No migrations to apply" in migrate.said) is not first


# --- An environment that is not right ---------------------------------------------------------------
WRONG: dict[str, tuple[dict[str, str], str]] = {
    "nothing set": ({}, "Set SECRET_KEY and ALLOWED_HOSTS in the environment"),
    "no secret key": ({"ALLOWED_HOSTS": "clinic.example"}, "Set SECRET_KEY in the environment"),
    "no hosts": ({"SECRET_KEY": "x" * 60}, "Set ALLOWED_HOSTS in the environment"),
    "any host": (
        {"SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "*"},
        "ALLOWED_HOSTS must name the clinic's hosts",
    ),
    "demo on a real database": (
        {"DEMO": "1", "DATABASE_URL": "postgres://clinic@127.0.0.1/clinic"},
        "unset DATABASE_URL, or unset DEMO",
    ),
    "demo for everybody": (
        {"DEMO": "1", "ALLOWED_HOSTS": "clinic.example"},
        "it answers to local names only, not to clinic.example",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_environment_is_one_clear_sentence(wrong, tmp_path):
    given, sentence = WRONG[wrong]
    variables = {"PATH": "/usr/bin:/bin", "HOMESTRETCH_VAR": str(tmp_path), **given}
    command = "demo" if "DEMO" in given else "migrate"
    ended = _run([sys.executable, "manage.py", command], variables)
    assert ended.returncode != 0
    assert sentence in ended.stderr
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_no_service_starts_without_its_secret(service, tmp_path):
    variables = environment_without_secret(tmp_path)
    ended = _run(_with(SERVICES[service]["command"], {"port": f"127.0.0.1:{free_port()}"}), variables)
    assert ended.returncode != 0
    assert "Set SECRET_KEY in the environment" in ended.stderr


def environment_without_secret(folder: Path) -> dict[str, str]:
    said = dict(SERVICES["web"]["environment"], HOMESTRETCH_VAR=str(folder))
    del said["SECRET_KEY"]
    return said | {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}


def _run(command: list[str], variables: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, timeout=60)
