"""The real numbers of one iteration, read from the plan's buffers at a phase boundary."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.inspection.followed_example import Followed
from tui_trainer.inspection.weight_step import weight_step
from tui_trainer.telemetry import LayerStep, PictureRequest, StepView
from tui_trainer.training.network import layer_name
from tui_trainer.training.plan import Plan
from tui_trainer.training.trainer import Trainer


def step_view(trainer: Trainer, request: PictureRequest, followed: Followed) -> StepView | None:
    """The open iteration, or the last one completed; None before the first forward pass.

    The view follows the example of `request`, or one that `followed` chooses. After early stopping has restored other
    weights it is None too: the last step was not made from them.
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
    if request.example is None:
        with np.errstate(all="ignore"):
            losses = loss.values(plan.z[row].astype(np.float64), plan.targets(row).astype(np.float64), output)
        example = followed.choose(losses, trainer.feed.members(iteration))
    else:
        example = min(max(request.example, 0), plan.batch - 1)
    columns = [example, example + plan.batch] if loss.pairs else [example]
    z = plan.z[row][:, columns].astype(np.float64)
    y = plan.targets(row)[:, [example]].astype(np.float64)
    with np.errstate(all="ignore"):
        value = float(loss.values(z, y, output)[0])
        predictions = loss.predictions(z, output).astype(np.float64)
        p = predictions[:, 0]
        batch_loss = float(plan.losses(row, row + 1)[0])
    data, flows = trainer.data, _layer_inputs(plan, row, example)
    outputs = data.class_names if len(data.class_names) == len(p) else data.class_names[1:2]
    return StepView(
        iteration=trainer.iteration,
        example=example,
        member=int(trainer.feed.members(iteration)[example]),
        batch_size=plan.batch,
        inputs=plan.inputs(row)[:-1, example].astype(np.float64),
        layers=_layers(trainer, plan, row, example, flows),
        prediction=p,
        partner=predictions[:, 1] if loss.pairs else None,
        target=loss.decode(y)[:, 0].astype(np.float64),
        batch_loss=batch_loss,
        formula=loss.formula,
        filled=loss.filled(z, p, y[:, 0], value),
        error=loss.error(z[:, 0], y[:, 0], float(plan.deltas[-1][0, example]) * plan.batch),
        answer=loss.answer(z[:, 0], output),
        weight=weight_step(trainer, plan, row, example, request, rate, flows),
        input_names=data.network_input_names,
        output_names=outputs,
    )


def _layer_inputs(plan: Plan, row: int, example: int) -> list[Floats]:
    """The inputs of each linear layer for one example, with the 1 of the bias."""
    hidden = range(len(plan.network.activations))
    columns = [plan.inputs(row)[:, example]] + [plan.layer(plan.a, n)[:, example] for n in hidden]
    return [column.astype(np.float64) for column in columns]


def _layers(trainer: Trainer, plan: Plan, row: int, example: int, inputs: list[Floats]) -> tuple[LayerStep, ...]:
    network, steps = trainer.network, []
    gradients = network.views(trainer.vectors.gradient)
    for number, weight in enumerate(network.views(trainer.vectors.old)):
        hidden = number < len(network.activations)
        z = plan.z[row][:, example].astype(np.float64)
        with np.errstate(all="ignore"):
            pre_activation = weight.astype(np.float64).T @ inputs[number] if hidden else z
        dropped, kept_scale = None, 1.0
        if hidden and plan.masks is not None and trainer.experiment.network.dropout_rates[number]:
            mask = plan.layer_masks(number)[row, :-1, example]
            dropped, kept_scale = mask == 0, float(mask.max()) or 1.0
        steps.append(
            LayerStep(
                name=layer_name(number),
                activation_name=network.activation_names[number] if hidden else "linear",
                pre_activation=pre_activation,
                activation=inputs[number + 1][:-1] if hidden else z,
                # The plan holds the derivative of the batch's mean. Multiplied by the batch it is this example's.
                delta=plan.deltas[number][:, example].astype(np.float64) * plan.batch,
                gradient_norm=float(np.linalg.norm(gradients[number][:-1].astype(np.float64))),
                dropped=dropped,
                kept_scale=kept_scale,
            )
        )
    return tuple(steps)
