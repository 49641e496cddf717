"""A table of one's own goes with everything: its columns, categories, missing cells and scales."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tui_trainer.cli import main
from tui_trainer.cli.opening import experiments_of, found
from tui_trainer.presets import PresetError, of_table
from tui_trainer.presets.share_code import code_of
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import PictureRequest, Status
from tui_trainer.training import Trainer

TABLE = "height,colour,weight\n" + "".join(
    f"{n},{'red' if n % 2 else 'blue' if n % 3 else ''},{n * 1.1 + 0.3:g}\n" for n in range(1, 25)
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_scripts_weights_and_presets_know_the_columns(table: Path, tmp_path: Path) -> None:
    names = [str(tmp_path / f"run.{ending}") for ending in ("numpy.py", "npz", "toml")]
    given = ["--data", str(table), "--set", "network.dtype=float64", "--at", "20"]
    assert main(["export", *given, "--to", *names]) == 0
    ((_, experiment),) = experiments_of(of_table(str(table), {}), {"network.dtype": "float64"})
    trainer = Trainer(experiment)
    trainer.run(20)

    archive = np.load(io.BytesIO(Path(names[1]).read_bytes()), allow_pickle=False)
    assert archive["input_names"].tolist() == list(trainer.data.preparation.names)
    np.testing.assert_array_equal(archive["mean"], trainer.data.preparation.mean)
    np.testing.assert_array_equal(archive["weight1"], trainer.parameters[0][0])

    script: dict[str, Any] = {"__name__": "script"}
    text = Path(names[0]).read_text(encoding="utf-8")
    assert "height, colour" in text
    exec(compile(text, names[0], "exec"), script)
    np.testing.assert_allclose(script["train"]()[:20], trainer.losses.batch.last, rtol=1e-5)

    again = found(names[2])
    assert again.tables["data"]["file"] == str(table)
    assert Trainer(again.experiment()).evaluations.latest == Trainer(experiment).evaluations.latest
    table.write_text(TABLE + "40,red,44\n", encoding="utf-8")
    assert main(["train", names[2]]) == 2


def test_a_share_code_is_for_this_table(table: Path) -> None:
    preset = of_table(str(table), {})
    run = DiagnosedRun(preset.experiment())
    run.advance(7)
    recipe = run.snapshot(PictureRequest(whole=True), version=0, status=Status.PAUSED).recipe
    assert recipe is not None
    code = code_of(preset, recipe, 7, is_own=True)
    assert (found(code).moment, found(code).tables["data"]["file"]) == (7, str(table))
    table.write_text(TABLE + "40,red,44\n", encoding="utf-8")
    with pytest.raises(PresetError, match="has changed since the share code was made"):
        found(code)
