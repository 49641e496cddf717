"""The parts of a snapshot that a trainer gives: progress, settings, network, data, the last step."""

from __future__ import annotations

from msgspec import structs

from tui_trainer.experiment import Experiment
from tui_trainer.experiment.in_force import available_choices, flat_settings, upper_limits
from tui_trainer.inspection.followed_example import Followed
from tui_trainer.inspection.pictures import (
    asked_prediction,
    data_view,
    layer_view,
    network_weights,
    parameters,
    picture,
    unit_maps,
)
from tui_trainer.inspection.stability import StabilityCurve
from tui_trainer.inspection.step_view import step_view
from tui_trainer.setting import PACE
from tui_trainer.telemetry import DataView, NetworkView, PictureRequest, Progress, SettingsView, StepView
from tui_trainer.telemetry.journal import JournalEntry
from tui_trainer.training import Trainer
from tui_trainer.training.evaluation import layer_values
from tui_trainer.training.summary import resolved_defaults


class TrainerView:
    """Looks at one trainer at its present moment, and remembers what moments have in common."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._settings_cache: tuple[Experiment, SettingsView] | None = None
        self._settings_at_pace: tuple[SettingsView, float | None, SettingsView] | None = None
        """The settings, a pace, and the settings at that pace."""
        self._followed, self._stability = Followed(), StabilityCurve()
        self._step: tuple[PictureRequest, StepView] | None = None
        """The step looked at last, and for which request."""

    @property
    def settings(self) -> SettingsView:
        """Those of the experiment, cached until it changes."""
        now = self._trainer.experiment
        if self._settings_cache is None or self._settings_cache[0] is not now:
            view = SettingsView(
                values=flat_settings(now),
                resolved_defaults=resolved_defaults(self._trainer),
                available_choices=available_choices(now),
                upper_limits=upper_limits(now),
                tables=now.tables,
            )
            self._settings_cache = now, view
        return self._settings_cache[1]

    def settings_at(self, pace: float | None) -> SettingsView:
        """The settings, with the pace at which the run goes. The same object until one of them changes."""
        last, now = self._settings_at_pace, self.settings
        if last is not None and last[0] is now and last[1] == pace:
            return last[2]
        at_pace = structs.replace(now, values=now.values | {PACE: pace or "max"})
        self._settings_at_pace = now, pace, at_pace
        return at_pace

    @property
    def progress(self) -> Progress:
        """How far training is. Its speed is the caller's to know."""
        trainer, order = self._trainer, self._trainer.feed.order
        position = order.position(trainer.iteration)
        return Progress(
            epoch=position.epoch,
            batch=-(-position.offset // order.batch),
            batches_per_epoch=order.per_epoch,
            seen=position.offset if position.epoch == order.start.epoch and not order.is_even else 0,
            batch_size=min(order.batch, order.count - position.offset),
            examples=order.count,
            target_iterations=trainer.target,
            target_epochs=trainer.feed.target_epochs,
            learning_rate=trainer.learning_rate,
            phase=trainer.phase,
            seconds=trainer.elapsed,
            restored=trainer.early_stop.restored(trainer.iteration),
        )

    def network(self, request: PictureRequest) -> NetworkView:
        trainer = self._trainer
        return NetworkView(
            shape=trainer.network.sizes,
            # Of both sets only the first examples are needed.
            measures=layer_values(structs.replace(trainer.moment(), together=None)),
            layer=layer_view(trainer, request.weights_layer),
            weights=network_weights(trainer, request.network_units),
            unit_maps=unit_maps(trainer, request.network_units),
            parameters=parameters(trainer) if request.whole else None,
        )

    def data(self, request: PictureRequest) -> DataView:
        trainer = self._trainer
        return structs.replace(
            data_view(trainer.data),
            picture=picture(trainer, request) if request.picture else None,
            asked=asked_prediction(trainer, request),
        )

    def step(self, request: PictureRequest, *, lasts: bool = False) -> StepView | None:
        """The last step; or one of earlier if it `lasts`, was looked at for the same request, and no picture of the
        moment shows it."""
        if lasts and self._step is not None and self._step[0] == request and not request.network_units:
            return self._step[1]
        step = step_view(self._trainer, request, self._followed)
        self._step = None if step is None else (request, step)
        return step

    def stable_rates(self, changes: tuple[JournalEntry, ...]) -> tuple[tuple[int, float], ...]:
        """(iteration, largest stable learning rate), ascending. `changes`: those made by hand up to this moment."""
        return self._stability.seen_from(self._trainer, changes)
