"""Photos of exercises, to whoever may see the exercise: its library, or a programme that it stands in."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from patients.models import PrescribedExercise
from programs.models import Exercise
from programs.models.picture import PHOTOS


@require_safe
def photo(request: HttpRequest, name: str) -> HttpResponse:
    """The photo in the file `name`."""
    user: Any = request.user
    path = f"{PHOTOS}{name}"
    if "\0" in name or not user.is_authenticated:  # PostgreSQL does not look for a NUL
        raise Http404
    shown = (
        Exercise.objects.visible_to(user),
        PrescribedExercise.objects.visible_to(user),
    )
    if not any(rows.filter(photo=path).exists() for rows in shown) or not default_storage.exists(path):
        raise Http404
    with default_storage.open(path) as file:
        answer = HttpResponse(file.read(), content_type="image/webp")  # small: programs.photos made it so
    # Another photo has another name, so this one never changes; and it is not for everybody.
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    answer["Content-Security-Policy"] = "default-src 'none'"
    return answer
