"""A remedy is tried on copies: what is said of them is what a run does that takes it up, and the run is untouched."""

from __future__ import annotations

import math

import numpy as np
import pytest
from msgspec import structs

from tui_trainer.diagnosis.wording import number
from tui_trainer.presets import find
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.trial import END, IMPOSSIBLE, LEAST_ITERATIONS, LOOKS, SEEDS, Trials
from tui_trainer.telemetry import Finding, Remedy, Severity
from tui_trainer.training import Experiment, build, with_setting
from tui_trainer.training.trainer import Trainer

FINDING = Finding(
    id="bouncing", severity=Severity.WARNING, since=0, headline="bouncing", body="it bounces", expert="", evidence={}
)
NOISY = build(
    {
        "data": {"name": "moons", "samples": 60, "validation_samples": 100},
        "network": {"hidden": [8]},
        "optimizer": {"name": "momentum", "learning_rate": 0.001},
        "training": {"batch_size": 8, "iterations": 3000},
    }
)


def at(experiment: Experiment, iteration: int) -> DiagnosedRun:
    run = DiagnosedRun(experiment)
    with np.errstate(all="ignore"):
        run.advance(iteration)
    return run


def tried(run: DiagnosedRun, settings: dict[str, object], finding: Finding = FINDING, seconds: float = 1.0) -> Remedy:
    trials, remedy = Trials(run, seconds), Remedy("Do it.", settings)
    shares = trials.tried(finding, remedy, trials.starts_at(remedy))
    seen = [0.0]
    while True:
        try:
            seen.append(next(shares))
            assert seen[-2] <= seen[-1] <= 1
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def end_of(trainer: Trainer, length: int) -> float:
    """The mean validation loss at the looks of a run of this length, by another way."""
    start, losses = trainer.iteration, []
    for look in range(1, LOOKS + 1):
        trainer.run(start + round(length * (1 - END + END * look / LOOKS)) - trainer.iteration)
        losses.append(trainer.moment().validation_losses.mean())
    return float(np.mean(losses))


def test_a_live_remedy_is_tried_from_here_and_a_run_that_takes_it_up_ends_there() -> None:
    """Full batches: nothing is drawn, so one pair of copies says it all, and a run does the same to the bit."""
    experiment = find("lr too large").experiment()
    run = at(experiment, 100)
    before = run.trainer.vectors.parameters.copy(), run.trainer.losses.batch.count
    remedy = tried(run, {"optimizer.learning_rate": 2.0})
    assert np.array_equal(run.trainer.vectors.parameters, before[0])
    assert (run.trainer.losses.batch.count, run.iteration) == (before[1], 100)
    trial = remedy.trial
    assert trial is not None
    assert (trial.start, trial.iterations, trial.seeds, trial.better, trial.helps) == (
        100,
        LEAST_ITERATIONS,
        1,
        1,
        True,
    )
    assert trial.unchanged == pytest.approx(end_of(at(experiment, 100).trainer, LEAST_ITERATIONS), rel=1e-12)
    changed = at(experiment, 100).trainer
    changed.change(with_setting(experiment, "optimizer.learning_rate", 2.0))
    assert trial.changed == pytest.approx(end_of(changed, LEAST_ITERATIONS), rel=1e-12)
    assert remedy.tried.startswith("tried on a copy: validation loss ")
    losses = f"{number(trial.changed)} instead of {number(trial.unchanged)}"
    assert remedy.tried.endswith(f" {losses} (means at iterations 284 to 300)")


def test_a_seed_of_a_live_trial_is_another_order_of_the_same_examples_from_here() -> None:
    run = at(NOISY, 500)
    remedy = tried(run, {"optimizer.learning_rate": 0.1})
    trial = remedy.trial
    assert trial is not None
    assert (trial.start, trial.iterations, trial.seeds, trial.better) == (500, 250, SEEDS, SEEDS)
    assert remedy.tried.endswith(" (means of 5 seeds at iterations 730 to 750), better under 5 of 5 seeds")
    ends = []
    for seed in range(SEEDS):
        copy = at(NOISY, 500).trainer
        copy.change(with_setting(NOISY, "training.seed", seed))
        ends.append(end_of(copy, 250))
    assert len(set(ends)) == SEEDS
    assert trial.unchanged == pytest.approx(np.mean(ends), rel=1e-12)
    assert tried(run, {"optimizer.learning_rate": 0.1}) == remedy


def test_other_data_or_another_network_is_tried_from_the_start_as_far_as_the_run_has_come() -> None:
    run = at(NOISY, 300)
    for settings in ({"data.samples": 240}, {"network.hidden": (4,)}):
        trial = tried(run, settings).trial  # type: ignore[arg-type]
        assert trial is not None
        assert (trial.start, trial.iterations) == (0, 300)
    run = at(with_setting(NOISY, "training.iterations", 250), 250)
    trial = tried(run, {"optimizer.learning_rate": 0.1}).trial  # the run has ended
    assert trial is not None
    assert (trial.start, trial.iterations) == (0, 250)


def test_what_is_worse_or_breaks_does_not_help() -> None:
    run = at(NOISY, 300)
    assert tried(run, {"optimizer.learning_rate": 0.0001}).trial.helps is False
    straight = build(
        {"data": {"name": "linear_regression"}, "network": {"hidden": []}, "optimizer": {"learning_rate": 0.001}}
    )
    broken = tried(at(straight, 50), {"optimizer.learning_rate": 1e3})
    assert broken.trial is not None
    assert (broken.trial.changed, broken.trial.helps) == (math.inf, False)
    assert broken.tried == "tried on a copy: it diverges within 200 iterations"


def test_early_stopping_ends_its_copy_on_the_best_weights() -> None:
    experiment = find("overfitting").experiment()
    run = at(experiment, 400)
    trial = tried(run, {"training.early_stopping.patience": 80}).trial
    assert trial is not None
    assert (trial.start, trial.iterations) == (0, 400)
    ends = []
    for seed in range(SEEDS):
        stopping = with_setting(experiment, "training.early_stopping.patience", 80)
        copy = Trainer(with_setting(stopping, "training.seed", seed))
        copy.run(400)
        ends.append(copy.moment().validation_losses.mean())
    assert trial.changed == pytest.approx(np.mean(ends), rel=1e-12)


def test_without_held_out_examples_the_training_loss_decides() -> None:
    experiment = find("glasses or rings: unclipped").experiment()
    run = at(experiment, 300)
    remedy = tried(run, {"optimizer.learning_rate": 0.09})
    assert remedy.trial is not None
    assert remedy.trial.loss == "training"
    assert "training loss" in remedy.tried


def test_of_rare_classes_every_class_counts_alike() -> None:
    imbalanced = structs.replace(FINDING, id="class_imbalance")
    remedy = tried(at(find("imbalanced classes").experiment(), 300), {"training.balanced_batches": True}, imbalanced)
    assert "with all classes alike" in remedy.tried
    assert remedy.trial is not None
    assert remedy.trial.helps


def test_what_takes_too_long_is_not_tried_and_what_cannot_be_says_so() -> None:
    run = at(NOISY, 300)
    assert tried(run, {"optimizer.learning_rate": 0.1}, seconds=1e-5).tried == ""
    assert tried(run, {"data.name": "nonsense"}).tried == IMPOSSIBLE
