"""What a bad line, a cat on the keyboard or a mouse that lies sends: bytes, drawn at random, that must end nothing."""

from __future__ import annotations

from random import Random

QUITTING = b"q\x03\x1a\x11\x10"
"""q, ctrl+c, ctrl+z, ctrl+q; and ctrl+p, the palette, which has leaving in its list."""

NAMED = [b"\x1b[" + end for end in (b"A", b"B", b"C", b"D", b"H", b"F", b"5~", b"6~", b"Z", b"3~", b"1;5C", b"1;2A")]
KEYS = (
    [bytes([code]) for code in range(128) if code not in QUITTING and code != 0x1B] + 4 * NAMED + 8 * [b"\x1b", b"\r"]
)

HALVES = [
    b"\x1b",
    b"\x1b[",
    b"\x1b[1;",
    b"\x1b[<0;",
    b"\x1b[<35;12",
    b"\x1b[M",
    b"\x1b[M!",
    b"\x1bO",
    b"\x1b]11;rgb:",
    b"\x1bP",
]
HALVES += [b"\x1b[?2026;", b"\xe2\x82", b"\xf0\x9f", b"\xff"]

BROKEN_MICE = [
    b"\x1b[M\xff\xff\xff",
    b"\x1b[M\x20\x7f\xfe",
    b"\x1b[32;5000;1M",
    b"\x1b[35;;M",
    b"\x1b[<;;M",
    b"\x1b[<0;-3;-4M",
]
BROKEN_MICE += [b"\x1b[<0;99999999999;1M\x1b[<0;99999999999;1m", b"\x1b[<999;1;1M", b"\x1b[<0;3;4;qM", b"\x1b[32;5q"]

REPORTS = [
    b"\x1b[9999999999u",
    b"\x1b[:u",
    b"\x1b[48;0;0;0;0t",
    b"\x1b[48;9999;9999;1;1t",
    b"\x1b[?2048;2$y",
    b"\x1b[I\x1b[O",
]
"""Sequences that are whole, and that a terminal has no reason to send."""


def keys(draw: Random, count: int) -> list[bytes]:
    """Keys that do not leave the program."""
    return draw.choices(KEYS, k=count)


def paste(draw: Random) -> bytes:
    """A paste of any bytes: what a key does is in it too, and halves of sequences, but not its own end."""
    inside = b"".join(
        draw.choice([draw.randbytes(9), *HALVES, b"q", b"\x03", b"\x1a"]) for _ in range(draw.randrange(200))
    )
    return b"\x1b[200~" + inside.replace(b"\x1b[201", b"") + b"\x1b[201~"


def mouse(draw: Random, columns: int, rows: int) -> bytes:
    """A report of the mouse, wrong in some way, or right; but no click on the footer, which has leaving in it."""
    if draw.random() < 0.3:
        return draw.choice(BROKEN_MICE)
    button, final = draw.choice((0, 0, 1, 2, 32, 35, 64, 65)), draw.choice("Mm")
    return f"\x1b[<{button};{draw.randrange(1, columns + 1)};{draw.randrange(1, rows - 3)}{final}".encode()


def half(draw: Random) -> bytes:
    """Half a sequence, or half a character."""
    return draw.choice(HALVES)


def anything(draw: Random, count: int) -> bytes:
    """Any bytes but for the keys that leave."""
    return draw.randbytes(count).translate(None, QUITTING)
