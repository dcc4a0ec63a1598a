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
        """Who gets what is for `user`; None where they are here, or nobody of those named is.

        Who stands in may be away as well, by a later word: then who stands in for them.
        """
        passed = {user.pk} if user else set()
        found = self.away.get((clinic.pk, user.pk)) if user else None
        while found is not None and (clinic.pk, found.pk) in self.away:
            if found.pk in passed:
                return None
            passed.add(found.pk)
            found = self.away[clinic.pk, found.pk]
        return None if found is None or found.pk in passed else found


def stand_ins(clinics: Iterable[Clinic], *, now: dt.datetime) -> StandIns:
    """Who stands in at `now` in `clinics`: one query, none where there is no clinic."""
    today = {clinic.pk: local_date(now, clinic.time_zone) for clinic in clinics}
    if not today:
        return StandIns()
    rows = _standing().filter(
        clinic__in=today, first_on__lte=max(today.values()), last_on__gte=min(today.values())
    )
    return StandIns(
        {
            (row.clinic_id, row.user_id): row.stand_in
            for row in rows
            if row.first_on <= today[row.clinic_id] <= row.last_on
        }
    )


def away_for(user: User, *, now: dt.datetime) -> list[tuple[int, int]]:
    """For whom `user` stands in at `now`, as they were named: the ids of clinic and person."""
    rows = _standing().filter(stand_in=user, last_on__gte=now.date() - ONE_DAY).select_related("clinic")
    return [
        (row.clinic_id, row.user_id)
        for row in rows
        if row.first_on <= local_date(now, row.clinic.time_zone) <= row.last_on
    ]


def _standing() -> QuerySet[Absence]:
    """Those whose stand-in still works there."""
    here = Membership.objects.active().filter(
        user=OuterRef("stand_in"), clinic=OuterRef("clinic"), role__in=HEALTH_ROLES
    )
    rows: QuerySet[Absence] = Absence.objects.filter(Exists(here), stand_in__is_active=True)
    return rows.select_related("stand_in").order_by("pk")


def _works_here(user: User, clinic: Clinic) -> bool:
    roles = Membership.objects.active().filter(user=user, clinic=clinic, role__in=HEALTH_ROLES)
    return user.is_active and roles.exists()


def _at(name: str, problem: Any, code: str) -> ValidationError:
    return ValidationError({name: ValidationError(problem, code=code)})
