"""The steps of a lesson as a preset file has them: text to read, a question to answer before the run does, a task."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct, field

from tui_trainer.setting import PACE
from tui_trainer.telemetry.expectation import Claim

Count = Annotated[int, Meta(ge=1)]
PanelId = Literal["loss", "fit", "gradients", "data", "weights", "step", "settings"]
PANEL_IDS: tuple[str, ...] = get_args(PanelId)
"""What `show` may name."""

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
    """What the network must have replied to the input."""
    prediction_below: float | None = None
    asked_subject: str | None = None
    """The subject to whose phrases the person's own, once typed, must lie nearest."""
    settings: dict[str, object] = field(default_factory=dict)
    """Dotted key → the value that must be in force."""

    def __post_init__(self) -> None:
        """Other than in `[expect]`, `by_iteration` may stand beside any claim: a task is judged while it runs."""

    @property
    def is_decided_at_the_end(self) -> bool:
        """Whether only the end of the run can show it; any other goal is reached as soon as an evaluation shows it."""
        return bool(self.no_finding) or self.ends is not None


class Stretch(Struct, frozen=True, kw_only=True):
    """How far a step lets the run go."""

    until: Goal | None = None
    """It pauses at the evaluation that shows this."""
    any_finding: bool = False
    """It pauses as soon as anything is found to go wrong."""
    key: str = ""
    """It stays with the person until this key is pressed."""
    iterations: int | None = None
    """The most iterations from where it begins; None for up to the target."""


class Step(Struct, frozen=True, kw_only=True):
    """One step. What it changes of the run happens as it begins."""

    text: str
    """Paragraphs, separated by empty lines, with numbers of the run in braces: see `numbers`."""
    preset: str = ""
    """The title of a preset whose experiment replaces the present one; "" to go on with that."""
    set: dict[str, object] = {}
    """Dotted key → value, changed in the run. What cannot change while it runs begins it anew."""
    restart: bool = False
    """Whether the run begins anew in any case."""
    show: PanelId | None = None
    """The panel that gets the focus."""
    run: Stretch | None = None
    """What follows when the text has been read (or the question answered)."""


class Say(Step, frozen=True, kw_only=True):
    """A few sentences to read."""


class NumberAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that the person types."""

    number: float | str
    """The right one, or the name of a number of the run as it is at the reveal."""
    within: Annotated[float, Meta(ge=0)] = 0.0
    """How far off still counts as right."""


class TextAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A few words that the person types. Nobody judges them: the reveal puts them beside what happened."""

    text: Literal[True]


class Predict(Step, frozen=True, kw_only=True):
    """A question that the person answers before the run does; the reveal always follows."""

    answers: tuple[str, ...] = ()
    """2 to 4 answers to choose from; empty if the answer is typed."""
    answer: NumberAnswer | TextAnswer | None = None
    """What is typed."""
    right: int | tuple[Goal, ...] | None = None
    """The index of the right answer, from 0; or one goal for each answer, and the first that is reached is right."""
    reveal: str


class Task(Step, frozen=True, kw_only=True):
    """Something to be done by the person, judged while the run goes on."""

    expect: Goal
    hints: tuple[str, ...] = ()
    """One by one, on demand."""
    explain: str = ""
    """Shown after it is solved."""


class Controls(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed by hand."""

    allow: tuple[str, ...]
    """Dotted keys of settings. The pace may always be changed."""

    def allows(self, key: str) -> bool:
        """Whether the setting may be changed; a table allows what is in it."""
        return key == PACE or any(key == each or key.startswith(f"{each}.") for each in self.allow)
