"""The data that networks learn from. To add a data set: one file, and one line in `DATASETS`."""

from tui_trainer.datasets.circles import Circles
from tui_trainer.datasets.data import Data, make
from tui_trainer.datasets.dataset import Dataset
from tui_trainer.datasets.digits import Digits
from tui_trainer.datasets.gauss import Gauss
from tui_trainer.datasets.glasses_or_ring import GlassesOrRing
from tui_trainer.datasets.glasses_or_ring_cloud import GlassesOrRingCloud
from tui_trainer.datasets.glyphs import Glyphs
from tui_trainer.datasets.iris import Iris
from tui_trainer.datasets.linear_regression import LinearRegression
from tui_trainer.datasets.moons import Moons
from tui_trainer.datasets.phrases import Phrases
from tui_trainer.datasets.sine import Sine
from tui_trainer.datasets.spiral import Spiral
from tui_trainer.datasets.xor import Xor

DATASETS: dict[str, type[Dataset]] = {
    "glasses_or_ring": GlassesOrRing,
    "glasses_or_ring_cloud": GlassesOrRingCloud,
    "xor": Xor,
    "circles": Circles,
    "moons": Moons,
    "spiral": Spiral,
    "gauss": Gauss,
    "linear_regression": LinearRegression,
    "sine": Sine,
    "glyphs": Glyphs,
    "digits": Digits,
    "iris": Iris,
    "phrases": Phrases,
}

ALIASES: dict[str, str] = {
    "linreg": "linear_regression",
    "glasses4": "glasses_or_ring",
    "glasses5": "glasses_or_ring",
    "glasses_rings": "glasses_or_ring_cloud",
}
"""Alias → name, for `data.name`."""

__all__ = ["ALIASES", "DATASETS", "Data", "Dataset", "make"]
