"""Adding an item is one file and one line: the items of this file, registered with one line each, are known everywhere.

README's "Add a …" says what is done here. Afterwards nothing of them is left.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import pytest
from msgspec import Meta, structs

from tui_trainer.cli import main
from tui_trainer.cli.completion import setting_keys
from tui_trainer.dashboard.keys.key_meaning import action_for, footer_actions, footer_signs, footer_word, greyed_actions
from tui_trainer.dashboard.keys.keymap import GROUPS, KEYS, first_view
from tui_trainer.dashboard.layout import Wish
from tui_trainer.dashboard.mouse import clicked
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.panels.border import open_panel, say
from tui_trainer.dashboard.panels.panel import Panel
from tui_trainer.dashboard.picture import Frame, draw_dashboard
from tui_trainer.dashboard.view import FooterKey, KeyAction, View, sending, viewing
from tui_trainer.datasets import DATASETS
from tui_trainer.datasets.dataset import Examples
from tui_trainer.datasets.generated import GeneratedDataset, taking_turns
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import Theme, make_theme
from tui_trainer.experiment import SettingError, build, with_settings
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.experiment.in_force import available_choices, flat_settings
from tui_trainer.experiment.words import setting_of, value_words
from tui_trainer.instruments import INSTRUMENTS, LAYER_INSTRUMENTS, Instrument, LayerInstrument
from tui_trainer.layers import ACTIVATIONS, INITIALIZERS
from tui_trainer.layers.call import Call
from tui_trainer.losses import LOSSES
from tui_trainer.losses.loss import Array
from tui_trainer.losses.squared import ErrorLoss
from tui_trainer.optimizers import OPTIMIZERS, SCHEDULES, Optimizer, Schedule
from tui_trainer.preferences import PreferencesError
from tui_trainer.preferences import load as load_preferences
from tui_trainer.presets import load
from tui_trainer.runs.command_handlers import carry_out
from tui_trainer.runs.control import Control
from tui_trainer.runs.live import CAPABILITIES
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.setting import FACTOR, setting
from tui_trainer.telemetry import Command, Notice, Snapshot
from tui_trainer.telemetry.commands import StepIterations
from tui_trainer.training import Trainer
from tui_trainer.tui.screens.filtered_list import action_palette
from tui_trainer.tui.screens.key_help import key_table

Boldness = Annotated[
    float,
    Meta(gt=0, le=10),
    setting("How much longer than plain steps these are.", label="boldness", short="bold", step=FACTOR, live=True),
]


class Bold(Optimizer, frozen=True, tag="bold"):
    """u = −learning_rate·boldness·g."""

    title: ClassVar[str] = "bold SGD"

    boldness: Boldness = 2.0

    def update(self, g: Any, u: Any, slots: Sequence[Any], c: Sequence[Any]) -> list[Call]:
        return [(np.multiply, (g, c[0], u)), (np.multiply, (u, np.array(self.boldness, u.dtype), u))]


class Halved:
    """z/2; ½ everywhere."""

    name, rectifies, saturates = "halved", False, False
    initializer = "he"

    def forward(self, h: Any, d: Any, t: Any) -> list[Call]:
        return [(np.multiply, (h, np.array(0.5, h.dtype), h))]

    def derivative(self, h: Any, d: Any, t: Any) -> list[Call]:
        return [(d.fill, (0.5,))]


class Quartic(ErrorLoss, frozen=True, tag="quartic"):
    """e⁴; its gradient is 4e³."""

    title: ClassVar[str] = "quartic"
    formula: ClassVar[str] = "(prediction − truth)²"
    only_classes: ClassVar[int | None] = 2

    def of_error(self, error: Array) -> Array:
        return error**4

    def slope(self, out: Array, scale: float) -> list[Call]:
        return [(partial(np.power, out=out), (out, 3)), (np.multiply, (out, np.array(4 * scale, out.dtype), out))]


class Cross(GeneratedDataset, tag="cross", frozen=True, kw_only=True):
    """Two crossing lines."""

    task = "classification"
    short: ClassVar[str] = "×"
    recommended: ClassVar[dict[str, object]] = {"optimizer.learning_rate": 0.3}

    tilt: Annotated[float, Meta(ge=-1, le=1), setting("Slope of the first line.", step=0.25)] = 0.5

    @property
    def class_names(self) -> tuple[str, ...]:
        return ("one", "other")

    def pattern(self, count: int, random: np.random.Generator) -> Examples:
        label, along = taking_turns(count, 2), random.uniform(-1, 1, count)
        return Examples(np.column_stack((along, along * np.where(label == 0, self.tilt, -self.tilt))), label)


class Saw(Schedule, frozen=True, tag="saw"):
    """Down to nothing and up again, `teeth` times."""

    teeth: Annotated[int, Meta(ge=1, le=9), setting("Teeth of the saw.", unit="teeth")] = 3

    def factor(self, share: Any) -> Any:
        return 1 - (share * self.teeth) % 1.0


LARGEST_WEIGHT = LayerInstrument(
    name="largest_weight",
    help="The largest |w| of the layer.",
    measure=lambda moment, layer: float(np.abs(moment.weights[layer][:-1]).max()),
)
SURPRISE = Instrument(
    name="surprise",
    help="How much worse the validation loss is than the training loss.",
    measure=lambda moment: (
        float(moment.validation_losses.mean() - moment.train_set.losses(moment.train_outputs).mean())
        if moment.validation_set.can_be_evaluated
        else None
    ),
    cost="nothing: both losses are measured anyway",
)


def doubled(generator: np.random.Generator, inputs: int, units: int, gain: float) -> np.ndarray:
    """σ = 2."""
    return 2 * gain * generator.standard_normal((inputs, units))


def draw_clock(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The iteration, in words."""
    cells = open_panel("clock", "Clock", view, width, height, theme)
    say(cells, f"iteration {snapshot.iteration}", theme.text)
    return cells


CLOCK = Panel(
    id="clock",
    title="Clock",
    number="7",
    draw=draw_clock,
    wish=lambda snapshot, view: Wish("clock", 8, least=(26, 4), wanted=(54, 6)),
    requires=("data",),
    keys=(
        KeyAction(
            "wind", "up", "wind it", "Clock: fill the screen.", "focus",
            viewing(lambda snapshot, view: View(keymap=view.keymap, focus="clock", zoomed=True)),
            where=("clock",), footer="wind", rank=4,
        ),
    ),
    arrows="clock",
)  # fmt: skip


class Stamp(Command, frozen=True):
    """Say at which iteration the run stands."""


@carry_out.register(Stamp)
def stamp(command: Stamp, control: Control) -> None:
    control.say(Notice(f"stamped at {control.run.iteration}", (("stamp", "does so again"),)))


STAMP = KeyAction(
    "stamp", "#", "stamp", "Say where the run stands.", "run", sending(Stamp()),
    needs="control", idle=lambda snapshot, view: "" if snapshot.iteration else "there is nothing to stamp",
    footer="stamp", rank=3,
)  # fmt: skip


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its one line."""
    monkeypatch.setitem(OPTIMIZERS, "bold", Bold)
    monkeypatch.setitem(ACTIVATIONS, "halved", Halved())
    monkeypatch.setitem(INITIALIZERS, "doubled", doubled)
    monkeypatch.setitem(LOSSES, "quartic", Quartic)
    monkeypatch.setitem(DATASETS, "cross", Cross)
    monkeypatch.setitem(SCHEDULES, "saw", Saw)
    monkeypatch.setitem(INSTRUMENTS, "surprise", SURPRISE)
    monkeypatch.setitem(LAYER_INSTRUMENTS, "largest_weight", LARGEST_WEIGHT)
    monkeypatch.setitem(PANELS, "clock", CLOCK)
    monkeypatch.setitem(KEYS, "stamp", STAMP)


ALL = {
    "data.name": "cross",
    "network.activation": "halved",
    "network.initializer": "doubled",
    "loss.name": "quartic",
    "optimizer.name": "bold",
    "schedule.name": "saw",
}
OWN = {"optimizer.boldness": 0.5, "data.tilt": 0.25, "schedule.teeth": 2}
pytestmark = pytest.mark.usefixtures("registered")


def test_every_ingredient_trains_with_every_other() -> None:
    trainer = Trainer(with_settings(build({}), {**ALL, **OWN, "training.iterations": 60, "network.dtype": "float64"}))
    trainer.run(60)
    assert np.isfinite(trainer.losses.batch.last).all()
    assert trainer.experiment.title == ""
    assert main(["train", "lr just right", "--iterations", "2", "--check-gradients", *given(ALL)]) == 0


def test_settings_have_choices_range_step_help_and_words_in_the_list() -> None:
    lines = {line.key: line for line in listed_settings()}
    for key, name in ALL.items():
        assert name in lines[key].choices
    assert lines["optimizer.boldness"].help == "How much longer than plain steps these are."
    assert (lines["optimizer.boldness"].low, lines["optimizer.boldness"].high) == (0, 10)
    assert lines["optimizer.boldness"].above_low
    assert lines["optimizer.boldness"].logarithmic
    assert lines["optimizer.boldness"].live
    assert setting_of("optimizer.boldness").short == "bold"
    assert lines["data.tilt"].step == 0.25
    assert lines["schedule.teeth"].unit == "teeth"
    assert value_words("cross", "data.name") == "cross"
    experiment = with_settings(build({}), ALL)
    assert flat_settings(experiment).keys() >= OWN.keys()
    assert not flat_settings(build({})).keys() & OWN.keys()


def test_a_loss_says_for_which_data_it_is() -> None:
    assert "quartic" in available_choices(build({"data": {"name": "moons"}}))["loss.name"]
    assert "quartic" not in available_choices(build({"data": {"name": "iris"}}))["loss.name"]


def test_a_suitable_initializer_is_taken_for_an_activation() -> None:
    assert build({"network": {"activation": "halved"}}).network.starting_scheme == "he"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("optimizer.name", "bald", "bold"),
        ("network.activation", "halfed", "halved"),
        ("network.initializer", "double", "doubled"),
        ("data.name", "gross", "cross"),
        ("loss.name", "quadric", "quartic"),
    ],
)
def test_a_name_that_is_nearly_right_is_told(key: str, value: str, message: str) -> None:
    with pytest.raises(SettingError, match=rf"did you mean '{message}'\?"):
        with_settings(build({}), {key: value})


def test_a_value_out_of_range_is_told_with_what_is_allowed() -> None:
    with pytest.raises(SettingError, match=r"optimizer\.boldness = 0: allowed: a number above 0 to 10"):
        with_settings(build({}), {"optimizer.name": "bold", "optimizer.boldness": 0})


def test_files_arms_set_and_json_know_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        '[data]\nname = "cross"\ntilt = 0.75\n[schedule]\nname = "saw"\n[training]\niterations = 3\n'
        '[[arms]]\nname = "plain"\n[[arms]]\nname = "bold"\noptimizer.boldness = 3.0\noptimizer.name = "bold"\n'
        'network.activation = ["halved", "relu"]\nnetwork.hidden = [4, 3]\n'
    )
    plain, bold = (experiment for _, experiment in load(path).experiments())
    assert plain.tables["data"]["tilt"] == 0.75
    assert bold.tables["optimizer"]["boldness"] == 3.0
    assert main(["train", str(path), "--json", "--set", "schedule.teeth=4"]) == 0
    starts = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"start"' in line]
    assert [start["experiment"]["schedule"]["teeth"] for start in starts] == [4, 4]
    assert starts[1]["experiment"]["network"]["activation"] == ["halved", "relu"]


def test_a_measure_is_in_evaluations_log_json_and_expectations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer = Trainer(build({"training": {"iterations": 20}}))
    trainer.run(20)
    latest = trainer.evaluations.latest
    assert latest is not None
    assert latest.get("surprise") == pytest.approx(latest.validation_loss - latest.train_loss)
    largest = [float(np.abs(weights).max()) for weights, _ in trainer.parameters]
    assert [layer.get("largest_weight") for layer in latest.layers] == pytest.approx(largest)
    assert trainer.evaluations.view().of("surprise")[-1] == latest.get("surprise")
    assert trainer.evaluations.view().of_layers("largest_weight")[:, -1].tolist() == pytest.approx(largest)
    without = Trainer(build({"data": {"validation_samples": 0}})).evaluations.latest
    assert without is not None
    assert without.get("surprise") is None

    assert main(["train", "lr just right", "--iterations", "3", "--json"]) == 0
    end = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert end["surprise"] == pytest.approx(end["validation_loss"] - end["train_loss"])
    assert end["layers"][0]["largest_weight"] > 0

    path = tmp_path / "claim.toml"
    path.write_text("[expect]\nsurprise_below = 9\nlargest_weight_above = 1000\n")
    assert main(["verify", str(path), "--seeds", "1"]) == 1
    assert "largest_weight above 1000" in capsys.readouterr().out
    path.write_text("[expect]\nsuprise_below = 9\n")
    assert main(["presets", "--check", str(path)]) == 2
    assert "did you mean 'surprise_below'?" in capsys.readouterr().err


def test_completion_offers_their_settings() -> None:
    assert {*OWN, *ALL} <= set(setting_keys())


def standing(*moves: Command) -> Scheduler:
    """A run that stands still after these moves, without a thread."""
    driver = Scheduler(Control([("A", build({}))], paused=True))
    for move in moves:
        driver.obey(move)
    return driver


def drawn(snapshot: Snapshot, view: View, width: int, height: int) -> tuple[Frame, str]:
    """The dashboard with its footer, and its text."""
    greyed = greyed_actions(snapshot, view, CAPABILITIES)
    footer = tuple(
        FooterKey(footer_signs(action), *footer_word(action, snapshot, view))
        for action in footer_actions(view)
        if action.id not in greyed
    )
    frame = draw_dashboard(snapshot, view, width, height, make_theme(), footer)
    return frame, "\n".join(frame.cells.lines())


def key_tables(view: View) -> tuple[str, str]:
    """The texts of the help screen and of the command palette."""
    columns = key_table(GROUPS, view, "#ffffff").columns
    help_screen = "\n".join(str(cell) for column in columns for cell in column.cells)
    return help_screen, "\n".join(f"{entry.title}: {entry.sentence}" for entry in action_palette(view)._entries)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (200, 60), (298, 97)])
def test_a_panel_stands_in_every_layout_with_its_number(size: tuple[int, int]) -> None:
    snapshot = standing(StepIterations(3)).snapshot()
    frame, text = drawn(snapshot, first_view(focus="clock"), *size)
    assert "▸7 Clock" in text
    assert "iteration 3" in text
    others = {name for name in PANELS if name in frame.places}
    assert others == set(PANELS) or size == (80, 24)
    rect = frame.places["clock"]
    assert clicked(frame.places, rect.x + 2, rect.y + 1, first_view()) == (first_view(focus="clock"), "")


def test_a_panel_has_a_tab_a_key_keys_of_its_own_and_a_sentence_for_what_is_missing() -> None:
    snapshot = standing(StepIterations(3)).snapshot()
    frame, text = drawn(snapshot, first_view(focus="clock", narrow=True), 59, 20)
    assert "7 Clock" in text.splitlines()[3]
    tab = frame.places["tab:clock"]
    assert clicked(frame.places, tab.x, tab.y, first_view())[0].focus == "clock"
    focus = action_for("7", first_view())
    assert focus is not None
    assert focus.act is not None
    view, _ = focus.act(snapshot, first_view())
    assert view.focus == "clock"
    assert [action_for("up", each).id for each in (view, first_view())] == ["wind", "setting_previous"]  # type: ignore[union-attr]
    assert "↑ wind" in drawn(snapshot, view, 120, 40)[1].splitlines()[-1]
    help_screen, palette = key_tables(view)
    assert "Clock: fill the screen." in help_screen
    assert "clock panel  (7)" in palette
    nothing = CLOCK.drawn(structs.replace(snapshot, data=None), view, 60, 8, make_theme()).lines()
    assert any("This run does not tell its data." in line for line in nothing)


def test_a_key_is_one_row_with_its_command(tmp_path: Path) -> None:
    driver, view = standing(StepIterations(3)), first_view()
    action = action_for("#", view)
    assert action is STAMP
    assert action.act is not None
    _, commands = action.act(driver.snapshot(), view)
    for command in commands:
        driver.obey(command)
    text = drawn(driver.snapshot(), view, 160, 40)[1]
    assert "stamped at 3; # does so again" in text
    assert "# stamp" in text.splitlines()[-1]
    assert all("Say where the run stands." in table for table in key_tables(view))
    assert "stamp" in greyed_actions(standing().snapshot(), view, CAPABILITIES)
    assert "stamp" in greyed_actions(driver.snapshot(), view, {"seek"})

    path = tmp_path / "preferences.toml"
    path.write_text('[keys]\nstamp = ["f7"]\n')
    chosen = load_preferences(path).view
    assert chosen.sign("stamp") == "f7"
    assert "stamped at 3; f7 does so again" in drawn(driver.snapshot(), chosen, 160, 40)[1]
    path.write_text('[keys]\nstamp = ["r"]\n')
    with pytest.raises(PreferencesError, match='"r" is a key of restart too'):
        load_preferences(path)


def given(settings: dict[str, object]) -> list[str]:
    return [f"--set={key}={value}" for key, value in settings.items()]


def test_nothing_is_left_when_they_are_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {line.key for line in listed_settings()} >= OWN.keys()
    monkeypatch.undo()
    lines = {line.key: line for line in listed_settings()}
    assert not lines.keys() & OWN.keys()
    assert not any(name in lines[key].choices for key, name in ALL.items())
    evaluation = Trainer(build({})).evaluations.latest
    assert evaluation is not None
    assert evaluation.get("surprise") is None
    assert not {"focus_clock", "wind", "stamp"} & {action.id for action in first_view().keymap}
    assert "clock" not in drawn(standing(StepIterations(3)).snapshot(), first_view(), 200, 60)[0].places
