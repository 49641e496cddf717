"""More snapshots to draw: a race of three arms, a moment of the past, a future that was left, a run that broke."""

from __future__ import annotations

from functools import cache

import made_up
import numpy as np
import short_runs as samples
from msgspec import structs

from tui_trainer.experiment import build, with_setting
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import (
    ArmView,
    Autopsy,
    Parting,
    Phase,
    SettingHistory,
    Snapshot,
    Status,
    commands,
)

RATE = "optimizer.learning_rate"
RATES = (0.02, 0.1, 2.0)


def _raced(rates: tuple[float, ...], iterations: int) -> Scheduler:
    """Arms with these rates, named after them, so many iterations from their start."""
    experiment = build(samples.RACE, "a race")
    scheduler = Scheduler(
        Control([(f"lr {rate:g}", with_setting(experiment, RATE, rate)) for rate in rates], paused=True)
    )
    scheduler.obey(commands.RequestPictures(samples.REQUEST))
    scheduler.obey(commands.StepIterations(iterations))
    return scheduler


@cache
def race(focus: int = 1) -> Snapshot:
    """Three learning rates after 200 iterations; the one in the middle is in focus."""
    scheduler = _raced(RATES, 200)
    scheduler.obey(commands.FocusArm(focus))
    return scheduler.snapshot()


@cache
def forked() -> Snapshot:
    """A fork that has not been changed yet, at a moment that the first arm has gone beyond."""
    scheduler = _raced((0.1,), 200)
    scheduler.obey(commands.Seek(80))
    scheduler.obey(commands.Fork())
    return scheduler.snapshot()


@cache
def one_broke() -> Snapshot:
    """Six arms without held-out data, one of which has diverged."""
    diverged, good = samples.diverged(), samples.sine()
    arms = [
        ArmView(
            name="ABCDEF"[number],
            letter="ABCDEF"[number],
            differs=(SettingHistory(key="optimizer.momentum", values=((0, number / 10),)),),
            status=Status.DIVERGED if number == 2 else Status.PAUSED,
            iteration=diverged.iteration if number == 2 else good.iteration,
            losses=diverged.losses if number == 2 else good.losses,
            yardstick=samples.YARDSTICK,
            focused=number == 5,
        )
        for number in range(6)
    ]
    parting = Parting(arms=("A", "F"), iteration=81, first="layer 1", layers={"layer 1": np.nan, "layer 2": np.inf})
    return made_up.changed(good, arms=tuple(arms), parting=parting)


@cache
def past() -> Snapshot:
    """Iteration 120 of 480, of a run that changed its rate on the way."""
    run = samples.learnt_by_heart()
    run.seek(120)
    return samples.shown(run, Status.PAUSED)


@cache
def left() -> Snapshot:
    """Gone on from iteration 80 with another rate; the curves up to 200 are those of the future that was left."""
    scheduler = _raced((0.1,), 200)
    for command in (commands.Seek(80), commands.ChangeSetting(RATE, 2.0), commands.StepIterations(40)):
        scheduler.obey(command)
    return scheduler.snapshot()


@cache
def broke() -> Snapshot:
    """A diverged run whose autopsy found a layer."""
    found = Autopsy(
        iteration=samples.diverged().iteration,
        phase=Phase.FORWARD,
        tensor="pre-activation",
        layer="layer 2",
        operation="matrix product",
        largest_weight=1.2e22,
        largest_input=3.1e38,
        last_loss=2.4e30,
    )
    return structs.replace(samples.diverged(), autopsy=found)


ALL = (race, forked, one_broke, past, left, broke)
