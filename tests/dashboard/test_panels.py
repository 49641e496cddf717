"""Every panel at every size with every kind of run: nothing breaks, nothing leaves the border or the alphabet."""

from __future__ import annotations

import unicodedata

import pytest
import sample_moments as moments
import short_runs as samples
from effort import calls

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.panels.border import open_panel
from tui_trainer.drawing.ascii import make_ascii
from tui_trainer.drawing.cells import CONTINUATION, Cells, text_width
from tui_trainer.drawing.theme import ColourDepth, Theme, make_theme
from tui_trainer.telemetry import Snapshot

SIZES = ((0, 0), (1, 1), (2, 2), (3, 3), (8, 4), (20, 5), (26, 9), (48, 14), (80, 24), (200, 60))
THEMES = (
    make_theme("light", ColourDepth.COLOURS_16),
    make_theme("dark", ColourDepth.NONE),
    make_theme("dark", ColourDepth.NONE, ascii_only=True),
)
VIEWS = (
    first_view(settings=samples.SETTINGS),
    first_view(
        settings=samples.SETTINGS, focus="weights", numbers=True, log_y=False, smoothing=0, cursor=3, setting=12,
        weights_mode="gradients",
    ),
    first_view(weights_mode="update", smoothing=5),
)  # fmt: skip
OF_WEIGHTS = (*VIEWS, first_view(weights_mode="network", numbers=True), first_view(weights_mode="network"))
"""What the panel of the weights alone makes pictures of besides."""


def test_every_panel_is_known_by_its_own_id() -> None:
    assert [panel.id for panel in PANELS.values()] == list(PANELS)


def check(cells: Cells, panel: str, theme: Theme) -> None:
    if cells.width < 2 or cells.height < 2:
        return
    lines = cells.lines()
    corners = [lines[0][0], lines[-1][0], lines[-1][-1]]
    assert corners == ["╭", "╰", "╯"]
    assert all(line[0] == "│" and line[-1] in "│▴▾" for line in lines[1:-1])
    for code in set(cells.codes.ravel().tolist()) - {CONTINUATION}:
        assert unicodedata.category(chr(code))[0] != "C"
    if theme.ascii:
        make_ascii(cells)
        assert cells.codes.max() < 128
        assert cells.codes.min() >= 32
        # Question marks stand for what has no likeness: only names from files may have such signs.
        assert "?" not in "".join(cells.lines()) or panel in ("data", "step", "weights")


@pytest.mark.parametrize("sample", [*samples.ALL, *moments.ALL], ids=lambda f: f.__name__)
@pytest.mark.parametrize("panel", PANELS)
def test_any_run_at_any_size_in_any_theme(panel: str, sample) -> None:
    snapshot: Snapshot = sample()
    for width, height in SIZES:
        for theme in THEMES:
            for view in OF_WEIGHTS if panel == "weights" else VIEWS:
                cells = PANELS[panel].draw(snapshot, view, width, height, theme)
                assert (cells.width, cells.height) == (width, height)
                check(cells, panel, theme)


@pytest.mark.parametrize("panel", PANELS)
def test_the_focus_is_seen_without_colour(panel: str) -> None:
    theme = THEMES[1]
    view = first_view(settings=samples.SETTINGS, focus=panel)
    assert "▸" in PANELS[panel].draw(samples.moons(), view, 60, 12, theme).lines()[0]
    other = first_view(settings=samples.SETTINGS, focus="loss" if panel != "loss" else "fit")
    assert "▸" not in PANELS[panel].draw(samples.moons(), other, 60, 12, theme).lines()[0]


@pytest.mark.parametrize("panel", PANELS)
def test_equal_arguments_give_an_equal_picture(panel: str) -> None:
    draw = PANELS[panel].draw
    one, two = (draw(samples.digits(), VIEWS[0], 48, 14, THEMES[0]) for _ in range(2))
    assert (one.codes == two.codes).all()
    assert (one.styles == two.styles).all()


def test_every_panel_says_what_its_signs_mean() -> None:
    for panel in PANELS.values():
        assert len(panel.signs) == 5, panel.id
        assert bool(panel.title_in_race) == bool(panel.signs_in_race), panel.id
        for sign, meaning in (*panel.signs, *panel.signs_in_race, *panel.signs_of_table):
            assert text_width(sign) <= 11, sign

            assert meaning.endswith(".")


def test_a_border_that_stays_is_drawn_once_and_each_panel_has_its_own_cells() -> None:
    view = first_view(settings=samples.SETTINGS)

    def opened(note: str = "now 97% right") -> Cells:
        return open_panel("data", "Data and decision", view, 53, 9, make_theme(), note=note)

    before = opened().lines()
    assert calls(opened) < 35
    opened().text(1, 1, "drawn")
    assert opened("now 98% right").lines()[0] != before[0]
    assert opened().lines() == before
