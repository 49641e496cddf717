"""The picker, the help and the value entry: legible from 40×12 up, and every text shown as it was written."""

from __future__ import annotations

import asyncio
import gc
import random
import weakref
from collections.abc import Callable

import pytest
from emulated_terminal import EmulatedDriver
from fake_run import CATALOGUE, SETTINGS, open_fake
from msgspec import structs
from textual.events import Key, Resize
from textual.geometry import Size
from textual.pilot import Pilot
from textual.screen import Screen

from tui_trainer.dashboard.catalogue import Catalogue, OpenRequest, PresetEntry
from tui_trainer.dashboard.keys.keymap import first_view, keymap
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.view import key_sign
from tui_trainer.tui.app import TrainerApp
from tui_trainer.tui.screens.filtered_list import Options, preset_picker
from tui_trainer.tui.screens.key_help import KeyHelp
from tui_trainer.tui.screens.value_entry import Typed, ValueEntry

SIZES = [(40, 12), (80, 24)]


class OnATerminal(TrainerApp):
    """The app writing to an emulated terminal; to be run with headless=False."""

    def __init__(self, catalogue: Catalogue = CATALOGUE) -> None:
        super().__init__(open_fake, catalogue, OpenRequest(preset="lr just right", paused=True))
        self.driver_class = EmulatedDriver
        self.answers: list[object] = []

    def text(self) -> str:
        """What the terminal shows."""
        assert isinstance(self._driver, EmulatedDriver)
        return self._driver.text()

    def ask(self, screen: Screen[object]) -> None:
        """Open a screen and keep what it gives back."""
        self.push_screen(screen, self.answers.append)


async def until(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    """Wait until the condition holds; give up after two seconds."""
    for _ in range(200):
        await pilot.pause()
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"the condition never held:\n{pilot.app.text()}")  # type: ignore[attr-defined]


def words(text: str) -> str:
    """Text without its borders and line ends, as a person reads it."""
    return " ".join(text.replace("│", " ").split())


def beside(text: str) -> str:
    """What stands beside the list, or below it on a narrow screen."""
    return "\n".join(line.partition("│")[2] or line for line in text.splitlines())


def left_of(text: str) -> list[str]:
    """The lines of the list, without what stands beside it."""
    return [line.partition("│")[0].strip() for line in text.splitlines()]


@pytest.mark.parametrize("size", [*SIZES, (200, 60)])
async def test_the_help_names_every_key_of_the_table(size: tuple[int, int]) -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=size) as pilot:
        app.ask(KeyHelp(first_view()))
        seen = ""
        for _ in range(40):
            await until(pilot, lambda: "esc closes" in app.text())
            seen += app.text()
            await pilot.press("pagedown")
            await pilot.pause(0.02)
            if app.text() in seen:
                break
        for action in keymap():
            assert all(key_sign(key) in seen for key in action.keys), action.id
        if size[0] >= 200:
            assert all(action.help in seen for action in keymap())
        await pilot.press("q")
        await until(pilot, lambda: app.answers == [None])


async def test_the_help_begins_with_what_the_focused_panel_shows() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(120, 40)) as pilot:
        await pilot.press("4", "?")
        await until(pilot, lambda: "Fit: what you see" in app.text())
        seen = words(app.text())
        assert all(meaning in seen for _, meaning in PANELS["fit"].signs)
        assert seen.index("Fit: what you see") < seen.index("Let the training run")
        await pilot.press("escape")
        app.ask(KeyHelp(app.state.view, race=True))
        await until(pilot, lambda: "Race: what you see" in app.text())


async def test_on_a_slim_screen_the_help_has_its_keys_in_the_line_of_their_sentence() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(20, 6)) as pilot:
        app.ask(KeyHelp(first_view()))
        await until(pilot, lambda: "space Let the" in app.text())
        assert "training run, or" in app.text()


@pytest.mark.parametrize("size", SIZES)
async def test_the_picker_shows_titles_and_questions_and_gives_the_chosen_one(size: tuple[int, int]) -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=size) as pilot:
        app.ask(preset_picker(CATALOGUE.presets(), "lr too small"))
        await until(pilot, lambda: "What happens when every step" in words(beside(app.text())))
        if size[0] >= 80:
            assert "Watch: The loss jumps; the map flips" in words(beside(app.text()))
            assert "[bold]x[/]." in app.text()
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.answers == ["overfitting"])


async def test_a_setting_is_found_by_a_word_and_chosen() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await pilot.press("Q", "/", *"scatter")
        await until(pilot, lambda: "1 of" in app.text() and "Allowed: a number" in words(beside(app.text())))
        await pilot.press("enter")
        await until(pilot, lambda: app.state.chosen_key == "data.noise")
        assert app.state.view.focus == "settings"
        await until(pilot, lambda: "▸noise" in app.text())


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


@pytest.mark.parametrize("size", SIZES)
async def test_families_fold_and_a_search_unfolds_them(size: tuple[int, int]) -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=size) as pilot:
        app.ask(preset_picker(CATALOGUE.presets(), "lr too small"))
        await until(pilot, lambda: "▾ Learning rate" in app.text() and "lr too large" in app.text())
        await pilot.press("left")
        await until(pilot, lambda: "▸ Learning rate · 3" in app.text())
        assert all(line.find("  lr") == -1 for line in left_of(app.text()))
        await pilot.press("down", "up", "enter")
        await until(pilot, lambda: "▾ Learning rate" in app.text())
        await pilot.press("left", *"small")
        await until(pilot, lambda: "lr too small" in app.text())
        await pilot.press("enter")
        await until(pilot, lambda: app.answers == ["lr too small"])


async def test_a_search_finds_words_of_the_text_after_those_of_the_titles() -> None:
    lesson = PresetEntry(title="ravine", question="Which way?", text="Here the WALL is\nclose.", family="Optimizers")
    wall = PresetEntry(title="the wall", question="Where?", family="Data")
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        app.ask(preset_picker((lesson, wall), ""))
        await until(pilot, lambda: "2 entries" in app.text())
        await pilot.press(*"/wall")
        await until(pilot, lambda: "Named in the text of" in app.text())
        assert [line for line in left_of(app.text()) if line][1:-1] == [
            "▾ Data",
            "the wall",
            "▾ Named in the text of",
            "ravine",
        ]
        await pilot.press(*" is close", "enter")
        await until(pilot, lambda: app.answers == ["ravine"])


async def test_a_file_of_ones_own_is_open_and_opened_again_by_its_path() -> None:
    own = PresetEntry(title="mine", question="Why?", opens="/somewhere/mine.toml", order=-1)
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        app.ask(preset_picker((*CATALOGUE.presets(), own), "mine"))
        await until(pilot, lambda: "mine  · open now" in app.text())
        await pilot.press("enter")
        await until(pilot, lambda: app.answers == ["/somewhere/mine.toml"])


async def test_the_picker_is_filtered_by_words_of_title_and_question_and_left_with_escape() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        count = len(CATALOGUE.presets())
        app.ask(preset_picker(CATALOGUE.presets(), "lr too small"))
        await until(pilot, lambda: "lr too small  · open now" in app.text() and f"{count} entries" in app.text())
        assert app.text().count("open now") == 1
        await pilot.press(*"small FAR")
        await until(pilot, lambda: "lr too small" in app.text() and "overfitting" not in app.text())
        await until(pilot, lambda: f"1 of {count} entries" in app.text())
        await pilot.press(*" q", "enter")
        await until(pilot, lambda: "Nothing has these words." in app.text())
        assert app.answers == []
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == [None])


async def test_a_click_in_the_picker_loads() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(120, 40)) as pilot:
        app.ask(preset_picker(CATALOGUE.presets(), ""))
        await until(pilot, lambda: "lr too large" in app.text())
        row = next(y for y, line in enumerate(app.text().splitlines()) if "lr too large" in line)
        await pilot.click(offset=(3, row))
        await until(pilot, lambda: app.answers == ["lr too large"])


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


async def test_escape_leaves_the_value_entry_without_a_value() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        app.ask(ValueEntry(SETTINGS[0], 0.1))
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == [None])


async def test_a_list_that_was_left_leaves_no_lines_behind() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        app.ask(preset_picker(CATALOGUE.presets(), ""))
        await until(pilot, lambda: "enter loads" in app.text())
        lines = weakref.ref(app.screen.query_one(Options)._styles_cache)
        await pilot.press("escape")
        await until(pilot, lambda: "enter loads" not in app.text())
        await until(pilot, lambda: gc.collect() and lines() is None)


OPENED: dict[str, Callable[[OnATerminal], None]] = {
    "presets": OnATerminal._pick_preset,
    "palette": OnATerminal._pick_action,
    "help": OnATerminal._help,
    "value": OnATerminal._type_value,
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
