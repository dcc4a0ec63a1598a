"""What stands around: mat, bed, chair, table, support; each a few boxes and legs on the floor."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from programs.figures.camera import Camera
from programs.figures.vectors import Vec


@dataclass(frozen=True)
class Face:
    """A flat piece, filled: `tone` is the name of its colour."""

    corners: tuple[Vec, ...]
    tone: str


def faces_of(name: str, size: Mapping[str, float], camera: Camera) -> Iterator[Face]:
    """What is seen of the prop `name`, from back to front. Raises KeyError for one that is unknown."""
    yield from MAKERS[name](camera=camera, **size)


def _box(
    camera: Camera, x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]
) -> Iterator[Face]:
    """The seen faces of a box: its top, the side at the front, the end that is turned this way."""
    (x0, x1), (y0, y1), (z0, z1) = x, y, z
    top = Face((Vec(x0, y0, z1), Vec(x1, y0, z1), Vec(x1, y1, z1), Vec(x0, y1, z1)), "prop-top")
    near = Face((Vec(x0, y0, z0), Vec(x1, y0, z0), Vec(x1, y0, z1), Vec(x0, y0, z1)), "prop-side")
    for end, out in ((x0, Vec(-1, 0, 0)), (x1, Vec(1, 0, 0))):
        if camera.faces(out):
            corners = (Vec(end, y0, z0), Vec(end, y1, z0), Vec(end, y1, z1), Vec(end, y0, z1))
            yield Face(corners, "prop-side")
    yield top
    if camera.faces(Vec(0, -1, 0)):
        yield near


def _mat(camera: Camera, x0: float = -80, x1: float = 92, y0: float = -30, y1: float = 30) -> Iterator[Face]:
    top = (Vec(x0, y0, 0), Vec(x1, y0, 0), Vec(x1, y1, 0), Vec(x0, y1, 0))
    yield Face(tuple(corner - Vec(0, 0, 2.5) for corner in top), "mat-side")
    yield Face((top[0] - Vec(0, 0, 2.5), top[1] - Vec(0, 0, 2.5), top[1], top[0]), "mat-side")
    yield Face(top, "mat")


def _pillow(
    camera: Camera, x0: float = 46, x1: float = 80, y0: float = -22, y1: float = 26
) -> Iterator[Face]:
    yield Face(_rounded(x0, x1, y0, y1, 2), "prop-side")
    yield Face(_rounded(x0, x1, y0, y1, 8), "prop-top")


def _rounded(x0: float, x1: float, y0: float, y1: float, z: float) -> tuple[Vec, ...]:
    """The outline of something soft: its corners are quarters of a circle."""
    radius = 9.0
    left, right, near, far = x0 + radius, x1 - radius, y0 + radius, y1 - radius
    inner = ((right, far), (left, far), (left, near), (right, near))
    return tuple(
        Vec(
            x + radius * math.cos(math.radians(90 * quarter + turn)),
            y + radius * math.sin(math.radians(90 * quarter + turn)),
            z,
        )
        for quarter, (x, y) in enumerate(inner)
        for turn in (0, 30, 60, 90)
    )


def _ground(
    camera: Camera, x0: float = -60, x1: float = 60, y0: float = -26, y1: float = 26
) -> Iterator[Face]:
    yield Face((Vec(x0, y0, 0), Vec(x1, y0, 0), Vec(x1, y1, 0), Vec(x0, y1, 0)), "mat")


def _bed(camera: Camera, x0: float = -92, x1: float = 92, y0: float = -17, y1: float = 45) -> Iterator[Face]:
    for x in (x0 + 6, x1 - 10):
        yield from _box(camera, (x, x + 4), (y0, y0 + 4), (0, 14))
    yield from _box(camera, (x0, x1), (y0, y1), (14, 46))


def _chair(camera: Camera, x: float = 0, depth: float = 40, seat: float = 46) -> Iterator[Face]:
    back, front = x - depth / 2 - 2, x + depth / 2
    for y in (18, -20):
        yield from _box(camera, (front - 4, front - 1), (y, y + 3), (0, seat - 4))
        yield from _box(camera, (back, back + 3), (y, y + 3), (0, seat - 4))
    yield from _box(camera, (back, back + 3), (-20, 21), (seat + 16, seat + 40))
    for y in (18, -20):
        yield from _box(camera, (back, back + 3), (y, y + 3), (seat, seat + 40))
    yield from _box(camera, (back, front), (-20, 21), (seat - 4, seat))


def _table(
    camera: Camera, x0: float = 50, x1: float = 105, height: float = 78, y0: float = -30, y1: float = 30
) -> Iterator[Face]:
    for y in (y1 - 5, y0 + 1):
        for x in (x0 + 3, x1 - 7):
            yield from _box(camera, (x, x + 4), (y, y + 4), (0, height - 4))
    yield from _box(camera, (x0, x1), (y0, y1), (height - 4, height))


MAKERS: dict[str, Callable[..., Iterator[Face]]] = {
    "mat": _mat,
    "ground": _ground,
    "bed": _bed,
    "pillow": _pillow,
    "chair": _chair,
    "table": _table,
}
