"""The one body that all figures share: how long its parts are, how thick, and how far its joints go.

Lengths in centimetres, angles in degrees. Proportions are those of an adult of 1.65 m, the head a little
larger and everything rounder than life, so that a picture of 96 px still reads.
"""

from programs.figures.vectors import Frame, Vec

SIDES = ("left", "right")
# The named side of an exercise is drawn as the right one; the other side is the mirror image.
OUTWARD = {"right": 1, "left": -1}

# --- Lengths ---------------------------------------------------------------------------------------
HIP_HALF = 8.0
SHOULDER_HALF = 14.0
SPINE = (15.0, 15.0, 17.0)  # pelvis to waist, waist to chest, chest to the root of the neck
SHOULDER_DROP = 3.0  # the shoulders lie that far below the root of the neck
NECK = 15.0  # from the root of the neck to the middle of the head
THIGH = 41.0
SHIN = 39.0
FOOT = 15.0
UPPER_ARM = 29.0
FOREARM = 30.0  # to the middle of the hand
SHOULDER_GIVE = 6.0  # so far the shoulder blade slides towards what is hard to reach

# --- Half thicknesses ------------------------------------------------------------------------------
HEAD_R = 10.5
PELVIS_R = 10.5
WAIST_R = 10.0
CHEST_R = 11.0
BAR_R = 7.5  # the line of the shoulders
NECK_R = 4.5
THIGH_R = 7.2
SHIN_R = 5.6
FOOT_R = 4.0
UPPER_ARM_R = 4.9
FOREARM_R = 4.3
HAND_R = 4.9
ANKLE_HEIGHT = 6.0  # above the floor, where the foot stands flat
TRUNK_RADII = {  # of what a person who lies rests on
    "pelvis": PELVIS_R,
    "waist": WAIST_R,
    "chest": CHEST_R,
    "head": HEAD_R,
    "left-hip": 5.0,  # a buttock gives way
    "right-hip": 5.0,
    "left-shoulder": BAR_R,
    "right-shoulder": BAR_R,
}

# --- Lying, sitting, standing: where the pelvis points before it is turned ----------------------------
BASES = {
    "supine": Frame.facing(front=Vec(0, 0, 1), up=Vec(-1, 0, 0)),
    "prone": Frame.facing(front=Vec(0, 0, -1), up=Vec(1, 0, 0)),
    "side": Frame.facing(front=Vec(0, -1, 0), up=Vec(1, 0, 0)),  # on the left side, facing the reader
    "upright": Frame.facing(front=Vec(1, 0, 0), up=Vec(0, 0, 1)),
}

# --- How far joints go -------------------------------------------------------------------------------
# Degrees, least and most. Usual ranges of adults after the American Academy of Orthopaedic Surgeons ("Joint
# Motion", 1965, and later tables), a few degrees wider where the arm's or leg's three angles stand for
# one movement of the shoulder or the pelvis; spine angles are those of the joints that stand for it.
LIMITS: dict[str, tuple[float, float]] = {
    "hip.flex": (-30, 130),
    "hip.out": (-40, 55),
    "hip.turn": (-45, 95),  # outward as one sits cross-legged: bent, out and turned at once
    "knee.bend": (0, 145),  # never the other way
    "ankle.point": (-25, 60),
    "shoulder.flex": (-65, 185),
    "shoulder.out": (-70, 95),
    "shoulder.turn": (-100, 100),
    "elbow.bend": (0, 150),
    "waist.flex": (-25, 45),
    "chest.flex": (-25, 45),
    "waist.side": (-25, 25),
    "chest.side": (-25, 25),
    "waist.twist": (-30, 30),
    "chest.twist": (-35, 35),
    "neck.flex": (-50, 50),
    "neck.twist": (-80, 80),
    "neck.side": (-40, 40),
}
