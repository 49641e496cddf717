"""A run that goes on from its recording gives the bits of the run that was never interrupted."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
from driven_run import TABLES, DrivenRun
from lived import assert_same_curves, assert_same_moment
from recorded import ALSO_BY_HAND, BY_HAND, RecordedLive, record

from tui_trainer.past.timeline import FIRST_SPACING
from tui_trainer.presets import find
from tui_trainer.recordings.listing import kept_in
from tui_trainer.recordings.recording import Recording
from tui_trainer.recordings.state import experiment_of
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.restoring import arms_of, undo_of
from tui_trainer.runs.strand import MOST_AT_ONCE
from tui_trainer.telemetry import Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build

CALM = {
    "driven": build(TABLES, "driven"),
    "pairs": find("embeddings").experiment(),
    "early": find("overfitting: early stopping").experiment(),
    "augmented": find("overfitting: augmentation").experiment(),
    "diverges": find("lr far too large").experiment(),
}


def assert_same(ours: DiagnosedRun, theirs: DiagnosedRun) -> None:
    assert_same_moment(ours.trainer, theirs.trainer)
    assert_same_curves(ours.trainer, theirs.trainer)
    assert ours.findings == theirs.findings
    assert ours.examination == theirs.examination
    assert ours.events == theirs.events
    assert (ours.reached, ours.first_end, ours.restored) == (theirs.reached, theirs.first_end, theirs.restored)
    assert ours.autopsy == theirs.autopsy
    assert ours.diagnosis.first_raised == theirs.diagnosis.first_raised


def test_every_kind_of_run_goes_on_bit_for_bit(tmp_path: Path) -> None:
    for name, experiment in CALM.items():
        live = RecordedLive(tmp_path / name, experiment)
        live.do(do.StepIterations(37), BY_HAND, do.StepIterations(111))
        path = live.leave()
        (arm,) = arms_of(Recording(path))
        assert_same(arm.run, live.control.run)
        for run in (arm.run, live.control.run):
            run.advance(150)
        assert_same(arm.run, live.control.run)
        for run in (arm.run, live.control.run):
            run.seek(60)
        assert_same(arm.run, live.control.run)


def test_what_hands_have_done_goes_on_too(tmp_path: Path) -> None:
    live = RecordedLive(tmp_path)
    live.do(
        *(do.StepIterations(20), do.ChangeSetting("optimizer.name", "momentum"), do.StepIterations(140)),
        *(do.ChangeWeight(0, 1, 2, 1.5), do.ChangeSetting("data.without", [3, 4]), do.StepIterations(9)),
        *(do.ChangeSetting("training.batch_size", 5), do.StepIterations(3), do.StepPhase(), do.StepPhase()),
    )
    (arm,) = arms_of(Recording(live.leave()))
    live.control.run.seek(live.control.run.iteration)  # an open iteration begins again
    assert_same(arm.run, live.control.run)
    assert arm.run.timeline.journal == live.control.run.timeline.journal
    for run in (arm.run, live.control.run):
        run.advance(100)
    assert_same(arm.run, live.control.run)


def test_all_arms_of_a_race_and_its_forks_go_on(tmp_path: Path) -> None:
    live = RecordedLive(tmp_path, find("race: with and without dropout").experiments())
    live.do(do.StepIterations(150), do.Seek(100), do.Fork(), do.ChangeSetting("optimizer.learning_rate", 0.07))
    live.do(do.StepIterations(30), do.FocusArm(1), do.StepIterations(1))
    recording = Recording(live.leave())
    arms, theirs = arms_of(recording), live.control.lineup.arms
    assert [(arm.name, arm.letter, arm.against) for arm in arms] == [(a.name, a.letter, a.against) for a in theirs]
    assert [arm.parted for arm in arms] == [arm.parted for arm in theirs]
    assert recording.state.focus == live.control.lineup.focus
    for arm, other in zip(arms, theirs, strict=True):
        other.run.seek(other.run.newest)
        assert_same(arm.run, other.run)


def test_a_run_left_in_its_past_goes_on_from_its_newest_iteration(tmp_path: Path) -> None:
    live = RecordedLive(tmp_path)
    live.do(BY_HAND, do.StepIterations(90), do.Seek(10))
    (arm,) = arms_of(Recording(live.leave()))
    assert (arm.run.iteration, arm.run.newest) == (90, 90)


def test_every_loss_and_evaluation_is_there_once(tmp_path: Path) -> None:
    """Also where the past was changed: the losses of the future that was abandoned are another strand's."""
    path = record(
        tmp_path,
        *(do.StepIterations(150), do.Seek(60), do.ChangeSetting("optimizer.learning_rate", 0.5)),
        *(do.StepIterations(80), do.Undo(), do.SeekLive(), do.StepIterations(30)),
    )
    again = DrivenRun()
    again.send(do.StepIterations(180))
    recording = Recording(path)
    strand = recording.state.arms[0].run.strand
    np.testing.assert_array_equal(recording.losses(strand), again.driver.control.run.trainer.losses.batch.last)
    assert len(recording.losses(2)) == 140
    assert not np.isnan(recording.losses(2)).any()
    known = again.driver.control.run.trainer.evaluations.view()
    every = recording.evaluations(strand, known.until(0))  # of which it remembers the first alone
    np.testing.assert_array_equal(every.iteration, known.iteration)
    for name in known.values:
        np.testing.assert_array_equal(every.of(name), known.of(name))
    for name in known.layer_values:
        np.testing.assert_array_equal(every.of_layers(name), known.of_layers(name))


def test_of_the_many_keyframes_of_a_fast_run_a_few_evenly_spaced_ones_are_recorded(tmp_path: Path) -> None:
    far = build({"data": {"name": "xor"}, "network": {"hidden": [2]}, "training": {"iterations": 10_000}})
    path = record(tmp_path, do.ChangeSetting("optimizer.learning_rate", 0.1), do.StepIterations(5_000), arms=far)
    recording = Recording(path)
    run = recording.state.arms[0].run
    start = experiment_of(run.start)
    kept = [frame.iteration for frame in recording.keyframes(run.strand, lambda _: start, 1_000, FIRST_SPACING)]
    assert kept == list(range(kept[0], 5_000, kept[0]))
    assert len(kept) <= MOST_AT_ONCE < 5_000 // FIRST_SPACING


def test_a_letter_that_comes_again_is_a_fork_of_its_parent(tmp_path: Path) -> None:
    live = RecordedLive(tmp_path)
    live.do(do.StepIterations(30), do.Fork(), do.ChangeSetting("optimizer.learning_rate", 0.5), do.StepIterations(9))
    live.do(do.DropArm(), do.StepIterations(11), do.Fork(), do.StepIterations(5))
    recording = Recording(live.leave())
    first, second = (recording.losses(arm.run.strand) for arm in recording.state.arms)
    np.testing.assert_array_equal(first[:45], second[:45])


def test_a_finished_run_is_finished_still(tmp_path: Path) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(250))
    run = DrivenRun(arms_of(Recording(path)))
    assert run.latest().status is Status.FINISHED
    run.send(do.StepIterations(1))
    assert run.latest().iteration == 201


def test_whatever_is_done_in_whatever_order_goes_on(tmp_path: Path) -> None:
    for seed in range(6):
        choose, live = random.Random(seed), RecordedLive(tmp_path / str(seed))
        for _ in range(30):
            live.do(
                choose.choice(
                    [
                        do.StepIterations(choose.randrange(1, 90)),
                        do.StepIterations(choose.randrange(1, 90)),
                        do.StepPhase(),
                        do.Seek(choose.randrange(200)),
                        do.SeekLive(),
                        do.ChangeSetting("optimizer.learning_rate", choose.choice([0.01, 0.03, 0.1])),
                        do.ChangeSetting("optimizer.name", choose.choice(["sgd", "adam"])),
                        do.ChangeSetting("training.batch_size", choose.choice([4, 7])),
                        do.ChangeSetting("network.hidden", [choose.choice([4, 5])]),
                        do.ChangeWeight(0, 0, 1, choose.random()),
                        *(do.Fork(), do.FocusArm(1), do.DropArm(), do.Undo(), do.Undo(), do.Redo(), do.Restart()),
                    ]
                )
            )
        live.do(ALSO_BY_HAND, do.ChangeSetting("optimizer.learning_rate", 0.02))
        live.leave()
        path = live.keeper._of_number[live.control.lineup.run_number].recorder.path
        assert path is not None
        arms = arms_of(Recording(path))
        assert [arm.letter for arm in arms] == [arm.letter for arm in live.control.lineup.arms]
        for arm, other in zip(arms, live.control.lineup.arms, strict=True):
            other.run.seek(other.run.newest)
            assert_same(arm.run, other.run)
            for run in (arm.run, other.run):
                run.advance(20)
            assert_same(arm.run, other.run)


def resumed_from(path: Path) -> DrivenRun:
    recording = Recording(path)
    run = DrivenRun(arms_of(recording))
    run.driver.control.lineup.done = undo_of(recording)
    return run


def test_what_hands_have_done_can_be_undone_after_all(tmp_path: Path) -> None:
    live = RecordedLive(tmp_path)
    live.do(
        *(do.StepIterations(20), do.ChangeSetting("optimizer.learning_rate", 0.05), do.StepIterations(9)),
        *(do.ChangeWeight(0, 1, 2, 1.5), do.StepIterations(4), do.ChangeSetting("optimizer.name", "momentum")),
        *(do.StepIterations(3), do.Undo()),
    )
    again = resumed_from(live.leave())
    control, theirs = again.driver.control, live.control
    for command in (do.Redo(), do.Undo(), do.Undo(), do.Undo(), do.StepIterations(7), do.Undo()):
        again.send(command)
        live.run.send(command)
        assert control.message == theirs.message
        assert_same(control.run, theirs.run)
    assert control.message.text == "nothing to undo"


def test_what_cannot_be_undone_is_said(tmp_path: Path) -> None:
    live = RecordedLive(tmp_path)
    live.do(do.StepIterations(20), do.ChangeSetting("optimizer.learning_rate", 0.05), do.StepIterations(5))
    live.do(do.Fork(), do.ChangeSetting("optimizer.learning_rate", 0.2))
    again = resumed_from(live.leave())
    assert again.latest().control.can_undo == "learning rate 0.05 → 0.2"
    again.send(do.Undo())
    assert again.latest().message.text == "undo: arm B: learning rate back to 0.05 (from now on)"
    for _ in range(2):
        assert again.latest().control.can_undo == "the fork of arm B"
        again.send(do.Undo())
        assert again.latest().message.text == "undo: not beyond the fork of arm B: the program was left since then"
        assert len(again.latest().arms) == 2


def test_a_run_that_another_has_replaced_can_be_undone_as_before(tmp_path: Path) -> None:
    live = RecordedLive(tmp_path)
    live.do(do.StepIterations(20), do.ChangeSetting("optimizer.learning_rate", 0.05), do.StepIterations(5))
    live.do(do.Restart(), ALSO_BY_HAND, do.StepIterations(3))
    live.leave()
    for path, words in zip(kept_in(tmp_path), ("0.02 → 0.05", "0.05 → 0.03"), strict=True):
        assert resumed_from(path).latest().control.can_undo == f"learning rate {words}"


def test_the_settings_that_an_event_tells_are_what_they_were(tmp_path: Path) -> None:
    added = do.ChangeSetting("data.extra", ((0.5, -0.25, 1.0), (1.0, 0.0, 0.0)))
    live = RecordedLive(tmp_path)
    live.do(do.StepIterations(5), added, do.ChangeSetting("data.without", (3, 4)), do.StepIterations(5))
    events = live.control.run.events
    (arm,) = arms_of(Recording(live.leave()))
    assert arm.run.events == events
