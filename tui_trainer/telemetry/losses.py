"""The curves of a run, by iteration."""

from __future__ import annotations

from msgspec import Struct

from tui_trainer.telemetry.evaluation import Evaluations
from tui_trainer.telemetry.history import Buckets


class Losses(Struct, frozen=True, kw_only=True):
    """The curves of a run, by iteration."""

    batch: Buckets
    """Every mini-batch loss, before its update: position i is the loss of the batch that made update i + 1."""
    epoch: Buckets
    """Every epoch loss; position e is epoch e, from 0."""
    evaluations: Evaluations
    learning_rate: Buckets
    """The rate of every update."""
