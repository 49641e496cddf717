"""Splits the bytes from a terminal into text, whole escape sequences (keys and reports), and pastes.

A bad line delivers halves and garbage. Broken parts are dropped, so that their rest is never taken for keys: "q" in a
cut mouse report must not end the program. Imports neither Textual nor a clock: the caller measures silence.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator, Iterator
from typing import Literal, NamedTuple

from tui_trainer.tui.keypad import in_one_spelling, typed_by

ESCAPE_ALONE = 0.1
"""Seconds of silence after which an escape character is the escape key."""

GIVEN_UP = 0.3
"""Seconds of silence after which an unfinished sequence is dropped."""

ABANDONED = 0.5
"""Seconds of silence after which a single key means that the end of a paste was lost. The delayed rest of a paste comes
in one piece, so it is not taken for a key."""

LONGEST_SEQUENCE = 1 << 16
"""Bytes above which an unfinished sequence is dropped."""
LONGEST_PASTE = 1 << 12
"""Bytes that are kept of a paste: enough for a text field."""

PASTE, PASTE_END = b"\x1b[200~", b"\x1b[201~"

PIECE = re.compile(
    rb"""
    (?P<text> [^\x1b]+ )
    | (?P<sequence>
        \x1b \[\[ [A-E]                                # the Linux console's function keys
        | \x1b \[ [0-9]+ \$                            # rxvt's shifted ones, which follow no standard
        | \x1b \[ (?![M\[]) [<-?]? [0-;]* [ -/]* [@-~] # ECMA-48: parameters, intermediates, a final character
        | \x1b O [0-;]* [@-~] )
    | (?P<nothing>
        \x1b \[M [\x20-\xff]{3}                        # a mouse that counts to 223 only: raw bytes, which nobody uses
        | \x1b [P\]X^_] [^\x07\x1b]* (?: \x07 | \x1b\\ ) ) # strings: answers to what another program has asked
    | (?P<escape> \x1b (?= [^\x1b\[OP\]X^_] ) )          # before a key: a slow line joins what was typed one by one
    | (?P<half>
        \x1b (?: \[M [\x20-\xff]* | \[\[ | \[ [<-?]? [0-;]* [ -/]* | O [0-;]* | [P\]X^_] [^\x07\x1b]* (?:\x1b\Z)? )? )
    """,
    re.VERBOSE,
)

Kind = Literal["text", "sequence", "escape", "paste"]


class Piece(NamedTuple):
    """A complete piece of input. `escape` is the escape key; no key with alt is used. The `text` of a paste is the
    pasted text."""

    kind: Kind
    text: str


ESCAPE = Piece("escape", "\x1b")


class KeyStream:
    """Turns bytes as they arrive into pieces."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = b""
        """The possible beginning of a sequence, or of the end of a paste."""
        self._paste: bytes | None = None
        """The bytes pasted so far; None outside of a paste."""

    def take(self, data: bytes, silence: float = 0.0) -> Iterator[Piece]:
        """The pieces that `data` completes, after `silence` seconds without input."""
        if self._paste is not None and silence >= ABANDONED and _is_one_key(data):
            self._paste, self._rest = None, b""
        data, self._rest = self._rest + data, b""
        while data:
            if self._paste is None:
                data = yield from self._keys(data)
            else:
                data = yield from self._pasted(data)

    def give_up(self, silence: float) -> Iterator[Piece]:
        """The pieces of an unfinished sequence after `silence` seconds without input."""
        half = self._rest
        if self._paste is None and half and silence >= (ESCAPE_ALONE if half == b"\x1b" else GIVEN_UP):
            self._rest = b""
            if half == b"\x1b":
                yield ESCAPE

    def _keys(self, data: bytes) -> Generator[Piece, None, bytes]:
        """Yield the pieces up to the start of a paste; return what follows it."""
        for match in PIECE.finditer(data):
            kind, found = match.lastgroup, match[0]
            if found == PASTE:
                self._paste = b""
                return data[match.end() :]
            if kind == "text":
                # Bytes that are not UTF-8 are not keys.
                if text := self._decode(found).replace("\ufffd", ""):
                    yield Piece("text", text)
            elif kind == "sequence":
                sequence = in_one_spelling(found.decode())
                typed = typed_by(sequence)
                if typed == "\x1b":
                    yield ESCAPE
                elif typed != "":
                    yield Piece("sequence", sequence) if typed is None else Piece("text", typed)
            elif kind == "half" and match.end() == len(data):
                self._rest = found if len(found) < LONGEST_SEQUENCE else b""
            elif found == b"\x1b":
                yield ESCAPE
        return b""

    def _pasted(self, data: bytes) -> Generator[Piece, None, bytes]:
        """Collect the paste, and yield it at its end; return what follows."""
        assert self._paste is not None
        content, end, after = data.partition(PASTE_END)
        if not end:
            # The end may be cut anywhere.
            kept = next((n for n in range(len(PASTE_END) - 1, 0, -1) if content.endswith(PASTE_END[:n])), 0)
            content, self._rest = content[: len(content) - kept], content[len(content) - kept :]
        self._paste = (self._paste + content)[:LONGEST_PASTE]
        if end:
            yield Piece("paste", self._paste.decode("utf-8", "replace"))
            self._paste = None
        return after


def _is_one_key(data: bytes) -> bool:
    """Whether `data` is what one key sends, once or held down."""
    found = {(match.lastgroup, match[0]) for match in PIECE.finditer(data)}
    return len(found) == 1 and (data[:1] == b"\x1b" or len(data) == 1)
