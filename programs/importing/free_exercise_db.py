"""`import_free_exercise_db`: entries of the public free-exercise-db as drafts of one clinic."""

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path

from django.db import transaction

from clinic import audit
from clinic.folding import folded
from clinic.models import Clinic
from programs.importing.entries import Entry, Rejected, chosen, read_entry
from programs.importing.mapping import SOURCE, says_source, to_exercise
from programs.importing.reading import read_objects
from programs.importing.report import ImportReport
from programs.models import Exercise

Progress = Callable[[int, int], None]  # how many of the entries are checked, and of how many
Draft = tuple[Entry, Exercise]


def import_free_exercise_db(
    *,
    clinic: Clinic,
    source: Path,
    categories: Iterable[str] = (),
    muscles: Iterable[str] = (),
    now: dt.datetime,
    progress: Progress | None = None,
) -> ImportReport:
    """Add the entries of `source` that `clinic` does not have yet, and say what became of each.

    What is there is left as it is, whatever the clinic made of it. An entry that cannot be used is rejected
    and the others go in, all of them or, when something fails, none. The filters are those of
    `entries.chosen`. Raises NotImportable, before anything is saved, for a file that cannot be read and for
    a filter that no entry meets.
    """
    report = ImportReport()
    entries = _entries(source, report)
    wanted = chosen(entries, categories=categories, muscles=muscles)
    report.left_out = len(entries) - len(wanted)
    drafts = _drafts(wanted, clinic, report, progress)
    with transaction.atomic():
        # Of two imports at once the second waits here, and then sees what the first has added.
        Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
        added = Exercise.objects.bulk_create(_missing(drafts, clinic, report))
        audit.write_many(verb=audit.Verb.ADDED, objs=added, actor=None, clinic=clinic, now=now)
    report.added = [exercise.key for exercise in added]
    return report


def _entries(source: Path, report: ImportReport) -> list[Entry]:
    entries = []
    for number, data in enumerate(read_objects(source), start=1):
        try:
            entries.append(read_entry(number, data))
        except Rejected as rejected:
            given = data.get("id")
            report.reject(number, given if isinstance(given, str) else "", rejected)
    return entries


def _drafts(
    entries: list[Entry], clinic: Clinic, report: ImportReport, progress: Progress | None
) -> list[Draft]:
    """Those that can be used. Of several with one id, key or name that is the first in the file."""
    drafts: list[Draft] = []
    keys: dict[str, Entry] = {}
    names: dict[str, Entry] = {}
    for done, entry in enumerate(entries, start=1):
        try:
            exercise = to_exercise(entry, clinic=clinic)
            _refuse_twice(entry, keys.get(exercise.key), names.get(folded(entry.name)))
        except Rejected as rejected:
            report.reject(entry.number, entry.id, rejected)
        else:
            keys[exercise.key] = names[folded(entry.name)] = entry
            drafts.append((entry, exercise))
        if progress:
            progress(done, len(entries))
    return drafts


def _refuse_twice(entry: Entry, same_key: Entry | None, same_name: Entry | None) -> None:
    if same_key and same_key.id == entry.id:
        raise Rejected(f"entry {same_key.number} has this id")
    if same_key:
        raise Rejected(f"entry {same_key.number} has another id, of which the same key is made")
    if same_name:
        raise Rejected(f"entry {same_name.number} has this name")


def _missing(drafts: list[Draft], clinic: Clinic, report: ImportReport) -> list[Exercise]:
    """Those that the clinic does not have. A name that it can choose already is rejected, also where the
    exercise is shared or retired: nobody could tell the two apart, and to rename one is for a person."""
    there = list(
        Exercise.objects.available_to(clinic).values_list("clinic_id", "key", "name_en", "provenance")
    )
    own = {key: provenance for owner, key, _name, provenance in there if owner is not None}
    names = {folded(name): key for _owner, key, name, _provenance in there}
    missing = []
    for entry, exercise in drafts:
        if exercise.key in own:
            if _is_of_another(own[exercise.key], entry):
                report.reject(entry.number, entry.id, f"another entry has the key {exercise.key} already")
            else:
                report.already_there.append(exercise.key)
        elif held := names.get(folded(entry.name)):
            report.reject(entry.number, entry.id, f"the exercise {held} has this name already")
        else:
            missing.append(exercise)
    return missing


def _is_of_another(provenance: str, entry: Entry) -> bool:
    """Whether another id made the same key in an earlier import. Words of the clinic's own say nothing."""
    return provenance.startswith(f"{SOURCE}: ") and not says_source(provenance, entry.id)
