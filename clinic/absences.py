"""Who is away and who stands in: named by who will be away, for whole days, and asked by the notices.

Whoever stands in gets what is for the other; both work in the clinic, and nothing else changes hands.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.audit import Verb
from clinic.localtime import local_date
from clinic.models import Absence, Clinic, Membership, User
from clinic.scoping import HEALTH_ROLES

LONGEST = dt.timedelta(days=366)
ONE_DAY = dt.timedelta(days=1)


@transaction.atomic
def name_stand_in(
    *,
    clinic: Clinic,
    user: User,
    stand_in: User,
    first_on: dt.date,
    last_on: dt.date,
    by: User,
    now: dt.datetime,
) -> Absence:
    """`stand_in` gets the notices for `user` from `first_on` to `last_on` (included), dates of the clinic.

    Raises ValidationError at `stand_in` for somebody who does not treat or manage here, is `user`, or is away
    then; at `last_on` where that is over, before the first day or more than a year after it; at `first_on`
    where `user` is away on some of these days already.
    """
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)  # two forms at once: no day twice
    for person in (user, stand_in):
        if not _works_here(person, clinic):
            raise _at("stand_in", _("Choose somebody who treats or manages in this clinic."), "outsider")
    if stand_in == user:
        raise _at("stand_in", _("Choose somebody else."), "self")
    if last_on < first_on:
        raise _at("last_on", _("The last day comes before the first."), "order")
    if last_on < local_date(now, clinic.time_zone):
        raise _at("last_on", _("This day is over."), "past")
    if last_on - first_on > LONGEST:
        raise _at("last_on", _("Choose a year at most."), "long")
    meanwhile = Absence.objects.filter(clinic=clinic, first_on__lte=last_on, last_on__gte=first_on)
    if meanwhile.filter(user=user).exists():
        raise _at("first_on", _("On some of these days somebody stands in already."), "twice")
    if meanwhile.filter(user=stand_in).exists():
        problem = _("%(name)s is away on some of these days, too.") % {"name": stand_in}
        raise _at("stand_in", problem, "away")
    absence = Absence.objects.create(
        clinic=clinic, user=user, stand_in=stand_in, first_on=first_on, last_on=last_on, named_at=now
    )
    audit.write(verb=Verb.ADDED, obj=absence, actor=by, clinic=clinic, now=now)
    return absence


@transaction.atomic
def be_back(*, absence: Absence, by: User, now: dt.datetime) -> None:
    """Nobody stands in any more, from today on. What is over already stays as it is."""
    today = local_date(now, absence.clinic.time_zone)
    if absence.last_on < today:
        return
    if absence.first_on >= today:
        audit.write(verb=Verb.REMOVED, obj=absence, actor=by, clinic=absence.clinic, now=now)
        absence.delete()
        return
    absence.last_on = today - ONE_DAY
    absence.save(update_fields=["last_on"])
    audit.write(verb=Verb.CHANGED, obj=absence, actor=by, clinic=absence.clinic, now=now)


def end_absences(*, user: User, clinic: Clinic, by: User, now: dt.datetime) -> None:
    """`user` leaves `clinic`: they are away from nothing there, and stand in for nobody."""
    theirs = Absence.objects.filter(Q(user=user) | Q(stand_in=user), clinic=clinic)
    for absence in theirs.select_related("clinic"):
        be_back(absence=absence, by=by, now=now)


@dataclass(frozen=True)
class StandIns:
    """Who stands in at one moment, by clinic and person: asked of the database once for many notices."""

    away: dict[tuple[int, int], User] = field(default_factory=dict)

    def of(self, user: User | None, clinic: Clinic) -> User | None:
        """Who gets what is for `user`; None where they are here, or nobody of those named is."""
        return None if user is None else self.of_ids(user.pk, clinic.pk)

    def of_ids(self, user_id: int, clinic_id: int) -> User | None:
        """Who stands in may be away as well, by a later word: then who stands in for them."""
        passed, found = {user_id}, self.away.get((clinic_id, user_id))
        while found is not None and found.pk not in passed and (clinic_id, found.pk) in self.away:
            passed.add(found.pk)
            found = self.away[clinic_id, found.pk]
        return None if found is None or found.pk in passed else found


def stand_ins(clinics: Iterable[Clinic] | None = None, *, now: dt.datetime) -> StandIns:
    """Who stands in at `now` in `clinics`, in all of them unless said: one query."""
    rows = _standing(now)
    if clinics is not None:
        rows = rows.filter(clinic__in={clinic.pk for clinic in clinics})
    return StandIns({(row.clinic_id, row.user_id): row.stand_in for row in rows if _holds(row, now)})


def away_for(user: User, *, now: dt.datetime) -> list[tuple[int, int]]:
    """For whom `user` stands in at `now`, as they were named: the ids of clinic and person."""
    rows = _standing(now).filter(stand_in=user)
    return [(row.clinic_id, row.user_id) for row in rows if _holds(row, now)]


def _standing(now: dt.datetime) -> QuerySet[Absence]:
    """Those of about now whose stand-in still works there."""
    here = Membership.objects.active().filter(
        user=OuterRef("stand_in"), clinic=OuterRef("clinic"), role__in=HEALTH_ROLES
    )
    # No zone is further from UTC than a day.
    about = Absence.objects.filter(first_on__lte=now.date() + ONE_DAY, last_on__gte=now.date() - ONE_DAY)
    rows: QuerySet[Absence] = about.filter(Exists(here), stand_in__is_active=True)
    return rows.select_related("clinic", "stand_in").order_by("pk")


def _holds(absence: Absence, now: dt.datetime) -> bool:
    return absence.first_on <= local_date(now, absence.clinic.time_zone) <= absence.last_on


def _works_here(user: User, clinic: Clinic) -> bool:
    roles = Membership.objects.active().filter(user=user, clinic=clinic, role__in=HEALTH_ROLES)
    return user.is_active and roles.exists()


def _at(name: str, problem: Any, code: str) -> ValidationError:
    return ValidationError({name: ValidationError(problem, code=code)})
