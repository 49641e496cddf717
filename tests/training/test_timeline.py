"""The past in a bounded memory: copies thin out, what lies between is run again, and all of it is exact."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from lived import assert_same_curves, assert_same_moment, run_to, straight

from tui_trainer.training import Experiment, Trainer, build, with_setting
from tui_trainer.training.timeline import SPACING, Timeline

SMALL: dict[str, dict[str, Any]] = {
    "data": {"name": "moons", "samples": 12, "validation_samples": 4},
    "network": {"hidden": [3], "dropout": 0.1},
    "optimizer": {"name": "adam", "learning_rate": 0.01},
    "schedule": {"name": "linear", "end": 0.1},
    "training": {"batch_size": 5, "iterations": 30_000, "evaluate_every": 5_000},
}
COPY = 5 * (3 * 3 + 4 * 1) * 4
"""Bytes of one copy of this network: parameters, gradient, update and two slots in float32."""


def drive(timeline: Timeline, iteration: int) -> None:
    """Run and record as a session does."""
    trainer = timeline.trainer
    while trainer.iteration < iteration:
        run_to(trainer, min(iteration, timeline.next_copy(trainer.iteration)))
        timeline.record()


def test_copies_stay_within_the_budget_and_thin_out_evenly() -> None:
    timeline = Timeline(Trainer(build(SMALL)), budget=20 * COPY)
    assert timeline.capacity == 20
    assert timeline.nbytes == 20 * COPY
    seen = set()
    for iteration in range(1000, 30_001, 1000):
        drive(timeline, iteration)
        kept = timeline._iterations
        assert len(kept) <= 20
        assert kept[0] == 0
        assert all(each % timeline.spacing == 0 for each in kept)
        assert set(np.diff(kept)) == {timeline.spacing}
        seen.add(timeline.spacing)
    assert seen == {SPACING << doublings for doublings in range(5)}


def test_any_moment_of_a_long_run_to_the_bit() -> None:
    made = build(SMALL)
    timeline, random = Timeline(Trainer(made), budget=20 * COPY), np.random.default_rng(0)
    places = [0, 1, 63, 64, 65, 29_999, 30_000, *random.integers(0, 30_000, 12).tolist()]
    known = {}
    for place in sorted(places):
        drive(timeline, place)
        known[place] = timeline.trainer.keyframe()
    for place in [*places, *reversed(places)]:
        timeline.seek(place)
        now = timeline.trainer.keyframe()
        for name in ("parameters", "gradient", "update", "slots"):
            np.testing.assert_array_equal(getattr(now, name), getattr(known[place], name), err_msg=f"{name} {place}")


def test_memory_does_not_grow_with_the_run() -> None:
    tracemalloc.start()
    try:
        timeline = Timeline(Trainer(build(SMALL)), budget=20 * COPY)
        drive(timeline, 12_000)  # all caches are warm by then
        before, _ = tracemalloc.get_traced_memory()
        drive(timeline, 20_000)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 20_000


def test_a_large_network_keeps_its_start_and_one_more() -> None:
    timeline = Timeline(Trainer(build(SMALL)), budget=1)
    assert timeline.capacity == 2
    drive(timeline, 1000)
    assert timeline._iterations == [0, 512]
    timeline.seek(700)
    assert_same_moment(timeline.trainer, straight(build(SMALL), [], 700))
    timeline.seek(300)
    assert_same_moment(timeline.trainer, straight(build(SMALL), [], 300))


def test_copies_of_the_best_weights_count() -> None:
    stopping = with_setting(build(SMALL), "training.early_stopping.patience", 10_000)
    kept = with_setting(stopping, "training.early_stopping.restore_best", False)
    budget = 60 * COPY
    assert Timeline(Trainer(stopping), budget).capacity == 50
    assert Timeline(Trainer(kept), budget).capacity == 60


def test_seeking_is_clipped_to_what_has_been() -> None:
    timeline = Timeline(Trainer(build(SMALL)))
    drive(timeline, 100)
    timeline.seek(500)
    assert timeline.trainer.iteration == 100
    timeline.seek(-3)
    assert timeline.trainer.iteration == 0


def test_going_back_leaves_the_curves_alone() -> None:
    timeline = Timeline(Trainer(build(SMALL)))
    drive(timeline, 200)
    before = timeline.trainer.losses
    timeline.seek(17)
    after = timeline.trainer.losses
    np.testing.assert_array_equal(before.batch.last, after.batch.last)
    assert after.batch.count == 200


def lived_anew(made: Experiment, reached: int, cut: int, again: int) -> Trainer:
    timeline = Timeline(Trainer(made))
    drive(timeline, reached)
    timeline.seek(cut)
    timeline.cut()
    assert timeline.newest == cut
    drive(timeline, again)
    return timeline.trainer


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 63, 64, 65, 190, 200])
def test_after_a_cut_the_curves_are_those_of_a_straight_run(cut: int) -> None:
    made = with_setting(build(SMALL), "training.evaluate_every", 9)
    assert_same_curves(lived_anew(made, 200, cut, cut), straight(made, [], cut))
    assert_same_curves(lived_anew(made, 200, cut, 260), straight(made, [], 260))


@pytest.mark.parametrize("cut", [0, 777, 1500, 2999])
def test_a_cut_of_curves_that_have_been_merged(cut: int) -> None:
    """Beyond 1,024 iterations a bucket holds several; the last ones are lived again so that none is lost."""
    made = build(SMALL)
    coarse, fine = lived_anew(made, 3000, cut, cut).losses.batch, straight(made, [], cut).losses.batch
    assert coarse.count == fine.count == cut
    assert coarse.non_finite.sum() == 0
    if cut:
        assert coarse.last[-1] == fine.last[-1]
        assert coarse.low.min() == fine.low.min()
        assert coarse.high.max() == fine.high.max()
        step = coarse.width // fine.width
        np.testing.assert_array_equal(coarse.last[:-1], fine.last[step - 1 :: step][: len(coarse.last) - 1])
    assert_same_curves(lived_anew(made, 3000, cut, 3000), straight(made, [], 3000))


def test_spacing_outlasts_the_anchor() -> None:
    """A trainer may return to a copy it was restored from until its next anchor: the copy must not be reused sooner."""
    from tui_trainer.training.trainer import ANCHOR_EVERY

    assert ANCHOR_EVERY <= SPACING
