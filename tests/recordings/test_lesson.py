"""The steps of a lesson are in the recording of its run: they come back with that, and nobody has to trust them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from msgspec import structs
from patience import PATIENCE
from recorded import ALSO_BY_HAND, BY_HAND, RecordedLive, record

from tui_trainer.cli import main
from tui_trainer.cli.resuming import reopened, resumed
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.whole_screen import draw_dashboard
from tui_trainer.drawing.theme import make_theme
from tui_trainer.recordings.files import RecordingError, entries_of, line_of
from tui_trainer.recordings.listing import kept_in
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs.live import LiveRun
from tui_trainer.runs.recorded import RecordedRun
from tui_trainer.runs.restoring import arms_of
from tui_trainer.telemetry import LessonEntry, Snapshot
from tui_trainer.telemetry import commands as do

BEGUN = LessonEntry(title="telling", opens="telling", step=1, stage="choose")
SAID = structs.replace(BEGUN, stage="run", answer="no")
SHOWN = structs.replace(SAID, stage="shown", right=False, right_answer="yes", shown="By 20.")
NEXT = LessonEntry(title="telling", opens="telling", step=2, stage="task")
STEPS = (
    *(do.NoteLesson(BEGUN), do.NoteLesson(SAID), do.StepIterations(20)),
    *(do.NoteLesson(SHOWN), do.NoteLesson(NEXT), do.StepIterations(5)),
)
PLAYED = [BEGUN, SAID, structs.replace(SHOWN, iteration=20), structs.replace(NEXT, iteration=20)]


def test_the_journal_has_every_step_and_an_answered_question_keeps_a_short_run(tmp_path: Path) -> None:
    path = record(tmp_path, *STEPS)
    assert [*Recording(path).lesson] == PLAYED
    lines = [entry for entry in entries_of((path / "journal.jsonl").read_bytes()) if entry["kind"] == "lesson"]
    assert sum(len(line["steps"]) for line in lines) == 4
    assert record(tmp_path / "read only", BY_HAND, *STEPS[:1]).exists()
    live = RecordedLive(tmp_path / "read")
    live.do(STEPS[0], do.StepIterations(20))
    live.keeper.close(live.control)
    assert not kept_in(tmp_path / "read")


def test_each_run_has_the_steps_that_were_made_on_it(tmp_path: Path) -> None:
    live = RecordedLive(tmp_path)
    live.do(BY_HAND, *STEPS[:4], do.Restart(), ALSO_BY_HAND, *STEPS[4:])
    live.leave()
    assert [[*Recording(path).lesson] for path in kept_in(tmp_path)] == [PLAYED[:3], [NEXT]]


def test_a_fork_and_another_arm_in_focus_keep_the_lesson_of_the_race(tmp_path: Path) -> None:
    path = record(tmp_path, *STEPS[:4], do.Fork(), STEPS[4], do.FocusArm(), do.StepIterations(5))
    assert [*Recording(path).lesson] == PLAYED


def test_a_resumed_run_has_them_and_goes_on_with_them(tmp_path: Path) -> None:
    path = record(tmp_path, *STEPS)
    for number in range(2):
        run = resumed(reopened(path), records=True, paused=True)
        assert [*run.latest().lesson][:4] == PLAYED
        run.send(do.NoteLesson(structs.replace(NEXT, hints=number + 1)))
        after_reply(run)
        run.close()
        assert [entry.hints for entry in Recording(path).lesson[4:]] == [1, 2][: number + 1]


def changed(path: Path, change: Callable[[dict[str, object]], object]) -> Path:
    """Change every line of the journal about a lesson."""
    journal = path / "journal.jsonl"
    entries = [*entries_of(journal.read_bytes())]
    for entry in entries:
        if entry["kind"] == "lesson":
            change(entry)
    journal.write_bytes(b"".join(map(line_of, entries)))
    return path


def in_step(**values: object) -> Callable[[dict[str, object]], object]:
    def change(line: dict[str, object]) -> None:
        assert isinstance(line["steps"], list)
        for step in line["steps"]:
            step.update(values)

    return change


def test_an_older_program_passes_over_them_and_a_newer_one_may_say_more(tmp_path: Path) -> None:
    path = changed(record(tmp_path, *STEPS), lambda line: line.update(kind="a later kind"))
    assert Recording(path).lesson == ()
    assert arms_of(Recording(path))[0].run.iteration == 25
    path = changed(record(tmp_path / "newer", *STEPS), in_step(mood="curious"))
    assert [*Recording(path).lesson] == PLAYED


@pytest.mark.parametrize(
    "change",
    [
        in_step(step="two"),
        in_step(step=-1),
        in_step(step=10**30),
        in_step(iteration=None),
        in_step(title=["a"]),
        in_step(stage="x" * 5_000),
        in_step(answer={"a": 1}),
        in_step(right="yes"),
        lambda line: line.update(steps="all"),
        lambda line: line.update(steps=[7]),
        lambda line: line.update(after=-1),
        lambda line: line.pop("after"),
        lambda line: line.update(steps=[*line["steps"]] * 20_000),
    ],
)
@pytest.mark.parametrize("words", [("replay",), ("resume",)])
def test_a_damaged_lesson_is_one_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[dict[str, object]], object],
    words: tuple[str, ...],
) -> None:
    path = changed(record(tmp_path, *STEPS), change)
    with pytest.raises(RecordingError, match=r"journal\.jsonl is damaged"):
        _ = Recording(path).lesson
    assert main([*words, str(path)]) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert "damaged" in complaint


def after_reply(run: LiveRun) -> Snapshot:
    """The moment after all commands so far."""
    replied = threading.Event()
    run.answer(replied.set)
    assert replied.wait(PATIENCE)
    run.go_on()
    return run.latest()


def shown(path: Path, iteration: int, width: int = 80) -> str:
    """The row of the replay that tells the lesson, as the terminal gets it."""
    recording = Recording(path)
    run = RecordedRun(arms_of(recording), pace=1.0, paused=True, lesson=recording.lesson)
    try:
        run.send(do.Seek(iteration))
        then = after_reply(run)
    finally:
        run.close()
    assert then.iteration == iteration
    cells = draw_dashboard(then, first_view(), width, 24, make_theme(), ()).cells
    return "".join(map(chr, cells.codes[3])).replace("\0", "").strip("─ ")


def test_replay_shows_what_was_done_up_to_the_moment(tmp_path: Path) -> None:
    path = record(tmp_path, *STEPS)
    assert shown(path, 0) == "telling · step 1 said no"
    assert shown(path, 20) == "telling · step 1 ✗ no, right: yes · step 2"
    assert shown(path, 20, width=60) == "telling · step 1 ✗ no, right: yes · step 2"
    assert shown(path, 20, width=40) == "… · step 2"


def test_nothing_of_a_recorded_lesson_acts_on_the_terminal(tmp_path: Path) -> None:
    wild = "\x1b]0;owned\x07\x1b[2J\u202e[bold]"
    path = changed(record(tmp_path, *STEPS), in_step(title=wild, answer=wild, stage=wild, right_answer=wild, step=1))
    row = shown(path, 20, width=200)
    assert row.isprintable()
    assert "owned" in row


def test_more_steps_than_a_person_makes_are_shown_at_once(tmp_path: Path) -> None:
    path = record(tmp_path, *STEPS)
    many = [msgspec.to_builtins(structs.replace(NEXT, step=step + 1)) for step in range(3_000)]
    changed(path, lambda line: line.update(after=0, steps=many))
    assert shown(path, 20).endswith("· step 2,999 · step 3,000".replace(",", ""))
