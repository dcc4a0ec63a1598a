"""The settings of a clinic, for its managers."""

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic import audit
from clinic.admin.managed import managed_clinic_or_404, tabs
from clinic.admin.settings_form import SettingsForm, zones
from clinic.admin_site import page
from clinic.audit import Verb
from clinic.models import Clinic


@require_safe
def first_clinic(request: HttpRequest) -> HttpResponse:
    """The navigation leads here: most manage one clinic."""
    return redirect("admin:clinic_settings", managed_clinic_or_404(request).slug)


@require_http_methods(["GET", "HEAD", "POST"])
def clinic_settings(request: HttpRequest, slug: str) -> HttpResponse:
    clinic = managed_clinic_or_404(request, slug)
    form = SettingsForm(instance=clinic)
    if request.method == "POST":
        form = SettingsForm(request.POST, request.FILES, instance=clinic)
        if form.is_valid():
            _save(request, form)
            messages.success(request, _("Saved."))
            return redirect("admin:clinic_settings", clinic.slug)
        # The form has written what was refused into its object: the page shows the clinic as it is.
        clinic = Clinic.objects.get(pk=clinic.pk)
    context = {
        "title": _("Settings"),
        "clinic": clinic,
        "form": form,
        "zones": zones(),
        **tabs(request, clinic),
    }
    return page(request, "clinic/settings.html", context, status=400 if form.errors else 200)


def _save(request: HttpRequest, form: SettingsForm) -> None:
    """Settings and their line in the audit trail, together; a logo that is shown no more goes after that."""
    user: Any = request.user
    old_logo = Clinic.objects.values_list("logo", flat=True).get(pk=form.instance.pk)
    with transaction.atomic():
        clinic = form.save()
        audit.write(verb=Verb.CHANGED, obj=clinic, actor=user, clinic=clinic, now=timezone.now())
        if old_logo and old_logo != clinic.logo.name:
            transaction.on_commit(lambda: default_storage.delete(old_logo))
