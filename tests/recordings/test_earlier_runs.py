"""The runs that later sessions are compared with: bounded, set aside if damaged, not lost to another process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tui_trainer.cli.screen import catalogue
from tui_trainer.recordings import earlier_runs
from tui_trainer.telemetry.earlier_run import MOST_RUNS, EarlierRun


def run(number: int, lowest: float, **settings: object) -> EarlierRun:
    return EarlierRun(
        id=f"run {number}",
        iteration=np.arange(3),
        loss=np.array([1.0, 2 / 3, lowest]),
        of="validation",
        lowest=lowest,
        settings=settings,
        was_changed=False,
    )


def runs_of(folder: Path, title: str) -> tuple[EarlierRun, ...]:
    return earlier_runs.FILE.load(folder)[0].runs[title]


def test_the_best_and_the_last_are_kept(tmp_path: Path) -> None:
    for number in range(12):
        lowest = 0.1 if number == 3 else 0.5 + number / 100
        assert earlier_runs.keep(tmp_path, "mine", run(number, lowest, a=(1, 2), b="x" * 1000)) == ""
    kept = runs_of(tmp_path, "mine")
    assert [each.id for each in kept] == ["run 3", *(f"run {n}" for n in range(12 - MOST_RUNS + 1, 12))]
    assert kept[0].lowest == 0.1
    assert kept[0].loss.tolist() == [1.0, 0.666667, 0.1]
    assert kept[0].iteration.dtype == np.int64
    assert kept[0].settings == {"a": [1, 2]}  # no long texts
    earlier_runs.keep(tmp_path, "mine", run(99, 0.1))  # the best once more
    assert [each.id for each in runs_of(tmp_path, "mine")][-1] == "run 3"


def test_only_the_presets_run_last_are_kept(tmp_path: Path) -> None:
    titles = [f"preset {number}" for number in range(earlier_runs.MOST_PRESETS + 2)]
    for number, title in enumerate([*titles[:-1], titles[0], titles[-1]]):
        earlier_runs.keep(tmp_path, title, run(number, 0.5))
    assert list(earlier_runs.FILE.load(tmp_path)[0].runs) == [*titles[3:-1], titles[0], titles[-1]]


DAMAGED = {
    "{": "damaged",
    '{"schema": 9}': "schema 9",
    '{"runs": {"a": [{"id": 1}]}}': "damaged",
    json.dumps(
        {
            "runs": {
                "a": [
                    {
                        "id": "x",
                        "iteration": [0],
                        "loss": ["no"],
                        "of": "validation",
                        "lowest": 1,
                        "settings": {},
                        "was_changed": False,
                    }
                ]
            }
        }
    ): "damaged",
}


@pytest.mark.parametrize("content", DAMAGED)
def test_a_file_that_cannot_be_used_is_set_aside(tmp_path: Path, content: str) -> None:
    path = tmp_path / earlier_runs.FILE.name
    path.write_text(content, encoding="utf-8")
    complaint = earlier_runs.keep(tmp_path, "mine", run(1, 0.5))
    assert DAMAGED[content] in complaint
    assert "memory of earlier runs begins anew" in complaint
    assert (tmp_path / "earlier-runs.1.aside").read_text(encoding="utf-8") == content
    assert len(runs_of(tmp_path, "mine")) == 1


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[3])\n"
        "from test_earlier_runs import earlier_runs, run\n"
        "for n in range(15): earlier_runs.keep(Path(sys.argv[1]), f'{sys.argv[2]} {n}', run(n, 0.5))"
    )
    words = [sys.executable, "-c", code, str(tmp_path)]
    both = [subprocess.Popen([*words, name, str(Path(__file__).parent)]) for name in "ab"]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(earlier_runs.FILE.load(tmp_path)[0].runs) == 30


def test_a_session_that_records_nothing_keeps_no_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_TRAINER_STATE", str(tmp_path))
    assert catalogue("").keep_run("mine", run(1, 0.5)) == ""
    assert not earlier_runs.FILE.load(tmp_path)[0].runs
    assert catalogue("", root=tmp_path / "runs").keep_run("mine", run(2, 0.4)) == ""
    assert [each.id for each in runs_of(tmp_path, "mine")] == ["run 2"]
