"""Whatever is kept back, for readers or for a budget: every panel on the terminal is of the iteration that the header
names, or names another; compared with panels that are drawn afresh from the snapshots of those iterations."""

from __future__ import annotations

import random
import re

import pytest
from driven_run import REAL_CATALOGUE, DrivenRun
from emulated_terminal import EmulatedDriver

from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.panels import PANELS, charts, numbers
from tui_trainer.telemetry import Snapshot
from tui_trainer.tui.app import TrainerApp
from tui_trainer.tui.frame_pacer import FramePacer

HEADER = re.compile(r"([\d,]+) (?:iterations?|done)")
AFTER = re.compile(r"after ([\d,]+)")
LIMITS = (None, 150, 600, 1500, 4000, 8000)


class Trainer(TrainerApp):
    """The real engine on an emulated terminal, painted when it is told to."""

    def __init__(self) -> None:
        self.run_at_hand = DrivenRun()
        super().__init__(lambda request: self.run_at_hand, REAL_CATALOGUE, OpenRequest(preset="driven"))
        self.driver_class = EmulatedDriver

    @property
    def rows(self) -> list[str]:
        assert isinstance(self._driver, EmulatedDriver)
        return self._driver.text().splitlines()

    def panels(self) -> dict[str, list[str]]:
        """The rows of every panel as the terminal shows them."""
        assert self.state.frame is not None
        places = {name: place for name, place in self.state.frame.rectangles.items() if name in PANELS}
        rows = self.rows
        return {name: [row[p.x : p.x + p.width] for row in rows[p.y : p.y + p.height]] for name, p in places.items()}


def number(found: re.Match[str] | None) -> int | None:
    return None if found is None else int(found[1].replace(",", ""))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_panel_is_of_the_moment_that_the_header_or_its_border_names(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], seed: int
) -> None:
    monkeypatch.setattr(FramePacer, "start", lambda pacer, then: then())
    app, draw, known = Trainer(), random.Random(seed), dict[int, Snapshot]()
    known[app.state.snapshot.iteration] = app.state.snapshot
    partly = kept_back = 0
    async with app.run_test(headless=False, size=size) as pilot:
        await pilot.pause()
        app._canvas.draw()
        await pilot.pause()
        for _ in range(40):
            app.run_at_hand.driver.control.lineup.advance(draw.choice([1, 7, 40]))
            app.run_at_hand.driver.control.version += 1
            app.state.poll()
            known[app.state.snapshot.iteration] = app.state.snapshot
            app._canvas.limit = draw.choice(LIMITS)
            app._canvas.draw(draw.choice([(), (), numbers(), charts()]))
            now = number(HEADER.search("\n".join(app.rows)))
            assert now in known, app.rows[:4]
            for name, rows in app.panels().items():
                said = number(AFTER.search(rows[0] + rows[-1]))
                drawing = PANELS[name].draw(
                    known[now if said is None else said],
                    app.state.view,
                    len(rows[0]),
                    len(rows),
                    app._theme,
                )
                kept_back += said not in (None, now)
                if rows[1:-1] != drawing.lines()[1:-1]:
                    assert app._canvas._portions.is_arriving
                    assert said is not None
                    assert said < now
                    partly += 1
    assert kept_back > 10
