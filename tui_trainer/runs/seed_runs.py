"""The same experiment under other seeds, one run after the other, in slices that keep the screen alive."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.diagnosis.wording import number
from tui_trainer.experiment import Experiment, with_setting
from tui_trainer.past.timeline import next_slice
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.setting import SEED, seed_after
from tui_trainer.telemetry import Status
from tui_trainer.telemetry.seeds import NO_ALARM, SeedFan
from tui_trainer.wording import counted


class SeedRuns:
    """Runs an experiment under its own seed and those that follow it."""

    def __init__(self, experiment: Experiment, count: int) -> None:
        """`count`: how many seeds, at least one."""
        self.experiment, self._wanted = experiment, count
        self._runs = self._run_all()
        self._curves: list[tuple[Floats, Floats]] = []
        """(iterations, losses) of each ended run."""
        self._endings: Counter[str] = Counter()
        self._held_out = False
        self.fan = self._made()
        """The quartiles of the runs that have ended."""
        self.is_running = True
        self.share = 0.0
        """How much of the work is done."""

    def go_on(self, seconds: float) -> None:
        """Run for about `seconds`."""
        until = time.perf_counter() + seconds
        while self.is_running and time.perf_counter() < until:
            self.is_running = next(self._runs, None) is not None

    def _run_all(self) -> Iterator[float]:
        """Yields the share done after each slice."""
        for index in range(self._wanted):
            seed = seed_after(self.experiment.training.seed, index)
            run, status, count = DiagnosedRun(with_setting(self.experiment, SEED, seed)), Status.PAUSED, 1
            target = run.trainer.target
            while status is Status.PAUSED and run.iteration < target:
                began = time.perf_counter()
                with np.errstate(all="ignore"):  # a run that diverges is a result
                    status = run.advance(min(count, target - run.iteration))
                count = next_slice(count, began)
                self.share = (index + run.iteration / target) / self._wanted
                yield self.share
            self._take(run)
            self.share = (index + 1) / self._wanted
            yield self.share

    def _take(self, run: DiagnosedRun) -> None:
        evaluations = run.trainer.evaluations.view()
        self._held_out = run.trainer.validation_set.can_be_evaluated
        losses = evaluations.validation_loss if self._held_out else evaluations.train_loss
        x, y = evaluations.iteration.astype(np.float64), np.where(np.isfinite(losses), losses, np.inf)
        if run.standing is Status.DIVERGED:
            x, y = np.append(x, run.iteration), np.append(y, np.inf)
        self._curves.append((x, y))
        alarm = next((finding.title for finding in run.findings if finding.is_alarm), NO_ALARM)
        self._endings[alarm] += 1

        self.fan = self._made()

    def _made(self) -> SeedFan:
        x = np.unique(np.concatenate([np.zeros(0), *(x for x, _ in self._curves)]))
        ranked = np.sort([_held(x, *curve) for curve in self._curves] or [x], axis=0)
        low, middle, high = (_quantile(ranked, share) for share in (0.25, 0.5, 0.75))
        return SeedFan(
            loss="validation" if self._held_out else "training",
            runs=len(self._curves),
            wanted=self._wanted,
            iteration=x.astype(np.int64),
            low=low,
            middle=middle,
            high=high,
            endings=tuple(self._endings.most_common()),
        )

    @property
    def words(self) -> str:
        """ "20 seeds: overfitting in 17, no alarm in 3; validation loss 0.92 at the end, middle half 0.60 to 1.3"."""
        fan = self.fan
        low, middle, high = (number(float(each[-1])) for each in (fan.low, fan.middle, fan.high))
        told = sorted(fan.endings, key=lambda ending: ending[0] == NO_ALARM)  # a short message has the first alone
        endings = ", ".join(f"{title} in {count}" for title, count in told)
        spread = f", {fan.spread_name} {low} to {high}" if fan.spread_name and np.isfinite(fan.low[-1]) else ""
        ends = f"{fan.loss} loss {middle} at the end{spread}"
        return f"{counted(fan.runs, 'seed')}: {endings}; {ends}"


def _held(x: Floats, known: Floats, losses: Floats) -> Floats:
    """The losses (m,) known at iterations (m,) for each of `x` (n,): the last one before it."""
    return losses[np.maximum(np.searchsorted(known, x, side="right") - 1, 0)]


def _quantile(ranked: Floats, share: float) -> Floats:
    """The quantile of `ranked` (runs, n), ascending in each column: where `share` divides the runs into two whole
    numbers, the mean of the runs on either side, infinite if one of them is; else the run in which the division falls.
    """
    division = share * len(ranked)
    below, above = ranked[math.ceil(division) - 1], ranked[math.floor(division)]
    return np.asarray(below / 2 + above / 2)
