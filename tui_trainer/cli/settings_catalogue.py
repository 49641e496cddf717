"""The list of settings that the screen offers. Ranges, choices and help are those that the structs declare; only the
order and the sensible steps are decided here."""

from __future__ import annotations

from types import NoneType
from typing import get_args

from msgspec import Meta, Struct

from tui_trainer.cli.declared import choices_of, declaring, help_of, most_entries, number_of, type_of
from tui_trainer.datasets import DATASETS
from tui_trainer.datasets.preparation import FEATURE_SETS
from tui_trainer.losses import LOSSES
from tui_trainer.optimizers import OPTIMIZERS, SCHEDULES
from tui_trainer.telemetry import Setting, words_of
from tui_trainer.telemetry.settings import EARLY_STOPPING
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

ROUND = -1.0
"""The same, by round numbers also where they are whole."""

LINES: tuple[tuple[str, float], ...] = (
    ("optimizer.learning_rate", MULTIPLIED),
    ("training.batch_size", MULTIPLIED),
    ("optimizer.name", 1),
    ("optimizer.momentum", 0.05),
    ("network.activation", 1),
    ("network.hidden", MULTIPLIED),
    ("data.name", 1),
    ("data.noise", 0.05),
    ("data.samples", MULTIPLIED),
    ("network.dropout", 0.1),
    ("optimizer.weight_decay", MULTIPLIED),
    ("optimizer.l2", MULTIPLIED),
    ("optimizer.l1", MULTIPLIED),
    ("optimizer.clip_norm", MULTIPLIED),
    ("optimizer.clip_value", MULTIPLIED),
    ("schedule.name", 1),
    ("schedule.warmup", ROUND),
    ("schedule.steps", 1),
    ("schedule.gamma", 0.1),
    ("schedule.end", MULTIPLIED),
    ("schedule.rise", 0.1),
    ("schedule.divide", MULTIPLIED),
    ("optimizer.beta1", 0.05),
    ("optimizer.beta2", 0.009),
    ("optimizer.alpha", 0.01),
    ("optimizer.epsilon", MULTIPLIED),
    ("loss.name", 1),
    ("loss.delta", MULTIPLIED),
    ("loss.margin", MULTIPLIED),
    ("network.initializer", 1),
    ("network.gain", MULTIPLIED),
    ("network.bias_init", 0.5),
    ("network.output", 1),
    ("network.dtype", 1),
    ("data.classes", 1),
    ("data.dim", 1),
    ("data.turns", 0.25),
    ("data.sep", 0.25),
    ("data.minority", 0.05),
    ("data.freq", 0.5),
    ("data.label_noise", 0.05),
    ("data.standardize", 1),
    ("data.features", 1),
    ("data.feature_scale", MULTIPLIED),
    ("data.validation_samples", MULTIPLIED),
    ("data.validation_share", 0.05),
    ("training.input_noise", 0.05),
    ("training.shift", 0.5),
    ("training.rotate", 5),
    ("training.flip", 1),
    ("training.shuffle", 1),
    ("training.drop_last", 1),
    ("training.balanced_batches", 1),
    ("training.early_stopping", 1),
    ("training.early_stopping.patience", ROUND),
    ("training.early_stopping.min_delta", MULTIPLIED),
    ("training.early_stopping.restore_best", 1),
    ("training.evaluate_every", ROUND),
    ("training.epochs", ROUND),
    ("training.iterations", ROUND),
    ("training.seed", 1),
)
"""Dotted key and sensible step, in the order of the list."""


def settings_catalogue() -> tuple[Setting, ...]:
    """Every setting that the screen can list; a run shows those that it has."""
    return tuple(_setting(key, step) for key, step in LINES)


def _setting(key: str, step: float) -> Setting:
    label, live = words_of(key), key in LIVE
    if key in NAMES:
        choices, text = NAMES[key]
        return Setting(key=key, label=label, help=text, choices=choices, live=live)
    table, _, field = key.rpartition(".")
    owners = declaring(STRUCTS[table], field)
    kinds = [type_of(owner, field) for owner in owners]
    text = HELP.get(key) or help_of(owners[0], field)
    if number_of(kinds[0])[0] is None:
        lists = FEATURE_SETS if key == "data.features" else ()
        optional = NoneType in get_args(kinds[0]) and key != EARLY_STOPPING
        return Setting(
            key=key, label=label, help=text, choices=choices_of(kinds[0]), lists=lists, optional=optional, live=live
        )
    # The widest: what a particular struct does not allow, it refuses with its own reason.
    ranges = [_range(*number_of(kind)) for kind in kinds]
    low, above_low = min((low for low, _ in ranges if low is not None), default=(None, False))
    high, at_high = max((high for _, high in ranges if high is not None), default=(None, True))
    return Setting(
        key=key,
        label=label,
        help=text,
        low=low,
        high=high,
        above_low=above_low,
        below_high=not at_high,
        logarithmic=step in (MULTIPLIED, ROUND),
        step=max(step, 0.0),
        integer=number_of(kinds[0])[0] is int,
        decimal=step == ROUND,
        most_entries=most_entries(kinds[0]),
        words=tuple(dict.fromkeys(word for kind in kinds for word in choices_of(kind) if isinstance(word, str))),
        optional=NoneType in get_args(kinds[0]),
        live=live,
    )


def _range(
    number: type[int] | type[float] | None, meta: Meta
) -> tuple[tuple[float, bool] | None, tuple[float, bool] | None]:
    """The lowest value, and whether it is only the bound of what is allowed; the highest, and whether it is itself
    allowed. Whole numbers just inside of a bound are the bound."""
    if number is int:
        low = meta.ge if meta.gt is None else meta.gt + 1
        high = meta.le if meta.lt is None else meta.lt - 1
        return None if low is None else (low, False), None if high is None else (high, True)
    low = meta.ge if meta.gt is None else meta.gt
    high = meta.le if meta.lt is None else meta.lt
    return None if low is None else (low, meta.gt is not None), None if high is None else (high, meta.lt is None)
