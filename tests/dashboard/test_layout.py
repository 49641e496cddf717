"""Layouts of all sizes: everything is covered, nothing overlaps, and what matters is there."""

from __future__ import annotations

from itertools import product

import made_up
import numpy as np
import pytest
import sample_moments as moments
import short_runs as samples
from msgspec import structs

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.layout import Layout, Rect, arrange, divided, split
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.telemetry import Confusion, Phase, Snapshot

PLAIN, RACE = samples.moons(), moments.race()
BY_PHASES = made_up.changed(PLAIN, phase=Phase.LOSS)
VIEW = first_view(settings=listed_settings()[:35])


def laid_out(
    width: int, height: int, focus: str = "settings", zoomed: bool = False, snapshot: Snapshot = PLAIN
) -> Layout:
    """The layout of what all panels wish for at this moment."""
    return arrange(width, height, focus, zoomed, tuple(panel.wish(snapshot, VIEW) for panel in PANELS.values()))


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


@pytest.mark.parametrize("focus", ["loss", "step", "settings"])
@pytest.mark.parametrize("zoomed", [False, True])
@pytest.mark.parametrize(
    "snapshot",
    [PLAIN, RACE, BY_PHASES, made_up.changed(RACE, phase=Phase.LOSS)],
    ids=["plain", "race", "phases", "both"],
)
def test_every_size_is_covered_exactly_once(focus: str, zoomed: bool, snapshot: Snapshot) -> None:
    for width, height in product([19, *range(20, 130, 7), 160, 298], [5, 6, 9, 10, 13, 16, 19, 24, 31, 43, 97]):
        layout = laid_out(width, height, focus, zoomed, snapshot)
        if layout.kind in ("text", "enlarge"):
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
    for width, height in product(range(60, 301, 13), range(10, 101, 7)):
        for focus, snapshot in product(("settings", "step"), (PLAIN, RACE, BY_PHASES)):
            for name, rect in laid_out(width, height, focus, snapshot=snapshot).panels.items():
                assert rect.width >= 24, (width, height, name)
                assert rect.height >= 5, (width, height, name)


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
        ((60, 24), "panels", {"loss", "data", "settings"}),
        ((80, 24), "panels", set(PANELS) - {"step"}),
        ((80, 30), "panels", set(PANELS)),
        ((80, 50), "panels", set(PANELS)),
        ((120, 24), "panels", set(PANELS)),
        ((120, 40), "panels", set(PANELS)),
        ((200, 60), "panels", set(PANELS)),
        ((298, 97), "panels", set(PANELS)),
    ],
)
def test_the_size_decides_what_is_shown(size: tuple[int, int], kind: str, panels: set[str]) -> None:
    layout = laid_out(*size)
    assert layout.kind == kind
    assert set(layout.panels) == panels


def test_at_120_by_40_the_panels_stand_as_in_the_picture() -> None:
    at = laid_out(120, 40).panels
    assert at["loss"].x == at["fit"].x == at["gradients"].x == 0
    assert at["loss"].y < at["fit"].y < at["gradients"].y
    assert at["data"].x == at["weights"].x == at["step"].x
    assert at["data"].y < at["weights"].y < at["step"].y
    assert at["settings"].height == 36


def test_a_list_has_no_more_columns_than_it_has_use_for() -> None:
    assert laid_out(160, 40).panels["settings"].width <= 34
    assert sum(rect.width for rect in laid_out(160, 40).panels.values() if rect.y == 3) == 160


def test_a_race_is_seen_below_its_curves_at_every_size() -> None:
    for size in ((60, 24), (80, 24), (80, 50), (120, 24), (120, 40), (200, 60)):
        at = laid_out(*size, "loss", snapshot=RACE).panels
        assert (at["fit"].x, at["fit"].y) == (at["loss"].x, at["loss"].y + at["loss"].height)
        assert at["fit"].height > laid_out(*size, "loss").panels.get("fit", Rect(0, 0, 0, 0)).height
    assert {"loss", "fit"} <= set(laid_out(60, 12, "loss", snapshot=RACE).panels)
    assert "gradients" in laid_out(80, 24, "gradients", snapshot=RACE).panels


def test_the_focus_takes_the_position_of_another_panel_where_room_is_short() -> None:
    assert set(laid_out(80, 24, "step").panels) == set(PANELS) - {"weights"}
    assert set(laid_out(60, 12, "gradients").panels) == {"gradients", "loss"}


@pytest.mark.parametrize(("classes", "rows"), [(3, 12), (10, 13), (99, 13)])
def test_a_table_of_answers_has_a_row_for_each_of_ten_classes(classes: int, rows: int) -> None:
    table = samples.digits().data.picture
    assert isinstance(table, Confusion)
    counts = structs.replace(table, counts=np.zeros((classes, classes), dtype=np.int64))
    at = laid_out(80, 24, snapshot=made_up.changed(PLAIN, picture=counts)).panels
    assert (at["data"].height, at["weights"].height) == (rows, 20 - rows)


@pytest.mark.parametrize("focus", PANELS)
def test_the_numbers_of_the_phases_are_there_while_a_run_moves_by_them(focus: str) -> None:
    for width, height in product(range(60, 301, 17), range(10, 101, 9)):
        assert {"step", focus} <= set(laid_out(width, height, focus, snapshot=BY_PHASES).panels)
    for size in ((80, 50), (120, 24), (120, 40), (200, 60)):  # where they are there anyhow, nothing moves
        assert laid_out(*size, focus, snapshot=BY_PHASES) == laid_out(*size, focus)


def test_split_divided_and_contains() -> None:
    assert split(10, [1, 1, 1]) == [3, 4, 3]
    assert sum(split(37, [0.3, 5, 2.2])) == 37
    assert divided(20, [20, 18], [9, 11]) == [9, 11]
    assert divided(100, [10, 10, 10], [5, 5, 5], [34, 99, 20]) == [34, 46, 20]
    assert divided(9, [20], [10]) == [9]
    assert divided(30, [24, 6], [5, 10], [15, 99]) == [15, 15]  # one would have too much, the other too little
    rect = Rect(2, 3, 4, 2)
    assert rect.contains(2, 3)
    assert rect.contains(5, 4)
    assert not rect.contains(6, 4)
    assert not rect.contains(5, 5)


def test_panels_keep_their_places_while_the_strip_of_a_lesson_grows() -> None:
    wishes = tuple(panel.wish(PLAIN, VIEW) for panel in PANELS.values())
    for width, height in ((80, 24), (80, 30), (120, 40), (200, 60)):
        layouts = [arrange(width, height, "loss", False, wishes, strip=rows, most_strip=10) for rows in range(1, 11)]
        columns = [{name: (rect.x, rect.width) for name, rect in each.panels.items()} for each in layouts]
        assert all(each == columns[0] for each in columns)
        for rows, layout in enumerate(layouts, start=1):
            count = covered(width, height, list(layout.panels.values()))
            assert (count[3 + rows : -1] == 1).all()
