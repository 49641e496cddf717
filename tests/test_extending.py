"""Adding an item is one file and one line: the items of this file, registered with one line each, are known everywhere.

README's "Add a …" says what is done here. Afterwards nothing of them is left.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import pytest
import readme_tables
from msgspec import Meta, structs
from pictures import picture

from tui_trainer import preset_files
from tui_trainer.arrays import Array
from tui_trainer.cli import main
from tui_trainer.cli.command import Command, Parser, UsageError
from tui_trainer.cli.commands import COMMANDS
from tui_trainer.cli.completion import offered, setting_keys
from tui_trainer.dashboard.keys.key_meaning import action_for, footer, greyed_actions, why_idle
from tui_trainer.dashboard.keys.keymap import GROUPS, KEYS, first_view
from tui_trainer.dashboard.layout import Wish
from tui_trainer.dashboard.mouse import clicked
from tui_trainer.dashboard.panels import PANELS, step
from tui_trainer.dashboard.panels.border import open_panel, say
from tui_trainer.dashboard.panels.panel import Panel
from tui_trainer.dashboard.panels.scale import layer_scale
from tui_trainer.dashboard.view import KeyAction, View, sending, viewing
from tui_trainer.dashboard.whole_screen import Frame, draw_dashboard
from tui_trainer.datasets import DATASETS
from tui_trainer.datasets.dataset import Examples
from tui_trainer.datasets.generated import GeneratedDataset, taking_turns
from tui_trainer.diagnosis import RULES, Rule
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import ColourDepth, Theme, hard_to_read, make_theme
from tui_trainer.experiment import SettingError, build, with_settings
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.experiment.in_force import available_choices, flat_settings
from tui_trainer.experiment.words import setting_of, value_words
from tui_trainer.exports import FORMATS, Format
from tui_trainer.formulas.expressions import Expression, Symbol
from tui_trainer.instruments import INSTRUMENTS, LAYER_INSTRUMENTS, Instrument, LayerInstrument
from tui_trainer.layers import ACTIVATIONS, INITIALIZERS
from tui_trainer.layers.activations import Z
from tui_trainer.layers.call import Call
from tui_trainer.lessons.steps import Predict
from tui_trainer.lessons.walk import Lesson, Walk
from tui_trainer.losses import LOSSES
from tui_trainer.losses.squared import PREDICTION, TRUTH, ErrorLoss
from tui_trainer.optimizers import OPTIMIZERS, SCHEDULES, Optimizer, Schedule
from tui_trainer.optimizers.optimizer import GRADIENT
from tui_trainer.preferences import PreferencesError, themes_of
from tui_trainer.preferences import load as load_preferences
from tui_trainer.presets import bundled, find, load
from tui_trainer.runs.command_handlers import carry_out
from tui_trainer.runs.control import Control
from tui_trainer.runs.live import CAPABILITIES
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.setting import FACTOR, setting
from tui_trainer.telemetry import Finding, Notice, Remedy, Severity, Snapshot
from tui_trainer.telemetry import commands as do
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
    direction: ClassVar[Expression] = Symbol("boldness") * GRADIENT

    boldness: Boldness = 2.0

    def update(self, g: Any, u: Any, slots: Sequence[Any], c: Sequence[Any]) -> list[Call]:
        return [(np.multiply, (g, c[0], u)), (np.multiply, (u, np.array(self.boldness, u.dtype), u))]


class Halved:
    """z/2; ½ everywhere."""

    name, rectifies, saturates = "halved", False, False
    initializer = "he"
    formula = Z / 2

    def forward(self, h: Any, d: Any, t: Any) -> list[Call]:
        return [(np.multiply, (h, np.array(0.5, h.dtype), h))]

    def derivative(self, h: Any, d: Any, t: Any) -> list[Call]:
        return [(d.fill, (0.5,))]


class Quartic(ErrorLoss, frozen=True, tag="quartic"):
    """e⁴; its gradient is 4e³."""

    title: ClassVar[str] = "quartic"
    formula: ClassVar[Expression] = (PREDICTION - TRUTH) ** 4
    only_classes: ClassVar[int | None] = 2

    def of_error(self, error: Array) -> Array:
        return error**4

    def slope(self, out: Array, scale: float) -> list[Call]:
        return [(partial(np.power, out=out), (out, 3)), (np.multiply, (out, np.array(4 * scale, out.dtype), out))]


class Cross(GeneratedDataset, tag="cross", frozen=True, kw_only=True):
    """Two crossing lines."""

    task = "classification"
    class_names = ("one", "other")
    short: ClassVar[str] = "×"
    recommended: ClassVar[dict[str, object]] = {"optimizer.learning_rate": 0.3}

    tilt: Annotated[float, Meta(ge=-1, le=1), setting("Slope of the first line.", step=0.25)] = 0.5

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
    scale=lambda snapshot, view: layer_scale(view),
    in_a_case="open",
)  # fmt: skip


class Stamp(do.Command, frozen=True):
    """Say at which iteration the run stands."""


@carry_out.register(Stamp)
def stamp(command: Stamp, control: Control) -> None:
    control.say(Notice(f"stamped at {control.run.iteration}", (("stamp", "does so again"),)))


STAMP = KeyAction(
    "stamp", "#", "stamp", "Say where the run stands.", "run", sending(Stamp()),
    needs="control", idle=lambda snapshot, view: "" if snapshot.iteration else "there is nothing to stamp",
    footer="stamp", rank=3, tells="settings",
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


def test_this_step_shows_their_formulas_and_fills_them_in() -> None:
    """Each is what the code beside it computes, to as many digits as are printed."""
    experiment = with_settings(build({}), {**ALL, **OWN, "training.iterations": 60})
    driver = Scheduler(Control([("A", experiment)], paused=True))
    driver.obey(do.RequestPictures(first_view().request))
    driver.obey(do.StepIterations(5))
    snapshot = driver.snapshot()
    shown = "\n".join(step.draw(snapshot, first_view(), 120, 60, make_theme()).lines())
    assert "loss = (prediction − truth)⁴" in shown
    assert "a of unit 1 of layer 1 = z / 2 = " in shown
    assert "new = old − learning_rate × boldness × gradient" in shown
    assert "≈" not in shown
    view = snapshot.step
    assert view is not None
    assert view.weight.activation is not None
    update = view.weight.rule.filled(view.weight.values)
    for equation in (view.filled, view.weight.activation[1], update):
        left, right = (side.value() for side in equation.sides)
        assert left == pytest.approx(right, rel=1e-5), equation


def test_completion_offers_their_settings() -> None:
    assert {*OWN, *ALL} <= set(setting_keys())


def test_the_tables_of_the_readme_have_them() -> None:
    settings, keys, measures = (readme_tables.TABLES[name]().splitlines() for name in ("settings", "keys", "measures"))
    for key, name in ALL.items():
        (row,) = (line for line in settings if line.startswith(f"| `{key}` |"))
        assert f"`{name}`" in row
    assert "| `optimizer.boldness` | > 0, ≤ 10 | yes | How much longer than plain steps these are. |" in settings
    assert "| `data.tilt` | ≥ -1, ≤ 1 |  | Slope of the first line. |" in settings
    assert any(line.endswith("| `#` | Say where the run stands. |") for line in keys)
    assert any(line.endswith("| `↑` | Clock: fill the screen. |") for line in keys)
    assert measures[0].endswith(" `surprise`")
    assert measures[2].endswith(" `largest_weight`")


def standing(*moves: do.Command) -> Scheduler:
    """A run that stands still after these moves, without a thread."""
    driver = Scheduler(Control([("A", build({}))], paused=True))
    for move in moves:
        driver.obey(move)
    return driver


def drawn(snapshot: Snapshot, view: View, width: int, height: int) -> tuple[Frame, str]:
    """The dashboard with its footer, and its text."""
    greyed = greyed_actions(snapshot, view, CAPABILITIES)
    keys = footer(snapshot, structs.replace(view, greyed=greyed))
    frame = draw_dashboard(snapshot, view, width, height, make_theme(), keys)
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
    others = {name for name in PANELS if name in frame.rectangles}
    assert others == set(PANELS) or size == (80, 24)
    rect = frame.rectangles["clock"]
    assert clicked(frame.rectangles, rect.x + 2, rect.y + 1, snapshot, first_view()) == (first_view(focus="clock"), "")


def test_a_panel_has_a_tab_a_key_keys_of_its_own_and_a_sentence_for_what_is_missing() -> None:
    snapshot = standing(StepIterations(3)).snapshot()
    frame, text = drawn(snapshot, first_view(focus="clock", narrow=True), 59, 20)
    assert "7 Clock" in text.splitlines()[3]
    tab = frame.rectangles["tab:clock"]
    assert clicked(frame.rectangles, tab.x, tab.y, snapshot, first_view())[0].focus == "clock"
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


def test_a_lesson_may_show_a_panel_a_case_leaves_it_open_and_a_key_turns_its_axis(tmp_path: Path) -> None:
    path = tmp_path / "lesson.toml"
    path.write_text('[[steps]]\nsay = "Look at the clock."\nshow = "clock"\n')
    assert main(["presets", "--check", str(path)]) == 0
    case = Lesson(title="", opens="", steps=(Predict(text="Why?", reveal="So."),), hidden=True)
    in_a_case = first_view(focus="clock", lesson=Walk(lesson=case))
    snapshot = standing(StepIterations(3)).snapshot()
    assert why_idle(STAMP, snapshot, in_a_case, CAPABILITIES) == "that is held back until the answer is shown"
    text = drawn(snapshot, in_a_case, 120, 40)[1]
    assert "iteration 3" in text
    assert "6 opens it for a point" in text
    turn = action_for("y", first_view(focus="clock"))
    assert turn is not None
    assert turn.act is not None
    assert turn.act(standing().snapshot(), first_view(focus="clock"))[0].log_y_here is False


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
    assert "clock" not in drawn(standing(StepIterations(3)).snapshot(), first_view(), 200, 60)[0].rectangles


# A finding, a command of the command line, a theme

BUSY = Rule(
    title="busy",
    judge=lambda window, earlier: Finding(
        id="busy",
        severity=Severity.WARNING,
        since=earlier.since if earlier else window.latest.iteration,
        headline="busy",
        body=f"still busy at {window.latest.iteration}.",
        expert="it always is",
        evidence={"iteration": window.latest.iteration},
    ),
    remedies=lambda window: (Remedy("Do less.", {"optimizer.learning_rate": 0.01}),),
    in_a_row=2,
    unchecked=lambda window: "",
    signals=lambda window: (),
)


def _count_words(arguments: argparse.Namespace) -> int:
    if not arguments.words:
        raise UsageError("count what?")
    print(len(arguments.words) * (10 if arguments.unit == "tenths" else 1))
    return 0


def _add_words(parser: Parser) -> None:
    parser.offers[parser.add_argument("words", nargs="*", help="what to count")] = "files"
    parser.add_argument("--unit", choices=("wholes", "tenths"), help="how to count")


COUNT = Command(summary="count words", description="Count words.", add_arguments=_add_words, carry_out=_count_words)


@pytest.fixture
def more_registered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The finding and the command with their one line each; the theme is a file alone, in this folder."""
    monkeypatch.setitem(RULES, "busy", BUSY)
    monkeypatch.setitem(COMMANDS, "count", COUNT)
    monkeypatch.setenv("TUI_TRAINER_THEMES", str(tmp_path))
    (tmp_path / "sea_green.toml").write_text('base = "light"\naccent = "#00695c"\n', encoding="utf-8")
    return tmp_path


def verdict_on_the_screen() -> str:
    return "\n".join(picture("lr just right", StepIterations(60)).lines())


@pytest.mark.usefixtures("more_registered")
def test_a_finding_is_in_the_verdict_in_json_and_in_expectations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = verdict_on_the_screen()
    assert "BUSY since iteration 0: still busy at 60." in shown
    assert "learning rate 0.01" in shown
    assert main(["train", "lr just right", "--iterations", "30", "--json"]) == 0
    lines = list(map(json.loads, capsys.readouterr().out.splitlines()))
    (raised,) = (line for line in lines if line["event"] == "finding" and line["id"] == "busy")
    assert (raised["active"], raised["severity"], raised["title"]) == (True, "warning", "busy")
    assert [finding["id"] for finding in lines[-1]["findings"]] == ["busy"]
    claim = tmp_path / "claim.toml"
    claim.write_text('[training]\niterations = 30\n[expect]\nfinding = "busy"\n', encoding="utf-8")
    assert main(["verify", str(claim), "--seeds", "1"]) == 0
    claim.write_text('[expect]\nfinding = "bussy"\n', encoding="utf-8")
    assert main(["presets", "--check", str(claim)]) == 2
    assert "did you mean 'busy'?" in capsys.readouterr().err


@pytest.mark.usefixtures("more_registered")
def test_the_readme_lists_a_finding() -> None:
    assert readme_tables.numbers().splitlines()[-1].endswith(" `busy`")


@pytest.mark.usefixtures("more_registered")
def test_a_command_has_help_errors_and_completion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["count", "one", "two", "--unit", "tenths"]) == 0
    assert capsys.readouterr().out == "20\n"
    assert main(["--help"]) == 0
    assert "  count       count words\n" in capsys.readouterr().out
    assert main(["count", "--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: tui-trainer count [-h] [--unit {wholes,tenths}] [words ...]")
    for words, message in (
        (["count"], "count what?"),
        (["count", "--unit", "dozen"], "argument --unit: invalid choice: 'dozen'"),
        (["count", "--untt"], '"tui-trainer count --help" lists everything'),
        (["--seed", "1", "count"], '"count" is a command and comes first'),
        (["cuont"], 'did you mean "count"?'),
    ):
        assert main(words) == 2
        assert message in capsys.readouterr().err
    assert offered(["cou"], COMMANDS) == ("preset files", ["count"])
    assert offered(["count", "--"], COMMANDS) == ("words", ["--help", "--unit"])
    assert offered(["count", "--unit", "t"], COMMANDS) == ("words", ["tenths"])
    assert offered(["count", ""], COMMANDS) == ("files", [])


def test_an_export_format_is_known_by_its_ending(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    title = Format(title="title alone", write=lambda source: source.snapshot.title.encode())
    monkeypatch.setitem(FORMATS, ".title", title)
    file = tmp_path / "run.title"
    assert main(["export", "lr just right", "--at", "1", "--to", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == "lr just right"
    assert readme_tables.formats().splitlines()[-1] == "| `.title` | title alone |"
    assert main(["export", "lr just right", "--to", "run.titel"]) == 2
    assert "did you mean '.title'?" in capsys.readouterr().err


def test_a_preset_is_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is listed, found, completed, and held to its claim."""
    known = readme_tables.presets().splitlines()
    with monkeypatch.context() as there:
        there.setattr(preset_files, "BUNDLED", tmp_path)
        (tmp_path / "toy.toml").write_text(
            'title = "toy rate"\norder = 1\nquestion = "Does it learn?"\n[training]\niterations = 60\n'
            "[expect]\ntrain_loss_below = 9\n",
            encoding="utf-8",
        )
        bundled.cache_clear()
        assert find("toy rate").title == "toy rate"
        assert main(["presets"]) == 0
        assert "Does it learn?" in capsys.readouterr().out
        assert "toy-rate" in offered(["train", "toy"], COMMANDS)[1]
        assert main(["verify", "toy rate", "--seeds", "1"]) == 0
        assert readme_tables.presets().splitlines()[-1].endswith("| toy rate | Does it learn? |")
    bundled.cache_clear()
    assert readme_tables.presets().splitlines() == known


def test_a_script_says_which_ingredient_it_has_no_words_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The NumPy script takes an optimizer from its formulas; the rest needs words of the script's own."""
    said = {
        "network.activation": "activation halved",
        "network.initializer": "initializer doubled",
        "loss.name": "loss quartic",
        "schedule.name": "schedule saw",
    }
    for ending, more in ((".numpy.py", {}), (".torch.py", {"optimizer.name": "optimizer bold"})):
        for key, words in (said | more).items():
            file = str(tmp_path / f"run{ending}")
            assert main(["export", "lr just right", f"--set={key}={ALL[key]}", "--at", "1", "--to", file]) == 2
            assert f"no script is written for the {words}" in capsys.readouterr().err


def test_a_numpy_script_learns_as_an_optimizer_says(tmp_path: Path) -> None:
    settings = {key: ALL[key] for key in ("data.name", "optimizer.name")} | {"network.dtype": "float64"}
    file, settings = tmp_path / "run.numpy.py", settings | {"training.iterations": 9}
    assert main(["export", "lr just right", *given(settings), "--at", "1", "--to", str(file)]) == 0
    script: dict[str, Any] = {"__name__": "script"}
    exec(compile(file.read_text(encoding="utf-8"), "run.numpy.py", "exec"), script)
    trainer = Trainer(with_settings(find("lr just right").experiment(), settings))
    trainer.run()
    assert script["train"]() == pytest.approx(trainer.losses.batch.last)


def test_a_theme_is_offered_checked_and_worn_at_every_depth(
    more_registered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    themes = themes_of(os.environ)
    assert themes.names[-1] == "sea green"
    assert offered(["--theme", "sea"], COMMANDS) == ("words", ["sea-green"])
    for depth in ColourDepth:
        worn = make_theme("sea green", depth, themes=themes)
        assert (worn.name, hard_to_read(worn)) == ("sea green", "")
    assert main(["--theme", "see-green"]) == 2
    assert "did you mean 'sea green'?" in capsys.readouterr().err
    (more_registered / "sea_green.toml").write_text('accent = "teal"\n', encoding="utf-8")
    assert main(["--theme", "sea green"]) == 2
    assert "sea_green.toml: accent = 'teal': allowed: \"#rrggbb\"" in capsys.readouterr().err


def test_nothing_is_left_of_these_either(
    more_registered: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "BUSY" in verdict_on_the_screen()
    (more_registered / "sea_green.toml").unlink()
    monkeypatch.undo()
    assert "BUSY" not in verdict_on_the_screen()
    assert main(["--help"]) == 0
    assert "count words" not in capsys.readouterr().out
    assert offered(["cou"], COMMANDS) == ("preset files", [])
    assert offered(["--theme", "sea"], COMMANDS) == ("words", [])
