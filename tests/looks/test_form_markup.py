"""What our crispy-forms templates promise to a screen reader."""

from html.parser import HTMLParser

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms

Element = tuple[str, dict[str, str | None]]

POINTS = [(number, str(number)) for number in range(11)] + [("", "Leave this open")]


class SessionForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As the clinic knows you.")
    pain = forms.ChoiceField(label="Pain", choices=POINTS, widget=forms.RadioSelect(attrs={"class": "scale"}))
    sites = forms.MultipleChoiceField(
        label="Where", choices=[("back", "Back"), ("leg", "Leg")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="Remind me")
    words = forms.CharField(label="Words", required=False, widget=forms.Textarea)

    @property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout(
            Fieldset("Today", "name", "pain", "sites"), "agreed", "words", Submit("save", "Save")
        )
        return helper


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def of(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.all if t == tag and wanted.items() <= a.items()]

    @property
    def ids(self) -> list[str]:
        return [a["id"] for _, a in self.all if a.get("id")]  # type: ignore[misc]


@pytest.fixture
def empty():
    return Elements(render_crispy_form(SessionForm()))


@pytest.fixture
def wrong():
    return Elements(render_crispy_form(SessionForm({"words": "x"})))


def controls(page):
    return [
        a
        for tag, a in page.all
        if tag in {"input", "select", "textarea"} and a.get("type") not in {"hidden", "submit"}
    ]


def test_every_control_has_a_label(wrong):
    labelled = {label["for"] for label in wrong.of("label")}

    assert len(controls(wrong)) == 17  # name, twelve of pain, two of where, agreed, words
    assert {control["id"] for control in controls(wrong)} <= labelled


def test_ids_are_given_once(wrong):
    assert len(wrong.ids) == len(set(wrong.ids))


@pytest.mark.parametrize("name", ["name", "pain", "sites", "agreed"])
def test_an_error_is_tied_to_its_field_and_the_list_at_the_top_leads_there(wrong, name):
    [holder] = [a for _, a in wrong.all if a.get("id") == f"id_{name}"]

    assert f"id_{name}_error" in (holder["aria-describedby"] or "").split()
    assert f"id_{name}_error" in wrong.ids
    assert wrong.of("a", href=f"#id_{name}")


def test_hint_and_error_both_describe_a_field(wrong):
    [name] = wrong.of("input", id="id_name")

    assert name["aria-invalid"] == "true"
    assert (name["aria-describedby"] or "").split() == ["id_name_helptext", "id_name_error"]
    assert "id_name_helptext" in wrong.ids


def test_an_empty_form_says_nothing_of_errors(empty):
    assert not [a for _, a in empty.all if a.get("role") == "alert" or a.get("aria-invalid")]


def test_groups_are_fieldsets_with_a_legend(empty):
    assert {"id_pain", "id_sites"} <= {a.get("id") for a in empty.of("fieldset")}
    assert len(empty.of("legend")) == len(empty.of("fieldset")) == 3


def test_nothing_needs_inline_style_or_script(wrong):
    assert not [a for _, a in wrong.all if "style" in a or any(name.startswith("on") for name in a)]
    assert not wrong.of("script")
