"""Words planted into every text of some rows, so that a page that shows any of it gives itself away."""

import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models

from clinic.weekdays import WeekdaysField

PLANTED = re.compile(r"quarzo\d+z")
OURS = ("clinic", "programs", "patients")

Rows = dict[type[models.Model], set[Any]]

# Texts that are no words: changing them would break the row. What is searched for stands in none of them.
NOT_WORDS = {
    "clinic.User.password": "a hash",
    "clinic.Clinic.time_zone": "the name of a time zone",
    "patients.Patient.time_zone": "the name of a time zone",
    "clinic.StaffInvitation.token_hash": "a hash",
    "patients.Invitation.token_hash": "a hash",
    "patients.CalendarFeed.token_hash": "a hash",
    "patients.Patient.reminder_days_off": "digits of weekdays",
    "patients.PaperCode.code_hash": "a hash",
    "clinic.RefusedAddress.address_hash": "a hash",
    "programs.Exercise.figure": "the key of a figure",
    "programs.LadderForm.figure": "the key of a figure",
    "patients.PrescribedExercise.figure": "the key of a figure",
    "clinic.Heartbeat.step": "the name of a step",
    "patients.SetAside.digest": "a hash",
    "programs.Question.code": "a code, of ours alone",
    "clinic.Notice.kind": "the name of a kind that an app registered",
    "clinic.Event.verb": "one of clinic.audit.Verb",
    "clinic.Event.object_type": "the name of a model",
    "clinic.Event.object_id": "an id",
    "patients.WorkItem.outcome": "of a closed item alone, see HAS_WORDS_WHERE",
    "patients.Message.answer": "of an answered question alone, see HAS_WORDS_WHERE",
    "patients.Answer.words": "of a question that is answered in words, see HAS_WORDS_WHERE",
    "patients.Screening.assessed_by": "where signs were assessed, see HAS_WORDS_WHERE",
}
# Constraints tie these to other columns: planted where there is a text already.
HAS_WORDS_WHERE = (
    "patients.WorkItem.outcome",
    "patients.Message.answer",
    "patients.Answer.words",
    "patients.Screening.assessed_by",
)


def all_rows() -> Rows:
    """The ids of all rows there are, by model."""
    return {
        model: set(model._base_manager.values_list("pk", flat=True))
        for app in OURS
        for model in apps.get_app_config(app).get_models()
    }


def added(before: Rows, *, library: bool = False) -> Rows:
    """What was made since `before`; without the shared library, which is for every clinic to read."""
    made = {model: pks - before[model] for model, pks in all_rows().items()}
    if not library:
        for model in made:
            for path in ("clinic", "exercise__clinic", "program__clinic"):
                if model._meta.app_label == "programs" and _has(model, path.split("__")[0]):
                    shared = model._base_manager.filter(pk__in=made[model], **{f"{path}__isnull": True})
                    made[model] -= set(shared.values_list("pk", flat=True))
                    break
    return made


def _has(model: type[models.Model], name: str) -> bool:
    return name in {field.name for field in model._meta.get_fields()}


def plant(rows: Rows) -> dict[str, str]:
    """Put a word of its own into every text of `rows`. Gives where each word stands: "quarzo12z" ->
    "patients.Patient.given_name". Two texts that were the same address stay the same."""
    words: dict[str, str] = {}
    addresses: dict[str, str] = {}
    numbers = count()

    def word(place: str) -> str:
        made = f"quarzo{next(numbers)}z"
        words[made] = place
        return made

    for model, pks in rows.items():
        for row in model._base_manager.filter(pk__in=pks):
            changed: dict[str, Any] = {}
            for field in model._meta.concrete_fields:
                place, old = f"{model._meta.label}.{field.name}", getattr(row, field.attname)
                if isinstance(field, models.EmailField):
                    if old not in addresses:
                        addresses[old] = f"{word(place)}@post.example"
                    elif place not in words[addresses[old].split("@")[0]]:
                        words[addresses[old].split("@")[0]] += f", {place}"
                    changed[field.name] = addresses[old]
                elif isinstance(field, models.JSONField):
                    changed[field.name] = _planted(old, place, word)
                elif _is_words(field) and (place not in NOT_WORDS or (old and place in HAS_WORDS_WHERE)):
                    changed[field.name] = word(place)
            if changed:
                model._base_manager.filter(pk=row.pk).update(**changed)
    return words


def _is_words(field: Any) -> bool:
    is_text = isinstance(field, models.CharField | models.TextField)
    return is_text and not field.choices and not isinstance(field, WeekdaysField)


def _planted(value: Any, place: str, word: Any) -> Any:
    """`value` of a JSONField with words in place of its texts in a language; codes and ids stay."""
    if isinstance(value, list):
        return [_planted(part, place, word) for part in value]
    if isinstance(value, dict):
        return {
            key: word(f"{place}.{key}")
            if isinstance(part, str) and key.endswith(("_en", "_it"))
            else _planted(part, place, word)
            for key, part in value.items()
        }
    return value


def with_first_names(words_of: Iterable[type[models.Model]], name: str = "Alba") -> None:
    """Put a first name before the planted word of each `name`, which is then a surname."""
    for model in words_of:
        for row in model._base_manager.exclude(name=""):
            model._base_manager.filter(pk=row.pk).update(name=f"{name} {row.name}")


# First names, clinics' names and addresses: what a mail may hold of all the texts there are.
MAY_BE_SAID = {"patients.Patient.given_name", "clinic.Clinic.name"}


def not_to_be_said(words: dict[str, str], text: str, *, allowed: Iterable[str] = MAY_BE_SAID) -> set[str]:
    """Where the planted words in `text` stand that are no first name, clinic's name or address."""
    places = {place for word in PLANTED.findall(text) for place in words[word].split(", ")}
    return {place for place in places if place not in allowed and not place.endswith(".email")}


def text_fields() -> Iterator[str]:
    """Every text of every model, as `plant` names them."""
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, models.EmailField) or _is_words(field):
                    yield f"{model._meta.label}.{field.name}"


def passkey_of(user: Any, name: str) -> Authenticator:
    """A passkey called `name`, as far as the pages that name it need one."""
    made: Authenticator = Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": {}}
    )
    return made
