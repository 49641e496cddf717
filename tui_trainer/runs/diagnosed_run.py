"""One run of an experiment: its trainer, its diagnosis and its past, and snapshots of any of its moments.

The screen, `train`, `verify` and studies all use it. It contains no thread; `live` drives it from one.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence, Sized
from typing import Any

from msgspec import structs

from tui_trainer.diagnosis import Diagnosis
from tui_trainer.experiment import Experiment
from tui_trainer.experiment.in_force import flat_settings
from tui_trainer.experiment.words import change_words
from tui_trainer.inspection.autopsy import examine
from tui_trainer.inspection.trainer_view import TrainerView
from tui_trainer.past.timeline import Timeline
from tui_trainer.runs.past_diagnoses import PastDiagnoses
from tui_trainer.runs.phase_boundary import PhaseBoundary
from tui_trainer.telemetry import (
    Autopsy,
    ControlView,
    Evaluation,
    Event,
    Examined,
    Finding,
    GradientCheck,
    Losses,
    Phase,
    PictureRequest,
    RaceView,
    Recipe,
    SettingChange,
    Snapshot,
    Status,
    Viewpoint,
)
from tui_trainer.telemetry.commands import ChangeWeight
from tui_trainer.telemetry.expectation import Outcome
from tui_trainer.telemetry.journal import JournalEntry
from tui_trainer.training import Trainer
from tui_trainer.training.evaluation import evaluation_of
from tui_trainer.training.summary import summary
from tui_trainer.training.yardstick import yardstick

MOST_EVENTS = 200
QUICK_PRODUCTS = 1e8
"""Products of a weight and an input that an evaluation computes in a few milliseconds."""

_NOTHING_ASKED = ControlView()


class DiagnosedRun:
    """A run at its newest iteration or at a moment of its past, wherever its trainer is."""

    def __init__(self, experiment: Experiment) -> None:
        """Raises `SettingError` if the experiment cannot be run."""
        self.diagnosis = Diagnosis()
        self.on_observation: Callable[[Evaluation | None], None] = lambda evaluation: None
        """Called after the diagnosis has observed an evaluation, or a loss that is not finite (None)."""
        self.past_diagnoses = PastDiagnoses()
        self._settings = self.settings_at_start = flat_settings(experiment)
        self.trainer = Trainer(experiment, self._observe)
        self.timeline, self._view = Timeline(self.trainer), TrainerView(self.trainer)
        self.events: list[Event] = []
        self.reached = Status.PAUSED
        """How the newest iteration was reached: PAUSED, or why the run ended there."""
        self.first_end: int | None = None
        """The first iteration at which the run ended. It may have gone on since."""
        self.autopsy: Autopsy | None = None
        self.is_recorded = False
        """Whether the run is shown as it was recorded: it never goes beyond its newest iteration."""
        self.just_fixed = False
        """Whether the last move was the fix of an iteration stepped by phases."""
        self.gradient_check: GradientCheck | None = None
        self.abandoned: Losses | None = None
        """The curves of the future that a change in the past has replaced."""

    @property
    def experiment(self) -> Experiment:
        return self.trainer.experiment

    @property
    def _recipe(self) -> Recipe:
        """What the present position can be computed again from."""
        return Recipe(tables=self.timeline.start_experiment.tables, journal=self._changes)

    @property
    def _changes(self) -> tuple[JournalEntry, ...]:
        """Those made up to the present position."""
        return tuple(entry for entry in self.timeline.journal if entry.iteration <= self.iteration)

    @property
    def iteration(self) -> int:
        return self.trainer.iteration

    @property
    def newest(self) -> int:
        """The last iteration that the run has reached."""
        return self.timeline.newest

    @property
    def is_past(self) -> bool:
        return self.trainer.iteration < self.newest

    @property
    def standing(self) -> Status:
        """The status at the present position. In the past, and in an open iteration beyond the end, it is PAUSED."""
        begun = self.trainer.phase is not None and self.reached is not Status.DIVERGED
        return Status.PAUSED if self.is_past or begun else self.reached

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that hold at the present position, the most important first."""
        return self._diagnosis_then().findings

    @property
    def examination(self) -> tuple[Examined, ...]:
        """Every finding at the present position, whether it holds or not."""
        return self._diagnosis_then().examination()

    def whole_blocks(self, iterations: int) -> int:
        """The iterations to the end of a block if one ends within one and a half times `iterations`; else `iterations`.

        Curves grow at the end of each block and of each `advance`. If the two do not coincide, a small network loses a
        fifth of its speed.
        """
        here, rows = self.trainer.iteration, self.trainer.feed.rows
        end = (here + iterations + iterations // 2) // rows * rows
        return end - here if end > here else iterations

    @property
    def restored(self) -> int | None:
        """The iteration whose weights early stopping has restored, if the run has these weights now."""
        return self.trainer.early_stop.restored(self.iteration)

    def measure(self) -> Evaluation:
        """An evaluation of the present weights, which is not logged."""
        return evaluation_of(self.trainer.moment())

    def measure_if_quick(self) -> Evaluation | None:
        """The same; None if the network and the data are so large that the reply to a key would be late."""
        examples = len(self.trainer.train_set) + len(self.trainer.validation_set)
        return self.measure() if self.trainer.network.parameter_count * examples <= QUICK_PRODUCTS else None

    def outcome(self, final: Evaluation | None = None) -> Outcome:
        """The result of the run so far. `final`: an evaluation of the present weights, measured now if it is None."""
        return Outcome(
            status=self.standing,
            iteration=self.iteration,
            final=final or self.measure(),
            raised=dict(self.diagnosis.first_raised),
            losses=self.trainer.losses,
            yardstick=yardstick(self.trainer),
        )

    def advance(self, iterations: int | None = None, waiting: Sized = ()) -> Status:
        """Run `iterations` further, or to the target. The known past is rerun first.

        Stops early if the run ends or has ended, and if another thread puts something into `waiting`. Returns why:
        PAUSED unless the run ended.
        """
        trainer, self.just_fixed = self.trainer, False
        end = trainer.target if iterations is None else trainer.iteration + iterations
        if self.is_past:
            trainer.phase = None
            self.timeline.forward(min(end, self.newest))
            if self.is_past or self.is_recorded or self.reached is not Status.PAUSED:
                return Status.PAUSED if self.is_past else self.reached
        while trainer.iteration < end:
            next_stop = min(end, self.timeline.next_copy(trainer.iteration))
            status = trainer.run(next_stop - trainer.iteration, waiting)
            self.timeline.record()
            if status is not Status.PAUSED:
                self._ended(status)
                return status
            if waiting:
                break
        self.reached, self.autopsy = Status.PAUSED, None
        return Status.PAUSED

    def advance_phase(self) -> Status:
        """Run the next phase. After the fix the iteration is complete."""
        if self.reached is Status.DIVERGED and not self.is_past:
            return Status.DIVERGED
        self.just_fixed = self.trainer.phase is Phase.BACKWARD
        if self.is_past and self.just_fixed:
            self.trainer.phase = None
            self.timeline.forward(self.trainer.iteration + 1)
            return self.reached if not self.is_past else Status.PAUSED
        self.trainer.step_phase()
        if self.just_fixed:
            self.timeline.record()
            self.reached, self.autopsy = Status.PAUSED, None  # the run may have ended before this iteration
        if self.trainer.status is not Status.PAUSED:
            self._ended(self.trainer.status)
        return self.trainer.status

    @property
    def boundary(self) -> PhaseBoundary:
        """The present position."""
        return PhaseBoundary(self.iteration, 0 if self.trainer.phase is None else self.trainer.phase + 1)

    def seek(self, iteration: int) -> None:
        """Go to the moment after `iteration` updates."""
        for _ in self.seek_in_slices(PhaseBoundary(iteration)):
            pass

    def seek_in_slices(self, goal: PhaseBoundary) -> Iterator[float]:
        """Go to a phase boundary in slices. Yields the share done after each slice."""
        trainer, here = self.trainer, self.boundary
        self.just_fixed, trainer.phase = False, None
        # A phase changes the gradient, so the moment before an open iteration is computed again too.
        if here != PhaseBoundary(min(max(goal.iteration, 0), self.newest)):
            yield from self.timeline.seek_in_slices(goal.iteration)
        for _ in range(goal.phases):
            trainer.step_phase()
        self.just_fixed = goal.fixed

    def change(self, experiment: Experiment, event: SettingChange) -> None:
        """Change live settings. Raises `RuntimeError` in the past and in an open iteration: fork there."""
        self._change(experiment, None, event)
        self._settings = self._view.settings.values

    def change_weight(self, change: ChangeWeight) -> None:
        """Change one weight by hand. Raises what `change` raises, and `IndexError`."""
        network = self.trainer.network
        index = network.parameter_index(change.layer, change.source, change.unit)
        name = network.parameter_name(index)
        old, new = (float(f"{value:.4g}") for value in (self.trainer.vectors.parameters[index], change.value))
        label = change_words(name, old, new)
        event = SettingChange(iteration=self.iteration, label=label, key=name, old=old, new=new)
        self._change(self.experiment, change, event)

    def _change(self, experiment: Experiment, weight: ChangeWeight | None, event: SettingChange) -> None:
        if self.is_past:
            raise RuntimeError("a run changes at its newest iteration")
        self.timeline.change(experiment, weight)
        self.note(event)

    def fork(self) -> DiagnosedRun:
        """A copy of the run up to the moment shown, without what came after."""
        other = DiagnosedRun(self.timeline.start_experiment)
        other.diagnosis, other.past_diagnoses = self.diagnosis.copy(), self.past_diagnoses.until(self.iteration)
        other.trainer.curves = copy.deepcopy(self.trainer.curves)
        other.timeline.adopt(self.timeline)
        other.events, other.reached, other.autopsy = list(self.events), self.reached, self.autopsy
        other.first_end = self.first_end
        other.timeline.seek(self.iteration)
        if other.is_past:
            other._cut()
            other.abandoned = self.trainer.losses
        other._settings = flat_settings(other.experiment)
        return other

    def take_over(self, diagnosis: Diagnosis, events: Sequence[Event], reached: Status, first_end: int | None) -> None:
        """Adopt the rest of a recorded run, after its trainer and its timeline have their recorded states."""
        self.diagnosis, self.events, self.reached, self.first_end = diagnosis, list(events), reached, first_end
        self.past_diagnoses = PastDiagnoses.again(self.trainer.evaluations.view(), self.timeline)
        self._settings = flat_settings(self.experiment)
        if reached is Status.DIVERGED:
            self.autopsy = examine(self.trainer, self.timeline)

    def note(self, event: Event) -> None:
        """Mark the time plots. Changes of one setting at one moment become one, or none if they cancel out."""
        last = self.events[-1] if self.events else None
        if (
            isinstance(event, SettingChange)
            and isinstance(last, SettingChange)
            and (last.iteration, last.key) == (event.iteration, event.key)
        ):
            self.events = self.events[:-1]
            label = change_words(event.key, last.old, event.new)
            event = structs.replace(event, old=last.old, label=label)
            if event.old == event.new:
                return
        self.events = [*self.events, event][-MOST_EVENTS:]

    def snapshot(
        self,
        request: PictureRequest,
        control: ControlView = _NOTHING_ASKED,
        *,
        speed: float = 0.0,
        step_lasts: bool = False,
        race: RaceView | None = None,
        **core: Any,
    ) -> Snapshot:
        """The present moment. `step_lasts`: the numbers of an earlier step will do. `core`: fields of the snapshot that
        the caller knows."""
        trainer, view = self.trainer, self._view
        progress = structs.replace(view.progress, speed=speed)
        return Snapshot(
            title=self.experiment.title,
            summary=summary(trainer),
            iteration=trainer.iteration,
            losses=self.timeline.losses,
            axis=self.experiment.axis,
            findings=self.findings,
            examination=self.examination if request.examination else None,
            stable_rates=view.stable_rates(self._changes) if request.stable_rate else (),
            events=tuple(self.events),
            past=Viewpoint(iteration=trainer.iteration, newest=self.newest) if self.is_past else None,
            abandoned=self.abandoned,
            autopsy=None if self.is_past else self.autopsy,
            progress=structs.replace(progress, phase=Phase.UPDATE) if self.just_fixed else progress,
            settings=view.settings_at(control.pace),
            network=view.network(request),
            data=view.data(request),
            step=view.step(request, lasts=step_lasts),
            race=race,
            control=structs.replace(control, gradient_check=self.gradient_check),
            recipe=self._recipe if request.whole else None,
            **core,
        )

    def _observe(self, evaluation: Evaluation) -> None:
        self.diagnosis.observe(evaluation, self._settings)
        self.past_diagnoses.note(evaluation.iteration, self.diagnosis)
        self.on_observation(evaluation)

    def _diagnosis_then(self) -> Diagnosis:
        """The diagnosis at the present position."""
        return (self.past_diagnoses.at(self.iteration) if self.is_past else None) or self.diagnosis

    def _ended(self, status: Status) -> None:
        self.reached = status
        self.first_end = self.iteration if self.first_end is None else self.first_end
        self.timeline.record()
        if status is Status.DIVERGED:
            self.diagnosis.observe_non_finite(self.trainer.iteration, self._settings)
            self.on_observation(None)
            self.autopsy = examine(self.trainer, self.timeline)
        self.note(Event(iteration=self.trainer.iteration, label=status.value))

    def _cut(self) -> None:
        """Forget what came after the present position, curves included."""
        then = self.past_diagnoses.exactly_at(self.iteration, self.trainer.evaluations.view(), self.timeline)
        self.diagnosis = then or self.diagnosis.copy()
        self.past_diagnoses = self.past_diagnoses.until(self.iteration)
        self.timeline.cut()
        self.events = [event for event in self.events if event.iteration <= self.iteration]
        self.reached, self.autopsy = Status.PAUSED, None
        self.first_end = None if self.first_end is None or self.first_end > self.iteration else self.first_end
