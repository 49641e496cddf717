"""Real data sets that are part of the package. The seed shuffles and splits them; every class keeps its share."""

from __future__ import annotations

import io
from functools import cache
from typing import Annotated, Literal, TypeVar

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.datasets.dataset import Dataset, Examples, Samples
from tui_trainer.randomness import Purpose, generator
from tui_trainer.setting import FACTOR, setting
from tui_trainer.setting_error import SettingError

Number = TypeVar("Number", bound=np.generic)


StoredSamples = Annotated[
    Samples | Literal["all"],
    setting(
        'Training examples to use of those that the validation set leaves; "all" of them, or a number.',
        order=90,
        step=FACTOR,
    ),
]
ValidationShare = Annotated[
    float,
    Meta(ge=0, le=0.9),
    setting(
        "Share of all examples held out to judge what was learned; 0 for none.",
        short="validation",
        order=460,
        step=0.05,
    ),
]


class FixedSizeDataset(Dataset, frozen=True, kw_only=True):
    """A subclass implements `load`. The validation set depends on its share and the seed, never on `samples`."""

    samples: StoredSamples = "all"
    validation_share: ValidationShare = 0.2

    def load(self) -> tuple[Floats, Floats]:
        """All inputs (n, columns) and class numbers (n,), in the order of the file."""
        raise NotImplementedError

    @property
    def has_validation(self) -> bool:
        return self.validation_share > 0

    @property
    def upper_limits(self) -> dict[str, int]:
        return {"samples": self.most_samples}

    @property
    def most_samples(self) -> int:
        """Number of examples outside the validation set."""
        total = len(self.load()[1])
        return total - self._validation_count(total)

    def check(self) -> None:
        super().check()
        left = self.most_samples
        if self.samples != "all" and self.samples > left:
            total = len(self.load()[1])
            allowed = f'"all" or 1 to {left}, since {self.name} has {total} and {total - left} are held out'
            raise SettingError("data.samples", self.samples, allowed)

    def draw(self, seed: int) -> tuple[Examples, Examples]:
        inputs, targets = self.load()
        order = stratified_order(targets, generator(seed, Purpose.SPLIT))
        held_out = self._validation_count(len(order))
        training, validation = order[held_out:], order[:held_out]
        if self.samples != "all":
            training = training[: self.samples]
        return (
            Examples(inputs[training], targets[training]),
            Examples(inputs[validation], targets[validation]),
        )

    def _validation_count(self, total: int) -> int:
        return round(self.validation_share * total)


def stratified_order(targets: Floats, random: np.random.Generator) -> NDArray[np.int64]:
    """A random order (n,) of the rows. Any first part has the classes in proportion, to within a row."""
    order = random.permutation(len(targets))
    share = np.empty(len(targets))
    for target in np.unique(targets):
        members = np.flatnonzero(targets[order] == target)
        share[members] = (np.arange(len(members)) + 0.5) / len(members)
    return order[np.argsort(share, kind="stable")]


@cache
def read_csv(name: str, dtype: type[Number]) -> NDArray[Number]:
    """The numbers (rows, columns) of `data/<name>`, a CSV with one line of headings, gzipped or not.

    The array is read once, shared, and read-only. Small integers are read several times as fast as floats.
    """
    numbers = np.loadtxt(io.StringIO(stored_text(name)), dtype=dtype, delimiter=",", skiprows=1)
    numbers.setflags(write=False)
    return numbers


def stored_text(name: str) -> str:
    """The contents of `data/<name>`, a file of the package, gzipped or not."""
    import gzip  # few runs read such a file, and every first picture would wait for the two
    from importlib.resources import files

    content = files("tui_trainer.datasets").joinpath("data", name).read_bytes()
    return (gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8")
