"""The people of the demo, all made up, and what they did: one sign a day since their programme began.

D all done, P partly, E done in the easier form, K skipped for lack of time, S one exercise stopped for
pain, W all done with more pain at the end, I nothing done and said to be ill, . nothing recorded. The last
sign is yesterday; today is left to whoever looks at the demo.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """What somebody answered, at the start and at the review: average pain, how well `activity` goes (0-10),
    and the clinic's own question of nights, by the place of the choice."""

    activity: str
    pain: tuple[int, int]
    goes: tuple[int, int]
    nights: tuple[int, int]
    change: int = 2  # the place among the seven
    next: int = 1


@dataclass(frozen=True)
class Story:
    given_name: str
    family_name: str
    birth: str
    days: str = ""
    program: str = "first-20-days"
    email: str = ""
    language: str = "en"
    pain: tuple[int, int] = (5, 3)  # before the first session, before the last
    reminder: str = "18:30"
    clinician: int = 0
    team: tuple[int, ...] = ()  # the other clinicians of the house who treat this patient too
    review: str = ""  # the decision signed at the first review point; "" leaves the review open
    helped: str = ""
    paper: bool = False
    starts: bool = True  # False: invited, starts with the first session
    emergency: str = ""
    about: str = ""
    words: str = ""
    time_zone: str = ""
    precautions: tuple[str, ...] = ()
    # After how many comfortable sessions the piriformis stretch is held longer, on its own or once asked.
    grows: tuple[int, str] | None = None
    question: str = ""  # asked yesterday
    answer: str = ""  # and answered, or still waiting
    told: Told | None = None
    call_back: bool = False  # wishes to be called, on Monday or Thursday morning


@dataclass(frozen=True)
class House:
    slug: str
    name: str
    address: str
    phone: str
    time_zone: str
    language: str
    manager: str
    clinicians: tuple[str, ...]
    front_desk: str
    patients: tuple[Story, ...]


AURORA = House(
    slug="aurora",
    name="Studio Aurora",
    address="Via delle Ginestre 14, 00100 Roma",
    phone="+39 06 5550 0141",
    time_zone="Europe/Rome",
    language="it",
    manager="Livia Serra",
    clinicians=("Davide Monti", "Irene Valle"),
    front_desk="Nora Pace",
    patients=(
        Story(
            "Carla",
            "Fontana",
            "1955-03-12",
            days="DDPD.DDDKDDPDDD.DDDD",
            email="carla.fontana@example.org",
            pain=(6, 3),
            helped="useful",
            words="In the garden I can kneel again.",
            told=Told("Gardening", pain=(6, 4), goes=(3, 6), nights=(3, 2)),
            question="May I go swimming on the days in between?",
            answer="Yes, gladly. Begin with ten minutes, and see how your back feels the day after.",
            about="Day 20 is over: her review is due",
        ),
        Story(
            "Marco",
            "Bianchi",
            "1979-06-30",
            days="DDPDD.W",
            email="marco.bianchi@example.org",
            language="it",
            pain=(5, 4),
            question="Posso fare gli esercizi anche dopo il lavoro, la sera tardi?",
            call_back=True,
            told=Told("Portare la spesa", pain=(5, 4), goes=(4, 5), nights=(2, 2)),
            about="In the middle: day 8, one exercise grows on its own",
            grows=(3, "alone"),
        ),
        Story(
            "Paolo",
            "Conti",
            "1968-11-02",
            days="DDPDSDDPD.DD",
            email="paolo.conti@example.org",
            pain=(4, 4),
            words="The twist pulled into the leg, so I stopped it.",
            team=(1,),
            about="Stopped one exercise for pain on day 5",
        ),
        Story(
            "Anna",
            "Ferri",
            "1986-01-22",
            days="DPD.D.......",
            email="anna.ferri@example.org",
            language="it",
            pain=(5, 5),
            about="Silent for a week",
        ),
        Story(
            "Giorgio",
            "Neri",
            "1961-08-17",
            days="DDDDPDDDD.DDDDDDEDDDDDDPDDD.DDD",
            email="giorgio.neri@example.org",
            pain=(6, 1),
            review="continue",
            helped="useful",
            clinician=1,
            told=Told("Sitting through a film", pain=(6, 3), goes=(2, 7), nights=(4, 1)),
            about="Past day 20: reviewed, goes on",
        ),
        Story(
            "Teresa",
            "Greco",
            "1947-05-05",
            days="EDEDD.EDDE.DDED",
            program="gentle-start",
            language="it",
            pain=(5, 3),
            reminder="",
            paper=True,
            clinician=1,
            precautions=("hip-replacement", "blood-pressure"),
            about="No e-mail: signs in with a code on paper",
        ),
        Story(
            "Lucia",
            "Moretti",
            "1958-09-09",
            days="DDDDDDDPDDD.DDDD",
            email="casa.moretti@example.org",
            language="it",
            pain=(4, 2),
            about="Shares one address with her husband; one exercise is ready for its next step",
            grows=(15, "ask"),
        ),
        Story(
            "Bruno",
            "Moretti",
            "1954-12-27",
            days="DP.KDPD.DKIIPD.PD",
            email="casa.moretti@example.org",
            language="it",
            program="gentle-start",
            pain=(5, 5),
            about="Shares one address with his wife; was ill for two days, and said so",
        ),
        Story(
            "Elisa",
            "Marchetti",
            "1992-02-14",
            email="elisa.marchetti@example.org",
            starts=False,
            about="Invited: begins with the first session",
        ),
    ),
)

BORA = House(
    slug="bora",
    name="Bora Physiotherapy",
    address="Riva dei Pini 3, 34100 Trieste",
    phone="+39 040 555 0172",
    time_zone="Europe/Rome",
    language="en",
    manager="Hanna Weiss",
    clinicians=("Tomas Novak",),
    front_desk="Petra Kos",
    patients=(
        Story(
            "Helen",
            "Marsh",
            "1972-07-07",
            days="DDDPDDDDD.DD",
            email="helen.marsh@example.org",
            pain=(5, 2),
            about="Works abroad, eleven hours ahead of the clinic",
            time_zone="Pacific/Noumea",
        ),
        Story(
            "Ivan",
            "Dolenc",
            "1949-10-19",
            days="DDPDDD",
            email="ivan.dolenc@example.org",
            pain=(6, 6),
            emergency="leg_weakness",
            about="Reported an emergency sign: his programme waits",
        ),
    ),
)

HOUSES = (AURORA, BORA)
