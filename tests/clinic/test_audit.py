"""The one place that writes the audit trail."""

import pytest
from django.utils import timezone

from clinic import audit
from clinic.models import Clinic, Event


def test_an_event_says_who_did_what_to_which_object_when(aurora):
    now = timezone.now()
    audit.write(verb="read", obj=aurora.patient, actor=aurora.clinician, clinic=aurora.clinic, now=now)
    event = Event.objects.get(verb="read")
    assert (event.verb, event.object_type, event.object_id) == (
        "read",
        "patients.Patient",
        str(aurora.patient.pk),
    )
    assert (event.actor, event.clinic, event.at) == (aurora.clinician, aurora.clinic, now)


def test_many_are_written_at_once(aurora, django_assert_num_queries):
    with django_assert_num_queries(1):
        audit.write_many(
            verb="exported", objs=aurora.couple, actor=None, clinic=aurora.clinic, now=timezone.now()
        )
    assert set(Event.objects.filter(verb="exported").values_list("object_id", flat=True)) == {
        str(patient.pk) for patient in aurora.couple
    }


def test_a_verb_that_is_not_in_the_list_is_refused(aurora):
    with pytest.raises(ValueError, match="dabbled"):
        audit.write(verb="dabbled", obj=aurora.patient, actor=None, clinic=None, now=timezone.now())


def test_an_object_without_id_is_refused(aurora):
    with pytest.raises(ValueError, match="not saved"):
        audit.write(verb="read", obj=Clinic(name="New"), actor=None, clinic=None, now=timezone.now())


def test_every_verb_fits_its_column():
    assert max(len(verb) for verb in audit.Verb.values) <= (Event._meta.get_field("verb").max_length or 0)
