"""The terminal is given back after every kind of end, and refused before any harm where it cannot serve."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from real_terminal import PROGRAM, ROOT, Program, running

from tui_trainer.tui import terminal


class NoTerminal:
    def isatty(self) -> bool:
        return False


class ATerminal:
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("name", ["input", "output", "error"])
def test_each_stream_has_to_be_a_terminal(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, stream, ATerminal())
    assert terminal.refusal({"TERM": "xterm"}) is None
    monkeypatch.setattr(sys, f"std{name.removesuffix('put').removesuffix('or')}", NoTerminal())
    reason = terminal.refusal({"TERM": "xterm"})
    assert reason is not None
    assert f"standard {name} is not one" in reason
    assert "tui-trainer train" in reason


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_place_text_is_refused(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, stream, ATerminal())
    reason = terminal.refusal({"TERM": term})
    assert reason is not None
    assert repr(term) in reason
    assert "tui-trainer train" in reason


def test_without_a_terminal_the_program_says_so_in_one_line() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    done = subprocess.run(
        [sys.executable, PROGRAM], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1


WAYS_OUT: dict[str, tuple[Callable[[Program], None], int]] = {
    "q": (lambda program: program.type("q"), 0),
    "ctrl+c": (lambda program: program.type("\x03"), 0),
    "ctrl+c in a text field": (lambda program: program.type("\r\x03"), 0),
    "SIGTERM": (lambda program: program.signal(signal.SIGTERM), 128 + signal.SIGTERM),
    "SIGHUP": (lambda program: program.signal(signal.SIGHUP), 128 + signal.SIGHUP),
    "SIGINT": (lambda program: program.signal(signal.SIGINT), 128 + signal.SIGINT),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_the_terminal_is_handed_back(way: str) -> None:
    leave, status = WAYS_OUT[way]
    with running("speed=50") as program:
        program.until(program.shows("lr just right"))
        taken = set(program.not_handed_back())
        assert {"settings", "alternate screen", "mouse 1003", "pasting", "cursor", "keyboard protocol"} <= taken
        leave(program)
        program.until(program.ended)
        assert program.status == status
        assert program.not_handed_back() == []


def test_a_long_teardown_does_not_end_in_an_alarm() -> None:
    """After a long session with many forks Python takes its time to give the memory back."""
    with running("teardown=0.7") as program:
        program.until(program.shows("lr just right"))
        program.quits()


def test_keys_reach_the_run_and_the_screen() -> None:
    with running() as program:
        program.until(program.shows("lr just right"))
        program.type("?")
        program.until(program.shows("Let the training run"))
        program.type("q")
        program.until(program.shows("lr just right"))
        program.type("llarge\r")
        program.until(program.shows("lr too large"))


def leave_again_and_again(program: Program) -> None:
    """A signal every tenth of a second, as an impatient supervisor sends them, until one has done it."""
    while not program.ended():
        program.signal(signal.SIGTERM)
        time.sleep(0.1)
        program.reap()


STALLED_WAYS = WAYS_OUT | {"SIGTERM again and again": (leave_again_and_again, 128 + signal.SIGTERM)}
del STALLED_WAYS["ctrl+c in a text field"]

blocked = pytest.mark.skipif(
    not Path("/proc/self/wchan").exists(), reason="asks Linux whether a thread is caught in a write"
)
both = pytest.mark.parametrize("painter", ["cells", "textual"])


@contextmanager
def stalled(painter: str) -> Iterator[Program]:
    """The program at full speed, nobody reading what it writes, until a thread of it is caught in a write."""
    with running("speed=5000", f"painter={painter}") as program:
        program.until(program.shows("lr just right"))
        for _ in range(60):
            program.type("t")
        program.until(lambda: program_is_blocked(program), reading=False)
        yield program


@blocked
@both
@pytest.mark.parametrize("way", STALLED_WAYS)
def test_a_stalled_reader_cannot_hold_the_program(way: str, painter: str) -> None:
    leave, status = STALLED_WAYS[way]
    with stalled(painter) as program:
        leave(program)
        program.until(program.ended, reading=False)
        assert program.status == status
        program.read_all()
        assert program.not_handed_back() == []
        assert "Traceback" not in program.raw


@blocked
@both
def test_a_reader_that_returns_while_the_program_leaves_gets_everything(painter: str) -> None:
    with stalled(painter) as program:
        program.signal(signal.SIGTERM)
        program.until(program.ended)
        program.read_all()
        assert program.status == 128 + signal.SIGTERM
        assert program.not_handed_back() == []


def program_is_blocked(program: Program) -> bool:
    """Whether a thread of the program waits in the kernel to write to the terminal."""
    for task in os.listdir(f"/proc/{program.pid}/task"):
        if Path(f"/proc/{program.pid}/task/{task}/wchan").read_text() in ("n_tty_write", "wait_woken"):
            return True
    return False


@both
def test_a_closed_terminal_ends_the_program(painter: str) -> None:
    with running("speed=5000", f"painter={painter}") as program:
        program.until(program.shows("lr just right"))
        program.close()
        program.until(program.ended, reading=False)
        assert program.status == 128 + signal.SIGHUP


@blocked
@both
def test_a_terminal_that_is_closed_while_nobody_reads_it_ends_the_program(painter: str) -> None:
    with stalled(painter) as program:
        program.close()
        program.until(program.ended, reading=False)
        assert program.status == 128 + signal.SIGHUP


def test_suspended_the_shell_has_its_terminal_and_fg_paints_everything_again() -> None:
    with running() as program:
        program.until(program.shows("lr just right"))
        program.type("\x1a")
        program.until(lambda: program.stopped)
        program.read(0.2)
        assert program.not_handed_back() == []
        program.screen.reset()
        program.signal(signal.SIGCONT)
        program.until(program.shows("lr just right"))
        program.quits()


def test_a_signal_of_the_same_size_paints_everything_again() -> None:
    """As dtach sends it when someone attaches, whose terminal is empty."""
    with running() as program:
        program.until(program.shows("lr just right"))
        settle(program)  # the program starts with a size of its own, and nobody attaches to it in its first tenth
        program.screen.reset()
        program.signal(signal.SIGWINCH)
        program.until(program.shows("lr just right"))
        program.quits()


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_a_shell_gets_its_terminal_and_fg_brings_everything_back() -> None:
    shell = "import os; os.environ['PS1'] = 'ready> '; os.execvp('bash', ['bash', '--norc', '--noprofile', '-i'])"
    with running(program=("-c", shell), size=(100, 30)) as program:
        program.until(program.shows("ready>"))
        program.until(lambda: termios.tcgetattr(program.descriptor) != program.settings)  # readline has its own
        of_the_shell = termios.tcgetattr(program.descriptor)
        program.type(f"{sys.executable} {PROGRAM} speed=5000\n")
        program.until(program.shows("running"))
        for _ in range(2):
            program.type("\x1a")
            program.until(program.shows("Stopped"))
            program.until(lambda: termios.tcgetattr(program.descriptor) == of_the_shell)
            assert set(program.not_handed_back()) <= {"settings", "pasting"}  # readline has its own
            program.screen.reset()
            program.type("fg\n")
            for words in ("Loss", "Settings", "running", "quit"):
                program.until(program.shows(words))
            program.type("?")
            program.until(program.shows("Let the training run"))
            program.type("\x1b")
            program.until(lambda: "Let the training run" not in program.text())
        program.type("q")
        # The emulator has no other screen to leave: the prompt stands where the cursor was, perhaps over two lines.
        program.until(lambda: "ready>" in program.text().replace("\n", ""))
        program.type("echo status $?\n")
        program.until(lambda: "status 0" in program.text().replace("\n", ""))


SPOILT = "\x1bc"
"""As `reset` does it: everything that the program had asked of the terminal is gone, and all that it had painted."""


def spoil(program: Program) -> str:
    """Let another program write over everything and reset the terminal; returns what the screen had shown."""
    before = program.text()
    program.read_all()
    program.screen.reset()
    program.raw = "\x1b[?1049l\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1004l\x1b[?25h\x1b[?7h"
    return before


def is_whole(program: Program, before: str) -> bool:
    """Whether the screen shows all of it again, and the terminal does what the program needs."""
    modes = (1049, 1000, 1003, 1006, 2004, 1004)
    asked = all(program._is_on(mode) for mode in modes) and program._is_off(25) and program._is_off(7)
    return asked and program.text() == before and "\x1b[=25;1u" in program.raw


def test_stopped_from_outside_and_continued_or_by_a_key_everything_is_painted_again() -> None:
    """On the dashboard, over a list, over the help, and while a value is typed, where the key is one of the field."""
    with running() as program:
        program.until(program.shows("lr just right"))
        for opened in ("", "l", "?", "\r"):
            program.type(opened)
            settle(program)
            program.signal(signal.SIGSTOP)
            program.until(lambda: program.stopped)
            before = spoil(program)
            threads = len(os.listdir(f"/proc/{program.pid}/task")) if os.path.isdir("/proc") else 0
            program.signal(signal.SIGCONT)
            program.until(partial(is_whole, program, before))
            if threads:
                assert len(os.listdir(f"/proc/{program.pid}/task")) == threads
            if opened != "\r":
                before = spoil(program)
                program.type("\x0c")
                program.until(partial(is_whole, program, before))
            if opened:
                program.type("\x1b")
        program.type("\x03")
        program.until(program.ended)
        assert program.not_handed_back() == []


def settle(program: Program) -> None:
    """Until nothing has been written for a while."""
    known = -1
    while len(program.raw) > known:
        known = len(program.raw)
        program.read(0.4)


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_stopped_by_another_a_shell_keeps_its_terminal_until_fg() -> None:
    shell = "import os; os.environ['PS1'] = 'ready> '; os.execvp('bash', ['bash', '--norc', '--noprofile', '-i'])"
    with running(program=("-c", shell), size=(100, 30)) as program:
        program.until(program.shows("ready>"))
        program.type(f"{sys.executable} {PROGRAM} & echo number=$!.\n")
        program.until(lambda: re.search(r"number=(\d+)\.", program.text()))
        found = re.search(r"number=(\d+)\.", program.text())
        assert found
        program.type("fg\n")
        program.until(program.shows("quit"))
        os.kill(int(found[1]), signal.SIGSTOP)
        program.until(program.shows("Stopped"))
        program.screen.reset()
        os.kill(int(found[1]), signal.SIGCONT)
        program.type("echo mine\n")
        program.until(program.shows("mine"))
        settle(program)
        assert "Loss" not in program.text()
        program.type("fg\n")
        for words in ("Loss", "Settings", "quit"):
            program.until(program.shows(words))
        program.type("q")
        program.until(lambda: "ready>" in program.text().replace("\n", ""))


def test_a_list_in_a_narrow_pane_costs_nothing() -> None:
    with running("speed=50", size=(11, 24)) as program:
        program.until(program.shows("Please"))
        for columns, rows in ((11, 24), (4, 24), (10, 3), (1, 1), (80, 24)):
            program.resize(columns, rows)
            program.type("l")
            program.read(0.1)
            program.resize(4, 24)
            program.read(0.1)
            program.type("\x1b")
            program.read(0.1)
        program.resize(80, 24)
        program.until(program.shows("lr just right"))
        program.quits()
