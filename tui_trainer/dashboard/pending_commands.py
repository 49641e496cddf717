"""The commands that a run was sent and may not have obeyed yet, and what they will have done to the snapshot, as far as
that is known before the run replies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import structs

from tui_trainer.dashboard.panels.weight_cursor import matrix_layer, with_bias
from tui_trainer.runs.run import Run
from tui_trainer.telemetry import Snapshot
from tui_trainer.telemetry import commands as do
from tui_trainer.telemetry.commands import ChangeSetting, ChangeWeight, Command, RequestPictures, SetPace

HARMLESS: tuple[type[Command], ...] = (
    *(RequestPictures, do.Pause, do.Resume, do.TogglePause, do.CancelSeek, do.CheckGradient),
    *(do.StepIterations, do.StepPhase, do.StepEpoch, do.NoteLesson),
)
"""Commands that change neither settings nor pace."""


class PendingCommands:
    """Counts the commands of a screen."""

    def __init__(self) -> None:
        self.is_asking = False
        """Whether commands have been sent for whose reply nobody waits yet."""
        self.is_opening = False
        """Whether one of them opens another run."""
        self.sent = self.obeyed = 0
        """The commands sent, and how many of them the newest snapshot is known to reflect."""
        self._ahead: dict[str, dict[str, Any]] = {}
        """Part of the snapshot → its fields as the pending commands will have set them."""

    def send(self, command: Command, run: Run, snapshot: Snapshot) -> None:
        """Send a command to the run whose newest snapshot this is."""
        self._ahead = after(command, self.expected(snapshot), self._ahead)
        self.sent += not isinstance(command, RequestPictures)  # nobody waits for pictures
        run.send(command)
        self.is_asking = True
        self.is_opening |= command.opens_run

    def expected(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot after all pending commands."""
        parts = {name: structs.replace(getattr(snapshot, name), **fields) for name, fields in self._ahead.items()}
        return structs.replace(snapshot, **parts) if parts else snapshot

    def forget(self) -> None:
        """The snapshot reflects all of them, or is that of another run."""
        self._ahead = {}

    def answer(self, run: Run, then: Callable[[], None]) -> None:
        """Call `then`, from any thread, once the run has news of all commands so far; see `Run.answer`."""
        self.is_asking = self.is_opening = False
        sent = self.sent

        def obeyed() -> None:
            self.obeyed = sent
            then()

        run.answer(obeyed)


def after(command: Command, expected: Snapshot, ahead: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The fields whose values are known once `command` and those before it have been obeyed."""
    match command:
        case ChangeSetting(key, value) if expected.settings is not None:
            defaults = {other: chosen for other, chosen in expected.resolved_defaults.items() if other != key}
            values = {**expected.values, key: value}
            return {**ahead, "settings": {"values": values, "resolved_defaults": defaults}}
        case ChangeWeight(index, source, unit, value) if expected.network is not None:
            layer = matrix_layer(expected)
            if layer is not None and layer.index == index:
                rows = with_bias(layer.weight, layer.bias)
                rows[source, unit] = value
                return {**ahead, "network": {"layer": structs.replace(layer, weight=rows[:-1], bias=rows[-1])}}
        case SetPace(pace) if expected.control is not None:
            return {**ahead, "control": {"pace": pace}}
    # Another command can change anything: the next keys count from the run's snapshot.
    return ahead if isinstance(command, HARMLESS) else {}
