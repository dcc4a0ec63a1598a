"""The mail to the patient that the programme has changed: one for changes made in quick succession."""

import datetime as dt

from django.urls import reverse

from clinic.models import Notice
from clinic.notices import writing
from clinic.notices.kinds import WANTED, Answer, ByHand, Mail, NoticeKind, SendAgain, not_wanted
from clinic.notices.outbox import enqueue
from patients.models import EmergencyReport, Patient, Prescription, PrescriptionVersion
from patients.notices import unreached
from patients.vocabulary import Alert

KIND = "programme_changed"
AFTER = dt.timedelta(minutes=10)  # who adjusts often looks again and adjusts once more
WORTH_SENDING = dt.timedelta(days=3)  # later the patient has met the change


def owe_change_notice(version: PrescriptionVersion, *, now: dt.datetime) -> None:
    """Owe the patient the mail about `version`. Where they have no address it fails for want of one when it
    is due, if it is wanted then, and somebody is to call: the same rules hold for both."""
    patient = version.prescription.patient
    enqueue(
        kind=KIND,
        clinic=patient.clinic,
        subject=patient,
        dedupe_key=f"{KIND}:{version.pk}",
        due_at=now + AFTER,
        expires_at=now + WORTH_SENDING,
        params={"version": version.pk, "prescription": version.prescription_id},
        about_new_row=True,
        now=now,
    )


def still_wanted(notice: Notice, now: dt.datetime) -> Answer:
    prescription = Prescription.objects.filter(pk=notice.params["prescription"]).first()
    if prescription is None or prescription.status != Prescription.Status.ACTIVE:
        return not_wanted("not_active")
    if EmergencyReport.objects.uncleared().filter(patient=prescription.patient_id).exists():
        return not_wanted("suspended")  # nobody is led to exercises that are held back
    later = Notice.objects.filter(
        kind=KIND, params__prescription=prescription.pk, params__version__gt=notice.params["version"]
    )
    return not_wanted("overtaken") if later.exists() else WANTED


def _patient(notice: Notice) -> Patient | None:
    return Patient.objects.filter(prescriptions=notice.params["prescription"]).first()


def _address(notice: Notice) -> str | None:
    patient = _patient(notice)
    return patient.email or None if patient else None


def _render(notice: Notice) -> Mail:
    version = PrescriptionVersion.objects.select_related("prescription__patient").get(
        pk=notice.params["version"]
    )
    patient = version.prescription.patient
    return writing.write(
        notice,
        KIND,
        language=patient.language,
        name=patient.given_name,
        path=reverse("today"),
        holds_from=version.starts_on,
    )


def _on_failure(notice: Notice, now: dt.datetime) -> None:
    versions = PrescriptionVersion.objects.select_related(
        "prescription__clinician", "prescription__patient__clinic"
    )
    version = versions.filter(pk=notice.params["version"]).first()
    patient = version.prescription.patient if version else None
    unreached.tell_clinic(notice, patient=patient, what=Alert.CALL_CHANGED, about=version, now=now)


PROGRAMME_CHANGED = NoticeKind(
    name=KIND,
    address=_address,
    still_wanted=still_wanted,
    render=_render,
    on_failure=_on_failure,
    send_again_when_uncertain=SendAgain.ONCE,
    by_hand=ByHand.LATE,
    is_care=True,
)
