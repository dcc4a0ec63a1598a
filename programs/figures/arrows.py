"""The arrow that shows which way it goes: the way that one point goes."""

import math
from itertools import pairwise

from programs.figures.between import on_the_way
from programs.figures.poses import Arrow, Figure
from programs.figures.scene import Point, Window
from programs.figures.vectors import Vec

STEPS = 12
ASIDE = 24.0  # so far beside the way itself, on the side away from the body, in units of the picture
HEAD = 17.0  # length of the head's two strokes, in units of the picture
SHORTEST = {False: 48.0, True: 64.0}  # with one head, with two


def arrow_path(figure: Figure, arrow: Arrow, window: Window) -> list[list[Point]]:
    """The arrow's lines: its shaft, its head, and with `both` a head at its beginning."""
    bodies = [on_the_way(figure, step / STEPS) for step in range(STEPS + 1)]
    shift = Vec(*arrow.shift)
    way = [window.at(body.spot(arrow.of) + shift) for body in bodies]
    if not any(arrow.shift):
        way = _beside(way, window.at(bodies[-1].points["pelvis"]))
    shaft = _lengthened(way[1:-1], SHORTEST[arrow.both])
    lines = [shaft, _head(shaft[-2], shaft[-1])]
    if arrow.both:
        lines.append(_head(shaft[1], shaft[0]))
    return lines


def _beside(way: list[Point], centre: Point) -> list[Point]:
    """`way` beside itself, so that the arrow does not lie on what moves."""
    moved = []
    for index, (x, y) in enumerate(way):
        before, after = way[max(0, index - 1)], way[min(len(way) - 1, index + 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1
        across, down = -dy / length, dx / length
        if across * (x - centre[0]) + down * (y - centre[1]) < 0:
            across, down = -across, -down
        moved.append((x + across * ASIDE, y + down * ASIDE))
    return moved


def _lengthened(way: list[Point], shortest: float) -> list[Point]:
    """A short way is drawn longer, so that it can be seen."""
    length = sum(math.dist(one, other) for one, other in pairwise(way))
    if length >= shortest or length == 0:
        return way
    factor = shortest / length
    cx, cy = way[len(way) // 2]
    return [(cx + (x - cx) * factor, cy + (y - cy) * factor) for x, y in way]


def _head(before: Point, tip: Point) -> list[Point]:
    direction = math.atan2(tip[1] - before[1], tip[0] - before[0])
    left, right = (
        (tip[0] - HEAD * math.cos(direction + turn), tip[1] - HEAD * math.sin(direction + turn))
        for turn in (0.55, -0.55)
    )
    return [left, tip, right]
