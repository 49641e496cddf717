"""A recording is exported as it was played, with what a person has done."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest
from recorded import record

from tui_trainer.cli import main
from tui_trainer.telemetry import commands as do


def test_a_recording_is_exported_at_its_end_and_at_a_moment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = record(
        tmp_path / "kept",
        *(do.StepIterations(30), do.ChangeSetting("optimizer.learning_rate", 0.25), do.StepIterations(20)),
    )
    files = {name: tmp_path / f"run.{name}" for name in ("csv", "toml", "cast", "numpy.py", "torch.py")}
    words = [
        "export",
        path.name,
        "--record",
        str(tmp_path / "kept"),
        "--size",
        "80x24",
        "--to",
        *map(str, files.values()),
    ]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "after 50 iterations" in printed
    for name in ("numpy.py", "torch.py"):
        script = " ".join(files[name].read_text().split('"""')[1].split())
        left_out = "with the settings at iteration 50, and what was changed by hand on the way is not in it"
        assert f"it trains from the start to iteration 200 {left_out}" in script
        assert script.endswith("but the losses are not those of its run.")
        assert f"script, it trains from the start to iteration 200 {left_out}\n" in printed
    rows = list(csv.DictReader(files["csv"].read_text().splitlines()))
    assert rows[-1]["learning_rate"] == "0.25"
    kept = tomllib.loads(files["toml"].read_text())
    assert kept["moment"] == 50
    assert kept["journal"] == [{"iteration": 30, "key": "optimizer.learning_rate", "value": 0.25}]
    assert "0.25" in files["cast"].read_text()
    assert main(["presets", "--check", str(files["toml"])]) == 0
    assert main([*words, "--force", "--at", "10"]) == 0
    assert "journal" not in tomllib.loads(files["toml"].read_text())
    assert "the losses are those of its run as long as the run is calm." in " ".join(
        files["numpy.py"].read_text().split()
    )
    assert "by hand" not in capsys.readouterr().out


def test_a_name_that_is_neither_is_said_as_always(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "nosuchrun", "--to", str(tmp_path / "a.csv")]) == 2
    assert 'no preset "nosuchrun"' in capsys.readouterr().err
