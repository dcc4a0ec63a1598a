"""The form of one session: what was felt, and of each exercise what became of it.

Nothing is chosen beforehand: an answer that was left out is missing, never "done" and never 0.
"""

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from patients.answers import ExerciseAnswer, SessionAnswers
from patients.forms.words import WordsField
from patients.vocabulary import PAIN_RANGE, Outcome, Settled, Site, SkipReason

LEFT_OUT = [("", _("Leave this out"))]
PAIN_CHOICES = [*LEFT_OUT, *((level, str(level)) for level in range(PAIN_RANGE[0], PAIN_RANGE[1] + 1))]
LEFT_OPEN = ("pain_before", "pain_during", "pain_after", "usual_pain", "usual_site")
SAME_SITES = r"^[1-4](,[1-4]){0,3}$"  # "same as last time": the places that stood on its label
POSTED_LINE = re.compile(
    r"(?P<line>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(?:outcome|reason|hurt_more)"
)


def _pain(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=PAIN_CHOICES,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "scale"}),
        error_messages={"invalid_choice": _("Pain is a number from 0 to 10.")},
    )


class SessionForm(forms.Form):
    """What belongs to the session as a whole. `uid` makes the same form, sent twice, one session."""

    uid = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), _("Please send this form once more.")),
    )
    practised_on = forms.DateField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), _("Please choose the day again.")),
    )
    # What was shown: the version's number, and whose form it is (patients.signin.handle).
    version = forms.IntegerField(required=False, min_value=1, max_value=32767, widget=forms.HiddenInput)
    whose = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    # Said by a phone that sends what it kept: when it was done, and whether the session is at its end.
    done_at = forms.DateTimeField(required=False)
    is_whole = forms.BooleanField(required=False)
    settled = forms.TypedChoiceField(
        label=_("Last time it ended with more pain than it began with. Has it settled?"),
        choices=[*LEFT_OUT, *Settled.choices],
        coerce=Settled,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose from the list.")},
    )
    settled_of = forms.UUIDField(required=False, widget=forms.HiddenInput)  # the session that it is about
    pain_before = _pain(_("Pain before the exercises"))
    during_no_more = forms.BooleanField(label=_("No more than before"), required=False)
    pain_during = _pain(_("Pain during the exercises"))
    pain_after = _pain(_("Pain after the exercises"))
    sites = forms.TypedMultipleChoiceField(
        label=_("Where did it hurt?"),
        choices=Site.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from the list.")},
    )
    same_sites = forms.RegexField(
        SAME_SITES, required=False, error_messages={"invalid": _("Choose from the list.")}
    )
    words = WordsField(label=_("In your own words"), rows=3)
    stopped = forms.BooleanField(label=_("I stopped the whole session because it hurt more"), required=False)
    # Asked at the first session only; kept where nothing was said yet.
    usual_pain = _pain(_("How strong is your pain on most days?"))
    usual_site = forms.TypedChoiceField(
        label=_("How far down does it usually go?"),
        choices=[*LEFT_OUT, *Site.choices],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose from the list.")},
    )

    def __init__(self, *args: Any, is_now: bool = False, **kwargs: Any) -> None:
        """`is_now`: it is filled in while one practises, so it asks for the pain of this moment."""
        super().__init__(*args, **kwargs)
        if is_now:
            self.fields["pain_before"].label = _("Pain now, before you begin")
            self.fields["pain_after"].label = _("Pain now, after the exercises")


class CorrectionForm(SessionForm):
    """The same of a session that was recorded; `revision` is the one that was looked at."""

    revision = forms.IntegerField(
        min_value=1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value"), _("Please send this form once more.")
        ),
    )


class ExerciseForm(forms.Form):
    """What became of one exercise; its prefix is the exercise's line."""

    EASIER = "easier"
    OUTCOMES = [
        (Outcome.DONE.value, _("Done")),
        (Outcome.PARTLY.value, _("Partly done")),
        (EASIER, _("Done, in the easier form")),
        (Outcome.SKIPPED.value, _("Skipped")),
        (Outcome.STOPPED.value, _("Stopped: it hurt more")),
    ]

    outcome = forms.ChoiceField(
        label=_("How did it go?"),
        choices=OUTCOMES,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose from the list.")},
    )
    reason = forms.ChoiceField(
        label=_("If you skipped it: why?"),
        choices=[("", _("Choose a reason")), *SkipReason.choices],
        required=False,
        error_messages={"invalid_choice": _("Choose from the list.")},
    )

    hurt_more = forms.BooleanField(label=_("It hurt more in this one"), required=False)

    def __init__(self, *args: Any, name: str = "", has_easier: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name
        if not has_easier:
            outcome: Any = self.fields["outcome"]
            outcome.choices = [choice for choice in self.OUTCOMES if choice[0] != self.EASIER]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        outcome, reason = cleaned.get("outcome"), cleaned.get("reason")
        if outcome == Outcome.SKIPPED and reason == "":
            self.add_error("reason", ValidationError(_("Say why you skipped it."), code="reason"))
        if reason and outcome == "":
            outcome = cleaned["outcome"] = Outcome.SKIPPED.value  # who says why has said that
        if cleaned.get("hurt_more") and outcome in ("", Outcome.SKIPPED):
            problem = _("You say that it hurt more in this one: say how it went, too.")
            self.add_error("hurt_more", ValidationError(problem, code="hurt_more"))
        return cleaned

    def answer(self) -> ExerciseAnswer | None:
        """What was said of this exercise; None where nothing was."""
        said = self.cleaned_data["outcome"]
        if not said:
            return None
        easier = said == self.EASIER
        outcome = Outcome.DONE if easier else Outcome(said)
        reason = SkipReason(self.cleaned_data["reason"]) if outcome == Outcome.SKIPPED else None
        line, hurt_more = uuid.UUID(self.prefix), self.cleaned_data["hurt_more"]
        return ExerciseAnswer(line, outcome, reason, easier, hurt_more)


class Line(NamedTuple):
    """An exercise that the sheet asks about: what the patient calls it, and whether it has an easier form."""

    name: str = ""
    has_easier: bool = True


class Problem(NamedTuple):
    """One line of the summary above the form. `anchor` is empty for what belongs to no single field."""

    anchor: str
    label: str
    message: str


class SessionSheet:
    """The whole sheet: the session's form and one for each line.

    Bound to `posted_lines` it reads whatever was posted: the domain says which of that is prescribed.
    """

    def __init__(
        self,
        *,
        lines: Mapping[uuid.UUID, Line],
        data: Any = None,
        initial: Any = None,
        said: SessionAnswers | None = None,
        form: type[SessionForm] = SessionForm,
        is_now: bool = False,
    ) -> None:
        """`said` is what the sheet shows as chosen: what was left out then is left out."""
        told = {answer.line: answer for answer in said.exercises} if said else {}
        felt = _felt(said) if said else {}
        self.session = form(data, initial={**felt, **(initial or {})}, is_now=is_now)
        self.exercises = {
            line: ExerciseForm(data, prefix=str(line), initial=_chosen(told.get(line)), **about._asdict())
            for line, about in lines.items()
        }

    def is_valid(self) -> bool:
        # All of them, so that every problem is said at once.
        return all([self.session.is_valid(), *(form.is_valid() for form in self.exercises.values())])

    def answers(self) -> SessionAnswers:
        said = self.session.cleaned_data
        answers = [form.answer() for form in self.exercises.values()]
        hurt_more = any(answer.hurt_more for answer in answers if answer is not None)
        return SessionAnswers(
            exercises=[answer for answer in answers if answer is not None],
            sites=[Site(site) for site in sorted({*said["sites"], *_sites_of(said["same_sites"])})],
            words=said["words"],
            stopped=said["stopped"],
            # Who names a number, or an exercise that hurt more, has said otherwise.
            during_no_more=said["during_no_more"] and said["pain_during"] is None and not hurt_more,
            settled=said["settled"],
            settled_of=said["settled_of"],
            shown=list(self.exercises),
            **{name: said[name] for name in LEFT_OPEN},
        )

    def refuse(self, error: ValidationError) -> None:
        """Put what the domain refused at its field, or above the form."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for name, errors in by_field.items():
            self.session.add_error(name if name in self.session.fields else None, errors)

    @property
    def problems(self) -> list[Problem]:
        found = [Problem("", "", str(message)) for message in self.session.non_field_errors()]
        for bound in self.session:
            anchor, label = ("", "") if bound.is_hidden else (bound.auto_id, str(bound.label))
            found += [Problem(anchor, label, str(message)) for message in bound.errors]
        for form in self.exercises.values():
            for bound in form:
                found += [Problem(bound.auto_id, form.name, str(message)) for message in bound.errors]
        return found


def _sites_of(same: str) -> list[int]:
    return [int(site) for site in same.split(",") if site]


def _felt(said: SessionAnswers) -> dict[str, Any]:
    names = ("pain_before", "pain_during", "pain_after", "during_no_more", "words", "stopped")
    return {"sites": [int(site) for site in said.sites], **{name: getattr(said, name) for name in names}}


def _chosen(answer: ExerciseAnswer | None) -> dict[str, Any]:
    if answer is None:
        return {}
    easier = answer.easier and answer.outcome == Outcome.DONE
    outcome = ExerciseForm.EASIER if easier else answer.outcome.value
    reason = answer.skip_reason.value if answer.skip_reason else ""
    return {"outcome": outcome, "reason": reason, "hurt_more": answer.hurt_more}


def posted_lines(names: Iterable[str]) -> dict[uuid.UUID, Line]:
    """The lines that a posted form speaks of, known or not, for a SessionSheet."""
    found = (POSTED_LINE.fullmatch(name) for name in names)
    return {uuid.UUID(match["line"]): Line() for match in found if match}
