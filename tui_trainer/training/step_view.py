"""The real numbers of one iteration, read out of the plan's buffers at a phase boundary."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_trainer.telemetry import LayerStep, Look, StepView, WeightAddress, WeightStep
from tui_trainer.training.plan import Plan
from tui_trainer.training.trainer import Trainer

Floats = NDArray[np.float64]


def step_view(trainer: Trainer, look: Look) -> StepView | None:
    """The iteration that is open, or else the last one completed; None before the first forward pass.

    None also where early stopping has brought other weights back: the last step was not made from them.
    """
    is_open = trainer.phase is not None
    if not is_open and trainer.early_stop.restored(trainer.iteration) is not None:
        return None
    iteration = trainer.iteration if is_open else trainer.iteration - 1
    found = trainer.feed.lookup(iteration)
    if found is None:
        return None
    plan, row, rate = found
    loss, output = trainer.experiment.loss, trainer.experiment.network.output
    example = int(np.clip(look.example, 0, plan.batch - 1))
    columns = [example, example + plan.batch] if loss.pairs else [example]
    z = plan.z[row][:, columns].astype(np.float64)
    y = plan.targets(row)[:, [example]].astype(np.float64)
    with np.errstate(all="ignore"):
        value = float(loss.values(z, y, output)[0])
        answers = loss.predictions(z, output).astype(np.float64)
        p = answers[:, 0]
        batch_loss = float(plan.losses(row, row + 1)[0])
    data = trainer.data
    outputs = data.class_names if len(data.class_names) == len(p) else data.class_names[1:2]
    return StepView(
        example=example,
        batch_size=plan.batch,
        inputs=plan.inputs(row)[:-1, example].astype(np.float64),
        layers=_layers(trainer, plan, row, example, is_open),
        prediction=p,
        partner=answers[:, 1] if loss.pairs else None,
        target=loss.decode(y)[:, 0].astype(np.float64),
        example_loss=value,
        batch_loss=batch_loss,
        formula=loss.formula,
        filled=loss.filled(p, y[:, 0], value),
        weight=_weight(trainer, plan, row, example, look, rate),
        input_names=data.network_input_names,
        output_names=outputs,
    )


def _weights_before(trainer: Trainer, is_open: bool) -> list[NDArray[np.floating[Any]]]:
    """The parameters that the iteration's forward pass used: once the update is made, without it."""
    vectors = trainer.vectors
    return trainer.network.views(vectors.parameters if is_open else vectors.parameters - vectors.update)


def _layer_inputs(plan: Plan, row: int, example: int) -> list[Floats]:
    """What flowed into each linear layer for one example, its 1 for the bias included."""
    hidden = range(len(plan.network.activations))
    columns = [plan.inputs(row)[:, example]] + [plan.layer(plan.a, n)[:, example] for n in hidden]
    return [column.astype(np.float64) for column in columns]


def _layers(trainer: Trainer, plan: Plan, row: int, example: int, is_open: bool) -> tuple[LayerStep, ...]:
    network, inputs = trainer.network, _layer_inputs(plan, row, example)
    steps = []
    gradients = network.views(trainer.vectors.gradient)
    for number, weight in enumerate(_weights_before(trainer, is_open)):
        hidden = number < len(network.activations)
        z = plan.z[row][:, example].astype(np.float64)
        with np.errstate(all="ignore"):
            pre_activation = weight.astype(np.float64).T @ inputs[number] if hidden else z
        dropped = None
        if hidden and plan.masks is not None and trainer.experiment.network.dropout_rates[number]:
            dropped = plan.layer_masks(number)[row, :-1, example] == 0
        steps.append(
            LayerStep(
                name=f"layer {number + 1}",
                activation_name=network.activation_names[number] if hidden else "linear",
                pre_activation=pre_activation,
                activation=inputs[number + 1][:-1] if hidden else z,
                # The plan holds the derivative of the batch's mean: times the batch it is this example's own.
                delta=plan.deltas[number][:, example].astype(np.float64) * plan.batch,
                gradient_norm=float(np.linalg.norm(gradients[number][:-1].astype(np.float64))),
                dropped=dropped,
            )
        )
    return tuple(steps)


def _at_work(plan: Plan, flows: list[Floats]) -> WeightAddress:
    """A weight of layer 1 that this example goes through: the first input that is not 0 (a dark pixel blames nobody),
    to the first unit that is not silent. Known from the guess on, so that it stays the same in all four phases."""
    hidden = flows[1][:-1] if len(flows) > 1 else np.ones(1)
    return WeightAddress(0, int(np.argmax(flows[0] != 0)), int(np.argmax(hidden != 0)))


def _weight(trainer: Trainer, plan: Plan, row: int, example: int, look: Look, rate: float) -> WeightStep:
    network, vectors, optimizer = trainer.network, trainer.vectors, trainer.experiment.optimizer
    flows = _layer_inputs(plan, row, example)
    address = look.weight or _at_work(plan, flows)
    layer = int(np.clip(address.layer, 0, len(network.shapes) - 1))
    rows, units = network.shapes[layer]
    source = int(np.clip(address.source, 0, rows - 1))
    unit = int(np.clip(address.unit, 0, units - 1))
    index = network.offsets[layer] + source * units + unit
    now, gradient, update = (float(v[index]) for v in (vectors.parameters, vectors.gradient, vectors.update))
    updated = trainer.phase is None
    steps = trainer.iteration - trainer.optimizer_start
    state = optimizer.state([float(slot[index]) for slot in vectors.slots], steps) if steps > 0 else {}
    old = now - update if updated else now
    filled = ""
    if updated and steps > 0:
        filled = f"{now:.6g} = {old:.6g} {optimizer.filled(gradient, rate, state)}"
    inputs = flows[layer]
    delta = float(plan.deltas[layer][unit, example]) * plan.batch
    what = f"b[{unit + 1}]" if source == rows - 1 else f"w[{source + 1}→{unit + 1}]"
    return WeightStep(
        layer=layer,
        source=source,
        unit=unit,
        name=f"{what} of layer {layer + 1}",
        old=old,
        new=now,
        input=float(inputs[source]),
        delta=delta,
        example_gradient=float(inputs[source]) * delta,
        gradient=gradient,
        update=update if updated else 0.0,
        learning_rate=rate,
        formula=optimizer.formula,
        filled=filled,
        optimizer_state=state,
    )
