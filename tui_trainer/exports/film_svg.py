"""A run as an animated SVG, small enough for a README: only the parts of a row that change are
drawn again.

The animation is declared in the file (SMIL), so it also moves in pages that allow no scripts. Viewers without animation
show the last picture.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from tui_trainer.drawing.cells import Cells, unpack
from tui_trainer.drawing.encoder import UNSEEN, changed
from tui_trainer.exports.format import Format, Source
from tui_trainer.exports.picture_svg import Shapes, elements, grounds_of, head, shapes_of

PICTURES_PER_SECOND = 2.0
LAST_SECONDS = 3.0
"""Seconds for which the last picture stays before the film begins again."""


SEGMENT = 20
"""Columns that are drawn again together."""


def _write(source: Source) -> bytes:
    seconds, before, parts = 0.0, Cells(0, 0), list[str]()
    versions: dict[tuple[int, int], list[tuple[float, Shapes]]] = {}
    """(row, first column) of each segment → from when it looks how."""
    for seconds, (cells, theme) in source.film(PICTURES_PER_SECOND):
        grounds, cells = grounds_of(theme), _with_few_colours(cells, unpack(theme.text)[1])
        if not parts:
            parts = head(cells.width, cells.height, grounds[1], f"tui-trainer · {source.snapshot.title}")
        else:
            cells = _nearly_equal_as_before(before, cells)
        for y, x in product(range(cells.height), range(0, cells.width, SEGMENT)):
            drawn, known = shapes_of(cells, y, x, x + SEGMENT, grounds), versions.setdefault((y, x), [])
            if not known or known[-1][1] != drawn:
                known.append((seconds, drawn))
        before = cells
    duration = seconds + LAST_SECONDS
    together: dict[tuple[float, float], list[Shapes]] = {}
    """From when, and until when → the segments that look so."""
    for known in versions.values():
        starts = [start for start, _ in known]
        for start, end, (_, drawn) in zip(starts, [*starts[1:], duration], known, strict=True):
            together.setdefault((start, end), []).append(drawn)
    parts += [_shown(elements(shapes), start, end, duration) for (start, end), shapes in together.items()]
    return "\n".join([*parts, "</svg>\n"]).encode()


def _with_few_colours(cells: Cells, paper: int) -> Cells:
    """The cells with the colours of half blocks, which draw maps and weights, in sixteen steps a channel, but for that
    of the paper: more neighbours look alike then, and fewer change."""
    few, styles = Cells(0, 0), cells.styles
    blocks = np.isin(cells.codes, [ord(sign) for sign in "▀▄█"])
    for ground in map(np.uint64, (32, 4)):
        packed = styles >> ground & np.uint64(0x1FFFFFF)  # a colour + 1, or 0 for none
        coarse = (packed - np.uint64(1) & np.uint64(0xF0F0F0) | np.uint64(0x080808)) + np.uint64(1)
        counts = blocks & (packed > 0) & (packed != np.uint64(paper + 1))
        styles = np.where(counts, styles ^ (packed ^ coarse) << ground, styles)
    few.codes, few.styles = cells.codes, styles
    return few


def _nearly_equal_as_before(before: Cells, now: Cells) -> Cells:
    """The cells of `now`, but those of `before` wherever the difference cannot be seen. A map changes a little
    everywhere."""
    where, cells = changed(before, now, UNSEEN), Cells(0, 0)
    cells.codes, cells.styles = np.where(where, now.codes, before.codes), np.where(where, now.styles, before.styles)
    return cells


def _shown(drawn: str, start: float, end: float, duration: float) -> str:
    """Segments, visible from `start` to `end` of each round of the film."""
    if end - start == duration:
        return drawn
    changes = [(0.0, int(start == 0)), *([(start, 1)] if start else []), *([(end, 0)] if end < duration else [])]
    values = ";".join(str(value) for _, value in changes)
    times = ";".join(f"{time / duration:.4f}".rstrip("0").rstrip(".") for time, _ in changes)
    animation = f'values="{values}" keyTimes="{times}" dur="{duration:g}s" calcMode="discrete" repeatCount="indefinite"'
    return f'<g opacity="{int(end == duration)}">{drawn}<animate attributeName="opacity" {animation}/></g>'


ANIMATED_SVG = Format(
    title="the run as animated SVG", write=_write, has_one_arm=lambda source: not source.films_all_arms
)
