"""Pictures of a run without a terminal: the screen after the run's reply to what its panels ask for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, structs

from tui_trainer.dashboard.keys.key_meaning import footer, greyed_actions
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.view import View
from tui_trainer.dashboard.whole_screen import Frame, draw_dashboard
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import ColourDepth, Theme, make_theme
from tui_trainer.experiment import Experiment
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.exports import ScreenPicture
from tui_trainer.runs.control import Control
from tui_trainer.runs.live import CAPABILITIES
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import JournalEntry, Snapshot, Status, present
from tui_trainer.telemetry.commands import RequestPictures, StepIterations

FILM_SECONDS = 15.0
"""The longest film: a run that takes longer at its own pace is shown faster."""


class Screen(Struct, frozen=True):
    """What a picture shows."""

    width: int
    height: int
    theme: Theme
    panel: str = ""
    """The id of a panel to show alone; "" for the whole screen."""

    @property
    def view(self) -> View:
        return first_view(focus=self.panel, zoomed=True) if self.panel else first_view()

    def cut(self, frame: Frame) -> Cells:
        """The cells of the panel, or all."""
        return frame.cells.part(*structs.astuple(frame.rectangles[self.panel])) if self.panel else frame.cells


def screenshot(
    driver: Scheduler, screen: Screen, change: Callable[[Snapshot], Snapshot] = lambda each: each
) -> ScreenPicture:
    """The present moment of a run. `change`: applied to the snapshot that is drawn."""
    snapshot = driver.snapshot()
    view = structs.replace(screen.view, settings=tuple(s for s in listed_settings() if s.key in snapshot.values))
    asks = draw_dashboard(snapshot, view, screen.width, screen.height, screen.theme, ()).asks
    driver.obey(RequestPictures(structs.replace(driver.control.request, **asks)))
    return draw(change(driver.snapshot()), view, screen)


def draw(snapshot: Snapshot, view: View, screen: Screen) -> ScreenPicture:
    """A snapshot that has the pictures that its panels ask for."""
    keys = footer(snapshot, structs.replace(view, greyed=greyed_actions(snapshot, view, CAPABILITIES)))
    return ScreenPicture(
        screen.cut(draw_dashboard(snapshot, view, screen.width, screen.height, screen.theme, keys)), screen.theme
    )


def film(
    experiments: Sequence[tuple[str, Experiment]],
    journal: Sequence[JournalEntry],
    until: int,
    screen: Screen,
    pictures_per_second: float,
) -> Iterator[tuple[float, ScreenPicture]]:
    """Train from the start to iteration `until`, with the changes of `journal`. Yields pictures with their times in
    seconds, as the screen shows a run at its own pace, or faster if that takes longer than `FILM_SECONDS`."""
    driver = Scheduler(Control(experiments, paused=True))
    pace = max(driver.control.pace.asked or 0.0, until / FILM_SECONDS)

    def running(snapshot: Snapshot) -> Snapshot:
        progress, control = present(snapshot.progress), present(snapshot.control)
        return structs.replace(
            snapshot,
            status=Status.RUNNING,
            progress=structs.replace(progress, speed=pace),
            control=structs.replace(control, pace=pace),
        )

    pictures, left = max(round(until / pace * pictures_per_second), 1), deque(journal)
    for number in range(pictures):
        _go_on(driver, until * number // pictures, left)
        yield number / pictures_per_second, screenshot(driver, screen, running)
    _go_on(driver, until, left)
    yield pictures / pictures_per_second, screenshot(driver, screen)


def _go_on(driver: Scheduler, until: int, left: deque[JournalEntry]) -> None:
    """Run to iteration `until`. Changes that are due are taken from `left` and made."""
    while left and left[0].iteration <= until:
        entry = left.popleft()
        advance(driver, entry.iteration)
        driver.obey(entry.change)
    advance(driver, until)


def advance(driver: Scheduler, until: int) -> None:
    """Run to iteration `until`, or to an earlier end from which nothing can go on."""
    while (here := driver.control.lineup.last.iteration) < until:
        driver.obey(StepIterations(until - here))
        if driver.control.lineup.last.iteration == here:
            break


def without_colours() -> Theme:
    """Signs in place of colours."""
    return make_theme("light", ColourDepth.NONE)
