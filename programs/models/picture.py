"""How an exercise looks: one of the house's own figures, or a photo."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.figures.poses import figures

PHOTOS = "photos/"


def validate_figure(key: str) -> None:
    if key not in figures():
        raise ValidationError(_("There is no such figure."), code="figure")


class Picture(models.Model):
    """A photo, where there is one, stands in the place of the figure.

    Abstract: the library's exercise has it, and a prescribed exercise keeps a copy. A photo's file is never
    written over: another photo has another name, so that copies keep theirs.
    """

    figure = models.CharField(_("figure"), max_length=80, blank=True, validators=[validate_figure])
    photo = models.ImageField(_("photo"), upload_to=PHOTOS, blank=True)

    class Meta:
        abstract = True

    def picture(self) -> dict[str, Any]:
        """The whole picture, to be copied."""
        return {"figure": self.figure, "photo": self.photo.name or ""}
