"""Ways through the guided session: its counter and its replies, by keyboard alone, in Italian, with large
text, for two people on one sign-in, and while the clinician adjusts the programme."""

import re
import uuid

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from clinic.localtime import local_date
from patients.adjusting import adjust
from patients.answers import ExerciseAnswer, SessionAnswers
from patients.models import Patient, PracticeSession, PrescribedExercise
from patients.recording import record_session
from patients.versions import lines_of_version
from patients.vocabulary import Outcome, Site
from tests.browser.guided import Taps, heading, kept, who_practises

DONE = re.compile("^(Done|Fatto)$")


@pytest.fixture
def patient(aurora) -> Patient:
    return who_practises(aurora, given_name="Nina", email="nina@post.example")


@pytest.fixture
def page(patient: Patient, watched_page: Page, enter_as_patient) -> Page:
    """A phone, signed in."""
    enter_as_patient(patient)
    watched_page.set_viewport_size({"width": 360, "height": 740})
    return watched_page


def act(page: Page, name: str) -> None:
    page.locator(".is-here").get_by_role("button", name=name, exact=True).click()


def else_(page: Page, name: str) -> None:
    page.locator(".is-here summary", has_text="Something else").click()
    page.locator(".is-here").get_by_role("button", name=name, exact=True).click()


def counts(patient: Patient, **dose) -> PrescribedExercise:
    """The first exercise is one without a hold, of this dose."""
    rows = PrescribedExercise.objects.filter(version__prescription__patient=patient).order_by("position")
    given = {"hold_s": None, "hold_most_s": None, "reps": 3, "reps_most": None, "sets": 2, "rest_s": 20}
    rows.filter(pk=rows[0].pk).update(**given | {"each_side": False, "side_order": "", **dose})
    return rows[0]


def begin(page: Page) -> None:
    page.goto("/session/")
    act(page, "Go on without saying")


# --- The counter ------------------------------------------------------------------------------------------
def test_the_counter_counts_taps_rounds_and_the_rest_between(page: Page, patient: Patient):
    counts(patient)
    page.clock.install()
    begin(page)
    area, number = page.locator(".is-here .counter-area"), page.locator(".is-here .counter-number")
    rounds = page.locator(".is-here .counter-set")
    expect(rounds).to_have_text("Round 1 of 2")
    area.click()
    area.click()
    expect(number).to_have_text("2")
    page.locator(".is-here [data-counter=less]").click()
    expect(number).to_have_text("1")
    area.click()
    area.click()
    expect(page.locator(".is-here .counter-phase")).to_have_text("Rest")
    page.clock.run_for(5_000)
    expect(number).to_have_text("15")
    page.locator(".is-here [data-counter=pause]").click()
    page.clock.run_for(60_000)
    expect(number).to_have_text("15")
    page.locator(".is-here [data-counter=pause]").click()
    page.clock.run_for(15_000)
    expect(rounds).to_have_text("Round 2 of 2")
    expect(number).to_have_text("0")
    area.focus()
    for _time in range(3):
        page.keyboard.press("Space")
    expect(page.locator(".is-here .counter-phase")).to_have_text("Well done")
    act(page, "Done")
    kept(page)


def test_it_counts_by_itself_where_a_tempo_gives_figures(page: Page, patient: Patient):
    """2-0-2 is four seconds a time, after five to get ready; each side in turn."""
    counts(patient, tempo_en="2-0-2", sets=1, rest_s=None, each_side=True, side_order="alternate", reps=2)
    page.clock.install()
    begin(page)
    number, phase = page.locator(".is-here .counter-number"), page.locator(".is-here .counter-phase")
    expect(phase).to_have_text("Get ready, right")
    page.clock.run_for(5_000)
    expect(phase).to_have_text("Counts by itself, right")
    page.clock.run_for(4_000)
    expect(number).to_have_text("1")
    expect(phase).to_have_text("Counts by itself, left")
    page.clock.run_for(12_000)
    expect(phase).to_have_text("Well done")


def test_done_needs_no_count(page: Page, patient: Patient):
    counts(patient)
    begin(page)
    expect(page.locator(".is-here .counter-area")).to_be_visible()
    act(page, "Done")
    expect(page.locator(".is-here .guided-count")).to_have_text("Exercise 2 of 6")
    kept(page)


def test_a_whole_session_with_every_timer_and_counter_to_its_end_takes_ten_taps(page: Page, patient: Patient):
    """Cat and cow, the last one, has no hold: it is the one that is counted, here by a tempo of ten seconds.

    No timer or counter of the six takes an hour.
    """
    last = PrescribedExercise.objects.filter(version__prescription__patient=patient).order_by("-position")[0]
    PrescribedExercise.objects.filter(pk=last.pk).update(tempo_en="5-0-5")
    page.clock.install()
    page.goto("/")
    tap = Taps(page)
    tap(page.get_by_role("link", name="Start").first)
    tap.pain("before", 3)
    for number in range(1, 7):
        expect(page.locator(".is-here .guided-count")).to_have_text(f"Exercise {number} of 6")
        page.clock.run_for(3_600_000)
        expect(page.locator(".is-here").get_by_text("Well done").first).to_be_visible()
        tap(page.locator(".is-here").get_by_role("button", name="Done", exact=True))
    tap.pain("after", 3)
    tap(page.get_by_role("button", name="No more than before"))
    expect(page.get_by_text("Saved. Thank you.")).to_be_visible()
    assert tap.count == 10


# --- Replies ----------------------------------------------------------------------------------------------
def test_each_reason_is_answered_without_a_tap_more(page: Page, patient: Patient):
    begin(page)
    reply = page.locator(".guided-reply")
    for number, (reason, words) in enumerate(
        {
            "No time": "one exercise is enough",
            "Not sure how": "Nobody has to guess",
            "I feel well without it": "Good to hear",
            "Pain": "A pull is expected",
            "Another reason": "write it in your own words",
        }.items(),
        start=2,
    ):
        else_(page, reason)
        expect(page.locator(".is-here .guided-count")).to_have_text(f"Exercise {number} of 6")
        expect(reply).to_contain_text(words)
    act(page, "Done")
    expect(reply).to_be_empty()
    kept(page)
    records = PracticeSession.objects.get(patient=patient).records.order_by("prescribed__position")
    reasons = ["no_time", "unsure", "feels_well", "pain", "other", ""]
    assert list(records.values_list("skip_reason", flat=True)) == reasons


def test_a_skip_is_undone_and_who_is_unsure_is_shown_it_again(page: Page, patient: Patient):
    begin(page)
    first = heading(page).inner_text()
    else_(page, "No time")
    page.get_by_role("button", name="That was a slip: undo").click()
    expect(heading(page)).to_have_text(first)
    kept(page)
    assert not PracticeSession.objects.get(patient=patient).records.exists()
    page.locator(".is-here summary", has_text="Something else").click()
    else_(page, "Not sure how")
    page.get_by_role("button", name="Show me again").click()
    expect(heading(page)).to_have_text(first)
    expect(page.locator(".is-here ol.steps").first).to_be_visible()
    kept(page)


# --- Pain before, and what was more -----------------------------------------------------------------------
def test_pain_before_is_kept_as_it_is_tapped(page: Page, patient: Patient):
    page.goto("/session/")
    Taps(page).pain("before", 4)
    expect(page.locator(".is-here .guided-count")).to_have_text("Exercise 1 of 6")
    kept(page)
    session = PracticeSession.objects.get(patient=patient)
    assert (session.pain_before, session.records.count(), session.finished_at) == (4, 0, None)
    page.goto("/")
    expect(page.get_by_text("What you said of your pain is kept.")).to_be_visible()


def test_which_and_where_is_asked_only_if_it_was_more(page: Page, patient: Patient):
    earlier = PracticeSession.objects.filter(patient=patient)
    page.goto("/session/")
    tap = Taps(page)
    tap.pain("before", 4)
    act(page, "Done")
    else_(page, "No time")
    for _number in range(4):
        act(page, "Done")
    tap.pain("after", 4)
    more = page.locator(".felt-more")
    tap.pain("during", 4)
    expect(more).to_be_hidden()
    tap.pain("during", 6)
    expect(more).to_be_visible()
    expect(more.locator("[data-of]:visible")).to_have_count(5)  # not the one that was skipped
    more.locator("[data-of]:visible").first.click()
    page.get_by_label("Back", exact=True).check()
    kept(page)
    assert earlier.get().records.filter(hurt_more=True).count() == 1
    tap.pain("during", 3)  # not more after all: what was said of that is not sent either
    kept(page)
    session = earlier.get()
    assert (session.pain_during, session.sites, session.records.filter(hurt_more=True).count()) == (3, [], 0)
    tap.pain("during", 6)
    page.get_by_role("button", name="No more than before").click()  # the last word counts
    expect(page.get_by_text("Saved. Thank you.")).to_be_visible()
    session.refresh_from_db()
    assert (session.pain_during, session.during_no_more, session.sites) == (None, True, [])


def test_the_same_places_as_last_time_and_a_question_on_the_way(page: Page, patient: Patient):
    page.goto("/session/")
    tap = Taps(page)
    tap.pain("before", 2)
    for _number in range(6):
        act(page, "Done")
    tap.pain("after", 3)
    tap.pain("during", 5)
    page.get_by_label("Buttock", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Thank you.")).to_be_visible()

    page.goto("/session/")
    asked = page.get_by_role("group", name=re.compile("Has it settled"))
    asked.get_by_text("Not yet").click()  # one tap, and it does not lead away
    expect(page.locator(".is-here[data-screen=before]")).to_be_visible()
    tap.pain("before", 2)
    for _number in range(6):
        act(page, "Done")
    tap.pain("after", 2)
    tap.pain("during", 4)
    page.get_by_role("button", name="Same as last time: Buttock").click()
    page.locator(".is-here summary", has_text="Words, or a question").click()
    page.get_by_label("In your own words").fill("Only the twist.")
    page.locator(".is-here").get_by_role("link", name="Ask the clinic").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask the clinic")
    page.get_by_role("link", name="Back to the session").click()
    expect(page.get_by_label("In your own words")).to_have_value("Only the twist.")
    expect(page.get_by_label("Buttock", exact=True)).to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Thank you.")).to_be_visible()
    first, second = PracticeSession.objects.filter(patient=patient).order_by("first_recorded_at")
    assert (first.settled, second.settled) == ("not_yet", "")
    assert (second.sites, second.words) == ([Site.BUTTOCK], "Only the twist.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_stands_beside_the_way_is_accessible(page: Page, patient: Patient, axe, scheme: str):
    """The question whether it settled, a counter, a reply, and what was more."""
    counts(patient)
    page.emulate_media(color_scheme=scheme)
    lines = PrescribedExercise.objects.filter(version__prescription__patient=patient)
    record_session(
        prescription=patient.prescriptions.get(),
        uid=uuid.uuid4(),
        practised_on=local_date(timezone.now(), patient.zone),
        answers=SessionAnswers(
            exercises=[ExerciseAnswer(lines[0].line, Outcome.DONE)],
            pain_before=2,
            pain_after=3,
            sites=[Site.BACK],
        ),
        now=timezone.now(),
        by=patient.user,
    )
    page.goto("/session/")
    page.get_by_text("Not yet").click()
    expect(page.locator(".guided-reply")).to_contain_text("Thank you for saying so")
    assert axe(page) == []
    tap = Taps(page)
    tap.pain("before", 2)
    expect(page.locator(".is-here .counter-area")).to_be_visible()
    assert axe(page) == []
    for reason in ("Pain", "Not sure how"):
        else_(page, reason)
        assert axe(page) == []
    for _number in range(4):
        act(page, "Done")
    tap.pain("after", 2)
    tap.pain("during", 5)
    page.locator(".is-here summary", has_text="Words, or a question").click()
    assert axe(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Thank you.")).to_be_visible()
    assert axe(page) == []
    page.goto("/progress/")
    page.locator("summary", has_text="The same as a table").click()
    assert axe(page) == []


# --- Who they are, and how they read ----------------------------------------------------------------------
def test_a_whole_session_by_keyboard_alone(page: Page, patient: Patient):
    counts(patient)
    page.goto("/session/")

    def press(name: str) -> None:
        button = page.locator(".is-here").get_by_role("button", name=name, exact=True)
        for _press in range(60):
            if button.evaluate("one => one === document.activeElement"):
                return page.keyboard.press("Enter")
            page.keyboard.press("Tab")
        raise AssertionError(f"{name} is not reached.")

    press("Go on without saying")
    for number in range(1, 7):
        expect(page.locator(".is-here .guided-count")).to_have_text(f"Exercise {number} of 6")
        press("Done")
    press("Go on without saying")
    press("No more than before")
    expect(page.get_by_text("Saved. Thank you.")).to_be_visible()
    assert PracticeSession.objects.get(patient=patient).records.count() == 6


def test_in_italian(page: Page, patient: Patient):
    patient.user.language = patient.language = "it"
    patient.user.save()
    patient.save()
    page.goto("/")
    if page.locator("html").get_attribute("lang") != "it":
        page.get_by_role("button", name="Italiano").click()
    expect(page.locator("html")).to_have_attribute("lang", "it")
    page.goto("/session/")
    tap = Taps(page)
    tap.pain("before", 3)
    with translation.override("it"):
        for number in range(1, 7):
            expect(page.locator(".is-here .guided-count")).to_have_text(f"Esercizio {number} di 6")
            act(page, _("Done"))
        tap.pain("after", 3)
        page.get_by_role("button", name=_("No more than before")).click()
        expect(page.get_by_text(_("Saved. Thank you."))).to_be_visible()
    assert PracticeSession.objects.get(patient=patient).finished_at


def fits(page: Page) -> None:
    """Nothing is wider than the window, and what is to be pressed can be seen whole and lies in it."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    wide = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter((one) => {
            const box = one.getBoundingClientRect();
            const inside = one.closest("svg, .visually-hidden, .scroll");
            return !inside && box.width && (box.right > 361 || box.left < -1);
        }).map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert wide == []
    cut = page.evaluate(
        """() => [...document.querySelectorAll("main .is-here .btn")].filter((one) =>
            one.offsetParent && one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent.trim())"""
    )
    assert cut == []


@pytest.mark.parametrize("language", ["en", "it"])
def test_with_text_at_twice_its_size_on_a_small_phone(page: Page, patient: Patient, language: str):
    counts(patient)
    patient.user.language = language
    patient.user.save()
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    page.goto("/")
    if page.locator("html").get_attribute("lang") != language:
        page.get_by_role("button", name={"it": "Italiano", "en": "English"}[language]).click()
    # As a browser's own setting of the text's size does: 32 px for what is 16 px.
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    page.goto("/session/")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    fits(page)
    tap = Taps(page)
    tap.pain("before", 3)
    for number in range(6):
        fits(page)
        done = page.locator(".is-here").get_by_role("button", name=DONE)
        assert done.evaluate("""one => { one.scrollIntoView({ block: "nearest" });
            const box = one.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }""")
        if number == 1:
            page.locator(".is-here .guided-else summary").click()
            fits(page)
            page.locator(".is-here [data-reason=pain]").click()
        elif number == 2:
            page.locator(".is-here [data-outcome=stopped]").click()
            fits(page)
            page.locator(".is-here [data-do=next]").click()
        else:
            done.click()
    tap.pain("after", 3)
    tap.pain("during", 6)
    fits(page)
    kept_words = page.locator(".guided-kept")
    expect(kept_words).not_to_be_empty()


def test_two_patients_on_one_sign_in_each_record_their_own(page: Page, patient: Patient, aurora):
    other = who_practises(aurora, given_name="Otto", email=patient.email, user=patient.user)

    def choose(who: Patient) -> None:
        page.goto("/choose/")
        page.get_by_role("button", name=re.compile(who.given_name)).click()

    for who, pain in ((patient, 3), (other, 6)):
        choose(who)
        page.goto("/session/")
        expect(page.locator(".whose")).to_contain_text(who.given_name)
        Taps(page).pain("before", pain)
        act(page, "Done")
        kept(page)
    # The first one's page is open in another tab, while the other one is chosen: it tells of the first one.
    choose(patient)
    page.goto("/session/")
    elsewhere = page.context.new_page()
    elsewhere.goto("/choose/")
    elsewhere.get_by_role("button", name=re.compile("Otto")).click()
    act(page, "Done")
    kept(page)
    told = {one.patient_id: one for one in PracticeSession.objects.all()}
    assert {pk: (one.pain_before, one.records.count()) for pk, one in told.items()} == {
        patient.pk: (3, 2),
        other.pk: (6, 1),
    }


# --- While the clinician adjusts --------------------------------------------------------------------------
def take_out_the_first(patient: Patient, by) -> None:
    prescription = patient.prescriptions.get()
    lines = lines_of_version(prescription.versions.order_by("-number")[0])
    adjust(
        prescription=prescription,
        lines=lines[1:],
        sessions_a_day=1,
        weekdays="1234567",
        by=by,
        now=timezone.now(),
    )


@pytest.mark.parametrize("begun", [False, True])
def test_the_programme_is_adjusted_meanwhile(page: Page, patient: Patient, aurora, begun: bool):
    """Before the first tap the new version holds from today on, after it from tomorrow on: in both nothing is
    lost, and what was on the page is kept as it was done."""
    page.goto("/session/")
    tap = Taps(page)
    if begun:
        tap.pain("before", 3)
        act(page, "Done")
        kept(page)
    take_out_the_first(patient, aurora.clinician)
    if not begun:
        tap.pain("before", 3)
    for _number in range(5 if begun else 6):
        act(page, "Done")
    kept(page)
    tap.pain("after", 3)
    page.get_by_role("button", name="No more than before").click()
    expect(page.get_by_text("Saved. Thank you.")).to_be_visible()
    assert page.get_by_text("Your programme was changed meanwhile").count() == (not begun)
    session = PracticeSession.objects.get(patient=patient)
    assert (session.version.number, session.records.count()) == (1, 6)
