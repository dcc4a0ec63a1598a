"""The people of the tests: two clinics that must never see each other, each with staff and patients."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from clinic.localtime import local_date
from clinic.models import Clinic, User
from clinic.scoping import Role
from patients.models import Patient, Prescription
from patients.prescribing import activate, prescribe
from patients.screening import ScreeningAnswers
from programs.models import Program
from tests.factories import (
    ClinicFactory,
    MembershipFactory,
    PatientFactory,
    ProgramFactory,
    UserFactory,
)


@dataclass(frozen=True)
class House:
    """One clinic and its people.

    `patient` is on day 6 of an active prescription; `newcomer` has none yet; `couple` are two patients
    of one address and one sign-in, the first with an active prescription. `program` is the clinic's own
    template that both were prescribed.
    """

    clinic: Clinic
    manager: User
    clinician: User
    front_desk: User
    program: Program
    patient: Patient
    prescription: Prescription
    newcomer: Patient
    couple: tuple[Patient, Patient]


@dataclass(frozen=True)
class Cast:
    """Both clinics, and who runs the installation."""

    aurora: House
    bora: House
    operator: User


def _member(clinic: Clinic, role: Role, name: str) -> User:
    email = f"{name.lower()}@{clinic.slug}.example"
    member: User = MembershipFactory(clinic=clinic, role=role, user__name=name, user__email=email).user
    return member


def _prescribed(patient: Patient, program: Program, by: User) -> Prescription:
    """`program`, prescribed and started five days ago."""
    then = timezone.now() - dt.timedelta(days=5)
    prescription = prescribe(
        patient=patient,
        program=program,
        by=by,
        screening=ScreeningAnswers(none_of_these=True),
        starts_on=local_date(then, patient.zone),
        reminders=[dt.time(18, 0)],
        usual_pain=4,
        now=then,
    )
    return activate(prescription=prescription, by=by, now=then)


def house(name: str, people: dict[str, str]) -> House:
    """A clinic called `name`; `people` gives each of them their own first name, so that a leak shows."""
    slug = name.lower()
    clinic: Clinic = ClinicFactory(name=name, slug=slug)
    clinician = _member(clinic, Role.CLINICIAN, people["clinician"])
    program: Program = ProgramFactory(clinic=clinic, name_en=f"Gentle start at {name}")

    def patient(part: str, family: str, **fields: object) -> Patient:
        given = people[part]
        fields.setdefault("email", f"{given.lower()}@{slug}-post.example")
        made: Patient = PatientFactory(clinic=clinic, given_name=given, family_name=family, **fields)
        return made

    active = patient("patient", f"Di{name}")
    one = patient("one", f"Casa{name}")
    other = patient("other", f"Casa{name}", email=one.email, user=one.user)
    _prescribed(one, program, clinician)
    return House(
        clinic=clinic,
        manager=_member(clinic, Role.MANAGER, people["manager"]),
        clinician=clinician,
        front_desk=_member(clinic, Role.FRONT_DESK, people["front_desk"]),
        patient=active,
        program=program,
        prescription=_prescribed(active, program, clinician),
        newcomer=patient("newcomer", f"Nuova{name}"),
        couple=(one, other),
    )


# Nobody of one clinic has a name of the other.
AURORA = {
    "manager": "Adele",
    "clinician": "Alba",
    "front_desk": "Achille",
    "patient": "Amedeo",
    "newcomer": "Agnese",
    "one": "Aldo",
    "other": "Assunta",
}
BORA = {
    "manager": "Bruno",
    "clinician": "Bianca",
    "front_desk": "Berta",
    "patient": "Basilio",
    "newcomer": "Brigida",
    "one": "Benito",
    "other": "Bice",
}


def operator() -> User:
    made: User = UserFactory(name="Olga", email="olga@operator.example", is_operator=True)
    return made
