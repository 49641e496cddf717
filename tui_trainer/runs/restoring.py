"""A run as a recorded state, and a run that continues from one, bit for bit."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec import structs

from tui_trainer.diagnosis import Diagnosis
from tui_trainer.experiment import Experiment, SettingError
from tui_trainer.past.timeline import FIRST_SPACING, Change
from tui_trainer.recordings.files import RecordingError
from tui_trainer.recordings.recording import Recording
from tui_trainer.recordings.state import (
    ArmState,
    ChangeState,
    CurvesState,
    EventState,
    KeyframeState,
    RunState,
    UndoState,
    experiment_of,
    keyframe_of,
)
from tui_trainer.runs.arms import Arm
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.undo import LostEntry, SettingEntry, UndoEntry, UndoStack, WeightEntry
from tui_trainer.setting import TABLE, TABLE_HASH
from tui_trainer.telemetry import EVALUATIONS_KEPT, EvaluationLog, Event, History, SettingChange
from tui_trainer.training.curves import Curves
from tui_trainer.training.vectors import Keyframe

RERUN_PRODUCTS = 2e9
"""The last iterations of a restored run are rerun, to have all numbers of its last step, if they need no more products
of a weight and an input: some tenths of a second."""


def state_of(run: DiagnosedRun, strand: int) -> RunState:
    """A copy of everything that a run at its newest iteration depends on. An open iteration is left out."""
    trainer, curves = run.trainer, run.trainer.curves
    now, before = trainer.live_keyframe(with_step=trainer.phase is None), run.timeline.newest_copy
    return RunState(
        strand=strand,
        start=run.timeline.start_experiment.pinned,
        changes=tuple(_change_state(change) for change in run.timeline.changes),
        now=_keyframe_state(now),
        before=None if before is None else _keyframe_state(before),
        curves=CurvesState(
            batch=curves.batch.state,
            epoch=curves.epoch.state,
            rate=curves.rate.state,
            first=curves.evaluations.first,
            evaluations=curves.evaluations.view(),
            remembered=curves.remembered,
            epoch_so_far=curves.epoch_so_far,
        ),
        diagnosis=run.diagnosis.state,
        events=tuple(EventState(**structs.asdict(event)) for event in run.events),
        reached=run.reached,
        first_end=run.first_end,
        elapsed=trainer.elapsed,
    )


def arms_of(recording: Recording) -> list[Arm]:
    """The arms of a recording. Raises `RecordingError`."""
    try:
        states = recording.state.arms
        for number, state in enumerate(states):
            if state.against not in ("", *(known.letter for known in states[:number])):
                raise ValueError(f"arm {state.letter} is compared with one that is not there")
        return [_arm(recording, state) for state in states]
    except (MemoryError, RecordingError):
        raise
    except SettingError as error:
        if error.key in (TABLE, TABLE_HASH):
            file = str(recording.state.arms[0].run.start["data"]["file"])
            words = {TABLE: str(error), TABLE_HASH: f"{file} has changed since then"}[error.key]
            if not os.path.isabs(file):
                words = "its table came through a pipe or from a program, and only one in a file is found again"
            raise RecordingError(f"{recording.path} cannot be restored: {words}") from None
        raise RecordingError(f"{recording.path} cannot be restored: {error}") from None
    except Exception as error:  # whatever a damaged, or a malicious, file makes of it
        raise RecordingError(f"{recording.path} cannot be restored: {error}") from error


def recall_evaluations(recording: Recording, arms: Sequence[Arm]) -> None:
    """Give the runs of a recording back all evaluations that were made: in their own memory the older ones are thinned
    out. Where a piece is missing or damaged, a run keeps those that it has."""
    for arm, state in zip(arms, recording.state.arms, strict=True):
        log = arm.run.trainer.evaluations
        every = recording.evaluations(state.run.strand, log.view())
        curves = arm.run.trainer.curves
        curves.evaluations = EvaluationLog.restored(log.first, every, max(EVALUATIONS_KEPT, len(every.iteration)))


def _arm(recording: Recording, state: ArmState) -> Arm:
    names = [name for name in ArmState.__struct_fields__ if name != "run"]
    return Arm(**{name: getattr(state, name) for name in names}, run=restored(state.run, recording))


def undo_states(entries: Iterable[UndoEntry]) -> tuple[UndoState, ...]:
    """What of undo, or of redo, is recorded: from the last entry on that replaced arms."""
    states: list[UndoState] = []
    for entry in entries:
        match entry:
            case SettingEntry(arm, key, old, new):
                states.append(UndoState(arm=arm, key=key, old=old.pinned, new=new.pinned))
            case WeightEntry(arm, key, change, old):
                states.append(UndoState(arm=arm, key=key, weight=change, old=old))
            case _:
                states = [UndoState(label=entry.label)]
    return tuple(states)


def undo_of(recording: Recording) -> UndoStack:
    """What can be undone and redone. Raises `RecordingError`."""
    stack = UndoStack()
    try:
        stack.undo += map(_undo_entry, recording.state.undo)
        stack.redo += map(_undo_entry, recording.state.redo)
    except Exception as error:  # as for `arms_of`
        raise RecordingError(f"{recording.path} cannot be restored: {error}") from error
    return stack


def _undo_entry(state: UndoState) -> UndoEntry:
    if state.label:
        return LostEntry(state.label)
    if state.weight is not None:
        return WeightEntry(state.arm, state.key, state.weight, float(state.old))
    return SettingEntry(state.arm, state.key, experiment_of(state.old), experiment_of(state.new))


def restored(state: RunState, recording: Recording | None = None) -> DiagnosedRun:
    """A run that goes on where `state` was taken, with the keyframes of the recording. Raises `SettingError`, and
    `ValueError` for a state that does not fit together."""
    start, now = experiment_of(state.start), keyframe_of(state.now)
    if len(now.parameters) != sum((i + 1) * units for i, units in pairwise(start.layer_sizes)):
        raise ValueError("the network has another number of weights")
    run = DiagnosedRun(start)
    trainer, timeline = run.trainer, run.timeline
    changes = [Change(each.iteration, experiment_of(each.experiment), each.weight) for each in state.changes]
    trainer.restore(now)
    trainer.curves, trainer.elapsed = _curves(state.curves), state.elapsed
    copies = [] if state.before is None else [keyframe_of(state.before)]
    rerun = now.iteration - sum(copy.iteration for copy in copies)
    if recording is not None:

        def experiment_at(iteration: int) -> Experiment:
            return next((each.experiment for each in reversed(changes) if each.iteration < iteration), start)

        most = timeline.most_copies - len(copies)
        copies += recording.keyframes(state.strand, experiment_at, most, FIRST_SPACING)
    timeline.take_over(changes, copies)
    if rerun * trainer.network.parameter_count * trainer.feed.examples_of_batch <= RERUN_PRODUCTS:
        timeline.seek(now.iteration, afresh=True)
    else:
        trainer.feed.forget_numbers()
    run.take_over(
        Diagnosis.restored(state.diagnosis), [_event(each) for each in state.events], state.reached, state.first_end
    )
    return run


def _change_state(change: Change) -> ChangeState:
    return ChangeState(**{**structs.asdict(change), "experiment": change.experiment.pinned})


def _keyframe_state(frame: Keyframe) -> KeyframeState:
    return KeyframeState(**{**structs.asdict(frame.copy()), "experiment": frame.experiment.pinned})


def _curves(state: CurvesState) -> Curves:
    curves = Curves(*map(History.restored, (state.batch, state.epoch, state.rate)))
    curves.evaluations = EvaluationLog.restored(state.first, state.evaluations)
    curves.remembered, curves.epoch_so_far = state.remembered, state.epoch_so_far
    return curves


def _event(state: EventState) -> Event:
    if not state.key:
        return Event(iteration=state.iteration, label=state.label)
    return SettingChange(**structs.asdict(state))
