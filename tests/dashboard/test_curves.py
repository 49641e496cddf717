"""What else the loss panel draws: accuracies and learning rates, recomputed and held to the dots on the screen."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
import sample_moments as moments
import short_runs as samples
from key_acts import act
from msgspec import structs

from tui_trainer.dashboard.keys.key_meaning import footer, greyed_actions, why_idle
from tui_trainer.dashboard.keys.keymap import first_view, keymap
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.charts.axis import value_axis
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.presets import find
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import EvaluationLog, Snapshot
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build
from tui_trainer.wording import percent

DARK = make_theme()
BY_ID = {action.id: action for action in keymap()}
SIZES = [(20, 6), (28, 8), (47, 13), (80, 24), (120, 40), (300, 100)]


def draw(snapshot: Snapshot, curve: str, width: int = 100, height: int = 30, theme=DARK, **view) -> Cells:
    return PANELS["loss"].draw(snapshot, first_view(curve=curve, **view), width, height, theme)


def text(snapshot: Snapshot, curve: str, width: int = 100, height: int = 30, **view) -> list[str]:
    return draw(snapshot, curve, width, height, **view).lines()


def turn(snapshot: Snapshot, view: View) -> View:
    return act("next_curve")(snapshot, view)[0]


@functools.cache
def ran(title: str, iterations: int | None = None) -> Scheduler:
    driver = Scheduler(Control(find(title).experiments(), paused=True))
    target = max(arm.run.trainer.target for arm in driver.control.lineup.arms)
    driver.control.lineup.advance(target if iterations is None else iterations)
    return driver


class Dots:
    """The dots of one style in a panel, and where values belong: read from the picture's axes alone."""

    def __init__(self, cells: Cells, *, bottom: float, top: float, end: float, log: bool = False) -> None:
        self.left = next(line.index("┤") for line in cells.lines() if "┤" in line) + 1
        # Between the legend and the numbers of the iterations, each beside a border.
        self.first, self.rows, self.columns = 2, cells.height - 4, cells.width - 1 - self.left
        self.cells, self.end, self.log = cells, end, log
        self.low, self.high = (math.log10(bottom), math.log10(top)) if log else (bottom, top)

    def heights(self, packed: int) -> dict[int, tuple[int, int]]:
        """Dot column → the lowest and the highest dot of this style, 0 at the bottom; only where no other style touches
        it, since lines that meet in a cell have the style of one."""
        found: dict[int, tuple[int, int]] = {}
        touched: set[int] = set()
        bits = {(0, 0): 0, (0, 1): 1, (0, 2): 2, (0, 3): 6, (1, 0): 3, (1, 1): 4, (1, 2): 5, (1, 3): 7}
        inside = slice(self.first, self.first + self.rows), slice(self.left, self.left + self.columns)
        codes, own = self.cells.codes[inside].astype(int), self.cells.styles[inside] == packed
        other = (codes != ord(" ")) & ~own
        for row, column in np.argwhere(own & (codes > 0x2800) & (codes < 0x2900)).tolist():
            if other[max(row - 1, 0) : row + 2, column].any():
                touched |= {2 * column, 2 * column + 1}
            for (x, y), bit in bits.items():
                if codes[row, column] - 0x2800 >> bit & 1:
                    dot = 4 * (self.rows - row) - 1 - y
                    low, high = found.get(2 * column + x, (dot, dot))
                    found[2 * column + x] = min(low, dot), max(high, dot)
        return {column: ends for column, ends in found.items() if column not in touched}

    def column(self, iteration: float) -> int:
        return round(iteration / self.end * (2 * self.columns - 1))

    def height(self, value: float) -> float:
        scaled = math.log10(value) if self.log else value
        return (scaled - self.low) / (self.high - self.low) * (4 * self.rows - 1)


def assert_drawn(dots: Dots, packed: int, iterations: np.ndarray, values: np.ndarray, *, last: bool) -> None:
    """In each column the line passes within one dot of the mean of the values that belong there, or of the last."""
    drawn = dots.heights(packed)
    by_column: dict[int, list[float]] = {}
    for iteration, value in zip(iterations, values, strict=True):
        by_column.setdefault(dots.column(iteration), []).append(value)
    seen = 0
    for column, here in by_column.items():
        if column in drawn:
            low, high = drawn[column]
            height = dots.height(here[-1] if last else float(np.mean(here)))
            assert low - 1 <= height <= high + 1, (column, drawn[column], height)
            seen += 1
    assert seen > (5 if last else len(by_column) / 3)


def test_the_key_goes_through_loss_accuracy_and_rate_and_leaves_out_what_there_is_not() -> None:
    view, seen = first_view(), []
    for _ in range(3):
        view = turn(samples.moons(), view)
        seen.append(view.curve)
    assert seen == ["accuracy", "learning_rate", "loss"]
    assert turn(samples.sine(), first_view()).curve == "learning_rate"
    action = BY_ID["next_curve"]
    said = action.unseen(samples.sine(), turn(samples.sine(), first_view()))
    assert said == "there is no accuracy: only answers that are classes can be right"
    assert not action.unseen(samples.moons(), turn(samples.moons(), first_view()))
    for snapshot, word in ((samples.moons(), "accuracy"), (samples.sine(), "learning rate")):
        assert word in [key.label for key in footer(snapshot, first_view()) if key.action == "next_curve"]


@pytest.mark.parametrize("title", ["ravine", "embeddings"])
def test_where_no_answer_is_a_class_a_sentence_says_so(title: str) -> None:
    shown = " ".join(text(ran(title, 3).snapshot(), "accuracy"))
    assert "No accuracy: only answers that are classes can be right. L goes on." in shown


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("snapshot", [samples.overfitting(), moments.race(), moments.past(), moments.left()])
def test_one_look_tells_which_it_is_at_every_size(snapshot: Snapshot, size: tuple[int, int]) -> None:
    plain = make_theme(depth=ColourDepth.NONE, ascii_only=True)
    for curve, title in (("loss", "Loss"), ("accuracy", "Accuracy"), ("learning_rate", "Learning")):
        for cursor in (None, 3):
            for theme in (DARK, plain):
                cells = draw(snapshot, curve, *size, theme, cursor=cursor)
                assert (cells.width, cells.height) == size
                assert title in cells.lines()[0]


def test_accuracies_are_drawn_where_they_were_measured() -> None:
    """Recomputed: every tenth iteration the network answers all examples again."""
    title = "overfitting"
    snapshot = ran(title).snapshot()
    run = Scheduler(Control(find(title).experiments(), paused=True))
    trainer, iterations, shares = run.control.run.trainer, [], []
    inputs, labels = snapshot.data.inputs, snapshot.data.targets
    every = snapshot.losses.evaluations.iteration
    for iteration in every:
        run.control.lineup.seek(0) if not iteration else run.control.lineup.advance(int(iteration) - trainer.iteration)
        right = (trainer.predict(inputs)[:, 0] > 0.5) == labels
        iterations.append(int(iteration))
        shares.append(100 * float(right.mean()))
    assert np.allclose(shares, 100 * snapshot.losses.evaluations.train_accuracy)
    cells = draw(snapshot, "accuracy")
    held_out = 100 * snapshot.losses.evaluations.validation_accuracy
    constant = 100 * float((snapshot.data.validation_targets == np.bincount(labels.astype(int)).argmax()).mean())
    axis = value_axis(np.concatenate([shares, held_out, [constant, 100.0]]))
    assert axis.high == 100
    dots = Dots(cells, bottom=axis.low, top=axis.high, end=snapshot.progress.target_iterations)
    for row, line in enumerate(cells.lines()):
        if "┤" in line:
            assert abs(dots.height(float(line[1 : dots.left - 1])) - 4 * (dots.rows - 1 - row + dots.first)) <= 4
    assert_drawn(dots, DARK.train, np.array(iterations), np.array(shares), last=True)


def test_the_best_evaluation_is_the_one_that_other_panels_call_so() -> None:
    """The one with the lowest validation loss; here others have a higher accuracy."""
    snapshot = samples.overfitting()
    evaluations = snapshot.losses.evaluations
    shares, place = evaluations.validation_accuracy, int(np.argmin(evaluations.validation_loss))
    assert shares[place] < shares.max()
    line = text(snapshot, "accuracy")[1]
    assert f"▲ best {percent(float(shares[place]), 1)} at {evaluations.iteration[place]}" in line
    assert sum(row.count("▲") for row in text(snapshot, "accuracy")[2:]) == 1


def test_the_constant_answer_is_a_line_where_the_data_are_the_same_for_all() -> None:
    snapshot = ran("imbalanced classes").snapshot()
    labels = snapshot.data.validation_targets
    commonest = np.bincount(snapshot.data.targets.astype(int)).argmax()
    share = percent(float((labels == commonest).mean()), 1)
    assert any(f"commonest class: {share}" in line for line in text(snapshot, "accuracy"))
    assert any(f"constant: {share}" in line for line in text(snapshot, "accuracy", 30, 10))
    seeds = [("A", build({})), ("B", build({"training": {"seed": 1}}))]
    other = Scheduler(Control(seeds, paused=True)).snapshot()
    assert not any("commonest" in line or "constant" in line for line in text(other, "accuracy"))


@pytest.mark.parametrize(
    ("schedule", "log"),
    [
        ({"name": "cosine", "warmup": 100}, False),
        ({"name": "exponential"}, True),
        ({"name": "step", "gamma": 0.1}, True),
        ({"name": "one_cycle"}, False),
        ({"name": "linear"}, False),
        ({"name": "constant"}, False),
    ],
)
def test_rates_are_drawn_as_they_were_and_as_the_schedule_has_them_ahead(schedule: dict, log: bool) -> None:
    target, base = 1000, 0.1
    tables = {"schedule": schedule, "training": {"iterations": target}, "optimizer": {"learning_rate": base}}
    experiment = build(tables)
    driver = Scheduler(Control([("A", experiment)], paused=True))
    driver.control.lineup.advance(600)
    snapshot = driver.snapshot()
    done = np.arange(target)
    expected = experiment.schedule.rates(base, done, target)
    assert snapshot.losses.planned is not None
    assert snapshot.losses.planned.iterations.tolist() == list(range(600, target))
    assert np.array_equal(snapshot.losses.planned.rates, expected[600:])
    no_limits = structs.replace(snapshot.losses, evaluations=EvaluationLog().view())
    cells = draw(structs.replace(snapshot, losses=no_limits), "learning_rate")
    assert ("log y" if log else "linear y") in cells.lines()[0]
    if schedule["name"] == "step":
        expected = 0.1 * 0.1 ** np.minimum(done // 250, 3)
    ticks = [float(line[1:].split("┤")[0]) for line in cells.lines() if "┤" in line and line[1:].split("┤")[0].strip()]
    low, high = (ticks[-1], ticks[0]) if log else (0.0, 0.12)
    dots = Dots(cells, bottom=low, top=high, end=target, log=log)
    assert_drawn(dots, DARK.train, done[:600] + 1, expected[:600], last=False)
    assert_drawn(dots, DARK.faint, done[600:] + 1, expected[600:], last=False)


def test_the_planned_curve_is_whole_however_early() -> None:
    driver = Scheduler(Control(find("learning-rate schedule: cosine").experiments(), paused=True))
    for iterations in (0, 3, 300):
        driver.control.lineup.advance(iterations - driver.control.run.iteration)
        cells = draw(driver.snapshot(), "learning_rate")
        assert "planned: cosine" in cells.lines()[1]
        assert "2k" in cells.lines()[-2]
    driver.control.lineup.advance(5000)
    assert driver.snapshot().losses.planned is None


def test_in_a_past_with_other_settings_nobody_says_what_comes_after_the_known() -> None:
    driver = Scheduler(Control([("A", build({"training": {"iterations": 100}}))], paused=True))
    for command in (do.StepIterations(10), do.ChangeSetting("optimizer.learning_rate", 0.3), do.StepIterations(10)):
        driver.obey(command)
    planned = driver.snapshot().losses.planned
    assert planned is not None
    assert planned.rates.tolist() == [0.3] * 80
    driver.obey(do.Seek(15))
    assert driver.snapshot().losses.planned is not None
    driver.obey(do.Seek(5))
    assert driver.snapshot().losses.planned is None


def test_an_accuracy_is_100_percent_only_if_all_are_right() -> None:
    snapshot = ran("imbalanced classes").snapshot()
    latest = snapshot.losses.evaluations.latest
    assert latest is not None
    log = EvaluationLog()
    log.append(structs.replace(latest, values=latest.values | {"validation_accuracy": 2999 / 3000}))
    one_wrong = structs.replace(snapshot, losses=structs.replace(snapshot.losses, evaluations=log.view()))
    shown = " ".join(text(one_wrong, "accuracy") + text(one_wrong, "accuracy", cursor=latest.iteration))
    assert "best 99.97%" in shown
    assert "validation 99.97%" in shown


@pytest.mark.parametrize("curve", ["accuracy", "learning_rate"])
def test_in_a_race_every_arm_has_its_letter_and_its_words(curve: str) -> None:
    snapshot = ran("race: SGD, momentum, Adam", 200).snapshot()
    lines = text(snapshot, curve, 120, 30)
    for arm in snapshot.arms:
        assert f"{arm.letter} " in lines[1]
        assert arm.name in lines[1]
    plot = "\n".join(line[8:-1] for line in lines[2:-2])
    assert {letter for letter in "ABC" if letter in plot} == set("ABC")
    assert ("validation set · % right" in lines[0]) is (curve == "accuracy")
    cells = draw(snapshot, curve, 120, 30, cursor=150)
    reading = cells.lines()[1]
    for arm in snapshot.arms:
        if curve == "accuracy":
            before = int(np.searchsorted(arm.losses.evaluations.iteration, 150, side="right")) - 1
            value = percent(float(arm.losses.evaluations.validation_accuracy[before]), 1)
        else:
            value = f"{arm.losses.learning_rate.last[149]:g}"
        assert f"{arm.letter} {value}" in reading


def test_the_cursor_reads_what_is_drawn() -> None:
    snapshot = samples.overfitting()
    evaluations = snapshot.losses.evaluations
    shares = evaluations.train_accuracy, evaluations.validation_accuracy
    train, validation = (percent(float(each[25]), 1) for each in shares)
    at = int(evaluations.iteration[25])
    assert f"at {at} · training {train} · validation {validation} " in text(snapshot, "accuracy", cursor=at)[1]
    assert f"validation {validation} (of {at})" in text(snapshot, "accuracy", cursor=at + 1)[1]
    assert text(snapshot, "accuracy", 22, cursor=at)[1][1:-1].strip().startswith(train)
    rate = f"{snapshot.losses.learning_rate.last[at - 1]:g}"
    assert f"at {at} · learning rate {rate}" in text(snapshot, "learning_rate", cursor=at)[1]
    assert "at 0 · learning rate –" in text(snapshot, "learning_rate", cursor=0)[1]


def test_keys_that_do_nothing_to_what_is_drawn_say_so() -> None:
    for curve, off in (("loss", set()), ("accuracy", {"log_y", "smoother"}), ("learning_rate", {"smoother"})):
        view = first_view(curve=curve)
        greyed = greyed_actions(samples.moons(), view, {"control"})
        assert greyed & {"log_y", "smoother"} == off
        for action in off:
            assert "L goes on" in why_idle(BY_ID[action], samples.moons(), view, {"control"})
