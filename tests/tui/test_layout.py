"""Layouts of all sizes: everything is covered, nothing overlaps, and what matters is there."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tui_trainer.dashboard.layout import Rect, arrange, split
from tui_trainer.dashboard.panels import PANELS


def covered(width: int, height: int, rects: list[Rect]) -> np.ndarray:
    """How many rectangles lie on each cell."""
    count = np.zeros((height, width), dtype=int)
    for r in rects:
        assert r.x >= 0
        assert r.y >= 0
        assert r.x + r.width <= width
        assert r.y + r.height <= height
        count[r.y : r.y + r.height, r.x : r.x + r.width] += 1
    return count


@pytest.mark.parametrize("focus", PANELS)
@pytest.mark.parametrize(
    ("zoomed", "race", "by_phases"),
    [(False, False, False), (True, False, False), (False, True, False), (False, False, True), (False, True, True)],
)
def test_every_size_is_covered_exactly_once(focus: str, zoomed: bool, race: bool, by_phases: bool) -> None:
    widths = [*range(20, 130), *range(130, 301, 7), 300]
    heights = [*range(6, 64), *range(64, 101, 5), 100]
    for width in widths:
        for height in heights:
            layout = arrange(width, height, focus, zoomed, race=race, by_phases=by_phases)
            if layout.kind == "text":
                assert width < 40 or height < 10
                continue
            top = layout.header + 1 + (layout.kind == "tabs")
            count = covered(width, height, list(layout.panels.values()))
            assert (count[:top] == 0).all()
            assert (count[-1] == 0).all()
            assert (count[top:-1] == 1).all(), (width, height)
            assert focus in layout.panels
            if zoomed or width < 60:
                assert list(layout.panels) == [focus]


def test_no_panel_is_too_small_to_be_read() -> None:
    for width in range(40, 301):
        for height in range(10, 101):
            for focus in ("settings", "step"):
                for race, by_phases in product((False, True), repeat=2):
                    layout = arrange(width, height, focus, False, race=race, by_phases=by_phases)
                    for name, rect in layout.panels.items():
                        assert rect.width >= 17, (width, height, name)
                        assert rect.height >= 4, (width, height, name)


@pytest.mark.parametrize(
    ("size", "kind", "panels"),
    [
        ((19, 40), "enlarge", set()),
        ((200, 5), "enlarge", set()),
        ((39, 40), "text", set()),
        ((200, 9), "text", set()),
        ((40, 12), "tabs", {"settings"}),
        ((59, 60), "tabs", {"settings"}),
        ((60, 12), "panels", {"loss", "settings"}),
        ((80, 24), "panels", set(PANELS) - {"step"}),
        ((80, 50), "panels", set(PANELS)),
        ((120, 24), "panels", set(PANELS)),
        ((120, 40), "panels", set(PANELS)),
        ((200, 60), "panels", set(PANELS)),
        ((300, 100), "panels", set(PANELS)),
    ],
)
def test_the_size_decides_what_is_shown(size: tuple[int, int], kind: str, panels: set[str]) -> None:
    layout = arrange(*size, "settings", False)
    assert layout.kind == kind
    assert set(layout.panels) == panels


def test_at_120_by_40_the_panels_stand_as_in_the_picture() -> None:
    at = arrange(120, 40, "settings", False).panels
    assert at["loss"].x == at["gradients"].x == at["data"].x == 0
    assert at["weights"].x == at["fit"].x == at["step"].x
    assert at["settings"].height == 36
    assert at["loss"].y < at["gradients"].y < at["data"].y


def test_a_race_is_seen_beside_its_curves_at_every_size() -> None:
    for size in ((60, 12), (80, 24), (80, 50), (120, 24), (120, 40), (200, 60)):
        assert {"loss", "fit"} <= set(arrange(*size, "loss", False, race=True).panels)
    at = arrange(120, 40, "settings", False, race=True).panels
    assert at["fit"].y == at["loss"].y
    assert "gradients" in arrange(80, 24, "gradients", False, race=True).panels


def test_the_focus_takes_the_place_of_the_weights_where_room_is_short() -> None:
    assert "step" in arrange(80, 24, "step", False).panels
    assert arrange(80, 24, "loss", False, classes=3) == arrange(80, 24, "loss", False)
    assert arrange(80, 24, "loss", False, classes=10).panels["data"].height == 13  # all of its rows
    assert arrange(80, 24, "loss", False, classes=99).panels["weights"].height == 7
    assert "weights" in arrange(80, 24, "fit", False).panels
    assert set(arrange(60, 12, "gradients", False).panels) == {"gradients", "loss"}


@pytest.mark.parametrize("focus", PANELS)
def test_the_numbers_of_the_phases_are_there_while_a_run_moves_by_them(focus: str) -> None:
    for width in range(60, 301, 3):
        for height in range(10, 101):
            assert {"step", focus} <= set(arrange(width, height, focus, False, by_phases=True).panels)
    for size in ((80, 50), (120, 24), (120, 40), (200, 60)):  # where they are there anyhow, nothing moves
        assert arrange(*size, focus, False, by_phases=True) == arrange(*size, focus, False)


def test_split_and_contains() -> None:
    assert split(10, [1, 1, 1]) == [3, 4, 3]
    assert sum(split(37, [0.3, 5, 2.2])) == 37
    rect = Rect(2, 3, 4, 2)
    assert rect.contains(2, 3)
    assert rect.contains(5, 4)
    assert not rect.contains(6, 4)
    assert not rect.contains(5, 5)
