"""What keys do, without an app: from a snapshot and a view to the next view and commands."""

from __future__ import annotations

from itertools import pairwise

import made_up
import pytest
import sample_moments as moments
from fake_run import BOUNCING, CATALOGUE, FakeRun
from key_acts import act
from msgspec import structs

from tui_trainer.dashboard.keys.arrows import owner_of_arrows
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.panels.panel import LIST
from tui_trainer.dashboard.smoothing import window
from tui_trainer.dashboard.view import HOME, SMOOTHEST, View
from tui_trainer.dashboard.whole_screen import draw_dashboard
from tui_trainer.diagnosis.remedies import open_remedies
from tui_trainer.drawing.theme import make_theme
from tui_trainer.telemetry import NeuronAddress, Remedy, WeightAddress
from tui_trainer.telemetry import commands as do

VIEW = first_view(settings=CATALOGUE.settings)
SNAPSHOT = FakeRun(findings=(BOUNCING,)).latest()


def view_after(action: str, view: View = VIEW) -> View:
    """The view after an action that sends nothing."""
    after, commands = act(action)(SNAPSHOT, view)
    assert commands == ()
    return after


def sent_by(action: str, view: View = VIEW) -> tuple[do.Command, ...]:
    """The commands of an action that leaves the view."""
    after, commands = act(action)(SNAPSHOT, view)
    assert after == view
    return commands


@pytest.mark.parametrize(
    ("action", "command"),
    [
        ("toggle", do.TogglePause()),
        ("step", do.StepIterations(1)),
        ("back", do.SeekRelative(-1)),
        ("phase", do.StepPhase(1)),
        ("phase_back", do.StepPhase(-1)),
        ("epoch", do.StepEpoch()),
        ("start", do.Seek(0)),
        ("live", do.SeekLive()),
        ("slower", do.SetPace(10.0)),
        ("faster", do.SetPace(50.0)),
        ("fork", do.Fork()),
        ("other_arm", do.FocusArm(1)),
        ("drop_arm", do.DropArm()),
        ("restart", do.Restart()),
        ("new_seed", do.Restart(1)),
        ("undo", do.Undo()),
        ("redo", do.Redo()),
        ("rate_up", do.ChangeSetting("optimizer.learning_rate", 0.2)),
        ("rate_down", do.ChangeSetting("optimizer.learning_rate", 0.05)),
        ("setting_more", do.ChangeSetting("optimizer.learning_rate", 0.2)),
        ("fix", do.Propose()),
        ("close_fix", do.CloseProposal()),
    ],
)
def test_a_key_that_tells_the_run_something(action: str, command: do.Command) -> None:
    assert sent_by(action) == (command,)


def test_after_the_last_seed_comes_the_first() -> None:
    last = made_up.changed(SNAPSHOT, values=SNAPSHOT.values | {"training.seed": 2**32 - 1})
    assert act("new_seed")(last, VIEW)[1] == (do.Restart(0),)


def test_settings_are_chosen_with_the_ends_holding() -> None:
    view = view_after("setting_next")
    assert view.setting == 1
    assert sent_by("setting_more", view) == (do.ChangeSetting("training.batch_size", 16),)
    assert view_after("setting_previous").setting == 0
    last = structs.replace(VIEW, setting=len(VIEW.settings) - 1)
    assert view_after("setting_next", last) == last


def test_a_value_at_the_end_of_its_range_is_sent_for_the_run_to_say_so() -> None:
    momentum = structs.replace(VIEW, setting=3)
    assert sent_by("setting_less", momentum) == (do.ChangeSetting("optimizer.momentum", 0.0),)


def test_a_panel_is_focused_then_filled_then_left() -> None:
    view = view_after("focus_weights")
    assert (view.focus, view.zoomed) == ("weights", False)
    view = view_after("focus_weights", view)
    assert (view.focus, view.zoomed) == ("weights", True)
    view = view_after("leave", view)
    assert (view.focus, view.zoomed) == ("weights", False)
    assert view_after("leave", view).focus == "settings"


def test_tab_goes_round_all_panels_and_back() -> None:
    view, seen = VIEW, []
    for _ in PANELS:
        view = view_after("next_panel", view)
        seen.append(view.focus)
    assert sorted(seen) == sorted(PANELS)
    assert view_after("next_panel", view_after("previous_panel")) == VIEW


def test_smoothing_and_axes() -> None:
    view = VIEW
    for _ in range(SMOOTHEST + 3):
        view = view_after("smoother", view)
    assert view.smoothing == SMOOTHEST
    assert view_after("rougher", view).smoothing == SMOOTHEST - 1
    windows = [window(SNAPSHOT, view.smoothing)]
    while (next_one := view_after("rougher", view)) != view:
        view = next_one
        windows.append(window(SNAPSHOT, view.smoothing))
    assert windows == sorted(set(windows), reverse=True), "no key without an effect"
    assert windows[-1] == 1
    assert SNAPSHOT.progress.batches_per_epoch in windows
    assert not view_after("log_y").log_y
    assert view_after("numbers").numbers


def test_the_weights_panel_goes_through_its_modes() -> None:
    view, modes = VIEW, []
    for _ in range(4):
        view = view_after("weights_mode", view)
        modes.append(view.weights_mode)
    assert modes == ["gradients", "update", "network", "weights"]


def test_in_a_race_the_weights_panel_shows_the_difference_too() -> None:
    view, modes = VIEW, []
    for _ in range(5):
        view = act("weights_mode")(moments.race(), view)[0]
        modes.append(view.weights_mode)
    assert modes == ["gradients", "update", "difference", "network", "weights"]
    left = structs.replace(VIEW, weights_mode="difference")
    assert view_after("weights_mode", left).weights_mode == "gradients"


def test_the_cursor_moves_within_the_run_and_seeks() -> None:
    view = view_after("cursor")
    assert (view.focus, view.cursor) == ("loss", SNAPSHOT.iteration)
    assert view_after("cursor_right", view) == view
    view = view_after("cursor_left", view)
    assert view.cursor == SNAPSHOT.iteration - 1
    assert sent_by("cursor_seek", view) == (do.Seek(SNAPSHOT.iteration - 1),)
    assert view_after("leave", view).cursor is None
    assert view_after("focus_data", view).cursor is None


def test_in_the_past_the_cursor_reaches_the_newest_iteration() -> None:
    run = FakeRun()
    newest = run.latest().iteration
    run.send(do.Seek(5))
    view, _ = act("cursor_right")(run.latest(), structs.replace(VIEW, focus="loss", cursor=newest - 1))
    assert view.cursor == newest


def test_the_next_item_belongs_to_the_focused_panel() -> None:
    weights = structs.replace(VIEW, focus="weights")
    assert view_after("next_item", weights).request.weights_layer == 1
    step = structs.replace(VIEW, focus="step")
    assert view_after("example_next", step).request.example == SNAPSHOT.step.example + 1
    assert view_after("example_previous", step).request.example == SNAPSHOT.step.example - 1


def test_examples_are_gone_through_by_the_batch_that_is_shown_and_not_by_the_next() -> None:
    assert SNAPSHOT.step is not None
    view = structs.replace(VIEW, focus="step")
    for batch_size in (3, 40):
        shown = structs.replace(SNAPSHOT, step=structs.replace(SNAPSHOT.step, example=0, batch_size=batch_size))
        assert act("example_previous")(shown, view)[0].request.example == batch_size - 1


def test_hidden_neurons_are_gone_through_and_then_the_answer_again() -> None:
    view, seen = structs.replace(VIEW, focus="data"), []
    for _ in range(17):
        view = view_after("item_right", view)
        seen.append(view.request.neuron)
    assert seen == [*(NeuronAddress(0, unit) for unit in range(16)), None]


def test_weights_are_gone_through_unit_by_unit_with_the_bias_and_round() -> None:
    view, seen = structs.replace(VIEW, focus="step"), []
    parameters = sum((inputs + 1) * units for inputs, units in pairwise(SNAPSHOT.network.shape))
    for _ in range(parameters):
        view = view_after("weight_next", view)
        seen.append(view.request.weight)
    assert seen[:3] == [WeightAddress(0, 1, 0), WeightAddress(0, 2, 0), WeightAddress(0, 0, 1)]
    assert len(set(seen)) == parameters
    assert seen[-1] == WeightAddress(0, 0, 0)
    assert view_after("weight_previous", view).request.weight == WeightAddress(1, 16, 0)


def test_a_remedy_that_is_in_force_is_not_proposed_again() -> None:
    first, second = (Remedy(f"lr {rate}", {"optimizer.learning_rate": rate}) for rate in (0.1, 0.05))
    finding = structs.replace(BOUNCING, remedies=(first, second))
    followed = structs.replace(SNAPSHOT, findings=(finding,))
    assert followed.values["optimizer.learning_rate"] == 0.1
    assert [each for _, each in open_remedies(followed.findings, followed.values)] == [second]
    nothing_left = (structs.replace(finding, remedies=(first,)),)
    assert not list(open_remedies(nothing_left, followed.values))


def test_the_list_of_settings_goes_away_and_comes_back() -> None:
    view = view_after("hide_settings")
    assert view.focus == "loss"
    assert owner_of_arrows(structs.replace(view, focus="weights")) != LIST
    for _ in PANELS:
        view = view_after("next_panel", view)
        assert view.focus != HOME
    assert view_after("leave", view).without_settings
    assert HOME not in draw_dashboard(SNAPSHOT, view, 120, 40, make_theme(), ()).rectangles
    view = view_after("hide_settings", view)
    assert view.focus == HOME
    assert not view.without_settings
