"""A pose put in place: where every joint of the body is, and how far each is bent."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from programs.figures import skeleton as s
from programs.figures import spots
from programs.figures.limbs import Angles, Limb, place, reach
from programs.figures.poses import Figure, LimbPose, Pose
from programs.figures.vectors import Frame, Vec

SURFACES = {"floor": 0.0, "bed": 46.0}
STRAIGHT = LimbPose(angles=Angles())


@dataclass
class Body:
    """Joints by name, in space; `angles` by joint, in degrees, to be held against the limits."""

    points: dict[str, Vec] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)
    limbs: dict[str, Limb] = field(default_factory=dict)
    angles: dict[str, float] = field(default_factory=dict)

    def move(self, way: Vec) -> None:
        self.points = {name: point + way for name, point in self.points.items()}

    def spot(self, name: str) -> Vec:
        return spots.spot(name, self.points, self.frames, self.limbs)

    def muscle(self, name: str) -> tuple[Vec, ...]:
        return tuple(spots.muscle(name, self.points, self.frames, self.limbs))


def body_of(figure: Figure, pose: Pose) -> Body:
    """The body of `figure` in `pose`; what its `anchor` names stands where it stands in the first pose."""
    body = _trunk(figure, pose)
    if figure.anchor:
        first, now = _trunk(figure, figure.poses[0]).points[figure.anchor], body.points[figure.anchor]
        body.move(Vec(first.x - now.x, first.y - now.y, 0))
    for side in s.SIDES:
        _add_leg(body, side, pose.limbs.get(f"{side}_leg", STRAIGHT))
    for side in s.SIDES:
        _add_arm(body, side, pose.limbs.get(f"{side}_arm", STRAIGHT))
    return body


def _trunk(figure: Figure, pose: Pose) -> Body:
    """Pelvis, spine, head, hips and shoulders, resting on the surface unless a height is given."""
    trunk = pose.trunk
    pelvis = (
        s.BASES[figure.base]
        .turned(trunk.get("pelvis.turn", 0))
        .leaned(trunk.get("pelvis.lean", 0))
        .pitched(-trunk.get("pelvis.pitch", 0))
    )
    waist = _bent(pelvis, trunk, "waist")
    chest = _bent(waist, trunk, "chest")
    neck = _bent(chest, trunk, "neck")
    body = Body(
        points=_spine(
            Vec(trunk.get("pelvis.x", 0), trunk.get("pelvis.y", 0), trunk.get("pelvis.height", 0)),
            (pelvis, waist, chest, neck),
        ),
        frames={"pelvis": pelvis, "waist": waist, "chest": chest, "neck": neck},
        angles={name: value for name, value in trunk.items() if name in s.LIMITS},
    )
    if "pelvis.height" not in trunk:
        body.move(Vec(0, 0, SURFACES[figure.surface] - lowest_of_trunk(body)))
    return body


def _bent(below: Frame, trunk: Mapping[str, float], part: str) -> Frame:
    """The next part of the spine: twisted and bent sideways to the right, bent forward."""
    return (
        below.turned(-trunk.get(f"{part}.twist", 0))
        .leaned(trunk.get(f"{part}.side", 0))
        .pitched(-trunk.get(f"{part}.flex", 0))
    )


def _spine(at: Vec, frames: tuple[Frame, Frame, Frame, Frame]) -> dict[str, Vec]:
    pelvis, waist, chest, neck = frames
    points = {"pelvis": at, "waist": at + pelvis.up * s.SPINE[0]}
    points["chest"] = points["waist"] + waist.up * s.SPINE[1]
    points["neck"] = points["chest"] + chest.up * s.SPINE[2]
    points["head"] = points["neck"] + neck.up * s.NECK
    shoulders = points["neck"] - chest.up * s.SHOULDER_DROP
    for side, sign in s.OUTWARD.items():
        points[f"{side}-hip"] = at + pelvis.right * (sign * s.HIP_HALF)
        points[f"{side}-shoulder"] = shoulders + chest.right * (sign * s.SHOULDER_HALF)
    return points


def lowest_of_trunk(body: Body) -> float:
    """The height of the lowest point of trunk and head."""
    return min(body.points[name].z - radius for name, radius in s.TRUNK_RADII.items())


def _add_leg(body: Body, side: str, pose: LimbPose) -> None:
    base, hip, outward = body.frames["pelvis"], body.points[f"{side}-hip"], s.OUTWARD[side]
    lengths = (s.THIGH, s.SHIN)
    if pose.angles is not None:
        leg = place(hip, base, pose.angles, outward=outward, lengths=lengths, forward=False)
    else:
        pole = pose.pole or base.front + base.right * (outward * 0.05)
        target = _target(body, pose)
        leg = reach(hip, base, target, outward=outward, lengths=lengths, forward=False, pole=pole)
    body.limbs[f"{side}_leg"] = leg
    body.points |= {f"{side}-knee": leg.middle, f"{side}-ankle": leg.end}
    _note(body, side, ("hip", "knee"), leg.angles)
    _add_foot(body, side, leg, pose.point)


def _add_foot(body: Body, side: str, leg: Limb, point: float | None) -> None:
    """Heel and toes, `point` degrees away from a right angle; a flat foot (None) lies level."""
    if point is None:
        ahead = leg.lower.front - leg.lower.up * 0.1  # where the shin stands upright its front is level
        level = Vec(ahead.x, ahead.y, 0).unit()
        point = math.degrees(math.atan2(-level.dot(leg.lower.up), level.dot(leg.lower.front)))
    foot = leg.lower.pitched(-point)
    below = leg.end - foot.up * (s.ANKLE_HEIGHT - s.FOOT_R)
    body.angles[f"{side}-ankle.point"] = point
    body.points |= {
        f"{side}-heel": below - foot.front * (s.FOOT * 0.16),
        f"{side}-toe": below + foot.front * (s.FOOT * 0.84),
    }


def _add_arm(body: Body, side: str, pose: LimbPose) -> None:
    base, shoulder, outward = body.frames["chest"], body.points[f"{side}-shoulder"], s.OUTWARD[side]
    lengths = (s.UPPER_ARM, s.FOREARM)
    if pose.angles is not None:
        arm = place(shoulder, base, pose.angles, outward=outward, lengths=lengths, forward=True)
    else:
        pole = pose.pole or base.right * (outward * 0.7) - base.up * 0.6 - base.front * 0.5
        target = _target(body, pose)
        shoulder = _slid(shoulder, target)
        body.points[f"{side}-shoulder"] = shoulder
        arm = reach(shoulder, base, target, outward=outward, lengths=lengths, forward=True, pole=pole)
    body.limbs[f"{side}_arm"] = arm
    body.points |= {f"{side}-elbow": arm.middle, f"{side}-hand": arm.end}
    _note(body, side, ("shoulder", "elbow"), arm.angles)


def _slid(shoulder: Vec, target: Vec) -> Vec:
    """The shoulder, moved towards a target that the straight arm just fails to reach."""
    way = target - shoulder
    missing = way.length - (s.UPPER_ARM + s.FOREARM - 0.1)
    return shoulder + way.unit() * min(s.SHOULDER_GIVE, missing) if missing > 0 else shoulder


def _target(body: Body, pose: LimbPose) -> Vec:
    return pose.at if isinstance(pose.at, Vec) else body.spot(str(pose.at))


def _note(body: Body, side: str, joints: tuple[str, str], angles: Angles) -> None:
    upper, lower = joints
    body.angles |= {
        f"{side}-{upper}.flex": angles.flex,
        f"{side}-{upper}.out": angles.out,
        f"{side}-{upper}.turn": angles.turn,
        f"{side}-{lower}.bend": angles.bend,
    }
