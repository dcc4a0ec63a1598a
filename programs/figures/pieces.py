"""The pieces that a moving picture is cut into, and where each of them is on its way from pose to pose."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise

from programs.figures.between import on_the_way
from programs.figures.poses import Figure
from programs.figures.scene import Line, Point, figure_lines, window_of

STEPS = 6  # moments on the way
NEAR_ENOUGH = 3.2  # units of the picture: less than a pixel on a telephone

Place = tuple[float, float, float]  # how far right and down, turned by how many degrees


@dataclass(frozen=True)
class Piece:
    """What moves as one: its lines on each step, the last of them as it is drawn.

    A piece that keeps its shape is moved and turned about the first point of its longest line. One that does
    not is a dash: a single straight line that is told anew on each step.
    """

    steps: tuple[tuple[Line, ...], ...]
    fades: bool = False  # comes into view on the way, as a stretch does

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.steps[-1]

    @cached_property
    def moves(self) -> bool:
        return self.fades or any(
            math.dist(point, wanted) > NEAR_ENOUGH / 2
            for lines in self.steps
            for point, wanted in zip(_points(self.lines), _points(lines), strict=True)
        )

    @cached_property
    def is_dash(self) -> bool:
        """Whether moving and turning is not enough to bring the drawn lines to every step."""
        return not self.fades and any(
            math.dist(self.carried(place, point), wanted) > NEAR_ENOUGH
            for place, lines in zip(self._rigid_places, self.steps, strict=True)
            for point, wanted in zip(_points(self.lines), _points(lines), strict=True)
        )

    @cached_property
    def anchor(self) -> Line:
        return max(self.lines, key=length_of)

    @cached_property
    def places(self) -> list[Place]:
        """Where it is on each step: seen from where it is drawn, a dash from the corner of the picture."""
        return _unwound([place_of(lines[0]) for lines in self.steps]) if self.is_dash else self._rigid_places

    @cached_property
    def _rigid_places(self) -> list[Place]:
        index = self.lines.index(self.anchor)
        x, y, turn = place_of(self.anchor)
        places = [place_of(lines[index]) for lines in self.steps]
        return _unwound([(to_x - x, to_y - y, to_turn - turn) for to_x, to_y, to_turn in places])

    def carried(self, place: Place, point: Point) -> Point:
        """Where a drawn point comes to lie when the piece is brought to `place`."""
        x, y = self.anchor.points[0]
        return _moved((place[0] + x, place[1] + y, place[2]), (point[0] - x, point[1] - y))

    def needed_steps(self) -> list[int]:
        """The steps that must be told: the others lie near enough to the straight way between them."""
        kept = [0, STEPS]
        while True:
            errors = {
                step: self._error(low, high, step)
                for low, high in pairwise(kept)
                for step in range(low + 1, high)
            }
            worst = max(errors, key=errors.__getitem__, default=None)
            if worst is None or errors[worst] <= NEAR_ENOUGH:
                return kept
            kept = sorted([*kept, worst])

    def _error(self, low: int, high: int, step: int) -> float:
        """How far a point would be from where it belongs on `step`, if only `low` and `high` were told."""
        share = (step - low) / (high - low)
        x, y, turn = (_between(a, b, share) for a, b in zip(self.places[low], self.places[high], strict=True))
        wanted = list(_points(self.steps[step]))
        if self.is_dash:
            length = _between(length_of(self.steps[low][0]), length_of(self.steps[high][0]), share)
            found = [_moved((x, y, turn), (0, 0)), _moved((x, y, turn), (length, 0))]
            return max(math.dist(found[0], wanted[0]), math.dist(found[1], wanted[-1]))
        found = [self.carried((x, y, turn), point) for point in _points(self.lines)]
        return max(math.dist(one, other) for one, other in zip(found, wanted, strict=True))


def pieces_of(figure: Figure) -> list[Piece]:
    """The pieces of the last pose, from far to near, each with its way from the first."""
    window, last = window_of(figure), figure.poses[-1]
    on_step = []
    for step in range(STEPS + 1):
        body = on_the_way(figure, _eased(step / STEPS))
        lines = figure_lines(figure, last, body, window, soft=True)
        on_step.append({(line.piece, line.part): line for line in lines})
    pieces: list[Piece] = []
    for name, drawn in groupby(on_step[-1].values(), key=lambda line: line.piece):
        parts = list(drawn)
        if parts[0].tone == "soft" or (parts[0].limb == "strap" and not figure.poses[0].straps):
            pieces.append(Piece((tuple(parts),), fades=True))
            continue
        always = [line.part for line in parts if all((name, line.part) in step for step in on_step)]
        whole = Piece(tuple(tuple(step[name, part] for part in always) for step in on_step))
        pieces += _split(whole) if whole.is_dash else [whole]
    return pieces


def _split(piece: Piece) -> Iterator[Piece]:
    """Each straight bit of what changes its shape, by itself."""
    for index, line in enumerate(piece.lines):
        for first in range(max(1, len(line.points) - 1)):
            bits = [
                replace(lines[index], points=lines[index].points[first : first + 2]) for lines in piece.steps
            ]
            yield Piece(tuple((bit,) for bit in bits))


def place_of(line: Line) -> Place:
    """Where a line begins, and in which direction it goes."""
    (x, y), (to_x, to_y) = line.points[0], line.points[-1]
    return x, y, math.degrees(math.atan2(to_y - y, to_x - x))


def length_of(line: Line) -> float:
    return math.dist(line.points[0], line.points[-1])


def _points(lines: tuple[Line, ...]) -> Iterator[Point]:
    for line in lines:
        yield from line.points


def _unwound(places: list[Place]) -> list[Place]:
    """Turns that never jump: each is less than half a turn from the one after it."""
    found = [places[-1]]
    for x, y, turn in reversed(places[:-1]):
        after = found[-1][2]
        found.append((x, y, after + (turn - after + 180) % 360 - 180))
    return found[::-1]


def _moved(place: Place, point: Point) -> Point:
    x, y, turn = place
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return x + point[0] * c - point[1] * s, y + point[0] * s + point[1] * c


def _between(one: float, other: float, share: float) -> float:
    return one + (other - one) * share


def _eased(share: float) -> float:
    """Slow at both ends, as people move."""
    return share * share * (3 - 2 * share)
