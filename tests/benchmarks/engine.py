"""How fast the engine is: iterations per second of CPU time as a multiple of eager PyTorch, on one core.

    python tests/benchmarks/engine.py [--rounds 7] [--only 2]

Both sides are measured in this process, interleaved, by process CPU time, one BLAS thread each, float32; the public
`Trainer` with its curves on, against `nn.Sequential`, `torch.optim` and indexed batches. Needs the extra `reference`.
"""

# ruff: noqa: E402, I001  (BLAS reads its environment when NumPy is imported)
from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"
CORETYPE = os.environ.pop("OPENBLAS_CORETYPE", None)

import argparse
import platform
import statistics
import time
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import torch
from msgspec import Struct
from torch import nn

from tui_trainer.datasets.generated import GeneratedDataset
from tui_trainer.datasets.dataset import Examples
from tui_trainer.training import Trainer, build


class Row(Struct, frozen=True):
    """One line of the table."""

    name: str
    sizes: tuple[int, ...]
    activation: str
    loss: str
    optimizer: str
    batch: int
    samples: int
    at_least: float
    aim: float
    dropout: float = 0.0
    learning_rate: float = 0.01


ROWS = [
    Row("2-8-8-1 tanh MSE, b10, SGD", (2, 8, 8, 1), "tanh", "mse", "sgd", 10, 1000, 18, 28),
    Row("2-8-8-1 tanh BCE, b32, SGD", (2, 8, 8, 1), "tanh", "bce", "sgd", 32, 1000, 16, 25),
    Row("10-64-3 ReLU dropout 0.3 CE, b32, Adam", (10, 64, 3), "relu", "ce", "adam", 32, 1000, 12, 21, 0.3),
    Row("64-64-32-10 ReLU CE, b32, Adam", (64, 64, 32, 10), "relu", "ce", "adam", 32, 1797, 8, 14),
    Row("784-128-64-10 ReLU CE, b64, Adam", (784, 128, 64, 10), "relu", "ce", "adam", 64, 2048, 2.0, 2.8),
    Row(
        "2-16-16-1 tanh BCE, full batch 1000, momentum",
        (2, 16, 16, 1),
        "tanh",
        "bce",
        "momentum",
        1000,
        1000,
        5,
        8,
    ),
    Row("784-512-512-10 ReLU CE, b128, Adam", (784, 512, 512, 10), "relu", "ce", "adam", 128, 2048, 1.6, 2.3),
]


class Blobs(GeneratedDataset, frozen=True, tag="benchmark_blobs"):
    """Standard normal inputs with random labels: work for both sides, of any shape."""

    task = "classification"
    recommended: ClassVar[dict[str, object]] = {}
    columns: int = 2
    classes: int = 2

    @property
    def input_names(self) -> tuple[str, ...]:
        return tuple(f"x{n + 1}" for n in range(self.columns))

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(map(str, range(self.classes)))

    def pattern(self, count: int, random: np.random.Generator) -> Examples:
        return Examples(random.standard_normal((count, self.columns)), np.arange(count) % self.classes * 1.0)


def our_side(row: Row) -> Callable[[int], None]:
    """A function that runs n iterations of the public Trainer."""
    from tui_trainer.training import settings

    settings.REGISTRIES["data"][0]["benchmark_blobs"] = Blobs
    outputs = row.sizes[-1] if row.loss == "ce" else 2
    experiment = build(
        {
            "data": {
                "name": "benchmark_blobs",
                "samples": row.samples,
                "validation_samples": 0,
                "columns": row.sizes[0],
                "classes": outputs,
            },
            "network": {
                "hidden": list(row.sizes[1:-1]),
                "activation": row.activation,
                "dropout": row.dropout,
            },
            "loss": {"name": row.loss},
            "optimizer": {"name": row.optimizer, "learning_rate": row.learning_rate},
            "training": {"batch_size": row.batch, "iterations": 10**9, "evaluate_every": 10**9},
        }
    )
    trainer = Trainer(experiment)
    return lambda n: [trainer.run(n), None][1]


def torch_side(row: Row) -> Callable[[int], None]:
    """A function that runs n iterations of the eager PyTorch loop that a textbook shows."""
    torch.set_num_threads(1)
    activation = {"tanh": nn.Tanh, "relu": nn.ReLU}[row.activation]
    layers: list[nn.Module] = []
    for inputs, units in zip(row.sizes[:-2], row.sizes[1:-1], strict=False):
        layers += [nn.Linear(inputs, units), activation()]
        if row.dropout:
            layers.append(nn.Dropout(row.dropout))
    network = nn.Sequential(*layers, nn.Linear(row.sizes[-2], row.sizes[-1]))
    parameters, rate = network.parameters(), row.learning_rate
    optimizer = {
        "sgd": lambda: torch.optim.SGD(parameters, lr=rate),
        "momentum": lambda: torch.optim.SGD(parameters, lr=rate, momentum=0.9),
        "adam": lambda: torch.optim.Adam(parameters, lr=rate),
    }[row.optimizer]()
    criterion = {"mse": nn.MSELoss, "bce": nn.BCEWithLogitsLoss, "ce": nn.CrossEntropyLoss}[row.loss]()
    inputs = torch.randn(row.samples, row.sizes[0])
    if row.loss == "ce":
        targets = torch.arange(row.samples) % row.sizes[-1]
    else:
        targets = (torch.arange(row.samples) % 2).float()[:, None]

    def run(iterations: int) -> None:
        done = 0
        while True:
            order = torch.randperm(row.samples)
            for start in range(0, row.samples, row.batch):
                if done == iterations:
                    return
                index = order[start : start + row.batch]
                optimizer.zero_grad()
                loss = criterion(network(inputs[index]), targets[index])
                loss.backward()
                optimizer.step()
                done += 1

    return run


def cpu_seconds(run: Callable[[int], None], iterations: int) -> float:
    start = time.process_time()
    run(iterations)
    return (time.process_time() - start) / iterations


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", type=int, action="append", help="number of a row, from 1")
    arguments = parser.parse_args()
    print(
        f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}, PyTorch {torch.__version__}"
    )
    if CORETYPE:
        print(f"OPENBLAS_CORETYPE={CORETYPE} was set and has been unset")
    print(f"median of {arguments.rounds} rounds, CPU time of this process, one thread\n")
    print(f"{'network, batch':<46} {'ours':>9} {'PyTorch':>9} {'ratio':>7} {'range':>13}  at least / aim")
    for number, row in enumerate(ROWS, 1):
        if arguments.only and number not in arguments.only:
            continue
        ours, theirs = our_side(row), torch_side(row)
        ours(300 if row.sizes[0] < 700 else 10), theirs(30 if row.sizes[0] < 700 else 5)
        per_step = cpu_seconds(theirs, 30 if row.sizes[0] < 700 else 5)
        steps = max(5, round(0.25 / per_step))
        pairs = []
        for _ in range(arguments.rounds):
            their_time = cpu_seconds(theirs, steps)
            pairs.append((cpu_seconds(ours, steps * max(1, round(row.at_least))), their_time))
        ratios = [their / our for our, their in pairs]
        ratio = statistics.median(ratios)
        mark = "aim reached" if ratio >= row.aim else "reached" if ratio >= row.at_least else "MISSED"
        print(
            f"{row.name:<46} {statistics.median(o for o, _ in pairs) * 1e6:7.1f}µs"
            f" {statistics.median(t for _, t in pairs) * 1e6:7.0f}µs {ratio:6.1f}×"
            f" {min(ratios):5.1f}–{max(ratios):5.1f}×  {row.at_least:g} / {row.aim:g}  {mark}",
            flush=True,
        )


if __name__ == "__main__":
    main()
