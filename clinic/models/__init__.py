"""Models of the ground floor."""

from clinic.models.absences import Absence
from clinic.models.audit import Event
from clinic.models.clinic import Clinic
from clinic.models.notices import Notice, NoticeAttempt, RefusedAddress
from clinic.models.people import Membership, StaffInvitation, User
from clinic.models.running import Heartbeat, Hold

__all__ = [
    "Absence",
    "Clinic",
    "Event",
    "Heartbeat",
    "Hold",
    "Membership",
    "Notice",
    "NoticeAttempt",
    "RefusedAddress",
    "StaffInvitation",
    "User",
]
