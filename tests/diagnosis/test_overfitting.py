"""Overfitting: validation loss well above its minimum while training loss falls on; nothing without held-out data."""

from __future__ import annotations

import contextlib
import math

import pytest
from synthetic_runs import Remembering, evaluation, observed, overfitted

from tui_trainer.datasets import DATASETS
from tui_trainer.diagnosis.overfitting import AGO, RULE, errors_needed
from tui_trainer.experiment.in_force import flat_settings
from tui_trainer.training import SettingError, build, with_setting


def test_validation_loss_that_turned() -> None:
    training, validation = overfitted(20)
    (finding,) = observed(training, validation).findings
    assert (finding.id, finding.title, finding.since) == ("overfitting", "overfitting", 100)
    assert finding.sentence == (
        "Overfitting since iteration 100: validation loss rose from 0.30 to 0.68 at iteration 290 while training loss "
        "fell to 0.062."
    )
    assert finding.evidence["best_iteration"] == 100
    assert finding.evidence["gap"] == pytest.approx(validation[-1] - training[-1])
    assert "GL = 127 %" in finding.expert


def test_a_minimum_of_0_is_a_minimum() -> None:
    training, validation = overfitted(20)
    (finding,) = observed(training, [loss - min(validation) for loss in validation]).findings
    assert "validation loss rose from 0 to 0.38" in finding.sentence


def test_it_takes_a_few_evaluations_after_the_minimum() -> None:
    training, validation = overfitted(20)
    turned = next(n for n, loss in enumerate(validation) if n > 10 and loss > 1.15 * 0.3)
    first = max(turned, 10 + AGO) + RULE.in_a_row
    assert observed(training[: first - 1], validation[: first - 1]).findings == ()
    assert observed(training[:first], validation[:first]).findings != ()


def test_without_a_validation_set_it_never_fires() -> None:
    training, _ = overfitted(60)
    assert observed(training).raised == []


def test_both_losses_rising_is_something_else() -> None:
    training = [0.5 - 0.03 * step for step in range(10)] + [0.21 + 0.02 * step for step in range(20)]
    assert observed(training, [loss + 0.1 for loss in training]).raised == []


def test_a_rise_within_the_noise_of_the_validation_set_is_left_alone() -> None:
    training, validation = overfitted(10)
    assert observed(training, validation, validation_error=0.01).findings != ()
    assert observed(training, validation, validation_error=0.12).raised == []


def test_a_rise_that_lasts_is_no_chance() -> None:
    """Where a few examples make it, their standard error grows with it."""
    training, validation = overfitted(40)
    surer = [max(loss - 0.3, 0.01) for loss in validation]

    def raised(count: int) -> bool:
        diagnosis = Remembering()
        for number in range(count):
            made = evaluation(
                number, training[number], validation[number], validation_error=surer[number], share_done=number / 100
            )
            diagnosis.observe(made)
        return bool(diagnosis.raised)

    assert raised(30)
    assert not raised(22), "two errors are not reached, and it is not long ago"


def test_one_held_out_example_says_nothing_of_others() -> None:
    training, validation = overfitted(40)
    assert observed(training, validation, validation_examples=1).raised == []


def test_few_held_out_examples_are_said_to_be_few() -> None:
    training, validation = overfitted(20)
    (finding,) = observed(training, validation, validation_examples=12, validation_error=0.01).findings
    assert finding.sentence.endswith("training loss fell to 0.062 (only 12 held-out examples).")
    (finding,) = observed(training, validation, validation_examples=50, validation_error=0.01).findings
    assert "held-out" not in finding.sentence


def test_an_error_that_few_examples_estimate_counts_for_less() -> None:
    """The quantiles of Student's t at the probability of two standard errors (0.97725), from published tables."""
    for examples, quantile in ((3, 4.53), (4, 3.31), (6, 2.65), (11, 2.28), (51, 2.05)):
        assert errors_needed(examples) == pytest.approx(quantile, rel=0.01)
    assert errors_needed(2) > 10
    assert errors_needed(None) == 2
    training, validation = overfitted(10)
    assert observed(training, validation, validation_error=0.05, validation_examples=200).findings != ()
    assert observed(training, validation, validation_error=0.05, validation_examples=3).raised == []


def test_it_takes_more_that_was_learnt_about_the_training_examples() -> None:
    _, validation = overfitted(30)
    training = [0.4 - 0.001 * step for step in range(40)]
    assert observed(training, validation).raised == []


def test_a_rise_that_hardly_matters_is_left_alone() -> None:
    """Twice the minimum, but a hundredth of what a constant answer loses."""
    training = [0.7 * 0.8**step for step in range(60)]
    validation = [max(0.7 * 0.8**step, 0.004) + 0.0001 * step for step in range(60)]
    assert observed(training, validation).raised == []


def test_a_validation_loss_that_is_no_number_says_nothing() -> None:
    training, validation = overfitted(20)
    assert observed(training, [math.nan] * len(validation)).raised == []
    broken = [*validation[:5], math.nan, *validation[6:]]
    assert [finding.since for finding in observed(training, broken).findings] == [100]


def test_a_new_minimum_moves_the_start() -> None:
    training, validation = overfitted(20)
    more = [validation[-1], 0.2, *(0.2 + 0.03 * step for step in range(1, 15))]
    diagnosis = observed(training, validation)
    observed([0.01 - 0.0001 * step for step in range(len(more))], more, diagnosis, start=len(training))
    assert [finding.since for finding in diagnosis.findings] == [10 * (len(training) + 1)]


def test_only_what_the_run_has_and_lacks_is_proposed() -> None:
    training, validation = overfitted(20)
    settings = {
        "training.early_stopping": False,
        "network.hidden": (64,),
        "network.dropout": 0.0,
        "optimizer.weight_decay": 0.0,
        "data.samples": 60,
    }
    (finding,) = observed(training, validation, settings=settings).findings
    assert [remedy.settings for remedy in finding.remedies] == [
        {"training.early_stopping.patience": 80},
        {"network.dropout": 0.3},
        {"optimizer.weight_decay": 0.1},
        {"data.samples": 240},
        {"network.hidden": (16,)},
    ]
    (bare,) = observed(training, validation).findings
    assert bare.remedies == ()
    busy = settings | {"training.early_stopping": True, "network.dropout": (0.5,), "network.hidden": (8,)}
    (finding,) = observed(training, validation, settings=busy).findings
    assert [list(remedy.settings) for remedy in finding.remedies] == [
        *(["optimizer.weight_decay"], ["data.samples"], ["network.hidden"])
    ]


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("samples", [1, 30, 40_000])
def test_every_remedy_is_accepted_by_every_data_set(name: str, samples: int) -> None:
    """What the fix key offers, the run takes."""
    experiment = build({"data": {"name": name}})
    with contextlib.suppress(SettingError):  # it has not so many examples, or no choice
        experiment = with_setting(experiment, "data.samples", samples)
    (finding,) = observed(*overfitted(20), settings=flat_settings(experiment)).findings
    assert finding.remedies
    for remedy in finding.remedies:
        for key, value in remedy.settings.items():
            with_setting(experiment, key, value)
