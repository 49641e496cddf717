"""How cells reach the terminal. Textual sends each dirty row again from its left edge; this widget compares
the cells with what the terminal shows and writes those that changed, and leaves the painting to Textual
wherever something lies over it (a modal, a toast, the palette) or Textual has to repaint anyway (a resize,
the return from another screen).

All private parts of Textual that the program leans on are in this module, in `driver`, which hears, and in `strips`;
with mode "textual" the picture itself goes the public way too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache, partial
from queue import Queue
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rich.console import RenderableType
from textual._compositor import ChopsUpdate
from textual._styles_cache import StylesCache
from textual.app import App
from textual.geometry import Region
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets._toast import Toast, ToastHolder

from tui_trainer.dashboard.layout import Rect
from tui_trainer.drawing.cells import CONTINUATION, Cells, printable
from tui_trainer.drawing.encoder import UNSEEN, bridged, changed, encode, presentable
from tui_trainer.drawing.text_fitting import limited, wrapped
from tui_trainer.drawing.theme import ColourDepth
from tui_trainer.tui.portions import Portions
from tui_trainer.tui.rich_strips import strip_of

Mode = Literal["cells", "textual"]

SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
"""Around a frame, for a terminal that said it can hold its picture until the frame is complete."""


class Canvas(Widget):
    """Fills its screen with one `Cells`."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Canvas { width: 1fr; height: 1fr; }"

    def __init__(self, draw: Callable[..., Cells], depth: ColourDepth, mode: Mode = "cells") -> None:
        """`draw(width, height)` is asked for a picture when Textual needs one of another size than the
        last."""
        super().__init__()
        self._draw = draw
        self._depth = depth
        self._mode = mode
        self._shown = self._wanted = Cells(0, 0)
        self._strips: list[Strip | None] = []
        self._over = (False, False)
        """What lay over the last picture: see `_lies_over`."""
        self.tolerance = UNSEEN
        """By how much of 255 a colour may be off while the picture moves, where there are 24 bits of it."""
        self.limit: int | None = None
        """Bytes that one picture may take; what is left over follows with the next ones."""
        self._portions = Portions(depth)
        self.is_starting = False
        """Whether no picture has been asked for since Textual laid the screen out for the first time."""

    def on_mount(self) -> None:
        """Look at everything that Textual paints from now on."""
        _after_display(self.app, self._mend)

    def draw(self, kept: Collection[str] = ()) -> bool:
        """Ask for a picture, in which the `kept` parts are those of before, and put it on the terminal.

        Returns whether that was all of it. Where it is over the limit, parts of it wait: they stay as they were, and
        those that have waited longest come first with the next picture.
        """
        self.is_starting = False
        if self._portions.is_arriving and self.limit is not None:  # first the rest of the picture that is on its way
            self._send(self._tolerance)
            return False
        self._portions.begin()
        self.show(self._draw(self.size.width, self.size.height, kept, self._waits))
        return self._portions.end()

    def _waits(self, cells: Cells, parts: Mapping[str, Rect]) -> set[str]:
        """The parts for which the limit does not suffice, where they have been shown before."""
        new, old = presentable(cells, self._depth), self._shown
        if self.limit is None or (old.width, old.height) != (new.width, new.height):
            return set()
        return self._portions.waiting(new, bridged(new, changed(old, new, self._tolerance)), parts, self.limit)

    @property
    def _tolerance(self) -> int:
        return self.tolerance if self._depth is ColourDepth.TRUECOLOR else 0

    def show(self, cells: Cells) -> None:
        """Put the next picture on the terminal, its colours within the tolerance while things move."""
        self._wanted = presentable(cells, self._depth)
        self._send(self._tolerance)

    def settle(self) -> None:
        """The picture rests: put right what `show` has left nearly right. Sends nothing the second time."""
        if self._shown is not self._wanted or self._over != self._lies_over:
            self._send(0)

    def _send(self, tolerance: int) -> None:
        old, new = self._shown, self._wanted
        if (old.width, old.height) != (new.width, new.height):
            self._shown, self._strips = new, [None] * new.height
            self._portions.begin()
            self.refresh()
            return
        self._over = self._lies_over
        where, complete = bridged(new, changed(old, new, tolerance)), not tolerance
        text = encode(new, where, self._depth) if self._may_write else ""
        if self.limit is None or len(text.encode()) <= self.limit:
            self._portions.all_sent()
        else:
            where, complete = self._portions.portion(new, where, self.limit), False
            text = encode(new, where, self._depth)
        self._shown = new if complete else _replaced(old, new, where)
        rows = np.flatnonzero(where.any(axis=1)).tolist()
        for row in rows:
            self._strips[row] = None
        if self._may_write:
            self._write(text)
        elif rows:
            self.refresh(*(Region(0, row, new.width, 1) for row in rows))

    def _mend(self, painted: RenderableType | None) -> None:
        """Have Textual paint whole rows where it has painted parts of them: at the edge of what a toast or a modal
        covered it has cut through the wide characters."""
        if isinstance(painted, ChopsUpdate) and (self._shown.codes == CONTINUATION).any():
            rows = {y for y, start, end in painted.spans if start > 0 or end < self.size.width}
            if rows:
                self.refresh(*(Region(0, y, self.size.width, 1) for y in rows))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The picture for Textual's own repaint, past its style cache and colour filters: the cells are
        final."""
        if (self._shown.width, self._shown.height) != (self.size.width, self.size.height):
            width, height = self.size
            self._wanted = presentable(self._draw(width, height), self._depth)
            self.is_starting = not self._shown.height and self._may_write
            self._shown = Cells(width, height) if self.is_starting else self._wanted
            self._strips = [None] * height
        return [self._strip(y).crop(crop.x, crop.right) for y in crop.line_range]

    def _strip(self, y: int) -> Strip:
        strip = self._strips[y]
        if strip is None:
            strip = self._strips[y] = strip_of(self._shown, y, self._depth)
        return strip

    @property
    def _lies_over(self) -> tuple[bool, bool]:
        """Whether another screen, and whether a toast, is on the terminal over this widget or in its place."""
        screen = self.app.screen
        return screen is not self.screen, bool(self.app._notifications) or bool(screen.query(Toast))

    @property
    def _may_write(self) -> bool:
        """Whether the terminal is ours to write to, past Textual."""
        driver = self.app._driver
        ready = driver is not None and not driver.is_headless and not self.app._batch_count
        return self._mode == "cells" and ready and not any(self._over)

    def _write(self, text: str) -> None:
        driver = self.app._driver
        if text and driver is not None:
            driver.write(f"{SYNC_START}{text}{SYNC_END}" if self.app._sync_available else text)


def _replaced(old: Cells, new: Cells, where: NDArray[np.bool_]) -> Cells:
    """`old` with the cells `where` (rows, columns) of `new`."""
    cells = Cells(0, 0)
    cells.codes = np.where(where, new.codes, old.codes)
    cells.styles = np.where(where, new.styles, old.styles)
    return cells


def _output_queue(app: App[Any]) -> Queue[str | None] | None:
    """Texts that Textual's writer thread has not yet begun to write; None under a driver without such a
    thread."""
    thread = getattr(app._driver, "_writer_thread", None)
    return None if thread is None else thread._queue


def output_pending(app: App[Any]) -> bool:
    """Whether the terminal is behind: a frame more would only wait, or hold up the keys."""
    queue = _output_queue(app)
    return queue is not None and not queue.empty()


def never_block_on_output(app: App[Any]) -> None:
    """Let writes wait in memory rather than hold up the main thread while nobody reads the terminal.

    Textual bounds the queue at 30 texts and blocks on the next, keys and signals included. Frames are skipped
    while output is pending, so that only the few repaints that keys cause can pile up.
    """
    queue = _output_queue(app)
    if queue is not None:
        queue.maxsize = 0


NOTES = """
Toast { max-width: 100%; padding: 0 1; margin-top: 0; }  /* it covers as little as its words need */
Screen.-notes-above ToastRack { dock: top; align: right top; margin: 3 0 0 0; }
"""
"""How notes look: at the bottom, or under the header."""


def say_note(app: App[Any], text: str, severity: SeverityLevel, timeout: float, *, above: bool = False) -> None:
    """Say `text` in a toast, in place of another; "": none any more. On the smallest screens its beginning alone, which
    Textual would leave out rather than the end. `above`: under the header, for words about panels at the bottom."""
    app.screen.set_class(above, "-notes-above")
    shown = [note.message for note in app._notifications]
    text = printable(text)
    lines = wrapped(text, max(app.size.width - _TOAST_EDGES, 1))
    if len(lines) >= app.size.height:
        text = "\n".join(limited(lines, app.size.height - 1))
    if shown and text not in shown:
        # Textual alone would leave the holder of each in its place, and lay it out for ever.
        for screen in app.screen_stack:
            screen.query(ToastHolder).remove()
        app.clear_notifications()
    if text and text not in shown:
        app.notify(text, severity=severity, timeout=timeout, markup=False)


_TOAST_EDGES = 7
"""Cells of a toast's row beside its words and an ellipsis."""


def end_with(app: App[Any], error: Exception) -> None:
    """End the app with this error, as Textual does with one that its own callbacks raise."""
    app._handle_exception(error)


def hear_output(app: App[Any], hear: Callable[[int], None]) -> None:
    """Tell `hear` how many bytes are written to the terminal, by the canvas and by Textual."""
    driver = app._driver
    if driver is None:
        return
    write = driver.write

    def write_and_tell(data: str) -> None:
        hear(len(data.encode("utf-8", "replace")))
        write(data)

    driver.write = write_and_tell  # type: ignore[method-assign]


def _after_display(app: App[Any], look: Callable[[RenderableType | None], None]) -> None:
    """Hand `look` what Textual has painted, each time."""
    display = app._display

    def display_and_look(screen: Screen[Any], renderable: RenderableType | None) -> None:
        display(screen, renderable)
        look(renderable)

    app._display = display_and_look  # type: ignore[method-assign]


def spare_first_paints(app: App[Any], canvas: Canvas) -> None:
    """Keep Textual from painting the terminal three times over, as it does when an app starts: the canvas writes what
    it was laid out with, once, in fewer bytes and one frame earlier."""
    display = app._display

    def display_once_started(screen: Screen[Any], renderable: RenderableType | None) -> None:
        if canvas.is_starting and screen is canvas.screen:
            canvas.settle()
        else:
            canvas.is_starting = False
            display(screen, renderable)

    app._display = display_once_started  # type: ignore[method-assign]


def _hold_no_widgets() -> None:
    """Keep Textual from holding on to widgets that are gone, and to all their lines: it remembers pairs of colours, a
    thousand of them, together with the widget that asked for each. A list that was open took 0.6 MB for good."""
    remembered = getattr(StylesCache.get_inner_outer, "__wrapped__", None)
    if remembered is not None:
        colours = partial(remembered, StylesCache)  # it makes no use of what it is bound to
        StylesCache.get_inner_outer = staticmethod(lru_cache(1024)(colours))  # type: ignore[assignment]


_hold_no_widgets()
