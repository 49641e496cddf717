"""When a picture is painted: at frame rate while something changes, at once for a key, not at all while
nothing does or while the terminal has not taken the last one. The screen asks the runs for news; they never
push any."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Collection
from contextvars import copy_context
from typing import Any

from textual.app import App

from tui_trainer.dashboard.panels import charts, numbers
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.tui.budget import Budget
from tui_trainer.tui.painter import Canvas, spare_first_paints
from tui_trainer.tui.textual_private import end_with, hear_output, output_pending

FRAME = 1 / 12
"""Seconds between frames while nobody presses a key."""

AT_FULL_SPEED = 1 / 13
"""Seconds from frame to frame at full speed: ten pictures a second, also where the machine has other work."""

SHARE, SLOWEST = 0.08, 1 / 3
"""Frames take no more than this share of the time that a run at full speed has: on a slow machine, or a large terminal,
they come less often, though never further apart than so many seconds."""

READING_SECONDS = 1.0
"""Seconds for which, at full speed, the numbers of an iteration stay, and name it: nobody reads them faster, and they
are four tenths of a picture's time and half of its bytes."""

RETRY_SECONDS = 1 / 40
"""Seconds until the next look where no frame may be painted, most often because the terminal is behind."""

FRAME_BENEATH = 1 / 4
"""Seconds between frames while something lies over the dashboard: Textual then sends whole rows."""

ANSWER_WITHIN = 0.05
"""Seconds that frames give way to an answer that is due."""

WORDS = 1.0
"""Seconds between words while pictures wait for their budget."""

CHARTS_DELAY_SECONDS = 0.001
"""Seconds from the words of an answer to its charts, and from those to more training, in which the thread that writes
gets to work."""


class FramePacer:
    """Paints the state of the screen on the canvas of the app's first screen."""

    def __init__(
        self, app: App[Any], state: ScreenState, canvas: Canvas, appearance: Callable[[], str], budget: Budget
    ) -> None:
        """`appearance()` names how pictures are drawn at present: the theme."""
        self._app, self._screen_state, self._canvas, self._appearance = app, state, canvas, appearance
        self._budget = budget
        self._painted: tuple[object, ...] = ((),)
        self._painted_at = 0.0
        self._answer_until = 0.0
        self._words_at = 0.0
        self._numbers_at = -math.inf
        """When the numbers were drawn that somebody may be reading."""
        self._was_behind = False
        """Whether the terminal had not taken the last picture when the next was due."""
        self._owed = False
        """Whether a view that a key has changed could not be painted: the next frame does, and need not be paid for."""
        self._next: asyncio.TimerHandle | None = None
        """The next frame."""

    def start(self, then: Callable[[], object]) -> None:
        """Begin with the frames; once the app runs. `then` is called when the first picture is on its way."""
        if self._budget.is_limited:
            hear_output(self._app, self._budget.spend)
        spare_first_paints(self._app, self._canvas)
        self._loop, self._context = asyncio.get_running_loop(), copy_context()
        self._screen_state.answer(lambda: None)  # The first picture is an answer too: training stands aside for it.
        self._canvas.call_after_refresh(self._first_frame, then)

    def _first_frame(self, then: Callable[[], object]) -> None:
        def go_on() -> None:
            then()
            self._screen_state.run.go_on()

        self._frame()
        self._later(CHARTS_DELAY_SECONDS, go_on)

    def paint(self) -> None:
        """Paint, unless the terminal shows this picture already: paused and untouched, nothing is sent."""
        if not self._canvas.is_attached or not self._canvas.size:
            return
        self._owed = False
        if self._state() == self._painted:
            self._canvas.settle()
            return
        kept = self._numbers_to_read()
        is_whole = self._canvas.draw(kept) and not kept
        # What is still to come has to be drawn though nothing changes.
        self._painted = self._state() if is_whole else (None, *self._state()[1:])
        self._painted_at = time.monotonic()

    def answer(self) -> None:
        """Paint what the view has become at once, and what the run answers as soon as it does."""
        self._canvas.limit = None
        if self._state()[1:] != self._painted[1:]:
            self._screen_state.run.answer(lambda: None)  # training stands aside
            if self._can_paint:
                self._show_rest()
            else:  # the thread that writes has only just been given something, or nobody reads: then frames see to it
                self._later(CHARTS_DELAY_SECONDS, self._show_rest)
        if self._screen_state.is_asking:
            self._ask()

    def _ask(self) -> None:
        """Have the run's news shown as soon as there are any; frames give way."""
        self._answer_until = time.monotonic() + ANSWER_WITHIN
        self._screen_state.answer(self._hear)

    def soon(self, what: Callable[[], None]) -> None:
        """From any thread: do this on the app's, past Textual's queues, which take half a millisecond."""
        self._loop.call_soon_threadsafe(self._call, what, context=self._context)

    def _hear(self) -> None:
        """On the run's thread: have its answer shown on the app's."""
        self.soon(self._show_answer)

    def _show_answer(self) -> None:
        """First the words, which say what the key has done; then, as soon as they are on their way, the charts."""
        self._answer_until, self._canvas.limit = 0.0, None
        self._numbers_at = -math.inf  # another example may have been asked for
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
        """Paint one frame if one may be painted now, and wind up the timer for the next."""
        pause = RETRY_SECONDS
        try:
            if output_pending(self._app):
                self._was_behind = True
            elif self._was_behind:
                self._was_behind = False
                self._screen_state.poll()  # what lies ready is as old as the picture held up: have it made anew
                self._ask()
            elif self._may_paint_frame and self._budget.wait and not self._owed:
                self._paint_words()
            elif self._may_paint_frame:
                started, spent = time.thread_time(), self._budget.spent
                self._canvas.tolerance = self._budget.tolerance
                self._canvas.limit = None if self._owed else self._budget.portion
                self._screen_state.poll()
                self.paint()
                self._budget.judge(self._budget.spent - spent)
                pause = self._pause_after(time.thread_time() - started)
        finally:
            self._wind_up(pause if self._owed else max(pause, min(self._budget.wait, WORDS)))

    def _wind_up(self, seconds: float) -> None:
        """Have the next frame in so many seconds."""
        if self._next is not None:
            self._next.cancel()
        self._next = self._later(seconds, self._frame)

    def _paint_words(self) -> None:
        """The charts have to wait until they are paid for; a line of words costs next to nothing."""
        if time.monotonic() - self._words_at >= WORDS:
            self._words_at, self._canvas.limit = time.monotonic(), self._budget.portion
            self._screen_state.poll()
            if self._state() != self._painted:
                self._canvas.draw(charts())

    def _later(self, seconds: float, what: Callable[[], None]) -> asyncio.TimerHandle:
        """Textual's own timers each cost a task, and a look at the signature of what they call."""
        return self._loop.call_later(seconds, self._call, what, context=self._context)

    def _call(self, what: Callable[[], None]) -> None:
        """Do what was to be done later, unless the app has ended; a fault ends it, as in a timer of Textual's."""
        if self._app.is_running:
            try:
                what()
            except Exception as error:
                end_with(self._app, error)

    @property
    def _may_paint_frame(self) -> bool:
        """Whether a frame is due: it gives way to an answer that is due any moment, and to what lies over it."""
        answer_is_due = time.monotonic() < self._answer_until
        if answer_is_due or not self._can_paint or not self._canvas.screen.is_current:
            return False
        beneath = self._app.screen is not self._canvas.screen
        return not beneath or time.monotonic() - self._painted_at >= FRAME_BENEATH

    def _pause_after(self, cost: float) -> float:
        """Seconds until the next frame, after one that took this thread `cost` seconds."""
        return max(AT_FULL_SPEED - cost, min(cost / SHARE, SLOWEST)) if self._is_at_full_speed else FRAME

    def _numbers_to_read(self) -> Collection[str]:
        """The panels of numbers, where somebody may still be reading those that are there."""
        now = time.monotonic()
        if self._is_at_full_speed and now - self._numbers_at < READING_SECONDS:
            return numbers()
        self._numbers_at = now
        return ()

    @property
    def _is_at_full_speed(self) -> bool:
        return self._screen_state.snapshot.is_at_full_speed

    @property
    def _can_paint(self) -> bool:
        """Whether the canvas is there (the app may be on its way out) and the terminal has taken the last
        picture."""
        return self._canvas.is_attached and not output_pending(self._app)

    def _state(self) -> tuple[object, ...]:
        """All that a picture depends on; the news of the run first, which counts them from 1 as every other does."""
        return (
            (id(self._screen_state.run), self._screen_state.snapshot.version),
            self._screen_state.view,
            self._appearance(),
            self._canvas.size,
        )
