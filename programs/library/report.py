"""What a load of the library did, for the person who ran it."""

from dataclasses import dataclass, field

from django.db import models


@dataclass
class Outcome:
    """What became of one row: names of fields that followed the files, and that were kept as edited here."""

    row: models.Model | None = None  # none where it was removed here
    created: bool = False
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


@dataclass
class LoadReport:
    """What became of every row that the files name, under a label that a person understands."""

    rows: dict[str, Outcome] = field(default_factory=dict)

    def of(self, label: str) -> Outcome:
        return self.rows.setdefault(label, Outcome())

    @property
    def created(self) -> list[str]:
        return [label for label, row in self.rows.items() if row.created]

    @property
    def changed(self) -> dict[str, list[str]]:
        return {label: row.changed for label, row in self.rows.items() if row.changed and not row.created}

    @property
    def kept(self) -> dict[str, list[str]]:
        return {label: row.kept for label, row in self.rows.items() if row.kept}

    @property
    def unchanged(self) -> list[str]:
        return [label for label, row in self.rows.items() if not (row.created or row.changed or row.kept)]

    def lines(self) -> list[str]:
        """For a person to read; what was kept is named, as it is no longer what the files say."""
        lines = [
            f"Library: {len(self.created)} created, {len(self.changed)} changed, "
            f"{len(self.unchanged)} unchanged, {len(self.kept)} with something kept as edited here."
        ]
        for verb, rows in (("changed", self.changed), ("kept", self.kept)):
            lines += [f"  {verb}: {label} ({', '.join(fields)})" for label, fields in rows.items()]
        return lines
