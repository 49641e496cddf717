"""Tried advice: each remedy of a finding is run from the start, and proposed only if it helps."""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from tui_trainer.diagnosis import ALARMS
from tui_trainer.diagnosis.remedies import shorter_step
from tui_trainer.diagnosis.wording import number
from tui_trainer.experiment import Experiment, SettingError, with_setting
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.setting import LEARNING_RATE
from tui_trainer.telemetry import Finding, Remedy, Status

AFFORDABLE_PRODUCTS = 1e10
"""Products of a weight and an input that a trial may compute: about a second."""
PRODUCTS_OF_CALLS = 50_000
"""The calls of one iteration take as long as so many products, however small the network is."""
SMALLER_RATES = 20
"""Number of rates, each a tenth of the one before, that are tried if a run diverges."""


class Advice(Struct, frozen=True, kw_only=True):
    """A finding after trials of its remedies."""

    finding: Finding
    """The finding with the remedies that help; with all remedies, untried, if trials would take too long."""
    in_vain: tuple[Remedy, ...] = ()
    """The remedies that were tried and do not help."""


def advice(run: DiagnosedRun) -> list[Advice]:
    """The findings that hold at the end of `run`, the remedies of each alarm tried."""
    return [_tried(run, each) if each.severity in ALARMS else Advice(finding=each) for each in run.findings]


def _tried(run: DiagnosedRun, finding: Finding) -> Advice:
    trainer = run.trainer
    cost = PRODUCTS_OF_CALLS + trainer.network.parameter_count * trainer.feed.examples_of_batch
    length, affordable = trainer.iteration, int(AFFORDABLE_PRODUCTS / cost)
    if finding.id == "diverging":  # the run has no end to compare with
        length = min(trainer.target, affordable)
    if not 0 < length <= affordable:
        return Advice(finding=finding)
    helpful, in_vain = list[Remedy](), list[Remedy]()
    for remedy in finding.remedies:
        outcome, _ = _outcome(run, finding, remedy, length)
        if outcome:
            helpful.append(replace(remedy, tried=outcome))
        else:
            in_vain.append(remedy)
    if finding.id == "diverging" and not any(LEARNING_RATE in each.settings for each in helpful):
        found = _rate_that_holds(run, finding, length)
        helpful[:0] = [] if found is None else [found]
    return Advice(finding=replace(finding, remedies=tuple(helpful)), in_vain=tuple(in_vain))


def _rate_that_holds(run: DiagnosedRun, finding: Finding, length: int) -> Remedy | None:
    """The rate divided by 100, 1,000, … until a trial holds."""
    rate = run.experiment.optimizer.learning_rate
    for exponent in range(2, SMALLER_RATES + 2):
        remedy = shorter_step(rate, 10.0**exponent)
        outcome, diverges = _outcome(run, finding, remedy, length)
        if outcome:
            return replace(remedy, tried=outcome)
        if not diverges:
            break  # the rate is too small already
    return None


def _outcome(run: DiagnosedRun, finding: Finding, remedy: Remedy, length: int) -> tuple[str, bool]:
    """The result of `length` iterations with the remedy, in words, and whether they diverged.

    The words are "" if the remedy does not help or is impossible.
    """
    try:
        experiment = _changed(run.experiment, remedy)
        if finding.id == "diverging" and experiment.training.early_stopping is None:
            experiment = with_setting(experiment, "training.evaluate_every", None)  # only the updates matter
        trial = DiagnosedRun(experiment)
        with np.errstate(all="ignore"):
            status = trial.advance(length)
    except SettingError:
        return "", False
    final, end = trial.measure(), run.measure()
    found = {each.id for each in trial.findings}
    diverges = status is Status.DIVERGED or "diverging" in found
    if diverges or finding.id in found or not math.isfinite(final.train_loss):
        return "", diverges
    after = f"after {trial.trainer.iteration:,} iterations"
    around = finding.evidence.get("median_now", finding.evidence.get("low"))
    if finding.id == "overfitting" and final.validation_loss is not None and end.validation_loss is not None:
        lower = _is_lower(final.validation_loss, end.validation_loss)
        words = f"validation loss {number(final.validation_loss)} instead of {number(end.validation_loss)} {after}"
    elif around is not None:
        lower = _is_lower(final.train_loss, around)
        words = f"training loss {number(final.train_loss)} {after}; it bounced around {number(around)}"
    elif finding.id == "diverging" or not math.isfinite(end.train_loss):  # no end to compare with
        first = trial.trainer.evaluations.first
        lower = first is not None and final.train_loss < first.train_loss
        words = f"training loss {number(final.train_loss)} {after}"
    else:
        lower = _is_lower(final.train_loss, end.train_loss)
        words = f"training loss {number(final.train_loss)} instead of {number(end.train_loss)} {after}"
    return words if lower else "", False


def _is_lower(loss: float, than: float) -> bool:
    """Whether the loss is lower in the printed digits too: 0.84 instead of 0.84 is no help."""
    return loss < than and number(loss) != number(than)


def _changed(experiment: Experiment, remedy: Remedy) -> Experiment:
    for key, value in remedy.settings.items():
        experiment = with_setting(experiment, key, value)
    return experiment
