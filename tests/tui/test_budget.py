"""However frames and keys come, ten seconds never send more than the budget has for them, as far as it has a say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trainer.drawing.colour_depth import affordable
from tui_trainer.drawing.theme import ColourDepth
from tui_trainer.tui.budget import TOLERANCES, WINDOW_SECONDS, Budget

KB = 1000


class Clock:
    """A time that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(
    limit=st.floats(4, 100),
    frames=st.lists(st.tuples(st.floats(0.01, 3), st.floats(0.01, 30)), min_size=5, max_size=80),
)
def test_frames_keep_the_budget_over_any_ten_seconds(limit: float, frames: list[tuple[float, float]]) -> None:
    """`frames`: the time until each is drawn, and what it would like to send, in seconds of the budget."""
    clock = Clock()
    budget = Budget(limit, clock)
    sent: list[tuple[float, float]] = []
    for pause, seconds in frames:
        clock.now += max(pause, budget.wait)
        assert budget.portion is not None
        assert budget.portion > 0
        count = min(int(seconds * limit * KB), budget.portion)
        budget.spend(count)
        sent.append((clock.now, count))
    for end, _ in sent:
        assert sum(count for moment, count in sent if end - 10 < moment <= end) <= 10 * limit * KB


def test_without_a_budget_nothing_waits() -> None:
    budget = Budget(None, Clock())
    budget.spend(10**9)
    budget.judge(10**9)
    assert (budget.wait, budget.tolerance, budget.is_limited) == (0.0, TOLERANCES[0], False)


def test_a_large_first_picture_is_not_followed_by_silence() -> None:
    clock = Clock()
    budget = Budget(4, clock)
    assert budget.wait == 0.0
    budget.spend(20 * KB)  # half of what ten seconds have
    moments = []
    while clock.now < 110:
        clock.now += max(budget.wait, 0.1)
        budget.spend(700)
        moments.append(clock.now)
    gaps = [after - before for before, after in zip([100.0, *moments], moments, strict=False)]
    assert gaps[0] < 3.0
    assert len(moments) >= 15


def test_small_frames_use_most_of_the_budget() -> None:
    clock = Clock()
    budget = Budget(10, clock)
    while clock.now < 160:
        clock.now += max(budget.wait, 1 / 12)
        budget.spend(3 * KB)
    assert 0.7 * 60 * 10 * KB < budget.spent <= 60 * 10 * KB


def test_keys_can_delay_frames_only_so_far() -> None:
    budget = Budget(4, Clock())
    for _ in range(1000):
        budget.spend(20 * KB)
    assert budget.wait == pytest.approx(WINDOW_SECONDS, abs=0.01)


def test_colours_give_way_while_frames_are_rare_and_come_back() -> None:
    clock = Clock()
    budget = Budget(4, clock)
    seen = []
    while len(seen) < 8:
        clock.now += max(budget.wait, 0.1)
        budget.spend(5 * KB)
        budget.judge(5 * KB)
        seen.append(budget.tolerance)
    assert seen[-1] == TOLERANCES[-1]
    assert sorted(seen) == seen
    clock.now += WINDOW_SECONDS
    for _ in range(5):
        clock.now += 0.1
        budget.spend(KB // 50)
        budget.judge(KB // 50)
    assert budget.tolerance == TOLERANCES[0]
    budget.judge(0)  # nothing was sent: that says nothing
    assert budget.tolerance == TOLERANCES[0]


def test_a_slow_line_has_256_colours_at_most() -> None:
    assert affordable(ColourDepth.TRUECOLOR, 8) is ColourDepth.COLOURS_256
    assert affordable(ColourDepth.COLOURS_16, 8) is ColourDepth.COLOURS_16
    assert affordable(ColourDepth.TRUECOLOR, 50) is ColourDepth.TRUECOLOR
    assert affordable(ColourDepth.TRUECOLOR, None) is ColourDepth.TRUECOLOR
