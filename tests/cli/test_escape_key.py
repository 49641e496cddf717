"""Escape, while a table is read before there is a screen."""

from __future__ import annotations

import io
import os
import pty
import termios

from tui_trainer.cli.escape_key import EscapeKey


def test_escape_is_told_from_an_arrow_and_the_terminal_is_as_before() -> None:
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    keyboard = os.fdopen(theirs, closefd=False)
    escape = EscapeKey(keyboard)
    escape._in_front = lambda number: True  # type: ignore[method-assign]  # no job control in a test
    with escape:
        assert not escape.pressed
        os.write(ours, b"\x1b[A")
        assert not escape.pressed
        os.write(ours, b"q\x1b")
        assert escape.pressed
        assert not escape.pressed
    assert termios.tcgetattr(theirs) == before
    os.close(ours)
    os.close(theirs)


def test_without_a_terminal_nothing_is_pressed() -> None:
    for keyboard in (None, io.StringIO("\x1b")):
        with EscapeKey(keyboard) as escape:
            assert not escape.pressed
