"""How often the diagnosis is right, late, restless or wrong: the labelled runs of `tests/bank`, under several draws.

    python tests/long/score.py [--offsets 0 3001 5002] [--evaluations 100] [--wrong]

Each run is trained once and judged twice: with all that this program measures, and by its curves alone. Where
`trainproof` and `runmedic` are installed, they judge the same curves. For offsets
that `public_holds.json` names, runs whose label does not hold there are left out.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent / "bank"))

from rivals import RIVALS, installed, rival_score
from score import Score, bank, curves_alone, record, score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offsets", type=int, nargs="+", default=[0, 3001, 5002], help="added to every seed")
    parser.add_argument("--evaluations", type=int, default=100, help="of each run, about")
    parser.add_argument("--wrong", action="store_true", help="name the runs whose headline is wrong")
    options = parser.parse_args()
    for offset in options.offsets:
        runs = [record(run, offset, options.evaluations) for run in bank(offset)]
        print(f"\n== seeds +{offset}: {len(runs)} runs, {options.evaluations} evaluations each")
        tell(score(runs), wrong=options.wrong)
        print("-- by their curves alone")
        tell_briefly(score(runs, curves_alone))
        for name in RIVALS:
            if name not in installed():
                print(f"-- {name} is not installed (pip install {name})")
                continue
            for gradients in (False, True):
                rival = rival_score(name, runs, gradients=gradients)
                print(
                    f"-- {name}, given {'the norm of the gradient too' if gradients else 'the curves'}: right "
                    f"{rival['right']:.1%}, false alarms in {rival['false_alarms']} of {rival['good']} good runs"
                )


def tell_briefly(found: Score) -> None:
    good = sum(each.run.expected == "good" for each in found.judged)
    detection = found.detection
    print(
        f"headline right {found.right:.1%}, false alarms in {len(found.false_alarms)} of {good} good runs, "
        f"{found.changes:.2f} changes of the headline a run; detection {sum(detection.values()) / len(detection):.1%} "
        f"averaged over labels, worst {min(detection.values()):.1%}"
    )


def tell(found: Score, *, wrong: bool) -> None:
    tell_briefly(found)
    detection, delays = found.detection, found.delays
    print(f"{'label':22}{'raised':>8}{'delay':>8}  headlines")
    for label, row in found.confusion().items():
        headlines = ", ".join(f"{id} {count}" for id, count in row.most_common())
        delay = f"{delays[label]:.0%}" if label in delays else ""
        print(f"{label:22}{detection[label]:>8.0%}{delay:>8}  {headlines}")
    for each in found.judged:
        if wrong and not each.is_right:
            raised = ", ".join(f"{id} at {share:.0%}" for id, share in each.raised.items())
            print(f"  {each.run.name}: {each.run.expected}, but {each.headline or 'nothing'} ({raised})")


if __name__ == "__main__":
    main()
