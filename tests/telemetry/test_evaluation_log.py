"""The log of evaluations: bounded, ordered, and it never loses the best one."""

from __future__ import annotations

import made_up
import numpy as np
import pytest

from tui_trainer.telemetry import Evaluation, EvaluationLog, Evaluations, LayerValues


def evaluation(iteration: int, validation_loss: float | None = None, **more: float | None) -> Evaluation:
    return made_up.evaluation(
        iteration,
        epoch=iteration // 10,
        layers=tuple(layer(number, iteration) for number in range(3)),
        train_loss=more.get("train_loss") or float(iteration),
        validation_loss=validation_loss,
        train_accuracy=more.get("train_accuracy"),
    )


def layer(number: int, iteration: int) -> LayerValues:
    """Measured as its number and the iteration say."""
    return made_up.layer(
        f"layer {number + 1}", gradient_norm=10.0 * iteration + number, update_ratio=-10.0 * iteration - number
    )


def gradient_norms(view: Evaluations) -> np.ndarray:
    return view.of_layers("gradient_norm")


def update_ratios(view: Evaluations) -> np.ndarray:
    return view.of_layers("update_ratio")


def test_the_curve_is_what_was_put_in() -> None:
    log = EvaluationLog()
    for iteration, loss in ((0, 3.0), (5, None), (9, 2.0)):
        log.append(evaluation(iteration, loss, train_accuracy=0.5 if iteration else None))
    view = log.view()
    assert view.iteration.tolist() == [0, 5, 9]
    np.testing.assert_array_equal(view.train_loss, [0, 5, 9])
    np.testing.assert_array_equal(view.validation_loss, [3, np.nan, 2])
    np.testing.assert_array_equal(view.train_accuracy, [np.nan, 0.5, 0.5])
    assert gradient_norms(view).tolist() == [[0, 50, 90], [1, 51, 91], [2, 52, 92]]
    assert update_ratios(view).tolist() == [[0, -50, -90], [-1, -51, -91], [-2, -52, -92]]
    assert view.latest is not None
    assert view.best is not None
    assert (view.latest.iteration, view.best.iteration) == (9, 9)


def test_the_best_is_the_first_of_the_lowest_finite_ones() -> None:
    log = EvaluationLog()
    for iteration, loss in enumerate([3.0, 1.0, np.nan, -np.inf, 1.0, 2.0]):
        log.append(evaluation(iteration, loss))
    assert log.best is not None
    assert log.best.iteration == 1


def test_no_validation_no_best() -> None:
    log = EvaluationLog()
    log.append(evaluation(0))
    assert log.view().best is None


def test_a_validation_loss_of_zero_is_not_beaten() -> None:
    log = EvaluationLog()
    for iteration, loss in enumerate([1.0, 0.0, 0.5]):
        log.append(evaluation(iteration, loss))
    assert log.best is not None
    assert log.best.iteration == 1


def test_bounded_and_equally_fine_everywhere() -> None:
    log = EvaluationLog(capacity=64)
    for iteration in range(10_000):
        log.append(evaluation(iteration, abs(iteration - 1234) + 1.0))
    view = log.view()
    assert len(view.iteration) <= 64
    assert view.iteration[[0, -1]].tolist() == [0, 9_999]
    assert np.diff(view.iteration).min() > 0
    assert np.diff(view.iteration).max() <= 10_000 / 16
    assert log.best is not None
    assert log.best.iteration == 1234
    np.testing.assert_array_equal(view.train_loss[1:], view.iteration[1:])
    np.testing.assert_array_equal(gradient_norms(view)[2], 10 * view.iteration + 2)
    np.testing.assert_array_equal(update_ratios(view)[2], -10 * view.iteration - 2)


def test_the_best_of_a_past_moment_outlives_the_thinning() -> None:
    """Of a noisy loss that falls slowly: what was the best for long is still known, wherever a person goes back to."""
    random = np.random.default_rng(0)
    losses = (1 / (1 + np.arange(5_000) / 300) + 0.3 * random.random(5_000)).tolist()
    log = EvaluationLog(capacity=128)
    for iteration, loss in enumerate(losses):
        log.append(evaluation(iteration, loss))
    for moment in range(400, 5_000, 350):
        best = log.view().until(moment).best
        assert best is not None
        lowest = min(losses[: moment + 1])
        stood_since = losses.index(lowest)
        assert best.iteration == stood_since or moment - stood_since < 5_000 / 16
        assert best.validation_loss is not None
        assert best.validation_loss <= min(losses[: moment + 1 - 5_000 // 16])


@pytest.mark.parametrize("at", [0, 4, 7, 100])
def test_cut_is_as_if_the_rest_had_never_been(at: int) -> None:
    log, short = EvaluationLog(), EvaluationLog()
    for iteration, loss in ((0, 5.0), (4, 2.0), (8, 3.0), (12, 1.0)):
        log.append(evaluation(iteration, loss))
        if iteration <= at:
            short.append(evaluation(iteration, loss))
    log.cut(at)
    ours, theirs = log.view(), short.view()
    np.testing.assert_array_equal(ours.iteration, theirs.iteration)
    np.testing.assert_array_equal(ours.validation_loss, theirs.validation_loss)
    np.testing.assert_array_equal(gradient_norms(ours), gradient_norms(theirs))
    for mine, other in ((ours.latest, theirs.latest), (ours.best, theirs.best)):
        assert mine is not None
        assert other is not None
        assert (mine.iteration, mine.validation_loss) == (other.iteration, other.validation_loss)
    log.append(evaluation(200, 0.5))
    assert log.view().iteration[-1] == 200


def test_a_view_stays_what_it_was_whatever_comes() -> None:
    log = EvaluationLog(capacity=16)
    for iteration in range(12):
        log.append(evaluation(iteration))
    view = log.view()
    before = [array.copy() for array in (view.iteration, view.train_loss, gradient_norms(view), update_ratios(view))]
    for iteration in range(12, 60):
        log.append(evaluation(iteration))
    log.cut(5)
    for iteration in range(100, 130):
        log.append(evaluation(iteration))
    for array, was in zip(
        (view.iteration, view.train_loss, gradient_norms(view), update_ratios(view)), before, strict=True
    ):
        np.testing.assert_array_equal(array, was)


def test_a_log_that_has_all_forgets_none() -> None:
    log = EvaluationLog(8)
    log.has_all = True
    for iteration in range(100):
        log.append(evaluation(iteration, 1.0 / (1 + iteration)))
    assert log.view().iteration.tolist() == list(range(100))
    assert gradient_norms(log.view())[2].tolist() == [10.0 * iteration + 2 for iteration in range(100)]
    assert log.view().validation_loss[9] == 0.1
    log.cut(40)
    assert log.view().iteration.tolist() == list(range(41))


def test_it_does_not_matter_when_the_log_is_read() -> None:
    """Evaluations wait to be written into the columns; whoever reads must not notice."""
    read, unread = EvaluationLog(capacity=16), EvaluationLog(capacity=16)
    for iteration in range(300):
        measured = evaluation(iteration, None if iteration % 3 else 5.0, train_accuracy=0.5 if iteration > 9 else None)
        measured = made_up.replaced(measured, exact=iteration + 0.5 if iteration > 20 else None)
        for log in (read, unread):
            log.append(measured)
        assert read.view().iteration[-1] == iteration
    known, late = read.view(), unread.view()
    assert late.iteration.tolist() == known.iteration.tolist()
    assert late.positions.tolist() == known.positions.tolist()
    for name in ("train_loss", "validation_loss", "train_accuracy"):
        np.testing.assert_array_equal(late.of(name), known.of(name))
    np.testing.assert_array_equal(gradient_norms(late), gradient_norms(known))
