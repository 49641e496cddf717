"""When a picture is painted: at frame rate while something changes, and at once after a key.

Nothing is painted while nothing changes, or while the terminal has not taken the last picture. The screen polls the run
for snapshots; a run never pushes any.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import Any

from textual.app import App

from tui_trainer.dashboard.panels import charts, numbers
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.tui.budget import Budget
from tui_trainer.tui.painter import Canvas, spare_first_paints
from tui_trainer.tui.textual_private import end_with, hear_output, output_pending

FRAME_SECONDS = 1 / 12
"""Pause between frames, unless the run goes at full speed."""

FULL_SPEED_FRAME_SECONDS = 1 / 11
"""Time from the start of a frame to the next at full speed. It gives ten pictures a second rather than eleven, because
the costliest frames are followed by a longer pause. Each picture more slows training by half a percent."""

STANDSTILL_SECONDS = 0.01
"""The longest wait for a run at full speed to pause before a frame. A large network's iteration takes longer."""

DRAWING_SHARE = 0.08
"""Largest share of the time that frames take from a run at full speed. On a slow machine, or a large terminal, frames
become rarer."""
LONGEST_PAUSE_SECONDS = 1 / 3
"""Longest pause between frames at full speed, whatever they cost."""

READING_SECONDS = 1.0
"""Time for which the numbers of an iteration stay at full speed. Nobody reads faster, and the numbers take four tenths
of a picture's time and half of its bytes."""

RETRY_SECONDS = 1 / 40
"""Time until the next attempt if no frame may be painted, usually because the terminal is behind."""

COVERED_FRAME_SECONDS = 1 / 4
"""Time between frames while something covers the dashboard: Textual then sends whole rows."""

REPLY_PRIORITY_SECONDS = 0.05
"""Time for which frames wait for an expected reply of the run."""

OPENING_SECONDS = 1.0
"""The same if the reply is another run: until it is there, the view of the new one would stand around the old one."""

WORDS_SECONDS = 1.0
"""Time between updates of the words while the charts wait for their budget."""

CHARTS_DELAY_SECONDS = 0.001
"""Delay after drawing the words of a reply, and again after its charts, so that the writer thread can flush."""


class FramePacer:
    """Paints the state of the screen on the canvas of the app's first screen."""

    def __init__(
        self, app: App[Any], state: ScreenState, canvas: Canvas, appearance: Callable[[], str], budget: Budget
    ) -> None:
        """`appearance()`: the name of the present theme."""
        self._app, self._screen_state, self._canvas, self._appearance = app, state, canvas, appearance
        self._budget = budget
        self._painted: tuple[object, ...] = ((),)
        self._painted_at = 0.0
        self._reply_until = 0.0
        self._words_at = 0.0
        self._numbers_at = -math.inf
        """Time at which the shown numbers were drawn."""
        self._was_behind = False
        """Whether the terminal had not taken the last picture when the next was due."""
        self._owed = False
        """Whether a view changed by a key could not be painted. The next frame paints it, regardless of the budget."""
        self._next: asyncio.TimerHandle | None = None
        """The next frame."""
        self._pause_training()

    def start(self, then: Callable[[], object]) -> None:
        """Begin painting frames, once the app runs. `then` is called after the first picture is sent."""
        if self._budget.is_limited:
            hear_output(self._app, self._budget.spend)
        # The request for the pictures that the first layout has room for ends the pause.
        spare_first_paints(self._app, self._canvas, self._pause_training)
        self._loop, self._context = asyncio.get_running_loop(), copy_context()
        self._pause_training()
        self._canvas.call_after_refresh(self._first_frame, then)

    def _pause_training(self) -> None:
        """Let training pause for the first picture, which would take twice as long beside it."""
        self._screen_state.answer(lambda: None)

    def _first_frame(self, then: Callable[[], object]) -> None:
        def go_on() -> None:
            then()
            self._screen_state.run.go_on()

        self._frame()
        self._later(CHARTS_DELAY_SECONDS, go_on)

    def paint(self) -> None:
        """Paint, unless the terminal shows this picture already. A paused, untouched run sends nothing."""
        if not self._canvas.is_attached or not self._canvas.size:
            return
        self._owed = False
        if self._state() == self._painted:
            self._canvas.settle()
            return
        kept = self._numbers_to_read()
        is_whole = self._canvas.draw(kept) and not kept
        # The missing parts have to be drawn later even if nothing changes.
        self._painted = self._state() if is_whole else (None, *self._state()[1:])
        self._painted_at = time.monotonic()

    def reply(self) -> None:
        """Paint the changed view at once, unless it is that of another run, and the reply of the run as soon as it
        comes."""
        self._canvas.limit = None
        is_opening = self._screen_state.is_opening
        if not is_opening and self._state()[1:] != self._painted[1:]:
            self._screen_state.run.answer(lambda: None)  # training pauses
            if self._can_paint:
                self._show_rest()
            else:  # the writer thread is busy, or nobody reads: then a frame paints the view
                self._later(CHARTS_DELAY_SECONDS, self._show_rest)
        if self._screen_state.is_asking:
            self._ask(OPENING_SECONDS if is_opening else REPLY_PRIORITY_SECONDS)

    def _ask(self, seconds: float = REPLY_PRIORITY_SECONDS) -> None:
        """Have the reply of the run shown as soon as it comes. Frames wait so long for it."""
        self._reply_until = time.monotonic() + seconds
        self._screen_state.answer(self._hear)

    def soon(self, what: Callable[[], None]) -> None:
        """Call `what` on the app's thread, past Textual's queues, which take half a millisecond. From any thread."""
        self._loop.call_soon_threadsafe(self._call, what, context=self._context)

    def _hear(self) -> None:
        """Called on the run's thread: have its reply shown on the app's thread."""
        self.soon(self._show_reply)

    def _show_reply(self) -> None:
        """Draw first the words, which show the effect of the key, and as soon as they are sent the charts."""
        self._reply_until, self._canvas.limit = 0.0, None
        self._numbers_at = -math.inf  # the person may have chosen another example
        self._screen_state.poll()
        if self._can_paint and self._state() != self._painted:
            self._canvas.draw(charts())
        self._later(CHARTS_DELAY_SECONDS, self._show_rest)

    def _show_rest(self) -> None:
        if self._can_paint:
            self.paint()
        elif self._state()[1:] != self._painted[1:]:
            self._owed = True
            self._wind_up(RETRY_SECONDS)
        self._later(CHARTS_DELAY_SECONDS, self._screen_state.run.go_on)

    def _frame(self) -> None:
        """Paint a frame if that is possible now, and start the timer for the next."""
        pause = RETRY_SECONDS
        try:
            if output_pending(self._app):
                self._was_behind = True
            elif self._was_behind:
                self._was_behind = False
                self._screen_state.poll()  # the ready snapshot is as old as the delayed picture: request a new one
                self._ask()
            elif self._may_paint_frame and self._budget.wait and not self._owed:
                self._paint_words()
            elif self._may_paint_frame:
                began, started, spent = time.monotonic(), time.thread_time(), self._budget.spent
                self._canvas.tolerance = self._budget.tolerance
                self._canvas.limit = None if self._owed else self._budget.portion
                self._screen_state.poll(numbers=self._numbers_are_due_next)
                self._paint_aside()
                self._budget.judge(self._budget.spent - spent)
                pause = self._pause_after(time.thread_time() - started, time.monotonic() - began)
        finally:
            self._wind_up(pause if self._owed else max(pause, min(self._budget.wait, WORDS_SECONDS)))

    def _paint_aside(self) -> None:
        """Paint a frame while training at full speed stands still. Side by side, each would wait for the other a dozen
        times, and every one of these waits wakes a thread."""
        run = self._screen_state.run
        if self._is_at_full_speed and self._state() != self._painted:
            stands_still = SimpleQueue[bool]()
            run.answer(lambda: stands_still.put(True))
            with suppress(Empty):
                stands_still.get(timeout=STANDSTILL_SECONDS)
        self.paint()
        run.go_on()

    def _wind_up(self, seconds: float) -> None:
        """Start the timer for the next frame."""
        if self._next is not None:
            self._next.cancel()
        self._next = self._later(seconds, self._frame)

    def _paint_words(self) -> None:
        """Paint only the words, which cost little, while the charts wait for the budget."""
        if time.monotonic() - self._words_at >= WORDS_SECONDS:
            self._words_at, self._canvas.limit = time.monotonic(), self._budget.portion
            self._screen_state.poll()
            if self._state() != self._painted:
                self._canvas.draw(charts())

    def _later(self, seconds: float, what: Callable[[], None]) -> asyncio.TimerHandle:
        """Call `what` after `seconds`. Each of Textual's own timers would need a task and inspect a signature."""
        return self._loop.call_later(seconds, self._call, what, context=self._context)

    def _call(self, what: Callable[[], None]) -> None:
        """Call `what` unless the app has ended. An exception ends the app, as in a timer of Textual."""
        if self._app.is_running:
            try:
                what()
            except Exception as error:
                end_with(self._app, error)

    @property
    def _may_paint_frame(self) -> bool:
        """Whether a frame may be painted: not while a reply is due, rarely while something covers the dashboard."""
        reply_is_due = time.monotonic() < self._reply_until
        if reply_is_due or not self._can_paint or not self._canvas.screen.is_current:
            return False
        beneath = self._app.screen is not self._canvas.screen
        return not beneath or time.monotonic() - self._painted_at >= COVERED_FRAME_SECONDS

    def _pause_after(self, cost: float, took: float) -> float:
        """Seconds until the next frame, after one that took `took` seconds, `cost` of them this thread's own."""
        if not self._is_at_full_speed:
            return FRAME_SECONDS
        return max(FULL_SPEED_FRAME_SECONDS - took, min(cost / DRAWING_SHARE, LONGEST_PAUSE_SECONDS))

    @property
    def _numbers_are_due_next(self) -> bool:
        """Whether the frame after this one draws the panels of numbers: its snapshot is taken now."""
        return time.monotonic() - self._numbers_at >= READING_SECONDS - FULL_SPEED_FRAME_SECONDS

    def _numbers_to_read(self) -> Collection[str]:
        """The panels of numbers if a person may still be reading the shown ones, or the snapshot has no new ones."""
        now, snapshot = time.monotonic(), self._screen_state.snapshot
        is_old = snapshot.step is not None and snapshot.step.iteration != snapshot.iteration
        if self._is_at_full_speed and (is_old or now - self._numbers_at < READING_SECONDS):
            return numbers()
        self._numbers_at = now
        return ()

    @property
    def _is_at_full_speed(self) -> bool:
        return self._screen_state.snapshot.is_at_full_speed

    @property
    def _can_paint(self) -> bool:
        """Whether the canvas exists (the app may be ending) and the terminal has taken the last picture."""
        return self._canvas.is_attached and not output_pending(self._app)

    def _state(self) -> tuple[object, ...]:
        """Everything on which a picture depends, the version of the snapshot first. Each run counts versions itself."""
        return (
            (id(self._screen_state.run), self._screen_state.snapshot.version),
            self._screen_state.view,
            self._appearance(),
            self._canvas.size,
        )
