"""Colours that can be told apart in both themes, and style sheets that are light to load."""

import gzip
import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")

LIGHT = dict(COLOUR.findall(TOKENS.split("@media (prefers-color-scheme: dark)")[0]))
DARK = dict(COLOUR.findall(TOKENS.split(':root[data-theme="dark"] {')[1].split("@media print")[0]))

GROUNDS = ["paper", "surface", "sunk"]
TEXT = [
    *[(text, ground) for text in ("ink", "quiet", "link", "stop") for ground in GROUNDS],
    *[("ink", f"{tone}-tint") for tone in ("good", "part", "stop", "note", "sun")],
    *[(tone, f"{tone}-tint") for tone in ("good", "part", "stop")],
    *[("on-action", "action"), ("on-action", "action-deep"), ("on-stop", "stop"), ("on-stop", "stop-deep")],
    *[("on-sun", "sun"), ("on-sun", "sun-deep"), ("on-hero", "hero"), ("on-tint", "tint"), ("sun", "hero")],
    ("stop-deep", "stop-tint"),
    ("link", "stop-tint"),
]
SHAPES = [
    *[(shape, ground) for shape in ("edge", "action", "stop", "focus", "good", "part") for ground in GROUNDS],
    *[("sun-edge", "surface"), ("note", "note-tint"), ("action", "tint")],
    *[
        (f"fig-{part}", "fig-ground")
        for part in ("skin", "skin-far", "shirt", "shirt-far", "leg", "leg-far", "arrow", "strap")
    ],
    *[("fig-soft", "fig-leg"), ("fig-soft", "fig-shirt")],
]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, 0 to 1."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lower, higher = sorted([luminance(one), luminance(other)])
    return (higher + 0.05) / (lower + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(theme, text, ground):
    assert contrast(theme[text], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_can_be_seen(theme, shape, ground):
    assert contrast(theme[shape], theme[ground]) >= 3


def test_dark_is_the_same_whether_the_device_or_the_person_asks():
    of_device = TOKENS.split("@media (prefers-color-scheme: dark)")[1].split(':root[data-theme="dark"] {')[0]

    assert dict(COLOUR.findall(of_device)) == DARK
    assert DARK.keys() == LIGHT.keys()


def test_no_other_sheet_names_a_colour():
    # white behind a clinic's logo, and plain paper and grey in print
    allowed = {"#fff", "#999"}
    for sheet in set(CSS.glob("*.css")) - {CSS / "tokens.css"}:
        named = set(re.findall(r"(?<![\w(-])#[0-9a-f]{3,8}\b(?=[;\s])", sheet.read_text()))
        assert named <= allowed, sheet.name


def test_a_patient_loads_less_than_12_kb_of_styles():
    sheets = [CSS / name for name in ("tokens.css", "base.css", "components.css")]

    assert sum(len(gzip.compress(sheet.read_bytes())) for sheet in sheets) < 12_000
