"""Files with a table in them: read whatever a spreadsheet makes of them, written so that no cell is run."""

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE as UNSPEAKABLE

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_ROWS = 5000
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
SEPARATORS = ",;\t"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read_table(name: str, data: bytes) -> tablib.Dataset:
    """The table in a file called `name`: CSV (comma, semicolon or tab; UTF-8 or Latin-1), XLSX or JSON.

    Raises ValidationError, in words for whoever chose the file.
    """
    kind = name.rsplit(".", 1)[-1].lower()
    if kind not in KINDS:
        raise ValidationError(_("Choose a CSV, XLSX or JSON file."), code="kind")
    if len(data) > MOST_BYTES:
        raise ValidationError(_("This file is larger than 5 MB."), code="bytes")
    try:
        if kind == "xlsx":
            _refuse_bomb(data)
        table = _csv(data) if kind == "csv" else tablib.Dataset().load(data, format=kind)
    except Exception as broken:  # a broken file fails in many ways, deep within its reader
        raise ValidationError(_("This file cannot be read as a table."), code="unreadable") from broken
    if not table.headers or not len(table):
        raise ValidationError(_("There are no rows below the names of the columns."), code="empty")
    if len(table) > MOST_ROWS:
        raise ValidationError(_("At most 5,000 rows at a time."), code="rows")
    table.headers = [str(header or "").strip().lower() for header in table.headers]
    if len(set(table.headers)) < len(table.headers):
        raise ValidationError(_("Two columns have the same name."), code="columns")
    return table


def _refuse_bomb(data: bytes) -> None:
    """An XLSX is a zip: what unpacks to very much is nobody's exercises."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise ValueError("unpacks to too much")


def _csv(data: bytes) -> tablib.Dataset:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # Latin-1 as spreadsheets write it
    first = text.lstrip().split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(row)]
    table = tablib.Dataset(headers=rows[0])
    for row in rows[1:]:
        # A row that is too short or too long is told at its place, not for the whole file.
        table.append([*row[: len(rows[0])], *[""] * (len(rows[0]) - len(row))])
    return table


def write_table(table: tablib.Dataset, kind: str) -> bytes:
    """The file of `kind` ("csv", "xlsx", "json"); no cell of it starts a formula."""
    return _bytes((table if kind == "json" else _harmless(table, kind)).export(kind), kind)


def write_sheets(tables: Sequence[tablib.Dataset], kind: str) -> bytes:
    """Several tables in a file of `kind` ("csv", "xlsx"): sheets by their titles, or one below the other with
    an empty row between, where a spreadsheet ends what it sorts. No cell of it starts a formula."""
    harmless = [_harmless(table, kind) for table in tables]
    if kind == "xlsx":
        return _bytes(tablib.Databook(harmless).export(kind), kind)
    return _bytes("\r\n".join(str(table.export(kind)) for table in harmless), kind)


def _harmless(table: tablib.Dataset, kind: str) -> tablib.Dataset:
    rows = [[safe(cell) for cell in row] for row in table]
    if kind == "xlsx":  # it has no place for control characters, which come along from word processors
        rows = [
            [UNSPEAKABLE.sub("", cell) if isinstance(cell, str) else cell for cell in row] for row in rows
        ]
    return tablib.Dataset(*rows, headers=table.headers, title=table.title)


def _bytes(written: Any, kind: str) -> bytes:
    if isinstance(written, bytes):
        return written
    return str(written).encode("utf-8-sig" if kind == "csv" else "utf-8")


def safe(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula, told to be a text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def bare(cell: Any) -> Any:
    """What `safe` was given."""
    return cell[1:] if isinstance(cell, str) and cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell
