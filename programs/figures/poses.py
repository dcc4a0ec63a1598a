"""Poses as the files give them, and as plain numbers. How to write one: poses/README.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from programs.figures.limbs import Angles
from programs.figures.vectors import Vec

FOLDER = Path(__file__).parent / "poses"
LANGUAGES = ("en", "it")
TRUNK = {
    "pelvis": ("x", "y", "height", "pitch", "lean", "turn"),
    "waist": ("flex", "side", "twist"),
    "chest": ("flex", "side", "twist"),
    "neck": ("flex", "side", "twist"),
}
LIMBS = ("left_leg", "right_leg", "left_arm", "right_arm")


@dataclass(frozen=True)
class LimbPose:
    """Joint angles, or where the hand or the foot is: a spot of the body by name, or a point in space.

    `pole` is the direction in which knee or elbow points, None for the usual one. `point` is how far the toes
    point away (degrees), None where the foot stands flat.
    """

    angles: Angles | None = None
    at: str | Vec | None = None
    pole: Vec | None = None
    point: float | None = 0.0


@dataclass(frozen=True)
class Pose:
    """One position of the body. `trunk` has angles by "part.angle" and the place of the pelvis; `touches` the
    spots that lie on the floor, on the bed, on the seat or on the table."""

    name: str
    desc: Mapping[str, str]
    trunk: Mapping[str, float]
    limbs: Mapping[str, LimbPose]
    straps: tuple[tuple[str, ...], ...] = ()
    touches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrow:
    """The way of `of` from the first pose to the last, and back with `both`; `shift` (cm) moves it."""

    of: str
    both: bool = False
    shift: tuple[float, float, float] = (0, 0, 0)


@dataclass(frozen=True)
class Figure:
    """The drawing of one exercise, or of one form of its ladder; `sides` where it is done on each side."""

    key: str
    name: Mapping[str, str]
    base: str
    view: str
    poses: tuple[Pose, ...]
    turn: float = 0.0
    tilt: float | None = None
    surface: str = "floor"
    anchor: str = ""
    props: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    stretch: tuple[str, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    order: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    trace: tuple[str, ...] = ()
    move_s: float = 3.0
    hold_s: float = 3.0
    sides: bool = False


@cache
def figures() -> dict[str, Figure]:
    """All figures by key, in the order of their keys."""
    sources = {file.stem: yaml.safe_load(file.read_text()) for file in sorted(FOLDER.glob("*.yaml"))}
    return {key: read(key, _whole(source, sources)) for key, source in sources.items()}


def _whole(source: dict[str, Any], sources: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """A figure `like` another one has all of that but for what it says itself."""
    return {**_whole(sources[source["like"]], sources), **source} if "like" in source else source


def read(key: str, given: Mapping[str, Any]) -> Figure:
    """A figure from the mapping of its file. Raises KeyError or ValueError where that is not understood."""
    poses: list[Pose] = []
    for each in given["poses"]:
        before = {pose.name: pose for pose in poses}
        poses.append(_pose(each, before.get(each.get("like", ""))))
    known = {name for name in Figure.__dataclass_fields__ if name not in ("key", "poses")}
    if wrong := set(given) - known - {"poses", "like"}:
        raise ValueError(f"{key}: unknown {', '.join(sorted(wrong))}")
    rest: dict[str, Any] = {name: given[name] for name in known & set(given)}
    rest["arrows"] = tuple(Arrow(**arrow) for arrow in rest.get("arrows", ()))
    for name in ("stretch", "order", "over", "trace"):
        rest[name] = tuple(rest.get(name, ()))
    return Figure(key=key, poses=tuple(poses), **rest)


def _pose(given: Mapping[str, Any], like: Pose | None) -> Pose:
    trunk = dict(like.trunk) if like else {}
    limbs = dict(like.limbs) if like else {}
    for part, names in TRUNK.items():
        for name, value in given.get(part, {}).items():
            if name not in names:
                raise ValueError(f"{part} has no {name}")
            trunk[f"{part}.{name}"] = float(value)
    for name in LIMBS:
        if name in given:
            limbs[name] = _limb(given[name])
    straps = like.straps if like else ()
    if "straps" in given:
        straps = tuple(tuple(strap) for strap in given["straps"])
    touches = like.touches if like else {}
    if "touches" in given:
        touches = {surface: tuple(spots) for surface, spots in given["touches"].items()}
    return Pose(given["name"], given["desc"], trunk, limbs, straps, touches)


def _limb(given: Mapping[str, Any]) -> LimbPose:
    pole = Vec(*given["pole"]) if "pole" in given else None
    at = given.get("at")
    if at is None:
        point = float(given.get("point", 0))
        angles = Angles(*(float(given.get(name, 0)) for name in ("flex", "out", "turn", "bend")))
        return LimbPose(angles=angles, point=point)
    place = at if isinstance(at, str) else Vec(*map(float, at))
    point_given = given.get("point")
    return LimbPose(at=place, pole=pole, point=None if point_given is None else float(point_given))
