"""The earlier runs of a preset: which of them stand behind the loss curve, and what is said of the best."""

from __future__ import annotations

import numpy as np

from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.experiment.words import settings_words, value_words
from tui_trainer.lessons.walk import Walk
from tui_trainer.setting import PACE
from tui_trainer.telemetry import EarlierRun, Snapshot, Status, earlier_run

MOST_RUNS = 5
"""Runs of one preset that are remembered."""


class EarlierRuns:
    """The last ended runs of every preset in this session."""

    def __init__(self) -> None:
        self._runs: dict[str, dict[int, EarlierRun]] = {}
        """Title → number of the run → the run, the oldest first."""
        self._noted: tuple[int, int] | None = None

    def behind(self, snapshot: Snapshot, walk: Walk | None) -> tuple[EarlierRun, ...]:
        """The best and the last run, to draw behind that of the snapshot: none in a race, and none that
        would answer an open question of a lesson. The snapshot's own run is remembered once it has ended."""
        if snapshot.arms or snapshot.control is None:
            return ()
        runs = self._runs.setdefault(snapshot.title, {})
        now = snapshot.run, snapshot.newest
        if snapshot.status in (Status.FINISHED, Status.STOPPED_EARLY) and not snapshot.past and self._noted != now:
            self._noted, ended = now, earlier_run(snapshot)
            runs.pop(snapshot.run, None)  # it has gone on beyond its end
            if ended is not None:
                runs[snapshot.run] = ended
            for number in list(runs)[:-MOST_RUNS]:
                del runs[number]
        if walk is not None and walk.holds_back:
            return ()
        others = [run for number, run in runs.items() if number != snapshot.run and _is_comparable(run, snapshot)]
        best = min(others, key=lambda run: run.lowest, default=None)
        return tuple(run for run in others if run in (best, others[-1]))  # each line costs a few percent of a picture


def best_words(runs: tuple[EarlierRun, ...], snapshot: Snapshot) -> Wordings:
    """The best of some runs in words, with what differs from the present settings: "earlier best 0.31 (learning rate
    0.02)"; and whether the present run has beaten it."""
    best = min(runs, key=lambda run: run.lowest)
    differs = {key: value for key, value in best.settings.items() if _differs(key, value, snapshot)}
    named = settings_words(differs) or "the same settings"
    if best.was_changed:
        named += ", changed on the way"
    evaluations = evaluations_shown(snapshot)
    losses = evaluations.validation_loss if best.of == "validation" else evaluations.train_loss
    is_beaten = bool((losses < best.lowest).any())  # no number is not lower
    said = f"earlier best {compact(best.lowest)}{', beaten' if is_beaten else ''}"
    return Wordings(f"{said} ({named})", said, "beaten" if is_beaten else "earlier")


def _is_comparable(run: EarlierRun, snapshot: Snapshot) -> bool:
    """Whether both have the same loss on the same kind of data."""
    keys = {key for key in {*run.settings, *snapshot.values} if key.startswith("loss.")} | {"data.name", "data.file"}
    return not any(_differs(key, run.settings.get(key), snapshot) for key in keys)


def _differs(key: str, value: object, snapshot: Snapshot) -> bool:
    """Whether a person would see another value; the pace changes no result."""
    now = snapshot.values.get(key)
    return value != now and key != PACE and value_words(value, key) != value_words(now, key)


def on_plot(run: EarlierRun, low: float, high: float, last: float) -> tuple[np.ndarray, np.ndarray]:
    """Iterations up to `last` and the losses there, without those that lie outside of `low` to `high`."""
    shown = run.iteration <= last
    loss = run.loss[shown]
    return run.iteration[shown].astype(np.float64), np.where((loss >= low) & (loss <= high), loss, np.nan)
