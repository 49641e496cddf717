"""The first news of a running trainer after a command tell what the command did."""

from __future__ import annotations

import threading
import time

import pytest
from patience import PATIENCE

from tui_trainer.runs import live
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.live import LiveRun
from tui_trainer.telemetry import Snapshot, Status
from tui_trainer.telemetry.commands import ChangeSetting, Pause, SetPace
from tui_trainer.training import Experiment, build


def lesson(iterations: int) -> Experiment:
    return build(
        {
            "data": {"name": "moons", "samples": 100, "validation_samples": 0},
            "network": {"hidden": [4]},
            "training": {"batch_size": 20, "iterations": iterations, "evaluate_every": 10_000, "pace": "max"},
        }
    )


def news(run: LiveRun, known: int) -> Snapshot:
    """The next snapshot after that of version `known`."""
    end = time.monotonic() + PATIENCE
    while (snapshot := run.latest()).version == known:
        assert time.monotonic() < end, "no news"
        time.sleep(0.0005)
    return snapshot


def test_the_first_news_after_a_command_tell_what_it_did() -> None:
    run = LiveRun(lesson(1_000_000_000))
    try:
        for trial in range(30):
            rate = 0.01 + trial / 1000
            run.send(ChangeSetting("optimizer.learning_rate", rate))
            assert news(run, run.latest().version).progress.learning_rate == rate
    finally:
        run.close()


def test_what_comes_while_it_stands_aside_is_obeyed_before_another_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "ASIDE_SECONDS", PATIENCE)
    run, places, called = LiveRun(lesson(1_000_000_000)), [], threading.Event()

    def note() -> None:
        places.append(run._scheduler.control.run.iteration)
        called.set()

    try:
        for command in (SetPace(None), Pause()):
            run.send(command)
            called.clear()
            run.answer(note)
            assert called.wait(PATIENCE)
        assert places[0] == places[1] > 0
        assert run.latest().status is Status.PAUSED
    finally:
        run.close()


def test_slices_end_where_blocks_do_when_one_ends_within_reach() -> None:
    run = DiagnosedRun(lesson(1_000_000))
    rows = run.trainer.feed.rows
    for slice_, lengths in ((rows, [rows] * 4), (rows - rows // 4, [rows] * 4), (rows // 2, [rows // 2] * 4)):
        taken = []
        for _ in range(4):
            taken.append(run.whole_blocks(slice_))
            run.advance(taken[-1])
        assert taken == lengths
    assert run.whole_blocks(1) == 1
    assert run.whole_blocks(10 * rows) == 15 * rows
