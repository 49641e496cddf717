"""A panel is drawn again only when something that it read the last time has changed. So a key that changes the loss
curve costs the time of that panel alone, and an unchanged list costs nothing in a frame.

Panels do not declare what they read: the memory records which fields of the snapshot and of the view they access.

A panel may also stay as it was while the others move on; then its border names the iteration that it shows.
"""

from __future__ import annotations

from typing import Any, cast

from msgspec import Struct

from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.panels.border import date
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.charts.numbers import count
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Part, Phase, Snapshot


class _Watched:
    """A proxy of a struct that records which fields are read and their values. A part of a snapshot is a new object
    every time, so its fields are recorded in turn."""

    def __init__(self, whole: object) -> None:
        self._whole = whole
        self.read: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._whole, name)
        self.read[name] = value = _Watched(value) if isinstance(value, Part) else value
        setattr(self, name, value)  # a panel reads a field many times; only the first comes here
        return value

    def held_same(self, whole: object) -> bool:
        """Whether all recorded fields have the same values in `whole`."""
        return whole is self._whole or all(_is_same(getattr(whole, name), value) for name, value in self.read.items())


class _Drawn(Struct, kw_only=True):
    """The picture of a panel, and everything that it depends on."""

    cells: Cells
    width: int
    height: int
    theme: Theme
    of_snapshot: _Watched
    of_view: _Watched
    run: object
    """The object that all snapshots of one run share."""
    iteration: int
    phase: Phase | None
    """The latest moment for which the picture is known to be right."""
    dated: Cells | None = None
    """The same picture with its iteration in the border."""

    def is_seen(self, view: View, width: int, height: int, theme: Theme) -> bool:
        """Whether it has this size, theme and view, at whatever moment."""
        return (
            (self.width, self.height) == (width, height)
            and self.theme is theme
            and all(getattr(view, name) == value for name, value in self.of_view.read.items())
        )


def _is_same(now: object, before: object) -> bool:
    """The contents of a snapshot never change, so the same object means the same picture and arrays need no comparison.
    Only numbers, words and the settings (a dict of these) are compared by value."""
    if isinstance(before, _Watched):
        return isinstance(now, Part) and before.held_same(now)
    return now is before or (isinstance(now, int | float | str | dict) and now == before)


def _run_of(snapshot: Snapshot) -> object:
    """An object that all snapshots of one arm share, and no others."""
    return snapshot.losses if snapshot.data is None else snapshot.data.inputs


class PanelMemory:
    """The last picture of every panel."""

    def __init__(self) -> None:
        self._last: dict[str, _Drawn] = {}

    def copy(self) -> PanelMemory:
        """A copy: drawing into it leaves this memory as it is."""
        other = PanelMemory()
        other._last = dict(self._last)
        return other

    def draw(
        self, name: str, snapshot: Snapshot, view: View, width: int, height: int, theme: Theme, *, kept: bool = False
    ) -> Cells:
        """The panel's picture. The cells belong to this memory and must not be written to.

        `kept`: the last picture of this run will do, whatever its moment, if the view is the same; its border then
        names the iteration where the panel would be different now.
        """
        last = self._last.get(name)
        if last is None or not last.is_seen(view, width, height, theme):
            last = None
        elif last.of_snapshot.held_same(snapshot):
            if (last.iteration, last.phase) != (snapshot.iteration, snapshot.phase):
                last.iteration, last.phase, last.dated = snapshot.iteration, snapshot.phase, None
            return last.cells
        elif kept and last.run is _run_of(snapshot):
            last.dated = last.dated or _dated(last)
            if last.dated is not None:
                return last.dated
        of_snapshot, of_view = _Watched(snapshot), _Watched(view)
        cells = PANELS[name].drawn(cast(Snapshot, of_snapshot), cast(View, of_view), width, height, theme)
        self._last[name] = _Drawn(
            cells=cells,
            width=width,
            height=height,
            theme=theme,
            of_snapshot=of_snapshot,
            of_view=of_view,
            run=_run_of(snapshot),
            iteration=snapshot.iteration,
            phase=snapshot.phase,
        )
        return cells


def _dated(drawn: _Drawn) -> Cells | None:
    """The panel with its iteration in its border; None where the border has no room."""
    cells = drawn.cells.copy()
    after = f"after {count(drawn.iteration)}"
    phase = "" if drawn.phase is None else f" [{drawn.phase.word}]"
    wordings = Wordings(f"{after} iterations{phase}", f"{after}{phase}", after)
    return cells if date(cells, wordings, drawn.theme) else None
