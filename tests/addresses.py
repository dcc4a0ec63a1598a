"""Every address of the installation, with the ids of one furnished house in it.

A new address that takes arguments must be named here: a test walks them all (tests/test_isolation.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clinic.models import Membership
from patients.models import PracticeSession
from tests.furnished import Furnished
from tests.planting import Rows

Arguments = list[dict[str, Any]]


@dataclass(frozen=True)
class Pattern:
    """`name` as `reverse` takes it; where it has none, the route."""

    name: str
    route: str
    parameters: frozenset[str]

    @property
    def is_named(self) -> bool:
        return self.name != self.route


def patterns() -> list[Pattern]:
    """Every pattern of every app, installed ones included, as the resolver has them."""
    return list(_walk(get_resolver(), "", "", frozenset()))


def _walk(resolver: URLResolver, route: str, namespace: str, parameters: frozenset[str]) -> Iterator[Pattern]:
    for entry in resolver.url_patterns:
        here, takes = route + str(entry.pattern), parameters | _parameters(entry)
        if isinstance(entry, URLPattern):
            yield Pattern(f"{namespace}{entry.name}" if entry.name else here, here, takes)
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, here, inner, takes)


def _parameters(entry: URLPattern | URLResolver) -> frozenset[str]:
    """The names of what a part of an address takes, also where it is a regular expression."""
    return frozenset(entry.pattern.converters) | frozenset(entry.pattern.regex.groupindex)


# What stands in the address names no row of a clinic, so whoever asks gets the same answer.
SAME_FOR_ALL = {
    "session_saved": "a date",
    "session_correct": "a date and a number of that day",
    "progress_day": "a date",
    "day_skip": "a date",
    "logo": "a clinic's logo is on its sign-in pages; its name is random",
    "paper": "a form, with the code filled in as it was given",
    "account_reset_password_from_key": "says of a made-up link that it is no good",
    "admin:app_list": "leads to where the admin begins",
    "admin:reports_file": "a kind of file, with what the asker may see",
    "admin:outcomes_behind": "the key of a figure, with what the asker may see",
    "admin:response_behind": "a kind of work and a figure, with what the asker may see",
    "admin:outcomes_file": "a kind of file, with what the asker may see",
    "admin:exercise_export": "a kind of file, with what the gallery shows to whoever asks",
    "admin/(?P<url>.*)$": "what Django says where there is nothing",
}


def leads_on(pattern: Pattern) -> bool:
    """Django's short address of a row leads to the longer one, whether the row is there or not."""
    return not pattern.is_named and pattern.route.endswith("<path:object_id>/")


def is_nobodys(pattern: Pattern) -> bool:
    """Models of installed libraries: their pages in the admin are for nobody at all."""
    return pattern.name.startswith(("admin:auth_group_", "admin:account_emailaddress_", "admin:mfa_authenti"))


def arguments(theirs: Furnished, rows: Rows) -> dict[str, Arguments]:
    """What to put into each pattern that takes something: ids, and dates, of `theirs`.

    For links with a secret it is what a copy of the database has instead: the hash, the row's id.
    """
    return {
        **_of_staff_pages(theirs),
        **_of_model_admins(rows),
        **_of_patient_pages(theirs),
        **_of_signing_in(theirs),
    }


def _of_staff_pages(theirs: Furnished) -> dict[str, Arguments]:
    house, clinic = theirs.house, theirs.clinic
    everybody = [house.patient, house.newcomer, *house.couple, theirs.reviewed, theirs.suspended]
    patients = [{"pk": patient.pk} for patient in everybody]
    given = [house.prescription, theirs.due, theirs.draft, theirs.ended]
    prescriptions = [{"pk": prescription.pk} for prescription in given]
    work = [{"pk": item.pk} for patient in everybody for item in patient.work_items.all()]
    members = Membership.objects.filter(clinic=clinic)
    staff = [{"slug": clinic.slug, "pk": pk} for one in members for pk in (one.user_id, one.pk)]
    per_patient: tuple[str, ...] = (
        "",
        "_invite",
        "_paper_code",
        "_paper_revoke",
        "_clear",
        "_precautions",
        "_treatment",
    )
    per_patient += ("_team_join", "_same", "_paper_grid", "_address")
    per_prescription: tuple[str, ...] = (
        "report",
        "adjust",
        "template",
        "start",
        "discard",
        "end",
        "pause",
        "resume",
        "handout",
    )
    per_prescription += ("take_over", "maintenance")
    return {
        **{f"admin:patient{what}": patients for what in per_patient},
        "admin:prescribe": patients,
        "admin:prescribe_build": patients,
        **{f"admin:prescription_{what}": prescriptions for what in per_prescription},
        "admin:prescription_end_pause": [
            {"pk": pause.prescription_id, "pause_pk": pause.pk}
            for pause in (theirs.pause, *house.prescription.pauses.all())
        ],
        "admin:prescription_step": [
            {"pk": house.prescription.pk, "step_pk": asked.pk}
            for asked in house.prescription.step_requests.all()
        ],
        "admin:patient_merge": [
            {"pk": house.newcomer.pk, "other_pk": house.couple[1].pk},
            {"pk": theirs.reviewed.pk, "other_pk": house.newcomer.pk},
            {"pk": house.patient.pk, "other_pk": theirs.suspended.pk},
        ],
        "admin:patient_team_leave": [
            {"pk": member.patient_id, "user_pk": member.user_id} for member in house.patient.care_team.all()
        ],
        "admin:treatment_withdraw": [{"pk": note.pk} for note in house.patient.treatment_notes.all()],
        **{
            f"admin:message_{what}": [{"pk": message.pk} for message in house.patient.messages.all()]
            for what in ("answer", "settle")
        },
        "admin:prescription_sign": [
            {"pk": prescription.pk, "number": 1} for prescription in (theirs.due, theirs.ended)
        ],
        "admin:reports_file": [{"kind": "csv"}, {"kind": "xlsx"}],
        "admin:outcomes_behind": [
            {"key": key}
            for key in (
                *("reviews.reached", "helped.useful", "ended.improved", "exercise.stopped"),
                *("measured.adherence", "without.pain_change"),
            )
        ],
        "admin:response_behind": [
            {"kind": kind, "figure": figure}
            for kind, figure in (("all", "waits"), ("stop", "late"), ("skipped_for_pain", "closed"))
        ],
        "admin:outcomes_file": [{"kind": "csv"}, {"kind": "xlsx"}],
        "admin:review_add": [
            {"pk": one.pk, "number": 1} for one in (theirs.due, theirs.ended, house.prescription)
        ],
        "admin:prescription_letter": [
            {"pk": one["pk"], "kind": kind}
            for one in prescriptions
            for kind in ("doctor", "discharge", "referral")
        ],
        **{f"admin:work_{what}": work for what in ("acknowledge", "hand_over", "close")},
        **{
            f"admin:{name}": [{"slug": clinic.slug}]
            for name in ("clinic_settings", "clinic_staff", "staff_invite", "clinic_cards", "card_add")
        },
        **{
            f"admin:card_{what}": [{"slug": clinic.slug, "key": key} for key in ("own-1", "keep-moving")]
            for what in ("edit", "remove")
        },
        **{
            f"admin:notice{what}": [{"pk": notice.pk} for notice in clinic.notices.order_by("-pk")[:4]]
            for what in ("", "_again")
        },
        "admin:away_back": [{"pk": absence.pk} for absence in clinic.absences.all()],
        **{f"admin:staff_{what}": staff for what in ("leave", "hand_over")},
        "admin:build": [{"pk": theirs.program.pk}],
        "admin:exercise_export": [{"kind": kind} for kind in ("csv", "xlsx", "json")],
        **{f"admin:{what}": [{"pk": theirs.exercise.pk}] for what in ("favourite", "exercise_copy")},
    }


def _of_model_admins(rows: Rows) -> dict[str, Arguments]:
    """Of each model that has Django's generated pages: a few rows of theirs, or a made-up id."""
    found: dict[str, Arguments] = {}
    for model in admin.site._registry:
        ids = [{"object_id": str(pk)} for pk in sorted(rows.get(model, {1}))[-2:]]
        base = f"{model._meta.app_label}_{model._meta.model_name}"
        for what in ("history", "delete", "change"):
            found[f"admin:{base}_{what}"] = ids
        found[f"admin/{base.replace('_', '/', 1)}/<path:object_id>/"] = ids
    some = next(iter(sorted(rows[model])) for model in rows if model._meta.label == "patients.Patient")
    found["admin:view_on_site"] = [{"content_type_id": str(number), "object_id": some} for number in (1, 7)]
    found["admin:app_list"] = [{"app_label": app} for app in ("programs", "patients")]
    found["admin/(?P<url>.*)$"] = [{"url": "nothing/here/"}]
    return found


def _of_patient_pages(theirs: Furnished) -> dict[str, Arguments]:
    sessions = PracticeSession.objects.filter(patient=theirs.house.patient)
    days = [{"on": day} for day in sorted(set(sessions.values_list("practised_on", flat=True)))]
    photo = theirs.exercise.photo.name.removeprefix("photos/")
    return {
        "session_saved": days,
        "session_correct": [{**day, "number": 1} for day in reversed(days)],
        "progress_day": days,
        "day_skip": days,
        "exercise_photo": [{"name": photo}],
    }


def _of_signing_in(theirs: Furnished) -> dict[str, Arguments]:
    uid = user_pk_to_url_str(theirs.house.clinician)
    authenticators = theirs.house.clinic.memberships.filter(user__authenticator__isnull=False)
    keys = [{"pk": pk} for pk in authenticators.values_list("user__authenticator__pk", flat=True)]
    feed = theirs.house.patient.calendar_feed
    links = {"come_in": theirs.invitation, "staff_invitation": theirs.staff_invitation}
    return {
        **{name: [{"token": link.token_hash}, {"token": link.pk}] for name, link in links.items()},
        "unsubscribe": [{"token": str(theirs.house.patient.pk)}],
        "calendar": [{"token": feed.token_hash}, {"token": feed.pk}],
        "paper": [{"code": theirs.house.patient.paper_codes.get().code_hash}],
        "account_reset_password_from_key": [{"uidb36": uid, "key": key} for key in ("set-password", "c-1")],
        "account_confirm_email": [{"key": "made-up"}],
        "mfa_edit_webauthn": keys,
        "mfa_remove_webauthn": keys,
        "logo": [{"name": "made-up.png"}],
    }


def path_of(pattern: Pattern, given: dict[str, Any]) -> str:
    """The address that a browser would ask for."""
    if not pattern.is_named:
        return "/" + pattern.route.replace("<path:object_id>", str(given.get("object_id"))).replace(
            "(?P<url>.*)$", str(given.get("url"))
        )
    return reverse(pattern.name, kwargs=given)
