"""Delivers keys and pastes in order, each to the screen that the keys before it have left open."""

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
"""Keys with the same meaning over every screen, including Textual's own. They do not wait for other keys."""

Soon = Callable[[Callable[[], None]], None]


class Keyboard:
    """Keys of the dashboard act at once, past Textual's queues, which take half a millisecond.

    Screens over the dashboard get keys one by one, each after the last has acted: on a slow line many keys come in one
    packet, and one of them may open or close a list. This relies on Textual's message pumps, which handle what they
    have accepted before they close.
    """

    def __init__(self, app: App[Any], dashboard: Screen[None], act: Callable[[Key | Paste], None], soon: Soon) -> None:
        """`act(key)` carries out a key of the dashboard, or says of a paste that no field is open. `soon(what)` calls
        `what` on the app's thread, from any thread."""
        self._app, self._dashboard, self._act, self._soon = app, dashboard, act, soon
        self._typed: deque[Key | Paste] = deque()
        self._waits = False
        """Whether the next key has to wait."""
        self._known: ref[Screen[Any]] = ref(dashboard)
        """The last screen that was open and complete."""

    def type(self, typed: Key | Paste) -> None:
        """Take a key or a paste, from any thread."""
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
                self._wait_for(screen)  # the new screen first creates its fields
            elif screen is not self._dashboard:
                self._app.post_message(self._typed.popleft())
                self._wait_for(self._app, screen.focused or screen)
            elif self._app.message_queue_size or screen.message_queue_size:
                self._wait_for(self._app, screen)
            else:
                self._act(self._typed.popleft())

    def _wait_for(self, *pumps: MessagePump) -> None:
        """Go on after each pump, one after the other, has handled its present messages. A closed pump has."""
        self._waits = True
        if not pumps:
            self._soon(self._go_on)
        elif not pumps[0].call_later(self._wait_for, *pumps[1:]):
            self._wait_for(*pumps[1:])

    def _go_on(self) -> None:
        self._waits = False
        self._hand_over()
