"""A picture of the screen as plain text: its characters, with signs in place of colours."""

from __future__ import annotations

from tui_trainer.exports.format import Format, Source


def _write(source: Source) -> bytes:
    lines = [line.rstrip() for line in source.draw(False).cells.lines()]
    return ("\n".join(lines) + "\n").encode()


TEXT = Format(title="picture as text", write=_write)
