"""From nothing to what the patient sees, in Chromium; and how many clicks a prescription takes."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from clinic.models import User
from patients.models import Patient, Prescription
from programs.models import Exercise, Program
from tests.browser.building import FIRST_20_DAYS, NAMES, add_by_keys, add_by_mouse, drag_to_the_end, tab_to
from tests.factories import ProgramFactory
from tests.programs.importing import entry


@pytest.fixture
def desk(aurora, watched_page: Page, enter_as_staff: Callable[[User], None]) -> Page:
    """The clinician's worklist, with the real library."""
    call_command("load_library", verbosity=0)
    enter_as_staff(aurora.clinician)
    watched_page.set_viewport_size({"width": 1280, "height": 900})
    watched_page.goto("/admin/worklist/")
    return watched_page


def build_url(patient: Patient) -> str:
    return reverse("admin:prescribe_build", args=[patient.pk])


def seen_by_patient(page: Page, patient: Patient, enter: Callable[[Patient], None]) -> list[str]:
    """The names on today's page, on a phone."""
    page.context.clear_cookies()
    enter(patient)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    return page.locator("main article h3").all_inner_texts()


@pytest.mark.parametrize("imported", [0, 1000])
def test_built_with_the_mouse_and_seen_by_the_patient(
    imported: int, desk: Page, aurora, enter_as_patient, tmp_path: Path
):
    """Six exercises, a dose, the order, one progression; as the patient would see it, and as they do.

    The same beside a thousand other exercises that were imported and published.
    """
    if imported:
        file = tmp_path / "many.json"
        file.write_text(json.dumps([entry(f"Glute_Cat_Knee_{number}") for number in range(imported)]))
        call_command("import_free_exercise_db", file, clinic=aurora.clinic.slug, stdout=StringIO())
        changed = Exercise.objects.filter(clinic=aurora.clinic, status="draft").update(status="published")
        assert changed == imported
    desk.goto(build_url(aurora.newcomer))
    for name in [NAMES[-1], *NAMES[:-1]]:
        add_by_mouse(desk, name)
    drag_to_the_end(desk, NAMES[-1])
    bridge = desk.get_by_role("group", name="Glute bridge")
    bridge.get_by_label("Repetitions", exact=True).fill("7")
    bridge.get_by_text("Progression", exact=True).click()
    bridge.get_by_label("Hold grows by (s)").fill("4")
    bridge.get_by_label("Hold grows until (s)").fill("12")
    bridge.get_by_label("After comfortable sessions").fill("3")
    bridge.get_by_label("The next step").select_option("On its own")
    expect(desk.locator("#steps")).to_contain_text("Glute bridge: 4 → 8 → 12 s; after 3 comfortable sessions")
    desk.get_by_label("Name, English").fill("Hers")
    with desk.context.expect_page() as opened:
        desk.get_by_role("button", name="As the patient sees it").click()
    assert opened.value.locator("main article h3").all_inner_texts() == list(FIRST_20_DAYS.values())
    expect(opened.value.get_by_text("7 times")).to_be_visible()
    expect(opened.value.get_by_text("Hold 8 seconds, after 3 sessions that felt comfortable")).to_be_visible()
    opened.value.close()
    desk.get_by_role("button", name="Go on to the questions").click()
    desk.get_by_label("None of these").check()
    desk.get_by_role("button", name="Prescribe and start").click()
    expect(desk.get_by_text("Prescribed and started.")).to_be_visible()
    seen = seen_by_patient(desk, aurora.newcomer, enter_as_patient)
    assert seen == list(FIRST_20_DAYS.values())
    shown = desk.locator("article").filter(has=desk.get_by_role("heading", name="Bridge", exact=True))
    expect(shown).to_contain_text("7 times")
    expect(shown).to_contain_text("Hold 8 seconds, after 3 sessions that felt comfortable")


def test_built_with_the_keyboard_alone_and_seen_by_the_patient(desk: Page, aurora, enter_as_patient):
    """The same, and no hand on the mouse."""
    desk.goto(build_url(aurora.newcomer))
    for name in [*NAMES[:4], NAMES[5], NAMES[4]]:
        add_by_keys(desk, name)
    tab_to(desk, desk.get_by_role("button", name="Move up: Glute bridge"))
    desk.keyboard.press("Enter")
    expect(desk.locator(".builder-row[data-row] .builder-head > strong").last).to_have_text("Cat-cow")
    bridge = desk.get_by_role("group", name="Glute bridge")
    tab_to(desk, bridge.get_by_label("Repetitions", exact=True))
    desk.keyboard.type("7")
    tab_to(desk, bridge.locator("summary").last)
    desk.keyboard.press("Enter")
    for label, figure in (("Hold grows by (s)", "4"), ("Hold grows until (s)", "12")):
        tab_to(desk, bridge.get_by_label(label))
        desk.keyboard.type(figure)
    tab_to(desk, bridge.get_by_label("After comfortable sessions"))
    desk.keyboard.type("3")
    expect(desk.locator("#steps")).to_contain_text("after 3 comfortable sessions, asks first")
    tab_to(desk, desk.get_by_label("Name, English"))
    desk.keyboard.type("Hers")
    tab_to(desk, desk.get_by_role("button", name="Go on to the questions"))
    desk.keyboard.press("Enter")
    tab_to(desk, desk.get_by_label("None of these"))
    desk.keyboard.press("Space")
    tab_to(desk, desk.get_by_role("button", name="Prescribe and start"))
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Prescribed and started.")).to_be_visible()
    seen = seen_by_patient(desk, aurora.newcomer, enter_as_patient)
    assert seen == list(FIRST_20_DAYS.values())
    expect(desk.get_by_text("a word from your physiotherapist")).to_be_visible()
    expect(desk.get_by_text("7 times, hold 4 seconds")).to_be_visible()


def test_a_known_patient_gets_our_own_template_in_five_clicks(desk: Page, aurora):
    template: Program = ProgramFactory(clinic=aurora.clinic, name_en="Our first days")
    clicks = 0

    def click(target: Locator) -> None:
        nonlocal clicks
        target.click()
        clicks += 1

    click(desk.get_by_role("navigation").get_by_role("link", name="Patients", exact=True).first)
    click(desk.get_by_role("link", name=f"Prescribe for {aurora.newcomer}"))
    click(desk.get_by_role("link", name="Our first days"))
    click(desk.get_by_label("None of these"))
    click(desk.get_by_role("button", name="Prescribe and start"))
    expect(desk.get_by_text("Prescribed and started.")).to_be_visible()
    assert clicks == 5
    made = Prescription.objects.get(patient=aurora.newcomer)
    assert (made.program, made.status) == (template, "active")


def test_two_doses_of_a_running_programme_on_one_page_that_says_what_changes(desk: Page, aurora):
    desk.goto(reverse("admin:prescription_adjust", args=[aurora.prescription.pk]))
    rows = desk.locator(".builder-row[data-row]")
    expect(desk.locator("#changes")).to_contain_text("Nothing yet.")
    for place, times in ((0, "11"), (1, "12")):
        rows.nth(place).get_by_label("Repetitions", exact=True).fill(times)
        rows.nth(place).get_by_label("Repetitions", exact=True).blur()
        expect(desk.locator("#changes")).to_contain_text(f"→ {times}")
    expect(desk.locator("#changes li")).to_have_count(2)
    desk.get_by_role("button", name="Adjust", exact=True).click()
    expect(desk.get_by_text("Adjusted: it holds from")).to_be_visible()
    newest = aurora.prescription.versions.order_by("-number")[0]
    assert [one.reps for one in newest.exercises.all()][:2] == [11, 12]
