"""Models of the ground floor."""

from clinic.models.absences import Absence
from clinic.models.audit import Event
from clinic.models.clinic import Clinic
from clinic.models.notices import Notice, NoticeAttempt, RefusedAddress
from clinic.models.people import Membership, StaffInvitation, User

__all__ = [
    "Absence",
    "Clinic",
    "Event",
    "Membership",
    "Notice",
    "NoticeAttempt",
    "RefusedAddress",
    "StaffInvitation",
    "User",
]
