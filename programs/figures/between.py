"""What lies between two poses: the body on its way, for the moving picture and for the arrow."""

from collections.abc import Mapping

from programs.figures.body import Body, body_of
from programs.figures.limbs import Limb
from programs.figures.poses import LIMBS, Figure, LimbPose, Pose
from programs.figures.skeleton import LIMITS
from programs.figures.vectors import Vec

PELVIS_ANGLES = ("pelvis.pitch", "pelvis.lean", "pelvis.turn")


def on_the_way(figure: Figure, share: float) -> Body:
    """The body `share` of the way from the first pose to the last: 0 is the first, 1 the last."""
    first, last = figure.poses[0], figure.poses[-1]
    if share in (0, 1):
        return body_of(figure, last if share else first)
    here, there = body_of(figure, first), body_of(figure, last)
    pelvis = here.points["pelvis"].towards(there.points["pelvis"], share)
    trunk = _mixed(first.trunk, last.trunk, share)
    trunk |= {"pelvis.x": pelvis.x, "pelvis.y": pelvis.y, "pelvis.height": pelvis.z}
    limbs = {name: _limb(name, first, last, here, there, share) for name in LIMBS}
    return body_of(figure, Pose("between", {}, trunk, limbs))


def _mixed(one: Mapping[str, float], other: Mapping[str, float], share: float) -> dict[str, float]:
    names = (set(one) | set(other)) & (set(LIMITS) | set(PELVIS_ANGLES))
    return {name: one.get(name, 0) + (other.get(name, 0) - one.get(name, 0)) * share for name in names}


def _limb(name: str, first: Pose, last: Pose, here: Body, there: Body, share: float) -> LimbPose:
    """What holds on to something on both ends holds on all the way; else the joints turn evenly."""
    one, other = first.limbs.get(name, LimbPose()), last.limbs.get(name, LimbPose())
    before, after = here.limbs[name], there.limbs[name]
    point = _point(name, one, other, here, there, share)
    if one.at is None or other.at is None:
        return LimbPose(angles=before.angles.towards(after.angles, share), point=point)
    at = one.at if one.at == other.at else before.end.towards(after.end, share)
    return LimbPose(at=at, pole=_pole(before).towards(_pole(after), share), point=point)


def _pole(limb: Limb) -> Vec:
    """Where the middle joint points to, also where the limb is nearly straight."""
    way = limb.middle - limb.root.towards(limb.end, 0.5)
    return way.unit() if way.length > 0.5 else limb.upper.front


def _point(name: str, one: LimbPose, other: LimbPose, here: Body, there: Body, share: float) -> float | None:
    if not name.endswith("leg") or (one.point is None and other.point is None):
        return one.point
    joint = name.replace("_leg", "-ankle.point")
    return here.angles[joint] + (there.angles[joint] - here.angles[joint]) * share
