"""A run as an asciicast, version 2: the output that a terminal would have received, with times. asciinema and its
players play it.

The format: https://docs.asciinema.org/manual/asciicast/v2/
"""

from __future__ import annotations

import json

import numpy as np

from tui_trainer.drawing.encoder import changed, encode, presentable
from tui_trainer.drawing.theme import ColourDepth
from tui_trainer.exports.format import Format, Source

PICTURES_PER_SECOND = 10.0
LAST_SECONDS = 3.0
"""Seconds for which the last picture stays."""


def _write(source: Source) -> bytes:
    lines: list[str] = []
    before, seconds = None, 0.0
    for seconds, picture in source.film(PICTURES_PER_SECOND):
        cells = presentable(picture.cells, ColourDepth.TRUECOLOR)
        if before is None:
            size = {"version": 2, "width": cells.width, "height": cells.height}
            header = {**size, "title": source.snapshot.title, "env": {"TERM": "xterm-256color"}}
            lines.append(json.dumps(header))
            text = "\x1b[?25l\x1b[2J" + encode(cells, np.ones(cells.codes.shape, dtype=np.bool_), ColourDepth.TRUECOLOR)
        else:
            text = encode(cells, changed(before, cells), ColourDepth.TRUECOLOR)
        before = cells
        lines.append(json.dumps([round(seconds, 3), "o", text]))
    lines.append(json.dumps([round(seconds + LAST_SECONDS, 3), "o", "\x1b[?25h"]))
    return ("\n".join(lines) + "\n").encode()


CAST = Format(title="the run as asciicast", write=_write, has_one_arm=lambda source: not source.films_all_arms)
