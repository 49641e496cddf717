"""When runs are evaluated: the rule in its own words, recomputed here iteration by iteration, and held to real runs."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tui_trainer.past.timeline import Timeline
from tui_trainer.training import Trainer, build
from tui_trainer.training.evaluation_schedule import EvaluationSchedule

TINY = {
    "data": {"name": "moons", "samples": 16, "validation_samples": 4},
    "network": {"hidden": [2]},
    "optimizer": {"learning_rate": 0.01},
}


def schedule(target: int, *, every: int | None = None, batch: int = 32, examples: int = 600) -> EvaluationSchedule:
    return EvaluationSchedule(every=every, target=target, batch=batch, examples=examples)


def walked(each: EvaluationSchedule, stop: int) -> list[int]:
    """The evaluations from 0 up to `stop`, one after the other."""
    iterations = [0]
    while iterations[-1] < stop:
        iterations.append(each.following(iterations[-1]))
    return iterations


@pytest.mark.parametrize("target", [1, 7, 99, 100, 101, 250, 400, 999, 1000])
def test_a_near_target_has_a_hundred(target: int) -> None:
    every = -(-target // 100)
    assert walked(schedule(target), target) == sorted({*range(0, target, every), target})
    beyond = -(-3 * target // every) * every
    assert walked(schedule(target), 3 * target) == sorted({*range(0, 3 * target, every), target, beyond})


@pytest.mark.parametrize("every", [1, 7, 5000])
def test_what_a_person_sets_is_kept(every: int) -> None:
    for target in (400, 20_000):
        assert walked(schedule(target, every=every), target) == sorted({*range(0, target, every), target})


@pytest.mark.parametrize("target", [1_001, 4_500, 37_000, 4_500_000])
@pytest.mark.parametrize(("batch", "examples"), [(32, 1797), (32, 600), (1, 150), (1000, 1400), (1, 8)])
def test_a_far_target(target: int, batch: int, examples: int) -> None:
    iterations = walked(schedule(target, batch=batch, examples=examples), target)
    assert iterations[-1] == target
    assert iterations[:101] == [*range(0, 1001, 10)]
    tenth, hundredth = 9 * examples / batch, target / 100
    for before, after in pairwise(iterations[100:]):
        # Distances are rounded up to 10 times a power of two.
        assert after - before <= max(0.02 * before, 2 * min(tenth, hundredth), 10)
        if before == 1_000 or after == target:
            continue  # where one distance ends and another one begins
        assert after - before >= min(tenth, hundredth)
        assert after - before >= 0.01 * before
    if tenth < hundredth:
        after_first = iterations[101:-1]
        computed = batch * (target - 1000) + examples * len(after_first)
        assert examples * len(after_first) <= 0.1 * computed


def test_very_many_examples_are_evaluated_less_often_from_the_start() -> None:
    iterations = walked(schedule(10_000_000, batch=1, examples=100_400), 1_000)
    assert iterations[-1] == 1_000
    assert 100_400 * (len(iterations) - 1) <= 1_000_000


@pytest.mark.parametrize(
    "case",
    [(400, 32, 600), (1_001, 1, 600), (5_000, 1, 600), (60_000, 32, 600), (60_000, 600, 600), (10**8, 9, 99_000)],
)
def test_each_iteration_can_be_asked_alone(case: tuple[int, int, int]) -> None:
    """What is due does not depend on where one comes from: a run that seeks back goes on alike."""
    each = schedule(case[0], batch=case[1], examples=case[2])
    known = [i for i in range(1, 260_000) if each.is_due(i)]
    assert known == walked(each, known[-1])[1:]
    for iteration in (0, 1, 9, 10, 333, 999, 1_000, 1_001, 1_999, 2_000, 31_999, 32_000, 59_999):
        assert each.following(iteration) == next(i for i in known if i > iteration)


def test_far_along_it_is_still_one_look() -> None:
    each = schedule(10**9)
    assert each.following(10**9 - 1) == 10**9
    assert 0.01 * 5e8 <= each.distance(5 * 10**8) <= 0.02 * 5e8
    assert 0 < each.following(5 * 10**8) - 5 * 10**8 <= each.distance(5 * 10**8)


def evaluated(trainer: Trainer) -> list[int]:
    return [int(i) for i in trainer.evaluations.view().iteration]


def test_a_run_follows_it_and_goes_on_beyond_its_target() -> None:
    experiment = build(TINY | {"training": {"batch_size": 8, "iterations": 2_345}})
    trainer = Trainer(experiment)
    trainer.run()
    expected = walked(schedule(2_345, batch=8, examples=20), 2_345)
    assert evaluated(trainer) == expected
    trainer.run(500)
    assert evaluated(trainer) == [i for i in walked(schedule(2_345, batch=8, examples=20), 3_000) if i <= 2_845]


def test_a_change_of_the_batch_size_changes_it_from_there_on() -> None:
    experiment = build(TINY | {"training": {"batch_size": 16, "iterations": 400_000}})
    smaller = build(TINY | {"training": {"batch_size": 1, "iterations": 400_000}})
    trainer = Trainer(experiment)
    trainer.run(1_500)
    trainer.change(smaller)
    trainer.run(1_500)
    assert [i for i in evaluated(trainer) if i > 1_000] == [
        *range(1_020, 1_501, 20),  # 9 × 20 / 16 = 12 iterations would do, 2 % are 20
        *range(1_600, 3_000, 320),  # 9 × 20 / 1 = 180, which rounds up to 320
    ]


def test_going_back_and_on_again_comes_by_the_same_evaluations() -> None:
    trainer = Trainer(build(TINY | {"training": {"batch_size": 8, "iterations": 50_000}}))
    timeline = Timeline(trainer)
    while trainer.iteration < 3_000:
        trainer.run(timeline.next_copy(trainer.iteration) - trainer.iteration)
        timeline.record()
    before = evaluated(trainer)
    losses = trainer.evaluations.view().train_loss.copy()
    timeline.seek(1_237)
    timeline.cut()
    trainer.run(before[-1] - 1_237)
    assert evaluated(trainer) == before
    assert trainer.evaluations.view().train_loss.tolist() == losses.tolist()


def test_early_stopping_looks_at_the_same_evaluations_when_run_again() -> None:
    training = {"batch_size": 4, "iterations": 20_000, "early_stopping": {"patience": 15_000}}
    trainer = Trainer(build(TINY | {"training": training}))
    timeline = Timeline(trainer)
    while trainer.iteration < 2_500:
        trainer.run(timeline.next_copy(trainer.iteration) - trainer.iteration)
        timeline.record()
    known = trainer.early_stop
    timeline.seek(700)
    timeline.seek(timeline.newest)
    assert trainer.early_stop.best_iteration == known.best_iteration
    assert trainer.early_stop.best_loss == known.best_loss
