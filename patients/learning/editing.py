"""What a clinic makes of the cards: wording, hiding, cards of its own. Kept in one row, so that a patient's
page reads it along with the programme."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.models import Clinic, User
from patients.learning.cards import ALWAYS, TEXTS, shipped
from patients.models import ClinicCards

LATEST_DAY = 60
MOST_OWN = 30  # cards of a clinic: all of them stand on one page


def cards_row(clinic: Clinic) -> ClinicCards:
    """The clinic's row; one that is not saved where nothing was edited yet."""
    found: ClinicCards | None = ClinicCards.objects.filter(clinic=clinic).first()
    return found or ClinicCards(clinic=clinic)


@transaction.atomic
def change_card(
    *,
    clinic: Clinic,
    key: str,
    texts: Mapping[str, str],
    hidden: bool = False,
    day: int | None = None,
    edition: int,
    by: User,
    now: dt.datetime,
) -> None:
    """Reword or hide a card; `day` is for cards of the clinic's own, those of ours keep theirs.

    `texts` are the names of TEXTS; an empty one means our wording. `edition` is the one that was looked at.
    Raises ValidationError for a card that is not there, for hiding one of safety, at texts that an own card
    lacks, and where somebody else has changed the cards meanwhile.
    """
    row = _locked(clinic, edition)
    ours = {card.key: card for card in shipped()}
    entry = {"key": key, "hidden": hidden, **{name: texts.get(name, "").strip() for name in TEXTS}}
    if key in ours:
        if hidden and ours[key].is_safety:
            problem = _("This card is about safety: it can be reworded, and not hidden.")
            raise ValidationError({"hidden": ValidationError(problem, code="safety")})
    else:
        if not any(edit["key"] == key for edit in row.cards):
            raise ValidationError(_("This card is not there any more."), code="gone")
        entry |= {"own": True, "day": _day(day)}
        _has_its_texts(clinic, entry)
    kept = [edit for edit in row.cards if edit["key"] != key]
    place = next((at for at, edit in enumerate(row.cards) if edit["key"] == key), len(kept))
    is_ours_again = key in ours and not hidden and not any(entry[name] for name in TEXTS)
    _save(row, kept if is_ours_again else [*kept[:place], entry, *kept[place:]], by=by, now=now)


@transaction.atomic
def add_card(
    *, clinic: Clinic, texts: Mapping[str, str], day: int | None, edition: int, by: User, now: dt.datetime
) -> str:
    """A card of the clinic's own, from `day` of the count on; gives its key. Raises as `change_card` does."""
    row = _locked(clinic, edition)
    if sum(bool(edit.get("own")) for edit in row.cards) >= MOST_OWN:
        raise ValidationError(
            _("At most %(most)s cards of your own."), code="too_many", params={"most": MOST_OWN}
        )
    key = f"own-{uuid.uuid4().hex[:12]}"
    entry: dict[str, Any] = {"key": key, "own": True, "hidden": False, "day": _day(day)}
    entry |= {name: texts.get(name, "").strip() for name in TEXTS}
    _has_its_texts(clinic, entry)
    _save(row, [*row.cards, entry], by=by, now=now)
    return key


@transaction.atomic
def remove_card(*, clinic: Clinic, key: str, by: User, now: dt.datetime) -> None:
    """Take away a card of the clinic's own. Nothing happens where it is gone already."""
    row = _locked(clinic, None)
    kept = [edit for edit in row.cards if edit["key"] != key or not edit.get("own")]
    if len(kept) < len(row.cards):
        _save(row, kept, by=by, now=now)


def _locked(clinic: Clinic, edition: int | None) -> ClinicCards:
    """The clinic's row, locked. Raises ValidationError where it is not as it was looked at."""
    row: ClinicCards = ClinicCards.objects.select_for_update(of=("self",)).get_or_create(clinic=clinic)[0]
    if edition is not None and row.edition != edition:
        problem = _(
            "Somebody has changed the cards since you opened this. Nothing of yours is lost: it stands here. "
            "Look at theirs in another window, then save again."
        )
        raise ValidationError(problem, code="stale")
    return row


def _day(day: int | None) -> int:
    if day is None or not ALWAYS <= day <= LATEST_DAY:
        problem = _("A day from 1 to %(latest)s.") % {"latest": LATEST_DAY}
        raise ValidationError({"day": ValidationError(problem, code="day")})
    return day


def _has_its_texts(clinic: Clinic, entry: Mapping[str, Any]) -> None:
    """In every language that patients may choose."""
    lacking = [
        f"{name}_{language}"
        for language in clinic.offered_languages
        for name in ("title", "text")
        if not entry[f"{name}_{language}"]
    ]
    if lacking:
        problem = _("Patients may choose this language: write it here, too.")
        raise ValidationError({name: ValidationError(problem, code="required") for name in lacking})


def _save(row: ClinicCards, cards: list[dict[str, Any]], *, by: User, now: dt.datetime) -> None:
    row.cards, row.edition = cards, row.edition + 1
    row.save(update_fields=["cards", "edition"])
    audit.write(verb=Verb.CHANGED, obj=row, actor=by, clinic=row.clinic, now=now)
