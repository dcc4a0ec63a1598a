"""Joint angles and points: what is placed by angles is reached by its end; nothing bends the wrong way."""

from hypothesis import given
from hypothesis import strategies as st

from programs.figures import skeleton as s
from programs.figures.limbs import Angles, place, reach
from programs.figures.vectors import Frame, Vec, angle_between

STANDING = Frame.facing(front=Vec(1, 0, 0), up=Vec(0, 0, 1))
LEG = (s.THIGH, s.SHIN)
HIP = Vec(0, 0, 80)


def leg(outward: int = 1, **angles: float) -> tuple[Vec, Vec]:
    placed = place(HIP, STANDING, Angles(**angles), outward=outward, lengths=LEG, forward=False)
    return placed.middle - placed.root, placed.end - placed.middle


def near(one: Vec, x: float, y: float, z: float) -> bool:
    return (one - Vec(x, y, z)).length < 1e-6


def test_a_leg_hangs_straight_down():
    assert [near(part, 0, 0, -length) for part, length in zip(leg(), LEG, strict=True)] == [True, True]


def test_a_hip_bends_forward_and_a_knee_backward():
    thigh, shin = leg(flex=90, bend=90)  # as one sits
    assert near(thigh, s.THIGH, 0, 0)
    assert near(shin, 0, 0, -s.SHIN)


def test_out_is_away_from_the_body_on_both_sides():
    right, left = leg(outward=1, out=90)[0], leg(outward=-1, out=90)[0]
    assert near(right, 0, -s.THIGH, 0)  # whoever looks along x has the right hand at -y
    assert near(left, 0, s.THIGH, 0)


def test_turning_outwards_brings_the_foot_inwards():
    """As in the figure four: the knee points out, the shin lies across."""
    shin = leg(flex=90, turn=90, bend=90)[1]
    assert near(shin, 0, s.SHIN, 0)


def test_an_elbow_bends_forward():
    arm = place(HIP, STANDING, Angles(bend=90), outward=1, lengths=(29, 30), forward=True)
    assert near(arm.end - arm.middle, 30, 0, 0)


@given(
    flex=st.floats(-60, 110),
    out=st.floats(-60, 60),
    turn=st.floats(-80, 80),
    bend=st.floats(4, 140),
    outward=st.sampled_from([1, -1]),
    forward=st.booleans(),
)
def test_reaching_finds_the_angles_that_placed_it(flex, out, turn, bend, outward, forward):
    angles = Angles(flex, out, turn, bend)
    placed = place(HIP, STANDING, angles, outward=outward, lengths=LEG, forward=forward)
    found = reach(
        HIP,
        STANDING,
        placed.end,
        outward=outward,
        lengths=LEG,
        forward=forward,
        pole=placed.middle - placed.root,
    )
    assert (found.middle - placed.middle).length < 1e-5
    assert (found.end - placed.end).length < 1e-5
    for name in ("flex", "out", "turn", "bend"):
        assert abs(getattr(found.angles, name) - getattr(angles, name)) < 1e-3


def test_what_is_too_far_is_pointed_at():
    found = reach(HIP, STANDING, Vec(500, 0, 80), outward=1, lengths=LEG, forward=False, pole=Vec(0, 0, 1))
    assert abs((found.end - HIP).length - sum(LEG)) < 0.1
    assert angle_between(found.end - HIP, Vec(1, 0, 0)) < 0.1
