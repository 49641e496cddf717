"""Any keys in any order."""

from __future__ import annotations

import math
import time

from hypothesis import given, settings
from hypothesis import strategies as st
from scheduled import EXPERIMENT, driver

from tui_trainer.telemetry import NeuronAddress, PictureRequest, Status, WeightAddress
from tui_trainer.telemetry import commands as do
from tui_trainer.training import with_setting

COMMANDS: list[do.Command] = [
    do.Pause(),
    do.Resume(),
    do.TogglePause(),
    *(do.StepIterations(n) for n in (1, 10, 70)),
    do.StepEpoch(),
    do.StepPhase(),
    do.StepPhase(-1),
    do.SetPace(None),
    do.SetPace(1.0),
    do.SetPace(1e6),
    *(do.Seek(n) for n in (-3, 0, 1, 40, 10**9)),
    *(do.SeekRelative(n) for n in (-1, -10, 1)),
    do.SeekLive(),
    do.CancelSeek(),
    do.Undo(),
    do.Redo(),
    do.Restart(),
    do.Restart(3),
    do.Fork(),
    do.FocusArm(),
    do.FocusArm(-1),
    do.DropArm(),
    do.Propose(),
    do.ApplyRemedy({"optimizer.learning_rate": 0.002}),
    do.CloseProposal(),
    *(
        do.ChangeSetting(key, value)
        for key, value in (
            ("optimizer.learning_rate", 1e6),
            ("optimizer.learning_rate", 0.01),
            ("optimizer.name", "sgd"),
            ("optimizer.name", "adam"),
            ("optimizer.momentum", 0.5),
            ("training.batch_size", "full"),
            ("training.batch_size", 3),
            ("network.dropout", 0.5),
            ("network.hidden", [3]),
            ("network.hidden", []),
            ("data.name", "circles"),
            ("data.name", "sine"),
            ("data.name", "phrases"),
            ("data.name", "glasses_or_ring"),
            ("loss.name", "mse"),
            ("loss.name", "nonsense"),
            ("training.pace", 5),
            ("training.pace", "max"),
            ("training.seed", 4),
            ("training.early_stopping.patience", 14),
        )
    ),
    do.RequestPictures(PictureRequest(weights_layer=5, example=99, weight=WeightAddress(layer=9, source=9, unit=9))),
    do.RequestPictures(PictureRequest(neuron=NeuronAddress(layer=3, unit=99), network_units=3)),
    do.RequestPictures(PictureRequest(picture=False)),
]


@settings(max_examples=50)
@given(keys=st.lists(st.sampled_from(COMMANDS), min_size=1, max_size=25), patience=st.sampled_from([math.inf, 0.0]))
def test_any_keys_in_any_order_leave_a_run_that_can_be_shown(keys: list[do.Command], patience: float) -> None:
    short = with_setting(EXPERIMENT, "training.iterations", 30)  # some keys reach the end, or go back from it
    driven, versions = driver(short, paused=False, patience=patience), [0]
    for command in keys:
        driven.obey(command)
        for _ in range(2):
            driven.work(time.perf_counter())
        snapshot = driven.snapshot()
        versions.append(snapshot.version)
        assert snapshot.status in (Status.RUNNING, Status.PAUSED, driven.control.lineup.standing)
        if snapshot.seeking is None:
            assert snapshot.iteration == driven.control.run.iteration <= driven.control.run.newest
            assert (snapshot.past is None) == (snapshot.iteration == driven.control.run.newest)
    assert versions == sorted(versions)
