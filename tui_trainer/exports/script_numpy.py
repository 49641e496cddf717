"""The network and its training loop as a short script in plain NumPy, derivatives written out."""

from __future__ import annotations

import re
from collections.abc import Callable
from textwrap import indent
from typing import Any

from msgspec import structs

from tui_trainer.exports.format import Format, Source
from tui_trainer.exports.script import Script, known, remark
from tui_trainer.exports.script_draws import ALL_PAIRS
from tui_trainer.formulas.printing import NUMPY as NUMPY_CODE
from tui_trainer.optimizers import Optimizer

ACTIVATIONS = {
    "relu": "h = np.maximum(z, 0)\nreturn h, z > 0",
    "leaky_relu": "return np.maximum(0.01 * z, z), np.where(z > 0, 1, 0.01).astype(z.dtype)",
    "tanh": "h = np.tanh(z)\nreturn h, 1 - h * h",
    "sigmoid": "h = 0.5 * np.tanh(0.5 * z) + 0.5\nreturn h, h * (1 - h)",
    "linear": "return z, np.ones_like(z)",
    "elu": "e = np.expm1(np.minimum(z, 0))\nreturn np.maximum(z, 0) + e, e + 1",
    "silu": "s = 0.5 * np.tanh(0.5 * z) + 0.5\nreturn z * s, s + z * s * (1 - s)",
    "gelu": (
        "root = (2 / np.pi) ** 0.5\n"
        "t = np.tanh(root * (z + 0.044715 * z**3))\n"
        "return 0.5 * z * (1 + t), 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * root * (1 + 0.134145 * z * z)"
    ),
}
"""Name → body of a function of z that returns f(z) and f′(z)."""

OUTPUTS = {
    "linear": "p, slope = z, 1",
    "clip01": "p, slope = np.clip(z, 0, 1), 1  # the slope is taken as 1 everywhere",
    "sigmoid": "p = 0.5 * np.tanh(0.5 * z) + 0.5\nslope = p * (1 - p)",
    "tanh": "p = np.tanh(z)\nslope = 1 - p * p",
}

LOSSES: dict[str, Callable[[Any], str]] = {
    "mean_squared_error": lambda loss: "e = p - y\nreturn (e * e).mean(), 2 * e * slope / e.size",
    "half_mean_squared_error": lambda loss: "e = p - y\nreturn 0.5 * (e * e).mean(), e * slope / e.size",
    "huber": lambda loss: (
        f"e = p - y\nnear = np.minimum(abs(e), {loss.delta})\n"
        f"return (near * (abs(e) - 0.5 * near)).mean(), np.clip(e, -{loss.delta}, {loss.delta}) * slope / e.size"
    ),
    "cross_entropy": lambda loss: (
        "shifted = z - z.max(axis=1, keepdims=True)\n"
        "log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))\n"
        "delta = np.exp(log_p)\ndelta[np.arange(len(y)), y] -= 1\n"
        "return -log_p[np.arange(len(y)), y].mean(), delta / len(y)"
    ),
    "binary_cross_entropy": lambda loss: (
        "p = 0.5 * np.tanh(0.5 * z) + 0.5\n"
        "return (np.maximum(z, 0) - z * y + np.log1p(np.exp(-abs(z)))).mean(), (p - y) / y.size"
    ),
    "contrastive": lambda loss: (
        "left, right = np.split(z, 2)\ntogether = (y[: len(left)] == y[len(left) :])[:, None]\n"
        "d = np.sqrt(((left - right) ** 2).sum(axis=1, keepdims=True))\n"
        f"apart = np.maximum({loss.margin} - d, 0)\n"
        "pull = np.where(together, 1, -apart / np.maximum(d, 1e-19)) * 2 * (left - right) / len(d)\n"
        "return np.where(together, d * d, apart * apart).mean(), np.concatenate([pull, -pull])"
    ),
}
"""Name → body of a function of z and y that returns the mean loss and its derivative by z."""


def _write(source: Source) -> bytes:
    script = Script(source)
    experiment = script.experiment
    names = experiment.network.activations
    functions = [
        f'def {name}(z):\n    """{name} and its derivative."""\n'
        + indent(known(ACTIVATIONS, name, "activation"), "    ")
        for name in dict.fromkeys(names)
    ]
    output = OUTPUTS[experiment.network.output] + "\n" if "p - y\n" in _loss(script) or "e = p" in _loss(script) else ""
    return script.text(
        "plain NumPy",
        "import numpy as np",
        *functions,
        f"ACTIVATIONS = [{', '.join(names)}]  # of the hidden layers",
        FORWARD if script.masks else FORWARD.replace(", masks=None", "").replace(DROPPED, ""),
        'def loss_of(z, y):\n    """The mean loss, and its derivative by the outputs z."""\n'
        + indent(output + _loss(script), "    "),
        ALL_PAIRS.format("[0]") if script.pairs else "",
        BACKWARD,
        _train(script),
    )


def _loss(script: Script) -> str:
    body: str = known(LOSSES, script.loss, "loss")(script.experiment.loss)
    return body


DROPPED = """\
        if masks:
            h, slope = h * masks[layer], slope * masks[layer]
"""
FORWARD = f'''\
def forward(parameters, x, masks=None):
    """Guess: the outputs z, the inputs of every layer, and the slopes of the hidden units."""
    inputs, slopes = [x], []
    for layer, activation in enumerate(ACTIVATIONS):
        h, slope = activation(inputs[-1] @ parameters[2 * layer] + parameters[2 * layer + 1])
{DROPPED}\
        inputs.append(h)
        slopes.append(slope)
    return inputs[-1] @ parameters[-2] + parameters[-1], inputs, slopes'''

BACKWARD = '''\
def backward(parameters, inputs, slopes, delta):
    """Blame: the gradient of every weight and bias, from the last layer to the first."""
    gradients = []
    for layer in reversed(range(len(inputs))):
        gradients = [inputs[layer].T @ delta, delta.sum(axis=0), *gradients]
        if layer:
            delta = (delta @ parameters[2 * layer].T) * slopes[layer - 1]
    return gradients'''


def _update(optimizer: Optimizer) -> tuple[list[str], list[str]]:
    """The lines before the loop, and those that turn the gradient of one array of parameters into a direction, written
    from the optimizer's own formulas."""
    formulas = {symbol.name: formula for symbol, formula in optimizer.memory.items()}
    lines = [f"{name} = {NUMPY_CODE.text(formula)}" for name, formula in formulas.items()]
    lines += [f"direction = {NUMPY_CODE.text(optimizer.direction)}"]
    words = set(re.findall(r"\w+", " ".join(lines)))
    values = {name: value for name, value in structs.asdict(optimizer).items() if name in words}
    start = [f"{', '.join(values)} = {', '.join(map(str, values.values()))}"] if values else []
    if count := len(optimizer.slots):
        names, zeros = ", ".join(optimizer.slots), "0.0" if count == 1 else str(count * (0.0,))
        start += [f"memory = [{zeros} for _ in parameters]  # {names}"]
        lines.insert(0, f"{', '.join(f'{slot}_old' for slot in optimizer.slots)} = memory[number]")
        lines += [f"memory[number] = {names}"]
    if "t" in words:
        lines.insert(0, "t = iteration + 1")
    return start, lines


def _train(script: Script) -> str:
    o = script.experiment.optimizer
    before, at_evaluation = script.stopping
    start, inner = _update(o)
    body = ["rate = learning_rate(iteration)", "for number, (p, gradient) in enumerate(zip(parameters, gradients)):"]
    if o.weight_decay:
        inner += [
            "if number % 2 == 0:  # weights decay, biases do not",
            f"    direction = direction + {o.weight_decay} * p",
        ]
    inner += ["p -= rate * direction"]
    fix = "\n".join([*_penalties(o), *body, indent("\n".join(inner), "    ")])
    return TRAIN.format(
        memory=indent("".join(f"{line}\n" for line in start), "    "),
        before=indent(before + "\n", "    ") if before else "",
        report=indent(_report(script, at_evaluation), "            "),
        x="moved(x[batch], iteration)" if script.moved else "x[batch]",
        noise=" + noise(iteration, len(batch))" if script.noise else "",
        masks=", masks(iteration, len(batch))" if script.masks else "",
        fix=indent(fix, "        "),
        by_hand="        set_by_hand(parameters, iteration)\n" if script.by_hand else "",
        helpers=_helpers(before),
    )


def _penalties(o: Any) -> list[str]:
    lines = []
    for strength, term in ((o.l2, "p"), (o.l1, "np.sign(p)")):
        if strength:
            lines += [
                "for p, g in zip(parameters[::2], gradients[::2]):  # a penalty on the weights",
                f"    g += {strength} * {term}",
            ]
    if o.clip_value is not None:
        lines += [f"gradients = [np.clip(g, -{o.clip_value}, {o.clip_value}) for g in gradients]"]
    if o.clip_norm is not None:
        lines += [
            "norm = math.sqrt(sum(float((g * g).sum()) for g in gradients))",
            f"gradients = [g * min(1.0, {o.clip_norm} / norm) for g in gradients]",
        ]
    return lines


def _report(script: Script, at_evaluation: str) -> str:
    loss = "loss_of_all({})" if script.pairs else "float(loss_of({})[0])"
    lines = [f"training = {loss.format('forward(parameters, x)[0], y')}"]
    if len(script.trainer.validation_set):
        lines += [
            f"validation = {loss.format('forward(parameters, x_validation)[0], y_validation')}",
            'print(f"iteration {iteration:,}: training loss {training:.6g}, validation loss {validation:.6g}")',
        ]
    else:
        lines += ['print(f"iteration {iteration:,}: training loss {training:.6g}")']
    return "\n".join([*lines, *([at_evaluation] if at_evaluation else [])])


def _helpers(before: str) -> str:
    if not before:
        return ""
    return (
        "\n    def copy():\n        return [p.copy() for p in parameters]\n\n"
        "    def restore(copies):\n        for p, kept in zip(parameters, copies):\n            p[:] = kept\n\n"
    )


TRAIN = '''\
def train():
    """Returns the loss of every mini-batch, before its update."""
    x, y, x_validation, y_validation = data()
    parameters, losses, iteration = start(), [], 0
{memory}{before}{helpers}    for batch in batches():
        if iteration in EVALUATIONS:
{report}
        if iteration == ITERATIONS:
            break
{by_hand}        z, inputs, slopes = forward(parameters, {x}{noise}{masks})
        loss, delta = loss_of(z, y[batch])
        losses.append(float(loss))
        if not np.isfinite(loss):
            print("diverged: the loss is no finite number")
            break
        gradients = backward(parameters, inputs, slopes, delta)
        # Fix: a step against the gradient.
{fix}
        iteration += 1
    return losses'''

NUMPY = Format(
    title="network and training loop as NumPy script", write=_write, remark=remark, has_one_arm=lambda source: True
)
