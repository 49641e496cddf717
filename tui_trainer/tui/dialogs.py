"""What a key opens over the dashboard: lists to choose from, fields to type into, pages to read.

A screen is imported when a person opens it; `preloaded` has done so by then.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import structs
from textual.app import App

from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.panels.phrase_cursor import typed_phrase
from tui_trainer.dashboard.panels.settings import choose_setting
from tui_trainer.dashboard.panels.weight_cursor import typed_setting
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.dashboard.view import HOME, focus
from tui_trainer.lessons.numbers import filled
from tui_trainer.lessons.steps import NumberAnswer, Predict
from tui_trainer.setting import TABLE
from tui_trainer.telemetry import Command, Snapshot
from tui_trainer.telemetry.commands import ChangeSetting, ChangeWeight
from tui_trainer.tui.notes import Say

if TYPE_CHECKING:
    from tui_trainer.tui.screens.value_entry import Typed


class Dialogs:
    """Opens screens of an app, and does what the person chose on them."""

    def __init__(
        self,
        app: App[int],
        state: ScreenState,
        request: Callable[..., None],
        say: Say,
        reply: Callable[[], None],
        perform: Callable[[str], None],
    ) -> None:
        """`request`: changes fields of the `PictureRequest`. `reply()` paints the reply to a key. `perform` carries out
        the action with an id."""
        self._app, self._state, self._request, self._say = app, state, request, say
        self._reply, self._perform = reply, perform
        state.open_stop = lambda request, **how: self._read_and_open(request, state.open, **how)
        self.actions: dict[str, Callable[[], None]] = {
            "presets": self._pick_preset,
            "palette": self._pick_action,
            "find_setting": self._find_setting,
            "setting_edit": self._type_value,
            "weight_edit": self._type_weight,
            "lesson_type": self._type_answer,
            "phrase_type": self._type_phrase,
            "help": self._show_help,
            "card": self._show_card,
            "table": self._show_table,
            "examine": self._examine,
        }
        """Id of an action → what opens."""

    # Lists

    def _pick_preset(self) -> None:
        from tui_trainer.tui.screens.filtered_list import preset_picker

        try:
            presets = self._state.catalogue.presets()
        except (ValueError, OSError) as error:
            self._say(str(error), "error")
            return
        self._app.push_screen(preset_picker(presets, self._state.snapshot.title), self._load)

    def _load(self, title: str | None) -> None:
        if title is not None:
            self._read_and_open(OpenRequest(preset=title), self._open)

    def _read_and_open(self, request: OpenRequest, at_once: Callable[..., None], **how: bool) -> None:
        """Open a run: `at_once` if its table needs no time to be read."""
        from tui_trainer.tui.screens.loading_table import after_reading

        reading = self._state.catalogue.reading(request.preset)
        after_reading(self._app, reading, partial(self._open if reading else at_once, request, **how))

    def _open(self, request: OpenRequest, **how: bool) -> None:
        try:
            self._state.open(request, **how)
        except (ValueError, OSError, MemoryError) as error:
            self._say(str(error) or "there is not enough memory for this run", "error")
        self._reply()

    def _pick_action(self) -> None:
        from tui_trainer.tui.screens.filtered_list import action_palette

        palette = action_palette(self._state.view)
        self._app.push_screen(palette, lambda action: self._perform(action) if action else None)

    def _find_setting(self) -> None:
        from tui_trainer.tui.screens.filtered_list import setting_picker

        picker = setting_picker(self._state.view, self._state.expected.values)
        self._app.push_screen(picker, self._go_to_setting)

    def _go_to_setting(self, key: str | None) -> None:
        keys = [setting.key for setting in self._state.view.settings]
        if key in keys:
            self._state.change(choose_setting(focus(self._state.view, HOME), keys.index(key)))
        self._reply()

    # Fields

    def _type_value(self) -> None:
        from tui_trainer.tui.screens.value_entry import ValueEntry

        setting = self._state.view.settings[self._state.view.setting]
        entry = ValueEntry(setting, self._state.expected.values[setting.key])
        self._app.push_screen(entry, partial(self._typed, partial(ChangeSetting, setting.key)))

    def _type_weight(self) -> None:
        from tui_trainer.tui.screens.value_entry import ValueEntry

        if chosen := typed_setting(self._state.expected, self._state.view):
            setting, value, at = chosen
            change = partial(ChangeWeight, *structs.astuple(at))
            self._app.push_screen(ValueEntry(setting, value), partial(self._typed, change))

    def _typed(self, change: Callable[[Any], Command], typed: Typed | None) -> None:
        if typed is not None:
            self._say(self._state.attempt(change(typed.value)))
        self._reply()

    def _type_answer(self) -> None:
        """Ask for the answer to a question of a lesson."""
        from tui_trainer.tui.screens.answer_entry import AnswerEntry

        step = None if self._state.view.lesson is None else self._state.view.lesson.step

        def answered(answer: float | str | None) -> None:
            if answer is not None:
                self._state.answer_lesson(answer)
            self._reply()

        if isinstance(step, Predict):
            question = filled(step.text, self._state.snapshot)
            expected = step.answer if isinstance(step.answer, NumberAnswer) else None
            slack = 0.0 if expected is None else expected.within
            self._app.push_screen(AnswerEntry(question, number=expected is not None, within=slack), answered)

    def _type_phrase(self) -> None:
        """Ask for a phrase, and show where the network puts it."""
        from tui_trainer.tui.screens.answer_entry import AnswerEntry

        def typed(text: float | str | None) -> None:
            if text is not None:
                self._state.change(typed_phrase(self._state.snapshot, self._state.view, str(text)))
            self._reply()

        entry = AnswerEntry("Where does the network put it?", number=False, title="a phrase of your own")
        self._app.push_screen(entry, typed)

    # Pages

    def _show_help(self) -> None:
        from tui_trainer.tui.screens.key_help import KeyHelp

        snapshot = self._state.snapshot
        of_table = bool(snapshot.values.get(TABLE))
        self._app.push_screen(KeyHelp(self._state.view, race=bool(snapshot.arms), table=of_table))

    def _show_card(self) -> None:
        from tui_trainer.tui.screens.card import Card

        view, snapshot, catalogue = self._state.view, self._state.snapshot, self._state.catalogue
        try:
            preset = catalogue.about(snapshot.title) or (view.left and catalogue.about(view.left[1]))
            goes_on = view.left or catalogue.course()
        except (ValueError, OSError) as error:
            self._say(str(error), "error")
            return
        if preset is None:
            self._say("this run belongs to no preset, so it has no card")
            return
        self._state.change(structs.replace(view, is_new=False))
        card = Card(self._state.view, preset, snapshot.summary, goes_on)
        self._app.push_screen(card, self._load)

    def _show_table(self) -> None:
        from tui_trainer.tui.screens.table_report import TableReport

        try:
            report = TableReport(self._state.view, self._state.catalogue.table(self._state.snapshot))
        except (ValueError, OSError) as error:
            self._say(str(error), "error")
            return
        self._app.push_screen(report)

    def _examine(self) -> None:
        from tui_trainer.tui.screens.examination import Examination

        self._request(examination=True)
        screen = Examination(self._state.view, self._newest_snapshot)
        self._app.push_screen(screen, lambda _: self._request(examination=False))

    def _newest_snapshot(self) -> Snapshot:
        """The newest one, also while no frame asks for it: the dashboard may be covered."""
        self._state.poll()
        return self._state.snapshot
