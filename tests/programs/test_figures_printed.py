"""Figures for a PDF: whole pictures of their own, in the colours of print."""

import re
from xml.etree import ElementTree

import pytest

from programs.figures.poses import figures
from programs.figures.printed import print_colours, printed
from programs.figures.scene import HEIGHT, WIDTH
from programs.figures.still import symbol_id
from tests.programs.test_figures_drawn import TOKENS

SYMBOLS = [symbol_id(figure, pose) for figure in figures().values() for pose in figure.poses]


def test_the_colours_are_those_of_print():
    light = dict(re.findall(r"--(fig-[\w-]+): ([^;]+);", TOKENS.split("@media")[0]))
    colours = print_colours()
    assert colours.keys() == light.keys()
    assert colours["fig-ground"] == "#ffffff"
    assert colours["fig-arrow"] == "#000000"
    assert colours["fig-shirt"] != light["fig-shirt"]


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_each_pose_is_a_picture_with_nothing_left_to_look_up(symbol):
    source = printed(symbol)
    assert "var(" not in source
    assert "<use" not in source
    picture = ElementTree.fromstring(source)  # noqa: S314 drawn by us
    left, top, width, height = map(int, picture.attrib["viewBox"].split())
    assert (left, width) == (0, WIDTH)
    assert 0 <= top < top + height <= HEIGHT
    named = {part.get(what) for part in picture.iter() for what in ("fill", "stroke")} - {None, "none"}
    assert named <= set(print_colours().values())


def height(symbol: str) -> int:
    picture = ElementTree.fromstring(printed(symbol))  # noqa: S314 drawn by us
    return int(picture.attrib["viewBox"].split()[3])


def test_who_lies_leaves_no_empty_half():
    """The start and the hold of a figure have the same window, so that one sees what moves."""
    assert height("glute-bridge-start") == height("glute-bridge-hold") < HEIGHT * 0.6
    assert height("standing-side-bend-hold") > HEIGHT * 0.9


@pytest.mark.parametrize("odd", ["", "cat-cow", "cat-cow-hold/../x", "nothing-start"])
def test_what_is_no_pose_is_an_error(odd):
    with pytest.raises(KeyError):
        printed(odd)
