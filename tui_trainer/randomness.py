"""Randomness is addressed, not consumed: every draw has a generator built from (seed, purpose, address).

So any draw can be made again alone: the shuffle of epoch 12, the dropout masks of block 40, the noise on the
validation set. Stepping back needs no saved generator, and two forks of a run see the same batches.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What a draw is for. The numbers are part of every seed's meaning: append, never renumber."""

    DATA = 0
    LABEL_NOISE = 1
    SPLIT = 2
    WEIGHTS = 3
    SHUFFLE = 4
    DROPOUT = 5
    INPUT_NOISE = 6
    AUGMENTATION = 7
    PAIRS = 8


def generator(seed: int, purpose: Purpose, *address: int) -> np.random.Generator:
    """A fresh generator for a purpose and address (epoch, block, layer …); equal arguments give equal draws.

    `seed` and every part of `address` are integers in [0, 2**32). Building one costs about 14 µs: draw by the
    block where draws are small.
    """
    # NumPy pads the entropy with zeros, so [7, 0] and [7, 0, 0] are one stream: the length tells them apart.
    return np.random.default_rng([seed, purpose, len(address), *address])
