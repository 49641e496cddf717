"""Which axis values stand on: by what is to be seen, by the preset, or by the person, and how long that holds."""

from __future__ import annotations

import functools
from pathlib import Path

import made_up
import numpy as np
import pytest
import sample_moments as moments
import short_runs as samples
from key_acts import act
from msgspec import structs

from tui_trainer.cli.screen import catalogue
from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.panels.scale import loss_scale, needs_logarithm
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.theme import make_theme
from tui_trainer.presets import PresetError, bundled, find, load
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Snapshot, Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build

DARK = make_theme()


@functools.cache
def at_the_end(title: str) -> Snapshot:
    """A preset where it ends."""
    driver = Scheduler(Control(find(title).experiments(), paused=True))
    driver.control.lineup.advance(max(arm.run.trainer.target for arm in driver.control.lineup.arms))
    return driver.snapshot()


def top(snapshot: Snapshot, view: View, panel: str = "loss", width: int = 90) -> str:
    return PANELS[panel].draw(snapshot, view, width, 20, DARK).lines()[0]


def press(snapshot: Snapshot, view: View, action: str = "log_y") -> View:
    return act(action)(snapshot, view)[0]


@pytest.mark.parametrize(
    ("title", "axis"),
    [
        ("lr just right", "linear y"),
        ("lr too small", "linear y"),
        ("lr far too large", "log y"),  # diverges
        ("exploding gradients", "log y"),
        ("exploding gradients: clipping", "log y"),  # from the thousands down to below 1
        ("glasses or rings", "linear y"),
        ("glasses or rings: lr 0.9", "log y"),  # to 1e-21
        ("glasses or rings: fifth point", "linear y"),
        ("batch size 1", "linear y"),  # single batches are near 0 now and then, no mean is
        ("overfitting", "linear y"),
        ("overfitting: weight decay", "linear y"),
        ("race: with and without dropout", "linear y"),
        ("embeddings", "linear y"),  # asks for it: the training loss goes to 1e-15
        ("edge of stability", "log y"),  # asks for it
        ("learning-rate schedule: cosine", "log y"),
    ],
)
def test_the_axis_of_a_preset_at_its_end(title: str, axis: str) -> None:
    snapshot = at_the_end(title)
    assert f"{axis} ─" in top(snapshot, first_view())
    asked = find(title).axis
    assert snapshot.axis == asked
    if asked is None:  # recomputed: means over a decade or three, or the run broke
        losses, broke = snapshot.losses, snapshot.status is Status.DIVERGED
        evaluations = losses.evaluations
        means = np.concatenate([losses.epoch.mean, evaluations.train_loss, evaluations.validation_loss])
        means = means[np.isfinite(means) & (means > 0)]
        highest = max(np.nanmax(losses.batch.high), means.max())
        assert (axis == "log y") is bool(broke or highest / means.min() >= 1000)


def test_the_picture_of_overfitting_fills_the_panel() -> None:
    """From 0.37 to 1.05 the validation loss climbs over more than half of the rows."""
    cells = PANELS["loss"].draw(at_the_end("overfitting"), first_view(), 100, 24, DARK)
    rows = np.flatnonzero((cells.styles == DARK.validation).any(axis=1))
    assert np.ptp(rows[rows > 1]) >= 11


def state(title: str, view: View | None = None) -> tuple[ScreenState, Scheduler]:
    """A screen state on a driver that moves only when it is told to."""
    driver = Scheduler(Control(find(title).experiments(), paused=True))
    driver.capabilities = frozenset({"load", "seek", "settings", "control"})
    driver.latest, driver.send, driver.close = driver.snapshot, driver.obey, lambda: None
    opened = ScreenState(lambda request: driver, catalogue(title), OpenRequest(preset=title), view)
    return opened, driver


def send(opened: ScreenState, *commands: do.Command) -> None:
    opened.change(opened.view, *commands)
    opened.poll()


def test_once_logarithmic_it_stays_so_for_that_run_and_no_longer() -> None:
    opened, driver = state("lr far too large")
    assert not loss_scale(opened.snapshot, opened.view).logarithmic
    driver.control.lineup.advance(1000)
    send(opened, do.RequestPictures(driver.control.request))
    assert opened.snapshot.status is not None
    assert loss_scale(opened.snapshot, opened.view).logarithmic
    send(opened, do.Seek(1))
    assert opened.snapshot.past is not None
    assert loss_scale(opened.snapshot, opened.view).logarithmic
    # A change in the past leaves the future of which the axis is: the same run still.
    send(opened, do.ChangeSetting("optimizer.learning_rate", 0.01))
    send(opened, do.Seek(0))
    send(opened, do.ChangeSetting("optimizer.learning_rate", 0.02))
    assert not needs_logarithm(structs.replace(opened.snapshot, abandoned=None))
    assert loss_scale(opened.snapshot, opened.view).logarithmic
    send(opened, do.Restart())
    assert not loss_scale(opened.snapshot, opened.view).logarithmic
    send(opened, do.Undo())
    assert loss_scale(opened.snapshot, opened.view).logarithmic
    opened.open(OpenRequest(preset="lr just right"))
    opened.poll()
    assert not loss_scale(opened.snapshot, opened.view).logarithmic


def test_a_choice_by_key_holds_for_one_lesson() -> None:
    opened, _ = state("lr just right", first_view(numbers=False))
    opened.change(press(opened.snapshot, press(opened.snapshot, opened.view, "numbers")))
    send(opened, do.StepIterations(3))
    send(opened, do.Restart())
    assert (opened.view.log_y_here, opened.view.numbers) == (True, True)
    opened.open(OpenRequest(preset="iris"))
    opened.poll()
    assert (opened.view.log_y_here, opened.view.numbers) == (None, False)
    opened.change(press(opened.snapshot, opened.view))
    send(opened, do.Undo())
    assert opened.snapshot.title == "lr just right"
    assert opened.view.log_y_here is None


def test_the_key_flips_the_axis_that_is_shown_and_back() -> None:
    for snapshot, before, after in (
        (samples.moons(), "linear y", "log y"),
        (samples.diverged(), "log y", "linear y"),
        (moments.race(), "linear y", "log y"),
    ):
        once = press(snapshot, first_view())
        assert f"{before} ─" in top(snapshot, first_view())
        assert f"{after}, by y ─" in top(snapshot, once)
        assert press(snapshot, once) == first_view()


def test_flipping_back_shows_the_other_axis_although_what_is_unchosen_has_changed_meanwhile() -> None:
    chosen = press(samples.moons(), first_view())
    assert chosen.log_y_here
    later = structs.replace(chosen, turned=samples.moons().run)
    assert not loss_scale(samples.moons(), press(samples.moons(), later)).logarithmic


def test_the_person_comes_before_the_preset_and_that_before_what_is_drawn() -> None:
    asking = structs.replace(samples.moons(), axis="log")
    assert "log y ─" in top(asking, first_view())
    assert "linear y, by preferences ─" in top(asking, first_view(log_y=False))
    assert "log y, by preferences ─" in top(samples.moons(), first_view(log_y=True))
    assert "log y, by y ─" in top(asking, press(asking, first_view(log_y=False)))
    assert "linear y ─" in top(structs.replace(samples.diverged(), axis="linear"), first_view())
    assert "by" not in top(samples.moons(), first_view(log_y=True), width=24)


def test_without_a_positive_value_nobody_is_said_to_have_chosen_a_linear_axis() -> None:
    empty = structs.replace(samples.moons(0), losses=samples.moons(0).losses)
    evaluations = made_up.replaced(
        empty.losses.evaluations,
        train_loss=np.zeros_like(empty.losses.evaluations.train_loss),
        validation_loss=np.zeros_like(empty.losses.evaluations.validation_loss),
    )
    empty = structs.replace(empty, losses=structs.replace(empty.losses, evaluations=evaluations))
    assert "linear y ─" in top(empty, first_view(log_y=True))


def test_curves_of_layers_are_logarithmic_until_the_person_flips_them() -> None:
    view = first_view(focus="gradients", zoomed=True)
    linear = press(samples.overfitting(), view)
    assert linear.log_y_here is False
    draw = PANELS["gradients"].draw
    shown = ["\n".join(draw(samples.overfitting(), each, 120, 40, DARK).lines()) for each in (view, linear)]
    assert "linear y" not in shown[0]
    assert "gradient of each layer over the run · linear y, by y" in shown[1]
    assert press(samples.overfitting(), linear) == view


def test_a_preset_may_ask_and_is_told_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('axis = "log"\n[data]\nname = "moons"\n', encoding="utf-8")
    preset = load(file)
    assert preset.axis == preset.experiment().axis == "log"
    file.write_text('axis = "lgo"\n', encoding="utf-8")
    with pytest.raises(PresetError, match=r"axis = 'lgo': allowed: .*linear.*log.* \(did you mean 'log'\?\)"):
        load(file)
    file.write_text("axis = true\n", encoding="utf-8")
    with pytest.raises(PresetError, match=r"axis = true: allowed: "):
        load(file)
    file.write_text('axs = "log"\n', encoding="utf-8")
    with pytest.raises(PresetError, match=r"axs: unknown key; .*did you mean 'axis'"):
        load(file)


def test_what_a_preset_asks_for_stays_with_a_changed_experiment() -> None:
    driver = Scheduler(Control([("A", build({}, "mine", "log"))], paused=True))
    for command in (do.StepIterations(3), do.ChangeSetting("optimizer.learning_rate", 0.3), do.Restart(), do.Fork()):
        driver.obey(command)
        assert driver.snapshot().axis == "log"
    assert {axis for preset in bundled() if (axis := preset.axis)} == {"linear", "log"}
