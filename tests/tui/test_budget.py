"""However frames and keys come, ten seconds never send more than the budget has for them, as far as it has a say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trainer.tui.budget import LONGEST_DEBT, TOLERANCES, Budget

KB = 1000


class Clock:
    """A time that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(
    limit=st.floats(4, 100),
    frames=st.lists(st.tuples(st.floats(0.01, 3), st.floats(0.01, 1)), min_size=5, max_size=80),
)
def test_frames_keep_the_budget_over_any_ten_seconds(limit: float, frames: list[tuple[float, float]]) -> None:
    """`frames`: the time until each is drawn, and its size as a share of what a second may send."""
    clock = Clock()
    budget = Budget(limit, clock)
    sent: list[tuple[float, float]] = []
    for pause, share in frames:
        clock.now += max(pause, budget.wait)
        count = int(share * limit * KB)
        budget.spend(count)
        sent.append((clock.now, count))
    for end, _ in sent:
        assert sum(count for moment, count in sent if end - 10 < moment <= end) <= 10 * limit * KB


def test_without_a_budget_nothing_waits() -> None:
    budget = Budget(None, Clock())
    budget.spend(10**9)
    budget.judge(10**9)
    assert (budget.wait, budget.tolerance, budget.is_limited) == (0.0, TOLERANCES[0], False)


def test_a_frame_waits_until_what_was_sent_is_paid_for() -> None:
    clock = Clock()
    budget = Budget(10, clock)
    assert budget.wait == 0.0
    budget.spend(9 * KB)
    assert budget.wait == pytest.approx(1.0)
    clock.now += 0.25
    assert budget.wait == pytest.approx(0.75)
    clock.now += 60  # what was not spent is not saved up
    assert budget.wait == 0.0
    budget.spend(9 * KB)
    assert budget.wait == pytest.approx(1.0)


def test_keys_can_delay_frames_only_so_far() -> None:
    budget = Budget(4, Clock())
    for _ in range(1000):
        budget.spend(20 * KB)
    assert budget.wait == pytest.approx(LONGEST_DEBT)


def test_colours_give_way_while_frames_are_rare_and_come_back() -> None:
    budget = Budget(4, Clock())
    seen = [budget.tolerance]
    for _ in range(5):
        budget.judge(5 * KB)
        seen.append(budget.tolerance)
    assert seen == [*TOLERANCES, TOLERANCES[-1], TOLERANCES[-1]]
    budget.judge(2 * KB)  # neither rare nor frequent
    budget.judge(0)  # nothing was sent: that says nothing
    assert budget.tolerance == TOLERANCES[-1]
    for _ in range(5):
        budget.judge(KB // 2)
    assert budget.tolerance == TOLERANCES[0]
