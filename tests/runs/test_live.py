"""The thread: it trains to the same bits, obeys, never makes anybody wait, and a failure in it becomes a snapshot.

The only tests that start it, beside those on a real terminal; they wait for conditions.
"""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from lived import straight
from patience import PATIENCE

from tui_trainer.diagnosis import Diagnosis
from tui_trainer.runs.live import LiveRun
from tui_trainer.runs.run import Run
from tui_trainer.telemetry import Evaluation, Phase, Snapshot, Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Experiment, SettingError, build, with_setting

EXPERIMENT = build(
    {
        "data": {"name": "moons", "samples": 45, "validation_samples": 30},
        "network": {"hidden": [5, 4], "dropout": 0.2},
        "optimizer": {"name": "adam", "learning_rate": 0.02},
        "training": {"batch_size": 8, "iterations": 400, "evaluate_every": 7, "pace": "max"},
    }
)
ENDLESS = with_setting(with_setting(EXPERIMENT, "training.iterations", 1_000_000_000), "training.evaluate_every", 10**6)


@contextmanager
def live(experiment: Experiment, *, paused: bool = False) -> Iterator[LiveRun]:
    run = LiveRun(experiment, paused=paused)
    try:
        yield run
    finally:
        run.close()


def until(run: Run, condition: Callable[[Snapshot], bool]) -> Snapshot:
    """The first snapshot for which `condition` holds."""
    end = time.monotonic() + PATIENCE
    while not condition(snapshot := run.latest()):
        assert time.monotonic() < end, f"never came: stands at {snapshot.iteration}, {snapshot.status}"
        time.sleep(0.001)
    return snapshot


def at(iteration: int, phase: Phase | None = None) -> Callable[[Snapshot], bool]:
    return lambda s: s.iteration == iteration and s.phase is phase and s.status is not Status.RUNNING


def assert_weights(snapshot: Snapshot, experiment: Experiment) -> None:
    """The first layer and the curve of the snapshot are those of a straight run."""
    trainer = straight(experiment, [], snapshot.iteration)
    np.testing.assert_array_equal(snapshot.network.layer.weight, trainer.parameters[0][0])
    np.testing.assert_array_equal(snapshot.losses.batch.last, trainer.losses.batch.last)
    ours, theirs = snapshot.losses.evaluations, trainer.losses.evaluations
    np.testing.assert_array_equal(ours.train_loss, theirs.train_loss)


def test_the_same_bits_through_the_thread() -> None:
    with live(EXPERIMENT) as run:
        snapshot = until(run, lambda s: s.status is Status.FINISHED)
        assert snapshot.iteration == 400
        assert_weights(snapshot, EXPERIMENT)


def test_the_same_bits_with_pauses_steps_phases_and_looks_back() -> None:
    with live(EXPERIMENT, paused=True) as run:
        run.send(do.StepIterations(57))
        until(run, at(57))
        for phase in (Phase.FORWARD, Phase.LOSS, Phase.BACKWARD):
            run.send(do.StepPhase())
            until(run, at(57, phase))
        run.send(do.StepPhase())
        until(run, lambda s: s.iteration == 58)
        run.send(do.Seek(20))
        assert until(run, lambda s: s.past is not None).iteration == 20
        run.send(do.SeekLive())
        until(run, lambda s: s.past is None)
        run.send(do.Resume())
        until(run, lambda s: s.status is Status.RUNNING or s.iteration == 400)
        run.send(do.Pause())
        run.send(do.Resume())
        snapshot = until(run, lambda s: s.status is Status.FINISHED)
        assert_weights(snapshot, EXPERIMENT)


def test_it_starts_paused_when_told_and_stays_there() -> None:
    with live(EXPERIMENT, paused=True) as run:
        first = run.latest()
        assert (first.iteration, first.status) == (0, Status.PAUSED)
        run.send(do.StepIterations(1))
        until(run, at(1))
        versions = {run.latest().version for _ in range(50)}
        assert len(versions) == 1


def test_a_command_is_obeyed_while_it_runs_at_full_speed() -> None:
    with live(ENDLESS) as run:
        until(run, lambda s: s.iteration > 100)
        run.send(do.ChangeSetting("optimizer.learning_rate", 0.001))
        changed = until(run, lambda s: s.progress.learning_rate == 0.001)
        assert changed.status is Status.RUNNING
        assert changed.events[-1].iteration <= changed.iteration
        run.send(do.TogglePause())
        stood = until(run, lambda s: s.status is Status.PAUSED)
        assert until(run, lambda s: True).iteration == stood.iteration


def test_an_answer_tells_what_was_sent_before_and_stays_until_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_trainer.runs.live.ASIDE_SECONDS", PATIENCE)
    with live(ENDLESS) as run:
        until(run, lambda s: s.iteration > 100)
        told = threading.Event()
        run.send(do.ChangeSetting("optimizer.learning_rate", 0.001))
        run.answer(told.set)
        assert told.wait(PATIENCE)
        answer = run.latest()
        assert (answer.progress.learning_rate, answer.status) == (0.001, Status.RUNNING)
        assert all(run.latest() is answer for _ in range(1000))
        run.go_on()
        until(run, lambda s: s.iteration > answer.iteration)


def test_training_goes_on_when_nobody_shows_the_answer() -> None:
    with live(ENDLESS) as run:
        told = threading.Event()
        run.answer(told.set)
        assert told.wait(PATIENCE)
        before = run.latest().iteration
        until(run, lambda s: s.iteration > before)


@pytest.mark.parametrize("shown", [True, False])
def test_whoever_asks_while_training_stands_aside_is_heard_at_once(
    monkeypatch: pytest.MonkeyPatch, shown: bool
) -> None:
    """Also between the first answer and the moment from which the thread waits for it to be shown."""
    monkeypatch.setattr("tui_trainer.runs.live.ASIDE_SECONDS", 3 * PATIENCE)
    with live(ENDLESS) as run:
        first, second, third = threading.Event(), threading.Event(), threading.Event()

        def ask_again() -> None:
            first.set()
            if shown:
                run.go_on()
            run.answer(second.set)

        run.answer(ask_again)
        assert first.wait(PATIENCE)
        assert second.wait(PATIENCE)
        run.answer(third.set)
        assert third.wait(PATIENCE)
        run.send(do.Pause())
        until(run, lambda s: s.status is Status.PAUSED)


def test_a_question_that_comes_while_its_answer_is_made_has_it_made_once() -> None:
    with live(EXPERIMENT, paused=True) as run:
        until(run, at(0))
        told, made, make = threading.Event(), list[Snapshot](), run._scheduler.snapshot

        def asked_meanwhile(*, numbers: bool = True) -> Snapshot:
            made.append(make(numbers=numbers))
            if len(made) == 1:
                run.answer(told.set)
            return made[-1]

        run._scheduler.snapshot = asked_meanwhile  # type: ignore[method-assign]
        run.send(do.StepIterations(1))
        assert told.wait(PATIENCE)
        assert run.latest() is made[0]
        assert len(made) == 1


class Slow(Diagnosis):
    """A diagnosis that thinks until it is told to stop."""

    stuck, enough = threading.Event(), threading.Event()

    def observe(self, evaluation: Evaluation, settings: Any) -> None:
        if evaluation.iteration > 20 and not self.enough.is_set():
            self.stuck.set()
            self.enough.wait(PATIENCE)
        super().observe(evaluation, settings)


def test_neither_asking_nor_sending_waits_for_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_trainer.runs.diagnosed_run.Diagnosis", Slow)
    with live(EXPERIMENT) as run:
        assert Slow.stuck.wait(PATIENCE)
        before = run.latest()
        for _ in range(100):
            run.send(do.SetPace(None))
            assert run.latest() is before
        assert not Slow.enough.is_set()
        Slow.enough.set()
        assert until(run, lambda s: s.status is Status.FINISHED).iteration == 400


def test_a_snapshot_never_changes() -> None:
    with live(ENDLESS) as run:
        kept = until(run, lambda s: s.iteration > 100)
        weights, curve = kept.network.layer.weight.copy(), kept.losses.batch.last.copy()
        until(run, lambda s: s.iteration > kept.iteration + 2000)
        np.testing.assert_array_equal(kept.network.layer.weight, weights)
        np.testing.assert_array_equal(kept.losses.batch.last, curve)


def test_a_diverged_run_is_a_lesson_and_not_a_failure() -> None:
    tables: dict[str, dict[str, Any]] = {
        "data": {"name": "linear_regression", "dim": 8},
        "optimizer": {"name": "sgd", "learning_rate": 1.2},
        "training": {"iterations": 2000, "batch_size": 16, "pace": "max"},
    }
    with live(build(tables)) as run:
        snapshot = until(run, lambda s: s.status is Status.DIVERGED)
        assert snapshot.autopsy is not None
        assert snapshot.findings[0].id == "diverging"
        run.send(do.StepIterations(1))
        run.send(do.Seek(3))
        assert until(run, lambda s: s.past is not None).iteration == 3


class Broken(Diagnosis):
    """A diagnosis with a fault in it."""

    def observe(self, evaluation: Evaluation, settings: Any) -> None:
        if evaluation.iteration > 20:
            raise LookupError("a fault in the diagnosis")
        super().observe(evaluation, settings)


def test_a_failure_in_the_thread_becomes_a_snapshot_with_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_trainer.runs.diagnosed_run.Diagnosis", Broken)
    with live(EXPERIMENT) as run:
        failed = until(run, lambda s: s.status is Status.FAILED)
        assert "a fault in the diagnosis" in failed.message.text
        run.send(do.Resume())  # nobody listens any more, and nothing breaks
        assert run.latest() is failed


def test_an_impossible_experiment_is_refused_before_the_thread_starts() -> None:
    threads = threading.active_count()
    with pytest.raises(SettingError):
        LiveRun(with_setting(build({}), "data.noise", -1))
    assert threading.active_count() == threads


def test_closing_ends_the_thread_and_frees_the_run() -> None:
    run = LiveRun(ENDLESS)
    until(run, lambda s: s.iteration > 10)
    run.close()
    run.close()
    assert not any(thread.name == "trainer" for thread in threading.enumerate())
    gone = weakref.ref(run)
    del run
    gc.collect()
    assert gone() is None


def test_closing_a_paused_run_does_not_wait() -> None:
    run = LiveRun(EXPERIMENT, paused=True)
    start = time.monotonic()
    run.close()
    assert time.monotonic() - start < 1.0


def test_arms_of_a_race_go_through_the_thread_together() -> None:
    arms = [("slow", EXPERIMENT), ("fast", with_setting(EXPERIMENT, "optimizer.learning_rate", 0.1))]
    run = LiveRun(arms)
    try:
        snapshot = until(run, lambda s: s.status is Status.FINISHED)
        assert [arm.name for arm in snapshot.arms] == ["slow", "fast"]
        assert [arm.iteration for arm in snapshot.arms] == [400, 400]
        for arm, (_, experiment) in zip(snapshot.arms, arms, strict=True):
            theirs = straight(experiment, [], 400).losses.batch
            np.testing.assert_array_equal(arm.losses.batch.last, theirs.last)
    finally:
        run.close()
