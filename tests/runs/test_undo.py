"""What undo and redo say of what they do."""

from __future__ import annotations

from scheduled import RATE, driver, obey

from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import commands as do


def undone(driven: Scheduler, *keys: do.Command) -> list[str]:
    """What is said after each key."""
    said = []
    for key in keys:
        driven.obey(key)
        said.append(driven.control.message.text)
    return said


def test_undo_says_what_it_did_and_where_and_before_whether_it_goes_back() -> None:
    driven = obey(driver(), do.StepIterations(20), do.ChangeSetting(RATE, 0.5), do.StepIterations(10))
    assert driven.snapshot().control.undo_leads_to is None
    back, again = "learning rate back to 0.02 (from now on)", "learning rate 0.5 again (from now on)"
    assert undone(driven, do.Undo(), do.Redo()) == [f"undo: {back}", f"redo: {again}"]
    obey(driven, do.Seek(25))
    assert driven.snapshot().control.undo_leads_to == 30
    assert undone(driven, do.Undo()) == ["undo: learning rate back to 0.02 (from iteration 31 on)"]
    assert driven.control.run.iteration == 30

    obey(driven, do.Seek(12), do.ChangeSetting(RATE, 0.1), do.StepIterations(60))
    assert driven.snapshot().control.undo_leads_to == 12
    assert undone(driven, do.Undo(), do.Redo(), do.Undo(), do.Undo()) == [
        "undo: back to iteration 12, as it was before learning rate 0.02 → 0.1",
        "redo: to iteration 72, as it was after learning rate 0.02 → 0.1",
        "undo: back to iteration 12, as it was before learning rate 0.02 → 0.1",
        "nothing to undo",
    ]


def test_undo_of_a_restart_and_of_a_fork_says_so() -> None:
    driven = obey(driver(), do.StepIterations(20), do.Restart())
    assert driven.snapshot().control.undo_leads_to == 20
    assert undone(driven, do.Undo()) == ["undo: back to iteration 20, as it was before the restart"]
    obey(driven, do.Fork(), do.ChangeSetting(RATE, 0.5), do.StepIterations(10))
    assert undone(driven, do.Undo(), do.Undo(), do.Redo()) == [
        "undo: arm B: learning rate back to 0.02 (from now on)",
        "undo: the fork of arm B is taken back",
        "redo: to iteration 30, as it was after the fork of arm B",
    ]
    obey(driven, do.DropArm(), do.StepIterations(5))
    assert driven.snapshot().control.undo_leads_to == 30
    assert undone(driven, do.Undo()) == ["undo: back to iteration 30, as it was before giving up arm B"]
