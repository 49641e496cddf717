"""One weight followed through an iteration: every formula that contains it, filled with its numbers."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.formulas.expressions import Equation, Expression, Number, Symbol
from tui_trainer.layers import linear
from tui_trainer.optimizers.optimizer import GRADIENT
from tui_trainer.telemetry import PictureRequest, WeightAddress, WeightStep
from tui_trainer.training.clipping import clipped, penalised
from tui_trainer.training.plan import Plan
from tui_trainer.training.trainer import Trainer

_UNSEEN = 1e-5
"""Relative difference that nobody makes by hand. Rounding can be as large."""
CLIPPED = Symbol("clipped_gradient", "clipped gradient")


def weight_step(
    trainer: Trainer, plan: Plan, row: int, example: int, request: PictureRequest, rate: float, flows: list[Floats]
) -> WeightStep:
    """The requested weight, or an active one. `flows`: the inputs of each layer, with the 1 of the bias."""
    network, vectors = trainer.network, trainer.vectors
    optimizer = plan.optimizer  # the optimizer of this iteration, which may have been changed since
    address = request.weight or _at_work(flows)
    layer, source, unit = network.nearest_parameter(address.layer, address.source, address.unit)
    index = network.parameter_index(layer, source, unit)
    is_bias = source == network.shapes[layer][0] - 1
    now, old, gradient, update = (
        float(v[index]) for v in (vectors.parameters, vectors.old, vectors.gradient, vectors.update)
    )
    updated = trainer.phase is None
    new = float(vectors.old[index] + vectors.update[index]) if updated else old
    used, clipping = clipped(optimizer, vectors.gradient, index)
    steps = trainer.iteration - trainer.optimizer_start
    values: dict[str, float] = {}
    if updated and steps > 0:
        values = optimizer.values([float(slot[index]) for slot in vectors.slots], steps, used)
        values |= {"old": old, "new": new, "learning_rate": rate, CLIPPED.name: used}
    named: dict[str, Expression] = {GRADIENT.name: CLIPPED} if clipping else {}
    delta = float(plan.deltas[layer][unit, example]) * plan.batch
    value = float(flows[layer][source])
    pre_activation = _pre_activation(trainer, plan, row, example, flows[layer], layer, unit)
    return WeightStep(
        layer=layer,
        source=source,
        unit=unit,
        name=network.parameter_name(index),
        old=old,
        new=new,
        input=value,
        delta=delta,
        example_gradient=value * delta,
        gradient=gradient,
        larger_gradients=int((np.abs(vectors.gradient) > abs(vectors.gradient[index])).sum()),
        count=len(vectors.gradient),
        update=update if updated else 0.0,
        by_hand=now if abs(now - new) > _UNSEEN * (abs(update) + abs(new)) else None,  # never if one is NaN
        rule=optimizer.rule(decays=not is_bias).filled(named),
        memory={symbol: recipe.filled(named) for symbol, recipe in optimizer.memory.items()},
        values=values,
        clipping=clipping,
        penalised=None if is_bias else penalised(optimizer, old, gradient),
        pre_activation=pre_activation,
        activation=_activation(plan, example, layer, unit, pre_activation),
        blame=_blame(trainer, plan, row, example, layer, unit, delta),
    )


def _at_work(flows: list[Floats]) -> WeightAddress:
    """An active weight of layer 1: from the first input that is not 0 to the first unit that is not silent.

    It is known from the guess on, so that it stays the same in all four phases.
    """
    hidden = flows[1][:-1] if len(flows) > 1 else np.ones(1)
    return WeightAddress(0, int(np.argmax(flows[0] != 0)), int(np.argmax(hidden != 0)))


def _pre_activation(
    trainer: Trainer, plan: Plan, row: int, example: int, flow: Floats, layer: int, unit: int
) -> Equation:
    """z = Σ w·a + b of one unit."""
    weight = trainer.network.views(trainer.vectors.old)[layer][:, unit].astype(np.float64)
    last = layer == len(trainer.network.shapes) - 1
    with np.errstate(all="ignore"):
        z = float(plan.z[row][unit, example]) if last else float(weight @ flow)
        values = {"w": weight[:-1], "a": flow[:-1], "b": Number(float(weight[-1]), "b")}
        return linear.PRE_ACTIVATION.comes_to(z, values)


def _activation(
    plan: Plan, example: int, layer: int, unit: int, pre_activation: Equation
) -> tuple[Expression, Equation] | None:
    """a = f(z) of one hidden unit, before dropout."""
    activations = plan.network.activations
    if layer == len(activations) or isinstance(formula := activations[layer].formula, Symbol):
        return None
    a = float(plan.layer(plan.h, layer)[unit, example])
    return formula, formula.comes_to(a, {"z": pre_activation.sides[-1]})


def _blame(
    trainer: Trainer, plan: Plan, row: int, example: int, layer: int, unit: int, delta: float
) -> Equation | None:
    """δ = (Σ w·δ of the next layer)·f′(z) of one hidden unit, times dropout's factor; None for an output."""
    network = trainer.network
    if layer == len(network.shapes) - 1:
        return None
    weight = network.views(trainer.vectors.old)[layer + 1][unit].astype(np.float64)
    deltas = plan.deltas[layer + 1][:, example].astype(np.float64) * plan.batch
    slope = float(plan.layer(plan.d, layer)[unit, example])
    kept = 1.0 if plan.masks is None else float(plan.layer_masks(layer)[row, unit, example])
    with np.errstate(all="ignore"):
        shown = Number(slope / kept) if kept else Number(0.0, "dropped")
        blame = linear.BLAME.filled({"w": weight, "delta": deltas, "slope": shown})
    return (blame if kept in (0.0, 1.0) else blame * Number(kept, "dropout")).equals(delta)
