"""How the diagnosis does on settings that nobody chose: random data, networks, losses, optimizers and lengths.

    python tests/long/unseen.py [--runs 80] [--seed 0] [--wrong]

No person labels these runs. What may be said of one follows from what training it again shows: at a hundredth to a
thousand times its learning rate, from the usual start on standardised inputs, and with an ordinary large network under
Adam. `LABELS` are the definitions by which the runs of `public.json` were labelled, with floors of noise among the good
ones. Where several hold, each may be said; runs of which none holds lie in between, are left out, and counted.

Some of these labels hang on where a limit happens to be. So the share of right headlines is told twice: of all labelled
runs, and of the *certain* ones, to which the same labels apply with every limit a quarter looser and a quarter tighter.
What is certain is decided before the diagnosis is asked.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from math import inf, log
from pathlib import Path
from statistics import mean, median
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent / "bank"))

import numpy as np
from bank import BankRun
from msgspec.structs import replace
from score import Judged, Recorded, judge, trained

from tui_trainer.training import build

Tables = dict[str, Any]

CLASSES = {
    "moons": {"noise": (0.05, 0.3)},
    "circles": {"noise": (0.02, 0.2)},
    "xor": {"noise": (0.05, 0.5)},
    "spiral": {"noise": (0.0, 0.1), "turns": (0.5, 1.5)},
    "gauss": {"noise": (0.2, 1.2)},
    "glyphs": {"noise": (0.2, 0.8)},
    "iris": {},
}
VALUES = {"sine": {"noise": (0.0, 0.3), "freq": (0.5, 2.0)}, "linear_regression": {"noise": (0.0, 1.0)}}
RATES = {"sgd": 0.3, "momentum": 0.05, "nesterov": 0.05, "adagrad": 0.05, "rmsprop": 0.01, "adam": 0.01, "adamw": 0.01}
"""What is usual; the rate of a run lies up to a hundred times below or above."""
LOWER, HIGHER = (1 / 100, 1 / 30, 1 / 10, 1 / 3), (3, 10, 30, 100, 300, 1000)
QUARTER = 1.25
"""By how much the limits of the labels are moved, both ways, to see which labels are certain."""
LONG = 3_000
"""Iterations in which the ordinary network shows what can be learnt."""


def settings(random: np.random.Generator) -> Tables:
    """Those of one run."""

    def one_of(*values: Any) -> Any:
        return values[int(random.integers(len(values)))]

    def rarely(share: float) -> bool:
        return bool(random.random() < share)

    regression = rarely(0.25)
    kinds = VALUES if regression else CLASSES
    name = one_of(*kinds)
    data: Tables = {"name": name} | {key: random.uniform(*span) for key, span in kinds[name].items()}
    if name == "iris":
        data["standardize"] = rarely(0.7)
    else:
        data |= {"samples": one_of(40, 150, 400, 1000), "validation_samples": one_of(0, 1, 30, 100, 300, 300)}
    if name == "linear_regression":
        data["dim"] = one_of(1, 3, 8)
    if not regression and rarely(0.2):
        data["label_noise"] = random.uniform(0.05, 0.3)
    if rarely(0.1):
        data["feature_scale"] = 10 ** random.uniform(-1.5, 1.5)
    network: Tables = {
        "hidden": [one_of(4, 12, 40)] * one_of(0, 1, 1, 1, 1, 2, 2, 2, 4, 6),
        "activation": one_of("tanh", "relu", "leaky_relu", "sigmoid", "gelu", "elu"),
    }
    if rarely(0.3):
        network |= {"initializer": one_of("normal", "xavier", "he", "zeros"), "gain": 10 ** random.uniform(-1, 1)}
    if rarely(0.15):
        network["dropout"] = random.uniform(0.1, 0.5)
    optimizer = one_of(*RATES)
    rate = RATES[optimizer] * 10 ** float(np.clip(random.normal(0, 0.9), -2, 2))
    steps: Tables = {"name": optimizer, "learning_rate": float(f"{rate:.3g}")}
    if rarely(0.1):
        steps[one_of("clip_norm", "l2", "weight_decay")] = 10 ** random.uniform(-3, 0)
    iterations = int(10 ** random.uniform(2.3, 3.4)) * (10 if rarely(0.05) else 1)
    return {
        "data": data,
        "network": network,
        "loss": {"name": one_of("mean_squared_error", "half_mean_squared_error", "huber")} if regression else {},
        "optimizer": steps,
        "schedule": {"name": one_of("cosine", "linear", "step")} if rarely(0.15) else {},
        "training": {
            "batch_size": "full" if rarely(0.3) else one_of(1, 2, 8, 32, 128),
            "iterations": iterations,
            "evaluate_every": max(1, iterations // one_of(20, 100, 100, 300, 1000)),
            "seed": int(random.integers(10_000)),
        },
    }


class Seen:
    """A run, and what training it again with other settings comes to."""

    def __init__(self, name: str, tables: Tables) -> None:
        self.tables, self.run, self.leeway = tables, BankRun(name=name, config=tables), 1.0
        self.again = cache(self._again)
        self.record = self._trained()
        self.losses = [each.train_loss for each in self.record.evaluations]
        self.held_out = _held_out(self.record) if tables["data"].get("validation_samples") != 1 else []
        """The smoothed validation loss at every evaluation; empty where no example, or one, says nothing of others."""
        self.base, self.end = self.record.evaluations[0].base_loss, ended(self.record)
        best = min(ended(self.again(1 / 3)), self.end, ended(self.again("ordinary")))
        self.progress = (self.base - self.end) / max(self.base - best, 1e-12)
        """Of the way from the best constant answer to the best that was seen."""

    def over(self, value: float, limit: float) -> bool:
        """Whether it is above the limit, which is lower where there is leeway."""
        return value > limit / self.leeway

    def under(self, value: float, limit: float) -> bool:
        """Whether it is below the limit, which is higher where there is leeway."""
        return value < limit * self.leeway

    def share(self, part: float) -> int:
        """The evaluations before this part of the run."""
        return int(part * len(self.losses))

    def layers(self, measure: str) -> list[list[float]]:
        """Of each layer that has it, at every evaluation that has measured it."""
        known = [
            [layer.of(measure) for layer in each.layers if measure in layer.values] for each in self.record.evaluations
        ]
        return [each for each in known if each]

    def last(self, measure: str) -> list[float]:
        """The same at the last of them."""
        known = self.layers(measure)
        return known[-1] if known else []

    def lower_rates(self) -> float:
        """The lowest loss that a shorter step ends with."""
        return min(ended(self.again(factor)) for factor in LOWER)

    @property
    def hidden(self) -> int:
        """Hidden layers."""
        return len(self.tables["network"]["hidden"])

    def _again(self, what: float | str) -> Recorded:
        """At so many times the rate, with the "ordinary" network, from the "usual" start, with more "held out"."""
        tables = self.tables
        if what == "ordinary":
            return self._trained(
                data=self._more_held_out() | {"standardize": True},
                network={"hidden": [64, 64]},
                optimizer={"name": "adam", "learning_rate": 0.003},
                schedule={},
                training=tables["training"] | {"iterations": LONG, "evaluate_every": LONG // 100, "batch_size": 32},
            )
        if what == "held out":
            return self._trained(data=self._more_held_out())
        if what == "usual":
            usual = {key: tables["network"][key] for key in ("hidden", "activation")}
            return self._trained(data=tables["data"] | {"standardize": True}, network=usual)
        rate = min(tables["optimizer"]["learning_rate"] * float(what), 1_000)
        return self._trained(optimizer=tables["optimizer"] | {"learning_rate": rate})

    def _more_held_out(self) -> Tables:
        """The same training examples, and as many others as it takes to know."""
        data = self.tables["data"]
        return data | ({"validation_samples": 300} if "validation_samples" in data else {})

    def _trained(self, **changes: Tables) -> Recorded:
        return trained(self.run, build(self.tables | changes, self.run.name))


def ended(record: Recorded) -> float:
    """The median loss of the last tenth; infinite where it is no number."""
    losses = [each.train_loss for each in record.evaluations]
    last = losses[-max(len(losses) // 10, 1) :]
    return inf if record.diverged is not None or not np.isfinite(last).all() else median(last)


def _held_out(record: Recorded) -> list[float]:
    """The validation loss at every evaluation, each the median of five neighbours."""
    losses = [loss for each in record.evaluations if (loss := each.validation_loss) is not None]
    return [median(losses[max(n - 2, 0) : n + 3]) for n in range(len(losses))]


def _diverges(run: Seen) -> bool:
    return run.over(run.end, 2 * max(run.losses[0], run.base))


def _exploding(run: Seen) -> bool:
    if run.hidden < 3 or not run.over(run.losses[0], 10 * run.base):
        return False
    usual = run.again("usual").evaluations[0].layers
    return run.over(max(run.layers("gradient_rms")[0]), 100 * max(each.of("gradient_rms") for each in usual))


def _symmetric(run: Seen) -> bool:
    return run.under(run.progress, 0.6) and min(run.last("unit_spread"), default=1.0) < 1e-6


def _dead(run: Seen) -> bool:
    learns = not run.under(run.progress, 0.7)
    return run.over(max(run.last("dead_share"), default=0.0), 0.7 if learns else 0.5)


def _vanishing(run: Seen) -> bool:
    early = run.layers("gradient_rms")[: max(run.share(0.2), 1)]
    ratio = median(norms[0] / norms[-1] if norms[-1] else 0.0 for norms in early)
    return run.hidden >= 3 and run.under(ratio, 1e-2) and run.under(run.progress, 0.3)


def _saturated(run: Seen) -> bool:
    shares = [max(each) for each in run.layers("saturated_share")]
    if not shares or not run.over(median(shares), 0.5) or not run.under(run.progress, 0.7):
        return False
    return run.over(run.end - ended(run.again("usual")), 0.3 * run.end)


def _bounces(run: Seen) -> bool:
    later = run.losses[run.share(0.5) :]
    if run.end > 2 * max(run.losses[0], run.base) or min(later) <= 0:
        return False
    rises = mean(after > 1.01 * before for before, after in pairwise(later))
    changes = median(abs(log(after / before)) for before, after in pairwise(later))
    gain = run.end - run.lower_rates()
    return run.over(rises, 0.2) and run.over(changes, 0.03) and run.over(gain, max(0.5 * run.end, 0.05 * run.base))


def _crawls(run: Seen) -> bool:
    if not run.under(run.progress, 0.6) or not run.losses[-1] < run.losses[run.share(0.8)]:
        return False
    for factor in HIGHER:
        longer = run.again(factor)
        soon = [each.train_loss for each in longer.evaluations[: max(run.share(0.12 * run.leeway), 2)]]
        if run.over(run.end - ended(longer), 0.4 * run.end) and min(soon) <= run.end:
            return True
    return False


def _waits(run: Seen) -> bool:
    """A stretch of a quarter of the run, above half the best constant answer's loss and twice the final one."""
    size = max(run.share(0.25 / run.leeway), 2)
    for start in range(len(run.losses) - size):
        span = run.losses[start : start + size]
        is_flat = run.under(max(span) - min(span), 0.02 * min(span))
        if is_flat and run.over(min(span), max(2 * run.end, 0.5 * run.base)):
            return True
    return False


def _overfits(run: Seen) -> bool:
    if not run.held_out:
        return False
    at = int(np.argmin(run.held_out))
    lowest, rise = run.held_out[at], run.held_out[-1] - run.held_out[at]
    learns_on = run.over(run.losses[at] - run.end, 0.2 * run.losses[at])
    return at < run.share(0.8) and run.over(rise, max(0.25 * lowest, 0.03 * run.base)) and learns_on


def _underfits(run: Seen) -> bool:
    if not run.over(run.end, 0.3 * run.base):
        return False
    ordinary, now = run.again("ordinary"), _held_out(run.again("held out"))[-1]
    if not run.over(run.end - ended(ordinary), 0.5 * run.end):
        return False
    if not run.over(now - min(_held_out(ordinary)), 0.3 * now):
        return False
    gain = run.end - min(ended(run.again(factor)) for factor in (*LOWER, *HIGHER))
    return run.under(gain, 0.2 * run.end)


def _good(run: Seen) -> bool:
    later = run.losses[run.share(0.8) :]
    half = len(later) // 2
    if not run.over(run.base - run.end, 0.1 * run.base) or _bounces(run):
        return False
    if not run.under(max(later[half:]) - min(later[:half]), 0.05 * run.base):
        return False
    arrives = run.under(1 - run.progress, 0.1)
    if not run.held_out:
        return arrives
    lowest, now = min(run.held_out), max(run.held_out[run.share(0.9) :])
    if not run.under(now - lowest, max(0.05 * lowest, 0.01 * run.base)):
        return False
    above, at_rest = now / min(_held_out(run.again("ordinary"))) - 1, run.end > 0.9 * later[0]
    return (at_rest and run.under(above, 0.1)) or (
        arrives and run.under(run.end, 0.6 * run.base) and run.under(above, 0.3)
    )


LABELS: dict[str, Callable[[Seen], bool]] = {
    "diverging": _diverges,
    "exploding_gradients": _exploding,
    "symmetry": _symmetric,
    "dead_relu": _dead,
    "saturation": _saturated,
    "vanishing_gradients": _vanishing,
    "bouncing": _bounces,
    "overfitting": _overfits,
    "crawling": _crawls,
    "underfitting": _underfits,
    "plateau": _waits,
    "good": _good,
}
"""What may be said of a run → when."""
ALSO = {
    "diverging": ("exploding_gradients", "bouncing"),
    "exploding_gradients": ("diverging",),
    "symmetry": ("dead_relu", "plateau"),
    "vanishing_gradients": ("saturation", "plateau"),
    "plateau": ("underfitting", "vanishing_gradients"),
}
"""What is not wrong either, as in `public.json`."""


def labels(run: Seen, leeway: float = 1.0) -> list[str]:
    """Those that apply with the limits moved so far."""
    if run.end == inf:
        return ["diverging"]
    run.leeway = leeway
    return [id for id, applies in LABELS.items() if applies(run)]


def labelled(run: Seen) -> Recorded | None:
    """The record of a run with what may be said of it; None where nothing may."""
    holds = labels(run)
    if not holds:
        return None
    also = (*holds, *(other for id in holds for other in ALSO.get(id, ())))
    return replace(run.record, run=replace(run.run, expected=holds[0], also_accept=also))


def is_certain(run: Seen) -> bool:
    """Whether its labels stay the same where the limits move."""
    return labels(run) == labels(run, QUARTER) == labels(run, 1 / QUARTER)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=80)
    parser.add_argument("--seed", type=int, default=0, help="of the settings")
    parser.add_argument("--wrong", action="store_true", help="name the runs whose headline is wrong")
    options = parser.parse_args()
    judged, certain, between = list[Judged](), list[Judged](), 0
    for number in range(options.runs):
        seen = Seen(f"{options.seed}/{number}", settings(np.random.default_rng([options.seed, number])))
        record = labelled(seen)
        if record is None:
            between += 1
            continue
        judged.append(each := judge(record))
        if is_certain(seen):
            certain.append(each)
        if options.wrong and not each.is_right:
            raised = ", ".join(f"{id} at {share:.0%}" for id, share in each.raised.items())
            what = " or ".join(dict.fromkeys(each.run.also_accept))
            print(f"  {each.run.name}: {what}, but {each.headline or 'nothing'} ({raised})\n    {each.run.config}")
    print(f"{between} of {options.runs} runs lie in between")
    tell("labelled", judged)
    tell("of them certain", certain)


def tell(which: str, judged: list[Judged]) -> None:
    good = [each for each in judged if each.run.expected == "good"]
    alarms = Counter(each.headline for each in good if each.false_alarm)
    right, false = sum(each.is_right for each in judged), alarms.total()
    print(
        f"{len(judged)} {which}: headline right {right / len(judged):.1%}; false alarms in "
        f"{false} of {len(good)} good runs ({false / max(len(good), 1):.1%}): {dict(alarms)}"
    )


if __name__ == "__main__":
    main()
