"""One moment of a run, whole and immutable: all that a panel, a diagnosis or an export may know."""

from __future__ import annotations

from typing import Literal

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


class LayerView(Struct, frozen=True, kw_only=True):
    """The matrices of the linear layer that the screen looks at, copied: (inputs, units) each, biases (units,)."""

    index: int
    count: int
    """Linear layers in the network."""
    weight: NDArray[np.floating]
    gradient: NDArray[np.floating]
    update: NDArray[np.floating]
    bias: NDArray[np.floating] | None = None
    bias_gradient: NDArray[np.floating] | None = None
    bias_update: NDArray[np.floating] | None = None
    image_shape: tuple[int, int] | None = None
    """(height, width) when `index` is 0 and the inputs are the pixels of an image."""


class DataView(Struct, frozen=True, kw_only=True):
    """The data set. The arrays are shared by all snapshots of a run and never change."""

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


class Viewpoint(Struct, frozen=True, kw_only=True):
    """Where in time the snapshot stands when that is not the newest iteration of the run."""

    iteration: int
    newest: int


class SeekProgress(Struct, frozen=True, kw_only=True):
    """A seek that takes a while, because the run is computed again from its last copy."""

    iteration: int
    """The moment that it seeks."""
    share: float
    """How much of it is done, 0 to 1."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """One moment of a run. Everything in it is a copy or never changes; it can be kept for as long as one likes."""

    version: int
    """Grows with every change; equal versions are the same picture."""
    run: int = 0
    """Which run this is: a restart and another lesson have numbers of their own, forks and changes go on with it."""
    title: str
    status: Status
    message: Notice = Notice()
    """Why the run stands still, or what the last command did or could not do."""
    iteration: int
    """Completed updates."""
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
    phase: Phase | None = None
    """The last phase completed while the run moves by phases (the fix until it moves again); None otherwise."""
    pace: float | None = None
    """Asked iterations a second; None as fast as possible. At 2 and below, the run moves by single phases."""
    speed: float = 0.0
    """Measured iterations a second, while running."""
    learning_rate: float
    """In force for the next update, the schedule included."""
    settings: dict[str, object]
    """Dotted TOML key → value in force, for every setting that the experiment has."""
    automatic: dict[str, object] = {}
    """Dotted TOML key → what the run has chosen itself where `settings` says None."""
    choices: dict[str, tuple[object, ...]] = {}
    """Dotted TOML key → the choices that this run can have, where it cannot have all."""
    most: dict[str, int] = {}
    """Dotted TOML key → the largest number that this run can have, where that is less than others can."""
    shape: tuple[int, ...]
    """All layer sizes, input and output included: (2, 16, 1)."""
    parameters: int
    axis: Literal["linear", "log"] | None = None
    """The axis that the preset asks for its losses; None where what is drawn decides."""
    summary: str
    """"moons 200 + 400 noise 0.1 · 2-16-1 relu · sgd"."""
    losses: Losses
    evaluation: Evaluation | None = None
    """Of this very moment, where the run stands still or goes slowly, and measuring is quick; the log in `losses` has
    only those that were due."""
    measures: tuple[LayerValues, ...]
    """Every linear layer now (not only at evaluations): norms, update ratios, dead and saturated shares."""
    layer: LayerView
    data: DataView
    picture: Picture | None = None
    network: tuple[NDArray[np.floating], ...] = ()
    """The weights of each linear layer, (inputs, units), of the first `Look.network_units` of both."""
    unit_maps: tuple[NDArray[np.float32], ...] = ()
    """What as many units of each layer (inputs and outputs included) hold over the plane of 2-D data, in [−1, 1]:
    (units, rows, columns) each."""
    step: StepView | None = None
    """None before the first forward pass."""
    findings: tuple[Finding, ...] = ()
    """Those that hold now, the headline first."""
    events: tuple[Event, ...] = ()
    """Marks for the time plots, oldest first, bounded."""
    arms: tuple[ArmView, ...] = ()
    """All arms of a race, this one among them; empty while there is only one."""
    parting: Parting | None = None
    """Where the arms parted; None while there is only one."""
    abandoned: Losses | None = None
    """The curves of the future that was left when a setting was changed in the past; undo returns to it."""
    past: Viewpoint | None = None
    """Set while looking at an earlier moment; None when live."""
    restored: int | None = None
    """The iteration whose weights early stopping has brought back, where the run stands on those."""
    going: SeekProgress | None = None
    """Set during a seek: all else is the moment at which it began."""
    autopsy: Autopsy | None = None
    """Where the run broke, once it has diverged."""
    gradient_check: GradientCheck | None = None
    """The last one that was asked for since this run began."""
    can_undo: str = ""
    can_redo: str = ""
    """What `u` and `U` would do, in words; empty when there is nothing."""
    undo_leads_to: int | None = None
    """The iteration to which `u` would go; None where it acts at the present one."""
