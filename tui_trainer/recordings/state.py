"""Everything about a run at one moment, from which it goes on bit for bit: as one struct, and as an .npz file.

The file holds each array of the struct under its number, and the struct itself, in MessagePack, under `state`. There an
array is its number, and an experiment the tables of a preset.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta, Struct, structs
from numpy.typing import NDArray

from tui_trainer.arrays import Array
from tui_trainer.diagnosis import DiagnosisState
from tui_trainer.experiment import Experiment, build
from tui_trainer.recordings.files import RecordingError, arrays_of
from tui_trainer.telemetry import Evaluation, Evaluations, Status
from tui_trainer.telemetry.commands import ChangeWeight
from tui_trainer.telemetry.history import HistoryState
from tui_trainer.training.early_stopping import EarlyStop
from tui_trainer.training.order import Position
from tui_trainer.training.remembered import Remembered
from tui_trainer.training.vectors import Keyframe


class ChangeState(Struct, frozen=True, kw_only=True):
    iteration: int
    experiment: Any
    weight: ChangeWeight | None


class EventState(Struct, frozen=True, kw_only=True):
    """An `Event`; one without a key is no change of a setting."""

    iteration: int
    label: str
    key: str = ""
    old: object = None
    new: object = None


class CurvesState(Struct, frozen=True, kw_only=True):
    batch: HistoryState
    epoch: HistoryState
    rate: HistoryState
    first: Evaluation | None
    evaluations: Evaluations
    remembered: Remembered
    epoch_so_far: tuple[float, int]


class KeyframeState(Struct, frozen=True, kw_only=True):
    """A `Keyframe`, with the names of its fields."""

    iteration: Annotated[int, Meta(ge=0)]
    parameters: Array
    slots: tuple[Array, ...]
    step: tuple[Array, Array] | None
    optimizer_start: int
    order_start: Position
    early_stop: EarlyStop
    experiment: Any


class RunState(Struct, frozen=True, kw_only=True):
    """One run at its newest iteration. Experiments are of type `Experiment`; after reading, tables as in a preset."""

    strand: int
    """The number under which the pieces of the recording hold its losses."""
    start: Any
    changes: tuple[ChangeState, ...]
    now: KeyframeState
    before: KeyframeState | None
    """The last copy of the timeline, from which the last iterations are rerun to have all their numbers."""
    curves: CurvesState
    diagnosis: DiagnosisState
    events: tuple[EventState, ...]
    reached: Status
    first_end: int | None
    elapsed: float


class ArmState(Struct, frozen=True, kw_only=True):
    """One arm of a race, with the fields of `Arm`."""

    name: str
    letter: str
    against: str
    equal_until: int
    parted: int | None
    parted_layer: str
    parted_weight: str
    run: RunState


class UndoState(Struct, frozen=True, kw_only=True):
    """An entry of undo: a changed setting, a changed weight, or an entry with a label alone, at which undo stops."""

    label: str = ""
    arm: str = ""
    key: str = ""
    old: Any = None
    """The experiment before, or the value of the weight."""
    new: Any = None
    """The experiment after."""
    weight: ChangeWeight | None = None


class State(Struct, frozen=True, kw_only=True):
    """All arms of a recording."""

    arms: Annotated[tuple[ArmState, ...], Meta(min_length=1)]
    """Each after the one that it is compared with."""
    focus: Annotated[int, Meta(ge=0)]
    pace: float | None
    undo: tuple[UndoState, ...] = ()
    """The newest is the last."""
    redo: tuple[UndoState, ...] = ()


def packed_state(state: State) -> dict[str, NDArray[Any]]:
    """The arrays of the file."""
    arrays: dict[str, NDArray[Any]] = {}

    def number(array: object) -> int:
        if not isinstance(array, np.ndarray):
            raise NotImplementedError(f"{type(array)} is no part of a state")
        arrays[str(len(arrays))] = array
        return len(arrays) - 1

    packed = msgspec.msgpack.encode(state, enc_hook=number)
    return {"state": np.frombuffer(packed, np.uint8), **arrays}


def read_state(path: Path) -> State:
    """Read the file. Raises `RecordingError`."""
    arrays = arrays_of(path)

    def decoded(kind: type, given: object) -> object:
        if kind is object:  # the value of a setting, in which lists are tuples
            return _with_tuples(given)
        return arrays[str(given)]

    try:
        return msgspec.msgpack.decode(arrays["state"].tobytes(), type=State, dec_hook=decoded)
    except (msgspec.DecodeError, LookupError) as error:
        raise RecordingError(f"{path} is damaged: {error}") from None


def _with_tuples(given: object) -> object:
    """The value of a setting; the examples that a person has added are tuples in a tuple."""
    return tuple(map(_with_tuples, given)) if isinstance(given, list) else given


def keyframe_of(state: KeyframeState) -> Keyframe:
    """The keyframe of a state that was read. Raises `SettingError`."""
    return Keyframe(**{**structs.asdict(state), "experiment": experiment_of(state.experiment)})


def experiment_of(tables: Any) -> Experiment:
    """The experiment of a state that was read. Raises `SettingError`."""
    tables = dict(tables)
    return build({key: each for key, each in tables.items() if isinstance(each, dict)}, tables["title"], tables["axis"])
