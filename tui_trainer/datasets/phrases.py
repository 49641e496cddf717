"""Short phrases on a few subjects, for an embedding in which phrases of one subject lie close together.

The input of the network are counts of character trigrams, hashed into a fixed number of buckets.
"""

from __future__ import annotations

from functools import cache
from typing import ClassVar
from zlib import crc32

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.datasets.dataset import Dataset, Examples
from tui_trainer.datasets.fixed_size import stored_text, stratified_order
from tui_trainer.randomness import Purpose, generator

BUCKETS = 64
HELD_OUT = 2
"""Validation phrases of each subject."""


class Phrases(Dataset, tag="phrases", frozen=True, kw_only=True):
    """32 phrases on 4 subjects. The seed chooses two of each for validation. The targets are subject numbers."""

    task = "embedding"
    input_names = tuple(f"bucket {number}" for number in range(BUCKETS))
    recommended: ClassVar[dict[str, object]] = {
        "network.hidden": [16],
        "network.activation": "tanh",
        "loss.name": "contrastive",
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.01,
        "training.batch_size": 32,
        "training.iterations": 1500,
        "training.pace": 100,
    }

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(subject for subject, _ in _phrases()))

    @property
    def has_validation(self) -> bool:
        return True

    def encoded(self, text: str) -> Floats:
        """The trigrams of the text in lower case, which all phrases are in."""
        return trigram_vector(text.lower())

    def draw(self, seed: int) -> tuple[Examples, Examples]:
        texts = [text for _, text in _phrases()]
        subjects = np.array([self.class_names.index(subject) for subject, _ in _phrases()], dtype=np.float64)
        order = stratified_order(subjects, generator(seed, Purpose.SPLIT))
        held_out = HELD_OUT * len(self.class_names)

        def chosen(rows: list[int]) -> Examples:
            vectors = np.array([trigram_vector(texts[row]) for row in rows])
            return Examples(vectors, subjects[rows], tuple(texts[row] for row in rows))

        return chosen(order[held_out:].tolist()), chosen(order[:held_out].tolist())


def trigram_vector(text: str) -> Floats:
    """Trigrams of "#text#" counted into `BUCKETS` buckets by crc32 modulo, scaled to unit length: (64,)."""
    marked = f"#{text}#"
    counts = np.zeros(BUCKETS)
    for start in range(len(marked) - 2):
        counts[crc32(marked[start : start + 3].encode(errors="replace")) % BUCKETS] += 1
    return counts / np.linalg.norm(counts)


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """(subject, phrase) of every line of the file."""
    import csv  # as in `stored_text`

    lines = stored_text("phrases.csv").splitlines()
    return tuple((subject, phrase) for subject, phrase in csv.reader(lines[1:]))
