"""The answer to `--help` and `--version` is instant: it waits for no import of NumPy or Textual."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import tui_trainer

HEAVY = ("numpy", "textual", "rich", "plotext", "msgspec")

PROGRAM = f"""
import atexit, runpy, sys
heavy = {HEAVY!r}
atexit.register(lambda: print("imported:", [name for name in heavy if name in sys.modules], file=sys.stderr))
sys.argv = ["tui-trainer", *sys.argv[1:]]
runpy.run_module("tui_trainer", run_name="__main__")
"""


@pytest.mark.parametrize(("option", "answer"), [("--help", "--seed"), ("--version", tui_trainer.__version__)])
def test_answers_without_heavy_imports(option: str, answer: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, option],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert done.returncode == 0, done.stderr
    assert answer in done.stdout
    assert done.stderr.splitlines()[-1:] == ["imported: []"], done.stderr
