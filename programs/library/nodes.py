"""Walking a YAML file with errors that name the file and the field."""

from pathlib import Path
from typing import Any, NoReturn, Self

import yaml


class LibraryError(Exception):
    """A library file that can't be used; its words say which file and which field, and what is wrong."""

    def __init__(self, file: Path, field: str, problem: str) -> None:
        super().__init__(f"{file.name}: {field}: {problem}" if field else f"{file.name}: {problem}")


class Node:
    """One value of a file, which knows where it stands."""

    def __init__(self, value: Any, *, file: Path, field: str = "") -> None:
        self.value, self.file, self.field = value, file, field

    @classmethod
    def open(cls, file: Path) -> Self:
        try:
            return cls(yaml.safe_load(file.read_text(encoding="utf-8")), file=file)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise LibraryError(file, "", f"this is not YAML: {error}") from error

    def fail(self, problem: str) -> NoReturn:
        raise LibraryError(self.file, self.field, problem)

    def _below(self, name: str | int, value: Any) -> "Node":
        return Node(value, file=self.file, field=f"{self.field}.{name}" if self.field else str(name))

    def fields(self, *needed: str, maybe: tuple[str, ...] = ()) -> dict[str, "Node"]:
        """The named fields that are there; all `needed` ones are, and no others than those and `maybe`."""
        if not isinstance(self.value, dict):
            self.fail(f"expected fields ({', '.join(needed + maybe)})")
        for name in needed:
            if name not in self.value:
                self._below(name, None).fail("is missing")
        for name in self.value:
            if name not in needed + maybe:
                self._below(name, None).fail("is not a field of the library")
        return {name: self._below(name, value) for name, value in self.value.items()}

    def items(self) -> list["Node"]:
        if not isinstance(self.value, list) or not self.value:
            self.fail("expected a list with something in it")
        return [self._below(number, value) for number, value in enumerate(self.value, start=1)]

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            self.fail("expected a text (in quotes if it holds a colon or reads like a number)")
        return self.value.strip()

    def texts(self) -> list[str]:
        return [item.text() for item in self.items()]

    def whole(self, *, among: range | None = None) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self.fail("expected a whole number")
        if among is not None and self.value not in among:
            self.fail(f"expected a whole number from {among[0]} to {among[-1]}")
        return self.value

    def yes(self) -> bool:
        if not isinstance(self.value, bool):
            self.fail("expected true or false")
        return self.value

    def bilingual(self) -> dict[str, "Node"]:
        return self.fields("en", "it")
