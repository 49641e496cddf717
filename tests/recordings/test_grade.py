"""A recording is graded as it was played: the same verdict as on the screen, and only what the lesson allows counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from recorded import record

from tui_trainer.cli import main
from tui_trainer.presets import load
from tui_trainer.telemetry import Command
from tui_trainer.telemetry import commands as do

LESSON = """
title = "graded"
[data]
name = "moons"
samples = 40
validation_samples = 40
[network]
hidden = [6]
[optimizer]
name = "adam"
learning_rate = 0.001
[training]
batch_size = 8
iterations = 200
evaluate_every = 5
[controls]
allow = ["optimizer.learning_rate", "optimizer.name", "network.weights"]
[[steps]]
task = "Below 0.3."
expect = { train_loss_below = 0.3, by_iteration = 150 }
[[steps]]
say = "Now with half of the data."
set = { "data.samples" = 20 }
[[steps]]
task = "To the end, without diverging."
expect = { ends = "target", no_finding = ["diverging"] }
"""
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
        ([*words, "--seed", "1"], "--set and --seed do not go with a recording"),
        ([*words[:3], "--run", "nosuchrun"], 'no recording "nosuchrun"'),
    ]:
        assert main(wrong) == 2
        assert message in capsys.readouterr().err
