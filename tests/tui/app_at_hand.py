"""The app with a fake run at hand, for tests through its keys and its mouse."""

from __future__ import annotations

from emulated_terminal import EmulatedDriver
from fake_run import BOUNCING, CATALOGUE, FakeRun, open_fake
from msgspec import structs

from tui_trainer.dashboard.catalogue import OpenRequest, PresetEntry
from tui_trainer.dashboard.view import View
from tui_trainer.telemetry import Snapshot
from tui_trainer.telemetry import commands as do
from tui_trainer.tui.app import TrainerApp

REQUEST = OpenRequest(preset="lr just right", paused=True)


class Trainer(TrainerApp):
    """The app with one fake run at hand, and the statuses with which it was asked to leave."""

    def __init__(self, run: FakeRun | None = None) -> None:
        self.run_at_hand = run or FakeRun(REQUEST, findings=(BOUNCING,))
        self.left: list[int] = []
        self.suspended = self.repainted = self.taken = 0
        runs = [self.run_at_hand]
        super().__init__(
            lambda request: runs.pop() if runs else open_fake(request),
            structs.replace(
                CATALOGUE,
                about=lambda name: PresetEntry(title=name, question=""),
                title_to_keep=self._take,
                command_for=lambda snapshot: ("", self._take(snapshot)),
            ),
            REQUEST,
            leave=self.left.append,
        )

    def _take(self, snapshot: Snapshot) -> str:
        self.taken += 1
        return ""

    def action_suspend_process(self) -> None:
        self.suspended += 1

    def _repaint(self) -> None:
        self.repainted += 1
        super()._repaint()

    @property
    def view(self) -> View:
        return self.state.view

    @property
    def sent(self) -> list[do.Command]:
        """What the run was told, but for what to picture."""
        return [command for command in self.run_at_hand.sent if not isinstance(command, do.RequestPictures)]

    def effects(self) -> tuple[object, ...]:
        """Everything that a key can change."""
        view = structs.replace(self.view, greyed=frozenset())
        done = tuple(self.left), self.suspended, self.repainted, self.taken
        return view, len(self.sent), type(self.screen).__name__, self.theme, *done


class OnATerminal(Trainer):
    """The app writing to an emulated terminal; to be run with headless=False."""

    def __init__(self, run: FakeRun | None = None) -> None:
        super().__init__(run)
        self.driver_class = EmulatedDriver

    @property
    def terminal(self) -> EmulatedDriver:
        assert isinstance(self._driver, EmulatedDriver)
        return self._driver
