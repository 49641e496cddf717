"""The Textual app: it composes the screens, hears the keys and paints at frame rate. What a key does to the
picture is in `actions`, what is in the picture in `dashboard`, and how it reaches the terminal in
`painter`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.binding import Binding
from textual.events import Key, Resize
from textual.geometry import Size
from textual.notifications import SeverityLevel
from textual.screen import Screen

from tui_trainer.dashboard.catalogue import Catalogue, OpenRequest, OpenRun
from tui_trainer.dashboard.gradient_check_words import check_words
from tui_trainer.dashboard.keys.key_meaning import action_for, does_nothing
from tui_trainer.dashboard.keys.keymap import KEYS
from tui_trainer.dashboard.mouse import clicked, wheeled
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.dashboard.view import KeyAction, View
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import ColourDepth, Theme, hard_to_read, make_theme
from tui_trainer.drawing.theme_files import BUNDLED, BUNDLED_THEMES, Themes
from tui_trainer.toml_file import FileError
from tui_trainer.tui.budget import Budget
from tui_trainer.tui.frame_pacer import FramePacer
from tui_trainer.tui.keyboard import Keyboard
from tui_trainer.tui.notes import NOTES_CSS, say_note
from tui_trainer.tui.painter import Canvas, Mode
from tui_trainer.tui.screens.training import TrainingScreen, name_of
from tui_trainer.tui.terminal import forget_lost_output, held, real_size
from tui_trainer.tui.terminal_driver import Driver, own_driver
from tui_trainer.tui.textual_private import never_block_on_output, use_depth
from tui_trainer.tui.textual_theme import textual_theme

if TYPE_CHECKING:
    from tui_trainer.tui.screens.value_entry import Typed

SIZE_CHECK = 0.3
"""Seconds between looks at the terminal's real size."""

CHECK_LOOK, CHECK_PATIENCE, CHECK_READ = 0.02, 60.0, 8.0
"""Seconds between looks for the answer to a gradient check, until the app stops looking, and to read it."""

NOTICE_AFTER, NOTICE_READ = 0.5, 12.0
"""Seconds until what is wrong from the start is said, the first picture being there by then, and to read it."""

LATER = "tui_trainer.tui.preloaded"
"""What the first picture does not wait for: the module that imports the screens that a person opens."""


class TrainerApp(App[int]):
    """Shows one run of the catalogue; keys are those of the keymap."""

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

        `theme`: one of `themes`. `kilobytes`: to send a second at most, answers to keys apart. `view`: the screen as it
        is at first, with the keys that hold. `notice`: what there is to say at the start, and how much that matters.
        `leave(status)`: begins the end of the program; without it the app just exits.
        """
        super().__init__(driver_class=Driver)
        use_depth(self, depth)
        self._depth, self._ascii = depth, ascii_only
        self._themes = themes
        self._theme = self._wear(theme)
        self.state = ScreenState(open_run, catalogue, request, view)
        self._canvas = Canvas(self._draw, depth, painter)
        self._training = TrainingScreen(self._canvas, self.press, self.click, self.wheel)
        self._notice = notice
        self._leave = leave or self.leave_in_order
        self._pacer = FramePacer(self, self.state, self._canvas, lambda: self.theme_name, Budget(kilobytes))
        self._main_loop: asyncio.AbstractEventLoop | None = None
        self._own_actions: dict[str, Callable[[], None]] = {
            "presets": self._pick_preset,
            "setting_edit": self._type_value,
            "help": self._help,
            "palette": self._pick_action,
            "theme": self._next_theme,
            "check_gradient": self._check_gradient,
            "quit": lambda: self._leave(0),
            "quit_at_once": lambda: self._leave(0),
            "suspend": self.action_suspend_process,
            "repaint": self._repaint,
        }

    @property
    def theme_name(self) -> str:
        """The one of the themes that is shown."""
        return self._theme.name

    def get_default_screen(self) -> Screen[None]:
        return self._training

    def on_mount(self) -> None:
        self._main_loop = asyncio.get_running_loop()
        never_block_on_output(self)
        self.app_resume_signal.subscribe(self, lambda _: self._repaint())
        self._pacer.start(partial(import_module, LATER))
        if driver := own_driver(self):
            driver.on_return = partial(self._main_loop.call_soon_threadsafe, self._repaint)
            driver.take = Keyboard(self, self._training, self.press, self._pacer.soon).type
            driver.ascii_only = self._ascii
        if self._notice[0]:
            self.set_timer(NOTICE_AFTER, partial(self._say, *self._notice, NOTICE_READ))
        if not self.is_headless:
            self.set_interval(SIZE_CHECK, self._follow_size)

    def _follow_size(self) -> None:
        """Take the terminal's real size where it is another one: in a quick series of resizes one of Textual's signal
        handlers interrupts another, and the last size that arrives need not be the last there was."""
        size = Size(*real_size())
        if size != self.size and size:
            self.post_message(Resize(size, size))

    def on_unmount(self) -> None:
        self.state.close()

    def _draw(self, width: int, height: int, *how: Any) -> Cells:
        return self.state.draw(width, height, self._theme, *how)

    def leave_in_order(self, status: int) -> None:
        """End the app as soon as its loop comes to it; may be called from a signal handler."""
        if self._main_loop is not None:
            self._main_loop.call_soon_threadsafe(partial(self.exit, status, return_code=status))

    def _repaint(self) -> None:
        """What the terminal shows is another's: the shell's (the driver has a new queue after it), or it was reset."""
        never_block_on_output(self)
        if driver := own_driver(self):
            driver.claim()
        self._canvas.is_starting = False  # suspended before its first frame, it would spare itself this one too
        self.refresh(layout=True)

    # Keys and mouse

    def press(self, key: Key) -> None:
        """What a key on the dashboard does."""
        if action := action_for(name_of(key), self.state.view):
            self.perform(action)
        elif words := does_nothing(name_of(key), self.state.view):
            self._say(words)

    def perform(self, action: KeyAction) -> None:
        """Carry out an action of the keymap, or say why that cannot be done now. What was said before goes."""
        if action.id in self.state.view.greyed:
            self._say(self.state.why_idle(action))
        elif action.id in self._own_actions:
            self._say("")
            self._own_actions[action.id]()
        else:
            before = self.state.expected
            self.state.perform(action)
            self._pacer.answer()
            self._say(action.unseen(before, self.state.view))

    def action_key(self, action_id: str) -> None:
        """Carry out the action of this id; also for Textual's bindings: keys that work over every screen."""
        self.perform(next(action for action in self.state.view.keymap if action.id == action_id))

    def click(self, x: int, y: int) -> None:
        self._touched(*clicked(self.state.places, x, y, self.state.view))

    def wheel(self, x: int, y: int, direction: int) -> None:
        self._touched(*wheeled(self.state.places, x, y, self.state.view, direction))

    def _touched(self, view: View, action: str) -> None:
        if view != self.state.view:
            self.state.change(view)
            self._pacer.answer()
        if action:
            self.action_key(action)

    # What opens something

    def _help(self) -> None:
        from tui_trainer.tui.screens.key_help import KeyHelp

        self.push_screen(KeyHelp(self.state.view))

    def _pick_preset(self) -> None:
        from tui_trainer.tui.screens.filtered_list import preset_picker

        try:
            presets = self.state.catalogue.presets()
        except (ValueError, OSError) as error:
            self._say(str(error), severity="error")
            return
        self.push_screen(preset_picker(presets, self.state.snapshot.title), self._load)

    def _pick_action(self) -> None:
        from tui_trainer.tui.screens.filtered_list import action_palette

        self.push_screen(action_palette(self.state.view), self._carry_out)

    def _carry_out(self, action_id: str | None) -> None:
        if action_id is not None:
            self.action_key(action_id)

    def _load(self, title: str | None) -> None:
        if title is None:
            return
        try:
            self.state.open(OpenRequest(preset=title))
        except (ValueError, OSError, MemoryError) as error:
            self._say(str(error) or "there is not enough memory for this run", severity="error")
        self._pacer.answer()

    def _type_value(self) -> None:
        from tui_trainer.tui.screens.value_entry import ValueEntry

        setting = self.state.view.settings[self.state.view.setting]
        entry = ValueEntry(setting, self.state.expected.values[setting.key])
        self.push_screen(entry, partial(self._typed, setting.key))

    def _typed(self, key: str, typed: Typed | None) -> None:
        if typed is not None:
            self.state.set(key, typed.value)
        self._pacer.answer()

    def _check_gradient(self) -> None:
        """Ask the run; what it answers is told as soon as a snapshot brings it."""
        before = self.state.gradient_check
        self.state.perform(KEYS["check_gradient"])
        self._pacer.answer()

        def look() -> None:
            check = self.state.gradient_check
            if check is not None and check is not before:
                timer.stop()
                say_note(self, check_words(check, self.state.snapshot), "information", CHECK_READ, above=True)

        timer = self.set_interval(CHECK_LOOK, look, repeat=round(CHECK_PATIENCE / CHECK_LOOK))

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
        self._say(words, "error" if wrong else "information", NOTICE_READ if wrong or low else 4.0)

    def _wear(self, name: str) -> Theme:
        """Give Textual's own widgets the theme, and return it for the panels. Raises `FileError`."""
        theme = make_theme(name, self._depth, ascii_only=self._ascii, themes=self._themes)
        shown = name if self._depth else BUNDLED[0]
        own = textual_theme(shown, self._themes.scheme(shown), self._depth)
        self.register_theme(own)
        self.theme = own.name
        return theme

    def _say(self, text: str, severity: SeverityLevel = "information", timeout: float = 4.0) -> None:
        """A few words that go by themselves or with the next key; one at a time, the newest. "": none any more."""
        say_note(self, text, severity, timeout)


def run_app(
    app_from: Callable[[Callable[[int], None]], TrainerApp], farewell: Callable[[TrainerApp], None] = lambda app: None
) -> int:
    """Run the app that `app_from(leave)` makes until it ends, give the terminal back, return the exit status.

    The app is made with the signals already in hand, so that one that comes while a run opens ends cleanly
    too. `farewell(app)` is called once the terminal is the shell's again.
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
