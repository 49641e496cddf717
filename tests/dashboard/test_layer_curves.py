"""The plots of every layer's gradient and step over the run: a curve each, its number at the end, none beyond now."""

from __future__ import annotations

import made_up
import numpy as np
import short_runs as samples
from msgspec import structs

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import gradients
from tui_trainer.dashboard.panels.layer_curves import draw_layer_curves
from tui_trainer.drawing.theme import Theme, make_theme
from tui_trainer.telemetry import Snapshot, Viewpoint

DARK = make_theme()
USUAL = (1e-4, 1e-1)


def with_curves(gradient_norms: list[list[float]], update_ratios: list[list[float]], end: int = 400) -> Snapshot:
    """A run whose evaluations measured this, evenly over `end` iterations."""
    snapshot, count = samples.moons(), len(gradient_norms[0])
    blank = np.full(count, 0.5)
    evaluations = structs.replace(
        snapshot.losses.evaluations,
        iteration=np.linspace(0, end, count).astype(np.int64),
        values={"train_loss": blank, "validation_loss": blank},
        layer_values={"gradient_norm": np.array(gradient_norms), "update_ratio": np.array(update_ratios)},
    )
    losses = structs.replace(snapshot.losses, evaluations=evaluations)
    return made_up.changed(snapshot, losses=losses, iteration=end, target_iterations=end, events=())


def drawn(snapshot: Snapshot, theme: Theme = DARK) -> list[list[str]]:
    """The lines of the two plots, without their titles."""
    lines = draw_layer_curves(snapshot, first_view(), 102, 16, theme, usual=USUAL).lines()
    return [[line[:50] for line in lines[1:]], [line[52:] for line in lines[1:]]]


def row_of(plot: list[str], number: str) -> int:
    """The row in which a curve's number stands at its end."""
    (row,) = (y for y, line in enumerate(plot[:-1]) if line.rstrip().endswith(f"L{number}"))
    return row


def test_the_larger_gradient_ends_higher() -> None:
    left, right = drawn(with_curves([[1e-5] * 9, [1e-1] * 9], [[2e-2] * 9, [1e-3] * 9]))
    assert row_of(left, "2") < row_of(left, "1")
    assert row_of(right, "1") < row_of(right, "2")


def test_the_scale_of_steps_reaches_from_one_usual_limit_to_the_other() -> None:
    left, right = drawn(with_curves([[1e-5] * 9, [1e-1] * 9], [[2e-3] * 9, [1e-3] * 9]))
    assert right[0].lstrip().startswith("0.1")
    assert any(line.lstrip().startswith("0.0001") for line in right)
    assert any(line.lstrip().startswith("1e-5") for line in left)


def test_what_has_no_logarithm_is_left_out() -> None:
    """No step before the first, a gradient that has become 0, a run that broke."""
    snapshot = with_curves([[1.0, 0.1, 0.0, np.nan], [1.0] * 4], [[0.0, 1e-3, np.inf, np.nan], [0.0] * 4])
    left, right = drawn(snapshot)
    assert row_of(left, "2") < row_of(left, "1")
    assert left[row_of(left, "1")].index("L1") < 30  # where it was 0.1
    assert row_of(right, "1") == round((len(right) - 2) * 2 / 3)  # two of three decades below the upper limit
    assert not any(line.rstrip().endswith("L2") for line in right[:-1])  # it never made a step


def test_nothing_at_all_is_an_empty_plot() -> None:
    nothing = drawn(with_curves([[0.0] * 3] * 2, [[np.nan] * 3] * 2))
    assert not any(0x2800 < ord(char) < 0x2900 for line in nothing[0] for char in line)


def test_without_braille_a_curve_is_drawn_in_its_number() -> None:
    theme = make_theme(ascii_only=True)
    left, _ = drawn(with_curves([[1e-5] * 9, [1e-1] * 9], [[1e-3] * 9] * 2), theme=theme)
    assert "1111" in left[-3] or "1111" in left[-2]
    assert "2222" in left[0] or "2222" in left[1]


def test_in_the_past_they_end_there() -> None:
    snapshot = with_curves([[1e-3] * 5] * 2, [[1e-3] * 5] * 2)
    then = structs.replace(snapshot, iteration=200, past=Viewpoint(iteration=200, newest=400))
    now, before = (drawn(each)[0][row_of(drawn(each)[0], "2")].index("L1L2") for each in (snapshot, then))
    assert before < now - 15


def test_several_evaluations_in_a_column_are_drawn_at_their_arithmetic_mean() -> None:
    """Of 1e-5 and 0.1 that is 0.05, which stands beside 0.05 and not half way down."""
    jagged = drawn(with_curves([[1e-5, 1e-1] * 200, [5e-2] * 400], [[1e-3] * 400] * 2))[0]
    assert any("L1L2" in line for line in jagged)


def test_the_gradients_alone_where_there_is_no_room_for_both() -> None:
    snapshot = with_curves([[1e-5] * 9, [1e-1] * 9], [[1e-3] * 9] * 2)
    for width, both in ((36, False), (73, False), (74, True), (120, True)):
        words = "\n".join(draw_layer_curves(snapshot, first_view(), width, 9, DARK, usual=USUAL).lines())
        assert "gradient of each layer" in words
        assert ("update/weight" in words) == both


def test_a_large_panel_has_them_before_the_norms_and_before_its_explanation() -> None:
    def words(snapshot: Snapshot, height: int) -> str:
        return "\n".join(gradients.draw(snapshot, first_view(), 118, height, DARK).lines())

    snapshot = with_curves([[1e-3] * 5] * 2, [[1e-3] * 5] * 2)
    assert "over the run" not in words(snapshot, 2 + 2 * 3 + 7)
    low = words(snapshot, 2 + 2 * 3 + 8)
    assert "over the run" in low
    assert "|weights|" not in low
    high = words(snapshot, 38)
    assert "over the run" in high
    assert "|weights|" in high
    assert "vanishes" in high
    first = with_curves([[1.0]] * 2, [[0.0]] * 2)
    assert "over the run" not in words(first, 38)
    assert "vanishes" in words(first, 38)
