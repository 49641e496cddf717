"""A finding: one thing that goes wrong (or well) in a run, with the numbers that prove it and what would help."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from msgspec import Struct


class Severity(StrEnum):
    """How much a finding matters, the worst first."""

    CRITICAL = "critical"
    WARNING = "warning"
    NOTE = "note"
    GOOD = "good"


class Trial(Struct, frozen=True, kw_only=True):
    """What became of copies of a run with a remedy, each beside an unchanged copy of the same seed."""

    loss: Literal["validation", "training"]
    """The loss that decides: of held-out examples if there are any."""
    changed: float
    """Mean loss at the end of the copies with the remedy; infinite if one diverged."""
    unchanged: float
    """The same without the remedy."""
    start: int
    """The iteration from which the copies ran."""
    iterations: int
    """The iterations that each copy ran."""
    seeds: int
    """The number of pairs of copies; 1 also if nothing is drawn at random, so that all seeds give the same."""
    better: int
    """The number of pairs in which the copy with the remedy ended lower than the other, or than both began if the other
    diverges."""
    helps: bool
    """Whether the remedy is worth proposing."""


class Remedy(Struct, frozen=True):
    """A change of settings that would help, in plain words and as `--set` takes it."""

    sentence: str
    settings: dict[str, object]
    """Dotted TOML key → new value."""
    tried: str = ""
    """The result of trying it on copies of the run, in words; "" if it was not tried."""
    trial: Trial | None = None
    """The same in numbers."""


class Finding(Struct, frozen=True, kw_only=True):
    """One result of the diagnosis. Its id is the name of its rule: `diverging`, `bouncing`, …"""

    id: str
    severity: Severity
    since: int
    """The iteration from which on the finding holds."""
    headline: str
    """What it is, in a few plain words: "bouncing"."""
    cause: str = ""
    """What brings it about, where the rule knows: "learning rate too large"."""
    body: str
    """What was seen, with its numbers; of an alarm it continues "since iteration 80: "."""
    brief: tuple[str, ...] = ()
    """The body in fewer words, one or several, each with less in it than the one before: "loss 41 to 59"."""
    expert: str
    """The same for someone who knows the field: the rule and the measured values."""
    evidence: dict[str, float]
    at: int | None = None
    """The iteration at which the numbers were measured, if that is known."""
    remedies: tuple[Remedy, ...] = ()

    @property
    def is_alarm(self) -> bool:
        """Whether something goes wrong."""
        return self.severity in (Severity.CRITICAL, Severity.WARNING)

    @property
    def title(self) -> str:
        """ "learning rate too large: bouncing"."""
        return f"{self.cause}: {self.headline}" if self.cause else self.headline

    def is_older_than(self, iteration: int) -> bool:
        """Whether its numbers are those of an earlier moment."""
        return self.at is not None and self.at < iteration

    @property
    def sentence(self) -> str:
        """The body as a sentence of its own; of an alarm with its name and when it began."""
        words = f"{self.headline} since iteration {self.since:,}: {self.body}" if self.is_alarm else self.body
        return words[0].upper() + words[1:]

    def sentence_at(self, iteration: int, restored: int | None = None) -> str:
        """The sentence, with the moment of its numbers where that is not `iteration`, or where the run has the weights
        of the iteration `restored` now."""
        if restored is not None:
            return f"{self.sentence} (Measured before the weights of iteration {restored:,} were restored.)"
        return f"{self.sentence} (Measured at {self.at:,}.)" if self.is_older_than(iteration) else self.sentence


class Signal(Struct, frozen=True, kw_only=True):
    """A number on which a finding depends."""

    name: str
    """A few plain words: "share of dead units"."""
    value: float | None
    """None if unknown."""
    healthy: str
    """The range in a healthy run: "below 0.5"."""
    is_healthy: bool
    """Whether the value is in that range."""


class Examined(Struct, frozen=True, kw_only=True):
    """One finding of an examination: whether it holds, or why it was not checked."""

    id: str
    title: str
    """A few plain words."""
    verdict: Literal["holds", "clear", "not_checked"]
    at: int | None = None
    """The iteration of the evaluation by which it was judged, if that is known."""
    reason: str = ""
    """Why it was not checked; "" if it was."""
    signals: tuple[Signal, ...] = ()
