"""The Textual app: it composes the screens, reads the keys, and paints at frame rate.

`dashboard` defines the picture and what keys do to it; `painter` sends the picture to the terminal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any

from msgspec import structs
from textual.app import App
from textual.binding import Binding
from textual.events import Key, Paste, Resize
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Size
from textual.notifications import SeverityLevel
from textual.screen import Screen

from tui_trainer.dashboard.catalogue import Catalogue, OpenRequest, OpenRun
from tui_trainer.dashboard.keys.key_meaning import action_for, does_nothing
from tui_trainer.dashboard.keys.keymap import KEYS
from tui_trainer.dashboard.mouse import clicked, wheeled
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.dashboard.view import KeyAction, View
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import ColourDepth, Theme, hard_to_read, make_theme
from tui_trainer.drawing.theme_files import BUNDLED, BUNDLED_THEMES, Themes
from tui_trainer.exit_status import HUNG_UP, TERMINATED
from tui_trainer.toml_file import FileError
from tui_trainer.tui.budget import Budget
from tui_trainer.tui.dialogs import Dialogs
from tui_trainer.tui.frame_pacer import FramePacer
from tui_trainer.tui.gradient_check import check_gradient
from tui_trainer.tui.keyboard import Keyboard
from tui_trainer.tui.notes import NOTES_CSS, say_note
from tui_trainer.tui.painter import Canvas, Mode
from tui_trainer.tui.saving import Saving
from tui_trainer.tui.screens.training import TrainingScreen, name_of
from tui_trainer.tui.terminal import forget_lost_output, held, real_size
from tui_trainer.tui.terminal_driver import Driver, own_driver
from tui_trainer.tui.textual_private import never_block_on_output, use_depth
from tui_trainer.tui.textual_theme import textual_theme

SIZE_CHECK_SECONDS = 0.3
"""Time between two checks of the terminal's real size."""

NOTICE_DELAY_SECONDS = 0.5
"""Delay of the note at the start, so that the first picture comes before it."""
NOTICE_READING_SECONDS = 12.0
"""Time for which that note is shown."""

PRELOADED = "tui_trainer.tui.preloaded"
"""The module that imports the screens that a person can open. The first picture does not wait for it."""


class TrainerApp(App[int]):
    """Shows one run of the catalogue. The keymap defines the keys."""

    TITLE = "tui-trainer"
    CSS = NOTES_CSS
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [  # noqa: RUF012 (Textual's own way)
        *(
            Binding(",".join(action.keys), f"key('{action.id}')", action.label, show=False, priority=True)
            for action in KEYS.values()
            if action.everywhere
        ),
        Binding("ctrl+q", "key('quit')", "quit", show=False, priority=True),
    ]

    def __init__(
        self,
        open_run: OpenRun,
        catalogue: Catalogue,
        request: OpenRequest,
        *,
        depth: ColourDepth = ColourDepth.TRUECOLOR,
        theme: str = BUNDLED[0],
        themes: Themes = BUNDLED_THEMES,
        ascii_only: bool = False,
        painter: Mode = "cells",
        kilobytes: float | None = None,
        view: View | None = None,
        notice: tuple[str, SeverityLevel] = ("", "information"),
        leave: Callable[[int], None] | None = None,
    ) -> None:
        """Opens the run of `request` at once, and raises what `open_run` raises.

        `theme`: one of `themes`. `kilobytes`: limit of bytes sent a second, replies to keys excepted. `view`: the first
        state of the screen, with its keymap. `notice`: text and severity of a note at the start. `leave(status)` begins
        the end of the program; without it the app exits.
        """
        super().__init__(driver_class=Driver)
        use_depth(self, depth)
        self._depth, self._ascii, self._themes = depth, ascii_only, themes
        self._theme = self._wear(theme)
        self.state = ScreenState(open_run, catalogue, request, view)
        self._canvas = Canvas(self._draw, depth, painter)
        self._training = TrainingScreen(self._canvas, self.press, self.click, self.wheel)
        self._notice = notice
        self._leave = leave or self.leave_in_order
        self._pacer = FramePacer(self, self.state, self._canvas, lambda: self.theme_name, Budget(kilobytes))
        self._main_loop: asyncio.AbstractEventLoop | None = None
        self._told_size: Size | None = None
        saving = Saving(self, self.state, self._request, self._say)
        self._own_actions: dict[str, Callable[[], None]] = {
            **Dialogs(self, self.state, self._request, self._say, self._pacer.reply, self.action_key).actions,
            "theme": self._next_theme,
            "check_gradient": lambda: check_gradient(self, self.state, self._pacer.reply),
            "export": saving.export,
            "keep": saving.keep,
            "copy_command": saving.copy_command,
            "quit": lambda: self._leave(0),
            "quit_at_once": lambda: self._leave(0),
            "suspend": self.action_suspend_process,
            "repaint": self._repaint,
        }

    @property
    def theme_name(self) -> str:
        return self._theme.name

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Without the filter that replaces a terminal's own colours by those of a palette: what lies below a dialog
        would change its colours, since Rich finds other ones of the sixteen nearest to them."""
        return [each for each in super().get_line_filters() if not isinstance(each, ANSIToTruecolor)]

    def get_default_screen(self) -> Screen[None]:
        return self._training

    def on_mount(self) -> None:
        self._main_loop = asyncio.get_running_loop()
        never_block_on_output(self)
        self.app_resume_signal.subscribe(self, lambda _: self._repaint())
        self._pacer.start(partial(import_module, PRELOADED))
        if driver := own_driver(self):
            driver.on_return = partial(self._main_loop.call_soon_threadsafe, self._repaint)
            driver.take = Keyboard(self, self._training, self.press, self._pacer.soon).type
            driver.ascii_only = self._ascii
        if self._notice[0]:
            self.set_timer(NOTICE_DELAY_SECONDS, partial(self._say, *self._notice, NOTICE_READING_SECONDS))
        if not self.is_headless:
            self.set_interval(SIZE_CHECK_SECONDS, self._follow_size)

    def _follow_size(self) -> None:
        """Adopt the terminal's real size. In a quick series of resizes Textual's signal handlers interrupt each other,
        so the size that arrives last may be an older one."""
        size = Size(*real_size())
        if size != self.size and size:
            self.post_message(Resize(size, size))

    def on_resize(self, event: Resize) -> None:
        """A signal about a size that is the old one asks for a repaint: so does dtach when someone attaches."""
        if event.size == self._told_size and not self._canvas.is_starting:
            self._repaint()
        self._told_size = event.size

    def on_unmount(self) -> None:
        self.state.close(is_cut_off=self.return_code in (HUNG_UP, TERMINATED))

    def _draw(self, width: int, height: int, *how: Any) -> Cells:
        return self.state.draw(width, height, self._theme, *how)

    def leave_in_order(self, status: int) -> None:
        """End the app as soon as its loop can. May be called from a signal handler."""
        if self._main_loop is not None:
            self._main_loop.call_soon_threadsafe(partial(self.exit, status, return_code=status))

    def _repaint(self) -> None:
        """Paint everything: the terminal was reset, or shows the shell (after which the driver has a new queue)."""
        never_block_on_output(self)
        if driver := own_driver(self):
            driver.claim()
        self._canvas.is_starting = False  # after a stop before the first frame the canvas would skip this one too
        self.refresh(layout=True)

    # Keys and mouse

    def press(self, key: Key | Paste) -> None:
        """Carry out what a key on the dashboard means; nothing can be pasted there."""
        if isinstance(key, Paste):
            self._say(f"no field is open to paste into · {self.state.view.sign('setting_edit')} types a value")
            return
        action = action_for(name_of(key), self.state.view)
        self._acts()
        if action is not None:
            self.perform(action)
        elif words := does_nothing(name_of(key), self.state.view):
            self._say(words)

    def _acts(self) -> None:
        """The person acts: the question of the run gives way to its verdict."""
        if self.state.view.introduction is not None:
            self.state.end_introduction()
            self._pacer.reply()

    def perform(self, action: KeyAction) -> None:
        """Carry out an action of the keymap, or say why it is not possible now. An earlier note disappears."""
        if action.id in self.state.view.greyed:
            self._say(self.state.why_idle(action))
            return
        if action.id in self._own_actions:
            self._say("")
            self._own_actions[action.id]()
            self.state.pressed(action)
        else:
            before = self.state.expected
            try:
                refused = self.state.perform(action)
            except (ValueError, OSError) as error:  # the next stop of a playlist may be gone
                self._say(str(error), "error")
                return
            self.state.pressed(action)
            self._pacer.reply()
            self._say(refused or self.state.complaint or action.unseen(before, self.state.view))
            self.state.complaint = ""

    def action_key(self, action_id: str) -> None:
        """Carry out the action with this id. Textual's bindings call it too, for keys that work over every screen."""
        self.perform(next(action for action in self.state.view.keymap if action.id == action_id))

    def click(self, x: int, y: int) -> None:
        self._touched(*clicked(self.state.rectangles, x, y, self.state.snapshot, self.state.view))

    def wheel(self, x: int, y: int, direction: int) -> None:
        self._touched(*wheeled(self.state.rectangles, x, y, self.state.view, direction))

    def _touched(self, view: View, action: str) -> None:
        self._acts()
        view = structs.replace(view, introduction=None)
        if view != self.state.view:
            self.state.change(view)
            self._pacer.reply()
        if action:
            self.action_key(action)

    def _request(self, **fields: bool) -> None:
        """Have the snapshots carry something from now on, or no longer: see `PictureRequest`."""
        view = self.state.view
        self.state.change(structs.replace(view, request=structs.replace(view.request, **fields)))
        self._pacer.reply()

    def _next_theme(self) -> None:
        if not self._depth:
            self._say("theme: there are no colours here")
            return
        names = self._themes.names
        here = names.index(self.theme_name)
        wrong = []
        for name in (*names[here + 1 :], *names[: here + 1]):
            try:
                self._theme = self._wear(name)
                break
            except FileError as error:
                wrong.append(f"{error}; ")
        self._pacer.paint()
        low = hard_to_read(self._theme) if self._themes.is_own(name) else ""
        words = f"{''.join(wrong)}theme: {name}{f'; {low}' if low else ''}"
        self._say(words, "error" if wrong else "information", NOTICE_READING_SECONDS if wrong or low else 4.0)

    def _wear(self, name: str) -> Theme:
        """Apply a theme to Textual's own widgets, and return it for the panels. Raises `FileError`."""
        theme = make_theme(name, self._depth, ascii_only=self._ascii, themes=self._themes)
        shown = name if self._depth else BUNDLED[0]
        own = textual_theme(shown, self._themes.scheme(shown), self._depth)
        self.register_theme(own)
        self.theme = own.name
        return theme

    def _say(self, text: str, severity: SeverityLevel = "information", timeout: float = 4.0) -> None:
        """Show a note until `timeout` or the next key. It replaces an earlier note; "" only removes that."""
        say_note(self, text, severity, timeout)


def run_app(
    app_from: Callable[[Callable[[int], None]], TrainerApp], farewell: Callable[[TrainerApp], None] = lambda app: None
) -> int:
    """Run the app that `app_from(leave)` makes until it ends, restore the terminal, return the exit status.

    Signals are handled before the app is made, so that a signal during the start ends cleanly too. `farewell(app)` is
    called after the terminal is restored.
    """
    with held() as terminal:
        app = app_from(terminal.leave)
        terminal.on_leave = app.leave_in_order
        try:
            app.run()
        finally:
            app.state.close()
        status = app.return_code or terminal.status
    farewell(app)
    forget_lost_output()
    return status
