"""The curve that is drawn is the mean that it is said to be: dots against means recomputed from raw batch losses."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from drawn_curves import RecordedRun, drawn, race_plot, recorded, trailing_means
from msgspec import structs

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import loss_curve
from tui_trainer.dashboard.smoothing import turned, window
from tui_trainer.dashboard.standings import standings
from tui_trainer.dashboard.view import ONE_EPOCH
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.theme import make_theme
from tui_trainer.presets import find
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import History
from tui_trainer.telemetry import commands as do

DARK, ASCII = make_theme(), make_theme(ascii_only=True)
SIZES = [(47, 14), (78, 20), (118, 36)]
RUNS = {
    "glasses or rings": 400,
    "glasses or rings: fifth point": 500,
    "glasses or rings: lr 0.9": 400,
    "batch size 1": 1500,
    "overfitting": 300,
    "race: with and without dropout": 40,
}


@cache
def run(title: str) -> RecordedRun:
    return recorded(find(title).experiment(), RUNS[title])


@pytest.mark.parametrize("title", RUNS)
@pytest.mark.parametrize("log_y", [False, True])
def test_the_training_line_is_the_mean_of_the_batches(title: str, log_y: bool) -> None:
    snapshot, raw = run(title).snapshot, run(title).raw
    assert len(raw) == snapshot.iteration == RUNS[title]
    for smoothing, epochs in ((0, 0.0), (2, 0.25), (ONE_EPOCH, 1.0), (6, 4.0)):
        batches = max(int(epochs * math.ceil(snapshot.progress.examples / snapshot.progress.batch_size)), 1)
        assert window(snapshot, smoothing) == batches
        means = trailing_means(raw, batches)
        for size in SIZES:
            for theme in (DARK, ASCII):
                picture, _ = drawn(snapshot, first_view(log_y=log_y, smoothing=smoothing), *size, theme)
                heights = picture.expected([float(i) for i in range(1, len(raw) + 1)], means)
                assert picture.worst(heights) <= 1.0, (size, batches)


@pytest.mark.parametrize(("title", "mean"), [("glasses or rings", 0.00196), ("glasses or rings: fifth point", 0.080)])
def test_the_end_of_the_line_is_the_mean_of_the_last_epoch(title: str, mean: float) -> None:
    """These runs are calm: their numbers are the same everywhere."""
    snapshot = run(title).snapshot
    for log_y in (False, True):
        picture, cells = drawn(snapshot, first_view(log_y=log_y), 78, 20, DARK)
        assert "train: mean of the last epoch" in cells.lines()[1]
        last = picture.lit.any(axis=1).nonzero()[0].max()
        assert picture.lit[last].nonzero()[0].max() == pytest.approx(picture.up.place(mean), abs=1.0)


def test_a_run_longer_than_its_memory_of_batches_says_what_it_is_a_mean_of() -> None:
    """Of pairs of batches nobody knows the mean of five: so it is of six, and legend, cursor and key say so."""
    long = recorded(find("glasses or rings: fifth point").experiment(), 6001)
    snapshot, means = long.snapshot, trailing_means(long.raw, 6)
    assert (snapshot.losses.batch.width, snapshot.progress.batches_per_epoch) == (2, 5)
    assert window(snapshot, ONE_EPOCH) == 6
    picture, cells = drawn(snapshot, first_view(), 118, 36, DARK)
    assert "train: mean of 6 batches" in cells.lines()[1]
    heights = picture.expected([float(i) for i in range(1, 6002)], means)
    assert picture.worst(heights, aside=1) <= 1.0
    for cursor in (400, 5000):
        text = loss_curve.draw(snapshot, first_view(cursor=cursor), 118, 20, DARK).lines()[1]
        assert f"mean of 6 batches {compact(means[cursor - 1])}" in text
    text = loss_curve.draw(snapshot, first_view(cursor=6001), 118, 20, DARK).lines()[1]  # alone in its bucket so far
    assert f"mean of the last epoch {compact(trailing_means(long.raw, 5)[-1])}" in text
    rougher = turned(snapshot, ONE_EPOCH, -1)
    assert window(snapshot, rougher) == 2  # a half and a quarter of an epoch are no other pictures


def test_the_cursor_reads_the_line_too() -> None:
    snapshot, raw = run("glasses or rings").snapshot, run("glasses or rings").raw
    for cursor in (4, 50, 400):
        mean = compact(trailing_means(raw, 4)[cursor - 1])
        text = loss_curve.draw(snapshot, first_view(cursor=cursor), 118, 20, DARK).lines()[1]
        assert f"at {cursor} · batch loss {compact(raw[cursor - 1])} · mean of the last epoch {mean} · lr" in text
    assert (
        f"mean so far {compact(sum(raw[:3]) / 3)}"
        in loss_curve.draw(snapshot, first_view(cursor=3), 118, 20, DARK).lines()[1]
    )


def test_a_mean_of_zero_is_at_the_bottom_edge_and_said() -> None:
    """And it pulls no others down: the axis and the rest of the line stay as they are."""
    snapshot = run("glasses or rings").snapshot
    raw = np.array(run("glasses or rings").raw)
    raw[200:204] = 0.0
    history = History(start=1)
    history.extend(raw)
    zero = structs.replace(snapshot, losses=structs.replace(snapshot.losses, batch=history.buckets()))
    picture, cells = drawn(zero, first_view(log_y=True), 118, 36, DARK)
    assert "▁ at the bottom edge: down to 0" in cells.lines()[1]
    heights = picture.expected([float(i) for i in range(1, 401)], trailing_means(raw.tolist(), 4))
    assert picture.worst(heights) <= 1.0
    assert picture.up.low > 0
    assert "edge" not in drawn(zero, first_view(log_y=False), 118, 36, DARK)[1].lines()[1]
    assert "edge" not in drawn(snapshot, first_view(log_y=True), 118, 36, DARK)[1].lines()[1]


def test_where_the_batch_size_was_changed_the_window_is_said_in_iterations() -> None:
    driver = Scheduler(Control([("A", find("handwritten digits").experiment())], paused=True))
    driver.obey(do.StepIterations(60))
    assert "mean of the last epoch" in loss_curve.draw(driver.snapshot(), first_view(), 118, 20, DARK).lines()[1]
    driver.obey(do.ChangeSetting("training.batch_size", 64))
    driver.obey(do.StepIterations(40))
    snapshot = driver.snapshot()
    assert snapshot.progress.batches_per_epoch == 23
    assert "train: mean of 23 iterations" in loss_curve.draw(snapshot, first_view(), 118, 20, DARK).lines()[1]


def test_until_one_window_is_full_the_line_is_thin() -> None:
    snapshot = run("batch size 1").snapshot
    picture, _ = drawn(snapshot, first_view(smoothing=6), 78, 20, DARK)
    thickness = picture.lit.sum(axis=1)
    full = round(picture.across.place(4 * 256))
    drawn_columns = thickness.nonzero()[0]
    thin, thick = thickness[drawn_columns[drawn_columns < full]], thickness[drawn_columns[drawn_columns >= full]]
    assert sorted(thin)[len(thin) // 2] == 1
    assert sorted(thick)[len(thick) // 2] == 2


def test_the_start_is_a_point_of_its_own() -> None:
    snapshot = run("glasses or rings").snapshot
    lines = loss_curve.draw(snapshot, first_view(), 78, 20, DARK).lines()
    (place,) = [(y, line.index("○")) for y, line in enumerate(lines[2:]) if "○" in line]
    evaluations = snapshot.losses.evaluations
    assert evaluations.iteration[0] == 0
    picture, _ = drawn(snapshot, first_view(), 78, 20, DARK)
    rows = picture.up.dots // 4
    assert place[0] == rows - 1 - int(picture.up.place(float(evaluations.train_loss[0])) + 0.5) // 4


@pytest.mark.parametrize("log_y", [False, True])
def test_a_fork_ends_at_the_numbers_of_its_table(log_y: bool) -> None:
    driver = Scheduler(Control([("A", find("glasses or rings").experiment())], paused=True))
    steps = (
        do.StepIterations(200),
        do.Fork(),
        do.ChangeSetting("optimizer.learning_rate", 0.9),
        do.StepIterations(173),
    )
    for step in steps:
        driver.obey(step)
    snapshot = driver.snapshot()
    table = standings(snapshot.arms).arms
    assert len(table) == 2
    for size in SIZES:
        plot = race_plot(snapshot, first_view(log_y=log_y), *size, DARK)
        lines = plot.cells.lines()
        for each in table:
            rows = [y for y, line in enumerate(lines[: plot.rows]) if each.letter in line[plot.left :]]
            told = each.latest.train_loss
            dots = plot.vertical.place(told, plot.rows * 4)
            assert rows == [pytest.approx(plot.rows - 1 - dots // 4, abs=1)], compact(told)


def test_the_dropout_race_does_not_show_the_loser_winning() -> None:
    driver = Scheduler(Control(find("race: with and without dropout").experiments(), paused=True))
    driver.obey(do.StepIterations(600))
    snapshot = driver.snapshot()
    (ahead,) = [each.letter for each in standings(snapshot.arms).arms if each.ahead]
    for size in SIZES:
        plot = race_plot(snapshot, first_view(), *size, DARK)
        ends = {
            letter: next(y for y, line in enumerate(plot.cells.lines()) if letter in line[plot.left :])
            for letter in "AB"
        }
        assert max(ends, key=ends.__getitem__) == ahead or ends["A"] == ends["B"]
        assert "validation loss" in loss_curve.draw(snapshot, first_view(), *size, DARK).lines()[0]
