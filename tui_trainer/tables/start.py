"""A start that fits a table: network, loss, optimizer, batches and length, from its size and kind."""

from __future__ import annotations


def start(rows: int, inputs: int, classes: int) -> dict[str, object]:
    """Dotted key → value, for so many rows, inputs and classes (0 for a regression)."""
    batch = 32 if rows < 5_000 else 128 if rows < 50_000 else 256
    per_epoch = -(-rows // batch)
    epochs = max(1, min(200, round(3_000 / per_epoch)))
    return {
        "network.hidden": [32] if rows * inputs < 100_000 else [64],
        "network.activation": "relu",
        "loss.name": "mean_squared_error"
        if not classes
        else "binary_cross_entropy"
        if classes == 2
        else "cross_entropy",
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.003,
        "training.batch_size": batch,
        "training.epochs": epochs,
        "training.pace": max(30, round(epochs * per_epoch / 15)),
    }
