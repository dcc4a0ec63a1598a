"""A file from elsewhere: a JSON list of objects, or one sentence that says why it is not."""

import json
from pathlib import Path

# Read into memory at once, so a wrong file must not fill it. The public free-exercise-db has 1 MB.
MOST_BYTES = 20_000_000


class NotImportable(Exception):
    """Why nothing at all was imported, in one sentence."""


def read_objects(path: Path) -> list[dict[str, object]]:
    """The objects in the list that `path` holds. Raises NotImportable, whatever else the file may be."""
    try:
        found = json.loads(_content(path).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotImportable(f"{path} is not in UTF-8 (byte {error.start + 1}).") from error
    except RecursionError as error:
        raise NotImportable(f"{path} is nested too deeply.") from error
    except ValueError as error:
        raise NotImportable(f"{path} is not JSON: {error}.") from error
    if not isinstance(found, list):
        raise NotImportable(f"{path} is not a JSON list.")
    for number, entry in enumerate(found, start=1):
        if not isinstance(entry, dict):
            raise NotImportable(f"{path}: entry {number} of the list is not an object.")
    return found


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # The size that the system tells is 0 for a pipe or a device.
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise NotImportable(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > MOST_BYTES:
        raise NotImportable(f"{path} is larger than {MOST_BYTES // 1_000_000} MB.")
    return content
