"""Patients in the admin: the list, and the short form that enters or changes one. No health data here."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinic.admin.scoped import ScopedAdmin
from clinic.admin.unchanged import UnchangedForm
from clinic.audit import Verb
from clinic.models import Clinic
from clinic.scoping import ANY_ROLE, HEALTH_ROLES, clinics_of
from patients.clinic_pages.scope import CLINICIANS
from patients.contacts import close_old_address, likely_duplicates
from patients.handing_out import MOST_AT_ONCE
from patients.models import Patient, Prescription


class PatientForm(UnchangedForm):
    add_anyway = forms.BooleanField(
        label=_("This is somebody else: enter them all the same"), required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = Patient
        fields = (
            "clinic",
            "given_name",
            "family_name",
            "birth_on",
            "email",
            "phone",
            "language",
            "time_zone",
        )
        widgets = {"birth_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    clinics: QuerySet[Clinic]  # where the user works; set by PatientAdmin

    def clean_birth_on(self) -> Any:
        born = self.cleaned_data["birth_on"]
        if born > timezone.now().date() or born.year < 1900:
            raise ValidationError(_("Check this date."))
        return born

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        self._language_is_offered(said)
        if self.instance.pk is None and not self.errors and not said.get("add_anyway"):
            self._warn_of_duplicates(said)
        return said

    def _clinic(self, said: dict[str, Any]) -> Clinic | None:
        if self.instance.pk is not None:
            return self.instance.clinic
        return said.get("clinic") if "clinic" in self.fields else self.clinics.get()

    def _language_is_offered(self, said: dict[str, Any]) -> None:
        """A patient who has another one already keeps it."""
        clinic, language = self._clinic(said), said.get("language")
        chosen = self.instance.pk is None or "language" in self.changed_data
        if clinic and language and chosen and language not in clinic.offered_languages:
            self.add_error("language", ValidationError(_("The clinic does not offer this language.")))

    def _warn_of_duplicates(self, said: dict[str, Any]) -> None:
        """Once, with a tick to go on: two people may share name and birth date."""
        clinic = self._clinic(said)
        if clinic is None:
            return
        found = likely_duplicates(
            clinic=clinic,
            given_name=said["given_name"],
            family_name=said["family_name"],
            birth_on=said["birth_on"],
        )
        if not found:
            return
        self.fields["add_anyway"].widget = forms.CheckboxInput()
        links = format_html_join(
            ", ", '<a href="{}">{}</a>', [(reverse("admin:patient", args=[one.pk]), one) for one in found]
        )
        self.add_error(None, _("There is a patient of this name and birth date, or nearly so, already:"))
        self.add_error(None, links)


class PatientList(ChangeList):
    """Leads to the patient's own page instead of the form."""

    def url_for_result(self, result: Any) -> str:
        return reverse("admin:patient", args=[result.pk])


class PatientAdmin(ScopedAdmin):
    form = PatientForm
    sees = changes = adds = ANY_ROLE
    list_display = ("name", "born", "email", "phone")
    list_display_links = ("name",)
    search_fields = ("given_name", "family_name", "email", "phone")
    search_help_text = _("Name, e-mail or phone")
    ordering = ("family_name", "given_name", "pk")
    list_per_page = 50
    actions = ("print_handouts",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PatientList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Patient]:
        """With the name of the running programme, and who may prescribe one, for those who may know of it."""
        running = Prescription.objects.visible_to_staff(request.user).active().filter(patient=OuterRef("pk"))
        names = ("name_it", "name_en") if get_language() == "it" else ("name_en", "name_it")
        name = Coalesce(NullIf(names[0], Value("")), names[1])  # the Italian one may be empty
        rows: QuerySet[Patient] = super().get_queryset(request).select_related("clinic")
        treats = Q(clinic__in=clinics_of(request.user, CLINICIANS))
        return rows.annotate(
            running=Subquery(running.annotate(name=name).values("name")[:1]),
            may_prescribe=ExpressionWrapper(treats, output_field=BooleanField()),
        )

    def get_list_display(self, request: HttpRequest) -> Any:
        user: Any = request.user
        shown = [*self.list_display]
        if user.roles & HEALTH_ROLES:
            shown.append("programme")
        if self._clinics(request).count() > 1:
            shown.append("clinic")
        return shown

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ["given_name", "family_name", "birth_on", "email", "phone", "language"]
        if obj is not None:
            return [*fields, "time_zone"]
        return [*(["clinic"] if self._clinics(request).count() > 1 else []), *fields, "add_anyway"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.clinics = self._clinics(request)  # type: ignore[attr-defined]
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The usual language of the clinic, where there is one clinic to think of."""
        clinics = list(self._clinics(request)[:2])
        return {"language": clinics[0].language} if len(clinics) == 1 else {}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "clinic":
            field.queryset = self._clinics(request)
        return field

    def save_form(self, request: HttpRequest, form: forms.ModelForm, change: bool) -> Any:
        patient = super().save_form(request, form, change)
        if not change and "clinic" not in form.fields:
            patient.clinic = self._clinics(request).get()
        return patient

    def save_model(self, request: HttpRequest, obj: Patient, form: Any, change: bool) -> None:
        old = form.initial.get("email") or ""
        super().save_model(request, obj, form, change)
        user: Any = request.user
        changed = change and obj.email.strip().lower() != old.strip().lower()
        if changed and close_old_address(patient=obj, old=old, by=user, now=timezone.now()):
            messages.warning(
                request, _("The old address opens nothing any more: invite %(name)s again.") % {"name": obj}
            )

    def has_handouts_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.roles & HEALTH_ROLES)

    @admin.action(description=_("Print handouts (PDF)"), permissions=["handouts"])
    def print_handouts(self, request: HttpRequest, patients: QuerySet[Patient]) -> HttpResponse | None:
        """Leads to the page that says who gets one and asks for codes."""
        ids = list(patients.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(ids) > MOST_AT_ONCE:
            messages.error(
                request, _("At most %(most)s handouts at once: choose fewer.") % {"most": MOST_AT_ONCE}
            )
            return None
        return redirect(reverse("admin:handouts") + "?" + urlencode({"patient": ids}, doseq=True))

    def subject_of(self, obj: Any) -> Any:
        return obj

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Opening a patient's contact is reading the record too."""
        patient = self.get_object(request, unquote(object_id))
        if request.method == "GET":
            self.write_event(request, Verb.READ, [patient])
        return super().change_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """One button: saving leads to the patient's page."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        messages.success(request, _("%(name)s is entered.") % {"name": obj})
        return redirect("admin:patient", obj.pk)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        messages.success(request, _("Saved."))
        return redirect("admin:patient", obj.pk)

    @admin.display(description=_("patient"), ordering="family_name")
    def name(self, patient: Patient) -> str:
        return f"{patient.family_name}, {patient.given_name}"

    @admin.display(description=_("date of birth"), ordering="birth_on")
    def born(self, patient: Patient) -> str:
        return date_format(patient.birth_on, "j F Y")

    @admin.display(description=_("running programme"), empty_value="–")
    def programme(self, patient: Any) -> str | None:
        """What runs; where nothing does, the way to prescribe."""
        if patient.running or not patient.may_prescribe:
            return patient.running or None
        address = reverse("admin:prescribe", args=[patient.pk])
        words = _("Prescribe for %(name)s") % {"name": patient}
        return format_html('<a class="btn" href="{}" aria-label="{}">{}</a>', address, words, _("Prescribe"))

    def _clinics(self, request: HttpRequest) -> QuerySet[Clinic]:
        return Clinic.objects.filter(pk__in=clinics_of(request.user, ANY_ROLE))
