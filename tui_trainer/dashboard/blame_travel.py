"""The blame on its way back through the network, a layer at a time: backpropagation as one sees it in slow motion."""

from __future__ import annotations

import math

from tui_trainer.telemetry import Phase, Snapshot, Status

LAYER_SECONDS = 0.4
"""Seconds for which the blame stays at one layer."""
PHASE_SHARE = 0.8
"""The share of a phase of slow motion within which the blame has come back to the first layer."""


class BlameTravel:
    """How far the blame of the present step has come back."""

    def __init__(self) -> None:
        self._since = -math.inf
        """When it began."""

    def reached(self, before: Snapshot, snapshot: Snapshot, now: float) -> int | None:
        """The layers, counted from the output, that the blame has reached `now`; None if it has reached all.

        `before`: the snapshot shown before. Only a step forward lets it travel; a seek shows the whole blame.
        """
        if snapshot.phase is not Phase.BACKWARD or snapshot.network is None:
            return None
        if (before.run, before.iteration, before.phase) == (snapshot.run, snapshot.iteration, Phase.LOSS):
            self._since = now
        layers = max(len(snapshot.network.shape) - 1, 1)
        pace, seconds = None if snapshot.control is None else snapshot.control.pace, LAYER_SECONDS
        if snapshot.status is Status.RUNNING and pace:  # in time for the next phase
            seconds = min(seconds, PHASE_SHARE / (len(Phase) * pace * layers))
        reached = int((now - self._since) / seconds) + 1 if now - self._since < layers * seconds else layers
        return reached if reached < layers else None
