"""The help, the card and the value entry: legible from 40×12 up, and every text shown as it was written."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from operator import methodcaller

import pytest
from emulated_terminal import EmulatedDriver
from fake_run import CATALOGUE, SETTINGS
from msgspec import structs
from screens_on_a_terminal import SIZES, OnATerminal, seen, words
from textual.events import Key, Resize
from textual.geometry import Size
from waiting import until

from tui_trainer.dashboard.catalogue import OpenRequest, PresetEntry
from tui_trainer.dashboard.keys.keymap import first_view, keymap
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.view import key_sign
from tui_trainer.drawing.theme import ColourDepth
from tui_trainer.lessons.walk import Lesson, Walk
from tui_trainer.tui.screens.answer_entry import AnswerEntry
from tui_trainer.tui.screens.filtered_list import preset_picker
from tui_trainer.tui.screens.key_help import KeyHelp
from tui_trainer.tui.screens.loading_table import LoadingTable
from tui_trainer.tui.screens.value_entry import Typed, ValueEntry


@pytest.mark.parametrize("size", [*SIZES, (200, 60)])
async def test_the_help_names_every_key_of_the_table(size: tuple[int, int]) -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=size) as pilot:
        app.ask(KeyHelp(first_view()))
        seen = ""
        expected = {key_sign(key) for action in keymap() for key in action.keys}
        if size[0] >= 200:
            expected |= {action.help for action in keymap()}

        def read_on() -> bool:
            """Read the page and turn over; whether all has been read."""
            nonlocal seen
            seen += app.text()
            app.post_message(Key("pagedown", None))
            return all(words in seen for words in expected)

        await until(pilot, read_on)
        await pilot.press("q")
        await until(pilot, lambda: app.answers == [None])


async def test_the_help_begins_with_what_the_focused_panel_shows() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(120, 40)) as pilot:
        await pilot.press("4", "?")
        await until(pilot, lambda: "Fit: what you see" in app.text() and "Let the training run" in app.text())
        seen = words(app.text())
        assert all(meaning in seen for _, meaning in PANELS["fit"].signs)
        assert seen.index("Fit: what you see") < seen.index("Let the training run")
        await pilot.press("escape")
        app.ask(KeyHelp(app.state.view, race=True))
        await until(pilot, lambda: "Race: what you see" in app.text())
        app.ask(KeyHelp(structs.replace(app.state.view, focus="data"), table=True))
        await until(pilot, lambda: PANELS["data"].signs_of_table[4][1] in words(app.text()))


async def test_in_a_lesson_its_keys_come_first() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 60)) as pilot:
        app.ask(KeyHelp(structs.replace(app.state.view, lesson=Walk(lesson=Lesson(title="x", opens="x"))), race=False))
        await until(pilot, lambda: "On to the next step." in app.text())
        seen = words(app.text())
        assert seen.index("On to the next step.") < seen.index("Let the training run")


async def test_on_a_slim_screen_the_help_has_its_keys_in_the_line_of_their_sentence() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(20, 6)) as pilot:
        app.ask(KeyHelp(first_view()))
        await until(pilot, lambda: "space Let the" in app.text())
        assert "training run, or" in app.text()


@pytest.mark.parametrize("size", SIZES)
async def test_the_card_shows_the_lesson_of_the_run_and_ends_the_help_for_the_new(size: tuple[int, int]) -> None:
    about = {entry.title: entry for entry in CATALOGUE.presets()}
    app = OnATerminal(structs.replace(CATALOGUE, about=about.get))
    app.state.change(structs.replace(app.state.view, is_new=True))
    async with app.run_test(headless=False, size=size) as pilot:
        await until(pilot, lambda: "Watch: The loss jumps" in app.text() or size[1] < 16)
        assert app.state.view.introduction is not None
        await pilot.press("i")
        await until(pilot, lambda: "esc closes" in app.text())
        assert "How does a network learn two moons?" in words(app.text())
        assert not app.state.view.is_new
        assert app.state.view.introduction is None
        await pilot.press("i")
        await until(pilot, lambda: "esc closes" not in app.text())
        assert "New here?" not in app.text()


async def test_a_course_that_cannot_be_read_is_told_on_the_dashboard() -> None:
    about = {entry.title: entry for entry in CATALOGUE.presets()}

    def course() -> tuple[str, str]:
        raise ValueError("03-blame.toml: no schema")

    app = OnATerminal(structs.replace(CATALOGUE, about=about.get, course=course))
    async with app.run_test(headless=False, size=(80, 24), notifications=True) as pilot:
        await pilot.press("i")
        await until(pilot, lambda: "03-blame.toml: no schema" in app.text())
        assert "esc closes" not in app.text()


async def test_texts_from_files_are_literal_and_cannot_act_on_the_terminal() -> None:
    nasty = "[red]no[/red] \x1b[31m \x07 [@click=app.quit]x[/]"
    entry = PresetEntry(title=nasty, question=nasty, watch=nasty, text=nasty)
    app = OnATerminal(structs.replace(CATALOGUE, presets=lambda: (entry,)))
    shown = "[red]no[/red] �[31m � [@click=app.quit]x[/]"
    async with app.run_test(headless=False, size=(120, 40), notifications=True) as pilot:
        app.ask(preset_picker((structs.replace(entry, family=nasty),), ""))
        await until(pilot, lambda: app.text().count(shown) >= 4)
        app.pop_screen()
        app.ask(ValueEntry(structs.replace(SETTINGS[0], label=nasty, help=nasty), 1.0))
        await until(pilot, lambda: app.text().count(shown) == 2)


@pytest.mark.parametrize("size", SIZES)
async def test_the_value_entry_says_what_is_allowed_and_what_is_wrong(size: tuple[int, int]) -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=size) as pilot:
        app.ask(ValueEntry(SETTINGS[5], [8, 4]))
        await until(pilot, lambda: "8, 4" in app.text() and "numbers parted by commas" in words(app.text()))
        await pilot.press(*"16, few", "enter")
        await until(pilot, lambda: "hidden is a number, not 'few'" in words(app.text()))
        assert app.answers == []
        await pilot.press(*["backspace"] * 3, "8", "enter")
        await until(pilot, lambda: app.answers)
        assert isinstance(app.answers[0], Typed)
        assert app.answers[0].value == [16, 8]


async def test_on_the_smallest_screen_the_value_entry_is_its_field_and_what_is_wrong() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(20, 6)) as pilot:
        app.ask(ValueEntry(SETTINGS[0], 0.1))
        await until(pilot, lambda: "0.1" in app.text())
        await pilot.press("x", "enter")
        await until(pilot, lambda: "not 'x'" in words(app.text()))
        assert "x" in app.text().splitlines()[1]


async def test_a_question_leaves_the_colours_of_what_lies_below_it_and_its_own_words_can_be_read() -> None:
    app = OnATerminal(depth=ColourDepth.COLOURS_16)
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        terminal = app._driver
        assert isinstance(terminal, EmulatedDriver)
        await until(pilot, lambda: "brown" in {colour for row in terminal.picture() for _, colour, *_ in row})
        before = terminal.picture()
        app.ask(AnswerEntry("How many?", number=True))
        await until(pilot, lambda: "a number" in app.text())
        after = terminal.picture()
        y = next(n for n, line in enumerate(app.text().split("\n")) if "a number" in line)
        for row in {*range(24)} - {*range(y - 5, y + 5)}:
            assert seen(after[row]) == seen(before[row])
        _, ink, paper, *_ = after[y][app.text().split("\n")[y].index("number")]
        assert ink == "brightwhite"
        assert paper == "blue"


async def test_escape_leaves_the_value_entry_without_a_value() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        app.ask(ValueEntry(SETTINGS[0], 0.1))
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == [None])


OPENED: dict[str, Callable[[OnATerminal], None]] = {
    **{name: methodcaller("action_key", name) for name in ("presets", "palette", "help", "setting_edit")},
    "note": lambda app: app._say("something to be said, in a good many words that need more than one line"),
}
TINY = [(columns, rows) for columns in (1, 2, 4, 6, 7, 10, 11, 12) for rows in (1, 3, 6)]
PRESSED = ("down", "pagedown", "a", "end", "backspace", "pageup", "home", "up")


@pytest.mark.parametrize("name", OPENED)
async def test_no_terminal_is_too_small_for_what_a_person_opens(name: str) -> None:
    """Opened at every size, and opened first and squeezed after; keys meanwhile. A fault would end the run."""
    app = OnATerminal()

    async def seen(condition: Callable[[], object]) -> None:
        for _ in range(4000):
            await asyncio.sleep(0.001)
            if condition():
                return
        raise AssertionError(f"never seen; at {app.size}: {app._exception!r}")

    async def resize(size: tuple[int, int]) -> None:
        app.post_message(Resize(Size(*size), Size(*size)))
        await seen(lambda: app.size == size and app.screen.size == size)

    async def opened() -> None:
        OPENED[name](app)
        await seen(lambda: app.screen.is_current and (len(app.screen_stack) > 1 or name == "note"))

    async def close() -> None:
        app._say("")
        if len(app.screen_stack) > 1:
            app.pop_screen()
        await seen(lambda: len(app.screen_stack) == 1)

    async with app.run_test(headless=False, size=(80, 24)):
        for number, size in enumerate(TINY):
            await resize(size)
            await opened()
            app.post_message(Key(PRESSED[number % len(PRESSED)], None))
            await close()
        await resize((80, 24))
        await opened()
        for number, size in enumerate(random.Random(0).sample(TINY, 8)):
            await resize(size)
            app.post_message(Key(PRESSED[number % len(PRESSED)], None))
            await resize((20 + number, 5 + number))
        await close()
        await resize((80, 24))
        await seen(lambda: "lr just right" in app.text())
    assert app._exception is None


async def test_a_table_that_is_being_read_tells_its_progress_and_can_be_left() -> None:
    app, go_on, left = OnATerminal(), threading.Event(), threading.Event()

    def read(see: Callable[[float], None]) -> None:
        try:
            while not go_on.wait(0.01):
                see(0.42)
        finally:
            left.set()

    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        app.ask(LoadingTable("big.csv", read))
        await until(pilot, lambda: "reading big.csv … 42%" in words(app.text()))
        await pilot.press("escape")
        await until(pilot, left.is_set)
        assert app.answers == [None]
        go_on.set()
        app.ask(LoadingTable("big.csv", read))
        await until(pilot, lambda: app.answers == [None, True])


async def test_the_next_stop_of_a_playlist_waits_for_its_table_and_can_be_left() -> None:
    go_on, opened = threading.Event(), list[str]()

    def read(see: Callable[[float], None]) -> None:
        while not go_on.wait(0.01):
            see(0.42)

    def lesson(request: OpenRequest) -> Lesson:
        opened.append(request.preset)
        return Lesson(
            title=request.preset, opens=request.preset, number=1, of=2, next="big" * (request.preset != "big")
        )

    app = OnATerminal(
        structs.replace(CATALOGUE, lesson=lesson, reading=lambda name: ("big.csv", read) if name == "big" else None)
    )
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        run = app.state.run
        for answer in (pilot.press("escape"), asyncio.to_thread(go_on.set)):
            await pilot.press(")")
            await until(pilot, lambda: "reading big.csv … 42%" in words(app.text()))
            assert app.state.run is run
            assert opened == ["lr just right"]
            await answer
            await until(pilot, lambda: not isinstance(app.screen, LoadingTable))
        await until(pilot, lambda: opened == ["lr just right", "big"])
