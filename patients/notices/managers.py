"""The managers of clinics, to whom what nobody takes is passed on at last."""

from collections import defaultdict
from collections.abc import Collection

from clinic.models import Membership, User
from clinic.scoping import Role


def managers_of(clinic_ids: Collection[int]) -> dict[int, list[User | None]]:
    """Those of each clinic, in one query; where there is none, None, which is the clinic's own address."""
    rows = Membership.objects.active().filter(clinic__in=clinic_ids, role=Role.MANAGER, user__is_active=True)
    found: dict[int, list[User | None]] = defaultdict(list)
    for row in rows.select_related("user").order_by("user_id"):
        found[row.clinic_id].append(row.user)
    return {clinic_id: found[clinic_id] or [None] for clinic_id in clinic_ids}
