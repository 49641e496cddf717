"""The network and its training loop as a short PyTorch script."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent
from typing import Any

from tui_trainer.exports.format import Format, Source
from tui_trainer.exports.script import Script, known, remark
from tui_trainer.exports.script_draws import ALL_PAIRS

ACTIVATIONS = {
    "relu": "torch.relu",
    "leaky_relu": "F.leaky_relu",
    "tanh": "torch.tanh",
    "sigmoid": "torch.sigmoid",
    "linear": "nn.Identity()",
    "elu": "F.elu",
    "silu": "F.silu",
    "gelu": 'nn.GELU(approximate="tanh")',
}
OUTPUTS = {
    "linear": "",
    "clip01": "p = z + (z.clamp(0, 1) - z).detach()  # clipped, with a derivative of 1 everywhere\n    ",
    "sigmoid": "p = torch.sigmoid(z)\n    ",
    "tanh": "p = torch.tanh(z)\n    ",
}
LOSSES: dict[str, Callable[[Any], str]] = {
    "mean_squared_error": lambda loss: "F.mse_loss(p, y)",
    "half_mean_squared_error": lambda loss: "0.5 * F.mse_loss(p, y)",
    "huber": lambda loss: f"F.huber_loss(p, y, delta={loss.delta})",
    "cross_entropy": lambda loss: "F.cross_entropy(p, y)",
    "binary_cross_entropy": lambda loss: "F.binary_cross_entropy_with_logits(p, y)",
    "contrastive": lambda loss: f"torch.where(together, d**2, ({loss.margin} - d).clamp(min=0) ** 2).mean()",
}
COMPARED = """\
left, right = z.chunk(2)
    together = y[: len(left)] == y[len(left) :]
    d = torch.linalg.vector_norm(left - right, dim=1)
    """
OPTIMIZERS: dict[str, Callable[[Any], str]] = {
    "sgd": lambda o: f"SGD({{}}, lr={o.learning_rate})",
    "momentum": lambda o: f"SGD({{}}, lr={o.learning_rate}, momentum={o.momentum})",
    "nesterov": lambda o: f"SGD({{}}, lr={o.learning_rate}, momentum={o.momentum}, nesterov=True)",
    "rmsprop": lambda o: f"RMSprop({{}}, lr={o.learning_rate}, alpha={o.alpha}, eps={o.epsilon})",
    "adagrad": lambda o: f"Adagrad({{}}, lr={o.learning_rate}, eps={o.epsilon})",
    "adam": lambda o: _adam(o),
    "adamw": lambda o: _adam(o),
}
"""Name → the source of PyTorch's optimizer; {} stands for the parameters."""


def _adam(o: Any) -> str:
    """The source of PyTorch's Adam or AdamW. Here Adam decays as AdamW does, or not at all."""
    name = "AdamW" if o.weight_decay else "Adam"
    return f"{name}({{}}, lr={o.learning_rate}, betas=({o.beta1}, {o.beta2}), eps={o.epsilon})"


GROUPS = """\
    groups = [
        {{"params": [layer.weight for layer in network.layers], "weight_decay": {decay}}},
        {{"params": [layer.bias for layer in network.layers], "weight_decay": 0.0}},  # weights decay, biases do not
    ]
"""

NETWORK = '''\
class Network(nn.Module):
    """Linear layers with an activation after each but the last."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(*size) for size in zip(SIZES, SIZES[1:]))

    def forward(self, x, masks=None):
        for number, (layer, activation) in enumerate(zip(self.layers, ACTIVATIONS)):
            x = activation(layer(x))
            if masks:
                x = x * torch.from_numpy(masks[number])
        return self.layers[-1](x)


def network_at_start():
    """The network with its starting weights; PyTorch has them as (units, inputs)."""
    network, parameters = Network(), start()
    if parameters[0].dtype == np.float64:
        network.double()
    with torch.no_grad():
        for layer, weight, bias in zip(network.layers, parameters[::2], parameters[1::2]):
            layer.weight.copy_(torch.from_numpy(weight.T))
            layer.bias.copy_(torch.from_numpy(bias))
    return network'''

TRAIN = '''\
def train():
    """Returns the loss of every mini-batch, before its update."""
    x, y, x_validation, y_validation = map(torch.from_numpy, data())
    network, losses, iteration = network_at_start(), [], 0
{groups}    optimizer = torch.optim.{optimizer}
{before}{helpers}    for batch in batches():
        if iteration in EVALUATIONS:
{report}
        if iteration == ITERATIONS:
            break
{by_hand}        for group in optimizer.param_groups:
            group["lr"] = learning_rate(iteration)
        loss = loss_of(network({x}{noise}{masks}), y[batch])
        losses.append(loss.item())
        if not loss.isfinite():
            print("diverged: the loss is no finite number")
            break
        optimizer.zero_grad()
        loss.backward()
{fix}        optimizer.step()
        iteration += 1
    return losses'''


def _write(source: Source) -> bytes:
    script = Script(source)
    experiment = script.experiment
    output = COMPARED if script.pairs else OUTPUTS[experiment.network.output]
    loss = known(LOSSES, script.loss, "loss")(experiment.loss)
    if not output:
        loss = loss.replace("(p,", "(z,")
    activations = ", ".join(known(ACTIVATIONS, name, "activation") for name in experiment.network.activations)
    network = NETWORK if script.masks else NETWORK.replace(", masks=None", "").replace(_MASKED, "").replace(*_NUMBERED)
    return script.text(
        "PyTorch",
        "import numpy as np\nimport torch\nfrom torch import nn\nfrom torch.nn import functional as F",
        f"ACTIVATIONS = [{activations}]  # of the hidden layers",
        network,
        f'def loss_of(z, y):\n    """The mean loss of outputs z."""\n    {output}return {loss}',
        ALL_PAIRS.format("") if script.pairs else "",
        _train(script),
    )


_MASKED = "            if masks:\n                x = x * torch.from_numpy(masks[number])\n"
_NUMBERED = (
    "number, (layer, activation) in enumerate(zip(self.layers, ACTIVATIONS))",
    "layer, activation in zip(self.layers, ACTIVATIONS)",
)


def _train(script: Script) -> str:
    o = script.experiment.optimizer
    before, at_evaluation = script.stopping
    decays = script.optimizer in ("adam", "adamw") and o.weight_decay
    return TRAIN.format(
        optimizer=known(OPTIMIZERS, script.optimizer, "optimizer")(o).format(
            "groups" if decays else "network.parameters()"
        ),
        groups=GROUPS.format(decay=o.weight_decay) if decays else "",
        before=indent(before + "\n", "    ") if before else "",
        helpers=HELPERS if before else "",
        report=indent(_report(script, at_evaluation), "            "),
        by_hand=BY_HAND if script.by_hand else "",
        x="torch.from_numpy(moved(x[batch].numpy(), iteration))" if script.moved else "x[batch]",
        noise=" + torch.from_numpy(noise(iteration, len(batch)))" if script.noise else "",
        masks=", masks(iteration, len(batch))" if script.masks else "",
        fix=indent("\n".join(["with torch.no_grad():", *lines, ""]), "        ") if (lines := _fixes(script)) else "",
    )


def _fixes(script: Script) -> list[str]:
    """The lines between the gradient and the optimizer's step: penalties, clipping, decay."""
    o, lines = script.experiment.optimizer, []
    on_weights = [
        *([f"layer.weight.grad += {o.l2} * layer.weight  # a penalty on the weights"] if o.l2 else []),
        *([f"layer.weight.grad += {o.l1} * layer.weight.sign()  # a penalty on the weights"] if o.l1 else []),
    ]
    if on_weights:
        lines += ["for layer in network.layers:", *(f"    {line}" for line in on_weights)]
    if o.clip_value is not None:
        lines += [f"nn.utils.clip_grad_value_(network.parameters(), {o.clip_value})"]
    if o.clip_norm is not None:
        lines += [
            "norm = torch.cat([p.grad.flatten() for p in network.parameters()]).norm().item()",
            "for p in network.parameters():",
            f"    p.grad *= min(1.0, {o.clip_norm} / norm)",
        ]
    if o.weight_decay and script.optimizer not in ("adam", "adamw"):
        lines += [
            "for layer in network.layers:  # weights decay, biases do not",
            f"    layer.weight *= 1 - learning_rate(iteration) * {o.weight_decay}",
        ]
    return [f"    {line}" for line in lines]


def _report(script: Script, at_evaluation: str) -> str:
    loss = "loss_of_all({})" if script.pairs else "loss_of({}).item()"
    lines = ["with torch.no_grad():", f"    training = {loss.format('network(x), y')}"]
    text = "iteration {iteration:,}: training loss {training:.6g}"
    if len(script.trainer.validation_set):
        lines += [f"    validation = {loss.format('network(x_validation), y_validation')}"]
        text += ", validation loss {validation:.6g}"
    lines += [f'print(f"{text}")']
    return "\n".join([*lines, *([at_evaluation] if at_evaluation else [])])


BY_HAND = """\
        with torch.no_grad():
            arrays = [array for layer in network.layers for array in (layer.weight.T, layer.bias)]
            set_by_hand(arrays, iteration)
"""

HELPERS = """
    def copy():
        return {name: value.clone() for name, value in network.state_dict().items()}

    restore = network.load_state_dict

"""

PYTORCH = Format(
    title="network and training loop as PyTorch script", write=_write, remark=remark, has_one_arm=lambda source: True
)
