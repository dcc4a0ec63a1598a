"""The clinic's own pages: who opens which, and that for everybody else they do not exist."""

import pytest
from django.test import Client
from django.urls import reverse

from clinic.scoping import ANY_ROLE, HEALTH_ROLES, Role
from patients.admin import PAGES
from patients.clinic_pages.scope import CLINICIANS, TYPISTS
from patients.models import Patient
from patients.vocabulary import MessageKind
from tests.clients import signed_in
from tests.factories import (
    AbsenceFactory,
    CareTeamMemberFactory,
    ClinicCardsFactory,
    ExerciseFactory,
    MembershipFactory,
    MessageFactory,
    NoticeFactory,
    PauseFactory,
    ReviewFactory,
    StepRequestFactory,
    TreatmentNoteFactory,
    UserFactory,
    WorkItemFactory,
)

pytestmark = pytest.mark.django_db

READ = {
    "worklist",
    "wishes",
    "reports",
    "outcomes",
    "outcomes_behind",
    "response",
    "response_behind",
    "outcomes_file",
    "reports_file",
    "away",
    "morning",
    "notices",
    "notice",
    "patient",
    "patient_same",
    "patient_merge",
    "patient_paper_grid",
    "prescribe",
    "prescription_report",
    "prescription_adjust",
    "prescription_maintenance",
    "prescription_handout",
    "handouts",
    "clinic_staff",
    "clinic_cards",
    "card_add",
    "card_edit",
    "staff_leave",
    "staff_hand_over",
}
# Contact, ways in, and wishes for an appointment or a call: no health data.
DESK = {
    *("patient", "patient_invite", "patient_paper_code", "patient_paper_revoke"),
    *("wishes", "message_settle", "patient_paper_grid", "patient_address"),
}
ROLES = {name: frozenset(roles) for _route, _view, name, roles in PAGES}


@pytest.fixture
def addresses(aurora) -> dict[str, str]:
    """Every page of ours, about somebody or something of Aurora."""
    about = {
        "patients": [aurora.patient.pk],
        "prescriptions": [aurora.prescription.pk],
        "worklist": [WorkItemFactory(prescription=aurora.prescription).pk],
        "clinic": [aurora.clinic.slug],
        "messages": [MessageFactory(patient=aurora.patient, kind=MessageKind.APPOINTMENT).pk],
        "away": [AbsenceFactory(clinic=aurora.clinic, user=aurora.clinician, stand_in=aurora.manager).pk],
        "reports": [],
        "notices": [NoticeFactory(clinic=aurora.clinic, subject_id=aurora.patient.pk, kind="reminder").pk],
        "treatments": [TreatmentNoteFactory(patient=aurora.patient).pk],
    }
    more = {
        "prescription_end_pause": [PauseFactory(prescription=aurora.prescription).pk],
        "prescription_step": [
            StepRequestFactory(session__prescription=aurora.prescription).pk,
        ],
        "prescription_sign": [ReviewFactory(prescription=aurora.prescription).number],
        "prescription_letter": ["doctor"],
        "review_add": [aurora.prescription.reviews.first().number],
        "outcomes_behind": ["reviews.open"],
        "response_behind": ["all", "waits"],
        "outcomes_file": ["csv"],
        "reports_file": ["csv"],
        "patient_merge": [aurora.newcomer.pk],
        "patient_team_leave": [CareTeamMemberFactory(patient=aurora.patient).user_id],
        "card_edit": [ClinicCardsFactory(clinic=aurora.clinic).cards[0]["key"]],
        "card_remove": ["own-1"],
        "staff_leave": [aurora.clinician.pk],
        "staff_hand_over": [aurora.clinician.pk],
    }
    found = {}
    for route, _view, name, _roles in PAGES:
        arguments = about[route.split("/")[0]] if "<" in route else []
        found[name] = reverse(f"admin:{name}", args=[*arguments, *more.get(name, [])])
    return found


def asked(client: Client, name: str, address: str, **how: bool):
    return client.get(address, **how) if name in READ else client.post(address, **how)


def test_every_page_is_held_by_a_role(addresses):
    assert set(ROLES.values()) <= {ANY_ROLE, HEALTH_ROLES, CLINICIANS, TYPISTS, frozenset({Role.MANAGER})}
    assert addresses.keys() == ROLES.keys()


def test_who_is_not_signed_in_is_asked_to(addresses, client):
    for name, address in addresses.items():
        answer = asked(client, name, address)
        assert answer.status_code == 302, name
        door = client.get(answer["Location"])
        assert door["Location"].startswith(reverse("account_login")), name


def test_without_the_second_factor_nothing_opens(addresses, aurora):
    weak = signed_in(aurora.clinician, method="password")
    for name, address in addresses.items():
        answer = asked(weak, name, address)
        assert answer.status_code == 302, name
        door = weak.get(answer["Location"])
        assert door["Location"].startswith(reverse("strengthen")), name


@pytest.mark.parametrize("who", ["patient", "strange clinician", "strange manager", "operator", "left"])
def test_for_outsiders_no_page_about_us_exists(who, addresses, cast):
    left = MembershipFactory(clinic=cast.aurora.clinic, role=Role.CLINICIAN)
    elsewhere = MembershipFactory(clinic=cast.bora.clinic, user=left.user, role=Role.CLINICIAN)
    left.ended_at = elsewhere.started_at
    left.save()
    user = {
        "patient": cast.aurora.patient.user,
        "strange clinician": cast.bora.clinician,
        "strange manager": cast.bora.manager,
        "operator": cast.operator,
        "left": left.user,
    }[who]
    outside = signed_in(user, method="mfa")
    lists = {
        "worklist",
        "wishes",
        "reports",
        "outcomes",
        "outcomes_behind",
        "response",
        "response_behind",
        "outcomes_file",
        "reports_file",
        "handouts",
        "away",
        "morning",
        "notices",
    }  # theirs, without anything of ours: the tests of those pages
    for name, address in addresses.items():
        if name not in lists or who in {"patient", "operator"}:
            assert asked(outside, name, address, follow=True).status_code == 404, name


def test_the_front_desk_opens_contact_and_ways_in_alone(addresses, aurora):
    desk = signed_in(aurora.front_desk, method="mfa")
    opened = {name for name, at in addresses.items() if asked(desk, name, at).status_code != 404}
    assert opened == DESK


def test_a_manager_who_does_not_treat_reads_and_changes_nothing(addresses, aurora):
    manager = signed_in(aurora.manager, method="mfa")
    closed = {name for name, at in addresses.items() if asked(manager, name, at).status_code == 404}
    treating = {name for name, roles in ROLES.items() if roles in (CLINICIANS, TYPISTS)}
    assert closed == treating | {"away_back"}  # a colleague's days away are theirs alone


def test_a_role_in_one_clinic_opens_nothing_in_another(addresses, cast):
    """Front desk here and clinician there: here the front desk's pages alone."""
    both = UserFactory()
    MembershipFactory(clinic=cast.aurora.clinic, user=both, role=Role.FRONT_DESK)
    MembershipFactory(clinic=cast.bora.clinic, user=both, role=Role.CLINICIAN)
    MembershipFactory(clinic=cast.bora.clinic, user=both, role=Role.MANAGER)
    client = signed_in(both, method="mfa")
    opened = {
        name
        for name, at in addresses.items()
        if name
        not in {
            *("worklist", "reports", "outcomes", "outcomes_behind", "handouts", "away", "morning"),
            *("notices", "reports_file", "response", "response_behind", "outcomes_file"),
        }
        and asked(client, name, at).status_code != 404
    }
    assert opened == DESK


def test_a_clinician_who_is_a_patient_elsewhere_sees_nothing_of_it_here(addresses, cast):
    """Being a patient of Aurora opens no page of Aurora's staff."""
    Patient.objects.filter(pk=cast.aurora.patient.pk).update(user=cast.bora.clinician)
    client = signed_in(cast.bora.clinician, method="mfa")
    for name in ("patient", "prescription_report"):
        assert client.get(addresses[name]).status_code == 404


def test_the_wrong_method_is_refused(addresses, aurora):
    MembershipFactory(clinic=aurora.clinic, user=aurora.manager, role=Role.CLINICIAN)
    client = signed_in(aurora.manager, method="mfa")
    both = {"prescribe", "prescribe_build", "prescription_adjust", "prescription_template"}
    both |= {"prescription_maintenance", "staff_leave", "staff_hand_over", "patient_merge"}
    both |= {"staff_leave", "staff_hand_over", "prescription_handout", "handouts", "prescription_letter"}
    both |= {"away", "patient_paper_grid", "card_add", "card_edit"}
    for name, address in addresses.items():
        if name not in both:
            wrong = client.post(address) if name in READ else client.get(address)
            assert wrong.status_code == 405, name


@pytest.mark.parametrize("odd", ["0", "999999", "99999999999999999999999999"])
def test_an_id_that_is_nobodys_is_not_found(odd, addresses, aurora):
    MembershipFactory(clinic=aurora.clinic, user=aurora.manager, role=Role.CLINICIAN)
    client = signed_in(aurora.manager, method="mfa")
    for route, _view, name, _roles in PAGES:
        if "<int:" in route:
            names = ("pk", "pause_pk", "step_pk", "number", "user_pk", "other_pk")
            numbers = dict.fromkeys(names, int(odd))
            wanted = {key: number for key, number in numbers.items() if f"<int:{key}>" in route}
            slug = {"slug": aurora.clinic.slug} if "<slug:slug" in route else {}
            slug |= {"kind": "doctor"} if "<slug:kind" in route else {}
            address = reverse(f"admin:{name}", kwargs={**wanted, **slug})
            assert asked(client, name, address).status_code == 404, name


def test_letters_for_an_id_are_not_found(aurora):
    client = signed_in(aurora.clinician, method="mfa")
    for address in ("patients/abc/", "prescriptions/abc/", "prescriptions/1e3/adjust/", "patients/-1/"):
        assert client.get(reverse("admin:index") + address).status_code == 404


@pytest.mark.parametrize(
    ("asked_of", "found"),
    [("patients/prescription/patient", "patient"), ("programs/programitem/exercise", "exercise")],
)
def test_autocomplete_stays_within_the_walls(asked_of, found, cast):
    """Django's address for pickers works for every relation, whether a page of ours uses it or not."""
    app, model, field = asked_of.split("/")
    query = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
    theirs = {"patient": str(cast.bora.patient), "exercise": "Their stretch"}[found]
    ours = {"patient": str(cast.aurora.patient), "exercise": "Our stretch"}[found]
    ExerciseFactory(clinic=cast.bora.clinic, name_en="Their stretch")
    ExerciseFactory(clinic=cast.aurora.clinic, name_en="Our stretch")
    answer = signed_in(cast.aurora.clinician, method="mfa").get("/admin/autocomplete/", query)
    names = {row["text"] for row in answer.json()["results"]}
    assert ours in names
    assert theirs not in names


@pytest.mark.parametrize("address", ["patients/", "programs/", "auth/user/", "clinic/user/", "r/1/1/"])
def test_what_is_no_page_of_ours_leads_nowhere(address, aurora):
    answer = signed_in(aurora.clinician, method="mfa").get(reverse("admin:index") + address)
    assert answer.status_code == 404 or answer["Location"] == reverse("admin:worklist")


def test_passwords_are_changed_where_a_proof_is_asked(aurora):
    answer = signed_in(aurora.clinician, method="mfa").get(reverse("admin:password_change"))
    assert answer["Location"] == reverse("account_change_password")
