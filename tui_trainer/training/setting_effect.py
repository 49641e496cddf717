"""What a changed setting really does, if that is less than it seems: a rate that the schedule keeps at 0, a limit that
nothing reaches. A change without effect must not be reported as if it had one."""

from __future__ import annotations

import numpy as np

from tui_trainer.datasets import make
from tui_trainer.experiment import with_setting
from tui_trainer.experiment.experiment import Experiment
from tui_trainer.experiment.words import value_words
from tui_trainer.setting import BATCH_SIZE, LEARNING_RATE, PACE, SEED
from tui_trainer.training.setup import starting_parameters
from tui_trainer.training.trainer import Trainer
from tui_trainer.wording import counted, plain_number

_LOOKED_AHEAD = 1000
"""Iterations up to the target at which rates are compared."""


def effect(trainer: Trainer, old: Experiment, key: str) -> str:
    """The words after "but" for the change of `key` from `old` to the trainer's present settings; "" if there are
    none."""
    if key == PACE:
        return ""
    now, ahead = _rates(trainer, trainer.experiment), _rates(trainer, old)
    is_rate = key == LEARNING_RATE or key.startswith("schedule.")
    if not now.any() and not (is_rate and ahead.any()):  # a rate that has become 0 has not stayed so
        return f"the rate in force stays 0{_by_schedule(trainer)}"
    if is_rate:
        return _of_rates(trainer, old, key, bool(np.array_equal(now, ahead)))
    return _unreached(trainer, old, key)


def effect_of_restart(trainer: Trainer, key: str) -> str:
    """The same for a change of `key` that has restarted the run."""
    experiment = trainer.experiment
    data, network, order = experiment.data, experiment.network, trainer.feed.order
    if key == SEED and not _draws(trainer):
        return "nothing is drawn: data, starting weights and order stay"
    if key == "training.drop_last" and order.count % order.batch == 0:
        return "no batch is cut short here; nothing else changes"
    if key == "training.shuffle" and experiment.loss.pairs:
        return "pairs are drawn at random either way"
    if key == "training.shuffle" and experiment.training.balanced_batches:
        return "balanced batches are drawn at random either way"
    if key == "training.shuffle" and order.takes_all(order.batch):
        return "each batch has all examples; their order changes nothing"
    if key == "data.label_noise" and data.label_noise and not round(data.label_noise * len(trainer.train_set)):
        return f"that share of {counted(len(trainer.train_set), 'training example')} is none"
    if key == "data.feature_scale" and data.standardizes:
        return "standardized inputs have one scale in any case"
    if key in ("network.gain", "network.initializer", "network.bias_init") and network.weights is not None:
        return "the starting weights are given and stay"
    if key == "network.gain" and network.starting_scheme == "zeros":
        return "all starting weights are 0 and stay so"
    return ""


def _draws(trainer: Trainer) -> bool:
    """Whether anything depends on the seed: data, starting weights, order, dropout or augmentation."""
    experiment, feed, seed = trainer.experiment, trainer.feed, trainer.experiment.training.seed
    if feed.augmented or any(feed.dropout) or feed.pairs:
        return True
    if feed.order.shuffle and not feed.order.takes_all(feed.order.batch):
        return True
    other = with_setting(experiment, SEED, seed - 1 if seed else 1)
    start, other_start = (starting_parameters(each, trainer.network) for each in (experiment, other))
    if not np.array_equal(start, other_start):
        return True
    ours, theirs = trainer.data, make(other.data, other.training.seed)
    return not all(
        np.array_equal(getattr(ours, name), getattr(theirs, name))
        for name in ("train_inputs", "train_targets", "validation_inputs", "validation_targets")
    )


def _rates(trainer: Trainer, experiment: Experiment) -> np.ndarray:
    """Learning rates of `experiment` from the next update to the target."""
    last = max(trainer.iteration, trainer.target)
    iterations = np.unique(np.linspace(trainer.iteration, last, _LOOKED_AHEAD).astype(np.int64))
    return experiment.schedule.rates(experiment.optimizer.learning_rate, iterations, trainer.target)


def _of_rates(trainer: Trainer, old: Experiment, key: str, same: bool) -> str:
    """The rate in force, if a schedule or a warm-up takes part in it."""
    schedule, base = trainer.experiment.schedule, trainer.experiment.optimizer.learning_rate
    if key == "schedule.warmup" and trainer.iteration >= max(schedule.warmup, old.schedule.warmup):
        return f"it is over; the rate in force stays {plain_number(trainer.learning_rate, 3)}"
    if same:
        return f"the rate in force stays {plain_number(trainer.learning_rate, 3)}"
    if trainer.learning_rate == base:
        return ""
    return f"{plain_number(trainer.learning_rate, 3)} is in force now"


def _unreached(trainer: Trainer, old: Experiment, key: str) -> str:
    optimizer, count = trainer.experiment.optimizer, trainer.feed.order.count
    gradient = trainer.vectors.gradient
    if key == BATCH_SIZE and _size(trainer.experiment, count) == _size(old, count):
        return f"both take all {count:,} {'pairs' if trainer.feed.pairs else 'examples'}"
    if not gradient.any() or not np.isfinite(gradient).all():  # no iteration yet, or none to go by
        return ""
    norm, largest = float(np.linalg.norm(gradient.astype(np.float64))), float(np.abs(gradient).max())
    if key == "optimizer.clip_norm" and optimizer.clip_norm is not None and norm <= optimizer.clip_norm:
        return f"nothing is clipped at present; the gradient's norm is {plain_number(norm, 3)}"
    if key == "optimizer.clip_value" and optimizer.clip_value is not None and largest <= optimizer.clip_value:
        return f"nothing is clipped at present; the largest number of the gradient is {plain_number(largest, 3)}"
    return ""


def _by_schedule(trainer: Trainer) -> str:
    schedule = trainer.experiment.schedule
    if not trainer.experiment.optimizer.learning_rate:
        return ""
    return f"; the {value_words(schedule.__struct_config__.tag)} schedule is over"


def _size(experiment: Experiment, count: int) -> int:
    """Examples in a whole batch."""
    size = experiment.training.batch_size
    return count if size == "full" else min(size, count)
