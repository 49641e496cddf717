"""A run as JSON for scripts, one object a line. Names and meanings are a contract (`"schema": 1`).

Non-finite numbers are null, with `"non_finite": true` beside them.
"""

from __future__ import annotations

from typing import Any, TextIO

from msgspec import to_builtins

from tui_trainer.dashboard.panels.fit import measure_fit
from tui_trainer.dashboard.standings import standings
from tui_trainer.exports.json_fields import finding_fields, line, measured
from tui_trainer.runs.arms import parting, views
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.race import Race
from tui_trainer.studies.advice import Advice, advice
from tui_trainer.studies.verify import Verdict
from tui_trainer.telemetry import Evaluation, Finding, GradientCheck
from tui_trainer.training import Trainer
from tui_trainer.training.summary import summary


class Merged:
    """The lines of several arms in the order of their iterations, and of the arms in each: how far an arm trains before
    the next one has its turn depends on the machine."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._waiting: list[tuple[int, str]] = []

    def add(self, iteration: int, text: str) -> None:
        """Keep a line until all arms have come to its iteration."""
        self._waiting.append((iteration, text))

    def write(self) -> None:
        """All arms have come equally far."""
        for _, text in sorted(self._waiting, key=lambda pair: pair[0]):
            self._stream.write(text)
        self._stream.flush()
        self._waiting.clear()


class JsonLines:
    """Writes the events of a run, from its start to its end, or the verdicts of `verify`."""

    def __init__(
        self, stream: TextIO, arm: str | None = None, *, timing: bool = True, merged: Merged | None = None
    ) -> None:
        """`arm`: the name of the run in a race, added to every object. `timing`: whether times are written. `merged`:
        what writes the evaluations and findings of the race."""
        self._stream, self._timing, self._merged = stream, timing, merged
        self._arm = {} if arm is None else {"arm": arm}
        self._holding = dict[str, Finding]()
        """The findings that hold, by id."""

    def start(self, run: DiagnosedRun, gradient_check: GradientCheck | None) -> None:
        """What is trained. `experiment` has every key with its value in force."""
        trainer = run.trainer
        self._event(
            "start",
            title=run.experiment.title,
            summary=summary(trainer),
            iteration=trainer.iteration,
            target_iterations=trainer.target,
            target_epochs=trainer.feed.target_epochs,
            batches_per_epoch=trainer.feed.order.per_epoch,
            batch_size=trainer.feed.order.batch,
            train_samples=len(trainer.train_set),
            validation_samples=len(trainer.validation_set),
            shape=trainer.network.sizes,
            parameters=trainer.network.parameter_count,
            seed=run.experiment.training.seed,
            experiment=run.experiment.tables,
            **(
                {}
                if gradient_check is None
                else {"gradient_check": {"right": gradient_check.right, **to_builtins(gradient_check)}}
            ),
        )

    def setting(self, iteration: int, key: str, old: object, new: object) -> None:
        """A setting that differs from the preset's."""
        self._event("setting", iteration=iteration, key=key, old=old, new=new)

    def observation(self, run: DiagnosedRun, evaluation: Evaluation | None) -> None:
        """An evaluation of the whole training and validation set (`epoch` counts completed epochs), and the findings
        that it raised (active) or released. None for a loss that is not finite."""
        if evaluation is not None:
            self._event("evaluation", **measured(evaluation), **_batch_loss(run))
        before, self._holding = self._holding, {finding.id: finding for finding in run.findings}
        changes = [(finding, True) for id, finding in self._holding.items() if id not in before]
        changes += [(finding, False) for id, finding in before.items() if id not in self._holding]
        for finding, active in changes:
            self._event("finding", iteration=run.iteration, active=active, **finding_fields(finding))

    def end(self, run: DiagnosedRun, reason: str, **race: object) -> None:
        """The result of the run, measured on its last weights. The findings are those that hold, with the remedies that
        were tried and help (an empty `tried` if a trial would take too long); `in_vain` are those that were tried and
        do not. The examination lists every finding as holds, clear or not checked with its reason.

        `race`: the fields that only an arm of a race has.
        """
        trainer, best = run.trainer, run.trainer.evaluations.best
        self._event(
            "end",
            **measured(run.measure()),
            **_batch_loss(run),
            reason=reason,
            **(
                {} if best is None else {"best_iteration": best.iteration, "best_validation_loss": best.validation_loss}
            ),
            **({} if run.restored is None else {"restored": run.restored}),
            **_fit(run),
            **_autopsy(run),
            findings=[
                finding_fields(each.finding) | {"in_vain": to_builtins(each.in_vain)} for each in _advised(run, reason)
            ],
            examination=[to_builtins(examined) for examined in run.examination],
            **(_speed(trainer) if self._timing else {}),
            **race,
        )

    def verdict(self, preset: str, verdict: Verdict) -> None:
        """The verdict on a preset or an arm in `verify`: everything it claims held in `held` of `seeds`. If it was
        interrupted, `seeds` are those so far, and `holds` is null."""
        claim = verdict.expectation
        self._event(
            "verdict",
            preset=preset,
            holds=verdict.holds if verdict.is_complete else None,
            **({} if verdict.is_complete else {"interrupted": True}),
            held=verdict.held,
            seeds=len(verdict.misses),
            share_needed=claim.share_of_seeds,
            share_at_most=claim.share_of_seeds_at_most,
            misses={str(seed): missed for seed, missed in verdict.misses.items() if missed},
        )

    def _event(self, name: str, **fields: Any) -> None:
        text = line(name, **self._arm, **fields)
        if self._merged is not None and name in ("evaluation", "finding"):
            self._merged.add(fields["iteration"], text)
            return
        self._stream.write(text)
        self._stream.flush()


def _batch_loss(run: DiagnosedRun) -> dict[str, float]:
    last = run.trainer.curves.batch.last
    return {} if last is None else {"batch_loss": last}


def _fit(run: DiagnosedRun) -> dict[str, Any]:
    fit = measure_fit(run.trainer.evaluations.view(), {finding.id for finding in run.findings})
    names = ("position", "word", "gap", "trend", "saved", "evaluations")
    return {} if fit is None else {"fit": {name: getattr(fit, name) for name in names}}


def _autopsy(run: DiagnosedRun) -> dict[str, Any]:
    broke = run.autopsy
    if broke is None:
        return {}
    return {"autopsy": to_builtins(broke) | {"last_finite": broke.last_finite, "sentence": broke.sentence}}


def _speed(trainer: Trainer) -> dict[str, float]:
    speed = trainer.iteration / trainer.elapsed if trainer.elapsed else 0.0
    return {"seconds": trainer.elapsed, "iterations_per_second": speed}


def race_fields(race: Race) -> list[dict[str, object]]:
    """For each arm its place in the race, and how far it is from its parent."""
    if race.is_alone:
        return [{}]
    table = standings(views(race.arms, race.focus, DiagnosedRun.measure))
    fields: list[dict[str, object]] = []
    for number, (standing, arm) in enumerate(zip(table.arms, race.arms, strict=True)):
        place: dict[str, object] = {
            "ahead": standing.ahead,
            "decided_by": table.lead.basis,
            "hindrance": table.lead.hindrance,
        }
        apart = parting(race.arms, number, 0) if arm.against else None
        if apart is not None:
            place |= {"parts_at": apart.iteration, "parts_in": [apart.first, apart.weight], "distance": apart.layers}
        fields.append(place)
    return fields


def _advised(run: DiagnosedRun, reason: str) -> list[Advice]:
    if reason == "interrupted":  # the person does not want to wait for trials
        return [Advice(finding=finding) for finding in run.findings]
    return advice(run)
