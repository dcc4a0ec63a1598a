"""Pictures in templates: `{% thumb exercise %}` is the small one beside a name."""

from typing import Any

from django import template

from programs.photos import photo_url
from programs.pictures import Drawing, drawing

register = template.Library()


@register.inclusion_tag("programs/thumb.html")
def thumb(exercise: Any, rung: int = 0) -> dict[str, Any]:
    """The last pose of an exercise of the library or of a prescription, in the form `rung`, or its photo."""
    return {
        "photo": photo_url(exercise.photo_at(rung)),
        "drawing": drawing(exercise.figure_at(rung)),
    }


@register.simple_tag
def figure(key: str, name: str = "") -> Drawing | None:
    """The drawing of the figure `key`, called `name`: `{% figure form.figure form.name as drawing %}`."""
    return drawing(key, name=name)
