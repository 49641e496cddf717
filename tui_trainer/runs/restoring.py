"""A run as a recorded state, and a run that continues from one, bit for bit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from msgspec import structs

from tui_trainer.diagnosis import Diagnosis
from tui_trainer.experiment import Experiment
from tui_trainer.past.timeline import Change
from tui_trainer.recordings.files import RecordingError
from tui_trainer.recordings.recording import Recording
from tui_trainer.recordings.state import ArmState, ChangeState, CurvesState, EventState, RunState, experiment_of
from tui_trainer.runs.arms import Arm
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import EvaluationLog, Event, History, SettingChange
from tui_trainer.training.curves import Curves
from tui_trainer.training.state import Keyframe

RERUN_SECONDS = 0.3
"""The last iterations of a restored run are rerun if that takes no longer, to have the numbers of its last step."""


def state_of(run: DiagnosedRun, strand: int) -> RunState:
    """A copy of everything that a run at its newest iteration depends on. An open iteration is left out."""
    trainer, curves = run.trainer, run.trainer.curves
    frame = trainer.live_keyframe(with_step=trainer.phase is None).copy()
    return RunState(
        strand=strand,
        start=run.timeline.start_experiment,
        changes=tuple(ChangeState(**structs.asdict(change)) for change in run.timeline.changes),
        **{name: getattr(frame, name) for name in Keyframe.__struct_fields__},
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
    except Exception as error:  # whatever a damaged, or a malicious, file makes of it
        raise RecordingError(f"{recording.path} cannot be restored: {error}") from error


def _arm(recording: Recording, state: ArmState) -> Arm:
    def frames(experiment_at: Callable[[int], Experiment]) -> Iterator[Keyframe]:
        return recording.keyframes(state.run.strand, experiment_at)

    names = [name for name in ArmState.__struct_fields__ if name != "run"]
    return Arm(**{name: getattr(state, name) for name in names}, run=restored(state.run, frames))


def restored(
    state: RunState, keyframes: Callable[[Callable[[int], Experiment]], Iterable[Keyframe]] = lambda experiment_at: ()
) -> DiagnosedRun:
    """A run that goes on where `state` was taken. `keyframes`: the recorded ones, given the experiment in force at each
    iteration. Raises `SettingError`, and `ValueError` for a state that does not fit together."""
    start, experiment = experiment_of(state.start), experiment_of(state.experiment)
    if len(state.parameters) != sum((i + 1) * units for i, units in pairwise(start.layer_sizes)):
        raise ValueError("the network has another number of weights")
    run = DiagnosedRun(start)
    trainer, timeline = run.trainer, run.timeline
    changes = [Change(each.iteration, experiment_of(each.experiment), each.weight) for each in state.changes]
    names = [name for name in Keyframe.__struct_fields__ if name != "experiment"]
    trainer.restore(Keyframe(**{name: getattr(state, name) for name in names}, experiment=experiment))
    trainer.curves, trainer.elapsed = _curves(state.curves), state.elapsed

    def experiment_at(iteration: int) -> Experiment:
        return next((each.experiment for each in reversed(changes) if each.iteration < iteration), start)

    timeline.take_over(changes, keyframes(experiment_at))
    _rerun_last_step(run)
    run.take_over(
        Diagnosis.restored(state.diagnosis), [_event(each) for each in state.events], state.reached, state.first_end
    )
    return run


def _rerun_last_step(run: DiagnosedRun) -> None:
    """Have the numbers of the last iteration in the buffers, or let them say that they do not have them."""
    trainer = run.trainer
    before = next((copy.iteration for copy in run.timeline.copies if copy.iteration < trainer.iteration), 0)
    seconds = trainer.elapsed / max(trainer.iteration, 1)
    if (trainer.iteration - before) * seconds <= RERUN_SECONDS:
        run.timeline.seek(trainer.iteration, afresh=True)
    else:
        trainer.feed.forget_numbers()


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
