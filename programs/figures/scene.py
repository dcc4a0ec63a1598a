"""A body as flat lines in the picture's own units: what the still and the moving picture are made of."""

from dataclasses import dataclass

from programs.figures import drawing, props
from programs.figures.body import Body, body_of
from programs.figures.camera import VIEWS, Camera
from programs.figures.poses import Figure, Pose
from programs.figures.vectors import Vec

WIDTH, HEIGHT = 480, 360
MARGIN = 22
MOST_ZOOM = 2.9  # people who lie and people who stand stay of about one scale

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A round stroke through `points`, in units of the picture; the rest is as a drawing.Stroke has it."""

    limb: str
    piece: str
    part: str
    tone: str
    radius: float
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Window:
    """Which part of the camera's plane the picture shows, and how large."""

    camera: Camera
    zoom: float
    left: float
    top: float

    def at(self, point: Vec) -> Point:
        x, y = self.camera.flat(point)
        return ((x - self.left) * self.zoom, (y - self.top) * self.zoom)


def window_of(figure: Figure) -> Window:
    """The window that holds all poses of `figure` and what stands around, in the middle."""
    turn, tilt = VIEWS[figure.view]
    camera = Camera(turn + figure.turn, tilt if figure.tilt is None else figure.tilt)
    seen = [
        (camera.flat(point), stroke.radius)
        for pose in figure.poses
        for stroke in drawing.strokes(figure, body_of(figure, pose), camera)
        for point in stroke.points
    ]
    seen += [(camera.flat(corner), 0) for face in _faces(figure, camera) for corner in face.corners]
    right, left = max(x + r for (x, _), r in seen), min(x - r for (x, _), r in seen)
    bottom, top = max(y + r for (_, y), r in seen), min(y - r for (_, y), r in seen)
    room = ((WIDTH - 2 * MARGIN) / (right - left), (HEIGHT - 2 * MARGIN) / (bottom - top))
    zoom = min(*room, MOST_ZOOM)
    return Window(camera, zoom, (right + left) / 2 - WIDTH / 2 / zoom, (bottom + top) / 2 - HEIGHT / 2 / zoom)


def ground(figure: Figure, window: Window) -> list[tuple[str, tuple[Point, ...]]]:
    """What stands around: filled polygons with the name of their colour, from back to front."""
    return [
        (face.tone, tuple(window.at(corner) for corner in face.corners))
        for face in _faces(figure, window.camera)
    ]


def _faces(figure: Figure, camera: Camera) -> list[props.Face]:
    return [face for name, size in figure.props.items() for face in props.faces_of(name, size or {}, camera)]


def figure_lines(figure: Figure, pose: Pose, body: Body, window: Window, *, soft: bool) -> list[Line]:
    """The person and the straps of `pose`, from far to near; `soft` shows where it stretches or works."""
    found = drawing.strokes(figure, body, window.camera, soft=soft) + drawing.strap_strokes(pose, body)
    return [_line(stroke, window) for stroke in found]


def _line(stroke: drawing.Stroke, window: Window) -> Line:
    points = tuple(window.at(point) for point in stroke.points)
    return Line(stroke.limb, stroke.piece, stroke.part, stroke.tone, stroke.radius * window.zoom, points)
