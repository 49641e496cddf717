"""One weight followed through an iteration, every formula that it takes part in filled in with its numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.optimizers.optimizer import filled, in_symbols
from tui_trainer.telemetry import Look, WeightAddress, WeightStep
from tui_trainer.training.clipping import clipped, penalised
from tui_trainer.training.plan import Plan
from tui_trainer.training.trainer import Trainer

Floats = NDArray[np.float64]

TERMS = 3
"""Products of a sum that are written out, at most; the others stand there as one number."""


def weight_step(
    trainer: Trainer, plan: Plan, row: int, example: int, look: Look, rate: float, flows: list[Floats]
) -> WeightStep:
    """The weight that `look` asks for, or one that is at work. `flows`: what goes into each layer, the 1 included."""
    network, vectors = trainer.network, trainer.vectors
    optimizer = plan.optimizer  # that of this iteration: the one in force may have been changed since
    address = look.weight or _at_work(flows)
    layer = min(max(address.layer, 0), len(network.shapes) - 1)
    rows, units = network.shapes[layer]
    source = min(max(address.source, 0), rows - 1)
    unit = min(max(address.unit, 0), units - 1)
    index = int(network.offsets[layer]) + source * units + unit
    is_bias = source == rows - 1
    old, gradient, update = (float(v[index]) for v in (vectors.old, vectors.gradient, vectors.update))
    updated = trainer.phase is None
    new = float(vectors.old[index] + vectors.update[index]) if updated else old
    used, clipping = clipped(optimizer, vectors.gradient, index)
    formula = optimizer.formula(decays=not is_bias, clips=bool(clipping))
    steps = trainer.iteration - trainer.optimizer_start
    state = optimizer.state([float(slot[index]) for slot in vectors.slots], steps) if steps > 0 else {}
    equation, memory = "", {}
    if updated and steps > 0:
        numbers = {"old": old, "new": new, "learning_rate": rate, "t": steps, "gradient": used}
        numbers |= {"clipped gradient": used} | optimizer.symbols() | state
        equation = filled(formula, numbers)
        numbers |= optimizer.previous(state, used) if steps > 1 else {f"{name}_old": 0.0 for name in state}
        for name, symbols in optimizer.memory.items():
            memory[f"{name} = {in_symbols(symbols, clips=bool(clipping))}"] = (
                f"{filled(symbols, numbers)} = {state[name]:.12g}"
            )
    delta = float(plan.deltas[layer][unit, example]) * plan.batch
    value = float(flows[layer][source])
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
        update=update if updated else 0.0,
        learning_rate=rate,
        formula=formula,
        filled=equation,
        optimizer_state=state,
        clipping=clipping,
        penalised="" if is_bias else penalised(optimizer, old, gradient),
        memory=memory,
        pre_activation=_pre_activation(trainer, plan, row, example, flows[layer], layer, unit),
        blame=_blame(trainer, plan, row, example, layer, unit, delta),
    )


def _at_work(flows: list[Floats]) -> WeightAddress:
    """A weight of layer 1 that this example goes through: the first input that is not 0 (a dark pixel blames nobody),
    to the first unit that is not silent. Known from the guess on, so that it stays the same in all four phases."""
    hidden = flows[1][:-1] if len(flows) > 1 else np.ones(1)
    return WeightAddress(0, int(np.argmax(flows[0] != 0)), int(np.argmax(hidden != 0)))


def _pre_activation(trainer: Trainer, plan: Plan, row: int, example: int, flow: Floats, layer: int, unit: int) -> str:
    """z = Σ w·a + b of one unit."""
    weight = trainer.network.views(trainer.vectors.old)[layer][:, unit].astype(np.float64)
    last = layer == len(trainer.network.shapes) - 1
    with np.errstate(all="ignore"):
        z = float(plan.z[row][unit, example]) if last else float(weight @ flow)
    return f"{_products(weight[:-1], flow[:-1])} + {weight[-1]:.12g} (b) = {z:.12g}"


def _blame(trainer: Trainer, plan: Plan, row: int, example: int, layer: int, unit: int, delta: float) -> str:
    """δ = (Σ w·δ of the next layer)·f′(z) of one hidden unit, dropout's factor behind it; "" for an output."""
    network = trainer.network
    if layer == len(network.shapes) - 1:
        return ""
    weight = network.views(trainer.vectors.old)[layer + 1][unit].astype(np.float64)
    onwards = _products(weight, plan.deltas[layer + 1][:, example].astype(np.float64) * plan.batch)
    slope = float(plan.layer(plan.d, layer)[unit, example])
    kept = 1.0 if plan.masks is None else float(plan.layer_masks(layer)[row, unit, example])
    factors = f"{slope / kept:.12g}" if kept else "0 (dropped)"
    if kept not in (0.0, 1.0):
        factors += f" × {kept:.12g} (dropout)"
    return f"({onwards}) × {factors} = {delta:.12g}"


def _products(weights: Floats, values: Floats) -> str:
    """w × a + w × a + …: all of them, or those that are largest and the rest as one number."""
    with np.errstate(all="ignore"):
        products = weights * values
        at_work = np.flatnonzero(products) if products.any() else np.arange(min(len(products), 1))
        if len(at_work) > TERMS:
            largest = np.argsort(-np.abs(np.nan_to_num(products)), kind="stable")[:TERMS]
            rest = f" + {float(products.sum() - products[largest].sum()):.12g} (rest)"
            at_work = largest
        else:
            rest = ""
    return " + ".join(f"{weights[i]:.12g} × {values[i]:.12g}" for i in at_work) + rest
