"""A field for the value of a setting, with what is allowed above it and the mistake in the text below it."""

from __future__ import annotations

from msgspec import Struct
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from tui_trainer.dashboard.setting_values import allowed, entered, parsed
from tui_trainer.drawing.cells import printable
from tui_trainer.experiment.declared import Setting
from tui_trainer.experiment.words import is_seed
from tui_trainer.tui.screens.asking import Asking, Field, Mistake


class Typed(Struct, frozen=True):
    """A value that a person typed. It may be None, which alone would mean that nothing was typed."""

    value: object


class ValueEntry(Asking[Typed]):
    """Returns a `Typed`, or None if the person leaves with escape. A wrong value stays, with the reason below it."""

    VERTICAL_BREAKPOINTS = [(0, "-low"), (10, "-high")]  # noqa: RUF012 (Textual's own way)
    CSS = """
    ValueEntry.-low .aside { display: none; }
    ValueEntry { align: center middle; background: $background 0%; }
    ValueEntry > Vertical { width: 60; max-width: 96%; height: auto; max-height: 100%;
                            border: round $primary; background: $surface; padding: 0 1; }
    ValueEntry Static { height: auto; }
    ValueEntry .quiet { color: $quiet; }
    ValueEntry Input { border: none; height: 1; padding: 0; margin: 0; background: $panel; }
    ValueEntry #wrong { color: $error; text-style: bold; min-height: 1; }
    """

    def __init__(self, setting: Setting, value: object) -> None:
        super().__init__()
        self._setting, self._value = setting, value
        self._mistake = Mistake()

    def compose(self) -> ComposeResult:
        setting = self._setting
        restarts = "restarts" if is_seed(setting.key) else "restarts with the same seed"
        after = "changes while running" if setting.live else restarts
        box = Vertical(
            Static(printable(setting.help), markup=False, classes="aside"),
            Static(printable(allowed(setting, self._value)), markup=False, classes="quiet aside"),
            Field(self, entered(setting, self._value)),
            self._mistake,
            Static(f"enter {after} · esc leaves it as it is", markup=False, classes="quiet aside"),
        )
        box.border_title = printable(setting.label).replace("[", r"\[")
        yield box

    def submitted(self, text: str) -> None:
        unchanged = text == entered(self._setting, self._value)
        try:
            value = self._value if unchanged else parsed(self._setting, text, self._value)
        except ValueError as error:
            self._mistake.show(text, str(error))
        else:
            self.close_with(Typed(value))

    def on_input_changed(self, event: Input.Changed) -> None:
        self._mistake.forget(event.value)
