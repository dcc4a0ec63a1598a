"""An entry of free-exercise-db in the words of this house: an exercise that is not saved yet."""

import re

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from clinic.models import Clinic
from programs.importing.entries import Entry, Rejected
from programs.models import Exercise
from programs.vocabulary import Equipment, Kind, Position, Region, Status

SOURCE = "free-exercise-db"
LICENCE = "Unlicense (public domain)"
LONGEST_TARGET = 200

KINDS = {
    "stretching": Kind.STRETCH,
    "strength": Kind.STRENGTHENING,
    "powerlifting": Kind.STRENGTHENING,
    "olympic weightlifting": Kind.STRENGTHENING,
    "strongman": Kind.STRENGTHENING,
    "plyometrics": Kind.STRENGTHENING,
}
# "cardio" (cycling, rowing, walking) and what we have never heard of: of the four words the one that claims
# neither a held stretch nor a load. A clinician looks at every draft before it is published.
OTHER_KIND = Kind.MOBILISATION

# Muscles that lie on the back of the trunk. The neck is a region of its own, for which we have no word.
BACK = {"lower back", "middle back", "lats", "traps"}
NO_EQUIPMENT = {"", "body only"}


def to_exercise(entry: Entry, *, clinic: Clinic) -> Exercise:
    """The draft that `entry` becomes. Raises Rejected where something is missing or breaks a model's rule.

    The data has no dose, no starting position and no precautions, so none is made up.
    """
    exercise = Exercise(
        clinic=clinic,
        key=_key(entry),
        status=Status.DRAFT,
        kind=KINDS.get(entry.category, OTHER_KIND),
        region=Region.BACK if BACK & {muscle.casefold() for muscle in entry.primary} else Region.OTHER,
        starting_position=Position.OTHER,
        equipment=_equipment(entry),
        target_en=_target(entry),
        name_en=entry.name,
        plain_name_en=entry.name,
        steps_en="\n".join(entry.steps),
        provenance=_provenance(entry),
        licence=LICENCE,
    )
    _check(entry, exercise)
    return exercise


def says_source(provenance: str, entry_id: str) -> bool:
    """Whether `provenance`, as this module writes it, is of the entry `entry_id`."""
    return f"{provenance}; ".startswith(f"{SOURCE}: {entry_id}; ")


def _key(entry: Entry) -> str:
    """Never cut short: two ids must not become one key. Too long a key is refused by the model."""
    name = slugify(re.sub(r"[\W_]+", "-", entry.id))
    if not name:
        raise Rejected("id: has no letter or digit of which a key can be made" if entry.id else "no id")
    return f"{SOURCE}-{name}"


def _equipment(entry: Entry) -> list[str]:
    word = entry.equipment.casefold()
    if word in NO_EQUIPMENT:
        return []
    return [Equipment(word) if word in Equipment.values else Equipment.OTHER]


def _provenance(entry: Entry) -> str:
    """With the original word for the equipment where ours says less."""
    word = entry.equipment.casefold()
    unsaid = word not in NO_EQUIPMENT and word not in Equipment.values
    return f"{SOURCE}: {entry.id}" + (f"; equipment: {entry.equipment}" if unsaid else "")


def _target(entry: Entry) -> str:
    """The muscles, e.g. "Lower back; also middle back, traps"; of the secondary ones as many as fit."""
    target = ", ".join(entry.primary)
    between = "; also " if target else ""
    for muscle in entry.secondary:
        longer = f"{target}{between}{muscle}"
        if len(longer) > LONGEST_TARGET:
            break
        target, between = longer, ", "
    return target[:1].upper() + target[1:]


def _check(entry: Entry, exercise: Exercise) -> None:
    """What must be there, then the model's own rules. The clinic is known: to ask for it is a query a row."""
    if not any(character.isalnum() for character in entry.name):
        raise Rejected("no name")
    if not entry.steps:
        raise Rejected("no instructions")
    try:
        exercise.clean_fields(exclude={"clinic", "loaded"})
        exercise.clean()
    except ValidationError as error:
        field, problems = next(iter(error.message_dict.items()))
        raise Rejected(f"{field}: {' '.join(problems)}") from error
