"""The report on a person's table, opened by a key over the dashboard."""

from __future__ import annotations

from pathlib import Path

from tui_trainer.cli.screen import catalogue, requested
from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.keys.keymap import KEYS
from tui_trainer.runs.live import LiveRun
from tui_trainer.tui.app import TrainerApp
from tui_trainer.tui.screens.table_report import TableReport


def opened(request: OpenRequest) -> LiveRun:
    return LiveRun(requested(request).contestants, paused=True)


async def test_the_key_opens_the_report_and_names_act_on_no_terminal(tmp_path: Path) -> None:
    table = tmp_path / "own.csv"
    rows = "".join(f"{n},{n * n % 7},\x1b[2J{n % 2}\n" for n in range(20))
    table.write_text(f"a,\x1b]0;pwned\x07,class\n{rows}")
    preset = tmp_path / "own.toml"
    preset.write_text('[data]\nfile = "own.csv"\n')
    app = TrainerApp(opened, catalogue(str(preset)), OpenRequest(preset=str(preset), paused=True))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("T")
        await pilot.pause()
        assert isinstance(app.screen, TableReport)
        text = str(app.screen.query_one("#text").render())
        assert "target: class, 2 classes: �[2J0 10, �[2J1 10" in text
        assert "\x1b" not in text
        await pilot.press("T")
        await pilot.pause()
        assert not isinstance(app.screen, TableReport)


async def test_a_run_without_a_table_says_so() -> None:
    app = TrainerApp(opened, catalogue(""), OpenRequest(preset="lr just right", paused=True))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("T")
        await pilot.pause()
        assert not isinstance(app.screen, TableReport)
        assert app.state.why_idle(KEYS["table"]) == "your table: this run has no table of your own"
