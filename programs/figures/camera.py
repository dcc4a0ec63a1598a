"""From space to the picture: who looks from the side, from above or from the front, without perspective."""

import math
from dataclasses import dataclass

from programs.figures.vectors import Vec

# Degrees: how far round the person, and how high up. A little height shows the floor and parts the two legs.
VIEWS = {"side": (0.0, 12.0), "above": (0.0, 68.0), "front": (90.0, 8.0), "feet": (90.0, 42.0)}


@dataclass(frozen=True, slots=True)
class Camera:
    """`turn` goes round the person, `tilt` up; both in degrees."""

    turn: float
    tilt: float

    def _axes(self) -> tuple[Vec, Vec, Vec]:
        a, e = math.radians(self.turn), math.radians(self.tilt)
        across = Vec(math.cos(a), math.sin(a), 0)
        up = Vec(-math.sin(a) * math.sin(e), math.cos(a) * math.sin(e), math.cos(e))
        into = Vec(-math.sin(a) * math.cos(e), math.cos(a) * math.cos(e), -math.sin(e))
        return across, up, into

    def flat(self, point: Vec) -> tuple[float, float]:
        """Where a point is in the picture: right, and down."""
        across, up, _ = self._axes()
        return point.dot(across), -point.dot(up)

    def depth(self, point: Vec) -> float:
        """How far away a point is: more is further."""
        return point.dot(self._axes()[2])

    def faces(self, direction: Vec) -> bool:
        """Whether what looks in `direction` looks at the camera."""
        return direction.dot(self._axes()[2]) < 0

    def sees(self, direction: Vec) -> bool:
        """Whether what sits on the side of a ball to which `direction` points is well in sight."""
        return direction.unit().dot(self._axes()[2]) < -0.12

    def looks_away(self, direction: Vec) -> bool:
        """Whether what looks in `direction` shows its back."""
        return direction.dot(self._axes()[2]) > 0.5
