"""Outcomes as a file: one row a review, the programmes that ended, how it is counted."""

import pytest
import tablib

from clinic.models import Event
from clinic.scoping import Role
from tests.patients.clinic_pages import client_of, member
from tests.patients.four_reviewed import four_reviewed
from tests.patients.scenario import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(time_machine) -> list[Scenario]:
    return four_reviewed(time_machine)


def test_one_row_a_review_with_the_ended_programmes_and_the_definitions(house):
    patient = house[0].patient
    patient.family_name = "=1+1"
    patient.save()
    client = client_of(house[0].clinician)
    answer = client.get("/admin/reports/outcomes.xlsx")
    assert "no-store" in answer["Cache-Control"]
    book = tablib.Databook().load(answer.content, format="xlsx")
    reviewed, ended, definitions = book.sheets()
    assert [sheet.title for sheet in book.sheets()] == ["Reviews", "Ended programmes", "Definitions"]
    assert len(reviewed) == 4
    (row,) = [row for row in reviewed.dict if row["Surname"] == "'=1+1"]
    assert {name: row[name] for name in reviewed.headers[6:]} == {
        "Review": 1,
        "Reached": "2026-03-22",
        "Signed": "2026-03-23",
        "Days to the signature": 1,
        "Was it useful?": "Useful",
        "Pain at the start": 6,
        "Pain at the review": 3,
        "Change of pain": -3,
        "Adherence seen (%)": 100,
        "Decision": "Continue",
    }
    (row,) = ended.dict
    assert (row["Ended"], row["Why it ended"]) == ("2026-03-23", "Improved")
    assert any("never as nought" in str(line[0]) for line in definitions)
    assert Event.objects.filter(verb="exported", object_type="clinic.Clinic").count() == 1


def test_as_csv_one_block_below_the_other(house):
    written = client_of(house[0].clinician).get("/admin/reports/outcomes.csv").content.decode("utf-8-sig")
    blocks = written.split("\r\n\r\n")
    assert [len(block.strip().splitlines()) for block in blocks[:2]] == [5, 2]
    assert "How this is counted" in blocks[2]
    assert ",5,5,0,43,Continue" in blocks[0]


def test_the_file_is_of_what_was_asked_and_of_nobody_else(house, a_stranger):
    client = client_of(house[0].clinician)
    one = client.get("/admin/reports/outcomes.csv", {"program": house[0].prescription.program_id})
    assert house[0].patient.given_name in one.content.decode()
    assert house[1].patient.given_name not in one.content.decode()
    assert client.get("/admin/reports/outcomes.csv", {"first": "x"}).status_code == 404
    assert client.get("/admin/reports/outcomes.exe").status_code == 404
    outside = client_of(member(house[0], Role.FRONT_DESK))
    assert outside.get("/admin/reports/outcomes.csv").status_code == 404
