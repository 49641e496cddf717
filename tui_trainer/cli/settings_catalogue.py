"""The list of settings that the screen offers. Ranges, choices and help are those that the structs declare; only the
order, the labels and the sensible steps are decided here."""

from __future__ import annotations

from msgspec import Meta, Struct

from tui_trainer.cli.declared import choices_of, declaring, help_of, number_of, type_of
from tui_trainer.datasets import DATASETS
from tui_trainer.losses import LOSSES
from tui_trainer.optimizers import OPTIMIZERS, SCHEDULES
from tui_trainer.telemetry import Setting
from tui_trainer.training.experiment import EarlyStopping, NetworkSettings, TrainingSettings
from tui_trainer.training.settings import LIVE

STRUCTS: dict[str, tuple[type[Struct], ...]] = {
    "data": tuple(DATASETS.values()),
    "network": (NetworkSettings,),
    "loss": tuple(LOSSES.values()),
    "optimizer": tuple(OPTIMIZERS.values()),
    "schedule": tuple(SCHEDULES.values()),
    "training": (TrainingSettings,),
    "training.early_stopping": (EarlyStopping,),
}
"""The table of the TOML → the structs that declare its keys."""

NAMES: dict[str, tuple[tuple[str, ...], str]] = {
    "data.name": (tuple(DATASETS), "What the network learns from."),
    "loss.name": (tuple(LOSSES), "How wrong an answer is: what the training makes small."),
    "optimizer.name": (tuple(OPTIMIZERS), "How the gradient becomes a step."),
    "schedule.name": (tuple(SCHEDULES), "How the learning rate changes in the course of the run."),
}
"""Keys that choose a struct: choices and help."""

HELP = {"data.classes": "Number of classes.", "data.dim": "Number of inputs."}
"""Where the structs that have the key say it each in their own words."""

MULTIPLIED = 0.0
"""In place of a step: a sensible step multiplies."""

SMALLEST = 1e-6
"""The lowest offered of a number that multiplies and may not be 0."""

LINES: tuple[tuple[str, str, float], ...] = (
    ("optimizer.learning_rate", "learning rate", MULTIPLIED),
    ("training.batch_size", "batch size", MULTIPLIED),
    ("optimizer.name", "optimizer", 1),
    ("optimizer.momentum", "momentum", 0.05),
    ("network.activation", "activation", 1),
    ("network.hidden", "hidden layers", MULTIPLIED),
    ("data.name", "dataset", 1),
    ("data.noise", "noise", 0.05),
    ("data.samples", "samples", MULTIPLIED),
    ("network.dropout", "dropout", 0.1),
    ("optimizer.weight_decay", "weight decay", MULTIPLIED),
    ("optimizer.l2", "L2 penalty", MULTIPLIED),
    ("optimizer.l1", "L1 penalty", MULTIPLIED),
    ("optimizer.clip_norm", "clip norm", MULTIPLIED),
    ("optimizer.clip_value", "clip value", MULTIPLIED),
    ("schedule.name", "schedule", 1),
    ("schedule.warmup", "warm-up", MULTIPLIED),
    ("schedule.steps", "parts", 1),
    ("schedule.gamma", "factor a part", 0.1),
    ("schedule.end", "rate at the end", MULTIPLIED),
    ("schedule.rise", "rising share", 0.1),
    ("schedule.divide", "start divided by", MULTIPLIED),
    ("optimizer.beta1", "beta 1", 0.05),
    ("optimizer.beta2", "beta 2", 0.009),
    ("optimizer.alpha", "alpha", 0.01),
    ("optimizer.epsilon", "epsilon", MULTIPLIED),
    ("loss.name", "loss", 1),
    ("loss.delta", "Huber delta", MULTIPLIED),
    ("loss.margin", "margin", MULTIPLIED),
    ("network.initializer", "initializer", 1),
    ("network.gain", "gain", MULTIPLIED),
    ("network.bias_init", "starting bias", 0.5),
    ("network.output", "output", 1),
    ("network.dtype", "precision", 1),
    ("data.classes", "classes", 1),
    ("data.dim", "dimensions", 1),
    ("data.turns", "turns", 0.25),
    ("data.sep", "distance", 0.25),
    ("data.minority", "share of class 1", 0.05),
    ("data.freq", "waves", 0.5),
    ("data.label_noise", "label noise", 0.05),
    ("data.standardize", "standardize", 1),
    ("data.features", "features", 1),
    ("data.feature_scale", "feature scale", MULTIPLIED),
    ("data.validation_samples", "validation samples", MULTIPLIED),
    ("data.validation_share", "validation share", 0.05),
    ("training.input_noise", "input noise", 0.05),
    ("training.shift", "shift", 0.5),
    ("training.rotate", "rotate", 5),
    ("training.flip", "flip", 1),
    ("training.shuffle", "shuffle", 1),
    ("training.drop_last", "drop last batch", 1),
    ("training.balanced_batches", "balanced batches", 1),
    ("training.early_stopping.patience", "patience", MULTIPLIED),
    ("training.early_stopping.min_delta", "least progress", MULTIPLIED),
    ("training.early_stopping.restore_best", "restore best", 1),
    ("training.evaluate_every", "evaluate every", MULTIPLIED),
    ("training.epochs", "epochs", MULTIPLIED),
    ("training.iterations", "iterations", MULTIPLIED),
    ("training.seed", "seed", 1),
)
"""Dotted key, label and sensible step, in the order of the list."""


def settings_catalogue() -> tuple[Setting, ...]:
    """Every setting that the screen can list; a run shows those that it has."""
    return tuple(_setting(key, label, step) for key, label, step in LINES)


def _setting(key: str, label: str, step: float) -> Setting:
    live = key in LIVE
    if key in NAMES:
        choices, text = NAMES[key]
        return Setting(key=key, label=label, help=text, choices=choices, live=live)
    table, _, field = key.rpartition(".")
    owners = declaring(STRUCTS[table], field)
    kinds = [type_of(owner, field) for owner in owners]
    text = HELP.get(key) or help_of(owners[0], field)
    if number_of(kinds[0])[0] is None:
        return Setting(key=key, label=label, help=text, choices=choices_of(kinds[0]), live=live)
    ranges = [_range(*number_of(kind), step) for kind in kinds]
    return Setting(
        key=key,
        label=label,
        help=text,
        # The widest: what a particular struct does not allow, it refuses with its own reason.
        low=min((low for low, _ in ranges if low is not None), default=None),
        high=max((high for _, high in ranges if high is not None), default=None),
        logarithmic=step == MULTIPLIED,
        step=step,
        integer=number_of(kinds[0])[0] is int,
        live=live,
    )


def _range(number: type[int] | type[float] | None, meta: Meta, step: float) -> tuple[float | None, float | None]:
    """The lowest and the highest value to offer; just inside of a bound that is not allowed itself."""
    inside = 1 if number is int else step / 10 or SMALLEST
    low = meta.gt + inside if meta.ge is None and meta.gt is not None else meta.ge
    high = meta.lt - inside if meta.le is None and meta.lt is not None else meta.le
    return low, high
