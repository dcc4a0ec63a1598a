"""All figures on one page for staff: every pose, both sides, large and small, and in motion."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.admin_site import page
from programs.pictures import drawing, figure_choices


@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    return page(
        request,
        "programs/figures.html",
        {
            "title": _("Figures"),
            "drawings": [(name, drawing(key, name=name)) for key, name in figure_choices()],
        },
    )
