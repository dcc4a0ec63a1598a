"""The settings under which the tests run: an installation's own, in an environment made up for them.

`make test` sets the environment itself (PostgreSQL, Redis); `pytest` alone finds none and takes SQLite.
"""

import atexit
import os
import shutil
import sys
import tempfile

# (mypy reads this file too, and leaves without running what is registered for the end.)
if "HOMESTRETCH_VAR" not in os.environ and "pytest" in sys.modules:
    os.environ["HOMESTRETCH_VAR"] = tempfile.mkdtemp(prefix="homestretch-tests-")
    atexit.register(shutil.rmtree, os.environ["HOMESTRETCH_VAR"], ignore_errors=True)
os.environ.pop("DEMO", None)
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("HTTPS", "0")
# Celery's messages of one xdist worker are not for another's database.
if "REDIS_URL" in os.environ:
    number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw"))
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{number}"
# No pool: its connections outlive their test, and the database "is being accessed by other users" at the end.
os.environ.setdefault("DATABASE_POOL", "0")
# Playwright runs an event loop in the thread of the test; the ORM is used there all the same.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

from clinic.settings import *  # noqa: E402, F403
from clinic.settings import DATABASES, STORAGES, VAR  # noqa: E402

# Fast and worthless: tests make many users.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Files are served from where they lie; the manifest of a release is tried in tests/test_deployment.py.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = VAR / "staticfiles"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in real life: SQLite in memory has one lock for all, and no WAL.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
