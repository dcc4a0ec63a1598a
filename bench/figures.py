"""What a file of this folder measures, and how: ratios, so that a slow or busy machine says the same."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

TIMES = 5


@dataclass
class Line:
    """One line of the table: what took how long, what the bare thing took, and the ratio that is wanted.

    `ours` and `bare` are figures of the same unit, one a round.
    """

    name: str
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def round(self, *, ours: Callable[[], float], bare: Callable[[], float]) -> None:
        """Measure both, one after the other: what else the machine is busy with disturbs both."""
        first, second = (bare, ours) if len(self.ours) % 2 else (ours, bare)
        figures = {measure: measure() for measure in (first, second)}
        self.ours.append(figures[ours])
        self.bare.append(figures[bare])

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(ours / bare for ours, bare in zip(self.ours, self.bare, strict=True))

    @property
    def is_met(self) -> bool:
        too_much = self.at_most is not None and self.ratio > self.at_most
        too_little = self.at_least is not None and self.ratio < self.at_least
        return not (too_much or too_little)

    def __str__(self) -> str:
        goal = f"at most {self.at_most}" if self.at_most is not None else ""
        if self.at_least is not None:
            goal = f"at least {self.at_least}"
        ours, bare = statistics.median(self.ours), statistics.median(self.bare)
        words = "" if not goal else "met" if self.is_met else "MISSED"
        return (
            f"{self.name:<70}{ours:>10.2f}{bare:>10.2f} {self.unit:<8}{self.ratio:>6.2f}  {goal:<14}{words}"
        )


HEAD = f"{'':<70}{'ours':>10}{'bare':>10} {'':<8}{'ratio':>6}  {'goal':<14}"


class Clock:
    seconds = 0.0


@contextmanager
def timed() -> Iterator[Clock]:
    clock, start = Clock(), time.perf_counter()
    yield clock
    clock.seconds = time.perf_counter() - start
