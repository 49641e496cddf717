"""A field for a number or a few words: the answer to a question of a lesson, a phrase."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from tui_trainer.dashboard.typed_number import read_number
from tui_trainer.drawing.cells import printable
from tui_trainer.drawing.charts.numbers import plain
from tui_trainer.tui.screens.asking import Asking, Field, Mistake

MOST_CHARACTERS = 200


class AnswerEntry(Asking[float | str]):
    """Returns the number or the text, or None if the person leaves with escape."""

    CSS = """
    AnswerEntry { align: center middle; background: $background 0%; }
    AnswerEntry > Vertical { width: 60; max-width: 96%; height: auto; max-height: 100%;
                             border: round $primary; background: $surface; padding: 0 1; }
    AnswerEntry Static { height: auto; }
    AnswerEntry Input { border: none; height: 1; padding: 0; margin: 0; background: $panel; }
    AnswerEntry Input > .input--placeholder { color: $quiet; }
    AnswerEntry #wrong { color: $error; text-style: bold; min-height: 1; }
    """

    def __init__(
        self, question: str, *, number: bool, within: float = 0.0, title: str = "your answer", value: str = ""
    ) -> None:
        """`within`: how far off a number still counts as right. `value`: what stands in the field at first."""
        super().__init__()
        self._question, self._number, self._title, self._value = question, number, title, value
        self._within = within
        self._mistake = Mistake()

    def compose(self) -> ComposeResult:
        slack = f"; within {plain(self._within, 3)} counts as right" if self._within else ""
        kind = f"a number{slack}" if self._number else "a few words"
        field = Field(self, self._value, placeholder=kind)
        field.max_length = MOST_CHARACTERS
        box = Vertical(Static(printable(self._question), markup=False), field, self._mistake)
        box.border_title = self._title
        yield box

    def submitted(self, text: str) -> None:
        if not text.strip():
            self.close_with(None)
        elif not self._number:
            self.close_with(text.strip())
        else:
            try:
                self.close_with(float(read_number(text, whole=False)))
            except ValueError as error:
                self._mistake.show(text, f"the answer {error}")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._mistake.forget(event.value)
