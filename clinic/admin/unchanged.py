"""Two who edit the same object: the second one to save is told, and nothing is overwritten unseen."""

import hashlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class UnchangedForm(forms.ModelForm):
    """Carries what the object looked like when its form was opened; told once, one may save all the same."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["seen"] = self.mark(self.instance)

    def parts(self, row: Any) -> list[Any]:
        """What else belongs to the object: rows that are edited on the same page."""
        return []

    def mark(self, row: models.Model) -> str:
        """The same for the same content, another one for any other."""
        values = [getattr(row, field.attname) for field in row._meta.concrete_fields]
        return hashlib.sha256(repr([*map(str, values), *self.parts(row)]).encode()).hexdigest()[:32]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        seen = cleaned.pop("seen", "")
        if self.instance.pk is None or not seen:
            return cleaned
        # Under a lock, so that two who save in the same moment do not both find it unchanged.
        rows = type(self.instance)._base_manager.select_for_update(of=("self",), no_key=True)
        row = rows.filter(pk=self.instance.pk).first()
        if row is None:
            problem = _("This is not there any more: somebody has deleted or merged it meanwhile.")
            self.add_error(None, ValidationError(problem, code="gone"))
            return cleaned
        newest = self.mark(row)
        if seen != newest:
            sent: Any = self.data
            self.data = sent.copy()
            self.data[self.add_prefix("seen")] = newest  # type: ignore[index]
            problem = _(
                "Somebody has changed this since you opened it. Nothing of yours is lost: it stands here. "
                "Look at theirs in another window, then save again."
            )
            self.add_error(None, ValidationError(problem, code="stale"))
        return cleaned
