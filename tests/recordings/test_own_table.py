"""A recording of a table of one's own knows which file it was, and as what it was read."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from functools import cache
from pathlib import Path

import pytest
from recorded import record

from tui_trainer.experiment import build
from tui_trainer.recordings.files import RecordingError
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs.restoring import arms_of
from tui_trainer.tables import contents, library
from tui_trainer.telemetry import commands as do


def test_a_table_is_found_from_everywhere_and_only_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("x,y\n" + "".join(f"{n},{n % 2}\n" for n in range(40)))
    digest = hashlib.sha256(table.read_bytes()).hexdigest()
    monkeypatch.chdir(tmp_path)
    change = do.ChangeSetting("optimizer.learning_rate", 0.02)
    experiment = build({"data": {"file": "rows.csv"}})
    path = record(tmp_path / "kept", do.StepIterations(5), change, do.StepIterations(3), arms=experiment)
    recorded = json.loads((path / "recording.json").read_text())["arms"][0]["experiment"]["data"]
    assert (recorded["file"], recorded["sha256"]) == (str(table), digest)

    monkeypatch.chdir("/")
    monkeypatch.setattr(library, "_KNOWN", {})  # as in another program
    (arm,) = arms_of(Recording(path))
    arm.run.advance(4)
    assert arm.run.iteration == 12
    for wrong, words in (("x,y\n1,0\n2,1\n3,0\n", "has changed since then"), (None, "no such file")):
        table.unlink() if wrong is None else table.write_text(wrong)
        library._KNOWN.clear()
        with pytest.raises(RecordingError, match=f"{table}:? {words}$"):
            arms_of(Recording(path))


def test_a_table_from_a_pipe_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def new_program(piped: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped.encode())))
        monkeypatch.setattr(library, "_KNOWN", {})
        monkeypatch.setattr(contents, "_piped", cache(contents._piped.__wrapped__))

    new_program("x,y\n" + "".join(f"{n},{n % 2}\n" for n in range(40)))
    change = do.ChangeSetting("optimizer.learning_rate", 0.02)
    path = record(tmp_path, do.StepIterations(5), change, arms=build({"data": {"file": "-"}}))
    new_program("")
    with pytest.raises(RecordingError, match="its table came through a pipe"):
        arms_of(Recording(path))
