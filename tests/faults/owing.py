"""Many notices that are due: one alert to each of many clinicians, so that an address stands for a notice."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from clinic.models import Membership, Notice, User
from clinic.notices.outbox import enqueue
from clinic.scoping import Role
from patients.models import WorkItem
from tests.factories import (
    ClinicFactory,
    MembershipFactory,
    PatientFactory,
    PrescriptionFactory,
    WorkItemFactory,
)


def stopped() -> WorkItem:
    """A stop that waits on the worklist of a clinic where nothing else is owed to anybody for half a day."""
    clinic = ClinicFactory(email="", open_days="1234567")
    clinic.notices_at = (
        (timezone.now() + dt.timedelta(hours=12)).astimezone(ZoneInfo(clinic.time_zone)).time()
    )
    clinic.save()
    owner = MembershipFactory(clinic=clinic, role=Role.MANAGER).user
    patient = PatientFactory(clinic=clinic, email="", user=None, helped_stopped_at=timezone.now())
    item: WorkItem = WorkItemFactory(prescription=PrescriptionFactory(patient=patient, clinician=owner))
    return item


def alerts(item: WorkItem, addresses: list[str]) -> None:
    """Owe one alert about `item` to a clinician at each of `addresses`, all of them due."""
    clinic, now = item.patient.clinic, timezone.now()
    users = User.objects.bulk_create([User(email=address, name="Alba Rossi") for address in addresses])
    Membership.objects.bulk_create(
        [Membership(user=user, clinic=clinic, role=Role.CLINICIAN) for user in users]
    )
    Notice.objects.bulk_create(
        [
            Notice(
                kind="stop_alert",
                clinic=clinic,
                recipient=user,
                subject_id=item.patient_id,
                params={"work_item": item.pk},
                dedupe_key=f"stop_alert:{item.pk}:{user.pk}",
                due_at=now,
                created_at=now,
            )
            for user in users
        ]
    )


def many(count: int, name: str = "clinician") -> list[str]:
    return [f"{name}{number}@post.example" for number in range(count)]


def owe_one(item: WorkItem, address: str) -> None:
    """As the clinic's pages do it: returns when the database has said that it is kept."""
    user = User.objects.create(email=address, name="Alba Rossi")
    Membership.objects.create(user=user, clinic=item.patient.clinic, role=Role.CLINICIAN)
    now = timezone.now()
    enqueue(
        kind="stop_alert",
        clinic=item.patient.clinic,
        recipient=user,
        subject=item.patient,
        dedupe_key=f"stop_alert:{item.pk}:{user.pk}",
        params={"work_item": item.pk},
        due_at=now,
        now=now,
    )
