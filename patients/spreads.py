"""The middle of some numbers, and how far they lie apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Spread:
    """The middle of some numbers, and the middle half of them; of none: None."""

    count: int
    median: float | None
    low: float | None
    high: float | None


def spread(numbers: Sequence[float]) -> Spread:
    """Quartiles as Python's `statistics` has them, "inclusive": the numbers are all there are, no sample."""
    if not numbers:
        return Spread(0, None, None, None)
    if len(numbers) == 1:
        return Spread(1, numbers[0], numbers[0], numbers[0])
    low, _middle, high = quantiles(numbers, n=4, method="inclusive")
    return Spread(len(numbers), median(numbers), low, high)
