"""The parts of a network. Each contributes NumPy calls on arrays that are allocated once.

To add an activation or an initializer: one class in its file, one line in its registry below.
"""

from tui_trainer.layers.activations import (
    Activation,
    Elu,
    Gelu,
    LeakyRelu,
    Linear,
    Relu,
    Sigmoid,
    Silu,
    Tanh,
)
from tui_trainer.layers.call import Call, run
from tui_trainer.layers.initializers import constant, he, lecun, normal, xavier, zeros

ACTIVATIONS: dict[str, Activation] = {
    "relu": Relu(),
    "leaky_relu": LeakyRelu(),
    "tanh": Tanh(),
    "sigmoid": Sigmoid(),
    "linear": Linear(),
    "elu": Elu(),
    "gelu": Gelu(),
    "silu": Silu(),
}

INITIALIZERS = {
    "he": he,
    "xavier": xavier,
    "lecun": lecun,
    "normal": normal,
    "zeros": zeros,
    "constant": constant,
}

__all__ = ["ACTIVATIONS", "INITIALIZERS", "Activation", "Call", "run"]
