"""What is seen of a body: thick round strokes in space, each with a colour, sorted from far to near."""

from collections.abc import Iterator
from dataclasses import dataclass

from programs.figures import skeleton as s
from programs.figures.body import Body
from programs.figures.camera import Camera
from programs.figures.poses import Figure, Pose
from programs.figures.vectors import Vec

SOFT_R = 3.2  # half the width of what shows a stretch
STRAP_R = 1.5
# Where things lie on each other they count as so much nearer than they are, in centimetres.
OVER = {"forearm": 8.0, "upper-arm": 3.0, "thigh": 4.0, "shin": 4.0, "head": 3.0, "trunk": 0.0}


@dataclass(frozen=True)
class Stroke:
    """A line through `points`, as thick as twice `radius`, or a dot. Strokes of one `limb` that follow each
    other are one shape; those of one `piece` lie on one bone; `part` names the stroke."""

    limb: str
    piece: str
    part: str
    tone: str
    radius: float
    points: tuple[Vec, ...]


def strokes(figure: Figure, body: Body, camera: Camera, *, soft: bool = False) -> list[Stroke]:
    """All strokes of a body, the far ones first; with `soft`, what stretches or works lies on its piece."""
    pieces = {name: list(made) for name, made in _pieces(body, camera)}
    rest = set(pieces) - set(figure.order) - set(figure.over)
    sorted_rest = sorted(rest, key=lambda name: (-_depth(name, pieces[name], camera), name))
    order = [*figure.order, *sorted_rest, *figure.over]
    found = []
    for name in order:
        found += pieces[name]
        found += [_soft(body, muscle) for muscle in figure.stretch if soft and piece_of(muscle) == name]
    return found


def _soft(body: Body, muscle: str) -> Stroke:
    return Stroke(muscle, muscle, "soft", "soft", SOFT_R, body.muscle(muscle))


def piece_of(muscle: str) -> str:
    """On which piece of the body a muscle is drawn."""
    side, _, part = muscle.partition("-")
    if side not in s.SIDES or part == "flank":
        return "trunk"
    return f"{side}-shin" if part == "calf" else f"{side}-thigh"


def _depth(name: str, piece: list[Stroke], camera: Camera) -> float:
    points = [point for stroke in piece for point in stroke.points]
    mean = sum(camera.depth(point) for point in points) / len(points)
    return mean - OVER[name.removeprefix("left-").removeprefix("right-")]


def _pieces(body: Body, camera: Camera) -> Iterator[tuple[str, Iterator[Stroke]]]:
    """The named side is drawn as the right one, and dark; the other one light, from wherever one looks."""
    for side, shade in (("left", "-far"), ("right", "")):
        yield f"{side}-thigh", _thigh(body, side, shade)
        yield f"{side}-shin", _shin(body, side, shade)
        yield f"{side}-upper-arm", _upper_arm(body, side, shade)
        yield f"{side}-forearm", _forearm(body, side, shade)
    yield "trunk", _trunk(body)
    yield "head", _head(body, camera)


def _thigh(body: Body, side: str, shade: str) -> Iterator[Stroke]:
    p = body.points
    yield Stroke(
        f"{side}-leg",
        f"{side}-thigh",
        "thigh",
        f"leg{shade}",
        s.THIGH_R,
        (p[f"{side}-hip"], p[f"{side}-knee"]),
    )


def _shin(body: Body, side: str, shade: str) -> Iterator[Stroke]:
    limb, piece, p = f"{side}-leg", f"{side}-shin", body.points
    yield Stroke(limb, piece, "foot", f"skin{shade}", s.FOOT_R, (p[f"{side}-heel"], p[f"{side}-toe"]))
    yield Stroke(limb, piece, "shin", f"leg{shade}", s.SHIN_R, (p[f"{side}-knee"], p[f"{side}-ankle"]))


def _upper_arm(body: Body, side: str, shade: str) -> Iterator[Stroke]:
    limb, piece = f"{side}-arm", f"{side}-upper-arm"
    shoulder, elbow = body.points[f"{side}-shoulder"], body.points[f"{side}-elbow"]
    sleeve = (shoulder, shoulder.towards(elbow, 0.34))
    yield Stroke(limb, piece, "upper-arm", f"skin{shade}", s.UPPER_ARM_R, (shoulder, elbow))
    yield Stroke(limb, piece, "sleeve", f"shirt{shade}", s.UPPER_ARM_R + 1.2, sleeve)


def _forearm(body: Body, side: str, shade: str) -> Iterator[Stroke]:
    limb, piece = f"{side}-arm", f"{side}-forearm"
    elbow, hand = body.points[f"{side}-elbow"], body.points[f"{side}-hand"]
    yield Stroke(limb, piece, "forearm", f"skin{shade}", s.FOREARM_R, (elbow, hand))
    yield Stroke(limb, piece, "hand", f"skin{shade}", s.HAND_R, (hand,))


def _trunk(body: Body) -> Iterator[Stroke]:
    p = body.points
    seat = (p["pelvis"], p["pelvis"].towards(p["waist"], 0.4))
    yield Stroke("trunk", "trunk", "hips", "leg", s.BAR_R, (p["left-hip"], p["right-hip"]))
    yield Stroke("trunk", "trunk", "seat", "leg", s.PELVIS_R, seat)
    for side in s.SIDES:
        low = p["waist"].towards(p["waist"] + p[f"{side}-hip"] - p["pelvis"], 0.7)
        flank = (low, p["neck"].towards(p[f"{side}-shoulder"], 0.72))
        yield Stroke("trunk", "trunk", f"{side}-flank", "shirt", s.BAR_R, flank)
    yield Stroke(
        "trunk",
        "trunk",
        "waist",
        "shirt",
        s.WAIST_R,
        (p["pelvis"].towards(p["waist"], 0.7), p["waist"], p["chest"]),
    )
    yield Stroke(
        "trunk", "trunk", "chest", "shirt", s.CHEST_R, (p["chest"], p["chest"].towards(p["neck"], 0.55))
    )
    yield Stroke("trunk", "trunk", "shoulders", "shirt", s.BAR_R, (p["left-shoulder"], p["right-shoulder"]))


def _head(body: Body, camera: Camera) -> Iterator[Stroke]:
    p, frame = body.points, body.frames["neck"]
    head = p["head"]
    nose = head + frame.front * (s.HEAD_R - 0.6) - frame.up
    crown = head - frame.front * 2.6 + frame.up * 2.2
    hair = Stroke("head", "head", "hair", "hair", s.HEAD_R + 0.4, (crown,))
    yield Stroke("head", "head", "neck", "skin", s.NECK_R, (p["neck"], head))
    if not camera.looks_away(frame.front):
        yield hair
    yield Stroke("head", "head", "nose", "skin", 2.4, (nose,))
    yield Stroke("head", "head", "face", "skin", s.HEAD_R, (head,))
    if camera.looks_away(frame.front):
        yield hair
    for side, sign in s.OUTWARD.items():
        looking = frame.front * 0.85 + frame.right * (sign * 0.42) + frame.up * 0.05
        if camera.sees(looking):
            eye = head + looking.unit() * (s.HEAD_R - 1.5)
            yield Stroke("head", "head", f"{side}-eye", "hair", 1.2, (eye,))


def strap_strokes(pose: Pose, body: Body) -> list[Stroke]:
    """The straps, and over them the hands that hold them."""
    straps = [
        Stroke(
            "strap",
            f"strap-{number}",
            f"strap-{number}",
            "strap",
            STRAP_R,
            tuple(body.spot(name) for name in strap),
        )
        for number, strap in enumerate(pose.straps)
    ]
    hands = {name for strap in pose.straps for name in strap if name.endswith("hand")}
    shades = {"left-hand": "skin-far", "right-hand": "skin"}
    grips = [
        Stroke("strap", name, name, shades[name], s.HAND_R, (body.points[name],)) for name in sorted(hands)
    ]
    return straps + grips
