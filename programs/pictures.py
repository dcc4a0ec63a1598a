"""The pictures of an exercise: which figure or photo, and what it says to those who do not see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from clinic.bilingual import current_language
from programs.figures import moving, still
from programs.figures.poses import Figure, figures


@dataclass(frozen=True)
class Frame:
    """One pose: its symbol in the sprite, a word below it, and what it is called and shows."""

    symbol: str
    label: str
    title: str
    desc: str


@dataclass(frozen=True)
class Drawing:
    """A figure for a page, in the active language. `sides` where it is done on each side."""

    key: str
    frames: tuple[Frame, ...]
    sides: bool

    @property
    def first(self) -> tuple[Frame, ...]:
        """All poses but the last."""
        return self.frames[:-1]

    @property
    def last(self) -> Frame:
        return self.frames[-1]

    @property
    def moving(self) -> SafeString:
        """What moves, to stand inside an `<svg>`; ours alone, so it is safe."""
        return _moving(self.key)


def drawing(key: str, *, name: str = "") -> Drawing | None:
    """The drawing of the figure `key`, called `name` or by its own name; None where there is none."""
    figure = figures().get(key)
    if figure is None:
        return None
    called = name or figure_name(figure)
    words = {
        "start": pgettext("pose", "Start"),
        "hold": pgettext("pose", "Hold"),
        "end": pgettext("pose", "End"),
    }
    frames = tuple(
        Frame(
            symbol=still.symbol_id(figure, pose),
            label=words[pose.name],
            title=f"{called}: {words[pose.name]}",
            desc=_in_language(pose.desc),
        )
        for pose in figure.poses
    )
    return Drawing(key, frames, figure.sides)


def figure_name(figure: Figure) -> str:
    return _in_language(figure.name)


def figure_choices() -> list[tuple[str, str]]:
    """All figures by name, for a picker."""
    return sorted(((key, figure_name(figure)) for key, figure in figures().items()), key=lambda one: one[1])


@cache
def _moving(key: str) -> SafeString:
    return mark_safe("".join(moving.moving_shapes(figures()[key])))  # noqa: S308 drawn by us, from our files


def _in_language(texts: Mapping[str, str]) -> str:
    return texts[current_language()]
