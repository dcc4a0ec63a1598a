"""Moving pictures: the last pose in pieces, which the keyframes of one stylesheet carry to the first and back.

A piece that keeps its shape on the way (most do) is moved and turned as it is. One that looks longer or
shorter on the way, because it turns towards the reader, is drawn as dashes: a line of which a dash as long as
the bone is shown, with round ends. All browsers can move both (`d` in a stylesheet does not move in Safari).
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from programs.figures import still
from programs.figures.between import on_the_way
from programs.figures.poses import Figure
from programs.figures.scene import Line, Point, figure_lines, soft_lines, window_of

STEPS = 6  # moments on the way; what is near enough to a straight line between others is left out
NEAR_ENOUGH = 3.2  # units of the picture
REST_S = 1.2  # at the first pose
LONGEST = 400  # no bone is longer, in units of the picture

Place = tuple[float, float, float]  # how far right and down, turned by how many degrees


@dataclass(frozen=True)
class Piece:
    """What moves as one: its lines on each step, the last of them as it is drawn."""

    steps: tuple[tuple[Line, ...], ...]
    fades: bool = False  # comes into view on the way, as a stretch does

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.steps[-1]


# --- The picture --------------------------------------------------------------------------------------


def moving_shapes(figure: Figure) -> Iterator[str]:
    """What stands inside the `<svg>`; figures.css moves it."""
    yield from still.ground_shapes(figure, window_of(figure))
    yield f'<g class="fig-moving fig-{figure.key}" fill="none" stroke-linecap="round" stroke-linejoin="round">'
    numbered = enumerate(_pieces(figure))
    for _, limb in groupby(numbered, key=lambda pair: pair[1].lines[0].limb):
        pieces = list(limb)
        yield from (_shape(number, piece, halo=True) for number, piece in pieces)
        yield from (_shape(number, piece, halo=False) for number, piece in pieces)
    yield "</g>"


def _shape(number: int, piece: Piece, *, halo: bool) -> str:
    lines = list(piece.lines)
    if lines[0].tone == "soft":
        shapes = still.strokes(lines, "glow", wider=still.GLOW) if halo else still.strokes(lines)
    elif halo:
        lines = [line for line in lines if still.has_halo(line)]
        shapes = still.strokes(lines, "ground", wider=still.HALO)
    else:
        shapes = still.strokes(lines)
    if not lines:
        return ""
    if not _moves(piece):
        return "".join(shapes)
    if _is_dash(piece):
        return _dash(number, lines[0], halo=halo)
    return f'<g class="m{number}">{"".join(shapes)}</g>'


def _dash(number: int, line: Line, *, halo: bool) -> str:
    tone, wider = ("ground", still.HALO) if halo else (line.tone, 0)
    x, y, turn = _place(line)
    return (
        f'<path class="m{number}" stroke="var(--fig-{tone})" stroke-width="{still.width_of(line, wider)}"'
        f' d="M0 0H{LONGEST}" stroke-dasharray="{_length(line):.0f} 999"'
        f' transform="translate({x:.0f} {y:.0f})rotate({turn:.0f})"/>'
    )


# --- The stylesheet -----------------------------------------------------------------------------------


def stylesheet(figures: Iterable[Figure]) -> str:
    """The keyframes of all `figures`. One way of the movement is one run, and the next one goes back."""
    return "".join(rule + "\n" for figure in figures for rule in _rules(figure))


def one_way_s(figure: Figure) -> float:
    """Half the rest, the movement, half the hold: seconds."""
    return REST_S / 2 + figure.move_s + figure.hold_s / 2


def _rules(figure: Figure) -> Iterator[str]:
    yield f".fig-{figure.key}{{--one-way:{one_way_s(figure):g}s}}"
    for number, piece in enumerate(_pieces(figure)):
        if _moves(piece):
            name = f"{figure.key}-{number}"
            origin = "" if piece.fades or _is_dash(piece) else _origin(piece)
            yield f".fig-{figure.key} .m{number}{{animation-name:{name}{origin}}}"
            yield f"@keyframes {name}{{{''.join(_keyframes(figure, piece))}}}"


def _origin(piece: Piece) -> str:
    x, y = _anchor(piece).points[0]
    return f";transform-origin:{x:.0f}px {y:.0f}px"


def _keyframes(figure: Figure, piece: Piece) -> Iterator[str]:
    begin = REST_S / 2 / one_way_s(figure) * 100
    end = begin + figure.move_s / one_way_s(figure) * 100
    if piece.fades:
        yield f"0%,{end - 18:.0f}%{{opacity:0}}{end:.0f}%,to{{opacity:1}}"
        return
    places = _dash_places(piece) if _is_dash(piece) else _rigid_places(piece)
    for step in _needed(piece, places):
        when = f"{begin + (end - begin) * step / STEPS:.0f}%"
        when = f"0%,{when}" if step == 0 else f"{when},to" if step == STEPS else when
        x, y, turn = places[step]
        change = f"transform:translate({x:.0f}px,{y:.0f}px)rotate({turn:.0f}deg)"
        if _is_dash(piece):
            change += f";stroke-dasharray:{_length(piece.steps[step][0]):.0f}px 999px"
        yield f"{when}{{{change}}}"


def _needed(piece: Piece, places: list[Place]) -> list[int]:
    """The steps that must be told; the others lie near enough to the straight way between them."""
    kept = [0, STEPS]
    while True:
        errors = {}
        for low, high in zip(kept, kept[1:], strict=False):
            for step in range(low + 1, high):
                share = (step - low) / (high - low)
                errors[step] = _error(piece, places, low, high, step, share)
        worst = max(errors, key=errors.__getitem__, default=None)
        if worst is None or errors[worst] <= NEAR_ENOUGH:
            return kept
        kept = sorted([*kept, worst])


def _error(piece: Piece, places: list[Place], low: int, high: int, step: int, share: float) -> float:
    """How far a point of the piece would be from where it belongs on `step`."""
    mixed = tuple(a + (b - a) * share for a, b in zip(places[low], places[high], strict=True))
    if _is_dash(piece):
        lengths = [_length(piece.steps[index][0]) for index in (low, high, step)]
        length = lengths[0] + (lengths[1] - lengths[0]) * share
        return max(
            math.dist(_moved(mixed, (0, 0)), piece.steps[step][0].points[0]),
            math.dist(_moved(mixed, (length, 0)), piece.steps[step][0].points[-1]),
        )
    return max(
        math.dist(_carried(piece, mixed, point), wanted)
        for line, there in zip(piece.lines, piece.steps[step], strict=True)
        for point, wanted in zip(line.points, there.points, strict=True)
    )


# --- Pieces and where they are ------------------------------------------------------------------------


def _pieces(figure: Figure) -> list[Piece]:
    """The pieces of the last pose, from far to near, each with its way from the first."""
    window, last = window_of(figure), figure.poses[-1]
    bodies = [on_the_way(figure, _eased(step / STEPS)) for step in range(STEPS + 1)]
    on_step = [
        {(line.piece, line.part): line for line in figure_lines(figure, last, body, window)}
        for body in bodies
    ]
    pieces: list[Piece] = []
    for name, lines in groupby(on_step[-1].values(), key=lambda line: line.piece):
        drawn = list(lines)
        if drawn[0].limb == "strap" and not figure.poses[0].straps:
            pieces.append(Piece((tuple(drawn),), fades=True))
            continue
        always = [line for line in drawn if all((name, line.part) in step for step in on_step)]
        whole = Piece(tuple(tuple(step[name, line.part] for line in always) for step in on_step))
        pieces += [whole] if _is_rigid(whole) else _split(whole)
    pieces += [Piece((tuple(soft_lines(figure, bodies[-1], window)),), fades=True)] if figure.stretch else []
    return pieces


def _split(piece: Piece) -> Iterator[Piece]:
    """Each straight bit of what changes its shape, by itself."""
    for index, line in enumerate(piece.lines):
        for first in range(max(1, len(line.points) - 1)):
            yield Piece(tuple((_bit(lines[index], first),) for lines in piece.steps))


def _bit(line: Line, first: int) -> Line:
    return Line(
        line.limb, line.piece, line.part, line.tone, line.radius, line.points[first : first + 2]
    )


def _moves(piece: Piece) -> bool:
    return piece.fades or any(
        math.dist(point, wanted) > NEAR_ENOUGH / 2
        for lines in piece.steps
        for line, there in zip(piece.lines, lines, strict=True)
        for point, wanted in zip(line.points, there.points, strict=True)
    )


def _is_rigid(piece: Piece) -> bool:
    """Whether moving and turning is enough to bring the drawn lines to every step."""
    return all(
        math.dist(_carried(piece, place, point), wanted) <= NEAR_ENOUGH
        for place, lines in zip(_rigid_places(piece), piece.steps, strict=True)
        for line, there in zip(piece.lines, lines, strict=True)
        for point, wanted in zip(line.points, there.points, strict=True)
    )


def _is_dash(piece: Piece) -> bool:
    return not piece.fades and not _is_rigid(piece)


def _anchor(piece: Piece) -> Line:
    """The longest line: about its first point the piece is turned."""
    return max(piece.lines, key=_length)


def _rigid_places(piece: Piece) -> list[Place]:
    """How far the anchor is from where it is drawn, and how far the piece is turned about it, on each step."""
    index = piece.lines.index(_anchor(piece))
    x, y, turn = _place(piece.lines[index])
    places = [_place(lines[index]) for lines in piece.steps]
    return _unwound([(to_x - x, to_y - y, to_turn - turn) for to_x, to_y, to_turn in places])


def _carried(piece: Piece, place: tuple[float, ...], point: Point) -> Point:
    """Where `point` of a rigid piece comes to lie."""
    x, y = _anchor(piece).points[0]
    return _moved((place[0] + x, place[1] + y, place[2]), (point[0] - x, point[1] - y))


def _dash_places(piece: Piece) -> list[Place]:
    return _unwound([_place(lines[0]) for lines in piece.steps])


def _unwound(places: list[Place]) -> list[Place]:
    """Turns that never jump: each is less than half a turn from the one after it."""
    found = [places[-1]]
    for x, y, turn in reversed(places[:-1]):
        after = found[-1][2]
        found.append((x, y, after + (turn - after + 180) % 360 - 180))
    return found[::-1]


def _place(line: Line) -> Place:
    (x, y), (to_x, to_y) = line.points[0], line.points[-1]
    return x, y, math.degrees(math.atan2(to_y - y, to_x - x))


def _length(line: Line) -> float:
    return math.dist(line.points[0], line.points[-1])


def _moved(place: tuple[float, ...], point: Point) -> Point:
    x, y, turn = place
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return x + point[0] * c - point[1] * s, y + point[0] * s + point[1] * c


def _eased(share: float) -> float:
    """Slow at both ends, as people move."""
    return share * share * (3 - 2 * share)
