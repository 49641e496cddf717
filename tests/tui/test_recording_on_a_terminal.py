"""The real program on a real terminal: killed, resumed, and seen again."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from own_lesson import TO_THE_END, WILL_IT_LEARN, lesson_head
from real_terminal import running

from tui_trainer.recordings.files import entries_of
from tui_trainer.recordings.folder import states_of
from tui_trainer.recordings.listing import kept_in, listed
from tui_trainer.recordings.recording import Recording

PROGRAM = ("-m", "tui_trainer")


def test_a_killed_program_is_resumed_and_seen_again(tmp_path: Path) -> None:
    home, size = {"TUI_TRAINER_STATE": str(tmp_path)}, (120, 40)
    root = tmp_path / "recordings"

    def has_kept_the_change() -> bool:
        journals = [path / "journal.jsonl" for path in kept_in(root)]
        entries = [entry for path in journals if path.exists() for entry in entries_of(path.read_bytes())]
        return any(entry["kind"] == "changes" for entry in entries)

    with running("lr just right", "--pace", "max", program=PROGRAM, environment=home, size=size) as program:
        program.until(program.shows("finished"))
        program.type("+")
        program.until(has_kept_the_change)
        program.signal(signal.SIGKILL)
        program.until(program.ended)
    (path,) = kept_in(root)
    assert listed(path).state == "cut off"
    with running("resume", program=PROGRAM, environment=home, size=size) as program:
        program.until(program.shows("resumed after iteration 1,500", "learning rate", without="(recording)"))
        assert listed(path).state == "running"
        program.type(".")
        program.until(program.shows("1,501 iterations done"))
        program.quits()
        program.read_all()
        assert f'recorded: "tui-trainer resume {path.name}" goes on' in program.raw
    assert listed(path).arms[0].iteration == 1501
    with running("replay", "--paused", program=PROGRAM, environment=home, size=size) as program:
        program.until(program.shows("(recording)"))
        program.until(program.shows("past: 0 of 1,501"))
        program.type("r")
        program.until(program.shows("a recording stays as it was"))
        program.type("\x1b[F")  # end
        program.until(program.shows("the recording ends here"))
        program.quits()
    assert listed(path).arms[0].iteration == 1501


@pytest.mark.parametrize(("number", "status"), [(signal.SIGHUP, 129), (signal.SIGTERM, 143)])
def test_a_run_that_is_cut_off_is_kept_however_short_it_is(number: int, status: int, tmp_path: Path) -> None:
    """Its line drops, or the machine shuts down."""
    home, root = {"TUI_TRAINER_STATE": str(tmp_path)}, tmp_path / "recordings"
    with running("lr just right", "--pace", "20", program=PROGRAM, environment=home, size=(80, 24)) as program:
        program.until(lambda: any(map(states_of, kept_in(root))))
        program.signal(number)
        program.until(program.ended)
        assert program.status == status
    assert len(kept_in(root)) == 1


def test_a_recording_goes_on_from_the_list(tmp_path: Path) -> None:
    home, root = {"TUI_TRAINER_STATE": str(tmp_path)}, tmp_path / "recordings"
    with running("lr just right", "--paused", program=PROGRAM, environment=home, size=(120, 40)) as program:
        program.until(program.shows("paused"))
        program.type("+...")
        program.until(program.shows("3 iterations done"))
        program.quits()
    (path,) = kept_in(root)
    with running("iris", "--paused", program=PROGRAM, environment=home, size=(120, 40)) as program:
        program.until(program.shows("paused"))
        program.type("l")
        program.until(program.shows("enter loads"))
        program.type("your recordings")
        program.until(program.shows("left after iteration 3"))
        program.type("\r")
        program.until(program.shows("resumed after iteration 3"))
        assert listed(path).state == "running"
        program.type(".")
        program.until(program.shows("4 iterations done"))
        program.type("l")
        program.until(program.shows("enter loads"))
        program.type("adam or sgd\r")
        program.until(program.shows("adam"))
        program.quits()
    assert listed(path).arms[0].iteration == 4
    assert listed(path).state == "left"


def test_a_run_of_ones_own_table_is_resumed_and_seen_again(tmp_path: Path) -> None:
    home = {"TUI_TRAINER_STATE": str(tmp_path)}
    table = tmp_path / "rows.csv"
    table.write_text("x,y\n" + "".join(f"{n},{n % 2}\n" for n in range(40)))
    with running("--data", str(table), "--paused", program=PROGRAM, environment=home, size=(120, 40)) as program:
        program.until(program.shows("paused"))
        program.type("+.")
        program.until(program.shows("1 iteration done"))
        program.quits()
    for words, shown in ((["resume"], "resumed after iteration 1"), (["replay", "--paused"], "(recording)")):
        with running(*words, program=PROGRAM, environment=home, size=(120, 40)) as program:
            program.until(program.shows(shown, "own data"))
            program.quits()


STOP = (
    lesson_head("small steps")
    + WILL_IT_LEARN
    + """
[[steps]]
predict = "How many inputs has it?"
answer = { number = 2 }
reveal = "Across and up."
"""
    + TO_THE_END
)


def test_a_lesson_is_recorded_seen_again_and_goes_on(tmp_path: Path) -> None:
    home, size = {"TUI_TRAINER_STATE": str(tmp_path / "state")}, (120, 40)
    root, stop = tmp_path / "state" / "recordings", tmp_path / "stop.toml"
    stop.write_text(STOP, encoding="utf-8")
    with running(str(stop), program=PROGRAM, environment=home, size=size) as program:
        program.until(program.shows("1 yes · 2 no"))
        program.type("2")
        program.until(program.shows("✗ You said: no. Right: yes."))
        program.type("\r")
        program.until(program.shows("How many inputs"))
        program.type("\r")
        program.until(program.shows("your answer"))
        program.type("2\r")
        program.until(program.shows("✓ Right: 2."))
        program.quits()
    (path,) = kept_in(root)
    steps = [(entry.step, entry.stage, entry.answer, entry.right) for entry in Recording(path).lesson]
    assert steps == [
        (1, "choose", None, None),
        (1, "run", "no", None),
        (1, "shown", "no", False),
        (2, "type", None, None),
        (2, "run", 2.0, None),
        (2, "shown", 2.0, True),
    ]
    with running("replay", "--paused", program=PROGRAM, environment=home, size=(80, 24)) as program:
        program.until(program.shows("small steps · step 1 said no"))
        program.type("\x1b[F")  # end
        program.until(program.shows("step 1 ✗ no, right: yes · step 2 ✓ 2"))
        program.quits()
    with running("resume", program=PROGRAM, environment=home, size=size) as program:
        program.until(program.shows("step 2 of 3", "✓ Right: 2."))
        program.type("\r")
        program.until(program.shows("Go on to the end."))
        program.type(" ")
        program.until(program.shows("That was 200 of them."))
        program.quits()
    assert [(entry.step, entry.stage) for entry in Recording(path).lesson[6:]] == [(3, "task"), (3, "solved")]
    assert listed(path).arms[0].iteration == 200
