"""The steps of a lesson as a preset file has them: a text to read, a question to answer before the run answers it, or a
task."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from msgspec import Meta, Struct, field

from tui_trainer.setting import PACE
from tui_trainer.telemetry.earlier_run import losses_that_decide
from tui_trainer.telemetry.expectation import Claim, Outcome
from tui_trainer.telemetry.lead import Basis, why_not

Count = Annotated[int, Meta(ge=1)]

MOST_ANSWERS = 4
"""The keys 1 to 4 choose one."""


class Goal(Claim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a run or the person must show: the vocabulary of `[expect]`, and what only a person can do."""

    arm: str | None = None
    """The arm of a race that must be ahead."""
    selected: Literal["largest_gradient", "smallest_gradient"] | None = None
    """The weight that the person must have chosen in the step panel."""
    asked: tuple[float, ...] | None = None
    """The input for which the person must have asked the network."""
    prediction_above: float | None = None
    """The prediction for that input must be above this."""
    prediction_below: float | None = None
    asked_subject: str | None = None
    """The subject to whose phrases the person's own, once typed, must lie nearest."""
    settings: dict[str, object] = field(default_factory=dict)
    """Dotted key → the value that must be in force."""
    beats: Literal["ghost"] | dict[str, object] | None = None
    """The ghost whose lowest loss the run must get below: "ghost" for the run of the task left alone, or that run with
    other settings, dotted key → value."""

    def __post_init__(self) -> None:
        """Unlike in `[expect]`, `by_iteration` may accompany any claim, because a task is judged while the run goes
        on."""

    @property
    def ghost(self) -> dict[str, object] | None:
        """The settings in which the ghost differs from the run of the task left alone; None without a ghost."""
        return {} if self.beats == "ghost" else self.beats if isinstance(self.beats, dict) else None

    @property
    def compares(self) -> bool:
        return super().compares or self.beats is not None

    def misses(self, run: Outcome, other: Outcome | None = None) -> list[str]:
        missed = super().misses(run, other)
        if self.beats is not None and other is not None:
            missed += _not_below(run, other)
        return missed

    @property
    def is_decided_at_the_end(self) -> bool:
        """Whether only the end of the run can show the goal. Any other goal is reached as soon as an evaluation shows
        it."""
        return bool(self.no_finding) or self.ends is not None


def _not_below(run: Outcome, ghost: Outcome) -> list[str]:
    """What is missing as long as the run is not below the lowest loss of the ghost."""
    of, losses = losses_that_decide(ghost.losses.evaluations)
    basis = Basis.VALIDATION_LOSS if of == "validation" else Basis.TRAIN_LOSS
    if reason := why_not(basis, (run.yardstick, ghost.yardstick)):
        return [f"the ghost beaten: {reason}, which are not to be compared"]
    now, lowest = basis.of(run.final), losses[np.isfinite(losses)].min(initial=np.inf)
    is_below = now is not None and now < lowest
    return [] if is_below else [f"{basis} below {lowest:.4g}, the ghost's lowest: it is {now or np.nan:.4g}"]


class Stretch(Struct, frozen=True, kw_only=True):
    """How far a step lets the run go."""

    until: Goal | None = None
    """The run pauses at the evaluation that shows this."""
    any_finding: bool = False
    """The run pauses as soon as anything is found to go wrong."""
    key: str = ""
    """The run is left to the person until this key is pressed."""
    iterations: int | None = None
    """The most iterations of the step; None for as many as lead to the target."""


class Step(Struct, frozen=True, kw_only=True):
    """One step. It makes its changes to the run when it begins."""

    text: str
    """Paragraphs, separated by empty lines, with numbers of the run in braces: see `numbers`."""
    preset: str = ""
    """The title of a preset whose experiment replaces the present one; "" to go on with that."""
    set: dict[str, object] = {}
    """Dotted key → new value of a setting of the run. A setting that cannot change during a run restarts it."""
    restart: bool = False
    """Whether the run restarts in any case."""
    show: str = ""
    """Id of the panel that gets the focus; "" leaves it where it is."""
    beside: tuple[str, ...] | None = None
    """Ids of the panels shown beside it, up to the next step with `show`; None for as many as have room."""
    diagram: bool = False
    """Whether the weights panel shows the whole network, however large it is."""
    run: Stretch | None = None
    """How the run goes on when the text has been read or the question answered."""


class Say(Step, frozen=True, kw_only=True):
    """A few sentences to read."""


class NumberAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that the person types."""

    number: float | str
    """The right number, or the name of a number of the run, whose value at the reveal is right."""
    within: Annotated[float, Meta(ge=0)] = 0.0
    """How far off still counts as right."""


class TextAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A few words that the person types. They are not judged; the reveal shows them beside what happened."""

    text: Literal[True]


class Predict(Step, frozen=True, kw_only=True):
    """A question that the person answers before the run goes on to show the answer. The reveal always follows."""

    answers: tuple[str, ...] = ()
    """2 to 4 answers to choose from; empty if the answer is typed."""
    answer: NumberAnswer | TextAnswer | None = None
    """The kind of answer that is typed, if it is not chosen."""
    right: int | tuple[Goal, ...] | None = None
    """The index of the right answer, from 0; or one goal for each answer, and the first that is reached is right."""
    reveal: str


class Task(Step, frozen=True, kw_only=True):
    """Something that the person has to do, judged while the run goes on."""

    expect: Goal
    hints: tuple[str, ...] = ()
    """Hints, shown one by one on demand."""
    explain: str = ""
    """The explanation that is shown once the task is solved."""


class Controls(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed by hand."""

    allow: tuple[str, ...]
    """Dotted keys of settings. The pace may always be changed."""

    def allows(self, key: str) -> bool:
        """Whether the setting may be changed; a table allows what is in it."""
        return key == PACE or any(key == each or key.startswith(f"{each}.") for each in self.allow)
