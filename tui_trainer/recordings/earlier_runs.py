"""The latest ended runs of every preset, kept from session to session, for comparison with later runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
from msgspec import field, structs

from tui_trainer.kept_file import KeptContents, KeptFile
from tui_trainer.telemetry.earlier_run import EarlierRun, with_run

MOST_PRESETS = 40
"""Presets whose runs are kept: those that ran last. Their file has half a megabyte at most."""
MOST_SETTING_CHARACTERS = 200
"""A setting whose value is longer than this (explicit weights, examples added by hand) is not kept. It could not be
shown in a few words anyway."""
DIGITS = 6
"""Significant digits of the losses that are drawn. The lowest loss is kept exactly."""


class KeptRuns(KeptContents, frozen=True, kw_only=True):
    """The contents of the file."""

    runs: dict[str, tuple[EarlierRun, ...]] = field(default_factory=dict)
    """Title of the preset → its runs, the oldest first; the preset that was run last stands last."""


def _encoded(array: Any) -> Any:
    numbers = array.tolist()
    return [float(f"{number:.{DIGITS}g}") for number in numbers] if array.dtype.kind == "f" else numbers


def _decoded(kind: Any, numbers: Any) -> Any:
    dtype = get_args(get_args(kind)[1])[0]
    array = np.array(numbers, dtype=dtype)
    if array.ndim != 1:
        raise ValueError("must be a list of numbers")
    return array


FILE = KeptFile(
    name="earlier-runs.json",
    empty=KeptRuns(),
    what="memory of earlier runs",
    encode=_encoded,
    decode=_decoded,
)


def keep(folder: Path | None, title: str, run: EarlierRun) -> str:
    """Keep a run of the preset of this title. Returns as `KeptFile.change` does."""
    short = {key: value for key, value in run.settings.items() if len(str(value)) <= MOST_SETTING_CHARACTERS}
    run = structs.replace(run, settings=short)

    def change(kept: KeptRuns) -> KeptRuns:
        others = {each: runs for each, runs in kept.runs.items() if each != title}
        latest = [*others.items(), (title, with_run(kept.runs.get(title, ()), run))]
        return structs.replace(kept, runs=dict(latest[-MOST_PRESETS:]))

    return FILE.change(folder, change)
