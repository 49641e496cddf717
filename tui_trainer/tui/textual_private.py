"""All uses and patches of private parts of Textual and of Rich.

Checked with Textual 8.2.8 and Rich 15.0. Each function says why it is needed. "Fault" names a fault of Textual; the
function can go when the fault is fixed. A test finds private parts that are used elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import signal
import termios
import tty
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from queue import Queue
from types import MappingProxyType
from typing import Any

from rich.color import ColorSystem
from rich.console import RenderableType
from rich.style import Style
from textual import constants
from textual._compositor import ChopsUpdate
from textual._styles_cache import StylesCache
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.notifications import Notification
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets._toast import Toast, ToastHolder

from tui_trainer.drawing.theme import ColourDepth

# What is written to the terminal

SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
"""Written around a frame, for a terminal that can hold its picture until the frame is complete."""


def driver_of(app: App[Any]) -> Driver | None:
    """The driver of a running app: Textual has no public way to write without its widgets."""
    return app._driver


def may_write(app: App[Any]) -> bool:
    """Whether there is a terminal, and Textual is not batching updates."""
    driver = app._driver
    return driver is not None and not driver.is_headless and not app._batch_count


def write_frame(app: App[Any], text: str) -> None:
    """Write a frame without Textual, which has no public flag for synchronized output."""
    if text and app._driver is not None:
        app._driver.write(f"{SYNC_START}{text}{SYNC_END}" if app._sync_available else text)


def _output_queue(app: App[Any]) -> Queue[str | None] | None:
    """Texts that Textual's writer thread has not begun to write; None under a driver without such a thread."""
    thread = getattr(app._driver, "_writer_thread", None)
    return None if thread is None else thread._queue


def output_pending(app: App[Any]) -> bool:
    """Whether the terminal is behind: another frame would only wait, or delay keys."""
    queue = _output_queue(app)
    return queue is not None and not queue.empty()


def never_block_on_output(app: App[Any]) -> None:
    """Let writes wait in memory while nobody reads the terminal. Frames are skipped while output is pending, so only
    the few repaints after keys can accumulate.

    Fault: the queue holds 30 texts. The next one blocks the main thread, including keys and signals.
    """
    queue = _output_queue(app)
    if queue is not None:
        queue.maxsize = 0


def hear_output(app: App[Any], hear: Callable[[int], None]) -> None:
    """Call `hear` with the number of bytes of each write, by the canvas and by Textual, which does not count them."""
    driver = app._driver
    if driver is None:
        return
    write = driver.write

    def write_and_count(data: str) -> None:
        hear(len(data.encode("utf-8", "replace")))
        write(data)

    driver.write = write_and_count  # type: ignore[method-assign]


# What Textual paints


def after_rows_cut(app: App[Any], mend: Callable[[set[int], int], None]) -> None:
    """Call `mend(rows, width)` after Textual has painted parts of rows of a screen that is `width` columns wide.

    Fault: at the edge of an area that a toast or a modal screen covered, Textual cuts wide characters.
    """
    display = app._display

    def display_and_mend(screen: Screen[Any], renderable: RenderableType | None) -> None:
        display(screen, renderable)
        if isinstance(renderable, ChopsUpdate):
            width = screen.size.width
            mend({y for y, start, end in renderable.spans if start > 0 or end < width}, width)

    app._display = display_and_mend  # type: ignore[method-assign]


def paint_instead(app: App[Any], painted: Callable[[Screen[Any]], bool]) -> None:
    """Keep Textual from painting a screen if `painted(screen)` has painted it.

    Fault: when an app starts, Textual paints the whole terminal three times.
    """
    display = app._display

    def display_unless_painted(screen: Screen[Any], renderable: RenderableType | None) -> None:
        if not painted(screen):
            display(screen, renderable)

    app._display = display_unless_painted  # type: ignore[method-assign]


def end_with(app: App[Any], error: Exception) -> None:
    """End the app with this error, as Textual does for its own callbacks."""
    app._handle_exception(error)


# Notes


def notes(app: App[Any]) -> list[str]:
    """The texts of the notes that are shown. Textual's public functions can only add notes."""
    return [note.message for note in app._notifications]


def has_toast(app: App[Any]) -> bool:
    """Whether a note covers the screen, or is about to."""
    return bool(app._notifications) or bool(app.screen.query(Toast))


def show_note(app: App[Any], note: Notification) -> None:
    """Show a note at once. `notify` sends it in a message, so the next key could not remove it yet."""
    with app._context():  # this may be called from outside the app's own messages
        app._notifications.add(note)
        app._refresh_notifications()


def remove_notes(app: App[Any]) -> None:
    """Remove all notes.

    Fault: `clear_notifications` alone leaves the holder of each toast, which is laid out for ever.
    """
    for screen in app.screen_stack:
        screen.query(ToastHolder).remove()
    app.clear_notifications()


# Styles and colours


def hold_no_widgets() -> None:
    """Release removed widgets.

    Fault (issue 6665): Textual caches a thousand pairs of colours together with the widget that requested each, and so
    all its lines. A list that was open once kept 0.6 MB.
    """
    remembered = getattr(StylesCache.get_inner_outer, "__wrapped__", None)
    if remembered is not None:
        colours = partial(remembered, StylesCache)  # the method does not use its instance
        StylesCache.get_inner_outer = staticmethod(lru_cache(1024)(colours))  # type: ignore[assignment]


def measure_changed_widgets() -> None:
    """Measure a widget again whenever its content has changed.

    Fault: Textual remembers the size of a widget by the number of its requested layouts. A second request before the
    first was handled does not count, so a text that grew after a layout between the two keeps its old height.
    """
    forget = Widget.clear_cached_dimensions

    def forget_all(self: Widget) -> None:
        forget(self)
        self._box_model_cache.clear()

    Widget.clear_cached_dimensions = forget_all  # type: ignore[method-assign]


def with_sequence(style: Style, sequence: str) -> Style:
    """A style that is written as this sequence of parameters.

    Fault: to compute sequences itself, Textual caches the last 16,384 styles, some 20 MB.
    """
    style._ansi = sequence
    return style


def use_depth(app: App[Any], depth: ColourDepth) -> None:
    """Let Textual write the colours of its own widgets, and of its repaints of a canvas, at `depth`. It follows the
    environment alone."""
    app.console._color_system = _RICH_SYSTEMS[depth]


_RICH_SYSTEMS: Mapping[ColourDepth, ColorSystem] = MappingProxyType(
    {
        ColourDepth.NONE: ColorSystem.STANDARD,
        ColourDepth.COLOURS_16: ColorSystem.STANDARD,
        ColourDepth.COLOURS_256: ColorSystem.EIGHT_BIT,
        ColourDepth.TRUECOLOR: ColorSystem.TRUECOLOR,
    }
)

# What the terminal sends


class PieceParser(XTermParser):
    """Textual's parser for a whole key, report or text. Textual has no public parser.

    Fault (issue 6456): the parser takes sequences that it does not understand for keys, fails at numbers that are no
    character, and waits for more input after the end of a sequence. Here it gets only whole pieces.
    """

    def meaning_of(self, text: str, *, alone: bool) -> list[Message]:
        """The messages of a piece. `alone`: whether it may be a key by itself although Textual waits for more. Raises
        ValueError, ArithmeticError or StopIteration for numbers out of range."""
        meant = list(self.feed(text))
        if self._timeout_time is not None:  # the parser waits for more; after a timeout it would produce keys
            self._timeout_time = 0.0
            keys = list(self.tick())
            meant += keys if alone else []
        return meant


UNDISTURBED = (
    "\x18\x0f\x1b[m\x1b[r\x1b[?6l\x1b[4l"  # no sequence begun, the usual letters, style, margins, origin, overwriting
    "\x1b[?1049h\x1b[?25l\x1b[?1004h"  # the other screen, no cursor, reports of the focus
)
KITTY_FLAGS = (
    1 | getattr(linux_driver, "KITTY_REPORT_ALL_KEYS", 0) | getattr(linux_driver, "KITTY_REPORT_ASSOCIATED_TEXT", 0)
)
"""Flags of kitty's keyboard protocol that this version of Textual requests; 8.2.0 requests only the first."""
KITTY_KEYS = f"\x1b[={KITTY_FLAGS};1u"
"""Sets the flags that the driver pushes at the start, without pushing again: the end pops only one level."""


class ClaimingDriver(LinuxDriver):
    """Textual's driver, extended to set all modes of the terminal again."""

    on_return: Callable[[], object] | None = None
    """Called from a signal handler when the process goes on after something else stopped it."""

    def claim(self) -> None:
        """Set all modes again, because another program may have changed them. Textual can only stop and start."""
        with contextlib.suppress(termios.error):
            settings = termios.tcgetattr(self.fileno)
            settings[tty.LFLAG] = self._patch_lflag(settings[tty.LFLAG])
            settings[tty.IFLAG] = self._patch_iflag(settings[tty.IFLAG])
            settings[tty.CC][termios.VMIN] = 1
            termios.tcsetattr(self.fileno, termios.TCSANOW, settings)
        self.write(UNDISTURBED)
        if not constants.DISABLE_KITTY_KEY:
            self.write(KITTY_KEYS)
        self._enable_mouse_support()
        self._enable_bracketed_paste()
        self._disable_line_wrap()

    def _sigcont_application(self, *signal_and_frame: object) -> None:
        """Go on after a stop. After ctrl+z the terminal was restored, and Textual starts again. After a stop from
        outside the terminal and the threads that read and write it still exist.

        Fault: Textual starts a second pair of these threads.
        """
        if self._must_signal_resume:
            super()._sigcont_application(*signal_and_frame)
        elif not self._is_in_foreground:
            os.kill(os.getpid(), signal.SIGSTOP)  # the shell has the terminal; `fg` continues, as after ctrl+z
        elif self.on_return is not None:
            self.on_return()

    @property
    def _is_in_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self.fileno) == os.getpgrp()
        except OSError:  # no controlling terminal, so no other program has it
            return True

    def _query_in_band_window_resize(self) -> None:
        """Do not query: the system knows the size, and garbage on the line cannot change it there."""
