"""Training runs with known outcomes, in the words of the prototype that measured them, and as experiments of ours.

`presets.json` holds configurations that show something, with what was measured; `public.json` holds labelled runs to
work a diagnosis out with. Both come from before this program and stay as they are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from msgspec import Struct

from tui_trainer.training import Experiment, build

HERE = Path(__file__).parent
KEYS = {
    "n_train": "samples",
    "n_val": "validation_samples",
    "init": "initializer",
    "kind": "name",
    "factor": "gamma",
}
VALUES = {
    "const": "constant",
    "exp": "exponential",
    "glasses4": "glasses_or_ring",
    "glasses5": "glasses_or_ring",
    "glasses_rings": "glasses_or_ring_cloud",
    "linreg": "linear_regression",
}


class BankRun(Struct, frozen=True, kw_only=True):
    """One configuration of the bank."""

    name: str
    config: dict[str, Any]
    expected: str | None = None
    """The finding that the run is labelled with; None in `presets.json`."""
    also_accept: tuple[str, ...] = ()
    shows: str = ""
    """What a preset was seen to show."""

    @property
    def layers(self) -> tuple[int, ...]:
        """All sizes, input and output included."""
        return tuple(self.config["model"]["layers"])

    def experiment(self) -> Experiment:
        """The same as an experiment of this program."""
        return build(tables_of(self.config), self.name)


def runs() -> list[BankRun]:
    """All of both files."""
    presets = json.loads((HERE / "presets.json").read_text(encoding="utf-8"))
    public = json.loads((HERE / "public.json").read_text(encoding="utf-8"))["runs"]
    return [
        *(BankRun(name=each["name"], config=each["config"], shows=each["shows"]) for each in presets),
        *(
            BankRun(
                name=str(each["id"]),
                config=each["config"],
                expected=each["expected"],
                also_accept=tuple(each["also_accept"]),
            )
            for each in public
        ),
    ]


def tables_of(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The bank's keys as ours."""
    config = dict(config)
    data, model, optimizer = (dict(config.pop(name)) for name in ("dataset", "model", "optimizer"))
    schedule = dict(optimizer.pop("schedule", {"kind": "constant"}))
    training: dict[str, Any] = {"batch_size": config.pop("batch_size"), "shuffle": config.pop("shuffle", True)}
    epochs, most = config.pop("epochs"), config.pop("max_iters", None)
    per_epoch = 1 if training["batch_size"] == "full" else -(-data.get("n_train", 4) // training["batch_size"])
    if most is not None and most < epochs * per_epoch:
        training["iterations"] = most
    else:
        training["epochs"] = epochs
    # The prototype evaluated a hundred times, evenly spaced.
    training["evaluate_every"] = -(-training.get("iterations", epochs * per_epoch) // 100)
    if "early_stop_patience" in config:
        training["early_stopping"] = {"patience": config.pop("early_stop_patience")}
    training["input_noise"] = config.pop("augment_jitter", 0.0)
    optimizer["learning_rate"] = optimizer.pop("lr")
    if "clip_norm" in config:
        optimizer["clip_norm"] = config.pop("clip_norm")
    if "l2" in config:  # with Adam the prototype decayed the weights apart from the gradient
        optimizer["weight_decay" if optimizer["name"] == "adam" else "l2"] = config.pop("l2")
    model["hidden"] = model.pop("layers")[1:-1]
    tables = {
        "data": _renamed(data),
        "network": _renamed(model),
        "loss": {"name": config.pop("loss")},
        "optimizer": optimizer,
        "schedule": _renamed(schedule),
        "training": training,
    }
    if config:
        raise ValueError(f"keys that nobody has translated: {', '.join(config)}")
    return tables


def _renamed(table: dict[str, Any]) -> dict[str, Any]:
    """Keys and names of a table in our words."""
    return {
        KEYS.get(key, key): VALUES.get(value, value) if isinstance(value, str) else value
        for key, value in table.items()
    }
