"""When a run is evaluated: a function of its configuration and of nothing else, never of the clock.

A target far away must not mean that nothing is measured for a long while at the start, nor that measuring costs more
than training: so the distance between evaluations grows with the run.
"""

from __future__ import annotations

from msgspec import Struct

COUNT = 100
"""Evaluations of a run whose target is near; and the fewest that the bounds on cost leave to one that goes further."""
FIRST = 10
"""Iterations between the evaluations of a run with a far target, at first."""
NEAR = 1_000
"""Targets up to here are near; and so far evaluations of a run with a far target lie `FIRST` apart."""
GROWTH = 50
"""Iterations so far for each iteration of distance: 2 %."""
TRAINED = 9
"""Examples to be trained on for each one that is evaluated: of those computed a tenth are evaluated, at most."""
FIRST_EXAMPLES = 1_000_000
"""Examples, about, that the first `NEAR` iterations may evaluate: few evaluations of very many."""


class EvaluationSchedule(Struct, frozen=True, kw_only=True):
    """The iterations at which a run is evaluated: every so many, 0 and the target always."""

    every: int | None
    """The distance that a person has set; None where the run chooses it."""
    target: int
    """Iterations that the run is meant to have."""
    batch: int
    """Examples that an iteration computes."""
    examples: int
    """Examples that an evaluation computes: those of the training and of the validation set."""

    def distance(self, iteration: int) -> int:
        """Iterations between evaluations after `iteration`.

        The distances of a far target are `FIRST` times powers of two. Each divides those after it and where they begin,
        so evaluations are its multiples, and whether one is due can be said of any iteration alone.
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
        """Whether there is an evaluation after `iteration` updates, of which there is at least one."""
        return iteration == self.following(iteration - 1)


def _quotient(examples: int, share: int) -> int:
    """Rounded up, at least 1."""
    return max(1, -(-examples // share))
