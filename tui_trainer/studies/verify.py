"""Does a preset show what it claims? Its experiment runs under many seeds and is compared with its `[expect]` table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct

from tui_trainer.experiment import Experiment, with_setting
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.setting import SEED
from tui_trainer.telemetry.expectation import Expectation, Outcome
from tui_trainer.wording import counted


class Verdict(Struct, frozen=True, kw_only=True):
    """The results of an expectation."""

    expectation: Expectation
    misses: dict[int, list[str]]
    """Seed → what its run failed to show; empty if everything held."""
    seeds: int
    """How many seeds are to be judged; there may be fewer `misses` as yet."""

    @property
    def is_complete(self) -> bool:
        """Whether all seeds have been judged."""
        return len(self.misses) == self.seeds

    @property
    def held(self) -> int:
        """Number of seeds under which everything held."""
        return sum(not missed for missed in self.misses.values())

    @property
    def holds(self) -> bool:
        """Whether the share of seeds is within the promised range."""
        share = self.held / len(self.misses)
        return self.expectation.share_of_seeds <= share <= self.expectation.share_of_seeds_at_most

    @property
    def sentence(self) -> str:
        """ "holds in 3 of 4 seeds; 19 of 20 needed", without the second half if the expectation holds. Where seeds are
        missing, "holds in 3 of the 4 seeds so far; 20 were asked for"."""
        if not self.is_complete:
            return (
                f"holds in {self.held} of the {counted(len(self.misses), 'seed')} so far; {self.seeds} were asked for"
            )
        held = f"holds in {self.held} of {counted(len(self.misses), 'seed')}"
        return held if self.holds else f"{held}; {self.expectation.needed} needed"


def verify(
    experiment: Experiment,
    expectation: Expectation,
    seeds: Sequence[int],
    compared: Experiment | None = None,
) -> Verdict:
    """Run `experiment` to its end under each of `seeds` (at least one) and judge the outcomes.

    `compared`: the experiment of the preset of `expectation.compared_with`, run under the same seeds.
    """
    *_, verdict = verdicts_so_far(experiment, expectation, seeds, compared)
    return verdict


def verdicts_so_far(
    experiment: Experiment,
    expectation: Expectation,
    seeds: Sequence[int],
    compared: Experiment | None = None,
) -> Iterator[Verdict]:
    """As `verify`; yields the verdict after each seed."""
    misses: dict[int, list[str]] = {}
    for seed in seeds:
        other = None if compared is None else outcome_of(compared, seed)
        misses = {**misses, seed: expectation.misses(outcome_of(experiment, seed), other)}
        yield Verdict(expectation=expectation, misses=misses, seeds=len(seeds))


def outcome_of(experiment: Experiment, seed: int) -> Outcome:
    """Run the experiment to its end under `seed`. A seed set in `[data]` or `[network]` stays."""
    run = DiagnosedRun(with_setting(experiment, SEED, seed))
    with np.errstate(all="ignore"):  # a run that diverges is a result
        run.advance()
        return run.outcome()
