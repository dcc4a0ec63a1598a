"""How many said which average pain at the start and at the review, as the bars of a chart and as a table.

Drawn by `patients/staff/level_chart.html`. Both bars are of the reviews with both answers.
"""

from dataclasses import dataclass

from patients.clinic_pages.outcome_period import Figure, Links
from patients.measured import LEVELS

WIDTH, HEIGHT = 320, 170  # units of the drawing; it grows with its place
LEFT, RIGHT, TOP, BOTTOM = 30, 4, 10, 22  # the margins around the plot
MOST_STEPS = 4
BAR = 0.4  # of a level's place; the rest is the gap to the next


@dataclass(frozen=True)
class Bar:
    """One bar, as attributes take it (a decimal point in any language)."""

    when: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    steps: list[tuple[str, int]]  # y and the number that stands there
    labels: list[tuple[str, int]]  # x and the level of pain
    rows: list[tuple[int, Figure, Figure]]  # level, at the start, at the review: the same as a table
    of: int  # reviews
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def level_chart(levels: dict[str, int], links: Links) -> Chart | None:
    """Of counts by "start.0" to "now.10"; None where nobody said both."""
    most = max(levels.values())
    if not most:
        return None
    step = step_of(most)
    top = step * -(-most // step)
    place = (WIDTH - LEFT - RIGHT) / len(LEVELS)

    def height(count: int) -> float:
        return count / top * (HEIGHT - TOP - BOTTOM)

    return Chart(
        bars=[
            Bar(
                when=when,
                x=_text(LEFT + place * (number + 0.5 + (BAR if when == "now" else 0) - BAR)),
                y=_text(HEIGHT - BOTTOM - height(count)),
                width=_text(place * BAR),
                height=_text(height(count)),
            )
            for number, level in enumerate(LEVELS)
            for when in ("start", "now")
            if (count := levels[f"{when}.{level}"])
        ],
        steps=[(_text(HEIGHT - BOTTOM - height(count)), count) for count in range(0, top + 1, step)],
        labels=[(_text(LEFT + place * (number + 0.5)), level) for number, level in enumerate(LEVELS)],
        rows=[
            (
                level,
                links.figure(f"start.{level}", levels[f"start.{level}"]),
                links.figure(f"now.{level}", levels[f"now.{level}"]),
            )
            for level in LEVELS
        ],
        of=sum(levels[f"start.{level}"] for level in LEVELS),
    )


def step_of(most: int) -> int:
    """The distance of the lines behind the bars: 1, 2 or 5 with noughts, so that four reach `most`."""
    ten = 1
    while True:
        for step in (ten, 2 * ten, 5 * ten):
            if step * MOST_STEPS >= most:
                return step
        ten *= 10


def _text(figure: float) -> str:
    return f"{figure:.1f}"
