"""The article's program, number by number, and what is true where the article is not: LESSONS section 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tui_trainer.telemetry import Status
from tui_trainer.training import Trainer, build


def program(epochs: int = 100, **changes: Any) -> Trainer:
    """The article's program with `changes`, by table; trained for so many epochs."""
    tables: dict[str, dict[str, Any]] = {"data": {"name": "glasses_or_ring"}, "training": {"epochs": epochs}}
    for table, values in changes.items():
        tables.setdefault(table, {}).update(values)
    trainer = Trainer(build(tables))
    trainer.run()
    return trainer


def printed(trainer: Trainer) -> np.ndarray:
    """The loss that the article prints: the sum of the squared errors of an epoch, each before its update."""
    return trainer.losses.epoch.mean * 2 * len(trainer.train_set)


def test_the_losses_that_it_prints() -> None:
    trainer = program()
    losses = printed(trainer)
    assert trainer.status is Status.FINISHED
    assert (trainer.iteration, trainer.epoch, len(losses)) == (400, 100, 100)
    for epoch, loss in {0: 0.4635, 25: 0.1024, 50: 0.0488, 75: 0.0268, 99: 0.0157}.items():
        assert round(losses[epoch], 4) == loss


def test_the_point_that_it_asks_about() -> None:
    trainer = program()
    assert round(float(trainer.predict(np.array([[0.50, 0.55]]))[0, 0]), 4) == 0.9796
    assert trainer.evaluations.latest is not None
    assert trainer.evaluations.latest.train_accuracy == 1


def test_it_is_the_loop_of_the_article() -> None:
    """Error × input straight through the clip, example by example: to the last bits."""
    points, labels = np.array([[0.55, 0.48], [0.45, 0.72], [0.35, 0.03], [0.20, 0.03]]), [1, 1, 0, 0]
    w, b = np.array([0.5, 0.5]), 0.0
    for _ in range(100):
        for x, y in zip(points, labels, strict=True):
            error = np.clip(w @ x + b, 0, 1) - y
            w, b = w - 0.1 * error * x, b - 0.1 * error
    trainer = program()
    weights, bias = trainer.parameters[0]
    np.testing.assert_allclose(weights[:, 0], w, rtol=1e-13)
    np.testing.assert_allclose(bias, b, rtol=1e-13)


def test_rate_02_gives_the_losses_that_the_article_claims_for_01() -> None:
    losses = printed(program(optimizer={"learning_rate": 0.2}))
    assert [round(losses[0], 4), round(losses[99], 4)] == [0.4801, 0.0015]


def test_rate_09_converges() -> None:
    """One rise, then down to 1e-21: the clip hides the overshoot, and each step is below its own limit of 1.16."""
    losses = printed(program(optimizer={"learning_rate": 0.9}))
    rises = np.flatnonzero(np.diff(losses) > 0)
    assert rises.tolist() == [0]
    assert losses[:2].round(3).tolist() == [0.749, 0.760]
    assert losses[99] < 1e-20


def test_rate_0001_crawls() -> None:
    trainer = program(optimizer={"learning_rate": 0.001})
    losses = printed(trainer)
    assert losses[[0, 99]].round(4).tolist() == [0.4567, 0.3557]


def test_the_fifth_point_raises_the_floor() -> None:
    losses = printed(program(data={"extra": [0.5, 0.5]}))
    assert round(losses[99], 3) == 0.635


def test_the_point_between_the_glasses_raises_it_more() -> None:
    extra = {"extra": [0.5, 0.6]}
    assert printed(program(data=extra))[99] == pytest.approx(0.798, abs=0.0005)
    long = printed(program(data=extra, epochs=3000))
    assert long[-100:].mean() == pytest.approx(0.79, abs=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_a_contradiction_at_rate_09_bounces_for_ever(seed: int) -> None:
    changes: dict[str, Any] = {"data": {"extra": [0.5, 0.6]}, "optimizer": {"learning_rate": 0.9}}
    trainer = program(epochs=1000, **changes, training={"epochs": 1000, "shuffle": True, "seed": seed})
    late = printed(trainer)[-200:]
    assert late.mean() == pytest.approx(2.0, abs=0.5)
    assert (np.diff(late) > 0.01).mean() > 0.25


@pytest.mark.parametrize("seed", range(5))
def test_without_the_clip_shuffled_at_rate_09_never_settles(seed: int) -> None:
    network = {"output": "linear"}
    bouncing = program(
        network=network, optimizer={"learning_rate": 0.9}, training={"epochs": 300, "shuffle": True, "seed": seed}
    )
    settled = program(network=network, training={"epochs": 3000, "shuffle": True, "seed": seed})
    late, floor = printed(bouncing)[-100:], printed(settled)[-100:].mean()
    assert late.mean() > 2 * floor
    assert (np.diff(late) > 0).mean() > 0.25


def test_without_the_clip_rate_15_hovers_and_16_explodes() -> None:
    """One epoch is the linear map ∏(I − rate·x·xᵀ), whose spectral radius passes 1 at 1.5401."""

    def radius(rate: float) -> float:
        points = np.array([[0.55, 0.48, 1], [0.45, 0.72, 1], [0.35, 0.03, 1], [0.20, 0.03, 1]])
        epoch = np.eye(3)
        for x in points:
            epoch = (np.eye(3) - rate * np.outer(x, x)) @ epoch
        return float(np.abs(np.linalg.eigvals(epoch)).max())

    assert radius(1.5400) < 1 < radius(1.5402)
    hovering = program(network={"output": "linear"}, optimizer={"learning_rate": 1.5})
    assert printed(hovering)[99] == pytest.approx(20, abs=0.1)
    exploding = program(network={"output": "linear"}, optimizer={"learning_rate": 1.6})
    assert printed(exploding)[99] > 1e12


def test_the_whole_set_at_once_is_stable_below_0395() -> None:
    """With the summed gradient, which is four times the mean's."""

    def last(rate: float) -> float:
        full = {"batch_size": "full", "epochs": 2000}
        return float(
            printed(program(network={"output": "linear"}, optimizer={"learning_rate": 4 * rate}, training=full))[-1]
        )

    assert last(0.394) < 1
    assert last(0.397) > 1e3


def test_one_epoch_of_a_thousand_images_at_32_is_32_iterations_or_31() -> None:
    for drop_last, iterations in ((False, 32), (True, 31)):
        training = {"batch_size": 32, "drop_last": drop_last, "epochs": 100}
        trainer = Trainer(build({"data": {"name": "moons", "samples": 1000}, "training": training}))
        assert trainer.feed.order.per_epoch == iterations
        assert trainer.target == 100 * iterations
