"""Is every loss curve that is drawn the mean that it is said to be?

    python tests/long/curves.py [PRESET …] [--times 1]

Of all presets (or those named; a race by its first arm), at a third of their target and at the target, on both axes,
with every smoothing, at several sizes, in braille and in ASCII: the dots of the training line are held to means that
are recomputed from the raw batch losses. `--times` goes on beyond the target. Beyond 4,096 iterations, where a run
remembers its batches in buckets, windows are of whole ones, and the mean at the end of each stands at its centre.
Prints the worst of each preset, beyond half a dot of rounding; exit status 1 where a line is off by more than one.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "dashboard"))

from drawn_curves import drawn, recorded, trailing_means

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.smoothing import window
from tui_trainer.dashboard.view import ONE_EPOCH, SMOOTHEST
from tui_trainer.drawing.theme import make_theme
from tui_trainer.presets import Preset, bundled, find

SIZES = [(24, 9), (39, 10), (47, 14), (78, 22), (118, 37), (298, 97)]
THEMES = {"braille": make_theme(), "ASCII": make_theme(ascii_only=True)}


def worst_of(preset: Preset, times: float) -> tuple[float, str]:
    """By how many dots a line of this preset is off at the most, and where."""
    _, experiment = preset.experiments()[0]
    run = recorded(experiment, 0)
    target, worst = run.snapshot.progress.target_iterations, (0.0, "")
    for iteration in (target // 3, round(target * times)):
        run.train(iteration)
        snapshot = run.snapshot
        per_epoch, merged = snapshot.progress.batches_per_epoch, 1
        while len(run.raw) > 4096 * merged:
            merged *= 2
        starts = range(1, len(run.raw) + 1, merged)
        where = [(start + min(start + merged - 1, len(run.raw))) / 2 for start in starts]
        for smoothing in range(SMOOTHEST + 1):
            batches = max(math.floor(per_epoch * 2.0 ** (smoothing - ONE_EPOCH)), 1) if smoothing else 1
            batches = math.ceil(batches / merged) * merged
            if window(snapshot, smoothing) != batches:
                return math.inf, f"smoothing {smoothing} is {window(snapshot, smoothing)} iterations, not {batches}"
            means = at_buckets(trailing_means(run.raw, batches), merged)
            if (lacking := -len(run.raw) % merged) and len(means):  # the last bucket is filling
                means[-1] = trailing_means(run.raw, max(batches - lacking, 1))[-1]
            for log_y in (False, True):
                for size in SIZES:
                    for name, theme in THEMES.items():
                        picture, _ = drawn(snapshot, first_view(log_y=log_y, smoothing=smoothing), *size, theme)
                        off = picture.worst(picture.expected(where, means))
                        axis = "log" if log_y else "linear"
                        told = f"iteration {len(run.raw)}, mean of {batches}, {axis}, {size[0]}×{size[1]}, {name}"
                        worst = max(worst, (off, told))
    return worst


def at_buckets(values: list[float], width: int) -> list[float]:
    """Those at the ends of buckets, the last of which may be filling."""
    return [values[min(start + width, len(values)) - 1] for start in range(0, len(values), width)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("presets", nargs="*", metavar="PRESET")
    parser.add_argument("--times", type=float, default=1.0, help="how many times the target to train for")
    arguments = parser.parse_args()
    presets = [find(name) for name in arguments.presets] or bundled()
    failed, start = 0, time.perf_counter()
    for preset in presets:
        off, where = worst_of(preset, arguments.times)
        failed += off > 1.0
        print(f"{'✗' if off > 1.0 else '✓'} {preset.title:40} {off:5.2f} dots at most: {where}", flush=True)
    print(f"{len(presets) - failed} of {len(presets)} presets within one dot, {time.perf_counter() - start:.0f} s")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
