"""Progress in lessons: what is kept, what is set aside, and two processes that write at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import structs

from tui_trainer.cli import main
from tui_trainer.lessons import progress
from tui_trainer.lessons.steps import Goal, Predict, Say, Task
from tui_trainer.lessons.walk import Lesson, Stage, Walk
from tui_trainer.presets import course

STEPS = (Say(text="a"), Predict(text="?", answers=("x", "y"), right=1, reveal="!"), Task(text="do", expect=Goal()))
WALK = Walk(lesson=Lesson(title="mine", opens="mine", steps=STEPS))


def test_a_walk_is_remembered(tmp_path: Path) -> None:
    for walk in (
        WALK,
        structs.replace(WALK, index=1, stage=Stage.SHOWN, answer=0, is_right=False),
        structs.replace(WALK, index=2, stage=Stage.SOLVED),
    ):
        assert progress.remember(tmp_path, walk) == ""
    record = progress.load(tmp_path)[0].of("mine")
    assert (record.step, record.done, record.solved, record.judged, record.right) == (2, False, {3}, 1, 0)
    assert record.predictions["2"] == progress.Prediction(answer="x", right=False)
    progress.remember(tmp_path, structs.replace(WALK, index=3, stage=Stage.DONE))
    progress.remember(tmp_path, WALK)
    record = progress.load(tmp_path)[0].of("mine")
    assert (record.step, record.done) == (0, True)
    progress.reset(tmp_path, ("mine",))
    assert progress.load(tmp_path)[0] == progress.Progress()


def test_a_skipped_task_does_not_count_as_done(tmp_path: Path) -> None:
    end = structs.replace(WALK, index=3, stage=Stage.DONE)
    for walk, expected in ((end, (False, True)), (structs.replace(WALK, index=2, stage=Stage.SOLVED), (False, True))):
        progress.remember(tmp_path, walk)
        record = progress.load(tmp_path)[0].of("mine")
        assert (record.done, record.skipped) == expected
    progress.remember(tmp_path, end)
    record = progress.load(tmp_path)[0].of("mine")
    assert (record.done, record.skipped) == (True, False)


@pytest.mark.parametrize(("content", "why"), [("{", "damaged"), ('{"schema": 7}', "schema 7"), ("[1]", "damaged")])
def test_a_file_that_cannot_be_used_is_set_aside(tmp_path: Path, content: str, why: str) -> None:
    path = tmp_path / progress.FILE
    for number in (1, 2):
        path.write_text(content, encoding="utf-8")
        known, complaint = progress.load(tmp_path)
        assert known == progress.Progress()
        assert why in complaint
        assert (tmp_path / f"lessons.{number}.aside").read_text(encoding="utf-8") == content
    assert progress.load(tmp_path) == (progress.Progress(), "")


def test_where_nothing_can_be_kept_it_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert "not kept" in progress.remember(blocked, WALK)
    assert "no home folder" in progress.remember(None, WALK)


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tui_trainer.lessons import progress\n"
        "for n in range(40): progress.skip(Path(sys.argv[1]), f'{sys.argv[2]} {n}')"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "ab"]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(progress.load(tmp_path)[0].lessons) == 80


def test_the_list_of_lessons(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_TRAINER_STATE", str(tmp_path))
    first, second = course()[:2]
    assert main(["lessons"]) == 0
    out = capsys.readouterr().out
    assert f"0 of {len(course())} stops done" in out
    assert f'tui-trainer "{first.title}"' in out
    assert main(["lessons", "--skip", first.title]) == 0
    lesson = Lesson(title=second.title, opens="", steps=second.steps)
    progress.remember(tmp_path, Walk(lesson=lesson, index=1))
    capsys.readouterr()
    assert main(["lessons"]) == 0
    out = capsys.readouterr().out
    assert f"0 of {len(course())} stops done, 1 skipped" in out
    assert f"at step 2 of {len(second.steps)}" in out
    assert f'tui-trainer "{second.title}"' in out
    assert main(["lessons", "--reset"]) == 0
    assert progress.load(tmp_path)[0].lessons == {}
    assert main(["lessons", "--json"]) == 0
    assert main(["lessons", "--skip", "no such lesson"]) == 2
    assert main(["lessons", "--set", "training.seed=1"]) == 2
