"""The real program on a real terminal: killed, resumed, and seen again."""

from __future__ import annotations

import signal
from pathlib import Path

from real_terminal import running

from tui_trainer.recordings.files import entries_of
from tui_trainer.recordings.listing import kept_in, listed

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
        program.until(program.shows("resumed after iteration 1,500"))
        assert "learning rate" in program.text()
        assert "(recording)" not in program.text()
        assert listed(path).state == "running"
        program.type(".")
        program.until(program.shows("1,501 iterations done"))
        program.type("q")
        program.until(program.ended)
        assert (program.status, program.not_handed_back()) == (0, [])
    assert listed(path).arms[0].iteration == 1501
    with running("replay", "--paused", program=PROGRAM, environment=home, size=size) as program:
        program.until(program.shows("(recording)"))
        program.until(program.shows("past: 0 of 1,501"))
        program.type("r")
        program.until(program.shows("this run cannot be started again"))
        program.type("\x1b[F")  # end
        program.until(program.shows("the recording ends here"))
        program.type("q")
        program.until(program.ended)
        assert program.status == 0
    assert listed(path).arms[0].iteration == 1501


def test_a_recording_goes_on_from_the_list(tmp_path: Path) -> None:
    home, root = {"TUI_TRAINER_STATE": str(tmp_path)}, tmp_path / "recordings"
    with running("lr just right", "--paused", program=PROGRAM, environment=home, size=(120, 40)) as program:
        program.until(program.shows("paused"))
        program.type("+...")
        program.until(program.shows("3 iterations done"))
        program.type("q")
        program.until(program.ended)
    (path,) = kept_in(root)
    with running("iris", "--paused", program=PROGRAM, environment=home, size=(120, 40)) as program:
        program.until(program.shows("paused"))
        program.type("l")
        program.until(program.shows("enter loads"))
        program.type("your recordings")
        program.until(program.shows("paused after iteration 3"))
        program.type("\r")
        program.until(program.shows("resumed after iteration 3"))
        assert listed(path).state == "running"
        program.type(".")
        program.until(program.shows("4 iterations done"))
        program.type("l")
        program.until(program.shows("enter loads"))
        program.type("adam or sgd\r")
        program.until(program.shows("adam"))
        program.type("q")
        program.until(program.ended)
        assert (program.status, program.not_handed_back()) == (0, [])
    assert listed(path).arms[0].iteration == 4
    assert listed(path).state == "paused"


def test_a_run_of_ones_own_table_is_resumed_and_seen_again(tmp_path: Path) -> None:
    home = {"TUI_TRAINER_STATE": str(tmp_path)}
    table = tmp_path / "rows.csv"
    table.write_text("x,y\n" + "".join(f"{n},{n % 2}\n" for n in range(40)))
    with running("--data", str(table), "--paused", program=PROGRAM, environment=home, size=(120, 40)) as program:
        program.until(program.shows("paused"))
        program.type("+.")
        program.until(program.shows("1 iteration done"))
        program.type("q")
        program.until(program.ended)
    for words, shown in ((["resume"], "resumed after iteration 1"), (["replay", "--paused"], "(recording)")):
        with running(*words, program=PROGRAM, environment=home, size=(120, 40)) as program:
            program.until(program.shows(shown))
            assert "own data" in program.text()
            program.type("q")
            program.until(program.ended)
            assert program.status == 0
