"""Panels are drawn again only when something that they looked at the last time has changed: a key that changes the
loss curve is answered in the time of that panel, and a list that stands still costs nothing in a frame.

What a panel looks at is not declared but watched: whatever fields of the snapshot and of the view it reads.

A panel may also stay as it was while the picture around it moves on; then it names the iteration that it is of.
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
    """Stands for a struct, and takes note of the fields that are read and of what they held: of a part of a snapshot,
    which is another object every time, again of the fields that are read."""

    def __init__(self, whole: object) -> None:
        self._whole = whole
        self.read: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._whole, name)
        if isinstance(value, Part):
            return self.read.setdefault(name, _Watched(value))
        self.read[name] = value
        return value

    def held_same(self, whole: object) -> bool:
        """Whether all that was read is the same in another struct."""
        return whole is self._whole or all(_is_same(getattr(whole, name), value) for name, value in self.read.items())


class _Drawn(Struct, kw_only=True):
    """A picture of a panel, and all that it depended on."""

    cells: Cells
    width: int
    height: int
    theme: Theme
    of_snapshot: _Watched
    of_view: _Watched
    run: object
    """What all snapshots of it share."""
    iteration: int
    phase: Phase | None
    """The last moment that it is known to be a picture of."""
    dated: Cells | None = None
    """The same picture with its iteration."""

    def is_seen(self, view: View, width: int, height: int, theme: Theme) -> bool:
        """Whether it is what the person wants to see, of whichever moment."""
        return (
            (self.width, self.height) == (width, height)
            and self.theme is theme
            and all(getattr(view, name) == value for name, value in self.of_view.read.items())
        )


def _is_same(now: object, before: object) -> bool:
    """What a snapshot holds never changes, so the same thing is the same picture, and arrays need no comparison; only
    numbers, words and the settings, a dict of such, are compared."""
    if isinstance(before, _Watched):
        return isinstance(now, Part) and before.held_same(now)
    return now is before or (isinstance(now, int | float | str | dict) and now == before)


def _run_of(snapshot: Snapshot) -> object:
    """The same object in all snapshots of one arm, and in no others."""
    return snapshot.losses if snapshot.data is None else snapshot.data.inputs


class PanelMemory:
    """The last picture of every panel."""

    def __init__(self) -> None:
        self._last: dict[str, _Drawn] = {}

    def copy(self) -> PanelMemory:
        """The same pictures: what is drawn into one of them leaves the other as it is."""
        other = PanelMemory()
        other._last = dict(self._last)
        return other

    def draw(
        self, name: str, snapshot: Snapshot, view: View, width: int, height: int, theme: Theme, *, kept: bool = False
    ) -> Cells:
        """What the panel draws; the cells belong to this memory and must not be written to.

        `kept`: the last picture of this run will do where the person sees it in the same way, whatever moment it is of,
        and names that where the panel would look otherwise now.
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
    """The panel with the moment that it is of in its border; None where it has no room for that."""
    cells = Cells(0, 0)
    cells.codes, cells.styles = drawn.cells.codes.copy(), drawn.cells.styles.copy()
    after = f"after {count(drawn.iteration)}"
    phase = "" if drawn.phase is None else f" [{drawn.phase.word}]"
    wordings = Wordings(f"{after} iterations{phase}", f"{after}{phase}", after)
    return cells if date(cells, wordings, drawn.theme) else None
