"""Sends cells to the terminal. Textual would send each dirty row again from its left edge; this widget compares the
cells with those on the terminal and writes only those that changed.

Textual paints if something covers the widget (a modal screen, a note, the palette), and if it repaints anyway (a
resize, the return from another screen). With mode "textual" it always paints.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui_trainer.dashboard.layout import Rect
from tui_trainer.drawing.cells import CONTINUATION, Cells
from tui_trainer.drawing.encoder import UNSEEN, bridged, changed, encode, presentable
from tui_trainer.drawing.theme import ColourDepth
from tui_trainer.tui.partial_sending import PartialSending
from tui_trainer.tui.rich_strips import strip_of
from tui_trainer.tui.textual_private import (
    after_rows_cut,
    has_toast,
    hold_no_widgets,
    may_write,
    measure_changed_widgets,
    paint_instead,
    write_frame,
)

Mode = Literal["cells", "textual"]


class Canvas(Widget):
    """Fills its screen with one `Cells`."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Canvas { width: 1fr; height: 1fr; }"

    def __init__(self, draw: Callable[..., Cells], depth: ColourDepth, mode: Mode = "cells") -> None:
        """`draw(width, height)` makes a picture if Textual needs one of another size than the last."""
        super().__init__()
        self._draw = draw
        self._depth = depth
        self._mode = mode
        self._shown = self._wanted = Cells(0, 0)
        self._strips: list[Strip | None] = []
        self._over = (False, False)
        """What covered the last picture: see `_lies_over`."""
        self.tolerance = UNSEEN
        """Allowed colour error, of 255, while the picture moves, at a depth of 24 bits."""
        self.limit: int | None = None
        """Bytes that one picture may take. The rest follows with the next pictures."""
        self._sending = PartialSending(depth)
        self.spares_first_paints = False
        """Whether Textual paints nothing before the first drawn picture: see `spare_first_paints`."""
        self.is_starting = False
        """Whether that is so now: Textual has laid the screen out, and no picture has been drawn since."""

    def on_mount(self) -> None:
        """Repair what Textual paints from now on."""
        after_rows_cut(self.app, self._mend)

    def draw(self, kept: Collection[str] = ()) -> bool:
        """Draw a picture, except for the `kept` parts, and send it to the terminal.

        Returns whether the picture is complete. Above the limit some parts wait: they stay unchanged, and those that
        have waited longest come first with the next picture.
        """
        self.is_starting = False
        if self._sending.is_arriving and self.limit is not None:  # the rest of the last picture comes first
            self._send(self._tolerance)
            return False
        self._sending.begin()
        self.show(self._draw(self.size.width, self.size.height, kept, self._waits))
        return self._sending.end()

    def _waits(self, cells: Cells, parts: Mapping[str, Rect]) -> set[str]:
        """The parts for which the limit does not suffice, if they have been shown before."""
        new, old = presentable(cells, self._depth), self._shown
        if self.limit is None or (old.width, old.height) != (new.width, new.height):
            return set()
        return self._sending.waiting(new, bridged(new, changed(old, new, self._tolerance)), parts, self.limit)

    @property
    def _tolerance(self) -> int:
        return self.tolerance if self._depth is ColourDepth.TRUECOLOR else 0

    def show(self, cells: Cells) -> None:
        """Send the next picture to the terminal, with colours within the tolerance."""
        self._wanted = presentable(cells, self._depth)
        self._send(self._tolerance)

    def settle(self) -> None:
        """Send the exact colours, because the picture does not move. Sends nothing the second time."""
        if self._shown is not self._wanted or self._over != self._lies_over:
            self._send(0)

    def _send(self, tolerance: int) -> None:
        old, new = self._shown, self._wanted
        if (old.width, old.height) != (new.width, new.height):
            self._shown, self._strips = new, [None] * new.height
            self._sending.begin()
            self.refresh()
            return
        self._over = self._lies_over
        where, complete = bridged(new, changed(old, new, tolerance)), not tolerance
        text = encode(new, where, self._depth) if self._may_write else ""
        if self.limit is None or len(text.encode()) <= self.limit:
            self._sending.all_sent()
        else:
            where, complete = self._sending.portion(new, where, self.limit), False
            text = encode(new, where, self._depth)
        self._shown = new if complete else _replaced(old, new, where)
        rows = np.flatnonzero(where.any(axis=1)).tolist()
        for row in rows:
            self._strips[row] = None
        if self._may_write:
            write_frame(self.app, text)
        elif rows:
            self.refresh(*(Region(0, row, new.width, 1) for row in rows))

    def _mend(self, rows: set[int], width: int) -> None:
        """Have Textual paint whole rows of which it has painted parts, because it may have cut wide characters."""
        if rows and (self._shown.codes == CONTINUATION).any():
            self.refresh(*(Region(0, row, width, 1) for row in rows))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The picture for Textual's own repaint, without its style cache and colour filters."""
        if (self._shown.width, self._shown.height) != (self.size.width, self.size.height):
            width, height = self.size
            self._wanted = presentable(self._draw(width, height), self._depth)
            self.is_starting = self.spares_first_paints and not self._shown.height and self._may_write
            self._shown = Cells(width, height) if self.is_starting else self._wanted
            self._strips = [None] * height
        if self.is_starting:
            return [Strip.blank(crop.width)] * crop.height
        return [self._strip(y).crop(crop.x, crop.right) for y in crop.line_range]

    def _strip(self, y: int) -> Strip:
        strip = self._strips[y]
        if strip is None:
            strip = self._strips[y] = strip_of(self._shown, y, self._depth)
        return strip

    @property
    def _lies_over(self) -> tuple[bool, bool]:
        """Whether another screen covers this one, and whether a note does."""
        return self.app.screen is not self.screen, has_toast(self.app)

    @property
    def _may_write(self) -> bool:
        """Whether this widget may write to the terminal without Textual."""
        return self._mode == "cells" and may_write(self.app) and not any(self._over)


def _replaced(old: Cells, new: Cells, where: NDArray[np.bool_]) -> Cells:
    """`old` with the cells `where` (rows, columns) of `new`."""
    cells = Cells(0, 0)
    cells.codes = np.where(where, new.codes, old.codes)
    cells.styles = np.where(where, new.styles, old.styles)
    return cells


def spare_first_paints(app: App[Any], canvas: Canvas, then: Callable[[], object] = lambda: None) -> None:
    """Keep Textual from painting when the app starts. The canvas writes the first picture once, in fewer bytes and one
    frame earlier; `then` is called whenever Textual would have painted."""

    def painted(screen: Screen[Any]) -> bool:
        if not canvas.is_starting:
            return False
        if screen is not canvas.screen:
            canvas.is_starting = False
            canvas.refresh()
            screen.refresh()
            return True  # what Textual has of the canvas is blank: it paints both again
        canvas.settle()
        then()
        return True

    canvas.spares_first_paints = True
    paint_instead(app, painted)


hold_no_widgets()
measure_changed_widgets()
