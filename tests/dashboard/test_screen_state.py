"""The state behind the screen, followed without Textual."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable

import made_up
import pytest
from driven_run import DrivenRun, opened, press
from fake_run import ABILITIES, BOUNCING, CATALOGUE, FakeRun, open_fake
from msgspec import structs

from tui_trainer.dashboard.catalogue import Catalogue, OpenRequest
from tui_trainer.dashboard.keys.key_meaning import footer
from tui_trainer.dashboard.keys.keymap import keymap
from tui_trainer.dashboard.panels.settings import choose_setting
from tui_trainer.dashboard.screen_state import OVERDUE, ScreenState
from tui_trainer.drawing.theme import make_theme
from tui_trainer.experiment.declared import Setting
from tui_trainer.setting import PACE
from tui_trainer.telemetry import Notice, Snapshot, Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build

THEME = make_theme()
REQUEST = OpenRequest(preset="lr just right", paused=True)
BY_ID = {action.id: action for action in keymap()}


def state_of(run: FakeRun, catalogue: Catalogue = CATALOGUE) -> ScreenState:
    """A screen state whose first run is at hand; others are opened as `open_fake` does."""
    runs = [run]
    return ScreenState(lambda request: runs.pop() if runs else open_fake(request), catalogue, REQUEST)


def test_the_settings_list_is_what_both_the_catalogue_and_the_run_know() -> None:
    unknown = Setting(key="optimizer.beta1", label="beta 1", help="")
    state = state_of(FakeRun(), structs.replace(CATALOGUE, settings=(unknown, *CATALOGUE.settings)))
    assert state.view.settings == CATALOGUE.settings


@pytest.mark.parametrize(("data", "sizes"), [("phrases", [64, 128, 256, "full"]), ("moons", [64, 128, "full"])])
def test_the_batch_size_steps_up_to_all_that_an_epoch_has_and_down_again(data: str, sizes: list[object]) -> None:
    """24 phrases make 276 pairs; of moons there are 200."""
    state = opened(DrivenRun(build({"data": {"name": data}, "training": {"batch_size": 32}})))
    keys = [setting.key for setting in state.view.settings]
    state.change(choose_setting(state.view, keys.index("training.batch_size")))
    assert [press(state, "right").values["training.batch_size"] for _ in sizes] == sizes
    assert press(state, "left").values["training.batch_size"] == sizes[-2]


def test_keys_that_come_faster_than_the_run_answers_count_each_whatever_comes_between() -> None:
    run = FakeRun()
    state = state_of(run)
    for key in ("setting_less", "setting_less", "toggle", "phase", "setting_less"):
        state.perform(BY_ID[key])
    values = [command.value for command in run.sent if isinstance(command, do.ChangeSetting)]
    assert values == [0.05, 0.02, 0.01]


def test_an_answer_that_comes_after_the_look_at_the_news_is_not_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    run = FakeRun()
    state = state_of(run)
    answers: list[Callable[[], None]] = []
    monkeypatch.setattr(run, "answer", answers.append)
    state.perform(BY_ID["setting_less"])
    state.answer(lambda: None)
    old = state.snapshot

    def latest(*, numbers: bool = True) -> Snapshot:
        answers.pop()()  # the other thread obeys now, too late for this snapshot
        return old

    with monkeypatch.context() as patched:
        patched.setattr(run, "latest", latest)
        state.poll()
    state.perform(BY_ID["setting_less"])
    assert [command.value for command in run.sent if isinstance(command, do.ChangeSetting)] == [0.05, 0.02]


def test_of_choices_only_those_are_offered_that_the_run_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    latest = FakeRun.latest
    some = {"optimizer.name": ("sgd", "adam")}
    monkeypatch.setattr(
        FakeRun, "latest", lambda run, *, numbers=True: made_up.changed(latest(run), available_choices=some)
    )
    offered = {setting.key: setting.choices for setting in state_of(FakeRun()).view.settings}
    assert offered["optimizer.name"] == ("sgd", "adam")


def test_the_settings_are_listed_anew_only_when_they_change() -> None:
    run = DrivenRun()
    state = opened(run)
    listed = state.view.settings
    run.driver.control.run.advance(1)
    run.driver.control.version += 1
    state.poll()
    assert state.view.settings is listed
    press(state, "[")
    assert state.snapshot.values[PACE] == 10
    press(state, "]")
    state.attempt(do.ChangeSetting("network.hidden", []))
    state.poll()
    assert "network.activation" not in {setting.key for setting in state.view.settings}


LOADS = pytest.mark.parametrize("abilities", [ABILITIES, ABILITIES - {"load"}], ids=["loads", "is replaced"])


@LOADS
def test_another_run_keeps_the_chosen_setting_and_drops_what_belonged_to_the_old_one(abilities: frozenset[str]) -> None:
    run = FakeRun(capabilities=abilities)
    state = state_of(run)
    for action in ("setting_next", "setting_next", "cursor", "next_item"):
        state.perform(BY_ID[action])
    state.open(OpenRequest(preset="lr too large"))
    state.poll()
    assert run.closed is ("load" not in abilities)
    assert state.chosen_key == "optimizer.name"
    assert state.view.cursor is None
    assert state.view.request.weights_layer == 0
    assert state.snapshot.title == "lr too large"


def test_the_chosen_setting_stays_chosen_when_lines_above_it_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a hidden layer there is no activation to be set, and its line stands above that of the layers."""
    latest, gone = FakeRun.latest, {"network.activation"}

    def of_fewer(run: FakeRun, *, numbers: bool = True) -> Snapshot:
        snapshot = latest(run)
        kept = {key: value for key, value in snapshot.values.items() if key not in gone}
        return made_up.changed(snapshot, values=kept)

    monkeypatch.setattr(FakeRun, "latest", of_fewer)
    state = state_of(FakeRun())
    while state.chosen_key != "network.hidden":
        state.perform(BY_ID["setting_next"])
    for keys in (set(), {"network.activation", "optimizer.name"}, {"network.activation"}):
        gone = keys
        state.poll()
        assert state.chosen_key == "network.hidden"
    gone = {"network.activation", "network.hidden"}
    state.poll()
    assert state.chosen_key == "data.noise", "the next one in its place"


def test_the_value_cursor_goes_when_the_run_begins_again_below_it() -> None:
    run = FakeRun()
    state = state_of(run)
    state.view = structs.replace(state.view, cursor=state.snapshot.iteration + 1, focus="loss")
    state.poll()
    assert state.view.cursor is None


def test_with_room_for_one_panel_the_first_picture_is_of_the_loss() -> None:
    state = state_of(FakeRun())
    state.draw(40, 12, THEME)
    assert state.view.focus == "loss"
    state.perform(BY_ID["leave"])
    state.draw(40, 12, THEME)
    assert state.view.focus == "settings"


def test_a_run_that_is_replaced_gives_its_memory_back_at_once() -> None:
    """Its parts refer to each other in circles, which Python looks for by their number and not by their size."""
    run = FakeRun(capabilities=ABILITIES - {"load"})
    run.itself = run  # type: ignore[attr-defined]
    gone, state = weakref.ref(run), state_of(run)
    del run
    gc.disable()
    try:
        state.open(OpenRequest(preset="lr too large"))
    finally:
        gc.enable()
    assert gone() is None


@LOADS
def test_a_run_that_cannot_be_opened_leaves_the_present_one(abilities: frozenset[str]) -> None:
    run = FakeRun(capabilities=abilities)
    state = state_of(run)
    with pytest.raises(ValueError, match=r"data\.samples is -3"):
        state.open(OpenRequest(preset="broken"))
    assert state.run is run
    assert not run.closed
    assert state.snapshot.title == "lr just right"


def test_a_run_that_has_failed_hears_nothing_so_another_comes_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    run = FakeRun()
    state = state_of(run)
    latest = run.latest
    monkeypatch.setattr(run, "latest", lambda *, numbers=True: structs.replace(latest(), status=Status.FAILED))
    state.poll()
    state.open(OpenRequest(preset="lr too large"))
    assert run.closed
    assert state.snapshot.title == "lr too large"


def test_undo_returns_from_another_lesson_to_the_run_that_was_left() -> None:
    """Nothing is lost by one key, also not by the one that opens a lesson."""
    run = DrivenRun()
    state = opened(run)
    press(state, "]", ".", ".")
    left = state.snapshot
    state.open(OpenRequest(preset="another lesson"))
    state.poll()
    assert (state.snapshot.title, state.snapshot.status) == ("another lesson", Status.RUNNING)
    assert state.snapshot.iteration == 0
    assert state.snapshot.message == Notice(actions=(("undo", "brings back what was there"),))
    assert (left.control.pace, state.snapshot.control.pace, state.view.pace_before) == (50.0, 20.0, 20.0)
    back = press(state, "u")
    assert (back.title, back.status, back.iteration) == (left.title, Status.PAUSED, left.iteration)
    assert (back.control.pace, state.view.pace_before) == (50.0, 50.0)
    assert press(state, "U").title == "another lesson"


def test_a_greyed_action_sends_nothing() -> None:
    run = FakeRun(capabilities=frozenset({"control"}))
    state = state_of(run)
    sent = len(run.sent)
    state.perform(BY_ID["back"])
    assert len(run.sent) == sent
    state.perform(BY_ID["step"])
    assert len(run.sent) > sent


def test_the_run_is_told_what_is_looked_at_and_only_when_it_changes() -> None:
    run = FakeRun()
    state = state_of(run)
    run.sent.clear()
    state.draw(120, 40, THEME)
    state.draw(120, 40, THEME)
    assert state.frame is not None
    columns, rows = state.frame.asks["map_columns"], state.frame.asks["map_rows"]
    assert [command.request for command in run.sent] == [
        structs.replace(state.view.request, map_columns=columns, map_rows=rows, picture=True)
    ]
    state.perform(BY_ID["focus_loss"])
    state.perform(BY_ID["zoom"])
    state.draw(120, 40, THEME)
    assert not run.sent[-1].request.picture


@pytest.mark.parametrize(("pace", "stale"), [(None, True), (100.0, True), (0.25, False)])
def test_silence_is_overdue_only_from_a_run_that_should_have_news(
    pace: float | None, stale: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = FakeRun()
    state = state_of(run)
    run.send(do.SetPace(pace))
    state.poll()
    assert not state.view.stale
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + OVERDUE + 0.1)
    state.poll()
    assert state.view.stale is stale
    run.send(do.TogglePause())
    state.poll()
    assert state.snapshot.status is Status.PAUSED
    assert not state.view.stale


def test_the_footer_leaves_out_what_can_do_nothing() -> None:
    state = state_of(FakeRun())
    named = {key.label for key in footer(state.snapshot, state.view)}
    assert {"run/pause", "step", "setting", "help", "quit"} <= named
    assert not {"undo", "fix"} & named
    state = state_of(FakeRun(findings=(BOUNCING,)))
    assert "fix" in {key.label for key in footer(state.snapshot, state.view)}


@pytest.mark.parametrize("key", ["phase", "phase_back"])
def test_with_room_for_one_panel_stepping_a_phase_brings_up_this_step(key: str) -> None:
    state = state_of(FakeRun())
    state.draw(40, 12, THEME)
    state.perform(BY_ID["step"])
    assert state.view.focus == "loss"
    state.poll()
    state.perform(BY_ID[key])
    assert state.view.focus == "step"
    wide = state_of(FakeRun())
    wide.draw(80, 24, THEME)
    wide.perform(BY_ID["step"])
    wide.poll()
    wide.perform(BY_ID[key])
    assert wide.view.focus == "settings"


class LateRun(FakeRun):
    """It obeys when it is asked for an answer, as a thread does that is busy until then."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[do.Command] = []

    def send(self, command: do.Command) -> None:
        self.waiting.append(command)

    def obey(self) -> None:
        for command in self.waiting:
            super().send(command)
        self.waiting = []

    def answer(self, then: Callable[[], None]) -> None:
        self.obey()
        then()


def test_keys_that_come_faster_than_the_run_answers_count_each() -> None:
    """Held down, or in one packet over a slow line."""
    run = LateRun()
    state = state_of(run)
    first = state.snapshot
    keys = ["setting_more"] * 3 + ["rate_down", "rate_up"] + ["faster"] * 2 + ["setting_more", "slower"]
    for key in keys:
        state.perform(BY_ID[key])
        assert state.snapshot is first  # what is shown is what has been told
    state.answer(lambda: None)
    state.poll()
    quick = state.snapshot
    slow_run = FakeRun()
    slow = state_of(slow_run)
    for key in keys:
        slow.perform(BY_ID[key])
        slow.poll()
    assert (quick.values, quick.control.pace) == (slow.snapshot.values, slow.snapshot.control.pace)
    assert quick.values["optimizer.learning_rate"] != first.values["optimizer.learning_rate"]


def test_a_value_that_the_run_has_refused_is_not_counted_from() -> None:
    run = LateRun()
    state = state_of(run)
    old = state.snapshot.values["optimizer.learning_rate"]
    state.change(state.view, do.ChangeSetting("optimizer.learning_rate", 50.0))
    run.waiting.clear()  # refused
    state.answer(lambda: None)
    state.poll()
    state.perform(BY_ID["rate_up"])
    (command,) = [each for each in run.waiting if isinstance(each, do.ChangeSetting)]
    assert isinstance(command.value, float)
    assert isinstance(old, float)
    assert old < command.value < 50
