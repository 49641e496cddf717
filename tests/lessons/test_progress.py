"""Progress in lessons: what is kept, what is set aside, and two processes that write at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import structs

from tui_trainer.cli import main
from tui_trainer.dashboard import lesson_strip
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.drawing.theme import make_theme
from tui_trainer.lessons import progress
from tui_trainer.lessons.beginning import begun
from tui_trainer.lessons.steps import Goal, Predict, Say, Step, Task
from tui_trainer.lessons.walk import Lesson, Stage, Walk
from tui_trainer.presets import course
from tui_trainer.telemetry import commands as do

STEPS = (Say(text="a"), Predict(text="?", answers=("x", "y"), right=1, reveal="!"), Task(text="do", expect=Goal()))
WALK = Walk(lesson=Lesson(title="mine", opens="mine", steps=STEPS))


def test_a_walk_is_remembered(tmp_path: Path) -> None:
    for walk in (
        WALK,
        structs.replace(WALK, index=1, stage=Stage.SHOWN, answer=0, is_right=False),
        structs.replace(WALK, index=2, stage=Stage.SOLVED),
    ):
        assert progress.remember(tmp_path, walk) == ""
    record = progress.FILE.load(tmp_path)[0].of("mine")
    assert (record.step, record.done, record.solved, record.judged, record.right) == (2, False, {3}, 1, 0)
    assert record.predictions["2"] == progress.Prediction(answer="x", right=False)
    progress.remember(tmp_path, structs.replace(WALK, index=3, stage=Stage.DONE))
    progress.remember(tmp_path, WALK)
    record = progress.FILE.load(tmp_path)[0].of("mine")
    assert (record.step, record.done) == (0, True)
    progress.reset(tmp_path, ("mine",))
    assert progress.FILE.load(tmp_path)[0] == progress.CourseProgress()


FRESH = Say(text="{train_loss} now", restart=True)
SOLVED = structs.replace(WALK, index=2, stage=Stage.SOLVED, shown="Well.")
SHOWN = structs.replace(WALK, index=1, stage=Stage.SHOWN, answer=0, is_right=False, right_words="y", shown="!")


@pytest.mark.parametrize(
    ("left", "behind", "stays"),
    [
        (SOLVED, (), True),
        (SOLVED, (Say(text="So."),), True),
        (SOLVED, (FRESH,), True),
        (SOLVED, (Say(text="{train_loss} then"),), False),
        (SHOWN, (FRESH,), True),
        (SHOWN, (), False),  # a task follows, which needs the run that was there
    ],
)
def test_a_step_that_was_finished_before_the_person_left_stays_finished(
    tmp_path: Path, left: Walk, behind: tuple[Step, ...], stays: bool
) -> None:
    steps = (*STEPS[: left.index + 1], *(behind or STEPS[left.index + 1 :]))
    left = structs.replace(left, lesson=Lesson(title="mine", opens="mine", steps=steps))
    progress.remember(tmp_path, left)
    record = progress.FILE.load(tmp_path)[0].of("mine")
    lesson = structs.replace(left.lesson, finished=record.finished, turned_out=record.turned_out)
    back, commands = begun(lesson, record.step)
    assert back.index == left.index
    unfinished = Stage.TASK if left.stage is Stage.SOLVED else Stage.CHOOSE
    expected = (left.stage, left.shown, left.answer) if stays else (unfinished, "", None)
    assert (back.stage, back.shown, back.answer) == expected
    assert back.turned_out == {left.index: left.stage is Stage.SOLVED}
    watched = [each.aim for each in commands if isinstance(each, do.WatchFor)]
    assert (watched[-1] is not None) is (back.stage is Stage.TASK)


def test_the_end_of_a_lesson_sums_up_what_was_done_before_too(tmp_path: Path) -> None:
    for walk in (SHOWN, SOLVED):
        progress.remember(tmp_path, walk)
    record = progress.FILE.load(tmp_path)[0].of("mine")
    lesson = structs.replace(WALK.lesson, turned_out=record.turned_out, number=2, of=3, others_done=1)
    end, _ = begun(lesson, len(STEPS))
    assert end.stage is Stage.DONE
    assert summary(end) == [
        "✓ This stop is done: 0 of 1 prediction right, the task solved.",
        "You have done 2 of 3 stops.",
    ]
    unsolved = structs.replace(end, turned_out={1: True})
    assert summary(unsolved)[0].startswith("The end of this stop: 1 of 1 prediction right, 0 of 1 tasks solved. J ")
    assert summary(unsolved)[1] == "You have done 1 of 3 stops."


def summary(walk: Walk) -> list[str]:
    return [line.text for line in lesson_strip.summary(walk, first_view(), make_theme())]


def test_a_skipped_task_does_not_count_as_done(tmp_path: Path) -> None:
    end = structs.replace(WALK, index=3, stage=Stage.DONE)
    for walk, expected in ((end, (False, True)), (structs.replace(WALK, index=2, stage=Stage.SOLVED), (False, True))):
        progress.remember(tmp_path, walk)
        record = progress.FILE.load(tmp_path)[0].of("mine")
        assert (record.done, record.skipped) == expected
    progress.remember(tmp_path, end)
    record = progress.FILE.load(tmp_path)[0].of("mine")
    assert (record.done, record.skipped) == (True, False)


@pytest.mark.parametrize(("content", "why"), [("{", "damaged"), ('{"schema": 7}', "schema 7"), ("[1]", "damaged")])
def test_a_file_that_cannot_be_used_is_set_aside(tmp_path: Path, content: str, why: str) -> None:
    path = tmp_path / progress.FILE.name
    for number in (1, 2):
        path.write_text(content, encoding="utf-8")
        known, complaint = progress.FILE.load(tmp_path)
        assert known == progress.CourseProgress()
        assert why in complaint
        assert (tmp_path / f"lessons.{number}.aside").read_text(encoding="utf-8") == content
    assert progress.FILE.load(tmp_path) == (progress.CourseProgress(), "")


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
    assert len(progress.FILE.load(tmp_path)[0].lessons) == 80


def test_an_option_that_is_repeated_counts_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_TRAINER_STATE", str(tmp_path))
    first, second, third = (lesson.title for lesson in course()[:3])
    assert main(["lessons", "--skip", first, "--skip", second, third]) == 0
    assert set(progress.FILE.load(tmp_path)[0].lessons) == {first, second, third}
    assert main(["lessons", "--reset", first, "--reset", third]) == 0
    assert set(progress.FILE.load(tmp_path)[0].lessons) == {second}
    assert main(["lessons", "--reset"]) == 0
    assert progress.FILE.load(tmp_path)[0].lessons == {}


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
    assert progress.FILE.load(tmp_path)[0].lessons == {}
    assert main(["lessons", "--json"]) == 0
    assert main(["lessons", "--skip", "no such lesson"]) == 2
    assert main(["lessons", "--set", "training.seed=1"]) == 2
