"""The Italian catalogue: every text of the interface is in it, translated, with the same placeholders."""

import fcntl
import re
import shutil

import polib
import pytest
from django.conf import settings
from django.core.management import call_command

CATALOGUE = settings.BASE_DIR / "locale/it/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s|</?\w+>")


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    """The catalogue as `make messages` would write it now, in a folder of its own."""
    folder = tmp_path_factory.mktemp("locale")
    shutil.copytree(settings.BASE_DIR / "locale", folder, dirs_exist_ok=True)
    # It writes beside each template while it gathers: one process at a time.
    lock = tmp_path_factory.getbasetemp().parent / "gathering"
    with lock.open("w") as held, pytest.MonkeyPatch.context() as patched:
        fcntl.flock(held, fcntl.LOCK_EX)
        patched.setattr(settings, "LOCALE_PATHS", [folder])
        patched.chdir(settings.BASE_DIR)
        call_command(
            "makemessages",
            locale=["it"],
            no_location=True,
            ignore_patterns=[".venv*", "tests", "var", "static", "staticfiles"],
            verbosity=0,
        )
    return polib.pofile(folder / "it/LC_MESSAGES/django.po")


def test_every_text_is_translated(gathered):
    assert [entry.msgid for entry in gathered if not entry.obsolete and not entry.translated()] == []


def test_no_text_is_left_over(gathered):
    assert [entry.msgid for entry in gathered.obsolete_entries()] == []
    assert [entry.msgid for entry in polib.pofile(CATALOGUE).obsolete_entries()] == []


def test_placeholders_and_markup_are_kept(gathered):
    for entry in gathered:
        # "One exercise" may do without the number that "3 exercises" needs.
        plural = entry.msgstr_plural.get(1, "")
        for original, text in [(entry.msgid, entry.msgstr), (entry.msgid_plural, plural)]:
            assert not text or set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(original)), original
