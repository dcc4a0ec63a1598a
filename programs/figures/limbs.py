"""Arms and legs: from joint angles to points, and from a point that must be reached to joint angles."""

import math
from dataclasses import dataclass

from programs.figures.vectors import Frame, Vec


@dataclass(frozen=True, slots=True)
class Angles:
    """How a limb is bent, in degrees. `flex` forward, `out` away from the body, `turn` outwards about its own
    length; `bend` of the knee or elbow, 0 where it is straight."""

    flex: float = 0.0
    out: float = 0.0
    turn: float = 0.0
    bend: float = 0.0

    def towards(self, other: "Angles", share: float) -> "Angles":
        def mix(a: float, b: float) -> float:
            return a + (b - a) * share

        return Angles(
            mix(self.flex, other.flex),
            mix(self.out, other.out),
            mix(self.turn, other.turn),
            mix(self.bend, other.bend),
        )


@dataclass(frozen=True, slots=True)
class Limb:
    """A limb in place: its three points, and the frames of its upper and lower part."""

    root: Vec
    middle: Vec
    end: Vec
    upper: Frame
    lower: Frame
    angles: Angles


def place(
    root: Vec, base: Frame, angles: Angles, *, outward: int, lengths: tuple[float, float], forward: bool
) -> Limb:
    """The limb that hangs from `root` in `base` with `angles`; `forward` where it bends as an elbow does."""
    upper = base.pitched(angles.flex).leaned(-outward * angles.out).turned(-outward * angles.turn)
    lower = upper.pitched(angles.bend if forward else -angles.bend)
    middle = root - upper.up * lengths[0]
    return Limb(root, middle, middle - lower.up * lengths[1], upper, lower, angles)


def reach(
    root: Vec,
    base: Frame,
    target: Vec,
    *,
    outward: int,
    lengths: tuple[float, float],
    forward: bool,
    pole: Vec,
) -> Limb:
    """The limb that ends at `target`, or as near to it as it can, its middle joint towards `pole`."""
    first, second = lengths
    way = target - root
    distance = max(abs(first - second) + 0.01, min(first + second - 0.01, way.length))
    along = way.unit()
    share = (first**2 - second**2 + distance**2) / (2 * distance)
    height = math.sqrt(max(0.0, first**2 - share**2))
    aside = (pole - along * pole.dot(along)).unit()
    middle = root + along * share + aside * height
    angles = _angles(middle - root, root + along * distance - middle, base, outward=outward, forward=forward)
    return place(root, base, angles, outward=outward, lengths=lengths, forward=forward)


def _angles(thigh: Vec, shin: Vec, base: Frame, *, outward: int, forward: bool) -> Angles:
    """The angles that take a limb along `thigh` and `shin` (named for the leg, the same for the arm)."""
    down, on = thigh.unit(), shin.unit()
    flex = math.degrees(math.atan2(down.dot(base.front), -down.dot(base.up)))
    flex = flex + 360 if flex < -120 else flex  # an arm goes overhead by the front
    out = math.degrees(math.asin(max(-1.0, min(1.0, outward * down.dot(base.right)))))
    bend = math.degrees(math.acos(max(-1.0, min(1.0, down.dot(on)))))
    if bend < 0.5:
        return Angles(flex, out, 0.0, bend)
    upper = base.pitched(flex).leaned(-outward * out)
    # The way in which the lower part leaves the line of the upper one tells how that is turned.
    aside = on - down * down.dot(on)
    front = (aside if forward else -aside).unit()
    turn = math.degrees(math.atan2(outward * front.dot(upper.right), front.dot(upper.front)))
    return Angles(flex, out, turn, bend)
