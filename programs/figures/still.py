"""Still pictures: each pose as a symbol of one sprite, in colours that the page names."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from programs.figures.arrows import arrow_path
from programs.figures.body import body_of
from programs.figures.poses import Figure, Pose
from programs.figures.scene import HEIGHT, WIDTH, Line, Point, Window, figure_lines, ground, window_of

HALO = 4  # how far the ground shows round a limb, so that it stands out from what lies behind
GLOW = 7
ARROW = 7
TRACE = 0.3  # how much of a piece is seen where it was
BARE = {"sleeve", "left-eye", "right-eye"}
# Whether a part goes on beyond its first and its last point.
JOINED = {"thigh": (1, 1), "shin": (1, 0), "upper-arm": (1, 1), "forearm": (1, 0)}
OPENING = '<g fill="none" stroke-linecap="round" stroke-linejoin="round">'


def symbol_id(figure: Figure, pose: Pose) -> str:
    return f"{figure.key}-{pose.name}"


def sprite(figures: Iterable[Figure]) -> str:
    """One file with every pose of `figures`, to be shown with `<use>`."""
    symbols = "\n".join(symbol(figure, pose) for figure in figures for pose in figure.poses)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def symbol(figure: Figure, pose: Pose) -> str:
    """A `<symbol>` with `pose`; all but the first pose show the stretch and the way there."""
    inside = "".join(shapes(figure, pose))
    return f'<symbol id="{symbol_id(figure, pose)}" viewBox="0 0 {WIDTH} {HEIGHT}">{inside}</symbol>'


def shapes(figure: Figure, pose: Pose) -> Iterator[str]:
    """What stands inside the symbol."""
    window, body, moved = window_of(figure), body_of(figure, pose), pose is not figure.poses[0]
    yield from ground_shapes(figure, window)
    yield OPENING
    if moved and figure.trace:
        yield from trace_shapes(figure, window)
    lines = figure_lines(figure, pose, body, window, soft=moved)
    for _, limb in groupby(lines, key=lambda line: line.limb):
        yield from limb_shapes(list(limb))
    if moved:
        yield from arrow_shapes(figure, window)
    yield "</g>"


def ground_shapes(figure: Figure, window: Window) -> Iterator[str]:
    for tone, corners in ground(figure, window):
        yield f'<path fill="var(--fig-{tone})" d="{path(corners)}z"/>'


def trace_shapes(figure: Figure, window: Window) -> Iterator[str]:
    """Faintly, where the pieces of `trace` were in the first pose: to and fro is seen without comparing."""
    first = figure.poses[0]
    lines = figure_lines(figure, first, body_of(figure, first), window, soft=False)
    yield f'<g opacity="{TRACE}">'
    yield from strokes(line for line in lines if line.piece in figure.trace)
    yield "</g>"


def limb_shapes(lines: list[Line]) -> Iterator[str]:
    """A limb with what lies round it, then the limb itself."""
    yield from halo_shapes(lines)
    yield from strokes(lines)


def halo_shapes(lines: list[Line]) -> Iterator[str]:
    """The ground that shows round a limb; of a stretch, its glow."""
    if lines[0].tone == "soft":
        yield from strokes(lines, "glow", wider=GLOW)
    yield from strokes((trimmed(line) for line in lines if has_halo(line)), "ground", wider=HALO)


def arrow_shapes(figure: Figure, window: Window) -> Iterator[str]:
    for arrow in figure.arrows:
        lines = "".join(path(points) for points in arrow_path(figure, arrow, window))
        yield f'<path stroke="var(--fig-ground)" stroke-width="{ARROW + 7}" d="{lines}"/>'
        yield f'<path stroke="var(--fig-arrow)" stroke-width="{ARROW}" d="{lines}"/>'


def has_halo(line: Line) -> bool:
    """Sleeves belong to the shirt, eyes to the face; straps and stretches are thin enough."""
    return line.tone not in ("strap", "soft") and line.part not in BARE


def trimmed(line: Line) -> Line:
    """For a halo: without the joints that bind a limb together, which it would cut apart."""
    ends = JOINED.get(line.part)
    length = math.dist(line.points[0], line.points[-1])
    if ends is None or length == 0:
        return line
    (x, y), (to_x, to_y) = line.points[0], line.points[-1]
    cut = min((line.radius + HALO) / length, 0.45)
    low, high = cut * ends[0], 1 - cut * ends[1]
    points = tuple((x + (to_x - x) * share, y + (to_y - y) * share) for share in (low, high))
    return replace(line, points=points)


def strokes(lines: Iterable[Line], tone: str = "", *, wider: float = 0) -> Iterator[str]:
    """The lines as paths; those in a row that look the same are one."""
    for (colour, width), alike in groupby(lines, key=lambda line: (tone or line.tone, width_of(line, wider))):
        data = "".join(path(line.points) for line in alike)
        yield f'<path stroke="var(--fig-{colour})" stroke-width="{width}" d="{data}"/>'


def width_of(line: Line, wider: float = 0) -> int:
    return round(2 * (line.radius + wider))


def path(points: Iterable[Point]) -> str:
    """The points as path data, in whole units; a single one is a dot."""
    (x, y), *others = [(round(x), round(y)) for x, y in points]
    data = f"M{x} {y}"
    for to_x, to_y in others:
        data += f"l{to_x - x} {to_y - y}"
        x, y = to_x, to_y
    return data.replace(" -", "-") if others else data + "h0"
