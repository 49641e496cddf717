"""What the screen's keys x, k and K do, without a screen."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from exports_source import driver_of
from msgspec import structs

from tui_trainer.cli.taking import command_for, export_snapshot, formats, keep
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.exports import ExportError
from tui_trainer.telemetry import Snapshot
from tui_trainer.telemetry import commands as do


def snapshot_of(title: str) -> Snapshot:
    return driver_of(title, 12).snapshot()


def test_every_format_is_written_under_a_new_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    snapshot = snapshot_of("xor with a hidden layer")
    for ending, title, missing in formats():
        if missing:
            with pytest.raises(ExportError, match="pip install"):
                export_snapshot(ending, "", snapshot, first_view(), (80, 24))
            continue
        said = export_snapshot(ending, "", snapshot, first_view(), (80, 24))
        path, _, words = said.partition(": ")
        how_far = ", it trains from the start to iteration 600" if ending.endswith(".py") else ""
        assert words == title + how_far
        assert Path(path).name == f"xor-with-a-hidden-layer-12{ending}"
        assert Path(path).stat().st_size > 100
    again = export_snapshot(".txt", "loss", snapshot, first_view(), (120, 40))
    assert Path(again.partition(": ")[0]).name == "xor-with-a-hidden-layer-12-loss.txt"
    assert "Loss" in Path(again.partition(": ")[0]).read_text().splitlines()[0]
    assert "-12-2.csv" in export_snapshot(".csv", "", snapshot, first_view(), (80, 24))


def test_kept_settings_are_a_preset_that_names_its_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_TRAINER_PRESETS", str(tmp_path / "own"))
    snapshot = snapshot_of("iris")
    assert keep(snapshot) == "kept as “my iris”; the list of presets has it"
    assert keep(structs.replace(snapshot, title="my iris")) == "kept as “my iris 2”; the list of presets has it"
    kept = tomllib.loads((tmp_path / "own" / "my-iris-2.toml").read_text())
    assert (kept["title"], kept["question"]) == ("my iris 2", 'Kept from "my iris" at iteration 12.')
    (tmp_path / "file").touch()
    monkeypatch.setenv("TUI_TRAINER_PRESETS", str(tmp_path / "file"))
    with pytest.raises(ExportError, match="cannot be written"):
        keep(snapshot)


def test_a_command_that_would_be_too_long_is_a_file() -> None:
    command, remark = command_for("iris", snapshot_of("iris"))
    assert command.startswith("tui-trainer tt1:")
    assert remark.startswith("opens this moment on any machine of this kind to the bit")
    driver = driver_of("embeddings", 12)
    for number in range(60):
        driver.obey(do.ChangeSetting("optimizer.learning_rate", 0.01 + number * 0.00137))
        driver.obey(do.StepIterations(1))
    command, remark = command_for("embeddings", driver.snapshot())
    assert command == ""
    assert remark.endswith("export the experiment as preset file, which holds this moment")
    assert command_for("iris", structs.replace(snapshot_of("iris"), recipe=None))[0] == ""
