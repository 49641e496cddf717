"""What a person does in a lesson, as plain data: it stays beside the run on which it was done."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

TASK, SOLVED, SKIPPED, LEFT = "task", "solved", "skipped", "left"
"""A task is to be done; it is done; the step was passed over; the run goes on without the lesson."""

MOST_CHARACTERS = 4_000
"""The longest text of an entry; a longer one is cut."""

Text = Annotated[str, Meta(max_length=MOST_CHARACTERS)]
Whole = Annotated[int, Meta(ge=0, le=2**53)]


class LessonEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a person has come to in a lesson."""

    iteration: Whole = 0
    """The completed updates of the run shown at that time."""
    title: Text
    """Of the lesson."""
    opens: Text
    """How the lesson is opened: its title, or the path of its file."""
    step: Whole
    """The number of the step, from 1."""
    stage: Text
    """What the step waits for from now on: a `Stage` of the walk; or SKIPPED, LEFT."""
    answer: int | float | Text | None = None
    """What was predicted, in the words of the answer; a number if one was typed."""
    right: bool | None = None
    """Whether that was right; None before the reveal, and for an answer that is not judged."""
    right_answer: Text = ""
    shown: Text = ""
    """The reveal or the explanation, with the numbers of that moment."""
    hints: Whole = 0
    """Hints asked for so far at this step."""
    looked: Annotated[tuple[Text, ...], Meta(max_length=100)] = ()
    """Panels of a case that were opened so far, each at the cost of a point."""

    @property
    def is_by_hand(self) -> bool:
        """Whether more was done than reading on."""
        return self.answer is not None or self.stage == SOLVED
