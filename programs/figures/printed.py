"""Figures for a PDF: a pose as a picture of its own, in the colours that tokens.css has for print.

What makes PDFs reads neither `<use>` of another file nor custom properties inside a picture.
"""

import re
from functools import cache
from pathlib import Path

from programs.figures.body import body_of
from programs.figures.poses import Figure, Pose, figures
from programs.figures.scene import HEIGHT, MARGIN, WIDTH, figure_lines, ground, window_of
from programs.figures.still import shapes, symbol_id

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
TOKEN = re.compile(r"--(fig-[\w-]+): ([^;]+);")
USED = re.compile(r"var\(--(fig-[\w-]+)\)")


@cache
def printed(symbol: str) -> str:
    """The pose that the sprite calls `symbol`, as an SVG. Raises KeyError where there is none."""
    figure, pose = _poses()[symbol]
    colours, (top, bottom) = print_colours(), _reach(figure)
    drawn = USED.sub(lambda used: colours[used[1]], "".join(shapes(figure, pose)))
    size = f'viewBox="0 {top} {WIDTH} {bottom - top}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{drawn}</svg>'


@cache
def print_colours() -> dict[str, str]:
    """The colours of figures on paper, by the name of their token."""
    on_paper = TOKENS.read_text().split("@media print")[1].split("@media")[0]
    return dict(TOKEN.findall(on_paper))


@cache
def _poses() -> dict[str, tuple[Figure, Pose]]:
    return {symbol_id(figure, pose): (figure, pose) for figure in figures().values() for pose in figure.poses}


def _reach(figure: Figure) -> tuple[int, int]:
    """The heights between which all poses of the figure stand: who lies leaves half of a picture empty."""
    window = window_of(figure)
    heights = [y for _tone, corners in ground(figure, window) for _x, y in corners]
    for pose in figure.poses:
        body, moved = body_of(figure, pose), pose is not figure.poses[0]
        for line in figure_lines(figure, pose, body, window, soft=moved):
            heights += [y + side for _x, y in line.points for side in (-line.radius, line.radius)]
    return max(0, round(min(heights)) - MARGIN), min(HEIGHT, round(max(heights)) + MARGIN)
