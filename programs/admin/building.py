"""What every builder has: the library on the left, rows on the right, a button that says what to do.

What is being built lives in the page alone until it is saved, so nothing half-done is kept, and the page
works the same without a script. With htmx only the part that changes is sent back.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, retarget

from clinic.admin_site import page
from programs.admin.builder_forms import ACTS, MOST_ROWS, Sheet
from programs.admin.gallery import found
from programs.building import Row, usual_dose
from programs.burden import burden
from programs.gallery import Wanted
from programs.vocabulary import Kind, Position

# What comes back for a button, and which part of the page it takes the place of.
PARTS = {
    "find": ("programs/builder_found.html", "#builder-found"),
    "weigh": ("programs/builder_weighed.html", "#burden"),
}
WHOLE = ("programs/builder_parts.html", "#sheet")
LONGEST_ID = 18  # digits that every database can hold


class Builder:
    """One request to a builder's page: what it began with, and what was filled in.

    A kind of builder says what its own form is (`scheme_class`), which exercises may stand in it, and how it
    is saved.
    """

    scheme_class: type[forms.Form]
    template = "programs/builder.html"
    is_full = False  # what was to be added does not fit in any more
    is_stale = False  # somebody else has saved it meanwhile, and who builds has just been told

    def __init__(self, request: HttpRequest, *, begun: Sequence[Row], scheme: dict[str, Any]) -> None:
        self.request = request
        self.user: Any = request.user
        self.what, _sep, self.key = request.POST.get("act", "").partition(":")
        self.begun = {row.key: row for row in begun}
        data = request.POST if request.method == "POST" else None
        if data is None or self.what == "save":
            self.scheme = self.scheme_class(data, initial=scheme)
        else:  # nobody is told that a name is missing while they still build
            self.scheme = self.scheme_class(initial={name: _sent(data, name) for name in scheme})
        if data is None:
            self.sheet = Sheet.of(begun)
        else:
            self.sheet = Sheet.sent(data, self.exercises(), self.begun)

    # --- What a kind of builder says --------------------------------------------------------------------

    def exercises(self) -> Any:
        """A QuerySet of what may be added."""
        raise NotImplementedError

    def write(self, rows: list[Row]) -> str:
        """Save it, and give the address of where to go on. Raises ValidationError."""
        raise NotImplementedError

    def more(self) -> dict[str, Any]:
        """What its page shows beside that of every builder."""
        return {}

    # --- What all do --------------------------------------------------------------------------------------

    def answer(self) -> HttpResponse:
        """Do what the button says, and show what is there then."""
        status = 200
        if self.what == "save":
            address = self._saved()
            if address:
                return HttpResponseClientRedirect(address) if self._by_htmx else redirect(address)
            status = 400
        else:
            self._act()
        if not self._by_htmx:
            return page(self.request, self.template, self.context(), status=status)
        # htmx shows what comes with 200 alone; the form says what is wrong all the same.
        template, place = PARTS.get(self.what, WHOLE)
        return retarget(render(self.request, template, self.context()), place)

    @property
    def _by_htmx(self) -> bool:
        return bool(self.request.htmx)  # type: ignore[attr-defined]

    def _act(self) -> None:
        if self.what in ACTS:
            ACTS[self.what](self.sheet, self.key)
        elif self.what == "add" and self.key.isdecimal() and len(self.key) <= LONGEST_ID:
            exercise = self.exercises().prefetch_related("forms").filter(pk=int(self.key)).first()
            self.is_full = exercise is not None and len(self.sheet.forms) >= MOST_ROWS
            if exercise is not None and not self.is_full:
                self.sheet.add(Row(exercise, usual_dose(exercise, self.user)))

    def _saved(self) -> str:
        """Where to go on; "" where something is wrong, which then stands at its field."""
        if not self.scheme.is_valid() or not self.sheet.is_valid():
            self.sheet.is_valid()  # so that all that is wrong is said at once
            return ""
        if not self.sheet.is_whole:
            return ""
        try:
            return self.write(self.sheet.rows())
        except ValidationError as refused:
            self.is_stale = getattr(refused, "code", "") == "stale"
            self._tell(refused)
            return ""

    def based_on(self, newest: object) -> object:
        """What is saved is based on this; once told that there is a newer one, on the newest."""
        return newest if self.is_stale else self.request.POST.get("based_on") or newest

    def _left_out(self) -> str:
        if not self.sheet.is_whole:
            return _("An exercise is not offered any more and was left out: look at it, then save again.")
        return _("A programme has at most %(most)s exercises.") % {"most": MOST_ROWS} if self.is_full else ""

    def _problems(self) -> list[tuple[str, str, str]]:
        """All that kept it from being saved: where it is, what it is called, what is wrong."""
        if self.what != "save":
            return []
        found = [("", "", message) for message in self.scheme.non_field_errors()]
        named: list[tuple[str, forms.Form]] = [("", self.scheme)]
        named += [(f"{form.row.exercise.name}: ", form) for form in self.sheet.kept()]
        for name, form in named:
            for field in form:
                found += [(field.auto_id, f"{name}{field.label}", message) for message in field.errors]
        return [(anchor, label, str(message)) for anchor, label, message in found]

    def _tell(self, refused: ValidationError) -> None:
        """At the fields that it names, else at the top."""
        if not hasattr(refused, "error_dict"):
            self.scheme.add_error(None, refused)
            return
        for name, errors in refused.error_dict.items():
            self.scheme.add_error(name if name in self.scheme.fields else None, errors)

    def context(self) -> dict[str, Any]:
        sent = self.request.POST
        wanted = Wanted(
            words=sent.get("words", "").replace("\0", "")[:100],
            kind=_known(sent.get("kind", ""), Kind),
            position=_known(sent.get("position", ""), Position),
            favourites=bool(sent.get("favourites")),
        )
        return {
            "sheet": self.sheet,
            "scheme": self.scheme,
            "burden": burden([form.dose_now() for form in self.sheet.kept()]),
            "problems": self._problems(),
            "growing": [
                (form.row.exercise.name, way)
                for form in self.sheet.kept()
                if (way := form.progression_in_short())
            ],
            "in_use": {form.row.exercise.pk for form in self.sheet.kept()},
            "kinds": Kind.choices,
            "positions": Position.choices,
            "left_out": self._left_out(),
            **found(self.request, wanted, among=self.exercises()),
            **self.more(),
        }


def _sent(data: Any, name: str) -> Any:
    """A field as it was sent; the days of the week are several."""
    return data.getlist(name) if name == "weekdays" else data.get(name, "")


def _known(value: str, choices: Any) -> str:
    return value if value in choices.values else ""
