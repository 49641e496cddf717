"""The earlier runs of a preset: which of them stand behind the loss curve, and what is said of the best."""

from __future__ import annotations

from uuid import uuid4

import numpy as np

from tui_trainer.dashboard.catalogue import Catalogue
from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.experiment.words import settings_words, value_words
from tui_trainer.lessons.steps import Task
from tui_trainer.lessons.walk import Walk
from tui_trainer.setting import PACE, SEED, TABLE
from tui_trainer.telemetry import EarlierRun, Snapshot, Status, earlier_run, ghost, with_run
from tui_trainer.telemetry.earlier_run import losses_that_decide
from tui_trainer.telemetry.expectation import Outcome

SESSION = uuid4().hex
"""Runs are numbered by the session, and told apart over sessions."""


class EarlierRuns:
    """The last ended runs of every preset, of this session and of those before."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._runs: dict[str, tuple[EarlierRun, ...]] = {}
        """Title → runs, the oldest first."""
        self._noted: tuple[str, int] | None = None
        self._ghost: tuple[Outcome, EarlierRun | None] | None = None
        self._complaint = ""

    def complaint(self) -> str:
        """Why a run could not be kept since the last call; "" if all could."""
        said, self._complaint = self._complaint, ""
        return said

    def behind(self, snapshot: Snapshot, walk: Walk | None) -> tuple[EarlierRun, ...]:
        """The best and the last run, to draw behind that of the snapshot, or the ghost that a task asks to beat: none
        in a race, and none that would answer an open question of a lesson. The snapshot's own run is remembered once
        it has ended."""
        if snapshot.arms or snapshot.control is None:
            return ()
        id = f"{SESSION}-{snapshot.run}"
        runs = self._runs.get(snapshot.title)
        if runs is None:
            runs = self._runs[snapshot.title] = self._catalogue.earlier_runs(snapshot.title)
        if snapshot.status in (Status.FINISHED, Status.STOPPED_EARLY) and not snapshot.past:
            runs = self._noting(runs, snapshot, id, keeps=walk is None or not walk.lesson.steps)
        if walk is not None and walk.holds_back:
            return ()
        if walk is not None and (to_beat := self._to_beat(snapshot, walk)) is not None:
            return (to_beat,)
        others = [run for run in runs if run.id != id and _is_comparable(run, snapshot)]
        best = best_of(tuple(others))
        return tuple(run for run in others if run in (best, others[-1]))  # each line costs a few percent of a picture

    def _noting(
        self, runs: tuple[EarlierRun, ...], snapshot: Snapshot, id: str, *, keeps: bool
    ) -> tuple[EarlierRun, ...]:
        """The runs with that of the snapshot, which has ended, unless it is known already. `keeps`: whether later
        sessions are to know it; a lesson begins without."""
        now = id, snapshot.newest
        if self._noted == now:
            return runs
        self._noted, ended = now, earlier_run(snapshot, id)
        if ended is not None:
            runs = self._runs[snapshot.title] = with_run(runs, ended)
            self._complaint = self._catalogue.keep_run(snapshot.title, ended) if keeps else ""
        return runs

    def _to_beat(self, snapshot: Snapshot, walk: Walk) -> EarlierRun | None:
        """The ghost of the present task; None if it has none."""
        beats = walk.step.expect.ghost if isinstance(walk.step, Task) else None
        view = None if snapshot.control is None else snapshot.control.aim
        other = None if view is None or view.aim.number != walk.aims else view.aim.other
        if beats is None or other is None:
            return None
        if self._ghost is None or self._ghost[0] is not other:
            self._ghost = other, ghost(other.losses.evaluations, beats)
        return self._ghost[1]


def best_of(runs: tuple[EarlierRun, ...]) -> EarlierRun | None:
    """The run with the lowest loss; None of none."""
    return min(runs, key=lambda run: run.lowest, default=None)


def words_of(run: EarlierRun, runs: tuple[EarlierRun, ...], snapshot: Snapshot) -> Wordings:
    """One of some earlier runs in words, with what differs from the present settings: "earlier best 0.31 (learning rate
    0.02)", "last 0.35 (the same settings)"; and whether the present run has beaten it on the same examples."""
    differs = {key: value for key, value in run.settings.items() if _differs(key, value, snapshot)}
    named = settings_words(differs) or ("left alone" if run.is_ghost else "the same settings")
    if run.was_changed:
        named += ", changed on the way"
    evaluations = evaluations_shown(snapshot)
    losses = evaluations.validation_loss if run.of == "validation" else evaluations.train_loss
    on_the_same = run.is_ghost or not any(map(_chooses_examples, differs))
    is_beaten = on_the_same and bool((losses < run.lowest).any())  # no number is not lower
    name = "ghost" if run.is_ghost else "earlier best" if run is best_of(runs) else "last"
    lowest = f"{name} {compact(run.lowest)}"
    said = f"{lowest}{', beaten' if is_beaten else ''}"
    is_alone = len(runs) == 1  # else nobody could tell which is beaten
    # A task tells the settings of its ghost, but the curves alone do not tell those of an earlier run.
    named_only = () if run.is_ghost else (f"{lowest} ({named})",)
    shortest = "beaten" if is_beaten and is_alone else name.partition(" ")[0]
    return Wordings(f"{said} ({named})", *named_only, said, shortest)


def _chooses_examples(key: str) -> bool:
    """Whether other examples are held out with another value of this setting: easier ones make no better run."""
    return key == SEED or (key.startswith("data.") and not key.endswith((".features", ".standardize")))


def _is_comparable(run: EarlierRun, snapshot: Snapshot) -> bool:
    """Whether both have the same loss, of the same set, on the same kind of data with the same target."""
    if run.of != losses_that_decide(snapshot.losses.evaluations)[0]:
        return False
    keys = {key for key in {*run.settings, *snapshot.values} if key.startswith("loss.")}
    keys |= {"data.name", "data.target", "data.task", TABLE}
    # A tanh at the output has −1 for the class that is 0 otherwise.
    encodings = {settings.get("network.output") == "tanh" for settings in (run.settings, snapshot.values)}
    return len(encodings) == 1 and not any(_differs(key, run.settings.get(key), snapshot) for key in keys)


def _differs(key: str, value: object, snapshot: Snapshot) -> bool:
    """Whether a person would see another value; the pace changes no result."""
    now = snapshot.values.get(key)
    return value != now and key != PACE and value_words(value, key) != value_words(now, key)


def on_plot(run: EarlierRun, low: float, high: float, last: float) -> tuple[np.ndarray, np.ndarray]:
    """Iterations up to `last` and the losses there, without those that lie outside of `low` to `high`."""
    shown = run.iteration <= last
    loss = run.loss[shown]
    return run.iteration[shown].astype(np.float64), np.where((loss >= low) & (loss <= high), loss, np.nan)
