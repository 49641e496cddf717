"""x, k and K on a real terminal: a file, a command that leads to this moment, a preset of one's own."""

from __future__ import annotations

import base64
import csv
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from fake_run import CATALOGUE, FakeRun
from msgspec import structs
from real_terminal import running
from textual.widgets import OptionList
from waiting import until

from tui_trainer.cli import main
from tui_trainer.cli.saving import formats
from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.tui.app import TrainerApp
from tui_trainer.tui.clipboard import copying


def test_what_is_copied_passes_through_multiplexers() -> None:
    plain = f"\x1b]52;c;{base64.b64encode('tui-trainer …'.encode()).decode()}\x07"
    assert copying("tui-trainer …", {}) == plain
    assert copying("tui-trainer …", {"STY": "1"}) == f"\x1bP{plain}\x1b\\"
    passed = plain.replace("\x1b", "\x1b\x1b")
    assert copying("tui-trainer …", {"TMUX": "/tmp/tmux"}) == f"{plain}\x1bPtmux;{passed}\x1b\\"


def test_a_moment_is_taken_away_and_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    own = {"TUI_TRAINER_PRESETS": str(tmp_path / "own"), "TMUX": "", "STY": ""}
    program = ("-m", "tui_trainer")
    with running("lr just right", "--paused", environment=own, program=program, size=(120, 40)) as screen:
        screen.until(screen.shows("paused"))
        screen.type("...+.")
        screen.until(screen.shows("4 iterations done"))
        screen.type("x")
        screen.until(screen.shows("metrics as CSV"))
        screen.type("csv\r")
        screen.until(screen.shows("written: "))
        screen.type("k")
        screen.until(screen.shows("copied: tui-trainer"))
        screen.type("K")
        screen.until(screen.shows("a preset of your own"))
        screen.type("\r")
        screen.until(screen.shows("kept as “my lr just right”"))
        screen.type("q")
        copied = re.search(r"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", screen.raw)
    rows = list(csv.DictReader((tmp_path / "lr-just-right-4.csv").read_text().splitlines()))
    assert rows[0]["iteration"] == "0"
    assert copied is not None
    command, code = base64.b64decode(copied[1]).decode().split()
    assert command == "tui-trainer"
    with running(code, environment=own, program=program, size=(120, 40)) as screen:
        screen.until(screen.shows("4 iterations done"))
        screen.until(screen.shows("paused"))
        screen.type("lmy")
        screen.until(screen.shows("my lr just right"))
        screen.until(screen.shows('Kept from "lr just right" at iteration 4'))
        screen.type("\x1bq")
    monkeypatch.setenv("TUI_TRAINER_PRESETS", str(tmp_path / "own"))
    assert main(["presets", "--titles"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "my lr just right"
    assert main(["train", "my lr just right", "--iterations", "3"]) == 0


async def test_a_format_whose_package_is_missing_says_which_and_numpy_finds_the_script_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui_trainer.exports.format.find_spec", lambda name: None if name == "tensorboardX" else name)
    catalogue = structs.replace(CATALOGUE, formats=formats)
    app = TrainerApp(lambda request: FakeRun(request), catalogue, OpenRequest(preset="lr just right", paused=True))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("x")
        await pilot.pause()
        options = app.screen.query_one(OptionList)
        lines = [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]
        (marked,) = [line for line in lines if "not installed" in line]
        assert marked.startswith(".tfevents")
        assert "not now\nneeds the package tensorboardX, which is not installed" in marked
        await pilot.press(*"numpy")
        await pilot.pause()
        lines = [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]
        assert [line.split()[0] for line in lines] == [".numpy.py", ".npz"]
        assert options.highlighted == 0


async def test_a_person_who_leaves_cancels_an_export() -> None:
    started, asked = threading.Event(), list[tuple[object, ...]]()

    def export(*arguments: Any) -> str:
        *what, is_cancelled = arguments
        asked.append(tuple(what[:2]))
        started.set()
        while not is_cancelled():
            time.sleep(0.005)
        raise ValueError("cancelled")

    catalogue = structs.replace(CATALOGUE, formats=lambda: ((".txt", "picture as text", ""),), export=export)
    run = FakeRun(OpenRequest(preset="lr just right", paused=True))
    app = TrainerApp(lambda request: run, catalogue, OpenRequest(preset="lr just right"))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("x", "down", "enter")
        await until(pilot, started.is_set)
        await pilot.press("q")
    assert asked == [(".txt", "loss")]
    assert app.return_code == 0
