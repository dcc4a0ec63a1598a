"""Of which programmes and dates outcomes are told, and of which exercise the list behind a figure."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.clinic_pages.forms.reports import PeriodForm
from patients.outcome_scope import NO_PROGRAM
from programs.models import Exercise


class OutcomesForm(PeriodForm):
    """A period, and one physiotherapist or programme; what was built for one patient alone has none."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        program: Any = self.fields["program"]
        program.choices = [*program.choices, (NO_PROGRAM, _("no programme of the library"))]


class BehindForm(OutcomesForm):
    """The same of one exercise, which is no choice of the reader's: the figure says it."""

    exercise = forms.ModelChoiceField(
        Exercise.objects.none(), label=_("Exercise"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["exercise"].queryset = Exercise.objects.visible_to(user)  # type: ignore[attr-defined]
