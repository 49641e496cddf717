"""The app through its keys and its mouse, with a fake run: every key of the table does something that can be seen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from app_at_hand import REQUEST, OnATerminal, Trainer
from fake_run import CATALOGUE, FakeRun, open_fake
from msgspec import structs
from short_runs import moons
from textual.pilot import Pilot
from waiting import until

from tui_trainer.dashboard import frames
from tui_trainer.dashboard.keys.keymap import keymap
from tui_trainer.dashboard.layout import Rect
from tui_trainer.dashboard.panels.loss import CURSOR
from tui_trainer.dashboard.panels.panel import ITEMS
from tui_trainer.dashboard.panels.phrase_cursor import PHRASE
from tui_trainer.dashboard.panels.point_cursor import POINT
from tui_trainer.dashboard.panels.weight_cursor import WEIGHT
from tui_trainer.dashboard.view import PROPOSAL, KeyAction, View
from tui_trainer.drawing.theme import ColourDepth
from tui_trainer.drawing.theme_files import Themes
from tui_trainer.lessons.steps import Goal, NumberAnswer, Predict, Say, Step, Task
from tui_trainer.lessons.walk import Lesson, Stage, Walk
from tui_trainer.telemetry import Snapshot, Status, WeightAddress
from tui_trainer.telemetry import commands as do
from tui_trainer.tui.app import TrainerApp
from tui_trainer.tui.frame_pacer import FramePacer

ROOT = Path(__file__).parents[2]


OF_OTHER_RUNS = {"table", "map_across", "map_up", "map_others", "seeds"}
"""Actions that need data of other kinds, or more than this made-up run can do."""


def ready_for(action: KeyAction, view: View) -> View:
    """A view in which the action has something to do."""
    where = action.where[0] if action.where else "settings"
    where = "weights" if where == ITEMS else where
    view = structs.replace(
        view,
        focus={PROPOSAL: "settings", CURSOR: "loss", POINT: "data", WEIGHT: "weights"}.get(where, where),
        setting=1,
        smoothing=2,
        cursor={CURSOR: 3, POINT: tuple(moons(60).data.inputs[0]), WEIGHT: WeightAddress(0, 0, 0)}.get(where),
        curve="loss",
    )
    lesson = in_lesson(action) if action.group == "lesson" else None
    return structs.replace(view, focus="data" if action.id == "leave" else view.focus, lesson=lesson)


def in_lesson(action: KeyAction) -> Walk:
    """A lesson at a stage at which the action has something to act on."""
    steps: dict[str, Step] = {
        Stage.TASK: Task(text="do", expect=Goal(), hints=("so",)),
        Stage.CHOOSE: Predict(text="?", answers=("a", "b", "c", "d"), right=0, reveal="!"),
        Stage.TYPE: Predict(text="?", answer=NumberAnswer(number=1), reveal="!"),
    }
    stage = Stage(action.during[0]) if action.during else Stage.READ
    steps = {stage: steps.get(stage, Say(text="x"))}
    lesson = Lesson(title="x", opens="x", steps=tuple(steps.values()), next="iris", previous="iris")
    return Walk(lesson=lesson, stage=stage)


@pytest.mark.parametrize("group", sorted({action.group for action in keymap()}))
async def test_every_key_has_an_effect(group: str) -> None:
    app = Trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        for action in keymap():
            if action.id.startswith("put_") and action.id > "put_1":
                continue  # there are two classes
            if action.id in OF_OTHER_RUNS or PHRASE in action.where:
                continue
            for key in action.keys if action.group == group else ():
                # Something to undo, something to redo, and a past to return from, beyond the best until then.
                for command in (do.ChangeSetting("data.noise", 0.2), do.ChangeSetting("data.noise", 0.3), do.Undo()):
                    app.run_at_hand.send(command)
                app.run_at_hand.send(do.Seek(43))
                app.run_at_hand.send(do.Propose() if PROPOSAL in action.where else do.CloseProposal())
                app.state.change(ready_for(action, app.view))
                app.state.poll()
                assert action.id not in app.view.greyed
                before = app.effects()
                await pilot.press(key)
                await until(pilot, lambda before=before: app.effects() != before)
                while len(app.screen_stack) > 1:
                    await app.pop_screen()


async def test_a_key_is_answered_by_the_run_and_shown_without_waiting_for_the_next_frame() -> None:
    app = Trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        before = app.state.snapshot.iteration
        await pilot.press(".")
        await until(pilot, lambda: app.state.snapshot.iteration == before + 1)
        await pilot.press("p", "p", "p", "p")
        await until(pilot, lambda: app.state.snapshot.iteration == before + 2)
        await pilot.press("+")
        await until(pilot, lambda: app.state.snapshot.progress.learning_rate == 0.2)
        await pilot.press("u")
        await until(pilot, lambda: app.state.snapshot.progress.learning_rate == 0.1)
        await pilot.press("space")
        await until(pilot, lambda: app.state.snapshot.status is Status.RUNNING)


async def test_a_key_without_meaning_and_a_greyed_one_leave_all_as_it_is() -> None:
    app = Trainer(FakeRun(REQUEST, capabilities=frozenset({"control"})))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        before = app.effects()
        await pilot.press("b", "é", "f7", ",", "home", "+", "right", "u")
        await pilot.pause()
        assert app.effects() == before
        assert [note.message for note in app._notifications] == ["undo: the settings of this run cannot be changed"]


async def test_every_key_that_can_do_nothing_says_why_also_right_after_another() -> None:
    app = Trainer(FakeRun(REQUEST))
    said = {
        "u": "undo: there is nothing to undo",
        "end": "to the newest iteration: this is the newest iteration",
        "O": "give this arm up: there is one arm only; b forks it",
        "f": "propose a fix: nothing to mend, the verdict proposes nothing",
        "P": "one phase back: this is the start",
        "home": "to the start: this is the start",
    }
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for key, words in said.items():
            if key == "P":
                app.run_at_hand.send(do.Seek(0))
                app.state.poll()
            await pilot.press(key)
            await until(pilot, lambda words=words: [note.message for note in app._notifications] == [words])


async def test_a_value_is_typed_with_its_mistakes_kept() -> None:
    app = Trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", *"50x", "enter")
        await until(pilot, lambda: "is a number, not '50x'" in str(app.screen.query_one("#wrong").render()))
        await pilot.press("backspace", "enter")
        await until(pilot, lambda: app.state.snapshot.progress.learning_rate == 50)
        await pilot.press("enter", *"7", "escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert app.state.snapshot.progress.learning_rate == 50


async def test_without_colours_there_are_no_themes_for_what_lies_over_the_dashboard_either() -> None:
    app = TrainerApp(open_fake, CATALOGUE, REQUEST, depth=ColourDepth.NONE, theme="light")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        assert app.theme == "trainer-dark"
        await pilot.press("t")
        assert (app.theme_name, app.theme) == ("light", "trainer-dark")
        assert [note.message for note in app._notifications] == ["theme: there are no colours here"]


async def test_a_preset_is_filtered_and_loaded() -> None:
    app = Trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s", "l")
        smoothing = app.view.smoothing
        await pilot.press(*"long")
        await pilot.press("enter")
        await until(pilot, lambda: app.state.snapshot.title == "lr too large")
        assert not app.run_at_hand.closed, "undo returns to it"
        assert app.view.smoothing == smoothing


async def test_a_preset_that_cannot_be_opened_says_why_and_changes_nothing() -> None:
    app = Trainer()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("l", "up", "enter")
        await until(pilot, lambda: bool(app._notifications))
        assert [note.message for note in app._notifications] == [
            "presets/broken.toml: data.samples is -3, but has to be at least 1"
        ]
        assert app.state.snapshot.title == "lr just right"
        assert not app.run_at_hand.closed


async def test_the_palette_lists_the_table_and_carries_an_action_out() -> None:
    app = Trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p", *"log y")
        await pilot.press("enter")
        await until(pilot, lambda: not app.view.log_y)


@pytest.mark.parametrize(("words", "said"), [("undo", "there is nothing to undo"), ("speed slower", "")])
async def test_the_palette_finds_what_the_footer_names_and_says_what_cannot_be_done_now(words: str, said: str) -> None:
    app = Trainer()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        pace = app.state.snapshot.control.pace
        await pilot.press("ctrl+p", *("space" if key == " " else key for key in words), "enter")
        if said:
            await until(pilot, lambda: any(said in note.message for note in app._notifications))
        else:
            await until(pilot, lambda: app.state.snapshot.control.pace != pace)


async def test_ctrl_c_leaves_from_a_text_field_too() -> None:
    app = Trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "ctrl+c")
        await until(pilot, lambda: app.left == [0])


async def test_clicks_and_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    real = frames.draw_dashboard

    def with_places(*arguments: object, **how: object) -> object:
        places = {
            "settings": Rect(40, 0, 40, 20),
            "weights": Rect(0, 0, 40, 20),
            "key:rate_up": Rect(0, 23, 10, 1),
            "tab:data": Rect(20, 23, 10, 1),
            "action:toggle": Rect(60, 22, 10, 1),
        }
        return structs.replace(real(*arguments, **how), rectangles=places)  # type: ignore[arg-type]

    monkeypatch.setattr(frames, "draw_dashboard", with_places)
    app = Trainer()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(offset=(5, 5))
        await until(pilot, lambda: app.view.focus == "weights")
        await pilot.click(offset=(45, 3))
        await until(pilot, lambda: (app.view.focus, app.view.setting) == ("settings", 2))
        await pilot.click(offset=(45, 3))
        await until(pilot, lambda: type(app.screen).__name__ == "ValueEntry")
        await pilot.press("escape")
        await pilot.click(offset=(2, 23))
        await until(pilot, lambda: app.state.snapshot.progress.learning_rate == 0.2)
        await pilot.click(offset=(22, 23))
        await until(pilot, lambda: app.view.focus == "data")
        before = app.state.snapshot.status
        await pilot.click(offset=(62, 22))
        await until(pilot, lambda: app.state.snapshot.status is not before)
        app.wheel(50, 5, 1)
        assert (app.view.focus, app.view.setting) == ("settings", 3)
        app.wheel(5, 5, 1)
        assert app.view.request.weights_layer == 1


async def test_a_panel_that_fails_costs_its_picture_and_not_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: object, **how: object) -> object:
        raise ZeroDivisionError("no \x1b[31m pixels")

    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        monkeypatch.setattr(frames, "draw_dashboard", fails)
        await pilot.press("y")
        await until(pilot, lambda: "ZeroDivisionError: no �[31m pixels" in app.terminal.text())
        monkeypatch.undo()
        await pilot.press("y")
        await until(pilot, lambda: "ZeroDivisionError" not in app.terminal.text())


async def test_back_from_the_shell_all_is_painted_also_if_it_was_left_before_the_first_frame() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await until(pilot, lambda: "Settings" in app.terminal.text())
        app.terminal.fresh(80, 24)
        app._canvas.is_starting = True  # as between the first picture and the first frame
        app.app_resume_signal.publish(app)
        await until(pilot, lambda: "Settings" in app.terminal.text())


class Attentive(FakeRun):
    """Notes what it is told, in order."""

    def __init__(self) -> None:
        self.told: list[str] = []
        super().__init__(REQUEST)

    def send(self, command: do.Command) -> None:
        self.told.append("command")
        super().send(command)

    def answer(self, then: Callable[[], None]) -> None:
        self.told.append("pause")
        super().answer(then)

    def go_on(self) -> None:
        self.told.append("go on")


async def test_the_request_of_the_first_layout_does_not_set_training_going_before_the_first_frame() -> None:
    app = OnATerminal(run := Attentive())
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await until(pilot, lambda: "go on" in run.told)
        before = run.told[: run.told.index("go on")]
        assert "command" in before
        assert before[-1] == "pause", before


async def test_a_fault_of_the_frames_ends_the_program_and_does_not_freeze_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def break_a_frame() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            monkeypatch.setattr(FramePacer, "paint", lambda self: 1 / 0)
            await until(pilot, lambda: not app.is_running)

    app = Trainer()
    with pytest.raises(ZeroDivisionError):
        await break_a_frame()


async def polled(app: Trainer, pilot: Pilot[int], times: int) -> None:
    """Wait until the app has asked its run for news so many times."""
    count, ask = 0, app.run_at_hand.latest

    def counting(*, numbers: bool = True) -> Snapshot:
        nonlocal count
        count += 1
        return ask(numbers=numbers)

    app.run_at_hand.latest = counting  # type: ignore[method-assign]
    await until(pilot, lambda: count >= times)
    app.run_at_hand.latest = ask  # type: ignore[method-assign]


async def test_paused_and_untouched_sends_nothing() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await until(pilot, lambda: "lr just right" in app.terminal.text())
        await polled(app, pilot, 3)
        app.terminal.sent.clear()
        await polled(app, pilot, 5)
        assert app.terminal.sent == []


async def test_the_run_is_told_the_size_of_the_map_once() -> None:
    app = Trainer()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.state.frame is not None)
        await pilot.pause(0.3)
        looks = [command.request for command in app.run_at_hand.sent if isinstance(command, do.RequestPictures)]
        assert {
            "map_columns": looks[-1].map_columns,
            "map_rows": looks[-1].map_rows,
        }.items() <= app.state.frame.asks.items()
        assert len(looks) == len(set(looks))


def test_nothing_is_imported_once_the_run_is_open() -> None:
    program = Path(__file__).with_name("late_imports.py")
    done = subprocess.run(
        [sys.executable, program], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")


async def test_the_key_of_themes_goes_through_a_persons_own_too_and_tells_a_mistake_in_one(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('text = "blue"\n', encoding="utf-8")
    (tmp_path / "dim.toml").write_text('text = "#202020"\n', encoding="utf-8")
    app = TrainerApp(open_fake, CATALOGUE, REQUEST, theme="colour-blind", themes=Themes(tmp_path))
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await pilot.press("t")
        (note,) = app._notifications
        assert app.theme_name == "dim"
        assert note.message.startswith(f"{tmp_path / 'bad.toml'}: text = 'blue': allowed: ")
        assert note.message.endswith("; theme: dim; too little contrast to be read (at least 4.5): text 1.1")
        assert app.current_theme.foreground == "#202020"
        await pilot.press("t")
        assert app.theme_name == "dark"
        await pilot.press(*"tttt")
        assert app.theme_name == "dim"
