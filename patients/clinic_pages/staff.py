"""The staff of a clinic, for its managers: who works here, inviting, leaving, handing patients over."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.admin.managed import managed_clinic_or_404, tabs
from clinic.admin_site import page
from clinic.models import Clinic, Membership, StaffInvitation, User
from clinic.signin import links
from clinic.signin.staff import invite_staff
from patients.caseload import hand_over_patients
from patients.clinic_pages.acting import done
from patients.clinic_pages.forms.staff import HandOverForm, InviteForm, TakerForm
from patients.clinic_pages.forms.work import colleagues
from patients.leaving import keeps_something, leave
from patients.models import CareTeamMember, Patient, Prescription, WorkItem


@dataclass(frozen=True)
class Member:
    """Somebody who works in the clinic: one line, however many roles."""

    user: User
    roles: list[Any]
    patients: int
    work: int
    teams: int


@require_safe
def clinic_staff(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, managed_clinic_or_404(request, slug), InviteForm())


@require_POST
def staff_invite(request: HttpRequest, slug: str) -> HttpResponse:
    clinic, form = managed_clinic_or_404(request, slug), InviteForm(request.POST)
    if done(request, form, lambda said, **by: invite_staff(clinic=clinic, **said, **by)):
        messages.success(request, _("The invitation is on its way to %(email)s.") % form.cleaned_data)
        return redirect("admin:clinic_staff", clinic.slug)
    return _page(request, clinic, form, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
def staff_leave(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """End all that somebody is here; what they keep must go to a colleague first."""
    clinic = managed_clinic_or_404(request, slug)
    leaver = _member_or_404(clinic, pk)
    takers = [user for user in colleagues([clinic.pk])[clinic.pk] if user != leaver]
    form = TakerForm(request.POST if request.method == "POST" else None, takers=takers)
    if request.method == "POST" and done(
        request, form, lambda said, **by: leave(user=leaver, clinic=clinic, taker=said["taker"], **by)
    ):
        messages.success(
            request, _("%(name)s works here no more; every session has ended.") % {"name": leaver}
        )
        return (
            redirect("admin:index") if leaver == request.user else redirect("admin:clinic_staff", clinic.slug)
        )
    context = {
        "title": _("%(name)s leaves") % {"name": leaver},
        "up": (_("Staff"), reverse("admin:clinic_staff", args=[clinic.slug])),
        "leaver": leaver,
        "clinic": clinic,
        "keeps": keeps_something(leaver, clinic),
        "teams": CareTeamMember.objects.filter(user=leaver, patient__clinic=clinic).count(),
        "form": form,
    }
    return page(request, "patients/staff/leave.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def staff_hand_over(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give all or some of somebody's patients in this clinic to a colleague."""
    clinic = managed_clinic_or_404(request, slug)
    giver = _member_or_404(clinic, pk)
    takers = [user for user in colleagues([clinic.pk])[clinic.pk] if user != giver]
    theirs = Patient.objects.filter(clinic=clinic, pk__in=Patient.objects.filter(_of(giver)).values("pk"))
    form = HandOverForm(request.POST if request.method == "POST" else None, takers=takers, patients=theirs)

    def act(said: dict[str, Any], **by: Any) -> None:
        chosen = said["patients"] if said["which"] == "chosen" else None
        hand_over_patients(clinic=clinic, giver=giver, taker=said["taker"], patients=chosen, **by)

    if request.method == "POST" and done(request, form, act):
        messages.success(request, _("Handed over to %(name)s.") % {"name": form.cleaned_data["taker"]})
        return redirect("admin:clinic_staff", clinic.slug)
    context = {
        "title": _("Hand over patients of %(name)s") % {"name": giver},
        "up": (_("Staff"), reverse("admin:clinic_staff", args=[clinic.slug])),
        "giver": giver,
        "form": form,
        "patients": theirs,
    }
    return page(request, "patients/staff/hand_over.html", context, status=400 if form.errors else 200)


def _of(user: User) -> Q:
    """Patients for whom `user` has a programme that has not ended, open work, or a place in the care team."""
    unfinished = [Prescription.Status.DRAFT, Prescription.Status.ACTIVE]
    return (
        Q(prescriptions__clinician=user, prescriptions__status__in=unfinished)
        | Q(work_items__owner=user, work_items__closed_at__isnull=True)
        | Q(care_team__user=user)
    )


def _member_or_404(clinic: Clinic, pk: int) -> User:
    member = Membership.objects.active().filter(clinic=clinic, user=pk).select_related("user").first()
    if member is None:
        raise Http404
    return member.user


def _page(request: HttpRequest, clinic: Clinic, form: InviteForm, *, status: int = 200) -> HttpResponse:
    invitations = links.still_open(StaffInvitation.objects.filter(clinic=clinic), now=timezone.now())
    context = {
        "title": _("Staff"),
        "clinic": clinic,
        "members": _members(clinic),
        "invitations": invitations,
        "zone": clinic.time_zone,
        "form": form,
        **tabs(request, clinic),
    }
    return page(request, "patients/staff/staff.html", context, status=status)


def _members(clinic: Clinic) -> list[Member]:
    rows = Membership.objects.active().filter(clinic=clinic).select_related("user")
    roles: dict[User, list[Any]] = {}
    for membership in rows.order_by("user__name", "user", "pk"):
        roles.setdefault(membership.user, []).append(membership.get_role_display())
    patients = _counts(
        Prescription.objects.filter(patient__clinic=clinic).exclude(status=Prescription.Status.ENDED),
        "clinician",
    )
    work = _counts(WorkItem.objects.open().filter(patient__clinic=clinic), "owner")
    teams = _counts(CareTeamMember.objects.filter(patient__clinic=clinic), "user")
    return [
        Member(user, names, patients[user.pk], work[user.pk], teams[user.pk]) for user, names in roles.items()
    ]


def _counts(rows: Any, of: str) -> "Counter[int]":
    """How many of `rows` each user has, by the user's id."""
    return Counter(rows.order_by().values_list(of, flat=True))
