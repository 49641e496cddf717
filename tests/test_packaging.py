"""The built wheel, installed alone into an empty environment, carries the presets and the data and works the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import tui_trainer

ROOT = Path(__file__).parent.parent
PACKAGE_DATA = {
    path for path in (ROOT / "tui_trainer").rglob("*") if path.is_file() and "__pycache__" not in path.parts
}

Run = Callable[..., str]
"""Runs the installed `tui-trainer` with these words in an unrelated folder and returns its standard output."""


def run(*command: str | Path, cwd: Path) -> str:
    """Carry out `command` without what the tests' own environment would lend it; return its standard output."""
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def pip_of(environment: Path) -> tuple[str | Path, ...]:
    """The pip of whoever runs the tests, at work on that environment."""
    return sys.executable, "-m", "pip", "--python", environment / "bin/python"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty virtual environment; even pip is not in it."""
    path = tmp_path_factory.mktemp("empty") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", path, cwd=path.parent)
    return path


@pytest.fixture(scope="module")
def wheel(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout as `pip install .` does."""
    folder = tmp_path_factory.mktemp("wheel")
    run(*pip_of(environment), "wheel", "-q", "--no-deps", "-w", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def trainer(environment: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The installed program."""
    # What the program does not import need not be compiled.
    run(*pip_of(environment), "install", "-q", "--no-compile", wheel, cwd=wheel.parent)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    return lambda *words: run(environment / "bin/tui-trainer", *words, cwd=elsewhere)


def test_the_wheel_carries_modules_data_presets_and_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    missing = {path for path in PACKAGE_DATA if str(path.relative_to(ROOT)) not in packed}
    assert not missing
    presets = {
        f"tui_trainer/bundled_presets/{path.relative_to(ROOT / 'presets')}": path.read_bytes()
        for path in (ROOT / "presets").rglob("*.toml")
    }
    assert presets
    assert presets.items() <= packed.items()
    information = f"tui_trainer-{tui_trainer.__version__}.dist-info"
    assert f"{information}/licenses/LICENSE" in packed
    assert {name.split("/")[0] for name in packed} == {"tui_trainer", information}, "nothing else gets installed"


def test_it_finds_its_own_presets(trainer: Run, environment: Path) -> None:
    presets = json.loads(trainer("presets", "--json"))
    assert len(presets) == len(list((ROOT / "presets").glob("*.toml")))
    assert all(Path(preset["path"]).is_relative_to(environment) for preset in presets)


@pytest.mark.parametrize("title", ["glasses or rings", "handwritten digits", "iris"])
def test_it_trains_on_its_own_data(trainer: Run, title: str) -> None:
    events = [json.loads(line) for line in trainer("train", title, "--epochs", "3", "--json").splitlines()]
    assert events[0]["event"] == "start"
    assert (events[-1]["event"], events[-1]["reason"], events[-1]["epoch"]) == ("end", "target", 3)
    losses = [event["train_loss"] for event in events if event["event"] == "evaluation"]
    assert losses[-1] < losses[0]


def test_it_tells_its_version(trainer: Run) -> None:
    assert trainer("--version") == f"tui-trainer {tui_trainer.__version__}\n"
