"""The contract of an optimizer: from the gradient to the update, the number that is added to each parameter.

An optimizer keeps its memory in slots, vectors as long as the parameters, and contributes NumPy calls to the plan.
What changes from iteration to iteration (the rate, Adam's bias corrections) are coefficients, computed for a block of
iterations at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from tui_trainer.layers.call import Call
from tui_trainer.setting import FACTOR, setting

Array = NDArray[np.floating[Any]]
Floats = NDArray[np.float64]


LearningRate = Annotated[
    float,
    Meta(ge=0, le=1e6),
    setting(
        "How far a step goes along the (scaled) gradient; 0 stands still.",
        short="lr",
        order=10,
        step=FACTOR,
        live=True,
    ),
]
Penalty = Annotated[float, Meta(ge=0, le=1e3)]
L1 = Annotated[
    Penalty,
    setting(
        "Penalty l1·Σ|w|, minimised beside the loss, part of no loss shown: drives weights to exactly zero.",
        label="L1 penalty",
        order=130,
        step=FACTOR,
        live=True,
    ),
]
L2 = Annotated[
    Penalty,
    setting(
        "Penalty ½·l2·Σw², minimised beside the loss, part of no loss shown (PyTorch's weight_decay of SGD and Adam).",
        label="L2 penalty",
        order=120,
        step=FACTOR,
        live=True,
    ),
]
WeightDecay = Annotated[
    Penalty,
    setting(
        "Decoupled decay: each step also takes learning_rate·weight_decay·w off the weights (Loshchilov 2019).",
        short="decay",
        order=110,
        step=FACTOR,
        live=True,
    ),
]
Bound = Annotated[float, Meta(gt=0, le=1e6)]
ClipNorm = Annotated[
    Bound | None,
    setting(
        "Scale the whole gradient down to at most this Euclidean norm before it is used.",
        order=140,
        step=FACTOR,
        live=True,
    ),
]
ClipValue = Annotated[
    Bound | None,
    setting(
        "Cut every number of the gradient to [−value, value] before it is used (and before clip_norm).",
        order=150,
        step=FACTOR,
        live=True,
    ),
]
Kept = Annotated[float, Meta(ge=0, lt=1)]
"""The share of a slot that is kept from one step to the next."""
Epsilon = Annotated[float, Meta(ge=1e-12, le=1), setting("Keeps the division finite.", order=260, step=FACTOR)]


class Optimizer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="name"):
    """Hyperparameters that every optimizer has; subclasses add their own, the tag and the calls."""

    title: ClassVar[str]
    direction: ClassVar[str] = "gradient"
    """What the learning rate multiplies, in the symbols of `symbols`, `state` and "gradient"."""
    memory: ClassVar[Mapping[str, str]] = {}
    """How each number of `state` comes about, in the same symbols, those of `previous`, and t: the update's number."""
    slots: ClassVar[tuple[str, ...]] = ()

    learning_rate: LearningRate = 0.1
    l1: L1 = 0.0
    l2: L2 = 0.0
    weight_decay: WeightDecay = 0.0
    clip_norm: ClipNorm = None
    clip_value: ClipValue = None

    def coefficients(self, rate: Floats, step: Floats) -> Floats:
        """What changes by iteration: (iterations, coefficients), for `rate` in force and `step` = updates made before.

        `step` counts from the start of this optimizer, which is the start of the run unless it was exchanged.
        """
        return -rate[:, None]

    def update(self, g: Array, u: Array, slots: Sequence[Array], c: Sequence[Array]) -> list[Call]:
        """Calls that set u ← what is added to the parameters, from the gradient g, advancing the slots.

        All vectors have one shape; `c` are this iteration's coefficients as 0-d arrays, `u` is free until it is set.
        """
        raise NotImplementedError

    def state(self, slots: Sequence[float], step: int) -> dict[str, float]:
        """One weight's slots under the names of the paper, after `step` updates (at least 1)."""
        return dict(zip(self.slots, slots, strict=True))

    def previous(self, state: Mapping[str, float], gradient: float) -> dict[str, float]:
        """What the slots of one weight were before the update that left `state`: "velocity_old", …"""
        return {}

    def symbols(self) -> dict[str, float]:
        """The hyperparameters under the names that they have in formulas."""
        return {"weight_decay": self.weight_decay}

    def formula(self, *, decays: bool, clips: bool) -> str:
        """The update rule in symbols, as the screen shows it, of a parameter that decays (a weight, not a bias).

        `clips`: what the optimizer is given is the gradient after clipping.
        """
        direction = in_symbols(self.direction, clips=clips)
        if decays and self.weight_decay:
            direction += " + weight_decay × old"
        is_sum = " + " in re.sub(r"\(.*?\)", "", direction)
        return f"new = old − learning_rate × {f'({direction})' if is_sum else direction}"


def before(value: float, kept: float, added: float) -> float:
    """x of value = kept·x + added; 0 where nothing of it is kept."""
    return (value - added) / kept if kept else 0.0


def in_symbols(formula: str, *, clips: bool) -> str:
    """A formula in which the gradient is called what it is: clipped."""
    return formula.replace("gradient", "clipped gradient") if clips else formula


def filled(formula: str, numbers: Mapping[str, float]) -> str:
    """`formula` with the number in place of every symbol that has one, in full; a symbol may be several words."""
    symbols = "|".join(re.escape(symbol) for symbol in sorted(numbers, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{symbols})(?!\w)", lambda symbol: f"{numbers[symbol[0]]:.12g}", formula, flags=re.ASCII)
