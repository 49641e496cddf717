"""One run from its start: the trainer with its past, its diagnosis, its marks; and the snapshot of any moment of it.

No thread is in here: `live` drives a session from one, tests drive it directly.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Protocol

from tui_trainer.telemetry import (
    Autopsy,
    DataView,
    Evaluation,
    Event,
    Finding,
    GradientCheck,
    Look,
    Losses,
    Phase,
    SettingChange,
    Snapshot,
    Status,
    Viewpoint,
)
from tui_trainer.training import Experiment, Trainer
from tui_trainer.training.autopsy import examine
from tui_trainer.training.evaluation import measure_layers
from tui_trainer.training.pictures import data_view, layer_view, network_weights, picture, unit_maps
from tui_trainer.training.step_view import step_view
from tui_trainer.training.summary import flat_settings, summary
from tui_trainer.training.timeline import Timeline

MOST_EVENTS = 200
MOST_VERDICTS = 512


class Watcher(Protocol):
    """What judges evaluations as they come: the diagnosis. Handed in, because runs do not know it."""

    def observe(self, evaluation: Evaluation, settings: dict[str, object] | None = None) -> None:
        """Take the next evaluation in; `settings` are those in force, which remedies shall fit."""

    def observe_non_finite(self, iteration: int, settings: dict[str, object] | None = None) -> None:
        """The run stopped here, at a loss that is no finite number."""

    def copy(self) -> Watcher:
        """An independent copy."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those that hold now, the headline first."""

    @property
    def log(self) -> tuple[Finding, ...]:
        """All that were ever raised."""


class Session:
    """A run of one experiment; where it stands is where its trainer stands."""

    def __init__(self, experiment: Experiment, watcher: Callable[[], Watcher]) -> None:
        """Raises `SettingError` where the experiment cannot be run."""
        self._make_watcher = watcher
        self.watcher = watcher()
        self._verdicts: list[tuple[int, Watcher]] = []
        """The watcher as it was after evaluations of the past, oldest first."""
        self._settings = flat_settings(experiment)
        self.trainer = Trainer(experiment, self._observe)
        self.timeline = Timeline(self.trainer)
        self.events: list[Event] = []
        self.reached = Status.PAUSED
        """How the newest iteration was reached: PAUSED, or why the run ended there."""
        self.autopsy: Autopsy | None = None
        self.just_fixed = False
        """Whether the last move was the fix of an iteration stepped by phases."""
        self.gradient_check: GradientCheck | None = None
        self.abandoned: Losses | None = None
        """The curves of the future that a change in the past has left."""
        self._data: DataView = data_view(self.trainer)

    @property
    def experiment(self) -> Experiment:
        return self.trainer.experiment

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

    def whole_blocks(self, iterations: int) -> int:
        """About so many iterations (at most half as many more), to where a block ends if one ends there.

        Losses are taken in, and the curves grow, at the ends of blocks and of what is asked for: a fifth of the time of
        a small network when the two do not meet.
        """
        here, rows = self.trainer.iteration, self.trainer.feed.rows
        end = (here + iterations + iterations // 2) // rows * rows
        return end - here if end > here else iterations

    def advance(self, iterations: int) -> Status:
        """Run up to `iterations` further, through the known past first; stops at the newest, and where training ends.

        Returns the status there; PAUSED when there is nothing to stop for.
        """
        trainer, self.just_fixed = self.trainer, False
        if self.is_past:
            trainer.phase = None
            self.timeline.forward(min(trainer.iteration + iterations, self.newest))
            return self.reached if not self.is_past else Status.PAUSED
        end = trainer.iteration + iterations
        while trainer.iteration < end:
            status = trainer.run(min(end, self.timeline.next_copy(trainer.iteration)) - trainer.iteration)
            self.timeline.record()
            if status is not Status.PAUSED:
                self._ended(status)
                return status
        self.reached, self.autopsy = Status.PAUSED, None
        return Status.PAUSED

    def advance_phase(self) -> Status:
        """Run the next phase; after the fix the iteration is complete."""
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
        if self.trainer.status is not Status.PAUSED:
            self._ended(self.trainer.status)
        return self.trainer.status

    def retreat_phase(self) -> None:
        """Stand at the phase boundary before the present one; nothing happens at the very start."""
        iteration, phase = self.trainer.iteration, self.trainer.phase
        if phase is None:
            if iteration == 0:
                return
            iteration, phase = iteration - 1, Phase.UPDATE
        self.seek(iteration)  # also where it stands there: a phase that has run has left its mark on the gradient
        for _ in range(int(phase)):
            self.trainer.step_phase()

    def seek(self, iteration: int) -> None:
        """Show the moment after `iteration` updates."""
        self.trainer.phase, self.just_fixed = None, False
        self.timeline.seek(iteration)

    def change(self, experiment: Experiment, event: SettingChange) -> None:
        """Go on with live settings changed. In the past this cuts the future off, from where the trainer stands."""
        if self.trainer.phase is not None:
            self.seek(self.iteration)
        if self.is_past:
            self._cut()
        self.trainer.change(experiment)
        self._settings = flat_settings(experiment)
        self.timeline.changed()
        self.note(event)

    def fork(self) -> Session:
        """Another session that has lived the same until the moment shown, and forgets what came after it."""
        other = Session(self.timeline.start_experiment, self._make_watcher)
        other.watcher, other._verdicts = self.watcher.copy(), list(self._verdicts)
        other.trainer.curves = copy.deepcopy(self.trainer.curves)
        other.trainer.elapsed = self.trainer.elapsed
        other.timeline.adopt(self.timeline)
        other.events, other.reached, other.autopsy = list(self.events), self.reached, self.autopsy
        other.seek(self.iteration)
        if other.is_past:
            other._cut()
            other.abandoned = self.trainer.losses
        return other

    def note(self, event: Event) -> None:
        """Put a mark on the time plots."""
        self.events = [*self.events, event][-MOST_EVENTS:]

    def snapshot(self, look: Look, **state: object) -> Snapshot:
        """The moment where the trainer stands. `state`: the fields that whoever drives the session knows."""
        trainer = self.trainer
        watcher = self._watcher_then()
        order, position = trainer.feed.order, trainer.feed.order.position(trainer.iteration)
        return Snapshot(
            title=self.experiment.title,
            iteration=trainer.iteration,
            epoch=position.epoch,
            batch=-(-position.offset // order.batch),
            batches_per_epoch=order.per_epoch,
            batch_size=min(order.batch, order.count - position.offset),
            target_iterations=trainer.target,
            target_epochs=trainer.feed.target_epochs,
            phase=Phase.UPDATE if self.just_fixed else trainer.phase,
            learning_rate=trainer.learning_rate,
            settings=(flat_settings(self.experiment) if self.is_past else self._settings)
            | {"training.pace": state.get("pace") or "max"},
            shape=trainer.network.sizes,
            parameters=trainer.network.parameter_count,
            summary=summary(trainer),
            losses=trainer.losses,
            measures=measure_layers(trainer),
            layer=layer_view(trainer, look.weights_layer),
            data=self._data,
            picture=picture(trainer, look) if look.picture else None,
            network=network_weights(trainer, look.network_units),
            unit_maps=unit_maps(trainer, look.network_units),
            step=step_view(trainer, look),
            findings=tuple(watcher.findings),
            finding_log=tuple(self.watcher.log),
            events=tuple(self.events),
            past=Viewpoint(iteration=trainer.iteration, newest=self.newest) if self.is_past else None,
            autopsy=None if self.is_past else self.autopsy,
            abandoned=self.abandoned,
            gradient_check=self.gradient_check,
            elapsed=trainer.elapsed,
            **state,  # type: ignore[arg-type]
        )

    def _observe(self, evaluation: Evaluation) -> None:
        self.watcher.observe(evaluation, self._settings)
        if len(self._verdicts) >= MOST_VERDICTS:
            del self._verdicts[1 : MOST_VERDICTS // 2 : 2]
        self._verdicts.append((evaluation.iteration, self.watcher.copy()))

    def _watcher_then(self) -> Watcher:
        """The watcher as it was where the trainer stands."""
        known = [watcher for iteration, watcher in self._verdicts if iteration <= self.iteration]
        return known[-1] if known and self.is_past else self.watcher

    def _ended(self, status: Status) -> None:
        self.reached = status
        self.timeline.record()
        if status is Status.DIVERGED:
            self.watcher.observe_non_finite(self.trainer.iteration, self._settings)
            self.autopsy = examine(self.trainer, self.timeline)
        self.note(Event(iteration=self.trainer.iteration, label=status.value))

    def _cut(self) -> None:
        """Forget the future of where the trainer stands, the curves included."""
        self.watcher = self._watcher_then().copy()
        self._verdicts = [each for each in self._verdicts if each[0] <= self.iteration]
        self.timeline.cut()
        self.events = [event for event in self.events if event.iteration <= self.iteration]
        self.reached, self.autopsy = Status.PAUSED, None
        self._settings = flat_settings(self.experiment)
