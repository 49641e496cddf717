"""How the arms of a race are called for short."""

from __future__ import annotations

import pytest

from tui_trainer.runs.arms import lettered


@pytest.mark.parametrize(
    ("names", "called"),
    [
        (("A", "B", "C"), "ABC"),
        (("A", "C"), "AC"),
        (("sgd", "momentum", "adam"), "ABC"),
        (("sgd", "A", "adam"), "BAC"),
        (("", "é", "B"), "ACB"),
    ],
)
def test_every_arm_has_a_letter_of_its_own(names: tuple[str, ...], called: str) -> None:
    assert "".join(lettered(names)) == called
