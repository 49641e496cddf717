"""The keys that take a run through time: how fast it goes, one phase after the other, and back to where it was best."""

from __future__ import annotations

import math

import numpy as np
from msgspec import structs

from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.dashboard.view import Outcome, View
from tui_trainer.telemetry import Snapshot, Status
from tui_trainer.telemetry.commands import SLOW_MOTION, Pause, Resume, Seek, SetPace

PACES = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0)
"""Iterations a second that `slower` and `faster` go through; above the last is as fast as possible. At 0.25
the screen shows one phase a second."""


def faster(snapshot: Snapshot, view: View) -> Outcome:
    """The next pace of PACES, then as fast as possible."""
    if snapshot.pace is None:
        return view, ()
    return view, (SetPace(next((pace for pace in PACES if pace > snapshot.pace), None)),)


def slower(snapshot: Snapshot, view: View) -> Outcome:
    """The pace before; from full speed the last of PACES that is below the speed measured."""
    now = snapshot.pace if snapshot.pace is not None else snapshot.speed or math.inf
    return view, (SetPace(next((pace for pace in reversed(PACES) if pace < now), PACES[0])),)


def full_speed(snapshot: Snapshot, view: View) -> Outcome:
    """As fast as possible, and back to the pace before."""
    if snapshot.pace is None:
        return view, (SetPace(view.pace_before),)
    return structs.replace(view, pace_before=snapshot.pace), (SetPace(None),)


def is_slow_motion(pace: float | None) -> bool:
    """Whether a run at this pace (iterations a second) moves by single phases."""
    return pace is not None and pace <= SLOW_MOTION


def slow_motion(snapshot: Snapshot, view: View) -> Outcome:
    """Play the phases, one a second at first; while they play, back to the pace before, or to a standstill."""
    if not is_slow_motion(snapshot.pace):
        stood = snapshot.status is not Status.RUNNING
        return structs.replace(view, pace_before_slow=snapshot.pace, stood_before_slow=stood), (
            SetPace(PACES[0]),
            Resume(),
        )
    if snapshot.status is Status.RUNNING:
        before = SetPace(view.pace_before_slow)
        return view, (Pause(), before) if view.stood_before_slow else (before,)
    return view, (Resume(),)


def broke(snapshot: Snapshot) -> bool:
    """Whether the run stands where it diverged, so that there is nothing to do but go back."""
    return snapshot.autopsy is not None or snapshot.status is Status.DIVERGED


def best_moment(snapshot: Snapshot) -> int | None:
    """The iteration worth going back to: the last finite one where the run broke, else the best evaluation up to the
    moment shown (the one with the lowest training loss where nothing is held out); None before the first."""
    if broke(snapshot):
        return max(snapshot.iteration - 1, 0) if snapshot.autopsy is None else snapshot.autopsy.last_finite
    evaluations = evaluations_shown(snapshot)
    if evaluations.best is not None:
        return evaluations.best.iteration
    finite = np.flatnonzero(np.isfinite(evaluations.train_loss))
    if not len(finite):
        return None
    return int(evaluations.iteration[finite[np.argmin(evaluations.train_loss[finite])]])


def to_best(snapshot: Snapshot, view: View) -> Outcome:
    """Show the moment worth going back to."""
    moment = best_moment(snapshot)
    return view, () if moment is None else (Seek(moment),)
