"""The worklist's page: what waits, most urgent first, and nothing leaves it without an outcome."""

import datetime as dt

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from clinic.models import Event
from clinic.scoping import Role
from patients.clinic_pages import worklist
from patients.models import ExerciseStop, Review, WorkItem, WorkItemEntry
from patients.vocabulary import URGENCY, Alert, WorkKind
from tests.factories import (
    CareTeamMemberFactory,
    PracticeSessionFactory,
    SkippedDayFactory,
    WorkItemEntryFactory,
    WorkItemFactory,
)
from tests.patients.clinic_pages import client_of, member
from tests.patients.pages import text
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db
WORKLIST = "/admin/worklist/"


@pytest.fixture
def trial(time_machine) -> Scenario:
    """Day 5, Friday: an exercise was stopped on day 4."""
    trial = Scenario("AB")
    trial.practises(1, 3)
    trial.records(4, done="A", stopped="B", before=3, after=5, words="It pulled into the leg.")
    time_machine.move_to(trial.at(5, "10:00"), tick=False)
    return trial


@pytest.fixture
def item(trial) -> WorkItem:
    (waiting,) = trial.open_work()
    return waiting


def sent(name: str, item: WorkItem, client, **data):
    return client.post(reverse(f"admin:work_{name}", args=[item.pk]), data)


def test_it_is_the_landing_page_and_counts_what_waits(trial, item):
    page = client_of(trial.clinician).get("/admin/", follow=True)
    assert page.redirect_chain == [(WORKLIST, 302)]
    assert '<span class="number">1</span>' in page.content.decode()


def test_a_row_says_who_what_when_and_what_the_patient_said(trial, item):
    said = text(client_of(trial.clinician).get(WORKLIST))
    for part in (
        f"{trial.patient}: Stop or pain alert",
        "Overdue: Thu 5 Mar",
        str(trial.clinician),
        "An exercise was stopped for pain",
        "before 3",
        "right after 5",
        "It pulled into the leg.",
        trial.lines["B"].exercise.name,
    ):
        assert part in said


def test_most_urgent_first(trial, item):
    trial.reports_emergency(4)
    said = text(client_of(trial.clinician).get(WORKLIST))
    assert said.index("Emergency sign reported") < said.index("Stop or pain alert")
    assert "Pain, numbness or weakness in both legs" in said


def test_mine_are_those_that_i_own_and_those_of_nobody(trial, item):
    other = member(trial, Role.CLINICIAN)
    assert "One more waits for a colleague" in text(client_of(other).get(WORKLIST))
    assert str(trial.patient) in text(client_of(other).get(WORKLIST, {"who": "all"}))
    WorkItem.objects.filter(pk=item.pk).update(owner=None)
    assert "Nobody's yet" in text(client_of(other).get(WORKLIST))


def test_mine_is_what_concerns_a_patient_of_my_care_team_too(trial, item):
    other = CareTeamMemberFactory(patient=trial.patient).user
    CareTeamMemberFactory(patient=trial.patient)  # a third one: the row stands there once
    page = text(client_of(other).get(WORKLIST))
    assert page.count(f"{trial.patient}: Stop or pain alert") == 1
    assert str(trial.clinician) in page
    assert "waits for a colleague" not in page
    stranger = CareTeamMemberFactory(patient=Scenario("A").patient).user
    assert str(trial.patient) not in text(client_of(stranger).get(WORKLIST))


def test_a_manager_looks_at_everything_first(trial, item):
    assert str(trial.patient) in text(client_of(member(trial, Role.MANAGER)).get(WORKLIST))


def test_another_clinics_work_is_nobodys_business(trial, item):
    stranger = Scenario("A")
    page = client_of(stranger.clinician).get(WORKLIST, {"who": "all"})
    assert str(trial.patient) not in text(page)
    for name in ("acknowledge", "hand_over", "close"):
        assert sent(name, item, client_of(stranger.clinician), outcome="x").status_code == 404
    item.refresh_from_db()
    assert item.closed_at is item.acknowledged_at is None


def test_taking_it(trial, item):
    answer = sent("acknowledge", item, client_of(trial.clinician), next=WORKLIST + "?who=all")
    item.refresh_from_db()
    assert item.acknowledged_by == trial.clinician
    assert answer["Location"] == WORKLIST + "?who=all"
    assert f"Seen by {trial.clinician}" in text(client_of(trial.clinician).get(WORKLIST))


def test_the_way_back_leads_to_pages_of_ours_alone(trial, item):
    answer = sent("acknowledge", item, client_of(trial.clinician), next="https://elsewhere.example/")
    assert answer["Location"] == WORKLIST


def test_handing_over(trial, item):
    other = member(trial, Role.CLINICIAN)
    sent("hand_over", item, client_of(trial.clinician), to=other.pk)
    item.refresh_from_db()
    assert item.owner == other


@pytest.mark.parametrize("to", ["", "0", "abc", "front desk", "stranger"])
def test_handing_over_to_somebody_who_does_not_treat_here_is_refused(to, trial, item):
    people = {
        "front desk": lambda: member(trial, Role.FRONT_DESK).pk,
        "stranger": lambda: Scenario("A").clinician.pk,
    }
    answer = sent("hand_over", item, client_of(trial.clinician), to=people[to]() if to in people else to)
    assert answer.status_code == 400
    item.refresh_from_db()
    assert item.owner == trial.clinician


def test_closing_needs_an_outcome(trial, item):
    client = client_of(trial.clinician)
    for data in ({}, {"outcome": "  "}):
        answer = sent("close", item, client, **data)
        assert answer.status_code == 400
        assert "This field is required" in text(answer)
    sent("close", item, client, outcome="Called: shown again in the clinic.")
    item.refresh_from_db()
    assert (item.closed_by, item.outcome) == (trial.clinician, "Called: shown again in the clinic.")
    assert "Nothing waits for you" in text(client.get(WORKLIST))


def test_what_a_colleague_has_closed_is_said(trial, item):
    client = client_of(trial.clinician)
    sent("close", item, client, outcome="Called.")
    for name in ("close", "acknowledge", "hand_over"):
        answer = client.post(reverse(f"admin:work_{name}", args=[item.pk]), {"outcome": "Late."}, follow=True)
        assert "Somebody has closed this already" in text(answer)
    item.refresh_from_db()
    assert item.outcome == "Called."


def test_a_refused_form_is_shown_though_the_item_is_a_colleagues(trial, item):
    other = member(trial, Role.CLINICIAN)
    answer = sent("close", item, client_of(other))
    assert answer.status_code == 400
    assert "This field is required" in text(answer)


def test_an_emergency_is_closed_by_clearing_it(trial):
    trial.reports_emergency(4)
    (emergency,) = trial.open_work(WorkKind.EMERGENCY)
    client = client_of(trial.clinician)
    answer = sent("close", emergency, client, outcome="Spoke to her.")
    assert answer.status_code == 400
    assert "Clear the emergency sign: that closes it." in text(answer)
    emergency.refresh_from_db()
    assert emergency.closed_at is None


def test_a_review_is_closed_by_signing_it(trial, time_machine):
    time_machine.move_to(trial.at(21, "10:00"), tick=False)
    trial.scheduler_runs(21)
    (waiting,) = trial.open_work(WorkKind.REVIEW)
    answer = sent("close", waiting, client_of(trial.clinician), outcome="Later.")
    assert answer.status_code == 400
    assert "Sign the review: that closes it." in text(answer)
    assert Review.objects.unsigned().count() == 1


def test_resuming_from_the_worklist(trial, item):
    address = reverse("admin:prescription_resume", args=[trial.pk])
    answer = client_of(trial.clinician).post(address, {"line": trial.line("B"), "next": WORKLIST})
    assert answer["Location"] == WORKLIST
    assert ExerciseStop.objects.get().resumed_by == trial.clinician
    assert Event.objects.filter(verb="resumed", actor=trial.clinician).count() == 1
    item.refresh_from_db()
    assert item.closed_at is None  # resumed is not yet an outcome


# --- A silence ------------------------------------------------------------------------------------------
@pytest.fixture
def quiet(time_machine) -> Scenario:
    """Silent since day 1, so on the list since Monday, day 8; it is Tuesday, day 9."""
    quiet = Scenario("AB")
    quiet.practises(1, 1)
    quiet.patient.phone = "+39 333 1234567"
    quiet.patient.save()
    quiet.morning(8)
    time_machine.move_to(quiet.at(9, "10:00"), tick=False)
    return quiet


def test_a_silence_says_since_when_and_whom_to_ring(quiet):
    answer = client_of(quiet.clinician).get(WORKLIST)
    said = text(answer)
    assert f"{quiet.patient}: Silent" in said
    assert "No word on several due days running: nothing since Mon 2 Mar" in said
    assert 'href="tel:+393331234567"' in answer.content.decode()
    assert answer.context["rows"][0].close.initial["outcome"] == ""


def test_not_begun_says_so(time_machine):
    trial = Scenario("A", start=None)
    trial.morning(5)
    time_machine.move_to(trial.at(5, "10:00"), tick=False)
    said = text(client_of(trial.clinician).get(WORKLIST))
    assert f"{trial.patient}: Not begun yet" in said
    assert "A programme was given, and no session is recorded" in said
    assert "There is no phone number." in said


def test_what_has_become_of_it_is_said_and_is_the_usual_outcome(quiet, time_machine):
    quiet.records(7, told_on=9, at="11:00", done="A")
    quiet.records(9, at="12:00", done="A")
    SkippedDayFactory(prescription=quiet.prescription, skipped_on=quiet.date(6), made_at=quiet.at(9, "12:00"))
    quiet.pauses(10, 13, told_on=9)
    time_machine.move_to(quiet.at(11, "10:00"), tick=False)
    client = client_of(quiet.clinician)
    [row] = client.get(WORKLIST).context["rows"]
    expected = [
        "Has recorded again: practice of Tue 10 March.",
        "Has said why there was no practice on Sat 7 March.",
        "The programme is paused until Sat 14 March.",
    ]
    assert row.since == expected
    sent("close", row.item, client, **row.close.initial)
    item = WorkItem.objects.get(pk=row.item.pk)
    assert (item.closed_by, item.outcome) == (quiet.clinician, " ".join(expected))


def test_what_was_told_before_it_was_asked_about_is_no_news(quiet):
    """Of a second silence, what came between the two says nothing any more."""
    quiet.records(9, at="09:30", done="A")
    (item,) = quiet.open_work()
    WorkItemEntryFactory(
        item=item,
        at=quiet.at(9, "09:45"),
        what="silent",
        session=None,
        quiet_since=quiet.date(9),
    )
    [row] = client_of(quiet.clinician).get(WORKLIST).context["rows"]
    assert row.since == []


def test_a_suspended_programme_says_so_beside_its_silence(quiet):
    quiet.reports_emergency(9, at="09:00")
    rows = client_of(quiet.clinician).get(WORKLIST).context["rows"]
    assert [row.item.kind for row in rows] == ["emergency", "silent"]
    assert rows[1].since == ["The programme is suspended: an emergency sign was reported."]


# --- Many ---------------------------------------------------------------------------------------------
KINDS = [kind for kind in WorkKind if kind not in {WorkKind.STOP, WorkKind.EMERGENCY}]


def many(trial: Scenario, count: int) -> list[WorkItem]:
    """So many items of `trial`'s clinician, ten of each patient, each with an event."""
    made: list[WorkItem] = []
    entries: list[WorkItemEntry] = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        if number % len(KINDS) == 0:
            session = PracticeSessionFactory(prescription__patient__clinic=trial.clinic)
        item = WorkItemFactory.build(
            prescription=session.prescription, kind=kind, owner=trial.clinician, due_on=trial.date(5)
        )
        is_quiet = kind in {WorkKind.SILENT, WorkKind.NOT_STARTED}
        about = {"quiet_since": trial.date(1)} if is_quiet else {"session": session}
        what = kind.value if is_quiet else Alert.PAIN_SKIP
        made.append(item)
        entries.append(WorkItemEntry(item=item, at=item.opened_at, what=what, due_on=item.due_on, **about))
    WorkItem.objects.bulk_create(made)
    WorkItemEntry.objects.bulk_create(entries)
    return made


def queries_of(client, **asked) -> int:
    with CaptureQueriesContext(connection) as counted:
        assert client.get(WORKLIST, asked).status_code == 200
    return len(counted)


def test_as_many_queries_for_ten_items_as_for_five_hundred(trial, item):
    client = client_of(trial.clinician)
    many(trial, 10)
    for asked in ({"who": "all"}, {"who": "mine"}, {"who": "all", "kind": "silent"}):
        queries_of(client, **asked)
    few, of_mine, of_one_kind = (
        queries_of(client, **asked) for asked in ({"who": "all"}, {"who": "mine"}, {"kind": "silent"})
    )
    many(trial, 490)
    # A page has fifty of a kind or two there, and asks nothing about the other kinds: it is never more.
    assert max(queries_of(client, who="all", page=str(number)) for number in range(1, 12)) <= few
    assert max(queries_of(client, who="mine", page=str(number)) for number in (1, 6, 11)) <= of_mine
    assert queries_of(client, kind="silent") == of_one_kind


def test_fifty_a_page_in_one_order(trial, item):
    made = {one.pk for one in many(trial, 119)} | {item.pk}
    client = client_of(trial.clinician)
    pages = [client.get(WORKLIST, {"page": number}) for number in (1, 2, 3)]
    shown = [[row.item.pk for row in one.context["rows"]] for one in pages]
    assert [len(one) for one in shown] == [50, 50, 20]
    assert {pk for one in shown for pk in one} == made
    assert shown[0][0] == item.pk  # the stop
    assert "Page 2 of 3" in text(pages[1])
    for number in ("0", "99", "x", ""):
        answer = client.get(WORKLIST, {"page": number})
        assert (answer.status_code, len(answer.context["rows"])) == (200, 50 if number in {"x", ""} else 20)


def test_by_kind_with_how_many_there_are(trial, item):
    many(trial, 20)
    client = client_of(trial.clinician)
    every = client.get(WORKLIST)
    found = [(kind, count) for kind, _label, count in every.context["kinds"]]
    assert found == [(WorkKind.STOP, 1), *((kind, 2) for kind in URGENCY if kind in KINDS)]
    assert "All 21" in text(every)
    silent = client.get(WORKLIST, {"who": "all", "kind": "silent"})
    assert [row.item.kind for row in silent.context["rows"]] == ["silent"] * 2
    assert len(silent.context["kinds"]) == len(every.context["kinds"])
    WorkItem.objects.filter(kind="silent").update(
        closed_at=trial.at(5), closed_by=trial.clinician, outcome="Phoned."
    )
    assert "Nothing of this kind waits." in text(client.get(WORKLIST, {"kind": "silent"}))
    assert len(client.get(WORKLIST, {"kind": "nonsense"}).context["rows"]) == 19


def test_a_refused_form_is_shown_on_its_page_of_its_list(trial, item):
    last = many(trial, 119)
    client = client_of(trial.clinician)
    rows = client.get(WORKLIST, {"page": 3}).context["rows"]
    here = client.get(WORKLIST, {"page": 3}).context["here"]
    assert here == WORKLIST + "?who=mine&page=3"
    refused = sent("close", rows[-1].item, client, next=here)
    assert refused.status_code == 400
    assert (refused.context["here"], refused.context["part"].mine) == (here, True)
    [mended] = [row for row in refused.context["rows"] if row.opened]
    assert (mended.item, mended.opened) == (rows[-1].item, "close")
    assert "This field is required" in text(refused)
    # Of one kind, too; and where the list does not have it, among everybody's.
    silent = next(one for one in last if one.kind == "silent")
    refused = sent("close", silent, client, next=WORKLIST + "?who=mine&kind=silent")
    assert refused.context["here"] == WORKLIST + "?who=mine&kind=silent&page=1"
    refused = sent("close", silent, client, next=WORKLIST + "?who=mine&kind=wish")
    assert refused.context["part"].query == "who=all"
    assert [row.item for row in refused.context["rows"] if row.opened] == [silent]
    other = client_of(member(trial, Role.CLINICIAN))
    refused = sent("hand_over", silent, other, next=WORKLIST + "?who=mine")
    assert (refused.status_code, refused.context["part"].mine) == (400, False)
    assert [row.item for row in refused.context["rows"] if row.opened] == [silent]


def test_the_count_in_the_menu_is_one_query_beside_who_is_away(trial, item, django_assert_num_queries):
    many(trial, 60)
    user = trial.clinician
    assert Role.CLINICIAN in user.roles  # asked once for each request
    with django_assert_num_queries(2):
        assert worklist.open_count(user) == 61


@pytest.mark.parametrize(("language", "said"), [("en", "Thu 26 Nov"), ("it", "gio 26 nov")])
def test_short_dates_are_written_as_the_language_does(language, said):
    template = Template('{% load short_dates %}{{ day|date:"D j M"|in_line }}')
    with translation.override(language):
        assert template.render(Context({"day": dt.date(2026, 11, 26)})) == said
