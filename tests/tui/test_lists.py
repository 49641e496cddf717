"""The lists of presets and of settings: found by words, unfolded, clicked, and left."""

from __future__ import annotations

import gc
import weakref

import pytest
from fake_run import CATALOGUE
from screens_on_a_terminal import SIZES, OnATerminal, beside, left_of, words
from waiting import until

from tui_trainer.dashboard.catalogue import PresetEntry
from tui_trainer.tui.screens.filtered_list import Options, preset_picker


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


async def test_a_search_chooses_the_entry_that_is_named_so_before_one_that_only_speaks_of_it() -> None:
    entries = [
        PresetEntry(title=title, question=question) for title, question in (("noise", "Is it wide?"), ("wide", "Why?"))
    ]
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        app.ask(preset_picker(entries, ""))
        await until(pilot, lambda: "2 entries" in app.text())
        await pilot.press(*"wide", "enter")
        await until(pilot, lambda: app.answers == ["wide"])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("dropout", "10 · The network"),  # its question has the word
        ("network", "10 · The network"),
        ("overfitting", "8 · Overfitting"),
        ("10-64-3", "10-64-3 with dropout"),
        ("dropout race", "race: dropout"),
    ],
)
async def test_a_search_chooses_a_lesson_before_a_preset_of_the_same_words(typed: str, found: str) -> None:
    lessons = {"8 · Overfitting": "When to stop?", "9 · Remedies": "A network?", "10 · The network": "What is dropout?"}
    entries = [PresetEntry(title=title, question=asks, steps="…") for title, asks in lessons.items()]
    titles = "10-64-3 with dropout", "overfitting", "race: dropout"
    entries += [PresetEntry(title=title, question="?") for title in titles]
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        app.ask(preset_picker(entries, ""))
        await until(pilot, lambda: "6 entries" in app.text())
        await pilot.press(*typed, "enter")
        await until(pilot, lambda: app.answers == [found])


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


async def test_a_family_is_one_block_of_lines_wherever_its_members_come_from() -> None:
    titles = {"Guess": "The course", "moons": "The clinic", "Measure": "The course", "circles": "The clinic"}
    presets = [PresetEntry(title=title, family=family, question="?") for title, family in titles.items()]
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        app.ask(preset_picker(presets, ""))
        await until(pilot, lambda: "4 entries" in app.text())
        assert [line for line in left_of(app.text()) if line not in ("", "?")][1:-1] == [
            "▾ The course",
            "Guess",
            "Measure",
            "▾ The clinic",
            "moons",
            "circles",
        ]


async def test_a_file_of_ones_own_is_open_and_opened_again_by_its_path() -> None:
    own = PresetEntry(title="mine", question="Why?", opens="/somewhere/mine.toml")
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


async def test_a_list_that_was_left_leaves_no_lines_behind() -> None:
    app = OnATerminal()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        app.ask(preset_picker(CATALOGUE.presets(), ""))
        await until(pilot, lambda: "enter loads" in app.text())
        lines = weakref.ref(app.screen.query_one(Options)._styles_cache)
        await pilot.press("escape")
        await until(pilot, lambda: "enter loads" not in app.text())
        await until(pilot, lambda: gc.collect() and lines() is None)
