"""The contract of an optimizer: it computes the update, which is added to the parameters, from the gradient.

An optimizer keeps its memory in slots, vectors as long as the parameters, and contributes NumPy calls to the plan.
Coefficients change from iteration to iteration (the learning rate, Adam's bias corrections). They are computed for a
block of iterations at once. The annotations are no texts, for the reason given in `datasets.dataset`.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct, structs

from tui_trainer.arrays import Array, Floats
from tui_trainer.formulas.expressions import Equation, Expression, Symbol
from tui_trainer.layers.call import Call
from tui_trainer.setting import FACTOR, setting

OLD, NEW, GRADIENT = Symbol("old"), Symbol("new"), Symbol("gradient")
LEARNING_RATE, WEIGHT_DECAY = Symbol("learning_rate"), Symbol("weight_decay")

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
"""Share of a slot that is kept from one step to the next."""
Epsilon = Annotated[float, Meta(ge=1e-12, le=1), setting("Keeps the division finite.", order=158, step=FACTOR)]


class Optimizer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="name"):
    """The hyperparameters of every optimizer. Subclasses add their own, the tag and the calls."""

    title: ClassVar[str]
    direction: ClassVar[Expression] = GRADIENT
    """What the learning rate multiplies. Its symbols are fields, slots, keys of `memory`, and GRADIENT."""
    memory: ClassVar[Mapping[Symbol, Expression]] = {}
    """Slot, or quantity derived from slots → formula. `…_old` is the slot before the update, t the update's number."""
    slots: ClassVar[tuple[str, ...]] = ()
    """The names of the slots in formulas."""

    learning_rate: LearningRate = 0.1
    l1: L1 = 0.0
    l2: L2 = 0.0
    weight_decay: WeightDecay = 0.0
    clip_norm: ClipNorm = None
    clip_value: ClipValue = None

    def coefficients(self, rate: Floats, step: Floats) -> Floats:
        """(iterations, coefficients) for the learning `rate` in force and `step` = updates made before.

        `step` counts from the start of this optimizer: the start of the run, unless the optimizer was replaced.
        """
        return -rate[:, None]

    def update(self, g: Array, u: Array, slots: Sequence[Array], c: Sequence[Array]) -> list[Call]:
        """Calls that compute the update u from the gradient g and advance the slots.

        All vectors have one shape. `c`: the coefficients of this iteration as 0-d arrays. `u` may serve as scratch.
        """
        raise NotImplementedError

    def slot_values(self, slots: Sequence[float]) -> Sequence[float]:
        """The slots of one weight as in the formulas, if the vectors hold a multiple of them."""
        return slots

    def rule(self, *, decays: bool) -> Equation:
        """The update rule of a parameter that decays (a weight) or does not (a bias)."""
        direction = self.direction + WEIGHT_DECAY * OLD if decays and self.weight_decay else self.direction
        return NEW.equals(OLD - LEARNING_RATE * direction)

    def values(self, slots: Sequence[float], step: int, gradient: float) -> dict[str, float]:
        """The values of the symbols of `direction` and `memory` for one weight, after update `step` with `gradient`."""
        settings = {name: value for name, value in structs.asdict(self).items() if isinstance(value, int | float)}
        found = settings | dict(zip(self.slots, self.slot_values(slots), strict=True))
        found |= {"gradient": gradient, "t": step}
        for symbol, recipe in self.memory.items():
            if symbol.name in self.slots:
                found[f"{symbol.name}_old"] = _before(symbol.name, recipe, found) if step > 1 else 0.0
            else:
                found[symbol.name] = recipe.value(found)
        return found

    @property
    def alternating_gain(self) -> float | None:
        """How long `direction` is for a gradient of length 1 that changes its sign at every step, as at the edge of
        stability; None where it takes more than that to say.

        Full-batch steps on a quadratic are stable below the learning rate 2 / λmax(gain·H + weight_decay·I).
        """
        return None


def _before(slot: str, recipe: Expression, values: Mapping[str, float]) -> float:
    """The slot before the update. The recipe is linear in it: a share of the old value plus a term of the gradient."""
    added = recipe.value({**values, f"{slot}_old": 0.0})
    kept = recipe.value({**values, f"{slot}_old": 1.0, "gradient": 0.0})
    rest = values[slot] - added
    is_rounding = abs(rest) < 1e-6 * abs(added)
    return rest / kept if kept and not is_rounding else 0.0
