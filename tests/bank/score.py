"""How well the diagnosis does on the labelled runs: what was the headline of each, when was it raised, how often did it
change. A run is recorded once, as its evaluations, and then judged by the diagnosis as often as one likes."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from statistics import mean, median
from typing import Any

import numpy as np
from bank import HERE, BankRun, runs, tables_of
from msgspec import Struct
from msgspec.structs import replace

from tui_trainer.diagnosis import ALARMS, Diagnosis
from tui_trainer.experiment.in_force import flat_settings
from tui_trainer.telemetry import Evaluation, Status
from tui_trainer.training import Experiment, Trainer, build

LASTING = 3
"""Evaluations for which an alarm has to be the headline to count."""
CURVES = ("train_loss", "validation_loss", "learning_rate", "share_done")
"""What a program has that sees the curves of a run and nothing else."""


class Recorded(Struct, frozen=True, kw_only=True):
    """One run of the bank under one draw."""

    run: BankRun
    evaluations: list[Evaluation]
    diverged: int | None
    """The iteration at which its loss was no number any more; None where it was one to the end."""
    settings: dict[str, object]


class Judged(Struct, frozen=True, kw_only=True):
    """What the diagnosis had to say of a run."""

    run: BankRun
    headlines: list[str]
    """At every evaluation: an alarm, "good", or "" where there was nothing to say."""
    raised: dict[str, float]
    """Id → the share of the run that was done when it was first raised."""
    minimum: float
    """The share of the run at which the validation loss was lowest."""

    @property
    def headline(self) -> str:
        """Diverging where the run ended so, else the alarm that stood there for longest, else what stood last."""
        if self.headlines[-1] == "diverging":
            return "diverging"
        counts = Counter(each for each in self.headlines if each not in ("", "good"))
        (longest, count) = counts.most_common(1)[0] if counts else ("", 0)
        return longest if count >= LASTING else self.headlines[-1]

    @property
    def is_right(self) -> bool:
        """Whether that is the label, or something that is not wrong either."""
        accepted = {self.run.expected, *self.run.also_accept}
        return not self.false_alarm and self.headline in accepted | ({""} if "good" in accepted else set())

    @property
    def is_detected(self) -> bool:
        """Whether the label, or something that is not wrong either, was ever raised."""
        return any(id in self.raised for id in (self.run.expected, *self.run.also_accept) if id != "noisy_batch")

    @property
    def false_alarm(self) -> bool:
        """Whether any alarm lasted, in a good run."""
        alarms = Counter(each for each in self.headlines if each not in ("", "good"))
        return self.run.expected == "good" and any(count > LASTING for count in alarms.values())

    @property
    def changes(self) -> int:
        """How often the headline changed."""
        return sum(a != b for a, b in zip(self.headlines, self.headlines[1:], strict=False))


def bank(offset: int) -> list[BankRun]:
    """The labelled runs with `offset` added to every seed; without those whose label is known not to hold there."""
    holds = json.loads((HERE / "public_holds.json").read_text(encoding="utf-8"))["does_not_hold"]
    left_out = holds.get(f"+{offset}", ())
    return [
        replace(run, config=_drawn(run.config, offset)) for run in runs() if run.expected and run.name not in left_out
    ]


def _drawn(config: dict[str, Any], offset: int) -> dict[str, Any]:
    config = json.loads(json.dumps(config))
    for part in ("dataset", "model"):
        config[part]["seed"] += offset
    return config


def record(run: BankRun, offset: int = 0, evaluations: int | None = None) -> Recorded:
    """Train it. `evaluations`: how many, about, instead of a hundred."""
    tables = tables_of(run.config)
    tables["training"]["seed"] = offset
    if evaluations is not None:
        tables["training"]["evaluate_every"] = max(1, tables["training"]["evaluate_every"] * 100 // evaluations)
    return trained(run, build(tables, run.name))


def trained(run: BankRun, experiment: Experiment) -> Recorded:
    """The record of `run`, which `experiment` is."""
    taken = list[Evaluation]()
    trainer = Trainer(experiment, taken.append)
    with np.errstate(all="ignore"):
        trainer.run()
    diverged = trainer.iteration if trainer.status is Status.DIVERGED else None
    return Recorded(run=run, evaluations=taken, diverged=diverged, settings=flat_settings(experiment))


def judge(recorded: Recorded, seen: Callable[[Evaluation], Evaluation] = lambda evaluation: evaluation) -> Judged:
    """Show a run to the diagnosis, each evaluation as `seen`."""
    diagnosis, headlines, raised = Diagnosis(), list[str](), dict[str, float]()
    for evaluation in recorded.evaluations:
        diagnosis.observe(seen(evaluation), recorded.settings)
        if recorded.diverged is not None and evaluation is recorded.evaluations[-1]:
            diagnosis.observe_non_finite(recorded.diverged, recorded.settings)
        for finding in diagnosis.findings:
            raised.setdefault(finding.id, evaluation.get("share_done") or 0.0)
        first = diagnosis.findings[0] if diagnosis.findings else None
        headlines.append(first.id if first and (first.severity in ALARMS or first.id == "good") else "")
    held_out = [(loss, each) for each in recorded.evaluations if (loss := each.validation_loss) is not None]
    lowest = min(held_out, key=lambda pair: pair[0])[1] if held_out else recorded.evaluations[0]
    return Judged(run=recorded.run, headlines=headlines, raised=raised, minimum=lowest.get("share_done") or 0.0)


def curves_alone(evaluation: Evaluation) -> Evaluation:
    """The same for somebody who sees curves and nothing else."""
    values = {name: value for name, value in evaluation.values.items() if name in CURVES}
    return replace(evaluation, values=values | {"base_loss": evaluation.base_loss}, layers=())


class Score(Struct, frozen=True, kw_only=True):
    """What all runs of a bank came to."""

    judged: list[Judged]

    @property
    def right(self) -> float:
        """Share of runs with the right headline."""
        return mean(each.is_right for each in self.judged)

    @property
    def detection(self) -> dict[str, float]:
        """Label → share of its runs in which it was raised."""
        by_label = defaultdict(list)
        for each in self.judged:
            by_label[each.run.expected or ""].append(each.is_detected)
        return {label: mean(found) for label, found in sorted(by_label.items())}

    @property
    def delays(self) -> dict[str, float]:
        """Label → median share of the run until it was raised; of overfitting since the minimum."""
        by_label = defaultdict(list)
        for each in self.judged:
            label = each.run.expected or ""
            if label in each.raised:
                since = each.minimum if label == "overfitting" else 0.0
                by_label[label].append(each.raised[label] - since)
        return {label: median(delays) for label, delays in sorted(by_label.items())}

    @property
    def false_alarms(self) -> list[Judged]:
        """Good runs with an alarm that lasted."""
        return [each for each in self.judged if each.false_alarm]

    @property
    def changes(self) -> float:
        """Changes of the headline a run, in the mean."""
        return mean(each.changes for each in self.judged)

    def confusion(self) -> dict[str, Counter[str]]:
        """Label → headline → runs."""
        table: dict[str, Counter[str]] = defaultdict(Counter)
        for each in self.judged:
            table[each.run.expected or ""][each.headline or "nothing"] += 1
        return dict(sorted(table.items()))


def score(recorded: Iterable[Recorded], seen: Callable[[Evaluation], Evaluation] | None = None) -> Score:
    """Judge all of them."""
    return Score(judged=[judge(each) if seen is None else judge(each, seen) for each in recorded])
