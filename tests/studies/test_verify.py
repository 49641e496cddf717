"""Verification: a claim that holds, one that does not, and one against another preset."""

from __future__ import annotations

from typing import Any

import pytest

from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.studies.verify import verify
from tui_trainer.telemetry.expectation import Comparison, Expectation
from tui_trainer.training import Experiment, build


def short(**training: Any) -> Experiment:
    return build({"training": {"iterations": 30, **training}})


def test_every_seed_is_judged() -> None:
    verdict = verify(short(), Expectation(bounds={"train_loss_below": 100}, ends="target"), seeds=range(3))
    assert verdict.misses == {0: [], 1: [], 2: []}
    assert verdict.held == len(verdict.misses)
    assert verdict.holds


def test_what_is_missed_is_said() -> None:
    claim = Expectation(finding="overfitting", bounds={"train_loss_below": 0.0}, units_equal=True, ends="diverged")
    verdict = verify(short(), claim, seeds=[4])
    assert not verdict.holds
    (missed,) = verdict.misses.values()
    assert missed[:3] == [
        "finding overfitting: never raised",
        "the run is to be diverged: it is finished",
        "units_equal true: it is false",
    ]
    assert missed[3].startswith("train_loss below 0: it is 0.")


def test_a_run_that_has_not_ended_is_under_way() -> None:
    run = DiagnosedRun(short())
    run.advance(2)
    assert Expectation(ends="target").misses(run.outcome()) == ["the run is to be finished: it is under way"]


def test_a_claim_about_luck_must_not_always_hold() -> None:
    claim = Expectation(bounds={"train_loss_below": 100}, share_of_seeds=0.2, share_of_seeds_at_most=0.8)
    assert not verify(short(), claim, seeds=range(2)).holds


def test_compares_with_another_run_of_the_same_seed() -> None:
    claim = Expectation(compared_with=Comparison(preset="other", train_loss_ratio_below=1.0))
    longer = short(iterations=300)
    assert verify(longer, claim, range(2), compared=short()).holds
    assert not verify(short(), claim, range(2), compared=longer).holds
    with pytest.raises(ValueError, match="no run of 'other'"):
        verify(short(), claim, range(1))


def test_a_number_that_the_run_does_not_have_fails() -> None:
    verdict = verify(build({"data": {"name": "sine"}}), Expectation(bounds={"train_accuracy_above": 0.0}), [0])
    assert verdict.misses == {0: ["train_accuracy above 0: it is nan"]}


def test_one_seed_is_no_seeds() -> None:
    claim = Expectation(bounds={"train_loss_below": 100})
    assert verify(short(), claim, seeds=[0]).sentence == "holds in 1 of 1 seed"


def test_a_share_that_is_no_number_of_seeds_needs_the_next_whole_one() -> None:
    assert Expectation(share_of_seeds=0.33, share_of_seeds_at_most=0.88).needed == "7 to 17 of 20"
    assert all(Expectation(share_of_seeds=n / 20).needed == f"{n} of 20" for n in range(21))
