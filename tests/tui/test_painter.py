"""What the painter leaves on a terminal is what a full paint would have put there."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from emulated_terminal import EmulatedDriver
from textual.app import App
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widgets import Static
from textual.widgets._toast import Toast
from waiting import until

from tui_trainer.drawing.cells import (
    BOLD,
    CONTINUATION,
    DEFAULT,
    PLAIN,
    REVERSE,
    UNDERLINE,
    Cells,
    style,
    text_width,
)
from tui_trainer.drawing.encoder import bridged, changed, encode, presentable
from tui_trainer.drawing.theme import ColourDepth
from tui_trainer.tui import painter
from tui_trainer.tui.painter import Canvas, Mode, spare_first_paints
from tui_trainer.tui.rich_strips import strip_of
from tui_trainer.tui.textual_private import use_depth

CHARACTERS = "abc xyz.:│─▀█⣿⠁日本語界−×"
STYLES = [
    PLAIN,
    style(0xFF8000),
    style(0xFA8008),  # nearly the one before
    style(0x3A9BEA, 0x101010),
    style(DEFAULT, 0x20A0F0, BOLD),
    style(0xFFFFFF, 0x000000, UNDERLINE),
    style(attributes=REVERSE),
]


def swatch(colour: int) -> Cells:
    """Three cells of a background colour."""
    return Cells(3, 1, style(0x000000, colour))


class Box(ModalScreen[None]):
    CSS = "Box { align: center middle; background: $background 0%; } Box Static { width: 11; height: 3; }"

    def compose(self) -> Any:
        yield Static("over it all", markup=False)


class Painting(App[None]):
    """A canvas alone, showing whatever picture it was last given."""

    def __init__(self, depth: ColourDepth, mode: Mode) -> None:
        super().__init__(driver_class=EmulatedDriver)
        use_depth(self, depth)
        self.random = random.Random(1)
        self.cells = Cells(1, 1)
        self.canvas = Canvas(self.drawn, depth, mode)

    def compose(self) -> Any:
        yield self.canvas

    def drawn(self, width: int, height: int, *how: object) -> Cells:
        """The last picture, or a new one where the size is another."""
        if (self.cells.width, self.cells.height) != (width, height):
            self.cells = Cells(width, height)
            self.scribble(40)
        return self.cells

    def scribble(self, words: int) -> None:
        """A copy of the last picture with some words written over it, wide characters cut through and all."""
        cells = Cells(self.cells.width, self.cells.height)
        cells.paste(self.cells, 0, 0)
        for _ in range(words):
            x, y = self.random.randrange(cells.width), self.random.randrange(cells.height)
            word = "".join(self.random.choices(CHARACTERS, k=self.random.randrange(1, 9)))
            cells.text(x, y, word, self.random.choice(STYLES))
        self.cells = cells

    @property
    def terminal(self) -> EmulatedDriver:
        assert isinstance(self._driver, EmulatedDriver)
        return self._driver


async def until_quiet(app: Painting, pilot: Pilot[None]) -> None:
    """Wait until Textual has laid out and repainted what it wanted to, which on a busy machine takes its time, and
    nothing is sent for longer than its update timer."""
    quiet = 0
    while quiet < 2:
        sent = len(app.terminal.sent)
        app.canvas.settle()
        await pilot.pause(0.02)
        screen = app.screen
        toasts_laid_out = {each for each in screen._compositor.full_map if isinstance(each, Toast)}
        waiting = screen._layout_required or screen._dirty_widgets or screen._compositor._dirty_regions
        still = len(app.terminal.sent) == sent and not waiting and toasts_laid_out == set(screen.query(Toast))
        quiet = quiet + 1 if still else 0


async def expect_a_fresh_paint(app: Painting, pilot: Pilot[None]) -> None:
    """The terminal shows what someone gets who connects now and is painted in full."""
    await until_quiet(app, pilot)
    shown = app.terminal.picture()
    app.terminal.fresh(*app.size)
    app.screen.refresh(layout=True)
    await until_quiet(app, pilot)
    fresh = app.terminal.picture()
    different = [(x, y) for y, row in enumerate(fresh) for x, cell in enumerate(row) if shown[y][x] != cell]
    wrong = [(at, shown[at[1]][at[0]], fresh[at[1]][at[0]]) for at in different]
    assert not wrong, wrong[:5]


@pytest.mark.parametrize(
    ("depth", "mode"), [*((depth, "cells") for depth in ColourDepth), (ColourDepth.TRUECOLOR, "textual")]
)
async def test_random_updates_overlays_and_resizes_end_like_a_fresh_paint(depth: ColourDepth, mode: Mode) -> None:
    app = Painting(depth, mode)
    async with app.run_test(headless=False, size=(41, 13), notifications=True) as pilot:
        for round_ in range(7):
            for _ in range(app.random.randrange(1, 6)):
                app.scribble(app.random.randrange(0, 12))
                app.canvas.show(app.cells)
            match round_:
                case 1:
                    app.push_screen(Box())
                case 2:
                    width, height = app.random.randrange(20, 60), app.random.randrange(6, 20)
                    app.terminal.screen.resize(height, width)
                    await pilot.resize_terminal(width, height)
                case 3:
                    app.screen.dismiss()
                case 4:
                    app.notify("a toast", timeout=0.05, markup=False)
                case 5:
                    app.push_screen(Screen())
                    await pilot.pause()
                    app.pop_screen()
            app.scribble(5)
            app.canvas.show(app.drawn(*app.canvas.size))
            await expect_a_fresh_paint(app, pilot)


async def test_an_equal_picture_sends_nothing_and_a_changed_cell_little() -> None:
    app = Painting(ColourDepth.TRUECOLOR, "cells")
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await expect_a_fresh_paint(app, pilot)
        app.terminal.sent.clear()
        app.canvas.show(app.cells)
        assert app.terminal.sent == []
        app.cells.text(70, 20, "!", style(0xFF0000))
        app.scribble(0)
        app.canvas.show(app.cells)
        assert "".join(app.terminal.sent) == "\x1b[21;71H\x1b[38;2;255;0;0m!\x1b[m"


async def test_nothing_is_written_over_a_modal_or_a_toast() -> None:
    app = Painting(ColourDepth.TRUECOLOR, "cells")
    async with app.run_test(headless=False, size=(40, 12), notifications=True) as pilot:
        await app.push_screen(Box())
        await until_quiet(app, pilot)
        await expect_untouched("over it all", app, pilot)
        app.pop_screen()
        app.notify("bread", timeout=60, markup=False)
        await until_quiet(app, pilot)
        await expect_untouched("bread", app, pilot)


async def expect_untouched(words: str, app: Painting, pilot: Pilot[None]) -> None:
    for _ in range(10):
        app.scribble(60)
        app.canvas.show(app.cells)
        assert words in app.terminal.text()
        await pilot.pause()
        assert words in app.terminal.text()


def cells_of(*rows: str) -> Cells:
    cells = Cells(max(map(text_width, rows)), len(rows))
    for y, row in enumerate(rows):
        cells.text(0, y, row)
    return cells


def test_nearly_the_same_colour_is_no_change_within_the_tolerance() -> None:
    old = swatch(0x808080)
    assert changed(old, swatch(0x8C7480)).all()
    assert not changed(old, swatch(0x8C7480), tolerance=12).any()
    assert changed(old, swatch(0x8D8080), tolerance=12).all()
    assert changed(swatch(0x000000), swatch(DEFAULT), tolerance=12).all()
    assert changed(old, Cells(3, 1, style(0x000000, 0x808080, BOLD)), tolerance=12).all()


async def test_colours_that_drift_are_put_right_when_the_picture_rests() -> None:
    app = Painting(ColourDepth.TRUECOLOR, "cells")
    async with app.run_test(headless=False, size=(3, 1)) as pilot:
        app.cells = swatch(0x808080)
        app.canvas.show(app.cells)
        await expect_a_fresh_paint(app, pilot)
        app.terminal.sent.clear()
        for colour in (0x828080, 0x848080, 0x868080):
            app.canvas.show(swatch(colour))
        assert app.terminal.sent == []
        await until_quiet(app, pilot)
        assert app.terminal.sent == ["\x1b[1;1H\x1b[38;2;0;0;0;48;2;134;128;128m   \x1b[m"]


async def test_a_picture_over_the_limit_comes_in_parts_that_end_as_the_newest_one() -> None:
    app = Painting(ColourDepth.TRUECOLOR, "cells")
    async with app.run_test(headless=False, size=(60, 12)) as pilot:
        await expect_a_fresh_paint(app, pilot)
        app.terminal.sent.clear()
        app.canvas.limit = 700
        for _ in range(3):
            app.scribble(100)
            app.canvas.show(app.cells)
        parts = len(app.terminal.sent)
        while len(app.terminal.sent) != parts or parts == 3:
            parts = len(app.terminal.sent)
            app.canvas.settle()
        assert all(len(text.encode()) <= 700 for text in app.terminal.sent)
        await expect_a_fresh_paint(app, pilot)


class Sparing(Painting):
    spared = 0

    def on_mount(self) -> None:
        spare_first_paints(self, self.canvas, self._spare)

    def _spare(self) -> None:
        self.spared += 1


async def test_a_start_paints_the_screen_once_and_makes_no_lines_that_nobody_sees(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = list[int]()
    monkeypatch.setattr(painter, "strip_of", lambda cells, y, depth: made.append(y) or strip_of(cells, y, depth))
    app = Sparing(ColourDepth.TRUECOLOR, "cells")
    async with app.run_test(headless=False, size=(60, 12)) as pilot:
        await until(pilot, lambda: app.spared)
        await pilot.pause(0.05)
        assert len([text for text in app.terminal.sent if "\x1b[" in text]) == 1
        assert made == []
        app.canvas.draw()
        await expect_a_fresh_paint(app, pilot)
        assert made


async def test_what_comes_before_the_first_frame_lies_over_the_first_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Sparing(ColourDepth.TRUECOLOR, "cells")
    async with app.run_test(headless=False, size=(60, 12)) as pilot:
        await until(pilot, lambda: app.spared)
        before, rows = app.terminal.text().splitlines()[0], list[str]()
        write = app.terminal.write

        def watched(text: str) -> None:
            write(text)
            rows.append(app.terminal.text().splitlines()[0])

        with monkeypatch.context() as patch:
            patch.setattr(app.terminal, "write", watched)
            await app.push_screen(Box())
            await until_quiet(app, pilot)
        assert {*rows} == {before}, "what lies below is never blank"
        await expect_a_fresh_paint(app, pilot)
        app.screen.dismiss()
        app.canvas.draw()
        await expect_a_fresh_paint(app, pilot)


def test_only_changed_cells_are_encoded_with_absolute_moves() -> None:
    old, new = cells_of("abcdef", "uvwxyz"), cells_of("abXdeY", "uvwxyZ")
    assert encode(new, changed(old, new), ColourDepth.TRUECOLOR) == "\x1b[1;3HX\x1b[6GY\x1b[2;6HZ"


def test_short_gaps_of_one_style_are_written_again_rather_than_jumped_over() -> None:
    old, new = cells_of("a.b..........c|日本|c    "), cells_of("A.B..........C|日本|C    ")
    assert encode(new, bridged(new, changed(old, new)), ColourDepth.NONE) == "\x1b[1;1HA.B\x1b[14GC\x1b[21GC"
    new.styles[0, 1] = style(attributes=BOLD)
    old.styles[0, 1] = style(attributes=BOLD)
    assert encode(new, bridged(new, changed(old, new)), ColourDepth.NONE) == "\x1b[1;1HA\x1b[3GB\x1b[14GC\x1b[21GC"


def test_what_is_far_apart_but_of_one_style_is_written_together() -> None:
    new = cells_of("a.b.c")
    new.styles[0, [0, 4]] = style(attributes=BOLD)
    where = np.array([[True, False, True, False, True]])
    assert encode(new, where, ColourDepth.NONE) == "\x1b[1;3Hb\x1b[1G\x1b[1ma\x1b[5Gc\x1b[m"


def test_a_block_of_colour_hides_its_foreground() -> None:
    depth, block = ColourDepth.TRUECOLOR, presentable(swatch(0x101010), ColourDepth.TRUECOLOR)
    grey = Cells(3, 1, style(0x101010, 0x101010))
    assert encode(presentable(grey, depth), np.ones((1, 3), bool), depth) == "\x1b[1;1H\x1b[48;2;16;16;16m   \x1b[m"
    grey.codes[0, 0] = ord("▀")
    assert presentable(grey, depth).styles[0, 0] == style(0x101010, 0x101010)
    assert block.styles[0, 0] == style(0x000000, 0x101010)


def test_a_run_over_the_end_of_a_row_moves_to_the_next() -> None:
    old, new = cells_of("aa", "bb"), cells_of("aX", "Yb")
    assert encode(new, changed(old, new), ColourDepth.NONE) == "\x1b[1;2HX\x1b[2;1HY"


@pytest.mark.parametrize(
    ("depth", "sequence"),
    [
        (ColourDepth.TRUECOLOR, "\x1b[1;38;2;255;0;0m"),
        (ColourDepth.COLOURS_256, "\x1b[1;38;5;196m"),
        (ColourDepth.COLOURS_16, "\x1b[1;91m"),
        (ColourDepth.NONE, "\x1b[1m"),
    ],
)
def test_colours_are_those_that_the_terminal_has(depth: ColourDepth, sequence: str) -> None:
    cells = Cells(1, 1)
    cells.text(0, 0, "x", style(0xFF0000, DEFAULT, BOLD))
    everywhere = np.ones((1, 1), dtype=bool)
    assert encode(presentable(cells, depth), everywhere, depth) == f"\x1b[1;1H{sequence}x\x1b[m"


def test_no_control_character_reaches_the_terminal() -> None:
    cells = Cells(4, 1)
    cells.codes[0] = [0x1B, 0x07, 0x9B, ord("x")]
    shown = presentable(cells, ColourDepth.TRUECOLOR)
    assert shown.lines() == ["���x"]


def test_halves_of_wide_characters_become_spaces() -> None:
    cells = Cells(6, 1)
    cells.text(0, 0, "日本")
    cells.text(1, 0, "x")
    cells.codes[0, 5] = CONTINUATION
    assert presentable(cells, ColourDepth.TRUECOLOR).lines() == [" x本  "]
