"""The autopsy of a diverged run: its last iterations are rerun call by call until a number is not finite."""

from __future__ import annotations

from functools import partial

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.layers import Call
from tui_trainer.past.timeline import Timeline
from tui_trainer.telemetry import Autopsy, Phase
from tui_trainer.training.network import layer_name
from tui_trainer.training.plan import Plan
from tui_trainer.training.trainer import Trainer

WORDS = {"dot": "matrix product", "multiply": "multiplication", "add": "addition", "subtract": "subtraction"}


def examine(trainer: Trainer, timeline: Timeline) -> Autopsy:
    """The first non-finite number of a diverged run. The trainer is put back into its state afterwards."""
    end = trainer.iteration
    try:
        for iteration in range(max(end - 1, 0), end + 1):
            timeline.seek(iteration, afresh=True)
            found = _examine_iteration(trainer)
            if found is not None:
                return found
        timeline.seek(end, afresh=True)
        return _only_over_all_examples(trainer)
    finally:
        timeline.seek(end, afresh=True)


def _examine_iteration(trainer: Trainer) -> Autopsy | None:
    """Run the next iteration call by call; return what broke first, or None."""
    found = _autopsy(trainer)
    plan, row, _ = trainer.feed.block(trainer.iteration).row(trainer.iteration)
    for phase, calls in zip(Phase, plan.phases(row), strict=True):
        for call in calls:
            inputs = _largest([a for a in call[1] if isinstance(a, np.ndarray)])
            with np.errstate(all="ignore"):
                call[0](*call[1])
            out = _output(call)
            if out is not None and not np.isfinite(out).all():
                tensor, layer = _name(trainer, plan, row, out)
                if tensor == "activation" and _operation(call) == "matrix product":
                    tensor = "pre-activation"
                return found(phase=phase, tensor=tensor, layer=layer, operation=_operation(call), largest_input=inputs)
        with np.errstate(all="ignore"):
            loss = plan.losses(row, row + 1)
        if phase is Phase.FORWARD and not np.isfinite(loss).all():
            # The losses of the examples can be finite while their sum is not.
            examples = plan.z[row].shape[-1]
            summed = f" summed over {examples:,} examples" if examples > 1 else ""
            operation = trainer.experiment.loss.title + summed
            largest = _largest([plan.z[row]])
            return found(phase=Phase.LOSS, tensor="loss", layer="", operation=operation, largest_input=largest)
    return None


def _only_over_all_examples(trainer: Trainer) -> Autopsy:
    """Every number of the last mini-batches is finite: the network breaks on other examples."""
    outputs = trainer.network.outputs(trainer.vectors.parameters, trainer.train_set.inputs)
    return _autopsy(trainer)(
        phase=Phase.LOSS,
        tensor="loss over all training examples",
        layer="",
        operation=trainer.experiment.loss.title,
        largest_input=_largest([outputs]),
    )


def _autopsy(trainer: Trainer) -> partial[Autopsy]:
    """An autopsy of the present iteration, to be completed with what broke. Call it before the iteration runs."""
    dtype, last_loss = trainer.network.dtype, trainer.curves.batch.last
    return partial(
        Autopsy,
        iteration=trainer.iteration,
        largest_weight=_largest([trainer.vectors.parameters]),
        last_loss=float("nan") if last_loss is None else last_loss,
        precision=dtype.name,
        largest_number=float(np.finfo(dtype).max),
    )


def _largest(arrays: list[Array]) -> float:
    """The largest finite magnitude in the arrays; 0 if there is none."""
    return max((float(np.abs(a[np.isfinite(a)]).max(initial=0.0)) for a in map(np.asarray, arrays)), default=0.0)


def _output(call: Call) -> Array | None:
    """The array that a call writes into."""
    function, arguments = call
    if isinstance(function, partial) and "out" in function.keywords:
        return np.asarray(function.keywords["out"])
    arrays = [a for a in arguments if isinstance(a, np.ndarray)]
    return arrays[-1] if arrays else None


def _operation(call: Call) -> str:
    function = call[0].func if isinstance(call[0], partial) else call[0]
    name = getattr(function, "__name__", str(function))
    return WORDS.get(name, name)


def _name(trainer: Trainer, plan: Plan, row: int, out: Array) -> tuple[str, str]:
    network, vectors = trainer.network, trainer.vectors
    for number in range(len(network.shapes)):
        layer = layer_name(number)
        if np.may_share_memory(out, plan.deltas[number]):
            return "error signal δ", layer
        if number < len(network.activations) and np.may_share_memory(out, plan.layer(plan.h, number)):
            return "activation", layer
    if np.may_share_memory(out, plan.z[row]):
        return "output", layer_name(len(network.shapes) - 1)
    names = {"gradient": vectors.gradient, "update": vectors.update, "parameters": vectors.parameters}
    names |= {f"optimizer's {name}": slot for name, slot in zip(plan.optimizer.slots, vectors.slots, strict=True)}
    for name, vector in names.items():
        if np.may_share_memory(out, vector):
            broken = int(np.flatnonzero(~np.isfinite(vector))[0])
            return name, layer_name(int(np.searchsorted(network.offsets, broken, side="right")) - 1)
    return "intermediate result", ""
