"""What a phone installs: the service worker and what it stores, the manifest, the page for no network."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.templatetags.static import static
from PIL import Image

from patients.pages import offline
from tests.patients.pages import client_of, text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
JS = Path(settings.BASE_DIR) / "static" / "js"
IMPORTED = re.compile(r'from "\./([\w.]+)"')


def constant(name: str, client) -> Any:
    """What the worker's source says of `name`, in its first lines."""
    source = client.get("/worker.js").content.decode()
    (found,) = re.findall(rf"^const {name} = (.*);$", source, re.MULTILINE)
    return json.loads(found)


def reached_from(script: str) -> set[str]:
    """The modules that a script imports, and what those import."""
    names = set(IMPORTED.findall((JS / script).read_text()))
    return names.union(*(reached_from(name) for name in names))


def test_the_worker_is_at_the_root_and_looked_at_anew_each_time(client):
    answer = client.get("/worker.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert "no-cache" in answer["Cache-Control"]
    assert constant("PAGES", client) == ["/", "/session/", "/help-now/"]
    assert constant("OFFLINE", client) == "/no-network/"


def test_what_it_stores_is_there(client):
    parts = constant("PARTS", client)
    assert "/no-network/" in parts
    files = [path for path in parts if path.startswith("/static/")]
    assert len(files) == len(parts) - 1 == 15
    assert [path for path in files if not find(path.removeprefix("/static/"))] == []


def test_every_module_of_the_session_is_stored():
    modules = reached_from("guided.js") | reached_from("offline.js")
    assert {f"js/{name}" for name in modules} == set(offline.MODULES)


def test_all_that_the_pages_load_is_stored(client, time_machine):
    """But for the icon of the installed app, and photographs, which come with the pages."""
    trial = Scenario("ABC")
    time_machine.move_to(trial.at(2), tick=False)
    loaded = set()
    for path in constant("PAGES", client):
        html = client_of(trial).get(path).content.decode()
        loaded |= set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))
    assert loaded - {static(offline.ICONS["192"])} <= set(constant("PARTS", client))


def test_the_version_changes_with_any_file(client, monkeypatch, tmp_path):
    before = constant("VERSION", client)
    changed = tmp_path / "tokens.css"
    changed.write_text("/* other */")
    monkeypatch.setattr(
        offline, "find", lambda name: str(changed) if name == "css/tokens.css" else find(name)
    )
    offline._worker.cache_clear()
    assert constant("VERSION", client) != before
    offline._worker.cache_clear()


def test_the_manifest_names_icons_of_their_size(client):
    manifest = client.get("/manifest.webmanifest").json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    for icon in manifest["icons"]:
        with Image.open(find(icon["src"].removeprefix("/static/"))) as image:
            assert icon["sizes"] == "{}x{}".format(*image.size)


def test_the_page_for_no_network_says_nothing_of_anybody(client):
    trial = Scenario("A")
    said = client.get("/no-network/")
    assert "Today and your session open without." in text(said)
    assert trial.clinic.name not in text(said)


def test_the_page_for_no_network_in_italian(client):
    assert "connessione" in text(client.get("/no-network/", headers={"accept-language": "it"}))
