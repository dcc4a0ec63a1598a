"""Pages that bring exercises in as a table, and out: nothing is written before it was looked at."""

import json
import uuid
from typing import Any

import tablib
from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from clinic.admin_site import page
from clinic.models import Clinic
from clinic.scoping import Role, clinics_of
from programs.admin.gallery import GalleryForm
from programs.exchange.importing import import_table, plan_import
from programs.exchange.ownership import SHARED
from programs.exchange.resource import TABLE_COLUMNS, ExerciseResource
from programs.exchange.tables import KINDS, read_table, write_table
from programs.gallery import gallery
from programs.vocabulary import Status

KEPT_S = 30 * 60  # so long an import waits to be confirmed
SHOWN = 200  # rows of each fate
EDITORS = frozenset({Role.CLINICIAN, Role.MANAGER})


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Table of exercises"),
        help_text=gettext_lazy("CSV, XLSX or JSON, at most 5 MB and 5,000 rows."),
    )
    into = forms.ChoiceField(label=gettext_lazy("Into the library of"))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinics = {one.slug: one for one in Clinic.objects.filter(pk__in=clinics_of(user, EDITORS))}
        choices = [(slug, str(clinic)) for slug, clinic in self.clinics.items()]
        if user.is_operator:
            choices.append((SHARED, _("all clinics (shared)")))
        self.fields["into"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["into"].widget = forms.HiddenInput()
            self.initial["into"] = choices[0][0]

    def clean_file(self) -> tablib.Dataset:
        upload = self.cleaned_data["file"]
        return read_table(upload.name, upload.read())


@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest) -> HttpResponse:
    """Choose a file; see what would become of each row; then have it done."""
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method != "POST":
        return _show(request, form)
    if "token" in request.POST:
        return _carry_out(request, form)
    if not form.is_valid():
        return _show(request, form, status=400)
    table, into = form.cleaned_data["file"], form.cleaned_data["into"]
    token = uuid.uuid4().hex
    kept = {"headers": table.headers, "rows": [list(row) for row in table], "into": into}
    cache.set(_key(request, token), json.dumps(kept, default=str), KEPT_S)
    plan = plan_import(table=table, clinic=form.clinics.get(into))
    return _show(request, form, plan=plan, token=token)


def _carry_out(request: HttpRequest, form: UploadForm) -> HttpResponse:
    key = _key(request, request.POST["token"])
    found = cache.get(key)
    if found is None:
        messages.error(request, _("This waited for too long, or is done already: choose the file again."))
        return redirect("admin:exercise_import")
    kept = json.loads(found)
    if kept["into"] not in dict(form.fields["into"].choices):  # type: ignore[attr-defined]
        raise Http404  # whose clinic this was works there no more
    user: Any = request.user
    table = tablib.Dataset(*kept["rows"], headers=kept["headers"])
    plan = import_table(table=table, clinic=form.clinics.get(kept["into"]), by=user, now=timezone.now())
    cache.delete(key)
    done = len(plan.of("new")) + len(plan.of("changed"))
    words = ngettext("%(done)s exercise imported.", "%(done)s exercises imported.", done)
    said = words % {"done": done}
    if not plan.drafts:
        messages.success(request, said)
        return redirect("admin:gallery")
    hint = _("What is new is a draft, and is shown here. Publish it to have it offered.")
    messages.success(request, f"{said} {hint}")
    return redirect(reverse("admin:gallery") + "?" + urlencode({"status": Status.DRAFT.value}))


def _key(request: HttpRequest, token: str) -> str:
    """Of this user alone."""
    user: Any = request.user
    return f"exercise-import-{user.pk}-{''.join(filter(str.isalnum, token))[:32]}"


def _show(
    request: HttpRequest, form: UploadForm, *, plan: Any = None, token: str = "", status: int = 200
) -> HttpResponse:
    headings = {
        "wrong": _("Left out: something is wrong"),
        "new": _("New, as drafts unless the row says otherwise"),
        "changed": _("Changed"),
        "same": _("As it is already"),
        "not_ours": _("Shared, or another clinic's: not changed here"),
    }
    context = {
        "title": _("Import exercises"),
        "form": form,
        "plan": plan,
        "token": token,
        "columns": TABLE_COLUMNS,
        "groups": [
            {"kind": kind, "heading": heading, "count": len(plan.of(kind)), "fates": plan.of(kind)[:SHOWN]}
            for kind, heading in headings.items()
            if plan and plan.of(kind)
        ],
        "to_do": len(plan.of("new")) + len(plan.of("changed")) if plan else 0,
        "shown": SHOWN,
    }
    return page(request, "programs/import.html", context, status=status)


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """What the gallery shows now, as a table."""
    if kind not in KINDS:
        raise Http404
    user: Any = request.user
    wanted = GalleryForm(request.GET, offered_targets=[request.GET.get("target", "")]).wanted()
    exercises = gallery(user, wanted).defer("search", "loaded")
    table = ExerciseResource(None).export(exercises)
    answer = HttpResponse(write_table(table, kind), content_type=KINDS[kind])
    day = timezone.localdate().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="exercises-{day}.{kind}"'
    return answer
