"""The keys that move a run through time: forwards and back, faster and slower, and to its best moment."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from msgspec import structs

from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.dashboard.panels import step
from tui_trainer.dashboard.view import Act, KeyAction, Reply, View, focus, sending
from tui_trainer.telemetry import Snapshot, Status, present
from tui_trainer.telemetry import commands as do

PACES = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0)
"""Paces of `slower` and `faster` in iterations a second; beyond the last is full speed. At 0.25 the screen shows one
phase a second."""


def faster(snapshot: Snapshot, view: View) -> Reply:
    """The next pace of PACES, then full speed."""
    now = present(snapshot.control).pace
    return view, () if now is None else (do.SetPace(next((pace for pace in PACES if pace > now), None)),)


def slower(snapshot: Snapshot, view: View) -> Reply:
    """The previous pace; from full speed the last of PACES that is below the measured speed."""
    now = present(snapshot.control).pace
    if now is None:
        now = present(snapshot.progress).speed or math.inf
    return view, (do.SetPace(next((pace for pace in reversed(PACES) if pace < now), PACES[0])),)


def full_speed(snapshot: Snapshot, view: View) -> Reply:
    """Full speed, and back to the pace before."""
    now = present(snapshot.control).pace
    if now is None:
        return view, (do.SetPace(view.pace_before),)
    return structs.replace(view, pace_before=now), (do.SetPace(None),)


def is_slow_motion(pace: float | None) -> bool:
    """Whether a run at this pace (iterations a second) advances by single phases."""
    return pace is not None and pace <= do.SLOW_MOTION


def slow_motion(snapshot: Snapshot, view: View) -> Reply:
    """Play the phases, one a second at first; while they play, return to the pace before, or pause."""
    now = present(snapshot.control).pace
    if not is_slow_motion(now):
        stood = snapshot.status is not Status.RUNNING
        return structs.replace(view, pace_before_slow=now, stood_before_slow=stood), (
            do.SetPace(PACES[0]),
            do.Resume(),
        )
    if snapshot.status is Status.RUNNING:
        before = do.SetPace(view.pace_before_slow)
        return view, (do.Pause(), before) if view.stood_before_slow else (before,)
    return view, (do.Resume(),)


def broke(snapshot: Snapshot) -> bool:
    """Whether the run has diverged at the moment shown, so that it can only go back."""
    return snapshot.autopsy is not None or snapshot.status is Status.DIVERGED


def best_moment(snapshot: Snapshot) -> int | None:
    """The iteration that `to_best` seeks: the last finite one where the run broke, else the best evaluation up to the
    moment shown (by training loss where nothing is held out); None before the first."""
    if broke(snapshot):
        return max(snapshot.iteration - 1, 0) if snapshot.autopsy is None else snapshot.autopsy.last_finite
    evaluations = evaluations_shown(snapshot)
    if evaluations.best is not None:
        return evaluations.best.iteration
    finite = np.flatnonzero(np.isfinite(evaluations.train_loss))
    if not len(finite):
        return None
    return int(evaluations.iteration[finite[np.argmin(evaluations.train_loss[finite])]])


def is_lost(snapshot: Snapshot) -> bool:
    """Whether nothing can come after this moment: the run, or every arm of the race, has diverged."""
    return broke(snapshot) and all(arm.status is Status.DIVERGED for arm in snapshot.arms)


def to_best(snapshot: Snapshot, view: View) -> Reply:
    """Seek the best moment."""
    moment = best_moment(snapshot)
    return view, () if moment is None else (do.Seek(moment),)


def _phase(direction: Literal[1, -1]) -> Act:
    """Where there is room for one panel only, focus the one that shows phases."""
    return lambda snapshot, view: (focus(view, step.PANEL.id) if view.narrow else view, (do.StepPhase(direction),))


def _nothing_after(snapshot: Snapshot, view: View) -> str:
    if snapshot.status.is_stuck:
        return f"the run is {snapshot.status}"
    if not is_lost(snapshot):
        return ""
    if view.is_closed_case:
        return "nothing comes after"
    return f"diverged, nothing comes after; {view.sign('back')} goes back, {view.sign('fix')} mends"


def _at_start(snapshot: Snapshot, view: View) -> str:
    moved = snapshot.iteration or snapshot.phase is not None or snapshot.seeking is not None
    return "" if moved else "this is the start"


# fmt: off
TIME_KEYS = (
    KeyAction("toggle", "space", "run / pause", "Let the training run, or hold it.", "time", sending(do.TogglePause()),
              needs="control", idle=_nothing_after, footer="run/pause", rank=1, moves=True),
    KeyAction("step", ".", "one iteration", "One iteration: guess, measure, blame, fix.", "time",
              sending(do.StepIterations(1)), needs="control", idle=_nothing_after, footer="step", rank=2, moves=True),
    KeyAction("back", ",", "one iteration back", "To the weights before the last iteration.", "time",
              sending(do.SeekRelative(-1)), needs="seek", idle=_at_start, footer="back", rank=12, moves=True),
    KeyAction("phase", "p", "next phase", "The next of an iteration's four phases, or back.", "time", _phase(1),
              needs="phases", idle=_nothing_after, footer="phase", rank=4,
              own="The next of an iteration's four phases.", moves=True),
    KeyAction("phase_back", "P", "one phase back", "The next of an iteration's four phases, or back.", "time",
              _phase(-1), needs="seek", idle=_at_start, own="Back to the phase before.", moves=True),
    KeyAction("epoch", "e", "one epoch", "To the end of the epoch: all data seen once more.", "time",
              sending(do.StepEpoch()), needs="control", idle=_nothing_after, footer="epoch", rank=11, moves=True),
    KeyAction("start", "home", "to the start", "Back to the moment before the first iteration.", "time",
              sending(do.Seek(0)), needs="seek", idle=_at_start, moves=True),
    KeyAction("live", "end", "to the newest iteration", "From the past to the newest iteration.", "time",
              sending(do.SeekLive()), needs="seek",
              idle=lambda snapshot, view: "this is the newest iteration" if snapshot.past is None else "", moves=True),
    KeyAction("slower", "[ <", "slower", "Slower, faster.", "time", slower, needs="control",
              unseen=lambda before, view:
                  "this is the slowest pace: a phase a second" if present(before.control).pace == PACES[0] else "",
              footer="speed", signs="[ ]", rank=6, own="Fewer iterations a second."),
    KeyAction("faster", "] >", "faster", "Slower, faster.", "time", faster, needs="control",
              unseen=lambda before, view: "this is full speed already" if present(before.control).pace is None else "",
              own="More iterations a second."),
    KeyAction("full_speed", "m", "full speed and back", "As fast as the machine can, and back.", "time", full_speed,
              needs="control", footer="full speed", rank=13),
    KeyAction("slow_motion", "a", "slow motion", "Play guess, measure, blame, fix one by one, and back.", "time",
              slow_motion, needs="phases", idle=_nothing_after, footer="slow motion", rank=12, moves=True),
    KeyAction("best", "B", "to the best evaluation", "Back to the best evaluation (or the last finite iteration).",
              "time", to_best, needs="seek", footer="best", rank=18,
              idle=lambda snapshot, view: "this is the best evaluation so far"
                  if best_moment(snapshot) in (None, snapshot.iteration) else "", moves=True),
)
# fmt: on
