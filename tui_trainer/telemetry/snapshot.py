"""One moment of a run, whole and immutable: all that a panel, a diagnosis or an export may know.

What every source of training has is the core. The rest stands in parts, and a part is None where the source lacks it:
a table of losses has none of them, the live trainer has all.
"""

from __future__ import annotations

from typing import Literal, TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.telemetry.autopsy import Autopsy
from tui_trainer.telemetry.evaluation import Evaluation, LayerValues
from tui_trainer.telemetry.events import Event
from tui_trainer.telemetry.finding import Finding
from tui_trainer.telemetry.gradient_check import GradientCheck
from tui_trainer.telemetry.losses import Losses
from tui_trainer.telemetry.notice import Notice
from tui_trainer.telemetry.phase import Phase
from tui_trainer.telemetry.pictures import Picture
from tui_trainer.telemetry.race import ArmView, Parting
from tui_trainer.telemetry.status import Status
from tui_trainer.telemetry.step import StepView

T = TypeVar("T")


class Part(Struct, frozen=True):
    """Fields of a snapshot that a source of training has together or not at all."""


def present(part: T | None) -> T:
    """A part that the caller has declared to require. Raises `LookupError` where it is missing."""
    if part is None:
        raise LookupError("a part of the snapshot is read that its source does not have")
    return part


class Progress(Part, frozen=True, kw_only=True):
    """How far the run is, in batches and epochs, and how it moves."""

    epoch: int
    """From 0; show it plus one while its batches run."""
    batch: int
    """Mini-batches of this epoch already done."""
    batches_per_epoch: int
    batch_size: int
    """Of the next mini-batch."""
    examples: int
    """Of a full batch: all training examples, or all pairs of them where the loss is of pairs."""
    target_iterations: int
    target_epochs: float
    learning_rate: float
    """In force for the next update, the schedule included."""
    phase: Phase | None = None
    """The last phase completed while the run moves by phases (the fix until it moves again); None otherwise."""
    speed: float = 0.0
    """Measured iterations a second, while running."""
    restored: int | None = None
    """The iteration whose weights early stopping has brought back, where the run stands on those."""


class SettingsView(Part, frozen=True, kw_only=True):
    """What the experiment is set to. All by dotted TOML key."""

    values: dict[str, object]
    """Of every setting that the experiment has, the value in force."""
    resolved_defaults: dict[str, object] = {}
    """What the run has chosen itself where `values` says None."""
    available_choices: dict[str, tuple[object, ...]] = {}
    """The choices that this run can have, where it cannot have all."""
    upper_limits: dict[str, int] = {}
    """The largest number that this run can have, where that is less than others can."""


class LayerView(Struct, frozen=True, kw_only=True):
    """The arrays of the layer that the screen shows, copied; those that a source does not tell are None.

    Of a linear layer (inputs, units), its biases (units,). Any other shape is allowed; units lie along the last axis.
    """

    name: str
    """As in `LayerValues`."""
    index: int
    count: int
    """Layers with weights in the network."""
    weight: NDArray[np.floating]
    gradient: NDArray[np.floating] | None = None
    update: NDArray[np.floating] | None = None
    bias: NDArray[np.floating] | None = None
    bias_gradient: NDArray[np.floating] | None = None
    bias_update: NDArray[np.floating] | None = None
    image_shape: tuple[int, int] | None = None
    """(height, width) when `index` is 0 and the inputs are the pixels of an image."""


class NetworkView(Part, frozen=True, kw_only=True):
    """The network as it is now."""

    shape: tuple[int, ...] = ()
    """All layer sizes, input and output included: (2, 16, 1)."""
    measures: tuple[LayerValues, ...] = ()
    """Every layer with weights now (not only at evaluations): norms, update ratios, dead and saturated shares."""
    layer: LayerView | None = None
    weights: tuple[NDArray[np.floating], ...] = ()
    """The weights of each linear layer, (inputs, units), of the first `Look.network_units` of both."""
    unit_maps: tuple[NDArray[np.float32], ...] = ()
    """What as many units of each layer (inputs and outputs included) hold over the plane of 2-D data, in [−1, 1]:
    (units, rows, columns) each."""

    @property
    def has_diagram(self) -> bool:
        """Whether there are `weights`, and each goes from one layer of units to the next."""
        are_matrices = all(weight.ndim == 2 for weight in self.weights)
        return bool(self.weights) and are_matrices and len(self.shape) == len(self.weights) + 1


class DataView(Part, frozen=True, kw_only=True):
    """The data set, and what the network makes of it. The arrays of the data are shared by all snapshots of a run and
    never change."""

    name: str
    task: str
    """"classification", "regression" or "embedding"."""
    inputs: NDArray[np.float64]
    """(training examples, columns) before standardising, feature expansion and augmentation."""
    targets: NDArray[np.float64]
    """(training examples,): class numbers for a classification, the first output for a regression."""
    validation_inputs: NDArray[np.float64]
    validation_targets: NDArray[np.float64]
    class_names: tuple[str, ...]
    input_names: tuple[str, ...]
    unit: str = ""
    """What the inputs are measured in, where that is worth a word."""
    image_shape: tuple[int, int] | None = None
    picture: Picture | None = None
    """The network's predictions; None where nobody has asked for them."""


class RaceView(Part, frozen=True, kw_only=True):
    """Several arms side by side."""

    arms: tuple[ArmView, ...]
    """All of them, the one that the snapshot is of among them."""
    parting: Parting | None = None


class SeekProgress(Struct, frozen=True, kw_only=True):
    """A jump through time that takes a while, because the way is computed again."""

    iteration: int
    """Where it leads."""
    share: float
    """How much of the way is behind, 0 to 1."""


class ControlView(Part, frozen=True, kw_only=True):
    """What the commands of a person have come to, in a run that obeys them."""

    pace: float | None = None
    """Asked iterations a second; None as fast as possible. At 2 and below, the run moves by single phases."""
    seeking: SeekProgress | None = None
    """Set while a jump is under way: all else is the moment at which it began."""
    gradient_check: GradientCheck | None = None
    """The last one that was asked for since this run began."""
    can_undo: str = ""
    can_redo: str = ""
    """What `u` and `U` would do, in words; empty when there is nothing."""
    undo_leads_to: int | None = None
    """The iteration to which `u` would go; None where it acts at the present one."""


class Viewpoint(Struct, frozen=True, kw_only=True):
    """Where in time the snapshot stands when that is not the newest iteration of the run."""

    iteration: int
    newest: int


class Snapshot(Struct, frozen=True, kw_only=True):
    """One moment of a run. Everything in it is a copy or never changes; it can be kept for as long as one likes."""

    version: int
    """Grows with every change; equal versions are the same picture."""
    run: int = 0
    """Which run this is: a restart and another lesson have numbers of their own, forks and changes go on with it."""
    title: str
    summary: str = ""
    """"moons 200 + 400 noise 0.1 · 2-16-1 relu · sgd"."""
    status: Status
    message: Notice = Notice()
    """Why the run stands still, or what the last command did or could not do."""
    iteration: int
    """Completed updates."""
    losses: Losses
    axis: Literal["linear", "log"] | None = None
    """The axis that the preset asks for its losses; None where what is drawn decides."""
    evaluation: Evaluation | None = None
    """Of this very moment, where the run stands still or goes slowly, and measuring is quick; the log in `losses` has
    only those that were due."""
    findings: tuple[Finding, ...] = ()
    """Those that hold now, the headline first."""
    events: tuple[Event, ...] = ()
    """Marks for the time plots, oldest first, bounded."""
    past: Viewpoint | None = None
    """Set while looking at an earlier moment; None when live."""
    abandoned: Losses | None = None
    """The curves of the future that was left when a setting was changed in the past; undo returns to it."""
    autopsy: Autopsy | None = None
    """Where the run broke, once it has diverged."""

    progress: Progress | None = None
    settings: SettingsView | None = None
    network: NetworkView | None = None
    data: DataView | None = None
    step: StepView | None = None
    """None also before the first forward pass."""
    race: RaceView | None = None
    """None also while there is only one arm."""
    control: ControlView | None = None

    @property
    def newest(self) -> int:
        """The last iteration that the run has reached, whichever moment is shown."""
        return self.iteration if self.past is None else self.past.newest

    @property
    def phase(self) -> Phase | None:
        """`Progress.phase`."""
        return None if self.progress is None else self.progress.phase

    @property
    def values(self) -> dict[str, object]:
        """`SettingsView.values`, none where there are no settings."""
        return {} if self.settings is None else self.settings.values

    @property
    def resolved_defaults(self) -> dict[str, object]:
        """`SettingsView.resolved_defaults`, none where there are no settings."""
        return {} if self.settings is None else self.settings.resolved_defaults

    @property
    def arms(self) -> tuple[ArmView, ...]:
        """All arms of a race; none where there is one run only."""
        return () if self.race is None else self.race.arms

    @property
    def seeking(self) -> SeekProgress | None:
        """`ControlView.seeking`."""
        return None if self.control is None else self.control.seeking

    @property
    def is_at_full_speed(self) -> bool:
        """Whether the run moves as fast as it can, as a person has asked for."""
        return self.status is Status.RUNNING and self.control is not None and self.control.pace is None
