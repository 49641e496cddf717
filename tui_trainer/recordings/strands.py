"""The strands of a recording, read from its pieces: the losses, the evaluations and the keyframes of each run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from tui_trainer.experiment import Experiment
from tui_trainer.recordings.files import RecordingError, arrays_of
from tui_trainer.recordings.folder import number_of
from tui_trainer.recordings.lines import ForkLine
from tui_trainer.recordings.pieces import Stretch, keyframe_from, packed, rows_in
from tui_trainer.telemetry import Evaluation, Evaluations, joined
from tui_trainer.telemetry.recorded import Line, Recorded
from tui_trainer.training.vectors import Keyframe


class Strands:
    """What the pieces of a recording have of its runs. All methods raise `RecordingError` and `OSError`."""

    def __init__(self, path: Path, last: int | None = None) -> None:
        """`last`: the number of the last piece that counts; None for all pieces."""
        self._path, self._last = path, last

    def keyframes(
        self, line: Line, experiment_at: Callable[[int], Experiment], most: int, spacing: int
    ) -> Iterator[Keyframe]:
        """At most `most` keyframes of a run, oldest first: those at the multiples of `spacing`, or of 2, 4, 8 … times
        `spacing`. Damaged ones are left out: the run computes what they would have saved. `experiment_at(iteration)`:
        the experiment in force there."""
        rows = [
            row
            for number, until in line
            for piece in self._pieces("keyframes")
            for row in rows_in(_unless_damaged(piece, f"{number}.moments", f"{number}.vectors"), number)
            if until is None or row[0][0] <= until
        ]
        while len(wanted := [row for row in rows if row[0][0] % spacing == 0]) > most:
            spacing *= 2
        for numbers, vectors in wanted:
            yield keyframe_from(numbers, vectors, experiment_at(int(numbers[0])))

    def losses(self, line: Line) -> NDArray[np.float64]:
        """(iterations,): every batch loss of a run; NaN where pieces are missing."""
        found: list[tuple[int, NDArray[np.float64]]] = []
        for arrays, until in self._stretches(line, {}, "first", "losses"):
            first, losses = int(arrays["first"]), arrays["losses"]
            losses = losses if until is None else losses[: max(until - first, 0)]
            found += [(first, losses)] if len(losses) else []
        losses = np.full(max((first + len(each) for first, each in found), default=0), np.nan)
        for first, each in found:
            losses[first : first + len(each)] = each
        return losses

    def evaluations(self, line: Line, waiting: Mapping[int, Sequence[Evaluation]] | None = None) -> Evaluations:
        """All evaluations of a run, oldest first, without the names of its layers. `waiting`: by strand, those that may
        not have come to the disk yet."""
        parts = []
        for arrays, until in self._stretches(line, waiting or {}, "evaluations", "values.", "layers."):
            part = Evaluations(
                iteration=arrays["evaluations"],
                values=_named(arrays, "values."),
                layer_values=_named(arrays, "layers."),
            )
            parts.append(part if until is None else part.until(until))
        every = joined(parts)
        # One that has come to the disk meanwhile does not count twice.
        return every.only(np.unique(every.iteration, return_index=True)[1])

    def _stretches(
        self, line: Line, waiting: Mapping[int, Sequence[Evaluation]], *names: str
    ) -> Iterator[tuple[dict[str, NDArray[Any]], int | None]]:
        """These arrays of every piece of a run, and the iteration up to which they belong to it."""
        for number, until in line:
            wanted = [f"{number}.{name}" for name in names]
            coming = Stretch(strand=number, first=0, losses=(), evaluations=waiting.get(number, ()))
            last = {name: array for name, array in packed([coming]).items() if name.startswith(tuple(wanted))}
            for arrays in (*(arrays_of(piece, *wanted) for piece in self._pieces("piece")), last):
                if arrays:
                    yield {name.partition(".")[2]: array for name, array in arrays.items()}, until

    def _pieces(self, kind: str) -> list[Path]:
        last = np.inf if self._last is None else self._last
        pieces = (path for path in self._path.glob(f"{kind}-*.npz") if 0 < number_of(path) <= last)
        return sorted(pieces, key=number_of)


def line_of(strand: int, forks: Mapping[int, ForkLine]) -> Line:
    """The line of the run that ends with `strand`. `forks`: by the strand that begins there."""
    line: list[tuple[int, int | None]] = [(strand, None)]
    while line[-1][0] in forks and len(line) <= len(forks):
        child, until = line[-1]
        fork = forks[child]
        line.append((fork.parent, fork.iteration if until is None else min(fork.iteration, until)))
    return tuple(line[::-1])


def every_evaluation(recorded: Recorded, known: Sequence[Evaluations]) -> list[Evaluations]:
    """All evaluations of every arm, of which the runs remember those that are `known`. Where a piece is missing or
    damaged, an arm has no others."""
    pairs = zip(recorded.lines, known, strict=True)
    return [recalled(Strands(recorded.folder), line, each, recorded.waiting) for line, each in pairs]


def every_batch_loss(recorded: Recorded) -> list[NDArray[np.float64]]:
    """As `Strands.losses`, of every arm, as far as they have come to the disk; none of an arm of which a piece is
    damaged."""
    found = []
    for line in recorded.lines:
        try:
            found.append(Strands(recorded.folder).losses(line))
        except (RecordingError, OSError, KeyError, TypeError, ValueError):
            found.append(np.empty(0))
    return found


def recalled(
    strands: Strands, line: Line, known: Evaluations, waiting: Mapping[int, Sequence[Evaluation]] | None = None
) -> Evaluations:
    """All evaluations of a run, of which it remembers those that are `known`: these alone where a piece is missing or
    damaged."""
    try:
        every = strands.evaluations(line, waiting)
        if not np.isin(known.iteration, every.iteration).all():
            return known
        return structs.replace(
            known,
            iteration=every.iteration,
            values={name: every.of(name) for name in known.values},
            layer_values={name: every.of_layers(name) for name in known.layer_values},
        )
    except (RecordingError, OSError, KeyError, TypeError, ValueError):
        return known


def _named(arrays: dict[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    """The arrays whose names begin so, by the rest of their names."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _unless_damaged(piece: Path, *wanted: str) -> dict[str, NDArray[Any]]:
    """As `arrays_of`; nothing of a file that is damaged, or was removed meanwhile."""
    try:
        return arrays_of(piece, *wanted)
    except (RecordingError, OSError):
        return {}
