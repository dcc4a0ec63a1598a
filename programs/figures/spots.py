"""Places on the body by name: what a hand holds, where a strap runs, along what it stretches."""

from collections.abc import Callable, Iterator

from programs.figures import skeleton as s
from programs.figures.limbs import Limb
from programs.figures.vectors import Frame, Vec

Points = dict[str, Vec]

HAND = s.HAND_R * 0.6  # how far the middle of a hand lies above the skin that it holds

# On a leg; `out` is the direction away from the other leg.
ON_LEG: dict[str, Callable[[Limb, Vec], Vec]] = {
    "thigh-back": lambda leg, out: _along(leg, 0.58) - leg.upper.front * (s.THIGH_R + HAND),
    "thigh-inside": lambda leg, out: _along(leg, 0.55) - out * (s.THIGH_R + HAND),
    "thigh-front": lambda leg, out: _along(leg, 0.7) + leg.upper.front * (s.THIGH_R + HAND),
    "thigh-top": lambda leg, out: _along(leg, 0.84) + leg.upper.front * (s.THIGH_R + s.SHIN_R * 0.8),
    "thigh-strap": lambda leg, out: _along(leg, 0.66) - leg.upper.front * (s.THIGH_R - 1),
    "knee-outside": lambda leg, out: leg.middle + out * (s.THIGH_R + HAND),
    "knee-inside": lambda leg, out: leg.middle - out * (s.THIGH_R + HAND),
    "shin": lambda leg, out: _down(leg, 0.16) + leg.lower.front * (s.SHIN_R + HAND),
    "shin-low": lambda leg, out: _down(leg, 0.6) + leg.lower.front * (s.SHIN_R + HAND),
    "ankle-front": lambda leg, out: _down(leg, 0.92) + leg.lower.front * (s.SHIN_R + HAND),
    "ankle-strap": lambda leg, out: _down(leg, 0.94),
}


def spot(name: str, points: Points, frames: dict[str, Frame], limbs: dict[str, Limb]) -> Vec:
    """A joint, or a place on the skin: "right-thigh-back" lies behind the right thigh.

    Raises KeyError for a name that is none.
    """
    if name in points:
        return points[name]
    if name == "over-head":
        return points["head"] + frames["neck"].up * (s.HEAD_R + s.HAND_R + 3)
    side, _, part = name.partition("-")
    leg = limbs[f"{side}_leg"]
    if part == "sole":
        heel, toe = points[f"{side}-heel"], points[f"{side}-toe"]
        return heel.towards(toe, 0.62) + (heel - leg.middle).unit() * s.FOOT_R
    return ON_LEG[part](leg, leg.upper.right * s.OUTWARD[side])


def _along(leg: Limb, share: float) -> Vec:
    return leg.root.towards(leg.middle, share)


def _down(leg: Limb, share: float) -> Vec:
    return leg.middle.towards(leg.end, share)


# --- What stretches or works: lines just below the skin -----------------------------------------------
SPINE = (("pelvis", "pelvis"), ("waist", "pelvis"), ("chest", "waist"), ("neck", "chest"))


def muscle(name: str, points: Points, frames: dict[str, Frame], limbs: dict[str, Limb]) -> Iterator[Vec]:
    """The line that shows the muscle `name`. Raises KeyError for one that is none."""
    match name:
        case "back" | "lower-back" | "belly":
            deep = 5.5 if name == "belly" else -5.5
            for point, frame in SPINE if name == "back" else SPINE[:3]:
                yield points[point] + frames[frame].front * deep
            return
        case "left-flank" | "right-flank":
            side = name.removesuffix("-flank")
            for part in ("pelvis", "waist", "chest"):
                yield points[part] + frames[part].right * (s.OUTWARD[side] * 8)
            yield points[f"{side}-shoulder"]
            return
    side, _, part = name.partition("-")
    yield from _muscle_of_leg(part, limbs[f"{side}_leg"], frames["pelvis"], s.OUTWARD[side])


def _muscle_of_leg(part: str, leg: Limb, pelvis: Frame, outward: int) -> Iterator[Vec]:
    front, right = leg.upper.front, leg.upper.right * outward
    match part:
        case "thigh-back" | "thigh-front":
            deep = front * (3.4 if part == "thigh-front" else -3.4)
            yield _along(leg, 0.2) + deep
            yield _along(leg, 0.85) + deep
        case "thigh-inside":
            yield _along(leg, 0.2) - right * 3.4
            yield _along(leg, 0.8) - right * 3.4
        case "calf":
            yield _down(leg, 0.12) - leg.lower.front * 2.2
            yield _down(leg, 0.6) - leg.lower.front * 2.2
        case "buttock":
            seat = leg.root - pelvis.front * 4.5 + pelvis.right * (outward * 2)
            yield seat + pelvis.up * 5
            yield seat - front * 1.5 - leg.upper.up * 6
        case "groin":
            yield leg.root + pelvis.front * 4 + pelvis.up * 7
            yield leg.root - leg.upper.up * 12 + front * 3.5
        case _:
            raise KeyError(part)
