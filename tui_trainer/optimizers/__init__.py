"""Optimizers and learning-rate schedules. To add one: one struct in a file, one line here."""

from tui_trainer.optimizers.adam import Adam, AdamW
from tui_trainer.optimizers.adaptive import Adagrad, RmsProp
from tui_trainer.optimizers.momentum import Momentum, Nesterov
from tui_trainer.optimizers.optimizer import Optimizer
from tui_trainer.optimizers.schedules import Constant, Cosine, Exponential, Linear, OneCycle, Schedule, Step
from tui_trainer.optimizers.sgd import Sgd

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": Sgd,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RmsProp,
    "adagrad": Adagrad,
    "adam": Adam,
    "adamw": AdamW,
}

SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Constant,
    "step": Step,
    "exponential": Exponential,
    "cosine": Cosine,
    "linear": Linear,
    "one_cycle": OneCycle,
}

__all__ = ["OPTIMIZERS", "SCHEDULES", "Optimizer", "Schedule"]
