"""Sending again and telling the clinic by two at the same moment, on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from clinic.models import Event, Notice
from clinic.notices import addresses, claims
from clinic.notices.again import send_again
from patients.calls import owe_call
from patients.locking import locked
from patients.mail_address import tell_clinic
from patients.merging import merge_patients
from patients.models import Patient, WorkItem
from patients.vocabulary import Alert, WorkKind
from tests.factories import MessageFactory, NoticeFactory, PatientFactory, WorkItemFactory
from tests.patients.colliding import at_once, wait_until_blocked
from tests.patients.scenario import Scenario

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def trial() -> Scenario:
    return Scenario("A")


def failed(trial: Scenario) -> Notice:
    made: Notice = NoticeFactory(
        kind="programme_changed",
        clinic=trial.clinic,
        subject_id=trial.patient.pk,
        params={"prescription": trial.pk, "version": trial.prescription.versions.get().pk},
        due_at=trial.at(2),
        state="failed",
        attempt=1,
    )
    return made


def held(notice: Notice) -> None:
    Notice.objects.select_for_update().get(pk=notice.pk)


def test_of_two_who_press_at_once_one_sends_it(trial):
    notice = failed(trial)

    def presses() -> None:
        row = Notice.objects.get(pk=notice.pk)
        send_again(notice=row, attempt=1, by=trial.clinician, subject=trial.patient, now=trial.at(3))

    given = at_once(lambda: held(notice), presses, presses)
    (refused,) = [one for one in given if one is not None]
    assert isinstance(refused, ValidationError)
    assert refused.code == "changed"
    assert Event.objects.filter(verb="resent").count() == 1
    assert [one.pk for one in claims.claim(now=trial.at(3), limit=5)] == [notice.pk]


def test_a_press_that_waited_for_another_finds_the_worker_at_it(trial):
    """The first press and the worker's claim are through when the second press comes to the row."""
    notice = failed(trial)
    seen = Notice.objects.get(pk=notice.pk)

    def presses() -> None:
        send_again(notice=seen, attempt=1, by=trial.clinician, now=trial.at(3))

    def hold() -> None:
        send_again(notice=Notice.objects.get(), attempt=1, by=trial.clinician, now=trial.at(3))
        assert claims.claim(now=trial.at(3), limit=5)

    (refused,) = at_once(hold, presses)
    assert isinstance(refused, ValidationError)
    assert refused.code == "changed"
    row = Notice.objects.get()
    assert (row.state, row.attempt) == ("sending", 2)


def test_two_who_owe_a_call_at_once_make_one_line(trial):
    """Neither holds the patient: the second waits for the first one's item and adds to it."""
    first, second = MessageFactory(patient=trial.patient), MessageFactory(patient=trial.patient)

    def owes(message) -> bool:
        return owe_call(patient=trial.patient, what=Alert.CALL_ANSWERED, about=message, now=trial.at(3))

    def hold() -> None:
        WorkItemFactory(prescription=locked(trial.prescription), kind=WorkKind.CALL)

    assert at_once(hold, lambda: owes(first), lambda: owes(second)) == [True, True]
    assert set(WorkItem.objects.get().entries.values_list("message", flat=True)) == {first.pk, second.pk}


def test_the_same_event_told_twice_at_once_is_one_entry(trial):
    message = MessageFactory(patient=trial.patient)

    def owes() -> bool:
        return owe_call(patient=trial.patient, what=Alert.CALL_ANSWERED, about=message, now=trial.at(3))

    def hold() -> None:
        WorkItemFactory(prescription=locked(trial.prescription), kind=WorkKind.CALL)

    assert sorted(at_once(hold, owes, owes)) == [False, True]
    assert WorkItem.objects.get().entries.count() == 1


def test_a_worker_that_tells_of_a_refused_address_and_a_merge_do_not_wait_for_each_other(trial):
    """The worker holds the notice and points at the patient; the merge holds the patient, then the notice."""
    other: Patient = PatientFactory(clinic=trial.clinic)
    notice: Notice = NoticeFactory(
        kind="programme_changed", clinic=trial.clinic, subject_id=other.pk, due_at=trial.at(2)
    )
    addresses.mark_refused(other.email, now=trial.at(2))
    claims.claim(now=trial.at(3), limit=5)

    def merges() -> Patient:
        try:
            return merge_patients(keep=trial.patient, other=other, by=trial.clinician, now=trial.at(3))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Notice.objects.filter(pk=notice.pk).update(state="failed", claim=None, lease_until=None)
            merging = pool.submit(merges)
            wait_until_blocked(1)
            tell_clinic(patient=other, now=trial.at(3))
        kept = merging.result(timeout=20)
    assert kept == trial.patient
    notice.refresh_from_db()
    assert notice.subject_id == trial.patient.pk
    # What was told of an address that is not kept is closed with the merge.
    assert not WorkItem.objects.open().exists()
