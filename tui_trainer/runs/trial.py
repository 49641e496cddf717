"""Does a remedy help? Copies of a run try it, each beside an unchanged copy of the same seed.

What acts at once can be tried from the present moment on, and of a run that has diverged from its best moment on. What
asks for other data or another network, and everything in a run that has ended, is tried from the start. A seed of a
copy means other batches and masks from its moment on; from the start also other data and weights.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from typing import Literal, NamedTuple

import numpy as np
from msgspec import structs

from tui_trainer.diagnosis.wording import number
from tui_trainer.experiment import SettingError, with_settings
from tui_trainer.experiment.words import setting_of
from tui_trainer.past.timeline import next_slice
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.setting import SEED, seed_after
from tui_trainer.telemetry import Finding, Remedy, Status, Trial
from tui_trainer.training import Trainer
from tui_trainer.training.iteration_block import Block
from tui_trainer.training.vectors import Keyframe

SEEDS = 5
LEAST_ITERATIONS = 200
"""Iterations of a copy, at least."""
SHARE_OF_REST = 0.1
"""Share of the iterations left that a copy runs from a moment on, if that is more."""
END, LOOKS = 0.1, 5
"""A copy is judged by its mean loss at so many moments of this last share of its iterations: one that bounces could be
lucky at the very last."""
MOST_SHARE = 0.8
"""Share of the seeds under which a remedy has to be better."""

SECOND = 1e10
"""Products of a weight and an input that a second computes. Work decides how much is tried, never the clock."""
PRODUCTS_OF_CALLS = 50_000
"""The calls of one iteration take as long as so many products, however small the network is."""

IMPOSSIBLE = "this run cannot have it"

Shares = Generator[float, None, "Remedy"]
"""Yields the share done, 0 to 1, after each slice. Returns the remedy with its trial; as it was if a trial is not
affordable; with the words IMPOSSIBLE if there can be no such run."""


class Pair(NamedTuple):
    """A copy with a remedy beside an unchanged one: the loss where both began, and at their ends (infinite: it
    diverges)."""

    began: float
    changed: float
    unchanged: float

    @property
    def is_better(self) -> bool:
        """Lower than what diverges is no help; it has to get lower than it began."""
        return self.changed < (self.unchanged if math.isfinite(self.unchanged) else self.began)


class Trials:
    """Trials of remedies on copies of one run. The ends of unchanged copies are kept for the next remedy."""

    def __init__(self, run: DiagnosedRun, seconds: float = 1.0) -> None:
        """`seconds`: about how long the trial of one remedy may take at most."""
        self.run, self._affordable = run, seconds * SECOND
        self.moment = _moment(run)
        """The iteration from which copies run."""
        self._copy: tuple[Trainer, Keyframe] | None = None
        """A trainer and its state at `moment`."""
        self._unchanged: dict[tuple[int, int, bool], float] = {}
        """(start, seed, whether all classes count alike) → loss at the end."""

    def starts_at(self, remedy: Remedy) -> int:
        """The iteration from which a remedy can act."""
        return self.moment if all(setting_of(key).live for key in remedy.settings) else 0

    def tried(self, finding: Finding, remedy: Remedy, start: int) -> Shares:
        """Try a remedy of a finding from iteration `start` on: `starts_at`, or 0."""
        alike = finding.id == "class_imbalance"
        seeds, length = self._extent(start)
        pairs = list[Pair]()
        for index in range(seeds):
            seed = seed_after(self.run.experiment.training.seed, index)
            try:
                copy = self._trainer(start, {**remedy.settings, SEED: seed})
            except SettingError:
                return structs.replace(remedy, tried=IMPOSSIBLE)
            began = _loss(copy, alike)
            changed = yield from _part(_loss_at_end(copy, length, alike), index / seeds, 0.5 / seeds)
            known = start, seed, alike
            if known not in self._unchanged:
                copy = self._trainer(start, {SEED: seed})
                end = _loss_at_end(copy, length, alike)
                self._unchanged[known] = yield from _part(end, (index + 0.5) / seeds, 0.5 / seeds)
            pairs.append(Pair(began, changed, self._unchanged[known]))
            if len(pairs) == 2 and pairs[0] == pairs[1]:
                pairs.pop()  # nothing is drawn at random
                break
        if not pairs:
            return remedy
        held_out = self.run.trainer.validation_set.can_be_evaluated
        trial = _judged(pairs, "validation" if held_out else "training", start, length)
        return structs.replace(remedy, trial=trial, tried=_words(trial, pairs, self.run.iteration, alike))

    def affords(self, iterations: int) -> int:
        """How often the run can make so many iterations in the time of one trial."""
        trainer = self.run.trainer
        cost = PRODUCTS_OF_CALLS + trainer.network.parameter_count * trainer.feed.examples_of_batch
        return int(self._affordable / cost) // iterations

    def _extent(self, start: int) -> tuple[int, int]:
        """Seeds and iterations of a trial; 0 seeds if one is not affordable."""
        target = self.run.trainer.target
        if not start:
            # A run that diverged has no end to compare with, only its target.
            lived = target if self.run.standing is Status.DIVERGED else self.run.iteration
            length = max(LEAST_ITERATIONS, lived)
        else:
            rest = int(SHARE_OF_REST * (target - start))
            length = max(LEAST_ITERATIONS, min(rest, self.affords(SEEDS)))
        return min(SEEDS, self.affords(length)), length

    def _trainer(self, start: int, settings: dict[str, object]) -> Trainer:
        """A trainer at `start` that has these settings from there on. Raises `SettingError`."""
        experiment = with_settings(self.run.experiment, settings)
        if not start:
            return Trainer(experiment)
        if self._copy is None:
            fork = self.run.fork()
            fork.timeline.seek(start)
            fork.trainer.on_evaluation = lambda _: None
            self._copy = fork.trainer, fork.trainer.keyframe()
        trainer, frame = self._copy
        trainer.restore(frame)
        trainer.change(experiment)
        return trainer


def _loss_at_end(trainer: Trainer, length: int, alike: bool) -> Generator[float, None, float]:
    """Run `length` iterations, or to an early stop, and yield the share done. Returns the mean loss at the end;
    infinite if the trainer diverges."""
    start, losses, broken, count = trainer.iteration, list[float](), False, 1

    def see(first: int, block: Block) -> None:
        nonlocal broken
        broken |= not np.isfinite(block.losses(first, trainer.iteration)).all()

    with np.errstate(all="ignore"):
        for look in range(1, LOOKS + 1):
            goal = start + _look(look, length)
            while trainer.iteration < goal:
                began, stop = time.perf_counter(), min(goal, trainer.iteration + count)
                if trainer.experiment.training.early_stopping is not None:
                    stop = min(stop, trainer.feed.evaluations.following(trainer.iteration))
                trainer.replay(stop, see)
                if broken:
                    return math.inf
                if trainer.early_stop.stopped == trainer.iteration:
                    return _loss(trainer, alike)
                count = next_slice(count, began)
                yield (trainer.iteration - start) / length
            losses.append(_loss(trainer, alike))
    mean = float(np.mean(losses))
    return mean if math.isfinite(mean) else math.inf


def _look(look: int, length: int) -> int:
    """The iterations until a look, 1 to `LOOKS`, of a copy that runs `length`."""
    return round(length * (1 - END + END * look / LOOKS))


def _part(steps: Generator[float, None, float], before: float, share: float) -> Generator[float, None, float]:
    """The same steps as a part of a longer way."""
    while True:
        try:
            done = next(steps)
        except StopIteration as end:
            return float(end.value)
        yield before + share * done


def _moment(run: DiagnosedRun) -> int:
    """Where a run can be mended: at its present moment; if it has diverged, at its best one; if it has ended, at its
    start."""
    if run.standing is Status.PAUSED:
        return run.iteration
    if run.standing is not Status.DIVERGED:
        return 0
    evaluations = run.trainer.evaluations.view()
    losses = np.where(np.isfinite(evaluations.train_loss), evaluations.train_loss, np.inf)
    return int(evaluations.iteration[np.argmin(losses)])


def _loss(trainer: Trainer, alike: bool) -> float:
    """The mean loss of the held-out examples, else of the training set, in evaluation mode. `alike`: every class counts
    the same."""
    moment = trainer.moment()
    held_out = trainer.validation_set.can_be_evaluated
    examples = trainer.validation_set if held_out else trainer.train_set
    losses = moment.validation_losses if held_out else moment.train_losses
    if alike:
        return float(np.mean([losses[examples.labels == label].mean() for label in np.unique(examples.labels)]))
    return float(losses.mean())


def _judged(pairs: list[Pair], loss: Literal["validation", "training"], start: int, length: int) -> Trial:
    """`pairs`: one for each seed."""
    _, changed, unchanged = (sum(losses) / len(pairs) for losses in zip(*pairs, strict=True))
    better = sum(pair.is_better for pair in pairs)
    return Trial(
        loss=loss,
        changed=changed,
        unchanged=unchanged,
        start=start,
        iterations=length,
        seeds=len(pairs),
        better=better,
        # Lower in the digits that are told too: 0.84 instead of 0.84 is no help.
        helps=changed < unchanged and number(changed) != number(unchanged) and better >= MOST_SHARE * len(pairs),
    )


def _words(trial: Trial, pairs: list[Pair], here: int, alike: bool) -> str:
    """ "tried on a copy: validation loss 0.31 instead of 0.47 (means of 5 seeds at iterations 664 to 680), better under
    5 of 5 seeds".

    The run on the screen is one seed at one iteration, and may stand elsewhere than the mean of its copies."""
    where = "from the start" if not trial.start else "on a copy"
    if trial.start not in (0, here):
        where += f" from iteration {trial.start:,}"
    if lost := sum(not math.isfinite(pair.changed) for pair in pairs):
        under = "" if lost == len(pairs) else f" under {lost} of {len(pairs)} seeds"
        return f"tried {where}: it diverges within {trial.iterations:,} iterations{under}"
    loss = f"{trial.loss} loss{' with all classes alike' if alike else ''} {number(trial.changed)}"
    broken = sum(not math.isfinite(pair.unchanged) for pair in pairs)
    better = "lower than before" if broken == len(pairs) and trial.better < trial.seeds else "better"
    instead = "" if broken else f" instead of {number(trial.unchanged)}"
    first, last = (trial.start + _look(look, trial.iterations) for look in (1, LOOKS))
    over = f" of {trial.seeds} seeds" if trial.seeds > 1 else ""
    what = f" ({'mean' if broken else 'means'}{over} at iterations {first:,} to {last:,})"
    seeds = "" if trial.seeds == 1 else f", {better} under {trial.better} of {trial.seeds} seeds"
    diverges = "" if not broken else "; unchanged it diverges"
    if 0 < broken < len(pairs):
        diverges += f" under {broken} of them"
    return f"tried {where}: {loss}{instead}{what}{seeds}{diverges}"
