"""One moment of a run, immutable: everything that a panel or an export may know.

The core is what every source of training has. The rest is in parts, and a part is None if the source lacks it: a table
of losses has no parts, the live trainer has all of them.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any, Literal, TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.setting import LEARNING_RATE, PACE
from tui_trainer.telemetry.aim import AimView
from tui_trainer.telemetry.autopsy import Autopsy
from tui_trainer.telemetry.evaluation import Evaluation, LayerValues
from tui_trainer.telemetry.events import Event, SettingChange
from tui_trainer.telemetry.finding import Examined, Finding
from tui_trainer.telemetry.gradient_check import GradientCheck
from tui_trainer.telemetry.journal import JournalEntry
from tui_trainer.telemetry.lesson import LessonEntry
from tui_trainer.telemetry.losses import Losses
from tui_trainer.telemetry.notice import Notice
from tui_trainer.telemetry.phase import Phase
from tui_trainer.telemetry.pictures import Asked, Picture
from tui_trainer.telemetry.proposal import ProposalView
from tui_trainer.telemetry.race import ArmView, Parting
from tui_trainer.telemetry.recorded import Recorded
from tui_trainer.telemetry.seeds import SeedFan
from tui_trainer.telemetry.status import Status
from tui_trainer.telemetry.step import StepView
from tui_trainer.wording import date_in_words, value_in_words

T = TypeVar("T")


class Part(Struct, frozen=True):
    """Fields of a snapshot that a source of training has either all or not at all."""


def present(part: T | None) -> T:
    """A part that the caller has declared as required. Raises `LookupError` if it is missing."""
    if part is None:
        raise LookupError("a part of the snapshot is read that its source does not have")
    return part


class Progress(Part, frozen=True, kw_only=True):
    """How far the run is, in batches and epochs, and how fast it runs."""

    epoch: int
    """Completed epochs. Shown plus one while its batches run."""
    batch: int
    """Completed mini-batches of this epoch."""
    batches_per_epoch: int
    seen: int = 0
    """Examples of this epoch already used, if the rest of it was divided anew: then its batches are of two sizes, or of
    two sets; 0 in any other epoch."""
    batch_size: int
    """Examples of the next mini-batch."""
    examples: int
    """Examples of a full batch: all training examples, or all pairs of them if the loss compares pairs."""
    target_iterations: int
    target_epochs: float
    learning_rate: float
    """The rate of the next update, schedule included."""
    phase: Phase | None = None
    """The last completed phase while the run is stepped by phases; None otherwise."""
    speed: float = 0.0
    """Measured iterations a second while the run goes on."""
    seconds: float = 0.0
    """Time that the trainer has spent on its iterations, whether or not it runs now."""
    restored: int | None = None
    """The iteration whose weights early stopping has restored, if the run has these weights now."""


class SettingsView(Part, frozen=True, kw_only=True):
    """The settings of the experiment by dotted TOML key."""

    values: dict[str, object]
    """The value in force of every setting that the experiment has."""
    resolved_defaults: dict[str, object] = {}
    """The values that the run has chosen itself for settings that are None in `values`."""
    available_choices: dict[str, tuple[object, ...]] = {}
    """The choices that this run can have, if it cannot have all."""
    upper_limits: dict[str, int] = {}
    """The largest number that this run can have, if other runs can have a larger one."""
    tables: dict[str, dict[str, Any]] = {}
    """The experiment as the tables of a preset file, every key with its value in force."""


class LayerView(Struct, frozen=True, kw_only=True):
    """Copies of the arrays of the layer that the screen shows. Arrays that the source lacks are None.

    Arrays of a linear layer are (inputs, units), those of its biases (units,). Any other shape is allowed; units lie
    along the last axis.
    """

    name: str
    """The name in `LayerValues`."""
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
    """(height, width) if `index` is 0 and the inputs are the pixels of an image."""


class Parameters(Struct, frozen=True, kw_only=True):
    """Copies of all numbers that turn raw inputs into outputs."""

    layers: tuple[tuple[NDArray[np.floating], NDArray[np.floating]], ...]
    """Weights (inputs, units) and biases (units,) of each layer, the first one first."""
    activations: tuple[str, ...]
    """The activation of each hidden layer."""
    input_names: tuple[str, ...]
    """The inputs of the network."""
    mean: NDArray[np.float64]
    """(inputs,): the network sees (input − mean) / scale."""
    scale: NDArray[np.float64]
    recipe: str = ""
    """How a row of the person's table becomes raw inputs, as JSON; "" without a table."""


class NetworkView(Part, frozen=True, kw_only=True):
    shape: tuple[int, ...] = ()
    """The sizes of all layers, input and output included: (2, 16, 1)."""
    measures: tuple[LayerValues, ...] = ()
    """The measures of each layer with weights: norms, update ratios, dead and saturated shares."""
    layer: LayerView | None = None
    weights: tuple[NDArray[np.floating], ...] = ()
    """The weights of each linear layer, (inputs, units), at most `PictureRequest.network_units` of either."""
    unit_maps: tuple[NDArray[np.float32], ...] = ()
    """For each layer, input and output included, the values of these units over the plane of 2-D data, in [−1, 1]:
    (units, rows, columns)."""
    parameters: Parameters | None = None
    """All weights and biases; None if they were not requested."""

    @property
    def has_diagram(self) -> bool:
        """Whether there are `weights`, and each matrix connects one layer of units with the next."""
        are_matrices = all(weight.ndim == 2 for weight in self.weights)
        return bool(self.weights) and are_matrices and len(self.shape) == len(self.weights) + 1


class DataView(Part, frozen=True, kw_only=True):
    """The data set, and the network's predictions. All snapshots of a run share the arrays of the data, which never
    change."""

    name: str
    task: str
    """"classification", "regression" or "embedding"."""
    inputs: NDArray[np.float64]
    """(training examples, columns) before standardising, feature expansion and augmentation."""
    targets: NDArray[np.float64]
    """(training examples,): class numbers of a classification, the first target of a regression."""
    validation_inputs: NDArray[np.float64]
    validation_targets: NDArray[np.float64]
    class_names: tuple[str, ...]
    input_names: tuple[str, ...]
    date_units: dict[int, str] = {}
    """Number of an input that is a date or a time → what it is counted in, as `date_in_words` takes it."""
    unit: str = ""
    """The unit of the inputs; "" if there is none worth naming."""
    middle: float = 0.0
    """What a regression that knows nothing predicts: 0, or the mean of the target of a person's table."""
    image_shape: tuple[int, int] | None = None
    picture: Picture | None = None
    """The network's predictions; None if they were not requested."""
    asked: Asked | None = None
    """The prediction at `PictureRequest.asked`."""

    def in_words(self, number: int, value: float) -> str:
        """A raw value of this input: a date, or a number in few characters."""
        unit = self.date_units.get(number)
        return value_in_words(value) if unit is None else date_in_words(value, unit)


class Recipe(Part, frozen=True, kw_only=True):
    """What the run can be computed again from: to the bit on the same kind of processor."""

    tables: dict[str, dict[str, Any]]
    """The experiment at the start as the tables of a preset file, every key with its value."""
    journal: tuple[JournalEntry, ...] = ()
    """What a person has done up to this moment."""


class RaceView(Part, frozen=True, kw_only=True):
    """Several arms side by side."""

    arms: tuple[ArmView, ...]
    """All arms, including the one that the snapshot shows."""
    parting: Parting | None = None


class SeekProgress(Struct, frozen=True, kw_only=True):
    """A seek that takes a while, because iterations are computed again."""

    iteration: int
    share: float
    """The share done, 0 to 1."""


class ControlView(Part, frozen=True, kw_only=True):
    """The results of a person's commands, in a run that obeys commands."""

    pace: float | None = None
    """Requested iterations a second; None for as fast as possible. Up to `SLOW_MOTION` the run moves by phases."""
    seeking: SeekProgress | None = None
    """Set while a seek is under way. The rest of the snapshot is then the moment at which the seek began."""
    gradient_check: GradientCheck | None = None
    """The last gradient check of this run."""
    seed_fan: SeedFan | None = None
    """The present experiment under other seeds, if a person has asked for that."""
    aim: AimView | None = None
    """How near the run has come to what it is watched for."""
    proposal: ProposalView | None = None
    """What the run proposes against its findings, while the person looks at it."""
    can_undo: str = ""
    """What undo would take back, in words; empty if there is nothing."""
    can_redo: str = ""
    """What redo would repeat, in words; empty if there is nothing."""
    undo_leads_to: int | None = None
    """The iteration to which undo would go; None if undo stays at the present one."""


class Viewpoint(Struct, frozen=True, kw_only=True):
    """The moment shown, if it is not the newest iteration of the run."""

    iteration: int
    newest: int


class Snapshot(Struct, frozen=True, kw_only=True, dict=True):
    """One moment of a run. Everything in it is a copy or never changes, so it can be kept."""

    version: int
    """Grows with every change. Equal versions mean equal pictures."""
    run: int = 0
    """The number of the run. A restart and another preset begin a new number; forks and changed settings keep it."""
    title: str
    is_recorded: bool = False
    """Whether a recording is played."""
    summary: str = ""
    """"moons 200 + 400 noise 0.1 · 2-16-1 relu · sgd"."""
    status: Status
    message: Notice = Notice()
    """Why the run has stopped, or what the last command did or could not do."""
    iteration: int
    """Completed updates."""
    losses: Losses
    axis: Literal["linear", "log"] | None = None
    """The axis of losses that the preset requests; None if the losses decide."""
    evaluation: Evaluation | None = None
    """An evaluation of this moment, if the run is slow or stopped and measuring is quick. `losses` has only the
    evaluations that were due."""
    findings: tuple[Finding, ...] = ()
    """The findings that hold now, the most important first."""
    examination: tuple[Examined, ...] | None = None
    """Every finding, whether it holds or not; empty before the first evaluation, None if it was not requested."""
    stable_rates: tuple[tuple[int, float], ...] = ()
    """(iteration, stability limit of the learning rate), ascending: those measured because they were shown."""
    events: tuple[Event, ...] = ()
    """Marks for the time plots, oldest first, bounded."""
    lesson: tuple[LessonEntry, ...] = ()
    """What a person has done in a lesson on this run, oldest first."""
    past: Viewpoint | None = None
    """Set while an earlier moment is shown; None at the newest iteration."""
    abandoned: Losses | None = None
    """The curves of the future that a change in the past has replaced. Undo returns to that future."""
    autopsy: Autopsy | None = None
    """Where the run broke, after it has diverged."""

    progress: Progress | None = None
    settings: SettingsView | None = None
    network: NetworkView | None = None
    data: DataView | None = None
    step: StepView | None = None
    """Also None before the first forward pass."""
    race: RaceView | None = None
    """Also None while there is only one arm."""
    control: ControlView | None = None
    recipe: Recipe | None = None
    """Also None if it was not requested."""
    recorded: Recorded | None = None
    """Where all evaluations of the arms are. Also None if it was not requested, or the run is not recorded."""

    @property
    def newest(self) -> int:
        """The last iteration that the run has reached, whichever moment is shown."""
        return self.iteration if self.past is None else self.past.newest

    @cached_property
    def stable_limits(self) -> tuple[Floats, Floats]:
        """Iterations and the learning rates below which steps are stable there, ascending, up to the moment shown."""
        evaluations = self.losses.evaluations
        limits = evaluations.of("stable_rate")
        measured = np.isfinite(limits)
        known = dict(zip(evaluations.iteration[measured].tolist(), limits[measured].tolist(), strict=True))
        known |= dict(self.stable_rates)
        last = math.inf if self.past is None else self.past.iteration
        found = np.array(sorted((n, limit) for n, limit in known.items() if math.isfinite(limit) and n <= last))
        found = found.reshape(-1, 2).astype(np.float64)
        return found[:, 0], found[:, 1]

    @property
    def stable_at(self) -> int:
        """The iteration of the last of these limits; -1 if none is known, also since a change by hand. The rate itself
        does not change its limit."""
        iterations, _ = self.stable_limits
        changed = max(
            (
                event.iteration
                for event in self.events
                if isinstance(event, SettingChange)
                and event.key not in (LEARNING_RATE, PACE)
                and event.iteration <= self.iteration
            ),
            default=-1,
        )
        at = int(iterations[-1]) if len(iterations) else -1
        looked = at in dict(self.stable_rates)  # at a look, after the change of that moment; an evaluation is before it
        return at if at > changed or (at == changed and looked) else -1

    @property
    def stable_below(self) -> float:
        """The limit at `stable_at`; 0 if none is known. A number, so that a picture with it stays while it does."""
        return float(self.stable_limits[1][-1]) if self.stable_at >= 0 else 0.0

    @property
    def phase(self) -> Phase | None:
        """`Progress.phase`."""
        return None if self.progress is None else self.progress.phase

    @property
    def values(self) -> dict[str, object]:
        """`SettingsView.values`; empty without settings."""
        return {} if self.settings is None else self.settings.values

    @property
    def resolved_defaults(self) -> dict[str, object]:
        """`SettingsView.resolved_defaults`; empty without settings."""
        return {} if self.settings is None else self.settings.resolved_defaults

    @property
    def arms(self) -> tuple[ArmView, ...]:
        """All arms of a race; empty for a single run."""
        return () if self.race is None else self.race.arms

    @property
    def seeking(self) -> SeekProgress | None:
        """`ControlView.seeking`."""
        return None if self.control is None else self.control.seeking

    @property
    def proposal(self) -> ProposalView | None:
        """`ControlView.proposal`."""
        return None if self.control is None else self.control.proposal

    @property
    def is_at_full_speed(self) -> bool:
        """Whether the run goes as fast as possible."""
        return self.status is Status.RUNNING and self.control is not None and self.control.pace is None
