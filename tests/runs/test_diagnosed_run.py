"""Time is a key, and everything stays exact: wherever a run goes, it stands where the straight run stood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unittest import mock

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lived import Deed, assert_same_curves, assert_same_moment, straight

from tui_trainer.diagnosis import Diagnosis, DiagnosisState
from tui_trainer.experiment import with_settings
from tui_trainer.past import timeline
from tui_trainer.presets import find
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.replay import replay_in_slices
from tui_trainer.telemetry import Evaluation, Finding, JournalEntry, Phase, SettingChange, Status
from tui_trainer.telemetry.commands import ChangeWeight
from tui_trainer.training import Experiment, build, with_setting

EXPERIMENT = build(
    {
        "data": {"name": "moons", "samples": 45, "validation_samples": 30},
        "network": {"hidden": [5, 4], "activation": "relu", "dropout": 0.2},
        "optimizer": {"name": "adam", "learning_rate": 0.02},
        "schedule": {"name": "cosine", "warmup": 5},
        "training": {"batch_size": 8, "iterations": 150, "evaluate_every": 7, "input_noise": 0.05},
    }
)
OTHERS = [
    EXPERIMENT,
    with_setting(with_setting(EXPERIMENT, "training.input_noise", 0.0), "training.epochs", 20),
    with_setting(with_setting(EXPERIMENT, "training.input_noise", 0.0), "training.drop_last", True),
    with_setting(EXPERIMENT, "training.balanced_batches", True),
    with_setting(EXPERIMENT, "training.early_stopping.patience", 14),
]
SETTINGS: list[tuple[str, object]] = [
    ("optimizer.learning_rate", 0.05),
    ("optimizer.learning_rate", 0.003),
    ("optimizer.name", "sgd"),
    ("optimizer.name", "adam"),
    ("optimizer.name", "momentum"),
    ("optimizer.name", "rmsprop"),
    ("optimizer.l2", 0.01),
    ("optimizer.clip_norm", 0.3),
    ("network.dropout", 0.0),
    ("network.dropout", [0.5, 0.0]),
    ("training.batch_size", 3),
    ("training.batch_size", 20),
    ("training.batch_size", "full"),
    ("training.input_noise", 0.0),
    ("data.extra", [[0.1, 0.2, 1], [0.3, -0.2, 0]]),
    ("data.extra", [[0.3, -0.2, 0]]),
    ("data.without", [0, 44]),
    ("data.without", list(range(3, 45))),
    ("schedule.name", "one_cycle"),
    ("schedule.warmup", 40),
]
WEIGHTS = [
    ChangeWeight(0, 1, 2, 1.5),
    ChangeWeight(0, 1, 2, -0.25),
    ChangeWeight(2, 4, 0, 0.0),
    ChangeWeight(1, 0, 3, 9.0),
]


def change(run: DiagnosedRun, deeds: list[Deed], key: str, value: object) -> list[Deed]:
    """Change a setting where the run stands, at its newest iteration; what was lived until there, and this."""
    at, old = run.iteration, run.experiment
    event = SettingChange(iteration=at, label=key, key=key, old=None, new=value)
    run.change(with_setting(old, key, value), event)
    return [*until(deeds, at), Deed(at, key, value)]


def until(deeds: list[Deed], iteration: int) -> list[Deed]:
    return [deed for deed in deeds if deed.iteration <= iteration]


moves = st.one_of(
    st.tuples(st.just("advance"), st.integers(1, 60)),
    st.tuples(st.just("seek"), st.integers(0, 200)),
    st.tuples(st.just("back"), st.integers(1, 30)),
    st.tuples(st.just("phase"), st.integers(1, 6)),
    st.tuples(st.just("phase back"), st.integers(1, 6)),
    st.tuples(st.just("change"), st.integers(0, len(SETTINGS) - 1)),
    st.tuples(st.just("weight"), st.integers(0, len(WEIGHTS) - 1)),
    st.tuples(st.just("fork"), st.just(0)),
)


@settings(max_examples=50)
@given(
    made=st.sampled_from(OTHERS),
    plan=st.lists(moves, min_size=1, max_size=14),
    budget=st.sampled_from([timeline.BUDGET, 8_000, 4_000, 0]),
)
def test_any_way_there_is_the_straight_way(made: Experiment, plan: list[tuple[str, int]], budget: int) -> None:
    """Copies lie close, so that short runs have many; smaller budgets have room for seven, three and none."""
    with mock.patch.object(timeline, "FIRST_SPACING", 8), mock.patch.object(timeline, "NEARBY_ITERATIONS", 4):
        any_way(made, plan, budget)


def any_way(made: Experiment, plan: list[tuple[str, int]], budget: int) -> None:
    run, deeds = DiagnosedRun(made), list[Deed]()
    run.timeline.budget = budget
    for move, number in plan:
        if move == "advance":
            run.advance(number)
        elif move == "seek":
            run.seek(number)
        elif move == "back":
            run.seek(run.iteration - number)
        elif move == "phase":
            for _ in range(number):
                run.advance_phase()
        elif move == "phase back":
            for _ in range(number):
                list(run.seek_in_slices(run.boundary.before))
        elif move in ("change", "weight"):
            if run.is_past or run.trainer.phase is not None:
                run = run.fork()
            if move == "change":
                deeds = change(run, deeds, *SETTINGS[number])
            else:
                run.change_weight(WEIGHTS[number])
                deeds = [*until(deeds, run.iteration), Deed(run.iteration, "", WEIGHTS[number])]
        else:
            run = run.fork()
            deeds = until(deeds, run.iteration)
        assert_same_moment(run.trainer, straight(made, deeds, run.iteration, run.trainer.phase))
        assert run.timeline.nbytes <= budget
    newest = run.newest
    run.seek(newest)
    reference = straight(made, deeds, newest)
    assert_same_moment(run.trainer, reference)
    assert_same_curves(run.trainer, reference)
    run.advance(37)
    assert_same_moment(run.trainer, straight(made, deeds, run.iteration))
    again = DiagnosedRun(made)
    list(replay_in_slices(again, written_and_read(run.timeline.journal), run.iteration))
    assert_same_moment(again.trainer, run.trainer)
    assert_same_curves(again.trainer, run.trainer)
    assert again.findings == run.findings


def written_and_read(journal: Sequence[JournalEntry]) -> list[JournalEntry]:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(journal), type=list[JournalEntry])


def test_three_changes_and_every_moment_again() -> None:
    """One run with changes of the optimizer, the batch size and dropout, then every iteration and phase of it."""
    run, deeds = DiagnosedRun(EXPERIMENT), list[Deed]()
    for at, key, value in ((20, "optimizer.name", "momentum"), (41, "training.batch_size", 20), (65, *SETTINGS[8])):
        run.advance(at - run.iteration)
        deeds = change(run, deeds, key, value)
    run.advance(20)
    end = run.iteration
    for iteration in (0, 1, 19, 20, 21, 40, 41, 42, 63, 64, 65, 66, end - 1, end):
        run.seek(iteration)
        assert_same_moment(run.trainer, straight(EXPERIMENT, deeds, iteration))
        if iteration < end:
            for phase in (Phase.FORWARD, Phase.LOSS, Phase.BACKWARD):
                run.advance_phase()
                assert_same_moment(run.trainer, straight(EXPERIMENT, deeds, iteration, phase))
            for phase in (Phase.LOSS, Phase.FORWARD, None):
                list(run.seek_in_slices(run.boundary.before))
                assert_same_moment(run.trainer, straight(EXPERIMENT, deeds, iteration, phase))


def test_playing_the_past_forward_changes_settings_where_the_run_did() -> None:
    run, deeds = DiagnosedRun(EXPERIMENT), list[Deed]()
    run.advance(30)
    deeds = change(run, deeds, "optimizer.learning_rate", 0.5)
    run.advance(30)
    run.seek(10)
    run.advance(35)
    assert_same_moment(run.trainer, straight(EXPERIMENT, deeds, 45))
    run.seek(28)
    for _ in range(4 * 4):
        run.advance_phase()
    assert_same_moment(run.trainer, straight(EXPERIMENT, deeds, 32))


def test_an_optimizer_exchanged_and_exchanged_back_starts_empty_also_when_lived_again() -> None:
    run, deeds = DiagnosedRun(EXPERIMENT), list[Deed]()
    run.advance(30)
    for name in ("sgd", "adam"):
        deeds = change(run, deeds, "optimizer.name", name)
    run.advance(30)
    expected = straight(EXPERIMENT, deeds, 60)
    assert_same_moment(run.trainer, expected)
    run.seek(5)
    run.seek(60)
    assert_same_moment(run.trainer, expected)


def test_a_change_in_the_past_leaves_curves_as_if_the_rest_had_never_been() -> None:
    run, deeds = DiagnosedRun(EXPERIMENT), list[Deed]()
    run.advance(140)
    run.seek(73)
    run = run.fork()
    deeds = change(run, deeds, "optimizer.learning_rate", 0.001)
    assert_same_curves(run.trainer, straight(EXPERIMENT, deeds, 73))
    run.advance(60)
    assert_same_curves(run.trainer, straight(EXPERIMENT, deeds, 133))


def test_stepping_back_from_the_start_stays_there() -> None:
    run = DiagnosedRun(EXPERIMENT)
    list(run.seek_in_slices(run.boundary.before))
    assert_same_moment(run.trainer, straight(EXPERIMENT, [], 0))
    run.advance_phase()
    list(run.seek_in_slices(run.boundary.before))
    assert_same_moment(run.trainer, straight(EXPERIMENT, [], 0))
    run.seek(-5)
    assert run.iteration == 0


def test_a_session_stops_at_its_target_once_and_goes_on_beyond() -> None:
    run = DiagnosedRun(EXPERIMENT)
    assert run.advance(1000) is Status.FINISHED
    assert run.iteration == 150
    assert run.advance(10) is Status.PAUSED
    assert run.iteration == 160
    assert [event.label for event in run.events] == ["finished"]
    run.seek(150)
    assert run.advance(20) is Status.PAUSED  # the newest was reached by running on, and is run on from
    assert run.iteration == 170
    run.seek(149)
    for _ in range(4):
        assert run.advance_phase() is Status.PAUSED


def test_phases_beyond_the_target_do_not_finish_again() -> None:
    run = DiagnosedRun(EXPERIMENT)
    run.advance(149)
    assert [run.advance_phase() for _ in range(4)] == [Status.PAUSED] * 3 + [Status.FINISHED]
    assert [run.advance_phase() for _ in range(8)] == [Status.PAUSED] * 8
    assert run.iteration == 152
    assert [event.label for event in run.events] == ["finished"]


@pytest.mark.parametrize("made", [EXPERIMENT, OTHERS[-1]])
def test_phases_beyond_an_end_leave_it_behind_as_whole_iterations_do(made: Experiment) -> None:
    run, other = DiagnosedRun(made), DiagnosedRun(made)
    for each in (run, other):
        assert each.advance(1000) is not Status.PAUSED
        assert each.standing is not Status.PAUSED
    other.advance(1)
    for _ in range(4):
        run.advance_phase()
    assert run.standing is other.standing is Status.PAUSED
    run.seek(run.iteration - 1)
    assert run.advance(1) is Status.PAUSED


class NotingRates(Diagnosis):
    """A diagnosis that only notes by which rates it is to judge."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[object] = []

    def observe(self, evaluation: Evaluation, settings: Any = None) -> None:
        self.rates.append(settings["optimizer.learning_rate"])

    def copy(self) -> NotingRates:
        return NotingRates()


@pytest.mark.parametrize("back", [0, 1, 25])
def test_a_fork_is_judged_by_the_settings_that_it_goes_by(monkeypatch: pytest.MonkeyPatch, back: int) -> None:
    monkeypatch.setattr("tui_trainer.runs.diagnosed_run.Diagnosis", NotingRates)
    run = DiagnosedRun(EXPERIMENT)
    run.advance(40)
    change(run, [], "optimizer.learning_rate", 0.5)
    run.advance(20)
    run.seek(60 - back)
    other = run.fork()
    other.advance(7)
    assert isinstance(other.diagnosis, NotingRates)
    assert other.diagnosis.rates == [other.experiment.optimizer.learning_rate] == [0.5 if back < 20 else 0.02]


DIVERGING: dict[str, dict[str, Any]] = {
    "data": {"name": "linear_regression", "dim": 8},
    "optimizer": {"name": "sgd", "learning_rate": 1.2},
    "training": {"iterations": 2000, "batch_size": 16},
}


def test_a_diverged_session_stands_at_its_end_and_can_go_back() -> None:
    made = build(DIVERGING)
    run = DiagnosedRun(made)
    assert run.advance(2000) is Status.DIVERGED
    end = run.iteration
    assert 0 < end < 2000
    assert_same_moment(run.trainer, straight(made, [], end))
    assert run.autopsy is not None
    run.seek(end - 5)
    assert_same_moment(run.trainer, straight(made, [], end - 5))
    assert run.advance(3) is Status.PAUSED
    assert run.advance(100) is Status.DIVERGED
    assert run.iteration == end
    run.seek(end - 5)
    with pytest.raises(RuntimeError):
        change(run, [], "optimizer.learning_rate", 0.01)
    run = run.fork()
    change(run, [], "optimizer.learning_rate", 0.01)
    assert run.advance(50) is Status.PAUSED
    assert run.autopsy is None


@pytest.mark.parametrize("phases", [False, True])
def test_early_stopping_is_the_same_after_going_back(phases: bool) -> None:
    made = build(
        {
            "data": {"name": "moons", "samples": 20, "validation_samples": 100, "noise": 0.4},
            "network": {"hidden": [20]},
            "optimizer": {"name": "adam", "learning_rate": 0.1},
            "training": {"iterations": 3000, "batch_size": 5, "evaluate_every": 10, "early_stopping": {"patience": 60}},
        }
    )
    straightforward = DiagnosedRun(made)
    assert straightforward.advance(3000) is Status.STOPPED_EARLY
    end = straightforward.iteration
    assert 60 <= end < 3000
    other = DiagnosedRun(made)
    other.advance(end - 25)
    other.seek(end // 3)
    other.advance(10)
    other.seek(other.newest)
    if phases:
        status = Status.PAUSED
        while status is Status.PAUSED:
            status = other.advance_phase()
    else:
        status = other.advance(3000)
    assert (status, other.iteration) == (Status.STOPPED_EARLY, end)
    assert_same_moment(other.trainer, straightforward.trainer)
    assert_same_curves(other.trainer, straightforward.trainer)
    other.seek(5)
    other.seek(end)
    assert_same_moment(other.trainer, straightforward.trainer)
    assert other.advance(30) is straightforward.advance(30)
    assert_same_moment(other.trainer, straightforward.trainer)


def test_the_rest_of_an_epoch_after_a_change_to_the_full_batch() -> None:
    """The rest is a batch of its own, of the examples that the epoch has not seen; full batches follow."""
    made = with_setting(EXPERIMENT, "training.input_noise", 0.0)
    run, deeds = DiagnosedRun(made), list[Deed]()
    run.advance(3)
    seen = {int(n) for i in range(3) for n in run.trainer.feed.block(i).examples(i)}
    deeds = change(run, deeds, "training.batch_size", "full")
    run.advance(1)
    rest = run.trainer.feed.block(3).examples(3).tolist()
    assert len(seen) == 24
    assert sorted([*seen, *rest]) == list(range(45))
    run.advance(5)
    assert run.trainer.epoch == 6
    assert_same_moment(run.trainer, straight(made, deeds, 9))


def test_the_past_of_a_run_with_many_evaluations_says_what_was_said_then() -> None:
    """Also a fork goes on with what was known there."""
    often = {"training.evaluate_every": 1, "training.iterations": 2000}
    run = DiagnosedRun(with_settings(find("overfitting").experiment(), often))
    said, known = list[tuple[Finding, ...]](), list[DiagnosisState]()

    def note(evaluation: Evaluation | None) -> None:
        said.append(run.findings)
        known.append(run.diagnosis.state)

    note(None)
    run.on_observation = note
    run.advance(900)
    assert len({finding.id for findings in said for finding in findings}) > 1
    for iteration in range(0, 900, 97):
        run.seek(iteration)
        assert run.findings == said[iteration]
        assert run.fork().diagnosis.state == known[iteration]
