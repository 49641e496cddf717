"""Nothing is imported that is not needed: `--help` waits for neither NumPy nor Textual, the first picture for no reader
of tables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tui_trainer

HEAVY = ("numpy", "textual", "rich", "plotext", "msgspec")
ENGINE = ("tui_trainer.experiment", "tui_trainer.training", "tui_trainer.dashboard", "textual")

PROGRAM = f"""
import atexit, runpy, sys
heavy = {HEAVY + ENGINE!r}
atexit.register(lambda: print("imported:", [name for name in heavy if name in sys.modules], file=sys.stderr))
sys.argv = ["tui-trainer", *sys.argv[1:]]
runpy.run_module("tui_trainer", run_name="__main__")
"""


def carried_out(*words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize(("option", "answer"), [("--help", "--seed"), ("--version", tui_trainer.__version__)])
def test_answers_without_heavy_imports(option: str, answer: str) -> None:
    done = carried_out(option)
    assert answer in done.stdout
    assert done.stderr.splitlines()[-1:] == ["imported: []"], done.stderr


def test_the_list_of_recordings_needs_no_engine(tmp_path: Path) -> None:
    done = carried_out("runs", "--record", str(tmp_path))
    assert "there are no recordings" in done.stdout
    (imported,) = done.stderr.splitlines()
    assert not [name for name in ENGINE if name in imported]


UNNEEDED = (
    *("numpy.ma", "json", "threadpoolctl", "tui_trainer.tables.text", "tui_trainer.tables.arrays"),
    *("importlib.resources", "gzip", "csv"),
)
RUN = f"""
import sys
from tui_trainer.blas import limit_from_the_start
limit_from_the_start()
from tui_trainer.cli.opening import found
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import PictureRequest, Status
run = DiagnosedRun(found("lr just right").experiment())
run.snapshot(PictureRequest(map_columns=20, map_rows=10), version=1, status=Status.PAUSED)
print([name for name in {UNNEEDED!r} if name in sys.modules])
"""


def test_the_first_picture_waits_for_no_masked_arrays_and_no_readers_of_tables() -> None:
    done = subprocess.run([sys.executable, "-c", RUN], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"
