"""Keys and pastes in the order in which they came, each for the screen that the ones before it have left open."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any
from weakref import ref

from textual.app import App
from textual.events import Key, Paste
from textual.message_pump import MessagePump
from textual.screen import Screen

from tui_trainer.dashboard.keys.keymap import KEYS

URGENT = frozenset(("ctrl+q", *(key for action in KEYS.values() if action.everywhere for key in action.keys)))
"""Keys that mean the same over every screen, Textual's own among them, and wait for no other."""

Soon = Callable[[Callable[[], None]], None]


class Keyboard:
    """Keys of the dashboard act at once, past Textual's queues, which take half a millisecond; what lies over it gets
    them one by one, each when the last has acted: on a slow line many come in one packet, and one of them may open or
    close a list. It rests on this: what a message pump of Textual has accepted it deals with before it closes."""

    def __init__(self, app: App[Any], dashboard: Screen[None], act: Callable[[Key], None], soon: Soon) -> None:
        """`act(key)` does what a key of the dashboard does. `soon(what)` has something done on the app's thread, from
        any other."""
        self._app, self._dashboard, self._act, self._soon = app, dashboard, act, soon
        self._typed: deque[Key | Paste] = deque()
        self._waits = False
        """Whether the next key is held back."""
        self._known: ref[Screen[Any]] = ref(dashboard)
        """The screen that was there last, and is complete."""

    def type(self, typed: Key | Paste) -> None:
        """From any thread: this has been typed, or pasted."""
        self._soon(lambda: self._take(typed))

    def _take(self, typed: Key | Paste) -> None:
        if isinstance(typed, Key) and typed.key in URGENT:
            self._app.post_message(typed)
        else:
            self._typed.append(typed)
            self._hand_over()

    def _hand_over(self) -> None:
        while self._typed and not self._waits:
            screen = self._app.screen
            if screen is not self._known():
                self._known = ref(screen)
                self._wait_behind(screen)  # it makes its fields first
            elif screen is not self._dashboard:
                self._app.post_message(self._typed.popleft())
                self._wait_behind(self._app, screen.focused or screen)
            elif self._app.message_queue_size or screen.message_queue_size:
                self._wait_behind(self._app, screen)
            elif isinstance(key := self._typed.popleft(), Key):  # there is nowhere to paste
                self._act(key)

    def _wait_behind(self, *pumps: MessagePump) -> None:
        """Go on when each of them has dealt with what it has now, one after the other; one that is gone has."""
        self._waits = True
        if not pumps:
            self._soon(self._go_on)
        elif not pumps[0].call_later(self._wait_behind, *pumps[1:]):
            self._wait_behind(*pumps[1:])

    def _go_on(self) -> None:
        self._waits = False
        self._hand_over()
