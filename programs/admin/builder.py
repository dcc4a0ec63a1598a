"""The builder: left the library, right the programme. One form, sent whole with every press of a button.

What is being built lives in the page alone until it is saved, so nothing half-done is kept, and the page
works the same without a script. With htmx only the part that changes is sent back.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from clinic.admin_site import page
from clinic.models import Clinic
from clinic.scoping import clinics_of
from programs.admin.builder_forms import ACTS, SchemeForm, Sheet
from programs.admin.exchange import EDITORS
from programs.admin.gallery import found
from programs.building import Row, create_program, rows_of, save_program, usual_dose
from programs.burden import burden
from programs.gallery import Wanted
from programs.models import Exercise, Program
from programs.vocabulary import Kind, Position

SCHEME = ("name_en", "name_it", "phase", "sessions_a_day", "review_after_days", "weekdays")


@require_http_methods(["GET", "HEAD", "POST"])
def build(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a programme that one may edit; of another one, begin a new one with what stands in it."""
    user: Any = request.user
    program = Program.objects.visible_to(user).filter(pk=pk).first()
    if program is None:
        raise Http404
    if Program.objects.editable_by(user).filter(pk=pk).exists():
        return _page(request, program=program, start=program)
    return redirect(reverse("admin:build_new") + f"?from={pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def build_new(request: HttpRequest) -> HttpResponse:
    """A new programme: from nothing, or `from` another one."""
    user: Any = request.user
    start = request.GET.get("from", "")
    template = None
    if start:
        template = Program.objects.visible_to(user).filter(pk=int(start) if start.isdecimal() else 0).first()
        if template is None:
            raise Http404
    return _page(request, program=None, start=template)


class Builder:
    """One request to the page: what it began with, and what was filled in."""

    def __init__(self, request: HttpRequest, *, program: Program | None, start: Program | None) -> None:
        self.request, self.program = request, program
        self.what, _sep, self.key = request.POST.get("act", "").partition(":")
        self.user: Any = request.user
        self.clinics = list(Clinic.objects.filter(pk__in=clinics_of(self.user, EDITORS)))
        self.begun = {row.key: row for row in (rows_of(start) if start else [])}
        scheme = {name: getattr(start or Program(), name) for name in SCHEME}
        if program is None and start is not None:
            scheme["name_en"] = scheme["name_it"] = ""
        data = request.POST if request.method == "POST" else None
        if data is None or self.what == "save":
            self.scheme = SchemeForm(data, initial=scheme)
        else:  # nobody is told that a name is missing while they still build
            sent = {name: data.get(name, "") for name in SCHEME} | {"weekdays": data.getlist("weekdays")}
            self.scheme = SchemeForm(initial=sent)
        if data is None:
            self.sheet = Sheet.of(list(self.begun.values()))
        else:
            self.sheet = Sheet.sent(data, self.exercises(), self.begun)

    @property
    def clinic(self) -> Clinic | None:
        """Whose programme it is, or becomes."""
        if self.program is not None:
            return self.program.clinic
        if self.user.is_operator and not self.clinics:
            return None
        slug = self.request.POST.get("clinic", "")
        return next(
            (one for one in self.clinics if one.slug == slug), self.clinics[0] if self.clinics else None
        )

    def exercises(self) -> Any:
        """What may stand in it: published, shared or of this clinic."""
        seen = Exercise.objects.visible_to(self.user).published()
        return seen.filter(clinic=None) if self.clinic is None else seen.available_to(self.clinic)

    def act(self) -> None:
        """Do what the button says that was pressed."""
        if self.what in ACTS:
            ACTS[self.what](self.sheet, self.key)
        elif self.what == "add" and self.key.isdecimal() and len(self.key) < 19:
            exercise = self.exercises().prefetch_related("forms").filter(pk=int(self.key)).first()
            if exercise is not None:
                self.sheet.add(Row(exercise, usual_dose(exercise, self.user)))

    def save(self) -> Program | None:
        """The programme, saved; None where something is wrong, which then stands at its field."""
        if not all([self.scheme.is_valid(), self.sheet.is_valid()]):
            return None
        given = {
            "rows": self.sheet.rows(),
            "by": self.user,
            "now": timezone.now(),
            **self.scheme.cleaned_data,
        }
        try:
            if self.program is None:
                return create_program(clinic=self.clinic, **given)
            return save_program(program=self.program, based_on=self._based_on(), **given)
        except ValidationError as refused:
            self.scheme.add_error(None, ValidationError(refused.messages))
            return None

    def _based_on(self) -> int:
        said = self.request.POST.get("based_on", "")
        return int(said) if said.isdecimal() and len(said) < 9 else 0

    def context(self) -> dict[str, Any]:
        wanted = Wanted(
            words=self.request.POST.get("words", "")[:100],
            kind=_known(self.request.POST.get("kind", ""), Kind),
            position=_known(self.request.POST.get("position", ""), Position),
            favourites=bool(self.request.POST.get("favourites")),
        )
        return {
            "title": _("Build: %(name)s") % {"name": self.program}
            if self.program
            else _("Build a programme"),
            "program": self.program,
            "clinics": self.clinics if self.program is None else [],
            "clinic": self.clinic,
            "sheet": self.sheet,
            "scheme": self.scheme,
            "based_on": self.request.POST.get("based_on") or (self.program.edition if self.program else ""),
            "burden": burden([form.dose_now() for form in self.sheet.kept()]),
            "in_use": {form.row.exercise.pk for form in self.sheet.kept()},
            "kinds": Kind.choices,
            "positions": Position.choices,
            **found(self.request, wanted),
        }


def _known(value: str, choices: Any) -> str:
    return value if value in choices.values else ""


PARTS = {"find": "programs/builder_found.html", "weigh": "programs/builder_burden.html"}


def _page(request: HttpRequest, *, program: Program | None, start: Program | None) -> HttpResponse:
    builder = Builder(request, program=program, start=start)
    status = 200
    if builder.what == "save":
        saved = builder.save()
        if saved is not None:
            return _saved(request, saved)
        status = 400
    else:
        builder.act()
    if not request.htmx:  # type: ignore[attr-defined]
        return page(request, "programs/builder.html", builder.context(), status=status)
    template = PARTS.get(builder.what, "programs/builder_parts.html")
    # htmx shows what comes with 200 alone; the form says what is wrong all the same.
    return render(request, template, builder.context())


def _saved(request: HttpRequest, program: Program) -> HttpResponse:
    messages.success(request, _("Saved: %(name)s.") % {"name": program})
    address = reverse("admin:programs_program_changelist")
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(address)
    return redirect(address)
