"""More snapshots to draw: a race of three arms, a moment of the past, a future that was left, a run that broke."""

from __future__ import annotations

from functools import cache

import made_up
import numpy as np
import sample_snapshots as samples
from msgspec import structs

from tui_trainer.telemetry import (
    ArmView,
    Autopsy,
    Parting,
    Phase,
    SettingChange,
    SettingHistory,
    Snapshot,
    Status,
    Viewpoint,
)

RATES = (0.02, 0.1, 2.0)


def _arm(rate: float, iterations: int) -> Snapshot:
    rng = np.random.default_rng(3)
    x, t = samples.two_moons(120, 0.2, rng)
    vx, vt = samples.two_moons(200, 0.2, rng)
    run = samples.Run("a race", "moons", x, t, vx, vt, (2, 16, 1), "bce", rate=rate, class_names=("upper", "lower"))
    return run.train(iterations).snapshot(status=Status.PAUSED)


@cache
def race(focus: int = 1, iterations: int = 200) -> Snapshot:
    """Three learning rates; the one in the middle is in focus."""
    runs = [_arm(rate, iterations) for rate in RATES]
    arms = tuple(
        ArmView(
            name=f"lr {rate:g}",
            letter="ABC"[number],
            differs=(SettingHistory(key="optimizer.learning_rate", values=((0, rate),)),),
            status=Status.PAUSED,
            iteration=iterations,
            losses=run.losses,
            yardstick=samples.YARDSTICK,
            focused=number == focus,
        )
        for number, (rate, run) in enumerate(zip(RATES, runs, strict=True))
    )
    parting = Parting(
        arms=("lr 0.02", "lr 0.1"),
        iteration=1,
        first="layer 2",
        weight="w[3→1] of layer 2",
        layers={"layer 1": 0.31, "layer 2": 0.62},
        weights=runs[1].network.layer.weight - runs[0].network.layer.weight,
    )
    return made_up.changed(runs[focus], arms=arms, parting=parting)


@cache
def forked() -> Snapshot:
    """A fork that has not been changed yet, at a moment that the first arm has gone beyond."""
    known = _arm(0.1, 200)
    fork = structs.replace(_arm(0.1, 80), past=None)
    arms = (
        ArmView(
            name="A",
            letter="A",
            status=Status.PAUSED,
            iteration=80,
            losses=known.losses,
            yardstick=samples.YARDSTICK,
            focused=False,
        ),
        ArmView(
            name="B",
            letter="B",
            like="A",
            status=Status.PAUSED,
            iteration=80,
            losses=fork.losses,
            yardstick=samples.YARDSTICK,
            focused=True,
        ),
    )
    parting = Parting(arms=("A", "B"), iteration=None, first="", layers={"layer 1": 0.0, "layer 2": 0.0})
    return made_up.changed(fork, arms=arms, parting=parting)


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
            iteration=9 if number == 2 else 900,
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
    return structs.replace(
        samples.overfitting(), past=Viewpoint(iteration=120, newest=480), iteration=120, status=Status.PAUSED
    )


@cache
def left() -> Snapshot:
    """Gone on from iteration 80 with another rate; the curves up to 200 are those of the future that was left."""
    change = SettingChange(iteration=80, label="learning rate 0.1 → 2", key="optimizer.learning_rate", old=0.1, new=2.0)
    return structs.replace(_arm(2.0, 120), abandoned=_arm(0.1, 200).losses, events=(change,))


@cache
def broke() -> Snapshot:
    """A diverged run whose autopsy found where."""
    found = Autopsy(
        iteration=8,
        phase=Phase.FORWARD,
        tensor="pre-activation",
        layer="layer 2",
        operation="matrix product",
        largest_weight=1.2e22,
        largest_input=3.1e38,
        last_loss=2.4e30,
    )
    return structs.replace(samples.diverged(), autopsy=found, iteration=8)


ALL = (race, forked, one_broke, past, left, broke)
