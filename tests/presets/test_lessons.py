"""Numbers that the texts of presets name and that `[expect]` has no words for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from other_processor import other_processor

from tui_trainer.experiment import with_settings
from tui_trainer.presets import find
from tui_trainer.training import Trainer
from tui_trainer.training.probe import Probe


def trained(title: str, **settings: object) -> Trainer:
    """The preset's run at its end; `__` stands for the dot of a key."""
    changes = {key.replace("__", "."): value for key, value in settings.items()}
    trainer = Trainer(with_settings(find(title).experiment(), changes))
    trainer.run()
    return trainer


def printed_sums(trainer: Trainer, examples: int) -> NDArray[np.float64]:
    """What the article's program prints: the sum over an epoch of squared errors, each before its update."""
    return 2 * examples * trainer.losses.epoch.last


def iterations_until(trainer: Trainer, accuracy: float) -> float:
    """The first evaluation at which so many of the training examples are right."""
    evaluations = trainer.evaluations.view()
    reached = evaluations.iteration[evaluations.train_accuracy >= accuracy]
    return float(reached[0]) if len(reached) else np.inf


def test_the_articles_program() -> None:
    trainer = trained("glasses or rings")
    sums = printed_sums(trainer, 4)
    assert sums[[0, 25, 50, 75, 99]].round(4).tolist() == [0.4635, 0.1024, 0.0488, 0.0268, 0.0157]
    assert trainer.predict(np.array([[0.50, 0.55]]))[0, 0] == pytest.approx(0.9796, abs=5e-5)


@pytest.mark.parametrize(
    ("rate", "first", "last"), [(0.2, 0.4801, 0.0015), (0.01, 0.4564, 0.1891), (0.001, 0.4567, 0.3557)]
)
def test_the_articles_program_at_other_rates(rate: float, first: float, last: float) -> None:
    sums = printed_sums(trained("glasses or rings", optimizer__learning_rate=rate), 4)
    assert sums[[0, 99]].round(4).tolist() == [first, last]


def test_rate_0_9_rises_once_and_converges() -> None:
    sums = printed_sums(trained("glasses or rings: lr 0.9"), 4)
    assert sums[:2].round(3).tolist() == [0.749, 0.760]
    assert sums[99] < 1e-20


def test_without_the_clip_the_printed_loss_hovers_at_three_times_the_floor() -> None:
    sums = printed_sums(trained("glasses or rings: unclipped"), 4)
    assert 0.08 < np.median(sums[100:]) < 0.13
    assert 0.4 < (np.diff(sums) > 0).mean() < 0.6


@pytest.mark.parametrize(("rate", "last"), [(1.5, 19.97), (1.6, 1.334e12)])
def test_without_the_clip_the_limit_lies_between_1_5_and_1_6(rate: float, last: float) -> None:
    trainer = trained(
        "glasses or rings: unclipped",
        optimizer__learning_rate=rate,
        training__shuffle=False,
        training__epochs=100,
    )
    assert printed_sums(trainer, 4)[99] == pytest.approx(last, rel=1e-3)


def test_the_fifth_point_raises_the_floor() -> None:
    assert printed_sums(trained("glasses or rings: fifth point"), 5)[99] == pytest.approx(0.798, abs=5e-4)


@pytest.mark.parametrize("draw", range(3))
def test_sharpness_hovers_at_its_limit(draw: int) -> None:
    with other_processor(draw):
        trainer = Trainer(find("edge of stability").experiment())
    trainer.run(900)
    for _ in range(3):
        trainer.run(100)
        assert 0.85 < trainer.learning_rate * sharpness(trainer) / 2 < 1.15


def sharpness(trainer: Trainer, iterations: int = 40) -> float:
    """The largest eigenvalue of the Hessian of the loss of the first batch, here the whole set: power iteration
    with differences of gradients in float64, which is exact enough for a smooth network."""
    double = Trainer(with_settings(trainer.experiment, {"network.dtype": "float64"}))
    weights = trainer.vectors.parameters.astype(np.float64)
    probe = Probe(double.network, double.experiment.optimizer, *double.feed.block(0).plans[0], weights)
    direction = np.random.default_rng(0).standard_normal(len(weights))
    step, eigenvalue = 1e-4, 0.0
    for _ in range(iterations):
        direction /= np.linalg.norm(direction)
        probe.vectors.parameters[:] = weights + step * direction
        above = probe.gradient().copy()
        probe.vectors.parameters[:] = weights - step * direction
        product = (above - probe.gradient()) / (2 * step)
        eigenvalue, direction = float(direction @ product), product
    return eigenvalue


@pytest.mark.parametrize("seed", range(3))
def test_cross_entropy_needs_about_half_the_iterations_of_squared_error(seed: int) -> None:
    settings = {"training__seed": seed, "training__iterations": 1200, "training__evaluate_every": 10}
    cross_entropy = iterations_until(trained("mse or cross-entropy", **settings), 0.95)
    squared = iterations_until(trained("mse or cross-entropy: squared error", **settings), 0.95)
    twice = trained("mse or cross-entropy: squared error", optimizer__learning_rate=1.0, **settings)
    assert 1.4 < squared / cross_entropy < 3
    assert 0.6 < iterations_until(twice, 0.95) / cross_entropy < 1.5


def test_balanced_batches_find_the_rare_class() -> None:
    assert recall_of_rare("imbalanced classes") <= 0.52
    assert recall_of_rare("imbalanced classes: balanced batches") >= 0.56


def recall_of_rare(title: str) -> float:
    trainer = trained(title)
    rare = trainer.data.validation_targets == 1
    return float((trainer.predict(trainer.data.validation_inputs)[rare, 0] > 0.5).mean())


def test_embeddings_gather_the_subjects() -> None:
    trainer = Trainer(find("embeddings").experiment())
    before = distance_ratio(trainer)
    trainer.run()
    assert 0.6 < before < 0.95
    assert distance_ratio(trainer) < 0.01


def distance_ratio(trainer: Trainer) -> float:
    """Mean distance within a subject over mean distance between subjects, of the training phrases."""
    places, subjects = trainer.predict(trainer.data.train_inputs), trainer.data.train_targets
    distance = np.sqrt(np.square(places[:, None] - places[None]).sum(axis=-1))
    same, other = subjects[:, None] == subjects, ~np.eye(len(places), dtype=bool)
    return float(distance[same & other].mean() / distance[~same].mean())
