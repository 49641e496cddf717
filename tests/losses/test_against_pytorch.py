"""Losses and activations with their gradients against PyTorch's, logits of ±1e4 among them. Needs PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

from tui_trainer.layers import ACTIVATIONS, run
from tui_trainer.losses import LOSSES

torch = pytest.importorskip("torch", reason="PyTorch is an extra (reference)")
functional = torch.nn.functional

BATCH = 64


def z_of(outputs: int) -> np.ndarray:
    z = np.random.default_rng(outputs).standard_normal((outputs, BATCH)) * 3
    z[:, :4] = [1e4, -1e4, 300.0, -50.0]
    z[0, 4:8] *= 1000
    return z


def theirs(name: str, z: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    rows = z.T
    match name:
        case "mean_squared_error":
            return functional.mse_loss(rows, targets)
        case "half_mean_squared_error":
            return functional.mse_loss(rows, targets) / 2
        case "huber":
            return functional.huber_loss(rows, targets, delta=1.0)
        case "binary_cross_entropy":
            return functional.binary_cross_entropy_with_logits(rows, targets)
        case "cross_entropy":
            return functional.cross_entropy(rows, targets)
        case "contrastive":
            left, right = rows[:BATCH], rows[BATCH:]
            distance = (left - right).norm(dim=1)
            return (targets * distance**2 + (1 - targets) * (1 - distance).clamp(min=0) ** 2).mean()
    raise AssertionError(f"say what {name} is in PyTorch")


@pytest.mark.parametrize("name", LOSSES)
def test_losses(name: str) -> None:
    loss, random = LOSSES[name](), np.random.default_rng(0)
    if name == "contrastive":
        z = random.standard_normal((2, 2 * BATCH))
        classes = np.arange(BATCH) % 2 * 1.0
        y, targets = classes[None], torch.tensor(classes)
    elif name == "cross_entropy":
        z, classes = z_of(5), random.integers(0, 5, BATCH)
        y, targets = loss.encode(classes, 5, "linear").T, torch.tensor(classes)
    elif name == "binary_cross_entropy":
        z, classes = z_of(1), random.integers(0, 2, BATCH)
        y, targets = loss.encode(classes, 2, "linear").T, torch.tensor(classes[:, None] * 1.0)
    else:
        z, values = z_of(2), random.standard_normal((BATCH, 2))
        y, targets = values.T, torch.tensor(values)
    tensor = torch.tensor(z, requires_grad=True)
    expected = theirs(name, tensor, targets)
    expected.backward()
    out = np.empty_like(z)
    run(loss.gradient(z, y, out, "linear"))
    np.testing.assert_allclose(loss.values(z, y, "linear").mean(), expected.item(), rtol=1e-13)
    np.testing.assert_allclose(out, tensor.grad.numpy(), rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name: str) -> None:
    z = np.concatenate([np.linspace(-6, 6, 121), [0.0, -1e4, 1e4, -40.0, 40.0]])
    tensor = torch.tensor(z, requires_grad=True)
    if name == "linear":
        expected = tensor * 1
    elif name == "gelu":
        expected = functional.gelu(tensor, approximate="tanh")
    else:
        expected = getattr(functional, name)(tensor)
    expected.sum().backward()
    h, d, t = z.copy(), np.empty_like(z), np.empty_like(z)
    run(ACTIVATIONS[name].forward(h, d, t))
    run(ACTIVATIONS[name].derivative(h, d, t))
    np.testing.assert_allclose(h, expected.detach().numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(d, tensor.grad.numpy(), rtol=1e-12, atol=1e-14)
