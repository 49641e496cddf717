"""Pairs of examples for a loss that compares two: one half within a class, the other half across classes."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Indices


def draw_pairs(random: np.random.Generator, labels: Indices, rows: int, batch: int) -> Indices:
    """(rows, 2·batch) examples, left then right; the first half of each batch are pairs of one class."""
    left = random.integers(0, len(labels), size=(rows, batch))
    right = np.empty_like(left)
    same = np.arange(batch) < (batch + 1) // 2
    ranks = random.random((rows, batch))
    for label in np.unique(labels):
        inside, outside = np.flatnonzero(labels == label), np.flatnonzero(labels != label)
        for where, members in (
            ((labels[left] == label) & same, inside),
            ((labels[left] == label) & ~same, outside),
        ):
            right[where] = members[(ranks[where] * len(members)).astype(np.int64)]
    # An example paired with itself teaches nothing: take the next one of its class.
    twins = np.argwhere(left == right)
    for row, column in twins:
        inside = np.flatnonzero(labels == labels[left[row, column]])
        place = int(np.searchsorted(inside, left[row, column]))
        right[row, column] = inside[(place + 1) % len(inside)]
    return np.concatenate([left, right], axis=1)
