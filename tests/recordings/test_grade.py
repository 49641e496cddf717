"""A recording is graded as it was played: the same verdict as on the screen, and only what the lesson allows counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from own_lesson import GRADED, lesson_head
from recorded import record

from tui_trainer.cli import main
from tui_trainer.cli.grading import graded_lesson
from tui_trainer.presets import load
from tui_trainer.recordings.listing import kept_in
from tui_trainer.studies.grade import Played, grade_played
from tui_trainer.telemetry import Command, LessonEntry
from tui_trainer.telemetry import commands as do

LESSON = (
    lesson_head("graded", learning_rate=0.001, allow=("optimizer.learning_rate", "optimizer.name", "network.weights"))
    + GRADED
)
FASTER = do.ChangeSetting("optimizer.learning_rate", 0.05)
HALF = do.ChangeSetting("data.samples", 20)
OTHER_WEIGHT_DECAY = do.ChangeSetting("optimizer.weight_decay", 0.1)

Capture = pytest.CaptureFixture[str]


def played(folder: Path, *commands: Command, lesson: str = LESSON) -> list[str]:
    """The words that grade a recording of the lesson with these commands."""
    file = folder / "lesson.toml"
    file.write_text(lesson)
    recorded = record(folder / "kept", *commands, arms=load(file).experiment())
    return ["lessons", "--grade", str(file), "--run", str(recorded)]


def test_a_task_is_met_where_a_run_with_the_same_settings_meets_it(tmp_path: Path, capsys: Capture) -> None:
    words = played(tmp_path, FASTER, do.StepIterations(180))
    assert main(words) == 5
    first, second = capsys.readouterr().out.splitlines()
    assert second == "task 2: not met: not played: data.samples is 40 in the recording"
    main([*words[:3], "--set", "optimizer.learning_rate=0.05"])
    assert first == capsys.readouterr().out.splitlines()[0]
    assert first.startswith("task 1: met at iteration ")


def test_what_a_step_of_the_lesson_changes_is_not_the_persons(tmp_path: Path, capsys: Capture) -> None:
    words = played(tmp_path, HALF, FASTER, do.StepIterations(200))
    assert main(words) == 5
    first, second = capsys.readouterr().out.splitlines()
    assert first == "task 1: not met: not played: data.samples is 20 in the recording"
    assert second == "task 2: met at iteration 200"


def test_a_change_that_is_not_allowed_ends_what_counts(tmp_path: Path, capsys: Capture) -> None:
    words = played(tmp_path, do.StepIterations(10), OTHER_WEIGHT_DECAY, FASTER, do.StepIterations(180))
    assert main(words) == 5
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("task 1: not met: train_loss below 0.3: it is 0.")
    assert first.endswith("; optimizer.weight_decay was changed to 0.1, which this lesson does not allow")
    late = played(tmp_path, FASTER, do.StepIterations(180), OTHER_WEIGHT_DECAY, do.StepIterations(5))
    main(late)
    assert capsys.readouterr().out.startswith("task 1: met at iteration ")


def test_another_optimizer_may_bring_its_own_settings(tmp_path: Path, capsys: Capture) -> None:
    sgd = do.ChangeSetting("optimizer.name", "sgd")
    main(played(tmp_path, sgd, FASTER, do.StepIterations(200)))
    assert "task 1: not met: train_loss below 0.3: it is 0." in capsys.readouterr().out


def test_a_weight_changed_by_hand_is_judged_at_once(tmp_path: Path, capsys: Capture) -> None:
    lesson = (
        LESSON.partition("[[steps]]")[0]
        + """
[[steps]]
task = "Spoil it."
expect = { train_loss_above = 5.0 }
"""
    )
    spoil = do.ChangeWeight(1, 0, 0, 400.0)
    assert main(played(tmp_path, do.StepIterations(12), spoil, do.StepIterations(1), lesson=lesson)) == 0
    assert capsys.readouterr().out == "task 1: met at iteration 12\n"


def test_what_only_a_person_sets_is_met_when_it_is_set(tmp_path: Path, capsys: Capture) -> None:
    lesson = (
        LESSON.partition("[[steps]]")[0]
        + """
[[steps]]
task = "Try another rate."
expect = { settings = { "optimizer.learning_rate" = 0.05 } }
"""
    )
    assert main(played(tmp_path, do.StepIterations(12), FASTER, do.StepIterations(5), lesson=lesson)) == 0
    assert capsys.readouterr().out == "task 1: met at iteration 12\n"


def test_mistakes(tmp_path: Path, capsys: Capture) -> None:
    words = played(tmp_path, FASTER, do.StepIterations(5))
    other = record(tmp_path / "other", FASTER, do.StepIterations(5))
    assert main([*words[:3], "--run", str(other)]) == 5
    assert 'not played: the task is on "graded", the recording on "driven"' in capsys.readouterr().out
    for wrong, message in [
        ([*words, "--seed", "1"], "--set and --seed do not go with a recording or an exported run"),
        ([*words[:3], "--run", "nosuchrun"], 'no recording "nosuchrun"'),
    ]:
        assert main(wrong) == 2
        assert message in capsys.readouterr().err


def noted(step: int, stage: str, title: str = "graded") -> do.NoteLesson:
    return do.NoteLesson(LessonEntry(title=title, opens=title, step=step, stage=stage))


def test_a_task_counts_from_where_it_began_if_that_is_recorded(tmp_path: Path, capsys: Capture) -> None:
    lesson = LESSON.partition("[[steps]]")[0] + (
        '[[steps]]\nsay = "Let it run."\n[[steps]]\ntask = "Above 0.3."\nexpect = { train_loss_above = 0.3 }\n'
    )
    for late, words in (
        ((noted(1, "read"), noted(2, "task")), "task 1: met at iteration 0\n"),
        ((noted(1, "read"),), "task 1: not met: not played: the recording has no step 2 of the lesson\n"),
        ((noted(1, "read", "another"),), "task 1: met at iteration 0\n"),
    ):
        main(played(tmp_path, FASTER, *late, do.StepIterations(180), lesson=lesson))
        assert capsys.readouterr().out == words
    for iterations in (180, 183):
        steps = FASTER, noted(1, "read"), do.StepIterations(iterations), noted(2, "task"), do.StepIterations(17)
        main(played(tmp_path, *steps, lesson=lesson))
        assert capsys.readouterr().out.startswith("task 1: not met: train_loss above 0.3: it is 0.")


def test_a_task_that_began_later_than_the_run_has_come_is_not_played_on_beyond_it(tmp_path: Path) -> None:
    path = tmp_path / "lesson.toml"
    path.write_text(LESSON)
    lesson = load(path)
    entry = LessonEntry(title="graded", opens="graded", step=1, stage="task", iteration=180)
    run = Played(experiment=lesson.experiment(), journal=(), iterations=10, lesson=[entry])
    first, _ = grade_played(graded_lesson(lesson), run)
    assert (first.met_at, first.played) == (None, False)


def test_what_only_the_screen_judges_is_as_it_was_there(tmp_path: Path, capsys: Capture) -> None:
    lesson = LESSON.partition("[[steps]]")[0] + (
        '[[steps]]\ntask = "Choose it."\nexpect = { selected = "largest_gradient" }\n'
    )
    for solved, words in (
        ((), "task 1: not met: the weight that was chosen\n"),
        ((noted(1, "solved"),), "task 1: met at iteration 12\n"),
    ):
        main(played(tmp_path, FASTER, noted(1, "task"), do.StepIterations(12), *solved, lesson=lesson))
        assert capsys.readouterr().out == words
    words = "task 1: not met: the weight that was chosen: only a recording of the lesson tells that\n"
    for by in (
        played(tmp_path, FASTER, do.StepIterations(12), lesson=lesson)[3:],
        ["--set", "optimizer.learning_rate=0.05"],
    ):
        assert main(["lessons", "--grade", str(tmp_path / "lesson.toml"), *by]) == 5
        assert capsys.readouterr().out == words


def test_all_recordings_of_a_lesson_are_judged_each_for_the_tasks_that_were_come_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """A step that begins the run anew makes another recording; what a lesson has set in one solves no task."""
    monkeypatch.setenv("TUI_TRAINER_STATE", str(tmp_path))
    root, to_the_end = tmp_path / "recordings", do.StepIterations(200)
    words = played(tmp_path, FASTER, to_the_end)[:3]  # recorded elsewhere
    experiment = load(Path(words[2])).experiment()
    record(root, FASTER, to_the_end, arms=experiment)  # without the lesson
    assert main([*words, "--run"]) == 5
    assert "task 1: not met: not played: no recording in" in capsys.readouterr().out
    record(root, HALF, noted(3, "task"), to_the_end, arms=experiment)
    assert main([*words, "--run"]) == 5
    assert capsys.readouterr().out.splitlines() == [
        "task 1: not met: not played: the recording has no step 1 of the lesson",
        "task 2: met at iteration 200",
    ]
    record(root, noted(1, "task"), FASTER, to_the_end, arms=experiment)
    record(root, noted(1, "task"), OTHER_WEIGHT_DECAY, to_the_end, arms=experiment)  # later, and worse
    assert main([*words, "--run"]) == 0
    assert len(kept_in(root)) == 4


def test_several_files_may_meet_a_task_each(tmp_path: Path, capsys: Capture) -> None:
    *words, recorded = played(tmp_path, FASTER, do.StepIterations(180))
    file = tmp_path / "second.toml"
    file.write_text("[optimizer]\nlearning_rate = 0.0\n")
    assert main([*words, str(file)]) == 5
    capsys.readouterr()
    assert main([*words, str(file), recorded]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "task 2: met at iteration 200"
