"""The app writing to an emulated terminal, and what a person reads there, for tests of its screens."""

from __future__ import annotations

from emulated_terminal import EmulatedDriver, Picture
from fake_run import CATALOGUE, open_fake
from textual.screen import Screen

from tui_trainer.dashboard.catalogue import Catalogue, OpenRequest
from tui_trainer.drawing.theme import ColourDepth
from tui_trainer.tui.app import TrainerApp

SIZES = [(40, 12), (80, 24)]


class OnATerminal(TrainerApp):
    """The app writing to an emulated terminal; to be run with headless=False."""

    def __init__(self, catalogue: Catalogue = CATALOGUE, depth: ColourDepth = ColourDepth.TRUECOLOR) -> None:
        super().__init__(open_fake, catalogue, OpenRequest(preset="lr just right", paused=True), depth=depth)
        self.driver_class = EmulatedDriver
        self.answers: list[object] = []

    def text(self) -> str:
        """What the terminal shows."""
        assert isinstance(self._driver, EmulatedDriver)
        return self._driver.text()

    def ask(self, screen: Screen[object]) -> None:
        """Open a screen and keep what it gives back."""
        self.push_screen(screen, self.answers.append)


def seen(row: Picture) -> list[tuple[object, ...]]:
    """The cells of a row as a person sees them: the colour of the ink of a blank cell is none."""
    return [(text, ink if text != " " else "", *rest) for text, ink, *rest in row]


def words(text: str) -> str:
    """Text without its borders and line ends, as a person reads it."""
    return " ".join(text.replace("│", " ").split())


def beside(text: str) -> str:
    """What stands beside the list, or below it on a narrow screen."""
    return "\n".join(line.partition("│")[2] or line for line in text.splitlines())


def left_of(text: str) -> list[str]:
    """The lines of the list, without what stands beside it."""
    return [line.partition("│")[0].strip() for line in text.splitlines()]
