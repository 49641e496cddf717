"""A start that fits a table: network, loss, optimizer, batches and length, from its size and kind.

One hidden layer with small first weights and a penalty that shrinks with the number of rows: on small tables a network
of more, or trained for longer, learns the noise. `tests/long/tables.py` compares it with scikit-learn's defaults.
"""

from __future__ import annotations

MOST_ITERATIONS, MOST_EPOCHS = 4_000, 100
SECONDS = 15
"""Seconds that a run on the screen takes, about."""


def start(rows: int, classes: int) -> dict[str, object]:
    """Dotted key → value, for a table with this number of rows, held out ones included, and of classes (0 for a
    regression)."""
    batch = 64 if rows < 5_000 else 128 if rows < 50_000 else 256
    per_epoch = -(-rows // batch)
    epochs = max(1, min(MOST_EPOCHS, round(MOST_ITERATIONS / per_epoch)))
    loss = "cross_entropy" if classes > 2 else "binary_cross_entropy" if classes else "mean_squared_error"
    return {
        "network.hidden": [64],
        "network.activation": "relu",
        "network.initializer": "xavier",
        "network.gain": 0.5,
        "loss.name": loss,
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.002,
        "optimizer.l2": min(round(1 / rows, 5), 0.003),
        "training.batch_size": batch,
        "training.epochs": epochs,
        "training.pace": max(20, round(epochs * per_epoch / SECONDS)),
    }
