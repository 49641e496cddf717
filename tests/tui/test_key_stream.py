"""Whatever a line makes of what a person sends: whole pieces come out, garbage is dropped, the next key is heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from tui_trainer.tui.key_stream import LONGEST_PASTE, PASTE, PASTE_END, KeyStream, Kind, Piece
from tui_trainer.tui.terminal_driver import Meaning

AGES = 60.0
"""Seconds after which nothing is waited for."""

ITEMS = st.sampled_from(
    [
        *(b"q", b"\x03", b"?", b"\xc3\xa9", b"\xe2\x82\xac", b"\xff", b"\xe2\x82", b"\x00"),
        *(b"\x1b[A", b"\x1bOP", b"\x1b[[A", b"\x1b[24$", b"\x1b[1;5C", b"\x1b[200~", b"\x1b[201~", b"\x1bx", b"\x1b"),
        *(b"\x1b[<0;3;4M", b"\x1b[32;5;6M", b"\x1b[M !!", b"\x1b[M\xff\xff\xff", b"\x1b[?2026;2$y"),
        *(
            b"\x1b[<0;",
            b"\x1b[1;",
            b"\x1b[M",
            b"\x1b[",
            b"\x1bO",
            b"\x1b]11;rgb:1/2/3\x1b\\",
            b"\x1bP1$r\x07",
            b"\x1b]1",
        ),
        *(b"\x1b[9999999999u", b"\x1b[:u", b"\x1b[48;0;0;0;0t", b"\x1b[<0;99999999999;1M"),
    ]
)
BYTES = st.one_of(st.lists(ITEMS, max_size=30).map(b"".join), st.binary(max_size=60))


def pieces(*chunks: bytes) -> list[Piece]:
    """What comes of chunks in quick succession and a long silence; runs of text are one."""
    stream = KeyStream()
    found = [piece for chunk in chunks for piece in stream.take(chunk)]
    found += stream.give_up(AGES)
    joined: list[Piece] = []
    for piece in found:
        if joined and piece.kind == "text" == joined[-1].kind:
            piece = Piece("text", joined.pop().text + piece.text)
        joined.append(piece)
    return joined


def keys(*chunks: bytes) -> list[str]:
    """The names of the keys that Textual makes of it."""
    meaning = Meaning()
    meant = [message for piece in pieces(*chunks) for message in meaning.of(piece)]
    return [message.key for message in meant if isinstance(message, events.Key)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"aq", ["a", "q"]),
        (b"\xc3\xa9\xe2\x82\xac", ["é", "euro_sign"]),
        (b"\x1b", ["escape"]),
        (b"\x1b\x1b\x1b", ["escape"] * 3),
        (b"\x1b[A\x1b[1;5C\x1bOP\x1b[[B\x1b[24$", ["up", "ctrl+right", "f1", "f2", "f24"]),
        (b"\x1b\x1b[A", ["escape", "up"]),
        (b"\x1bx\x1b[A", ["escape", "x", "up"]),
        (b"\x1b\x03", ["escape", "ctrl+c"]),
        (b"\x1b2\x1b \x1b\xc3\xa9", ["escape", "2", "escape", "space", "escape", "é"]),
        (b"\x1b[99;5u\x1b[113u\x1b[27u", ["ctrl+c", "q", "escape"]),
    ],
)
def test_keys_are_what_they_were(data: bytes, expected: list[str]) -> None:
    assert keys(data) == expected
    assert keys(*(data[n : n + 1] for n in range(len(data)))) == expected


@pytest.mark.parametrize(
    "garbage",
    [
        *(b"\xff", b"\xe2\x82", b"\xc3(".replace(b"(", b"\x00")),  # no UTF-8
        *(b"\x1b[M\xff\xff\xff", b"\x1b[M !!", b"\x1b[<0;3;4;q", b"\x1b[32;5q", b"\x1b[<q", b"\x1b[<0;-3;4M"),
        *(b"\x1b[1;q", b"\x1b[?1;2q", b"\x1bOq", b"\x1b[" + b"1;" * 40 + b"q"),
        *(b"\x1b]52;c;qqqq\x07", b"\x1b]11;rgb:q/q/q\x1b\\", b"\x1bPqqq\x1b\\", b"\x1b_q\x1b\\"),
    ],
)
def test_garbage_is_no_key(garbage: bytes) -> None:
    assert not {"q", "ctrl+c"} & set(keys(garbage))
    assert keys(garbage + b"k")[-1:] == ["k"]


@pytest.mark.parametrize(
    "half", [b"\x1b[", b"\x1b[1;", b"\x1b[<0;", b"\x1b[M", b"\x1b[M!", b"\x1bO", b"\x1b]11;", b"\x1b[["]
)
def test_half_a_sequence_is_given_up_in_silence(half: bytes) -> None:
    stream = KeyStream()
    assert list(stream.take(half)) == []
    assert list(stream.give_up(0.2)) == []  # the line may only be slow
    assert "q" not in "".join(piece.text for piece in stream.give_up(AGES))
    assert list(stream.take(b"q")) == [Piece("text", "q")]


def test_a_sequence_that_the_line_cuts_is_still_one() -> None:
    assert keys(b"\x1b[<35;1", b"2;20M") == []
    assert keys(b"\x1b[1;", b"5C") == ["ctrl+right"]


@given(BYTES, st.data())
def test_it_does_not_matter_where_the_line_cuts(data: bytes, draw: st.DataObject) -> None:
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(data)), max_size=6)))
    assert pieces(*(data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True))) == pieces(data)


@given(st.lists(BYTES, max_size=4))
def test_what_is_pasted_is_never_a_key(chunks: list[bytes]) -> None:
    chunks = [chunk.replace(b"01~", b"") for chunk in chunks]  # without an end of its own
    found = pieces(PASTE, *chunks, PASTE_END, b"k")
    assert [piece.kind for piece in found] == ["paste", "text"]
    assert found[0].text.encode()[:9] == b"".join(chunks).decode("utf-8", "replace").encode()[:9]
    assert found[1].text == "k"


@given(BYTES)
def test_whatever_came_before_a_key_after_a_silence_is_heard(data: bytes) -> None:
    stream = KeyStream()
    list(stream.take(data))
    list(stream.give_up(AGES))
    assert list(stream.take(b"k", AGES))[-1].text.endswith("k")


@given(BYTES)
def test_what_means_nothing_to_textual_costs_itself_only(data: bytes) -> None:
    for piece in pieces(data):
        meaning = Meaning()
        try:
            meaning.of(piece)
        except (ValueError, ArithmeticError, StopIteration):
            continue
        assert [message.key for message in meaning.of(Piece("text", "k")) if isinstance(message, events.Key)] == ["k"]


def test_a_paste_whose_end_is_lost_is_over_with_a_key_that_comes_by_itself() -> None:
    for key, kind in ((b"q", "text"), (b"\x1b[A", "sequence"), (b"\x1b\x1b\x1b", "escape")):
        stream = KeyStream()
        assert list(stream.take(PASTE + b"some")) == []
        assert list(stream.take(b"thing")) == []
        assert list(stream.take(b"held up, and q", AGES)) == []
        assert list(stream.take(key)) == []  # not by itself
        expected: Kind = kind  # type: ignore[assignment]
        assert {piece.kind for piece in (*stream.take(key, AGES), *stream.give_up(AGES))} == {expected}


def test_a_paste_without_end_takes_no_memory() -> None:
    stream = KeyStream()
    for _ in range(100):
        list(stream.take(PASTE + b"x" * LONGEST_PASTE))
    (piece,) = stream.take(PASTE_END)
    assert len(piece.text) == LONGEST_PASTE
