"""Every pose of every figure can be taken by a person: joints, floor, reach, hands on what they hold."""

import pytest

from programs.figures import skeleton as s
from programs.figures.between import on_the_way
from programs.figures.body import Body, body_of
from programs.figures.poses import Figure, Pose, figures
from programs.figures.vectors import Vec

SURFACES = {"floor": 0.0, "bed": 46.0, "seat": 46.0}
RADII = {
    **s.TRUNK_RADII,
    **{
        f"{side}-{part}": radius
        for side in s.SIDES
        for part, radius in (
            ("knee", s.THIGH_R),
            ("ankle", s.SHIN_R),
            ("heel", s.FOOT_R),
            ("toe", s.FOOT_R),
            ("elbow", s.UPPER_ARM_R),
            ("hand", s.HAND_R),
        )
    },
}
EVERY = [
    pytest.param(figure, pose, id=f"{figure.key}-{pose.name}")
    for figure in figures().values()
    for pose in figure.poses
]
EVERY_FIGURE = [pytest.param(figure, id=figure.key) for figure in figures().values()]
every_pose = pytest.mark.parametrize(("figure", "pose"), EVERY)


def surface(figure: Figure, name: str) -> float:
    return float(figure.props["table"].get("height", 78)) if name == "table" else SURFACES[name]


def radius(figure: Figure, name: str) -> float:
    """How far the skin of the joint is away; a shoulder that lies on its blade is as thick as the chest."""
    return s.CHEST_R if figure.base == "supine" and name.endswith("shoulder") else RADII[name]


def out_of_limits(body: Body) -> list[str]:
    found = []
    for name, angle in body.angles.items():
        joint = name.removeprefix("left-").removeprefix("right-")
        least, most = s.LIMITS[joint]
        if not least - 0.5 <= angle <= most + 0.5:
            found.append(f"{name} is {angle:.0f}, not {least} to {most}")
    return found


@every_pose
def test_no_joint_goes_further_than_joints_go(figure: Figure, pose: Pose) -> None:
    assert out_of_limits(body_of(figure, pose)) == []


@pytest.mark.parametrize("figure", EVERY_FIGURE)
def test_nor_on_the_way(figure: Figure) -> None:
    assert [wrong for share in (0.25, 0.5, 0.75) for wrong in out_of_limits(on_the_way(figure, share))] == []


@every_pose
def test_nothing_goes_through_the_floor(figure: Figure, pose: Pose) -> None:
    body = body_of(figure, pose)
    heights = {name: round(body.points[name].z - thick, 1) for name, thick in RADII.items()}
    assert {name: height for name, height in heights.items() if height < -2} == {}


@every_pose
def test_what_lies_on_something_lies_on_it(figure: Figure, pose: Pose) -> None:
    """Within 2.5 cm, as far as bodies give way."""
    body = body_of(figure, pose)
    assert pose.touches
    gaps = {
        f"{name} on the {on}": round(body.points[name].z - radius(figure, name) - surface(figure, on), 1)
        for on, names in pose.touches.items()
        for name in names
    }
    assert {name: gap for name, gap in gaps.items() if abs(gap) > 2.5} == {}


@every_pose
def test_hands_and_feet_reach_what_they_hold(figure: Figure, pose: Pose) -> None:
    body = body_of(figure, pose)
    short = {}
    for name, limb in pose.limbs.items():
        if limb.at is not None:
            wanted = limb.at if isinstance(limb.at, Vec) else body.spot(limb.at)
            if (gap := (body.limbs[name].end - wanted).length) > 1:
                short[name] = round(gap, 1)
    assert short == {}


@every_pose
def test_a_hand_lies_on_the_skin_and_not_in_the_leg(figure: Figure, pose: Pose) -> None:
    body = body_of(figure, pose)
    within = {}
    for hand in ("left-hand", "right-hand"):
        for leg in ("left", "right"):
            for ends in ((f"{leg}-hip", f"{leg}-knee"), (f"{leg}-knee", f"{leg}-ankle")):
                gap = distance(body.points[hand], *(body.points[end] for end in ends))
                if gap < s.SHIN_R + 1:
                    within[hand, ends] = round(gap, 1)
    assert within == {}


def distance(point: Vec, start: Vec, end: Vec) -> float:
    along = end - start
    share = max(0.0, min(1.0, (point - start).dot(along) / along.dot(along)))
    return (point - start.towards(end, share)).length
