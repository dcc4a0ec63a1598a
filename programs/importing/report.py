"""What an import did, for the person who ran it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rejection:
    """An entry that was not imported: its place in the file from 1, its id where it has one, and why."""

    number: int
    id: str
    reason: str

    def __str__(self) -> str:
        # `ascii`: what a file says must not steer the terminal.
        named = f" ({ascii(self.id[:80])})" if self.id else ""
        return f"entry {self.number}{named}: {self.reason}"


@dataclass
class ImportReport:
    """What became of every entry; of those that were added, the key."""

    added: list[str] = field(default_factory=list)
    already_there: list[str] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    left_out: int = 0

    def reject(self, number: int, id: str, reason: object) -> None:
        self.rejected.append(Rejection(number, id, str(reason)))

    def lines(self) -> list[str]:
        """For a person to read: the rejected entries in the order of the file, then the summary."""
        return [
            *(f"rejected: {one}" for one in sorted(self.rejected, key=lambda one: one.number)),
            f"{len(self.added)} added as drafts, {len(self.already_there)} already there, "
            f"{len(self.rejected)} rejected, {self.left_out} left out by the filters.",
        ]
