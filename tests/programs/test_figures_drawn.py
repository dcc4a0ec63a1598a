"""What is drawn of the poses: small enough, in colours that there are, up to date, moved as it is posed."""

import gzip
import math
import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest

from programs.figures import moving, still
from programs.figures.arrows import arrow_path
from programs.figures.body import body_of
from programs.figures.pieces import NEAR_ENOUGH, length_of, pieces_of
from programs.figures.poses import Figure, figures, read
from programs.figures.scene import HEIGHT, WIDTH, figure_lines, window_of
from programs.library.reading import read_library
from programs.management.commands.draw_figures import STATIC, drawn

TOKENS = (STATIC / "css" / "tokens.css").read_text()
FIGURES = figures()
every_figure = pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
START: dict[str, Any] = {
    "name": "start",
    "desc": {"en": "Standing.", "it": "In piedi."},
    "pelvis": {"height": 86},
}
SMALLEST: dict[str, Any] = {
    "poses": [START, {"name": "hold", "like": "start", "desc": {"en": "The same.", "it": "Uguale."}}],
    "name": {"en": "Standing", "it": "In piedi"},
    "base": "upright",
    "view": "side",
}


# --- Every exercise -------------------------------------------------------------------------------------
def test_every_exercise_and_every_form_has_its_figure():
    library = read_library()
    named = {
        (exercise.key, form.rung if form else 0): (form or exercise).values["figure"]
        for exercise in library.exercises
        for form in (None, *exercise.forms)
    }
    assert len(named) == 20 + 18
    assert {where: key for where, key in named.items() if key not in FIGURES} == {}
    assert set(named.values()) == set(FIGURES)  # and none is drawn for nothing
    for (key, rung), figure in named.items():
        assert rung or figure == key


def test_a_form_that_is_another_exercise_looks_like_it():
    for exercise in read_library().exercises:
        for form in exercise.forms:
            assert not form.becomes or form.values["figure"] == form.becomes


def test_an_exercise_that_is_done_on_each_side_has_a_figure_with_sides():
    for exercise in read_library().exercises:
        assert FIGURES[exercise.key].sides == exercise.values["each_side"], exercise.key


@every_figure
def test_each_has_a_start_and_an_end_told_in_both_languages(figure: Figure):
    assert [pose.name for pose in figure.poses] in (["start", "hold"], ["start", "end"])
    for words in (figure.name, *(pose.desc for pose in figure.poses)):
        assert set(words) == {"en", "it"}
        assert all(len(text) >= 4 for text in words.values())
        assert words["en"] != words["it"] or figure.key == "forearm-plank"
    assert figure.stretch
    assert figure.arrows


@every_figure
def test_what_is_held_has_a_hold_and_what_moves_has_none(figure: Figure):
    assert (figure.hold_s > 0) == (figure.poses[-1].name == "hold")


# --- Bytes ----------------------------------------------------------------------------------------------
@every_figure
def test_a_still_figure_has_at_most_6_kb(figure: Figure):
    for pose in figure.poses:
        assert len(still.symbol(figure, pose).encode()) <= 6000


def test_sprite_and_movements_weigh_little_on_the_way():
    """Together with page and styles within the 60 kB of a first visit."""
    sprite, css = (
        gzip.compress((STATIC / name).read_bytes()) for name in ("img/figures.svg", "css/figures.css")
    )
    assert len(sprite) < 26_000
    assert len(css) < 18_000


def test_the_files_are_what_the_poses_say():
    """After a change of a pose: `manage.py draw_figures`."""
    for path, text in drawn().items():
        assert path.read_text() == text, path.name


# --- Marks ----------------------------------------------------------------------------------------------
def test_only_colours_that_have_a_token_are_used():
    tones = set(re.findall(r"var\(--fig-([\w-]+)\)", "".join(drawn().values())))
    tones |= {tone for figure in FIGURES.values() for tone in _tones_in_motion(figure)}
    for block in TOKENS.split("@media (prefers-color-scheme: dark)"):
        assert {tone for tone in tones if f"--fig-{tone}:" not in block} == set()
    for block in (TOKENS.split("@media print")[1], TOKENS.split("@media (forced-colors")[1]):
        assert {tone for tone in tones if f"--fig-{tone}:" not in block} == set()


def _tones_in_motion(figure: Figure) -> list[str]:
    return re.findall(r"var\(--fig-([\w-]+)\)", "".join(moving.moving_shapes(figure)))


@every_figure
def test_what_is_drawn_is_well_formed_and_within_its_frame(figure: Figure):
    for shapes in (*(still.shapes(figure, pose) for pose in figure.poses), moving.moving_shapes(figure)):
        ElementTree.fromstring(f"<svg>{''.join(shapes)}</svg>")  # noqa: S314 our own
    window = window_of(figure)
    points = [
        point
        for pose in figure.poses
        for line in figure_lines(figure, pose, body_of(figure, pose), window, soft=True)
        for point in line.points
    ]
    points += [
        point for arrow in figure.arrows for line in arrow_path(figure, arrow, window) for point in line
    ]
    assert all(4 <= x <= WIDTH - 4 and 4 <= y <= HEIGHT - 4 for x, y in points)


def test_only_what_stretches_shows_orange_and_only_after_the_start():
    for figure in FIGURES.values():
        start, end = ("".join(still.shapes(figure, pose)) for pose in figure.poses)
        assert ("fig-soft" in start, "fig-arrow" in start) == (False, False)
        assert ("fig-soft" in end, "fig-arrow" in end) == (True, True)


# --- Movement -------------------------------------------------------------------------------------------
@every_figure
def test_the_movement_begins_at_the_first_pose_and_ends_at_the_last(figure: Figure):
    window = window_of(figure)
    for pose, step in ((figure.poses[0], 0), (figure.poses[-1], -1)):
        lines = figure_lines(figure, pose, body_of(figure, pose), window, soft=True)
        posed = {(line.piece, line.part): line for line in lines}
        for piece in pieces_of(figure):
            if piece.fades or piece.is_dash:
                continue
            for line in piece.lines:
                wanted = posed[line.piece, line.part].points
                for point in line.points:
                    found = piece.carried(piece.places[step], point)
                    assert min(math.dist(found, there) for there in wanted) <= NEAR_ENOUGH


@every_figure
def test_something_moves_and_never_jumps(figure: Figure):
    pieces = [piece for piece in pieces_of(figure) if piece.moves and not piece.fades]
    assert pieces
    for piece in pieces:
        longest = max(length_of(line) for lines in piece.steps for line in lines)
        for (*_, one), (*_, other) in pairwise(piece.places):
            assert abs(math.radians(one - other)) * longest < 110, piece.lines[0].part


def test_a_hold_is_shown_as_long_as_it_says():
    """Rest 1.2 s, 3 s there, 3 s held: one way is half the rest, the way, half the hold."""
    bridge = FIGURES["glute-bridge"]
    assert (bridge.move_s, bridge.hold_s) == (3, 3)
    assert ".fig-glute-bridge{--one-way:5.1s}" in moving.stylesheet([bridge])


def test_it_stands_still_for_those_who_ask_for_less_motion():
    css = (STATIC / "css" / "figures.css").read_text()
    assert "@media(prefers-reduced-motion:reduce){.fig-moving [class]{animation:none!important}}" in css
    assert "running" not in css.replace(
        ".play:checked~.player .fig-moving [class]{animation-play-state:running}", ""
    )


# --- Bad files ------------------------------------------------------------------------------------------
def test_a_smallest_figure_is_read():
    assert read("made-up", SMALLEST).poses[1].trunk == {"pelvis.height": 86.0}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"colour": "red"}, "unknown colour"),
        ({"poses": [{**START, "waist": {"colour": 3}}]}, "waist has no colour"),
    ],
)
def test_what_is_not_understood_is_told(changed, said):
    with pytest.raises(ValueError, match=said):
        read("made-up", {**SMALLEST, **changed})
