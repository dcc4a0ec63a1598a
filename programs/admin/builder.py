"""Building a programme of the clinic: from nothing, from another one, or changing it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.models import Clinic
from clinic.scoping import clinics_of
from programs.admin.builder_forms import SchemeForm
from programs.admin.building import LONGEST_ID, Builder
from programs.admin.exchange import EDITORS
from programs.building import Row, create_program, rows_of, save_program
from programs.models import Exercise, Program

SCHEME = ("name_en", "name_it", "phase", "sessions_a_day", "review_after_days", "weekdays")


@require_http_methods(["GET", "HEAD", "POST"])
def build(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a programme that one may edit; of another one, begin a new one with what stands in it."""
    user: Any = request.user
    program = Program.objects.visible_to(user).filter(pk=pk).first()
    if program is None:
        raise Http404
    if Program.objects.editable_by(user).filter(pk=pk).exists():
        return ProgramBuilder(request, program=program, start=program).answer()
    return redirect(reverse("admin:build_new") + f"?from={pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def build_new(request: HttpRequest) -> HttpResponse:
    """A new programme: from nothing, or `from` another one."""
    user: Any = request.user
    start, template = request.GET.get("from", ""), None
    if start:
        pk = int(start) if start.isdecimal() and len(start) <= LONGEST_ID else 0
        template = Program.objects.visible_to(user).filter(pk=pk).first()
        if template is None:
            raise Http404
    return ProgramBuilder(request, program=None, start=template).answer()


class ProgramBuilder(Builder):
    """`program` is changed, None makes a new one; it begins as `start` is, with `begun` as its rows."""

    scheme_class = SchemeForm

    def __init__(
        self,
        request: HttpRequest,
        *,
        program: Program | None,
        start: Program | None,
        begun: Sequence[Row] | None = None,
        **scheme_begun: Any,
    ) -> None:
        self.program = program
        self.clinics = list(Clinic.objects.filter(pk__in=clinics_of(request.user, EDITORS)))
        slug = request.POST.get("clinic", "")
        self.clinic = program.clinic if program else self._chosen(slug)
        scheme = {name: getattr(start or Program(), name) for name in SCHEME}
        if program is None:
            scheme["name_en"] = scheme["name_it"] = ""
        if begun is None:
            begun = rows_of(start) if start else []
        super().__init__(request, begun=begun, scheme=scheme | scheme_begun)

    def _chosen(self, slug: str) -> Clinic | None:
        """Whose it becomes: of somebody who works nowhere, an operator, everybody's."""
        return next(iter([one for one in self.clinics if one.slug == slug] + self.clinics), None)

    def exercises(self) -> Any:
        """Published, and shared or of this clinic."""
        seen = Exercise.objects.visible_to(self.request.user).published()
        return seen.filter(clinic=None) if self.clinic is None else seen.available_to(self.clinic)

    def write(self, rows: list[Row]) -> str:
        given = {"rows": rows, "by": self.user, "now": timezone.now()} | self.scheme.cleaned_data
        if self.program is None:
            saved = create_program(clinic=self.clinic, **given)
        else:
            said = self.request.POST.get("based_on", "")
            based_on = int(said) if said.isdecimal() and len(said) < 9 else 0
            saved = save_program(program=self.program, based_on=based_on, **given)
        messages.success(self.request, _("Saved: %(name)s.") % {"name": saved})
        return reverse("admin:programs_program_changelist")

    def more(self) -> dict[str, Any]:
        name = self.program.name if self.program else ""
        edition = self.program.edition if self.program else ""
        return {
            "title": _("Build: %(name)s") % {"name": name} if name else _("Build a programme"),
            "up": (_("Programmes"), reverse("admin:programs_program_changelist")),
            "clinics": self.clinics if self.program is None else [],
            "clinic": self.clinic,
            "based_on": self.based_on(edition),
        }
