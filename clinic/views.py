"""The address of a clinic's logo, as pages show it to patients and before anybody has signed in."""

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from clinic.models import Clinic


@require_safe
def logo(request: HttpRequest, name: str) -> FileResponse:
    """The logo in the file `name`, which is random: who has it was shown it by a page of the clinic."""
    if "\0" in name:  # PostgreSQL does not look for it
        raise Http404
    clinic = Clinic.objects.filter(~Q(logo=""), logo=f"logos/{name}").first()
    if clinic is None or not clinic.logo.storage.exists(clinic.logo.name):
        raise Http404
    answer = FileResponse(clinic.logo.open("rb"), content_type="image/png")
    # A new logo has a new name, so this one never changes.
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    answer["Content-Security-Policy"] = "default-src 'none'"
    return answer
