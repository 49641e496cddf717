"""The mean loss of an epoch is the same, to the bit, however a run is cut into pieces: where, is up to the clock."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tui_trainer.presets import find
from tui_trainer.training import Trainer
from tui_trainer.training.curves import Curves, epoch_means


def in_pieces(losses: NDArray[np.float64], ends: NDArray[np.bool_], length: int) -> list[float]:
    means, so_far = list[float](), (0.0, 0)
    for start in range(0, len(losses), length):
        piece = slice(start, start + length)
        more, so_far = epoch_means(losses[piece], ends[piece], so_far)
        means += more.tolist()
    assert so_far[1] == len(losses) % 29
    return means


def test_the_mean_of_an_epoch_does_not_depend_on_the_pieces() -> None:
    losses = np.random.default_rng(0).lognormal(size=29 * 12 + 5)
    ends = np.arange(len(losses)) % 29 == 28
    at_once = in_pieces(losses, ends, len(losses))
    assert at_once == pytest.approx(losses[: 29 * 12].reshape(12, 29).mean(axis=1), rel=1e-14)
    for length in range(1, 70):
        assert in_pieces(losses, ends, length) == at_once


def test_a_loss_that_is_no_number_spoils_its_epoch_alone() -> None:
    means, _ = epoch_means(np.array([1.0, np.nan, 3.0, 5.0]), np.array([False, True, False, True]), (0.0, 0))
    assert np.isnan(means[0])
    assert means[1] == 4.0


def test_a_run_in_steps_has_the_epoch_losses_of_a_run_at_once() -> None:
    experiment = find("handwritten digits").experiment()
    at_once, stepped = Trainer(experiment), Trainer(experiment)
    at_once.run(100)
    for length in (1, 2, 30, 7, 60):
        stepped.run(length)
    assert stepped.losses.epoch.last.tolist() == at_once.losses.epoch.last.tolist()
    assert len(at_once.losses.epoch.last) == 2


def test_it_does_not_matter_when_the_curves_are_read() -> None:
    """What is recorded waits to be entered; whoever reads must not notice."""
    losses = np.random.default_rng(0).lognormal(size=5_000)
    rates, ends = np.linspace(0.1, 0.2, len(losses)), np.arange(len(losses)) % 29 == 28
    read, unread = Curves(), Curves()
    for start in range(0, len(losses), 50):
        piece = slice(start, start + 50)
        for curves in (read, unread):
            curves.extend(losses[piece], rates[piece], ends[piece])
            assert curves.iteration == start + 50
        assert read.batch.last == losses[start + 49]
        assert read.rate.last == rates[start + 49]
        assert read.epoch.count == (start + 50) // 29
        assert read.epoch_so_far[1] == (start + 50) % 29
    known, late = read.losses(), unread.losses()
    assert late.epoch.last.tolist() == known.epoch.last.tolist()
    for one, other in ((late.batch, known.batch), (late.learning_rate, known.learning_rate)):
        assert one.last.tolist() == other.last.tolist()
        assert one.high.tolist() == other.high.tolist()
        assert one.mean == pytest.approx(other.mean, rel=1e-14)
