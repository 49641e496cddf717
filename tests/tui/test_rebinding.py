"""A key that the person has chosen works, and footer, verdict, help and palette show it in place of the old one."""

from __future__ import annotations

from emulated_terminal import EmulatedDriver
from fake_run import CATALOGUE, open_fake
from waiting import until

from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.keys.keymap import first_view, keymap
from tui_trainer.dashboard.keys.rebinding import rebound
from tui_trainer.tui.app import TrainerApp

CHOSEN = {"step": ["g", "f5"], "help": ["f1"], "presets": ["j"], "rate_down": ["%"]}


class Rebound(TrainerApp):
    """The app with a fake run and keys of the person's own, on an emulated terminal."""

    def __init__(self) -> None:
        view = first_view(keymap=rebound(keymap(), CHOSEN))
        super().__init__(open_fake, CATALOGUE, OpenRequest(preset="lr just right", paused=True), view=view)
        self.driver_class = EmulatedDriver

    def text(self) -> str:
        assert isinstance(self._driver, EmulatedDriver)
        return self._driver.text()

    @property
    def iteration(self) -> int:
        return self.state.snapshot.iteration


async def test_a_key_of_ones_own_works_and_the_old_one_does_not() -> None:
    app = Rebound()
    async with app.run_test(headless=False, size=(160, 45)) as pilot:
        start = app.iteration
        await pilot.press(".", "g", "f5")
        await until(pilot, lambda: app.iteration == start + 2)


async def test_footer_help_and_palette_show_it() -> None:
    app = Rebound()
    async with app.run_test(headless=False, size=(160, 45)) as pilot:
        await until(pilot, lambda: "g step" in app.text().splitlines()[-1])
        footer = app.text().splitlines()[-1]
        assert all(words in footer for words in ("space run/pause", "f1 help", "j presets", "+ % learning rate"))
        assert ". step" not in footer
        await pilot.press("f1")
        await until(pilot, lambda: "g f5" in app.text() and "esc closes" in app.text())
        await pilot.press("f1")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await pilot.press("ctrl+p", *"one iteration")
        await until(pilot, lambda: "one iteration  (g)" in app.text())


async def test_a_click_on_the_footer_finds_the_action_by_its_new_key() -> None:
    app = Rebound()
    async with app.run_test(headless=False, size=(160, 45)) as pilot:
        await until(pilot, lambda: "g step" in app.text().splitlines()[-1])
        start = app.iteration
        await pilot.click(offset=(app.text().splitlines()[-1].index("g step"), 44))
        await until(pilot, lambda: app.iteration == start + 1)
