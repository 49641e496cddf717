"""Proposals: the remedies of what holds are tried one after the other, and those that help are offered."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np
from msgspec import Struct, structs

from tui_trainer.diagnosis.remedies import open_remedies, shorter_step
from tui_trainer.diagnosis.wording import number
from tui_trainer.experiment import with_settings
from tui_trainer.experiment.in_force import flat_settings
from tui_trainer.experiment.words import settings_words
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.trial import Trials
from tui_trainer.setting import LEARNING_RATE
from tui_trainer.telemetry import Finding, ProposalView, Remedy, Status

SMALLER_RATES = 20
"""Number of rates, each a tenth of the one before, that are tried if a run diverges."""
PATIENCE_SECONDS = 10.0
"""About how long the trial of one remedy may take while the person watches it, and can end it."""
TWIN_SLICE = 50
"""Iterations of a twin between two looks at the commands."""


class Attempt(Struct, frozen=True, kw_only=True):
    """A remedy on trial."""

    finding: Finding
    remedy: Remedy
    """With the trial, after it."""
    start: int
    """The iteration from which it acts."""
    share: float | None
    """The share of the trial done, 0 to 1; None after it."""

    @property
    def is_offered(self) -> bool:
        """Whether the remedy helps, or nobody knows because a trial takes too long."""
        trial = self.remedy.trial
        return self.share is None and (not self.remedy.tried if trial is None else trial.helps)


def attempts(run: DiagnosedRun, seconds: float = 1.0, *, twin: bool = False) -> Iterator[Attempt]:
    """Try all remedies of what holds now, in slices: yields one remedy as often as its trial has gone on, then with its
    result. `seconds`: about how long one trial may take. `twin`: look for the healthy twin too, as the last one."""
    trials, done = Trials(run, seconds), list[Attempt]()
    remedies = list(open_remedies(run.findings, flat_settings(run.experiment)))
    for index, (finding, remedy) in enumerate(remedies):
        yield from _tried(trials, finding, remedy, done)
        is_last_of = index + 1 == len(remedies) or remedies[index + 1][0] is not finding
        has_rate = any(LEARNING_RATE in each.remedy.settings for each in done if each.is_offered)
        if finding.id == "diverging" and is_last_of and not has_rate:
            yield from _smaller_rates(trials, finding, done)
    for late in [each for each in done if each.start and not each.is_offered]:  # it may prevent what it cannot mend
        yield from _tried(trials, late.finding, late.remedy, done, start=0)
    if twin:
        yield from _twin(trials, [each for each in done if each.is_offered and each.remedy.trial is not None])


def _tried(
    trials: Trials, finding: Finding, remedy: Remedy, done: list[Attempt], start: int | None = None
) -> Iterator[Attempt]:
    """The trial of one remedy, as early as it can act unless `start` is given; its result is added to `done`."""
    attempt = Attempt(finding=finding, remedy=remedy, start=trials.starts_at(remedy), share=0.0)
    if start is not None:
        attempt = structs.replace(attempt, start=start)
    yield attempt
    shares = trials.tried(finding, remedy, attempt.start)
    while attempt.share is not None:
        try:
            attempt = structs.replace(attempt, share=next(shares))
        except StopIteration as end:
            attempt = structs.replace(attempt, remedy=end.value, share=None)
            done.append(attempt)
        yield attempt


def _smaller_rates(trials: Trials, finding: Finding, done: list[Attempt]) -> Iterator[Attempt]:
    """The rate divided by 100, 1,000 …, until one holds, or is too small already."""
    rate = trials.run.experiment.optimizer.learning_rate
    for exponent in range(2, SMALLER_RATES + 2):
        yield from _tried(trials, finding, shorter_step(rate, 10.0**exponent), done)
        trial = done[-1].remedy.trial
        if trial is None or math.isfinite(trial.changed):
            return


def _twin(trials: Trials, helpful: list[Attempt]) -> Iterator[Attempt]:
    """The healthy twin: the same run with the remedy that ended best and, from the start, ends without an alarm."""
    for attempt in sorted(
        helpful, key=lambda each: math.inf if each.remedy.trial is None else each.remedy.trial.changed
    ):
        settings = attempt.remedy.settings
        twin = DiagnosedRun(with_settings(trials.run.experiment, settings))
        if not trials.affords(twin.trainer.target):
            return
        words = f"The healthy twin: {settings_words(settings)} from the start."
        remedy = structs.replace(attempt.remedy, sentence=words, tried="")
        attempt = structs.replace(attempt, remedy=remedy, start=0, share=0.0)
        status = Status.PAUSED
        while status is Status.PAUSED:
            yield structs.replace(attempt, share=twin.iteration / twin.trainer.target)
            with np.errstate(all="ignore"):
                status = twin.advance(TWIN_SLICE)
        if status is not Status.DIVERGED and not any(each.is_alarm for each in twin.findings):
            end = f"its training loss ends at {number(twin.measure().train_loss)}"
            tried = f"run to its end: no alarm in {twin.iteration:,} iterations, {end}"
            yield structs.replace(attempt, remedy=structs.replace(remedy, tried=tried), share=None)
            return


class Proposal:
    """The remedies of a run that is paused meanwhile, offered one by one."""

    def __init__(self, run: DiagnosedRun, *, was_running: bool) -> None:
        self.run, self.was_running = run, was_running
        self._attempts = attempts(run, PATIENCE_SECONDS, twin=True)
        self._now: Attempt | None = None
        """The remedy on trial or offered."""
        self._offers = list[Attempt]()
        self._in_vain = list[Remedy]()
        self.is_trying = self._is_complete = False

    def next(self) -> None:
        """Look for the next remedy that helps; after the last one, return to the first."""
        if self.is_trying:
            return
        later = self._offers[self._number :]
        if later or self._is_complete:
            self._now = next(iter((*later, *self._offers)), None)
        else:
            self.is_trying, self._now = True, None

    def go_on(self, seconds: float) -> None:
        """Try for about `seconds`, or until a remedy helps."""
        until = time.perf_counter() + seconds
        while self.is_trying and time.perf_counter() < until:
            attempt = next(self._attempts, None)
            if attempt is None:
                self.is_trying, self._is_complete, self._now = False, True, None
                self.next()
            elif attempt.is_offered:
                self._offers.append(attempt)
                self.is_trying, self._now = False, attempt
            else:
                self._now = attempt
                if attempt.share is None:
                    self._in_vain.append(attempt.remedy)

    @property
    def offered(self) -> Attempt | None:
        """What can be applied now."""
        return None if self.is_trying else self._now

    @property
    def _number(self) -> int:
        """The number of the offer that is shown, from 1; 0 before the first."""
        return next((n for n, each in enumerate(self._offers, 1) if each is self._now), 0)

    @property
    def view(self) -> ProposalView:
        """For a snapshot."""
        now, offered = self._now, [each.remedy.settings for each in self._offers]
        return ProposalView(
            finding="" if now is None else now.finding.title,
            remedy=None if now is None else now.remedy,
            trying=(0.0 if now is None else now.share or 0.0) if self.is_trying else None,
            number=self._number,
            count=len(self._offers),
            complete=self._is_complete,
            from_start=now is not None and not now.start,
            in_vain=tuple(each for each in self._in_vain if each.settings not in offered),
        )
