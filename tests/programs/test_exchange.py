"""The library as a table: what an import would do, does, and refuses; what an export holds."""

import io
import json

import pytest
import tablib
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from clinic.models import Event
from programs.exchange.importing import plan_import
from programs.exchange.tables import bare, read_table, safe
from programs.models import Exercise
from tests.factories import ExerciseFactory
from tests.patients.pages import text

pytestmark = pytest.mark.django_db
IMPORT = "/admin/library/import/"
HEAD = "name_en,plain_name_en,steps_en,kind,starting_position"
GOOD = "Pelvic tilt,Pelvis rock,Rock.,mobilisation,supine"


@pytest.fixture
def clinician(aurora, as_staff):
    return as_staff(aurora.clinician)


def upload(client, content: str | bytes, name: str = "table.csv", **data):
    raw = content.encode() if isinstance(content, str) else content
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, raw), "into": "aurora", **data})


def confirm(client, answer):
    return client.post(IMPORT, {"token": answer.context["token"]})


def fates(answer) -> list[tuple[int, str]]:
    return [(fate.line, fate.kind) for fate in answer.context["plan"].fates]


# --- A look first ----------------------------------------------------------------------------------------
def test_nothing_is_written_before_it_was_looked_at(clinician, aurora):
    answer = upload(clinician, f"{HEAD}\n{GOOD}\n")
    assert answer.status_code == 200
    assert fates(answer) == [(2, "new")]
    assert "Nothing has been written yet" in text(answer)
    assert not Exercise.objects.filter(name_en="Pelvic tilt").exists()
    assert confirm(clinician, answer).status_code == 302
    made = Exercise.objects.get(name_en="Pelvic tilt")
    assert (made.clinic, made.key, made.status) == (aurora.clinic, "pelvic-tilt", "draft")
    assert "pelvis rock" in made.search
    assert Event.objects.filter(verb="added", object_id=str(made.pk), actor=aurora.clinician).count() == 1


def test_after_an_import_its_drafts_are_seen(clinician, aurora):
    answer = clinician.post(
        IMPORT, {"token": upload(clinician, f"{HEAD}\n{GOOD}\n").context["token"]}, follow=True
    )
    assert "1 exercise imported. What is new is a draft" in text(answer)
    assert [card["exercise"].name_en for card in answer.context["cards"]] == ["Pelvic tilt"]


def test_after_an_import_without_drafts_the_library_is_seen(clinician, aurora):
    ExerciseFactory(clinic=aurora.clinic, key="ours", reps=3)
    answer = confirm(clinician, upload(clinician, "key,reps\nours,5\n"))
    assert answer["Location"] == "/admin/library/"


def test_confirmed_twice_it_is_done_once(clinician):
    answer = upload(clinician, f"{HEAD}\n{GOOD}\n")
    confirm(clinician, answer)
    again = clinician.post(IMPORT, {"token": answer.context["token"]}, follow=True)
    assert "choose the file again" in text(again)
    assert Exercise.objects.filter(name_en="Pelvic tilt").count() == 1


def test_what_waits_is_its_owners_alone(clinician, as_staff, bora):
    token = upload(clinician, f"{HEAD}\n{GOOD}\n").context["token"]
    as_staff(bora.clinician).post(IMPORT, {"token": token})
    assert not Exercise.objects.filter(name_en="Pelvic tilt").exists()


def test_a_row_with_a_key_changes_what_it_says_and_nothing_else(clinician, aurora):
    ours = ExerciseFactory(
        clinic=aurora.clinic,
        key="ours",
        name_en="Ours",
        reps=3,
        dose_sources={"reps": "text"},
        kind="stretch",
    )
    answer = upload(clinician, "key,reps,kind\nours,5,\n")
    assert fates(answer) == [(2, "changed")]
    assert answer.context["plan"].fates[0].changes == ["Repetitions"]
    confirm(clinician, answer)
    ours.refresh_from_db()
    assert (ours.reps, ours.kind, ours.name_en) == (5, "stretch", "Ours")
    assert ours.dose_sources["reps"] == "clinician"
    assert fates(upload(clinician, "key,reps\nours,5\n")) == [(2, "same")]


def test_an_export_comes_back_as_it_is(clinician, aurora):
    ExerciseFactory(
        clinic=aurora.clinic, key="ours", equipment=["mat", "strap"], precautions=["hernia"], figure="cat-cow"
    )
    for kind in ("csv", "xlsx", "json"):
        answer = clinician.get(f"/admin/library/export/{kind}/?whose=own")
        again = upload(clinician, answer.content, f"exercises.{kind}")
        assert {fate.kind for fate in again.context["plan"].fates} == {"same"}, kind


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_our_own_copy_and_the_shared_original_come_back_as_they_are(kind, clinician, aurora):
    """Both have the same key: each row is known by whose it is."""
    original = ExerciseFactory(key="pelvic-tilt", name_en="Pelvic tilt", reps=3)
    clinician.post(f"/admin/library/{original.pk}/copy/")
    ours = Exercise.objects.get(clinic=aurora.clinic, key="pelvic-tilt")
    Exercise.objects.filter(pk=ours.pk).update(reps=7, status="published")
    content = clinician.get(f"/admin/library/export/{kind}/").content
    answer = upload(clinician, content, f"exercises.{kind}")
    assert [fate.kind for fate in answer.context["plan"].fates if fate.name == "Pelvic tilt"] in (
        ["same", "not_ours"],
        ["not_ours", "same"],
    )
    assert {fate.kind for fate in answer.context["plan"].fates} == {"same", "not_ours"}
    assert "not changed here" in text(answer)
    assert "There is nothing to import." in text(answer)


def test_what_is_shared_is_told_and_changes_nothing(clinician, aurora):
    original = ExerciseFactory(key="pelvic-tilt", name_en="Pelvic tilt", reps=3)
    ours = ExerciseFactory(clinic=aurora.clinic, key="pelvic-tilt", name_en="Our tilt", reps=7)
    answer = upload(clinician, "key,whose,reps\npelvic-tilt,shared,4\npelvic-tilt,aurora,8\n")
    assert fates(answer) == [(2, "not_ours"), (3, "changed")]
    confirm(clinician, answer)
    original.refresh_from_db()
    ours.refresh_from_db()
    assert (original.reps, ours.reps, ours.name_en) == (3, 8, "Our tilt")
    assert Exercise.objects.filter(key="pelvic-tilt").count() == 2


def test_another_clinics_row_never_changes_ours(clinician, aurora):
    ours = ExerciseFactory(clinic=aurora.clinic, key="ours", reps=3)
    answer = upload(
        clinician, f"{HEAD},key,whose,reps\n{GOOD},ours,bora,9\nSide bend,Bend,B.,stretch,standing,k,bora,9\n"
    )
    assert fates(answer) == [(2, "not_ours"), (3, "new")]
    confirm(clinician, answer)
    ours.refresh_from_db()
    assert ours.reps == 3
    assert Exercise.objects.get(key="k").clinic == aurora.clinic


def test_a_file_of_old_does_not_say_whose_its_rows_are(clinician, aurora):
    ExerciseFactory(key="shared-one", name_en="Shared one")
    ExerciseFactory(key="both", name_en="Both")
    ours = ExerciseFactory(clinic=aurora.clinic, key="both", reps=3)
    assert fates(upload(clinician, "key,reps\nshared-one,5\nboth,5\n")) == [(2, "not_ours"), (3, "changed")]
    answer = upload(clinician, "key,reps\nboth,5\nboth,3\n")
    assert fates(answer) == [(2, "wrong"), (3, "wrong")], "one of them is the shared one, but which?"
    assert "Another row has this key, too." in text(answer)
    confirm(clinician, answer)
    ours.refresh_from_db()
    assert ours.reps == 3


def test_an_operator_changes_what_is_shared_and_no_clinics_own(cast, as_staff):
    client = as_staff(cast.operator)
    shared = ExerciseFactory(key="k", reps=3)
    answer = upload(client, "key,whose,reps\nk,shared,5\nk,aurora,6\n", into="shared")
    assert fates(answer) == [(2, "changed"), (3, "not_ours")]
    confirm(client, answer)
    shared.refresh_from_db()
    assert shared.reps == 5


# --- What is wrong is told at its line ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Pelvic tilt,,Rock.,mobilisation,supine", "Patient's name, English: This field cannot be blank."),
        ("Pelvic tilt,Pelvis rock,Rock.,dance,supine", "Kind: Value 'dance' is not a valid choice."),
        ("Pelvic tilt,Pelvis rock,Rock.,mobilisation,", "Starting position: This field cannot be blank."),
        ("Pelvic tilt", "Patient's name, English: This field cannot be blank."),
        (f"{'x' * 121},Pelvis rock,Rock.,mobilisation,supine", "at most 120 characters"),
    ],
)
def test_a_broken_row_is_told_and_the_others_go_in(row, said, clinician):
    answer = upload(clinician, f"{HEAD}\n{row}\nSide bend,Bend,Bend.,stretch,standing\n")
    assert fates(answer) == [(2, "wrong"), (3, "new")]
    assert said in text(answer)
    confirm(clinician, answer)
    assert not Exercise.objects.filter(name_en__startswith="Pelvic").exists()
    assert Exercise.objects.filter(name_en="Side bend").exists()


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("reps", "many", "Repetitions"),
        ("reps", "0", "Repetitions"),
        ("hold_s", "601", "Hold (s)"),
        ("equipment", "mat|strap", "Choose from the list."),
        ("figure", "handstand", "There is no such figure."),
        ("video_url", "javascript:alert(1)", "Enter a valid URL."),
        ("key", "Not A Key", "Key"),
    ],
)
def test_a_wrong_cell_is_told_by_its_column(column, cell, said, clinician):
    answer = upload(clinician, f"{HEAD},{column}\n{GOOD},{cell}\n")
    assert fates(answer) == [(2, "wrong")]
    assert said in text(answer)


def test_names_and_keys_that_are_there_already_are_told(clinician, aurora):
    ExerciseFactory(name_en="Glute bridge", key="glute-bridge")
    rows = [
        "Glúte BRIDGE,x,y,stretch,supine,",
        "New,x,y,stretch,supine,",
        "NEW,x,y,stretch,supine,",
        "A,x,y,stretch,supine,k",
        "B,x,y,stretch,supine,k",
    ]
    answer = upload(clinician, f"{HEAD},key\n" + "\n".join(rows))
    assert fates(answer) == [(2, "wrong"), (3, "new"), (4, "wrong"), (5, "new"), (6, "wrong")]
    assert "its key is glute-bridge" in text(answer)
    assert "Another row has this key, too." in text(answer)


def test_columns_that_nobody_reads_are_named(clinician):
    assert "Nobody reads these columns: colour" in text(upload(clinician, f"{HEAD},colour\n{GOOD},red\n"))


# --- Files as spreadsheets make them ------------------------------------------------------------------------
@pytest.mark.parametrize(
    "data",
    [
        f"{HEAD}\nCosì,Ponte,Sì.,stretch,supine\n".encode(),
        f"\ufeff{HEAD}\r\nCosì,Ponte,Sì.,stretch,supine\r\n".encode(),
        f"{HEAD}\nCosì,Ponte,Sì.,stretch,supine\n".replace(",", ";").encode("latin-1"),
        f"{HEAD}\nCosì,Ponte,Sì.,stretch,supine\n\n,,,,\n".replace(",", "\t").encode(),
        b" NAME_EN,Plain_name_en,steps_en,kind,starting_position\n"
        + "Così,Ponte,Sì.,stretch,supine".encode(),
    ],
    ids=["utf-8", "with a mark", "semicolons, latin-1", "tabs, empty rows", "capitals and spaces"],
)
def test_a_csv_is_read_as_it_comes(data, clinician):
    answer = upload(clinician, data)
    assert fates(answer) == [(2, "new")]
    assert answer.context["plan"].fates[0].name == "Così"


def test_cells_with_line_breaks_and_quotes(clinician):
    answer = upload(clinician, f'{HEAD}\n"Tilt, ""soft""",Rock,"One.\nTwo.",stretch,supine\n')
    confirm(clinician, answer)
    assert Exercise.objects.get(name_en='Tilt, "soft"').steps_en == "One.\nTwo."


def test_other_line_breaks_stay_in_their_cell(clinician):
    """What word processors use for a new line, or a page, is no end of a row."""
    plan = upload(clinician, f"{HEAD}\nTilt,Rock,One.\u2028Two.\x0bThree.\x85,stretch,supine\n")
    confirm(clinician, plan)
    assert Exercise.objects.get(name_en="Tilt").steps_en.startswith("One.\u2028Two.")


def test_control_characters_do_not_stop_an_export(clinician, aurora):
    ExerciseFactory(clinic=aurora.clinic, name_en="Ours", steps_en="One.\x0bTwo.")
    content = clinician.get("/admin/library/export/xlsx/?whose=own").content
    cells = [cell.value for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
    assert "One.Two." in cells


def test_an_xlsx_with_numbers(clinician):
    book, out = Workbook(), io.BytesIO()
    book.active.append([*HEAD.split(","), "reps"])
    book.active.append([*GOOD.split(","), 8])
    book.save(out)
    answer = upload(clinician, out.getvalue(), "table.XLSX")
    confirm(clinician, answer)
    assert Exercise.objects.get(name_en="Pelvic tilt").reps == 8


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF", "Choose a CSV, XLSX or JSON file."),
        ("a.csv", b"name_en\n", "There are no rows"),
        ("a.csv", b"\x00\x01", "There are no rows"),
        ("a.csv", b"a,a\n1,2\n", "Two columns have the same name."),
        ("a.xlsx", b"not a zip", "cannot be read as a table"),
        ("a.json", b"{", "cannot be read as a table"),
        ("a.json", b"7", "cannot be read as a table"),
        ("a.csv", b"key\n" + b"x\n" * 5001, "At most 5,000 rows"),
        ("a.csv", b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        ("a.csv", b"", "empty"),
    ],
)
def test_a_file_that_is_no_table_is_refused_at_its_field(name, content, said, clinician):
    answer = upload(clinician, content, name)
    assert answer.status_code == 400
    assert said in text(answer)


def test_a_bomb_is_refused(clinician, monkeypatch):
    monkeypatch.setattr("programs.exchange.tables.MOST_UNPACKED", 100)
    out = io.BytesIO()
    Workbook().save(out)
    assert "cannot be read as a table" in text(upload(clinician, out.getvalue(), "a.xlsx"))


# --- Who, and whose -------------------------------------------------------------------------------------
def test_only_into_a_clinic_where_one_treats(clinician, bora):
    answer = upload(clinician, f"{HEAD}\n{GOOD}\n", into=bora.clinic.slug)
    assert answer.status_code == 400
    answer = upload(clinician, f"{HEAD}\n{GOOD}\n", into="shared")
    assert answer.status_code == 400


def test_an_operator_imports_what_all_share(cast, as_staff):
    client = as_staff(cast.operator)
    confirm(client, upload(client, f"{HEAD}\n{GOOD}\n", into="shared"))
    assert Exercise.objects.get(name_en="Pelvic tilt").clinic is None


def test_another_clinics_key_is_nobodys_here(clinician, bora):
    theirs = ExerciseFactory(clinic=bora.clinic, key="theirs", name_en="Theirs")
    answer = upload(clinician, f"{HEAD},key\n{GOOD},theirs\n")
    assert fates(answer) == [(2, "new")]
    confirm(clinician, answer)
    theirs.refresh_from_db()
    assert theirs.name_en == "Theirs"


def test_the_front_desk_and_patients_neither_import_nor_export(aurora, as_staff):
    for someone in (aurora.front_desk, aurora.patient.user):
        for path in (IMPORT, "/admin/library/export/csv/"):
            assert as_staff(someone).get(path, follow=True).status_code == 404


def test_the_cost_of_a_row_does_not_grow(aurora):
    def queries(rows: int) -> int:
        table = tablib.Dataset(headers=[*HEAD.split(",")])
        for number in range(rows):
            table.append([f"Tilt {number}", "Rock", "Rock.", "stretch", "supine"])
        with CaptureQueriesContext(connection) as counted:
            plan_import(table=table, clinic=aurora.clinic)
        return len(counted)

    few, many = queries(2), queries(12)
    assert queries(22) - many == many - few


# --- Out ------------------------------------------------------------------------------------------------
def test_an_export_holds_what_the_gallery_shows(clinician, aurora, bora):
    ExerciseFactory(clinic=aurora.clinic, name_en="Ours", kind="neurodynamic")
    ExerciseFactory(clinic=bora.clinic, name_en="Theirs", kind="neurodynamic")
    answer = clinician.get("/admin/library/export/json/?kind=neurodynamic")
    assert [row["name_en"] for row in json.loads(answer.content)] == ["Ours"]
    assert answer["Content-Disposition"].startswith('attachment; filename="exercises-20')
    assert clinician.get("/admin/library/export/pdf/").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_starts_a_formula(kind, clinician, aurora):
    ExerciseFactory(clinic=aurora.clinic, name_en='=HYPERLINK("x")', provenance="@SUM(1)")
    content = clinician.get(f"/admin/library/export/{kind}/?whose=own").content
    if kind == "csv":
        assert "'=HYPERLINK" in content.decode()
        assert ",@SUM" not in content.decode()
    else:
        cells = [cell.value for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
        assert '\'=HYPERLINK("x")' in cells
        assert not [cell for cell in cells if isinstance(cell, str) and cell.startswith(("=", "@"))]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "plain", "'quoted", "", None, 7])
def test_a_safe_cell_comes_back(cell):
    assert bare(safe(cell)) == cell
    assert not str(safe(cell) or "").startswith(("=", "+", "-", "@"))


def test_a_table_is_read_by_name_and_content():
    assert read_table("x.CSV", b"a;b\n1;2\n").dict == [{"a": "1", "b": "2"}]
