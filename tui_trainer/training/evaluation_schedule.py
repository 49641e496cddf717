"""When a run is evaluated: a function of its configuration alone, never of the clock.

A run with a distant target must be measured often at its start, and measuring must not cost more than training. So the
distance between evaluations grows with the run.
"""

from __future__ import annotations

from msgspec import Struct

COUNT = 100
"""Evaluations of a run with a near target. A run with a far target has at least as many, whatever they cost."""
FIRST = 10
"""Iterations between the evaluations of a run with a far target, at first."""
NEAR = 1_000
"""Targets up to this iteration are near. Up to it, evaluations of a run with a far target are `FIRST` apart."""
GROWTH = 50
"""The distance grows to 1/50 of the iterations so far: 2 %."""
TRAINED = 9
"""Examples trained on for each example evaluated: at most a tenth of all computed examples are evaluated."""
FIRST_EXAMPLES = 1_000_000
"""Approximate limit of the examples evaluated in the first `NEAR` iterations: large sets have few evaluations."""


class EvaluationSchedule(Struct, frozen=True, kw_only=True):
    """The iterations at which a run is evaluated; 0 and the target are always among them."""

    every: int | None
    """The distance that a person has set; None if the run chooses it."""
    target: int
    """Iterations after which the run is finished."""
    batch: int
    """Examples that pass through the network in one iteration."""
    examples: int
    """Examples of an evaluation: the training and the validation set."""

    def distance(self, iteration: int) -> int:
        """Iterations between evaluations after `iteration`.

        The distances of a far target are `FIRST` times powers of two. Each divides the later distances and the
        iterations at which they begin, so every evaluation is at a multiple, and any iteration can be judged alone.
        """
        hundredth = _quotient(self.target, COUNT)
        if self.every is not None:
            return self.every
        if self.target <= NEAR:
            return hundredth
        if iteration < NEAR:
            growing, least = FIRST, _quotient(self.examples * NEAR, FIRST_EXAMPLES)
        else:
            growing, least = max(iteration // GROWTH, FIRST), _quotient(TRAINED * self.examples, self.batch)
        doublings_so_far = (growing // FIRST).bit_length() - 1
        doublings_for_cost = (_quotient(min(least, hundredth), FIRST) - 1).bit_length()
        return FIRST << max(doublings_so_far, doublings_for_cost)

    def following(self, iteration: int) -> int:
        """The next evaluation after `iteration`."""
        every = self.distance(iteration)
        after = (iteration // every + 1) * every
        if iteration < self.target:
            after = min(after, self.target)
        return min(after, NEAR) if self.every is None and iteration < NEAR < self.target else after

    def is_due(self, iteration: int) -> bool:
        """Whether there is an evaluation after `iteration` ≥ 1 updates."""
        return iteration == self.following(iteration - 1)


def _quotient(examples: int, share: int) -> int:
    """Rounded up, at least 1."""
    return max(1, -(-examples // share))
