"""Moving pictures: the last pose in pieces, which one stylesheet carries to the first and back.

A piece that keeps its shape on the way (most do) is moved and turned as it is. One that looks longer or
shorter on the way, because it turns towards the reader, is drawn as a dash: a line of which a dash as long as
the bone is shown, with round ends. All browsers can move both (`d` in a stylesheet does not move in Safari).
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from programs.figures import still
from programs.figures.pieces import STEPS, Piece, length_of, pieces_of, place_of
from programs.figures.poses import Figure
from programs.figures.scene import Line, window_of

REST_S = 1.2  # at the first pose
LONGEST = 400  # no bone is longer, in units of the picture

# One way of the movement is one run, and the next one goes back. It waits in the last pose, where the first
# run has ended, until somebody presses "play".
FRAME = """\
/* Drawn by `manage.py draw_figures` from programs/figures/poses/: change those, not this. */
.fig-moving [class]{animation:var(--one-way) linear calc(var(--one-way)*-1) infinite alternate both paused}
.play:checked~.player .fig-moving [class]{animation-play-state:running}
.play:checked~.player .fig-arrow{display:none}
@media(prefers-reduced-motion:reduce){.fig-moving [class]{animation:none!important}}
"""


def moving_shapes(figure: Figure) -> Iterator[str]:
    """What stands inside the `<svg>`; figures.css moves it."""
    yield from still.ground_shapes(figure, window_of(figure))
    yield still.OPENING.replace("<g", f'<g class="fig-moving fig-{figure.key}"')
    numbered = enumerate(pieces_of(figure))
    for _, limb in groupby(numbered, key=lambda pair: pair[1].lines[0].limb):
        pieces = list(limb)
        yield from (_shape(number, piece, halo=True) for number, piece in pieces)
        yield from (_shape(number, piece, halo=False) for number, piece in pieces)
    yield f'<g class="fig-arrow">{"".join(still.arrow_shapes(figure, window_of(figure)))}</g></g>'


def _shape(number: int, piece: Piece, *, halo: bool) -> str:
    lines = list(piece.lines)
    if piece.moves and piece.is_dash:
        return _dash(number, lines[0], halo=halo)
    shapes = "".join(still.halo_shapes(lines) if halo else still.strokes(lines))
    return f'<g class="m{number}">{shapes}</g>' if shapes and piece.moves else shapes


def _dash(number: int, line: Line, *, halo: bool) -> str:
    if halo and not still.has_halo(line):
        return ""
    tone, wider = ("ground", still.HALO) if halo else (line.tone, 0)
    x, y, turn = place_of(line)
    return (
        f'<path class="m{number}" stroke="var(--fig-{tone})" stroke-width="{still.width_of(line, wider)}"'
        f' d="M0 0H{LONGEST}" stroke-dasharray="{length_of(line):.0f} 999"'
        f' transform="translate({x:.0f} {y:.0f})rotate({turn:.0f})"/>'
    )


def stylesheet(figures: Iterable[Figure]) -> str:
    """The keyframes of all `figures`."""
    return FRAME + "".join(rule + "\n" for figure in figures for rule in _rules(figure))


def one_way_s(figure: Figure) -> float:
    """Half the rest, the movement, half the hold: seconds."""
    return REST_S / 2 + figure.move_s + figure.hold_s / 2


def _rules(figure: Figure) -> Iterator[str]:
    yield f".fig-{figure.key}{{--one-way:{one_way_s(figure):g}s}}"
    for number, piece in enumerate(pieces_of(figure)):
        if piece.moves:
            name = f"{figure.key}-{number}"
            yield f".fig-{figure.key} .m{number}{{animation-name:{name}{_origin(piece)}}}"
            yield f"@keyframes {name}{{{''.join(_keyframes(figure, piece))}}}"


def _origin(piece: Piece) -> str:
    if piece.fades or piece.is_dash:
        return ""
    x, y = piece.anchor.points[0]
    return f";transform-origin:{x:.0f}px {y:.0f}px"


def _keyframes(figure: Figure, piece: Piece) -> Iterator[str]:
    begin = REST_S / 2 / one_way_s(figure) * 100
    end = begin + figure.move_s / one_way_s(figure) * 100
    if piece.fades:
        yield f"0%,{end - 18:.0f}%{{opacity:0}}{end:.0f}%,to{{opacity:1}}"
        return
    for step in piece.needed_steps():
        when = f"{begin + (end - begin) * step / STEPS:.0f}%"
        when = f"0%,{when}" if step == 0 else f"{when},to" if step == STEPS else when
        x, y, turn = piece.places[step]
        change = f"transform:translate({x:.0f}px,{y:.0f}px)rotate({turn:.0f}deg)"
        if piece.is_dash:
            change += f";stroke-dasharray:{length_of(piece.steps[step][0]):.0f}px 999px"
        yield f"{when}{{{change}}}"
