"""Is what a preset's own seed shows typical? Where its final loss lies among those of 20 seeds, for every preset.

    python tests/long/typical_seeds.py [PRESET]… [--seeds 20]

A few minutes. The validation loss, or the training loss where nothing is held out. A text that speaks of a number
should belong to a run near the median; the seeds next to it are named.
"""

from __future__ import annotations

import argparse

import numpy as np

from tui_trainer.presets import bundled, find
from tui_trainer.studies.verify import outcome_of
from tui_trainer.training import Experiment


def final_loss(experiment: Experiment, seed: int) -> float:
    """At the end of the run, on its held-out examples where it has some."""
    final = outcome_of(experiment, seed).final
    return final.train_loss if final.validation_loss is None else final.validation_loss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", nargs="*", help="default: all")
    parser.add_argument("--seeds", type=int, default=20)
    arguments = parser.parse_args()
    for preset in [find(name) for name in arguments.preset] or bundled():
        for arm, experiment in preset.experiments():
            losses = np.array([final_loss(experiment, seed) for seed in range(arguments.seeds)])
            own, seed = final_loss(experiment, experiment.training.seed), experiment.training.seed
            median = float(np.median(losses))
            title = f"{preset.title} · {arm}" if preset.arms else preset.title
            print(
                f"{title}: seed {seed} ends at {own:.4g}, above {np.mean(losses < own):.0%} of {len(losses)} seeds; "
                f"from {losses.min():.4g} to {losses.max():.4g}, median {median:.4g}, "
                f"next to it seeds {', '.join(map(str, np.argsort(np.abs(losses - median))[:3]))}",
                flush=True,
            )


if __name__ == "__main__":
    main()
