"""Names and texts of somebody's file on a real terminal: shown as they are, obeyed by nobody."""

from __future__ import annotations

from pathlib import Path

from real_terminal import running

EVIL = """
title = "[bold]x[/] \\u001b]0;owned\\u0007\\u009b2J\\u202e!"

[data]
name = "moons"

[[arms]]
name = "a\\u001b[2Jb[red]"

[[arms]]
name = "other"
optimizer.learning_rate = 0.5
"""


def test_markup_and_escape_sequences_are_letters(tmp_path: Path) -> None:
    path = tmp_path / "evil.toml"
    path.write_text(EVIL, encoding="utf-8")
    with running(str(path), "--paused", program=("-m", "tui_trainer"), size=(120, 40)) as program:
        program.until(program.shows("[bold]x[/] �]0;owned��2J�!"))
        program.until(program.shows("a�[2Jb[red]"))
        for harmful in ("\x1b]0;", "owned\x07", "\x9b", "\u202e", "\x1b[2Jb"):
            assert harmful not in program.raw
        program.quits()
