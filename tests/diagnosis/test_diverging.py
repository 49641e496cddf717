"""Diverging: at once where the loss is beyond all bounds, later where it stays far above the start."""

from __future__ import annotations

import math

import pytest
from synthetic_runs import BASE, observed

from tui_trainer.diagnosis import CLEAR
from tui_trainer.diagnosis.diverging import BEYOND, FALLING, FAR, SPAN


@pytest.mark.parametrize("loss", [math.nan, math.inf])
@pytest.mark.parametrize("before", [[], [0.8], [0.8, 0.5, 0.4]])
def test_a_loss_that_is_no_number_diverges_at_once(loss: float, before: list[float]) -> None:
    (finding,) = observed([*before, loss]).findings
    assert finding.id == "diverging"
    assert finding.since == 10 * len(before)
    assert "too large to compute with" in finding.sentence
    assert all(math.isfinite(value) for value in finding.evidence.values()) or not before


def test_a_batch_loss_that_is_no_number_diverges_at_once() -> None:
    diagnosis = observed([0.8, 0.5])
    diagnosis.observe_non_finite(17)
    (finding,) = diagnosis.findings
    assert (finding.id, finding.since) == ("diverging", 17)
    assert finding.sentence == "Diverging since iteration 17: after iteration 17 the loss is too large to compute with."
    assert "the last one measured before was 0.5" in finding.expert


def test_beyond_all_bounds_once_is_enough() -> None:
    (finding,) = observed([0.8, 1.01 * BEYOND * 0.8]).findings
    assert (finding.id, finding.since) == ("diverging", 10)
    assert finding.sentence == (
        "Diverging since iteration 10: training loss rose from 0.80 at the start to 808 at iteration 10."
    )
    assert finding.evidence["ratio"] == pytest.approx(1.01 * BEYOND)


def test_a_steady_rise_far_above_the_start_is_diverging() -> None:
    rising = [0.8 * 1.3**step for step in range(20)]
    far = next(step for step, loss in enumerate(rising) if loss > FAR * 0.8) + SPAN
    assert observed(rising[: far - 1]).findings == ()
    (finding,) = observed(rising[:far]).findings
    assert finding.since == 10, "since it left the measure, not since it was noticed"


def test_the_first_loss_counts_where_it_is_above_the_best_constant_answer() -> None:
    """Exploding weights start far up; that is not divergence."""
    assert observed([500.0, 900.0, 700.0, 400.0]).findings == ()
    assert observed([BASE / 100, 0.9 * FAR * BASE]).findings == ()


def test_thrown_far_up_and_hovering_there_is_diverging() -> None:
    losses = [0.8] + [20.0 + 5 * math.sin(step) for step in range(60)]
    assert observed(losses[:SPAN]).findings == ()
    (finding,) = observed(losses[: SPAN + 1]).findings
    assert (finding.id, finding.since) == ("diverging", 10)
    assert observed(losses).findings[0].id == "diverging"


def test_a_visit_to_high_places_is_left_alone() -> None:
    assert observed([0.8, 5.0, 9.0, 4.0, 2.5, 0.7, 0.6]).raised == []


def test_a_divergence_that_comes_back_down_is_released() -> None:
    rising = [0.8 * 1.5**step for step in range(10)]
    diagnosis = observed(rising)
    assert [finding.id for finding in diagnosis.findings] == ["diverging"]
    assert observed([0.7] * 5, diagnosis=diagnosis, start=10).findings == ()


def test_what_falls_from_far_up_has_been_mended() -> None:
    exploded = [0.8, 8e3, 8e4, 8e5]
    assert observed(exploded).findings
    assert not observed([*exploded, *(7e5 * 0.7**step for step in range(FALLING + CLEAR))]).findings
    assert observed([*exploded, *(7e5 * 0.7**step for step in range(FALLING + CLEAR)), 9e6]).findings


def test_since_stays_while_the_numbers_go_on() -> None:
    rising = [0.8 * 1.5**step for step in range(14)]
    early, late = observed(rising[:9]).findings[0], observed(rising).findings[0]
    assert early.since == late.since
    assert early.evidence["train_loss"] < late.evidence["train_loss"] == rising[-1]


def test_a_shorter_step_is_proposed_and_clipping_where_it_is_off() -> None:
    settings = {"optimizer.learning_rate": 20.0, "optimizer.clip_norm": 0.0}
    (finding,) = observed([0.8, math.nan], settings=settings).findings
    assert [remedy.settings for remedy in finding.remedies] == [
        {"optimizer.learning_rate": 2.0},
        {"optimizer.learning_rate": 6.7},
        {"optimizer.clip_norm": 1.0},
    ]
    (finding,) = observed([0.8, math.nan], settings={"optimizer.clip_norm": 0.5}).findings
    assert [list(remedy.settings) for remedy in finding.remedies] == [["optimizer.learning_rate"]] * 2
