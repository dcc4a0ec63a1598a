"""What an installation says through its environment: read once, typed, checked, no secret default.

`DEMO=1` is the only way to run without naming a secret key and the hosts: it makes its own key in `var/`
and answers to local names alone.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True)
class Environment:
    """The settings of one installation. Addresses are URLs; `var` is the folder it may write to."""

    demo: bool
    secret_key: str
    secret_key_fallbacks: list[str]
    allowed_hosts: list[str]
    base_url: str
    var: Path
    database: dict[str, Any]
    redis_url: str
    email: dict[str, Any]
    email_from: str
    https: bool
    metrics_token: str


def read(variables: Mapping[str, str], *, base_dir: Path) -> Environment:
    """Read `variables`.

    Raises ImproperlyConfigured with a sentence that says what to set, for a missing secret key or
    hosts, and for a demo that could be reached from elsewhere or would touch a real database.
    """
    env = environ.Env()
    env.ENVIRON = variables
    demo = env.bool("DEMO", default=False)
    var = Path(env.str("HOMESTRETCH_VAR", default=str(base_dir / "var")))
    hosts = [host for host in env.list("ALLOWED_HOSTS", default=[]) if host]
    port = env.int("PORT", default=8000)
    if demo:
        _refuse_unsafe_demo(variables, hosts)
        secret_key, hosts = _demo_secret(var), sorted(LOCAL_HOSTS)
    else:
        _refuse_missing(variables, hosts)
        secret_key = env.str("SECRET_KEY")
    base_url = env.str("BASE_URL", default="").rstrip("/")
    https = env.bool("HTTPS", default=not demo)
    if not base_url and not demo and hosts[0].startswith("."):
        raise ImproperlyConfigured("Set BASE_URL, the address that links in mails begin with.")
    if not base_url:
        base_url = f"http://localhost:{port}" if demo else f"{'https' if https else 'http'}://{hosts[0]}"
    return Environment(
        demo=demo,
        secret_key=secret_key,
        secret_key_fallbacks=env.list("SECRET_KEY_FALLBACKS", default=[]),
        allowed_hosts=hosts,
        base_url=base_url,
        var=var,
        database=_database(env, var),
        redis_url=env.str("REDIS_URL", default=""),
        email=_email(env, var, demo=demo),
        email_from=env.str("DEFAULT_FROM_EMAIL", default="Homestretch <homestretch@localhost>"),
        https=https,
        metrics_token=env.str("METRICS_TOKEN", default=""),
    )


def _refuse_unsafe_demo(variables: Mapping[str, str], hosts: list[str]) -> None:
    if variables.get("DATABASE_URL"):
        raise ImproperlyConfigured(
            "DEMO=1 keeps its made-up clinic in a database of its own: unset DATABASE_URL, or unset DEMO."
        )
    foreign = sorted(set(hosts) - LOCAL_HOSTS)
    if foreign:
        raise ImproperlyConfigured(
            f"DEMO=1 lets anybody enter as anybody, so it answers to local names only, not to "
            f"{', '.join(foreign)}: unset ALLOWED_HOSTS, or unset DEMO."
        )


def _refuse_missing(variables: Mapping[str, str], hosts: list[str]) -> None:
    given = {"SECRET_KEY": bool(variables.get("SECRET_KEY")), "ALLOWED_HOSTS": bool(hosts)}
    missing = [name for name, is_given in given.items() if not is_given]
    if missing:
        raise ImproperlyConfigured(
            f"Set {' and '.join(missing)} in the environment (see README, 'Running it for real'), "
            "or DEMO=1 to try Homestretch with a made-up clinic."
        )
    if "*" in hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the clinic's hosts; '*' is not accepted.")


def _demo_secret(var: Path) -> str:
    """A key that survives restarts of the demo, so that a signed-in browser stays signed in."""
    path = var / "demo-secret-key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text()


def _database(env: environ.Env, var: Path) -> dict[str, Any]:
    var.mkdir(parents=True, exist_ok=True)
    url = env.str("DATABASE_URL", default="") or f"sqlite:///{var / 'homestretch.sqlite3'}"
    database = environ.Env.db_url_config(url)
    options = database["OPTIONS"] = dict(database.get("OPTIONS") or {})
    if database["ENGINE"] == "django.db.backends.postgresql":
        # The pool keeps connections; Django asks that CONN_MAX_AGE stays 0 with it.
        size = env.int("DATABASE_POOL", default=8)
        if size:
            # Seconds that a page waits for a connection before it gives up (/readyz says 503 then).
            options["pool"] = {"min_size": 1, "max_size": size, "timeout": 5}
            # A kept connection is tried first: a restart of the database leaves dead ones behind.
            database["CONN_HEALTH_CHECKS"] = True
    else:
        # A transaction that writes has the whole database to itself: patients.locking relies on it.
        options["transaction_mode"] = "IMMEDIATE"
        options["init_command"] = (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000;"
        )
    return dict(database)


def _email(env: environ.Env, var: Path, *, demo: bool) -> dict[str, Any]:
    if demo or not env.str("EMAIL_URL", default=""):
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": str(var / "mail")}
    # environ knows smtp:// (plain), smtp+tls:// (STARTTLS) and smtp+ssl://.
    email = dict(env.email_url("EMAIL_URL"))
    if email["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        email["EMAIL_BACKEND"] = "clinic.notices.smtp.EmailBackend"  # it also knows how far a mail got
    return email
