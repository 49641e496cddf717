"""Words that a person types: the answer to a question of a lesson, a phrase for an embedding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App

from tui_trainer.dashboard.panels.phrase_cursor import typed_phrase
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.lessons.steps import NumberAnswer, Predict


def type_answer(app: App[Any], state: ScreenState, reply: Callable[[], None]) -> None:
    """Ask for the answer, and tell the lesson. `reply()` paints the reply to a key."""
    from tui_trainer.tui.screens.answer_entry import AnswerEntry

    step = None if state.view.lesson is None else state.view.lesson.step

    def answered(answer: float | str | None) -> None:
        if answer is not None:
            state.answer_lesson(answer)
        reply()

    if isinstance(step, Predict):
        app.push_screen(AnswerEntry(step.text, number=isinstance(step.answer, NumberAnswer)), answered)


def type_phrase(app: App[Any], state: ScreenState, reply: Callable[[], None]) -> None:
    """Ask for a phrase, and show where the network puts it. `reply()` paints the reply to a key."""
    from tui_trainer.tui.screens.answer_entry import AnswerEntry

    def typed(text: float | str | None) -> None:
        if text is not None:
            state.change(typed_phrase(state.snapshot, state.view, str(text)))
        reply()

    app.push_screen(AnswerEntry("Where does the network put it?", number=False, title="a phrase of your own"), typed)
