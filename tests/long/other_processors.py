"""Do all presets show what they claim on other processors? Each under 20 seeds, on several imitations of another one.

    python tests/long/other_processors.py [PRESET]… [--draws 3] [--seeds 20]

A few minutes a draw. Every starting weight is moved by a few units in the last place
(`tests/reference/other_processor.py`), so chaotic runs go other ways, as they do under other BLAS kernels; the suite
tries it with one or two seeds. Exit status 1 where a claim does not hold.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))

from other_processor import other_processor

from tui_trainer.cli.verification import judged
from tui_trainer.presets import bundled, find


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", nargs="*", help="default: all")
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=20)
    arguments = parser.parse_args()
    status = 0
    for preset in [find(name) for name in arguments.preset] or bundled():
        for draw in range(1, arguments.draws + 1):
            with other_processor(draw):
                verdicts = judged(preset, arguments.seeds)
            for arm, verdict in verdicts:
                status = status if verdict.holds else 1
                print(f"{' · '.join(filter(None, (preset.title, arm)))}, draw {draw}: {verdict.sentence}", flush=True)
                for seed, missed in verdict.misses.items():
                    print("".join(f"    seed {seed}: {miss}\n" for miss in missed), end="")
    return status


if __name__ == "__main__":
    sys.exit(main())
