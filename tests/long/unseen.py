"""How the diagnosis does on settings that nobody chose: random data, networks, losses, optimizers and lengths.

    python tests/long/unseen.py [--runs 80] [--seed 0] [--wrong]

No person labels these runs. What was wrong with one is found by training it again: at a tenth, a third, three and ten
times its learning rate, and with an ordinary network under Adam, also for longer. A run is good where it comes as low
as any of them and its validation loss does not rise; what else may be said of it follows from what mends it. Runs
between good and bad are left out, and counted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent / "bank"))

import numpy as np
from bank import BankRun
from msgspec.structs import replace
from score import Judged, Recorded, judge, trained

from tui_trainer.training import build

CLASSES = {
    "moons": {"noise": (0.05, 0.3)},
    "circles": {"noise": (0.02, 0.2)},
    "xor": {"noise": (0.05, 0.5)},
    "spiral": {"noise": (0.0, 0.1)},
    "gauss": {"noise": (0.2, 1.2)},
    "iris": {},
}
VALUES = {"sine": {"noise": (0.0, 0.3)}, "linear_regression": {"noise": (0.0, 1.0)}}
RATES = {"sgd": 0.3, "momentum": 0.05, "rmsprop": 0.01, "adam": 0.01, "adamw": 0.01}
"""What is usual; the rate of a run lies up to a hundred times below or above."""
LOWER, HIGHER, ANOTHER = "a lower rate", "a higher rate", "another network"
MENDED_BY = {
    LOWER: {"diverging", "exploding_gradients", "bouncing", "dead_relu", "saturation"},
    HIGHER: {"crawling", "plateau", "vanishing_gradients", "underfitting"},
    ANOTHER: {
        "exploding_gradients",
        "vanishing_gradients",
        "symmetry",
        "dead_relu",
        "saturation",
        "underfitting",
        "plateau",
        "crawling",
    },
}
"""What mends a run → what may be said of it."""
AS_LOW, NEAR = 1.5, 0.1
"""A loss is as low as another up to this factor, or this share of that of the best constant answer above it …"""
FAR_ABOVE, FAR = 2.0, 0.25
"""… and far above it beyond both of these."""
LONG = 2_000
"""Iterations, at least, in which the ordinary network shows what can be learnt."""
LEARNT = 0.9
"""Of the same: a run that stays above, where nothing comes lower, has nothing to learn from."""
RISEN, RISEN_BY, STEADY = 1.3, 0.05, 1.1
"""A validation loss has risen beyond this factor of its minimum and this share of the same; below the last it has
not."""


def settings(random: np.random.Generator) -> dict[str, Any]:
    """Those of one run."""
    regression = random.random() < 0.25
    kinds = VALUES if regression else CLASSES
    name = str(random.choice(list(kinds)))
    data: dict[str, Any] = {"name": name} | {key: random.uniform(*span) for key, span in kinds[name].items()}
    if name == "iris":
        data["standardize"] = bool(random.random() < 0.7)
    else:
        held_out = int(random.choice([0, 1, 100, 300], p=[0.15, 0.05, 0.5, 0.3]))
        data |= {"samples": int(random.choice([40, 150, 400])), "validation_samples": held_out}
        if not regression and random.random() < 0.2:
            data["label_noise"] = random.uniform(0.05, 0.3)
    network: dict[str, Any] = {
        "hidden": [int(random.choice([4, 12, 40]))] * int(random.choice([0, 1, 2, 4], p=[0.1, 0.45, 0.3, 0.15])),
        "activation": str(random.choice(["tanh", "relu", "leaky_relu", "sigmoid", "gelu"])),
    }
    if random.random() < 0.25:
        network |= {
            "initializer": str(random.choice(["normal", "xavier", "zeros"])),
            "gain": 10 ** random.uniform(-1, 1),
        }
    if random.random() < 0.15:
        network["dropout"] = random.uniform(0.1, 0.5)
    optimizer = str(random.choice(list(RATES)))
    rate = RATES[optimizer] * 10 ** float(np.clip(random.normal(0, 0.9), -2, 2))
    iterations = int(10 ** random.uniform(2.3, 3.5))
    evaluations = int(random.choice([20, 100, 100, 300]))
    return {
        "data": data,
        "network": network,
        "loss": {"name": str(random.choice(["mean_squared_error", "huber"]))} if regression else {},
        "optimizer": {"name": optimizer, "learning_rate": float(f"{rate:.3g}")},
        "training": {
            "batch_size": "full" if random.random() < 0.3 else int(random.choice([1, 8, 32])),
            "iterations": iterations,
            "evaluate_every": max(1, iterations // evaluations),
            "seed": int(random.integers(10_000)),
        },
    }


def reached(record: Recorded) -> tuple[float, float | None, float | None]:
    """The training and validation loss in the end (medians of five evaluations), and the lowest of the latter."""
    last = [each.train_loss for each in record.evaluations[-5:]]
    held_out = [loss for each in record.evaluations if (loss := each.validation_loss) is not None]
    train = float("inf") if record.diverged is not None or not np.isfinite(last).all() else median(last)
    return train, median(held_out[-5:]) if held_out else None, min(held_out, default=None)


def labelled(name: str, tables: dict[str, Any]) -> Recorded | None:
    """The record of one run with what may be said of it; None between good and bad."""
    run = BankRun(name=name, config=tables)
    record = trained(run, build(tables, name))
    base = record.evaluations[0].base_loss
    loss, now, lowest = reached(record)
    mends: dict[str, list[float]] = {LOWER: [], HIGHER: [], ANOTHER: []}
    for factor in (0.1, 0.3, 3, 10):
        rate = tables["optimizer"]["learning_rate"] * factor
        varied = tables | {"optimizer": tables["optimizer"] | {"learning_rate": min(rate, 1_000)}}
        mends[LOWER if factor < 1 else HIGHER].append(reached(trained(run, build(varied)))[0])
    ordinary = tables | {
        "network": {"hidden": [32]},
        "optimizer": {"name": "adam", "learning_rate": 0.01},
        "data": tables["data"] | {"standardize": True},
    }
    longer = ordinary | {"training": tables["training"] | {"iterations": max(tables["training"]["iterations"], LONG)}}
    mends[ANOTHER].append(reached(trained(run, build(ordinary)))[0])
    best = min(min(each) for each in mends.values())
    possible = min(best, reached(trained(run, build(longer)))[0])
    accepted = set[str]()
    if loss > max(FAR_ABOVE * best, best + FAR * base):
        half = loss - (loss - best) / 2 if np.isfinite(loss) else float("inf")
        for what, losses in mends.items():
            if min(losses) < half:
                accepted |= MENDED_BY[what]
    elif loss > max(AS_LOW * possible, possible + NEAR * base) or loss > LEARNT * base:
        return None
    if now is not None and lowest is not None and tables["data"].get("validation_samples") != 1:
        if now > RISEN * lowest + RISEN_BY * base:
            accepted.add("overfitting")
        elif now > STEADY * lowest + RISEN_BY / 2 * base and not accepted:
            return None
    if not np.isfinite(loss):
        accepted = {"diverging", "exploding_gradients"}
    also = tuple(sorted(accepted)) or ("",)
    return replace(record, run=replace(run, expected=also[0] if accepted else "good", also_accept=also))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=80)
    parser.add_argument("--seed", type=int, default=0, help="of the settings")
    parser.add_argument("--wrong", action="store_true", help="name the runs whose headline is wrong")
    options = parser.parse_args()
    judged, between = list[Judged](), 0
    for number in range(options.runs):
        record = labelled(f"{options.seed}/{number}", settings(np.random.default_rng([options.seed, number])))
        if record is None:
            between += 1
            continue
        judged.append(each := judge(record))
        if options.wrong and not each.is_right:
            raised = ", ".join(f"{id} at {share:.0%}" for id, share in each.raised.items())
            what = "good" if each.run.expected == "good" else " or ".join(each.run.also_accept)
            print(f"  {each.run.name}: {what}, but {each.headline or 'nothing'} ({raised})\n    {each.run.config}")
    good = [each for each in judged if each.run.expected == "good"]
    alarms = Counter(each.headline for each in good if each.false_alarm)
    right, false = sum(each.is_right for each in judged), alarms.total()
    print(
        f"{len(judged)} runs (and {between} between good and bad): headline right {right / len(judged):.1%}; false "
        f"alarms in {false} of {len(good)} good runs ({false / max(len(good), 1):.1%}): {dict(alarms)}"
    )


if __name__ == "__main__":
    main()
