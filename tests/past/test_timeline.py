"""The past in a bounded memory: copies thin out, what lies between is run again, and all of it is exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from allocations import traced
from lived import assert_same_curves, assert_same_moment, run_to, straight

from tui_trainer.past.keyframe_store import OVERHEAD
from tui_trainer.past.timeline import FIRST_SPACING, NEARBY_ITERATIONS, Timeline
from tui_trainer.training import Experiment, Trainer, build, with_setting

SMALL: dict[str, dict[str, Any]] = {
    "data": {"name": "moons", "samples": 12, "validation_samples": 4},
    "network": {"hidden": [3], "dropout": 0.1},
    "optimizer": {"name": "adam", "learning_rate": 0.01},
    "schedule": {"name": "linear", "end": 0.1},
    "training": {"batch_size": 5, "iterations": 30_000, "evaluate_every": 5_000},
}
VECTOR = (3 * 3 + 4 * 1) * 4
"""Bytes of this network's parameters in float32."""
COPY = 3 * VECTOR + OVERHEAD
"""Bytes of one copy: parameters and Adam's two slots."""


@pytest.fixture(autouse=True)
def _as_often_as_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """How fast this machine is does not matter here."""
    monkeypatch.setattr("tui_trainer.past.timeline.SHORTEST_GAP_SECONDS", 0.0)


def drive(timeline: Timeline, iteration: int) -> None:
    """Run and record as a diagnosed run does."""
    trainer = timeline.trainer
    while trainer.iteration < iteration:
        run_to(trainer, min(iteration, timeline.next_copy(trainer.iteration)))
        timeline.record()


def test_copies_stay_within_the_budget_and_thin_out_evenly() -> None:
    timeline = Timeline(Trainer(build(SMALL)), budget=20 * COPY)
    seen = set()
    for iteration in range(1000, 30_001, 1000):
        drive(timeline, iteration)
        kept = timeline._copies.iterations
        assert timeline.nbytes == len(kept) * COPY <= 20 * COPY
        assert kept[-1] == iteration // FIRST_SPACING * FIRST_SPACING  # one step back never is far
        on_grid = [each for each in kept if each % timeline.spacing == 0]
        assert len(kept) <= len(on_grid) + 1
        assert on_grid == list(range(timeline.spacing, iteration + 1, timeline.spacing))
        seen.add(timeline.spacing)
    assert seen == {FIRST_SPACING << doublings for doublings in range(5)}


def test_a_fast_run_stops_for_the_copies_of_the_grid_only_and_a_slow_one_for_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timeline = Timeline(Trainer(build(SMALL)), budget=20 * COPY)
    monkeypatch.setattr("tui_trainer.past.timeline.SHORTEST_GAP_SECONDS", np.inf)
    drive(timeline, 20_000)
    assert timeline.spacing == 8 * FIRST_SPACING
    kept = list(timeline._copies.iterations)
    assert [each for each in kept if each % timeline.spacing == 0] == list(range(1024, 20_000, 1024))
    assert timeline.next_copy(20_000) == 20_480
    monkeypatch.setattr("tui_trainer.past.timeline.SHORTEST_GAP_SECONDS", 0.0)
    monkeypatch.setattr("tui_trainer.past.timeline.LONGEST_GAP_SECONDS", 0.0)
    drive(timeline, 30_000)
    assert timeline._copies.iterations[-1] == 30_000 // FIRST_SPACING * FIRST_SPACING
    for iteration in (19_999, 20_481, 29_999):
        timeline.seek(iteration)
        assert_same_moment(timeline.trainer, straight(build(SMALL), [], iteration))


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
        for name in ("parameters", "step", "slots"):
            np.testing.assert_array_equal(getattr(now, name), getattr(known[place], name), err_msg=f"{name} {place}")


def test_memory_does_not_grow_with_the_run() -> None:
    with traced() as held:
        timeline = Timeline(Trainer(build(SMALL)), budget=20 * COPY)
        drive(timeline, 16_000)  # all caches are warm and all blocks reserved by then
        before = held()
        drive(timeline, 28_000)
        assert held() - before < 12_000  # less than a byte an iteration


def test_copies_of_the_smallest_networks_are_not_without_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_trainer.past.timeline.MAX_COPIES", 10)
    timeline = Timeline(Trainer(build(SMALL)))
    drive(timeline, 11 * FIRST_SPACING)
    assert list(timeline._copies.iterations) == [
        *range(2 * FIRST_SPACING, 11 * FIRST_SPACING, 2 * FIRST_SPACING),
        11 * FIRST_SPACING,
    ]


@pytest.mark.parametrize(("copies", "kept"), [(0, []), (1, [896]), (2, [512, 896])])
def test_a_network_too_large_for_many_copies_is_as_exact(copies: int, kept: list[int]) -> None:
    timeline = Timeline(Trainer(build(SMALL)), budget=copies * COPY)
    drive(timeline, 1000)
    assert list(timeline._copies.iterations) == kept
    for iteration in (700, 300, 0, 999, 1000):
        timeline.seek(iteration)
        assert_same_moment(timeline.trainer, straight(build(SMALL), [], iteration))
        assert timeline.nbytes <= copies * COPY


def test_plain_gradient_descent_needs_a_third_of_the_memory() -> None:
    tables = {**SMALL, "optimizer": {"name": "sgd", "learning_rate": 0.01}}
    timeline = Timeline(Trainer(build(tables)), budget=3 * (VECTOR + OVERHEAD))
    drive(timeline, 3 * FIRST_SPACING)
    assert list(timeline._copies.iterations) == [FIRST_SPACING, 2 * FIRST_SPACING, 3 * FIRST_SPACING]


def test_copies_of_the_best_weights_count() -> None:
    stopping = with_setting(build(SMALL), "training.early_stopping.patience", 100_000)
    for restore, size in ((True, COPY + VECTOR), (False, COPY)):
        made = with_setting(stopping, "training.early_stopping.restore_best", restore)
        timeline = Timeline(Trainer(made))
        drive(timeline, FIRST_SPACING)
        assert timeline.nbytes == size


def test_looking_around_in_the_past_is_short_the_second_time() -> None:
    """The copy before the moment visited last stays, and so does the newest."""
    timeline = Timeline(Trainer(build(SMALL)), budget=4 * COPY)
    drive(timeline, 10_000)
    for place in (3000, 7000, 5000):
        timeline.seek(place)
        assert (place - 1) // NEARBY_ITERATIONS * NEARBY_ITERATIONS in timeline._copies.iterations
        assert 10_000 // FIRST_SPACING * FIRST_SPACING in timeline._copies.iterations
        assert len(list(timeline.seek_in_slices(place - 1))) <= NEARBY_ITERATIONS
        assert timeline.nbytes <= 4 * COPY


@pytest.mark.parametrize("stop", [1, 2, 7])
def test_a_way_that_is_left_is_as_exact(stop: int) -> None:
    """Whoever stops a long seek stands at a whole moment, and goes elsewhere from there."""
    made, timeline = build(SMALL), Timeline(Trainer(build(SMALL)), budget=COPY)
    drive(timeline, 2000)
    for goal in (1500, 700, 1600):
        shares = [share for share, _ in zip(timeline.seek_in_slices(goal), range(stop), strict=False)]
        assert shares == sorted(shares)
        assert_same_moment(timeline.trainer, straight(made, [], timeline.trainer.iteration))
    assert list(timeline.seek_in_slices(1600))[-1] == 1
    assert_same_moment(timeline.trainer, straight(made, [], 1600))


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


def test_a_trainer_keeps_nothing_that_the_timeline_may_give_up() -> None:
    timeline = Timeline(Trainer(build(SMALL)))
    drive(timeline, 3 * FIRST_SPACING)
    timeline.seek(FIRST_SPACING + 1)
    timeline.seek(3 * FIRST_SPACING)
    anchor = timeline.trainer.anchor
    for iteration in timeline._copies.iterations:
        assert not np.shares_memory(anchor.parameters, timeline._copies[iteration].parameters)
