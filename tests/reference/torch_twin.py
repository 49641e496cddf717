"""The same training in PyTorch, in float64, as its own documentation would write it. Needs the extra `reference`."""

from __future__ import annotations

from typing import Any

import torch
from cases import CASES, STEPS, WATCHED, data_of, start_of
from torch import nn
from torch.optim import lr_scheduler


def train(name: str) -> dict[str, list[float]]:
    """Train a case: the losses of the watched steps, and the parameters at the end as our flat vector has them."""
    tables = CASES[name]
    torch.set_num_threads(1)
    network, optimizer_table = _network(name), tables["optimizer"]
    optimizer, scheduler = _optimizer(network, optimizer_table), None
    scheduler = _scheduler(optimizer, tables["schedule"], optimizer_table["learning_rate"])
    inputs, targets = (torch.tensor(array) for array in data_of(name))
    batch, losses, step = tables["training"]["batch_size"], [], 0
    while step < STEPS:
        for start in range(0, len(inputs), batch):
            if step == STEPS:
                break
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(network(inputs[start : start + batch]), targets[start : start + batch])
            losses.append(loss.item())
            if "l1" in optimizer_table:
                loss = loss + optimizer_table["l1"] * sum(weight.abs().sum() for weight in _weights(network))
            loss.backward()
            _clip(network, optimizer_table)
            optimizer.step()
            step += 1
            if scheduler is not None and step < STEPS:
                scheduler.step()
    vector = [p for layer in _linear(network) for p in (*layer.weight.detach().T.flatten(), *layer.bias.detach())]
    return {"losses": [losses[step] for step in WATCHED], "parameters": [float(p) for p in vector]}


def _network(name: str) -> nn.Sequential:
    activation = {"tanh": nn.Tanh, "relu": nn.ReLU}[CASES[name]["network"]["activation"]]
    layers: list[nn.Module] = []
    for weight, bias in start_of(name):
        layer = nn.Linear(*weight.shape, dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(weight.T))
            layer.bias.copy_(torch.tensor(bias))
        layers += [layer, activation()]
    return nn.Sequential(*layers[:-1])


def _linear(network: nn.Sequential) -> list[nn.Linear]:
    return [layer for layer in network if isinstance(layer, nn.Linear)]


def _weights(network: nn.Sequential) -> list[nn.Parameter]:
    return [layer.weight for layer in _linear(network)]


def _optimizer(network: nn.Sequential, table: dict[str, Any]) -> torch.optim.Optimizer:
    decay = table.get("weight_decay" if table["name"] == "adamw" else "l2", 0.0) if not _clips(table) else 0.0
    groups = [
        {"params": _weights(network), "weight_decay": decay},
        {"params": [layer.bias for layer in _linear(network)], "weight_decay": 0.0},
    ]
    rate, momentum = table["learning_rate"], table.get("momentum", 0.9)
    betas, epsilon = (table.get("beta1", 0.9), table.get("beta2", 0.999)), table.get("epsilon", 1e-8)
    match table["name"]:
        case "sgd":
            return torch.optim.SGD(groups, lr=rate)
        case "momentum" | "nesterov" as kind:
            return torch.optim.SGD(groups, lr=rate, momentum=momentum, nesterov=kind == "nesterov")
        case "rmsprop":
            return torch.optim.RMSprop(groups, lr=rate, alpha=table.get("alpha", 0.99), eps=epsilon)
        case "adagrad":
            return torch.optim.Adagrad(groups, lr=rate)
        case "adam":
            return torch.optim.Adam(groups, lr=rate, betas=betas, eps=epsilon)
        case "adamw":
            return torch.optim.AdamW(groups, lr=rate, betas=betas, eps=epsilon)
    raise ValueError(f"no PyTorch optimizer is known for {table['name']!r}")


def _scheduler(optimizer: torch.optim.Optimizer, table: dict[str, Any], rate: float) -> lr_scheduler.LRScheduler | None:
    match table["name"]:
        case "constant" if table.get("warmup"):
            warmup = table["warmup"]
            return lr_scheduler.LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup - 1)
        case "constant":
            return None
        case "step":
            return lr_scheduler.StepLR(optimizer, STEPS // table["steps"], table["gamma"])
        case "exponential":
            return lr_scheduler.ExponentialLR(optimizer, table["end"] ** (1 / STEPS))
        case "cosine":
            return lr_scheduler.CosineAnnealingLR(optimizer, STEPS, eta_min=table.get("end", 0.0) * rate)
        case "linear":
            return lr_scheduler.LinearLR(optimizer, 1.0, table["end"], total_iters=STEPS)
        case "one_cycle":
            return lr_scheduler.OneCycleLR(optimizer, rate, total_steps=STEPS, cycle_momentum=False)
    raise ValueError(f"no PyTorch schedule is known for {table['name']!r}")


def _clips(table: dict[str, Any]) -> bool:
    return "clip_value" in table or "clip_norm" in table


def _clip(network: nn.Sequential, table: dict[str, Any]) -> None:
    """By value, then by norm. Not `clip_grad_norm_`: it divides by ‖g‖ + 1e-6, where the paper has ‖g‖."""
    if not _clips(table):
        return
    # Clipping sees the gradient of the penalised loss; an optimizer's weight_decay would be added after it.
    if "l2" in table:
        for weight in _weights(network):
            weight.grad += table["l2"] * weight.detach()
    if "clip_value" in table:
        nn.utils.clip_grad_value_(network.parameters(), table["clip_value"])
    if "clip_norm" in table:
        norm = torch.cat([p.grad.flatten() for p in network.parameters()]).norm()
        for p in network.parameters():
            p.grad *= min(1.0, table["clip_norm"] / float(norm))
