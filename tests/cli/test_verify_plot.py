"""`verify --plot` draws how far the seeds lie apart, and says how the runs end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tui_trainer.cli import main

PRESET = """
title = "small"
question = "?"
[data]
name = "moons"
samples = 40
validation_samples = 40
[training]
iterations = 40
"""


def test_median_and_quartiles_are_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "small.toml"
    path.write_text(PRESET)
    assert main(["verify", str(path), "--seeds", "3", "--plot"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"3 seeds: .* in [1-3]; validation loss 0\.", said)
    assert "median of 3 seeds" in said
    assert "all from 0." in said
    assert "lowest and highest" in said
    assert "quartiles" not in said
    assert "middle half" not in said
    for seeds, spread, legend in (("1", "", "1 seed"), ("4", "middle half", "quartiles")):
        assert main(["verify", str(path), "--seeds", seeds, "--plot"]) == 0
        said = capsys.readouterr().out
        assert (" to 0." in said) == bool(spread), said
        assert spread in said
        assert legend in said.splitlines()[-1] + said.splitlines()[-2]
    assert main(["verify", str(path), "--plot", "--json"]) == 2
