"""Points and directions in space, and frames that turn: no more than a figure needs.

x runs to the right of the picture, y away from whoever looks at it, z up. Lengths are centimetres, angles
degrees.
"""

import math
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Vec:
    """A point, or the way from one point to another."""

    x: float
    y: float
    z: float

    def __add__(self, other: "Vec") -> "Vec":
        return Vec(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other: "Vec") -> "Vec":
        return Vec(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor: float) -> "Vec":
        return Vec(self.x * factor, self.y * factor, self.z * factor)

    def __neg__(self) -> "Vec":
        return self * -1

    def dot(self, other: "Vec") -> float:
        return self.x * other.x + self.y * other.y + self.z * other.z

    def cross(self, other: "Vec") -> "Vec":
        return Vec(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )

    @property
    def length(self) -> float:
        return math.sqrt(self.dot(self))

    def unit(self) -> "Vec":
        return self * (1 / self.length)

    def towards(self, other: "Vec", share: float) -> "Vec":
        """The point that lies `share` of the way to `other`: 0 is here, 1 is there."""
        return self + (other - self) * share


def angle_between(one: Vec, other: Vec) -> float:
    """Degrees between two directions, 0 to 180."""
    cosine = one.dot(other) / (one.length * other.length)
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


@dataclass(frozen=True, slots=True)
class Frame:
    """Where right, front and up of a part of the body point to; each of length 1, at right angles."""

    right: Vec
    front: Vec
    up: Vec

    @classmethod
    def facing(cls, front: Vec, up: Vec) -> Self:
        return cls(front.cross(up), front, up)

    def pitched(self, degrees: float) -> "Frame":
        """Turned about its right, backwards: front rises towards up."""
        c, s = _cos_sin(degrees)
        return Frame(self.right, self.front * c + self.up * s, self.up * c - self.front * s)

    def leaned(self, degrees: float) -> "Frame":
        """Turned about its front: up goes over to the right."""
        c, s = _cos_sin(degrees)
        return Frame(self.right * c - self.up * s, self.front, self.up * c + self.right * s)

    def turned(self, degrees: float) -> "Frame":
        """Turned about its up: front goes over to the left."""
        c, s = _cos_sin(degrees)
        return Frame(self.right * c + self.front * s, self.front * c - self.right * s, self.up)


def _cos_sin(degrees: float) -> tuple[float, float]:
    radians = math.radians(degrees)
    return math.cos(radians), math.sin(radians)
