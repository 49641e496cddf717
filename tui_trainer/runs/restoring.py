"""A run as a recorded state, and a run that continues from one, bit for bit."""

from __future__ import annotations

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
    experiment_of,
    keyframe_of,
)
from tui_trainer.runs.arms import Arm
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import EvaluationLog, Event, History, SettingChange
from tui_trainer.training.curves import Curves
from tui_trainer.training.state import Keyframe

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
        return [_arm(recording, state) for state in recording.state.arms]
    except (MemoryError, RecordingError):
        raise
    except SettingError as error:
        if error.key == "data.sha256":
            file = recording.state.arms[0].run.start["data"]["file"]
            raise RecordingError(f"{recording.path} cannot be restored: {file} has changed since then") from None
        raise RecordingError(f"{recording.path} cannot be restored: {error}") from None
    except Exception as error:  # whatever a damaged, or a malicious, file makes of it
        raise RecordingError(f"{recording.path} cannot be restored: {error}") from error


def _arm(recording: Recording, state: ArmState) -> Arm:
    names = [name for name in ArmState.__struct_fields__ if name != "run"]
    return Arm(**{name: getattr(state, name) for name in names}, run=restored(state.run, recording))


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
    curves = Curves()
    curves.batch, curves.epoch, curves.rate = map(History.restored, (state.batch, state.epoch, state.rate))
    curves.evaluations = EvaluationLog.restored(state.first, state.evaluations)
    curves.remembered, curves.epoch_so_far = state.remembered, state.epoch_so_far
    return curves


def _event(state: EventState) -> Event:
    if not state.key:
        return Event(iteration=state.iteration, label=state.label)
    return SettingChange(**structs.asdict(state))
