"""The numbers of a run by name, as the texts of a lesson show them in braces: {train_loss}, {iteration}.

Names are those of the measures of an evaluation (the vocabulary of `[expect]`), and those of `NUMBERS`. A colon is
followed by the number of digits ({epoch_loss:4}), "of" by the arm of a race ({validation_loss of dropout}). A doubled
brace stands for the brace itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from msgspec import Struct

from tui_trainer.drawing.charts.numbers import compact, count, plain
from tui_trainer.telemetry import ArmView, Evaluation, Snapshot, StepView
from tui_trainer.telemetry.expectation import value_in
from tui_trainer.wording import percent

BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
NAME = re.compile(r"\s*(\w+)(?:\s+of\s+(.+?))?\s*(?::\s*([1-9]))?\s*")
DIGITS = 3
UNKNOWN = "–"
"""Stands for a number that the run does not have, or not yet."""

Value = float | int | str | None


class Number(Struct, frozen=True):
    help: str
    """Its explanation in the README."""
    read: Callable[[Snapshot], Value]
    is_text: bool = False
    """Whether it consists of words. Then no typed number can be compared with it."""


class Reference(Struct, frozen=True):
    """The contents of a pair of braces."""

    name: str
    arm: str = ""
    digits: int = DIGITS


def _of_progress(field: str) -> Callable[[Snapshot], Value]:
    return lambda snapshot: None if snapshot.progress is None else getattr(snapshot.progress, field)


def _of_step(read: Callable[[StepView], Value]) -> Callable[[Snapshot], Value]:
    return lambda snapshot: None if snapshot.step is None else read(snapshot.step)


def _asked(snapshot: Snapshot) -> Value:
    asked = None if snapshot.data is None else snapshot.data.asked
    return None if asked is None else float(asked.prediction[0])


def _of_best(read: Callable[[Evaluation], Value]) -> Callable[[Snapshot], Value]:
    return lambda snapshot: None if (best := snapshot.losses.evaluations.best) is None else read(best)


def _epoch(snapshot: Snapshot) -> Value:
    progress = snapshot.progress
    return None if progress is None else progress.epoch + (progress.batch > 0)


def _finding(snapshot: Snapshot) -> Value:
    alarms = [finding for finding in snapshot.findings if finding.is_alarm]
    return alarms[0].title if alarms else "nothing wrong"


def _squared_errors(snapshot: Snapshot) -> Value:
    """The sum of the squared errors of an epoch, as a program prints it that adds them up example by example."""
    loss, progress = _measure(snapshot, "epoch_loss"), snapshot.progress
    halved = snapshot.values.get("loss.name") == "half_mean_squared_error"
    return None if loss is None or progress is None or not halved else 2 * progress.batches_per_epoch * loss


FLOP_A_WEIGHT = 6
"""Floating-point operations for each weight and example: two for the guess, four for the blame."""
GPT_3_FLOP = 3.14e23
"""Brown et al., 2020, "Language Models are Few-Shot Learners", appendix D."""
SECONDS_A_YEAR = 3.156e7


def _flop_per_second(snapshot: Snapshot) -> float | None:
    """Floating-point operations that this run computes in a second."""
    progress, network = snapshot.progress, snapshot.network
    if progress is None or network is None or not progress.seconds:
        return None
    weights = sum(inputs * units for inputs, units in pairwise(network.shape))
    return FLOP_A_WEIGHT * weights * progress.batch_size * snapshot.iteration / progress.seconds


def _gpt_3_years(snapshot: Snapshot) -> float | None:
    speed = _flop_per_second(snapshot)
    return GPT_3_FLOP / speed / SECONDS_A_YEAR if speed else None


NUMBERS: dict[str, Number] = {
    "iteration": Number("completed updates", lambda snapshot: snapshot.iteration),
    "epoch": Number("epochs begun", _epoch),
    "target": Number("iterations that the run is to make", _of_progress("target_iterations")),
    "batch_size": Number("examples of the next mini-batch", _of_progress("batch_size")),
    "batches_per_epoch": Number("iterations an epoch", _of_progress("batches_per_epoch")),
    "examples": Number("training examples", _of_progress("examples")),
    "speed": Number("iterations a second while the run goes on", _of_progress("speed")),
    "flop_per_second": Number("floating-point operations a second, six for each weight and example", _flop_per_second),
    "gpt_3_years": Number("years at that speed for the 3.14e23 operations of GPT-3", _gpt_3_years),
    "status": Number("running, paused, finished, diverged …", lambda snapshot: str(snapshot.status), is_text=True),
    "finding": Number("what goes wrong, in words", _finding, is_text=True),
    "best_validation_loss": Number("the lowest validation loss so far", _of_best(lambda best: best.validation_loss)),
    "best_iteration": Number("the iteration at which it was measured", _of_best(lambda best: best.iteration)),
    "squared_errors": Number("the sum of an epoch's squared errors, where their half is the loss", _squared_errors),
    "batch_loss": Number("the loss of the last mini-batch before its update", _of_step(lambda step: step.batch_loss)),
    "prediction": Number("the guess for the followed example", _of_step(lambda step: float(step.prediction[0]))),
    "truth": Number("what the guess should have been", _of_step(lambda step: float(step.target[0]))),
    "asked_prediction": Number("what the network replied to the input that was asked", _asked),
    "weight_name": Number("the followed weight", _of_step(lambda step: step.weight.name), is_text=True),
    "weight_before": Number("its value before the update", _of_step(lambda step: step.weight.old)),
    "weight_after": Number("its value after the update", _of_step(lambda step: step.weight.new)),
    "weight_gradient": Number("its gradient", _of_step(lambda step: step.weight.gradient)),
    "weight_input": Number("its input for the followed example", _of_step(lambda step: step.weight.input)),
    "weight_error": Number("the error that came back to its unit", _of_step(lambda step: step.weight.delta)),
}  # fmt: skip
"""Name → number, beside the measures of evaluations."""


def value(snapshot: Snapshot, name: str, arm: str = "") -> Value:
    """A number of the run by name, of one arm of a race if `arm` names one; None if the run does not have it."""
    if arm:
        return next((_of_arm(each, name) for each in snapshot.arms if each.name == arm), None)
    return NUMBERS[name].read(snapshot) if name in NUMBERS else _measure(snapshot, name)


def _measure(snapshot: Snapshot, name: str) -> float | None:
    latest = snapshot.evaluation or snapshot.losses.evaluations.latest
    return None if latest is None else value_in(latest, name)


def _of_arm(arm: ArmView, name: str) -> Value:
    latest = arm.evaluation or arm.losses.evaluations.latest
    return arm.iteration if name == "iteration" else None if latest is None else value_in(latest, name)


def references(text: str) -> Iterator[tuple[str, Reference | None]]:
    """The contents of each pair of braces in a text, and how they are read; None for contents that are not
    understood."""
    for match in BRACES.finditer(text):
        if match[1] is not None:
            yield match[1], _reference(match[1])


def _reference(inside: str) -> Reference | None:
    match = NAME.fullmatch(inside)
    return match and Reference(match[1], match[2] or "", int(match[3] or DIGITS))


def filled(text: str, snapshot: Snapshot) -> str:
    """The text with the numbers of this moment."""

    def number(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        reference = _reference(match[1])
        return match[0] if reference is None else words(value(snapshot, reference.name, reference.arm), reference)

    return BRACES.sub(number, text)


def words(value: Value, reference: Reference) -> str:
    """A number as a text shows it: 0.0123, 41,200, 95%."""
    if value is None:
        return UNKNOWN
    if isinstance(value, float):
        if reference.name == "learning_rate":  # a person chose it, so it is not rounded as a measured number is
            return plain(value, max(reference.digits, DIGITS))
        is_share = reference.name.endswith(("_accuracy", "_share"))
        return percent(value) if is_share else compact(value, reference.digits)
    return count(value) if isinstance(value, int) else value
