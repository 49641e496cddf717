"""What the program draws, prints and computes, kept as text, so that a move of its code can be seen to change nothing:
`python tests/golden/record.py` writes the records, `--check` compares and shows the first differences.

Not a test: the last digits belong to one kind of processor, so both records have to be made on one machine.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import hashlib
import importlib.util
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from tui_trainer.cli import main
from tui_trainer.cli.commands import COMMANDS
from tui_trainer.presets import find
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Trainer

HERE = Path(__file__).parent
SIZES = ((80, 24), (120, 40), (200, 60))
TIMES = {"seconds", "iterations_per_second"}
"""Fields of `train --json` that differ from run to run."""

JSON_PRESETS = (
    *("lr just right", "lr too large", "lr far too large", "overfitting", "overfitting: early stopping"),
    *("10-64-3 with dropout", "glasses or rings", "embeddings", "iris", "race: with and without dropout"),
)
BITS_PRESETS = (
    *("lr just right", "overfitting", "batch size 1", "10-64-3 with dropout", "adam or sgd", "ravine: momentum"),
    *("learning-rate schedule: cosine", "imbalanced classes: balanced batches", "embeddings", "handwritten digits"),
)
MOVES: dict[str, tuple[str, tuple[do.Command, ...], dict[str, object]]] = {
    "start": ("lr just right", (), {}),
    "running on": ("lr just right", (do.StepIterations(700),), {}),
    "guess": ("lr just right", (do.StepIterations(50), do.StepPhase()), {}),
    "measure": ("10-64-3 with dropout", (do.StepIterations(20), *[do.StepPhase()] * 2), {}),
    "blame": ("overfitting", (do.StepIterations(120), *[do.StepPhase()] * 3), {"focus": "step"}),
    "fix": ("adam or sgd", (do.StepIterations(9), *[do.StepPhase()] * 4), {"focus": "step", "zoomed": True}),
    "overfitting": ("overfitting", (do.StepIterations(480),), {}),
    "stopped early": ("overfitting: early stopping", (do.StepIterations(10_000),), {}),
    "diverged": ("lr far too large", (do.StepIterations(400),), {}),
    "past": ("overfitting", (do.StepIterations(300), do.Seek(100)), {}),
    "changed": ("lr just right", (do.StepIterations(60), do.ChangeSetting("optimizer.learning_rate", 0.1)), {}),
    "changed in the past": (
        "lr just right",
        (do.StepIterations(90), do.Seek(30), do.ChangeSetting("optimizer.momentum", 0.5), do.StepIterations(20)),
        {},
    ),
    "fork": (
        "overfitting",
        (do.StepIterations(80), do.Fork(), do.ChangeSetting("optimizer.weight_decay", 0.1), do.StepIterations(150)),
        {},
    ),
    "race": ("race: with and without dropout", (do.StepIterations(300),), {"focus": "loss"}),
    "digits": ("handwritten digits", (do.StepIterations(200),), {"focus": "weights"}),
    "regression": ("ravine: momentum", (do.StepIterations(100),), {"focus": "data", "zoomed": True}),
    "embeddings": ("embeddings", (do.StepIterations(400),), {"focus": "data"}),
    "article": ("glasses or rings", (do.StepIterations(200),), {"focus": "weights"}),
    "gradients": ("vanishing gradients", (do.StepIterations(50),), {"focus": "gradients", "zoomed": True}),
    "network": ("xor with a hidden layer", (do.StepIterations(130),), {"focus": "weights", "weights_mode": "network"}),
}


def pictures() -> ModuleType:
    """The command that draws the README's pictures."""
    spec = importlib.util.spec_from_file_location("pictures", HERE.parent / "pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def screens() -> str:
    """Every moment at every size: a row's characters, and behind them a digest of its styles."""
    draw = pictures().picture
    lines = []
    for name, (preset, moves, view) in MOVES.items():
        for width, height in SIZES:
            cells = draw(preset, *moves, width=width, height=height, **view)
            lines.append(f"=== {name} · {preset} · {width}×{height}")
            for codes, styles in zip(cells.codes, cells.styles, strict=True):
                text = "".join(chr(code) if code else "" for code in codes.tolist())
                lines.append(f"{text}│{hashlib.sha256(styles.tobytes()).hexdigest()[:6]}")
    return "\n".join(lines) + "\n"


def printed(*words: str) -> str:
    """What a command line prints, and its exit status."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = main(words)
    return f"=== {' '.join(words)}\n{out.getvalue()}exit status {status}\n"


def helps() -> str:
    return "".join(printed(*filter(None, (command, "--help"))) for command in COMMANDS)


def untimed(line: str) -> str:
    """A line of JSON without the fields that differ from run to run."""
    if not line.startswith("{"):
        return line

    def without(value: object) -> object:
        if isinstance(value, dict):
            return {key: without(inner) for key, inner in value.items() if key not in TIMES}
        return [without(inner) for inner in value] if isinstance(value, list) else value

    return json.dumps(without(json.loads(line)), ensure_ascii=False, sort_keys=True)


def json_lines() -> str:
    """The first and the last lines of each run in full, of those between them a digest."""
    lines = []
    for preset in JSON_PRESETS:
        own = [untimed(line) for line in printed("train", preset, "--json", "--iterations", "400").splitlines()]
        between = "\n".join(sorted(own[4:-3]))  # the arms of a race take turns by the clock
        digest = f"… {len(own[4:-3])} lines, {hashlib.sha256(between.encode()).hexdigest()}"
        lines += [*own[:4], digest, *own[-3:]]
    return "\n".join(lines) + "\n"


def bits() -> str:
    """A digest of the parameters, of the gradient and of all batch losses after 333 iterations."""
    lines = []
    for preset in BITS_PRESETS:
        trainer = Trainer(find(preset).experiment())
        trainer.run(333)
        parts = trainer.vectors.parameters, trainer.vectors.gradient, trainer.losses.batch.last
        lines.append(f"{preset}: {' '.join(hashlib.sha256(part.tobytes()).hexdigest()[:16] for part in parts)}")
    return "\n".join(lines) + "\n"


RECORDS: dict[str, Callable[[], str]] = {"screens": screens, "help": helps, "json": json_lines, "bits": bits}


def differences(kept: str, now: str, name: str) -> Iterator[str]:
    return difflib.unified_diff(kept.splitlines(), now.splitlines(), f"{name} kept", f"{name} now", lineterm="", n=1)


def run() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*RECORDS, []], help="which records (default: all)")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--most", type=int, default=60, help="lines of a difference that are shown")
    options = parser.parse_args()
    different = False
    for name in options.names or RECORDS:
        file, now = HERE / f"{name}.txt", RECORDS[name]()
        if not options.check:
            file.write_text(now, encoding="utf-8")
            continue
        found = list(differences(file.read_text(encoding="utf-8"), now, name))
        print(f"{name}: {'the same' if not found else f'{len(found)} lines of difference'}")
        print(*found[: options.most], sep="\n")
        different |= bool(found)
    return int(different)


if __name__ == "__main__":
    sys.exit(run())
