"""Keys that are told by number do what the same keys do that are told by their character."""

from __future__ import annotations

from pathlib import Path

import pytest
from real_terminal import Program, running
from textual import events

from tui_trainer.tui.key_stream import KeyStream
from tui_trainer.tui.keypad import typed_by
from tui_trainer.tui.screens.training import name_of
from tui_trainer.tui.terminal_driver import Meaning

LOCKS = ["", ";1", ";65", ";129", ";193"]
"""No modifiers; none, by number; caps lock; num lock; both."""


def names(*sequences: str) -> list[str]:
    """The keys as the dashboard knows them."""
    meaning = Meaning()
    pieces = [piece for sequence in sequences for piece in KeyStream().take(sequence.encode())]
    return [name_of(key) for piece in pieces for key in meaning.of(piece) if isinstance(key, events.Key)]


@pytest.mark.parametrize("locks", [*LOCKS, ";2", ";130", ";129:1", ";129:2"])
def test_the_keypad_types_what_stands_on_it(locks: str) -> None:
    codes = {57399 + n: str(n) for n in range(10)} | {57409: ".", 57410: "/", 57411: "*", 57412: "-", 57413: "+"}
    codes |= {57415: "=", 57416: ","}
    for code, character in codes.items():
        assert names(f"\x1b[{code}{locks}u") == [character]
    assert names(f"\x1b[57414{locks}u") == ["enter"]


@pytest.mark.parametrize("locks", LOCKS)
def test_the_keypad_without_num_lock_moves(locks: str) -> None:
    moving = ["left", "right", "up", "down", "pageup", "pagedown", "home", "end", "insert", "delete"]
    assert [names(f"\x1b[{57417 + n}{locks}u")[0] for n in range(10)] == moving


@pytest.mark.parametrize(
    ("sequence", "key"),
    [
        ("\x1b[46;129u", "."),
        ("\x1b[43;2u", "+"),
        ("\x1b[61:43;2u", "+"),
        ("\x1b[61;2;43u", "+"),
        ("\x1b[97;2u", "A"),
        ("\x1b[97;65u", "A"),
        ("\x1b[97;66u", "a"),
        ("\x1b[108;129u", "l"),
        ("\x1b[32;129u", "space"),
        ("\x1b[32;2u", "space"),
        ("\x1b[13;129u", "enter"),
        ("\x1b[13;2u", "enter"),
        ("\x1b[127;2u", "backspace"),
        ("\x1b[27;129u", "escape"),
        ("\x1b[9;2u", "shift+tab"),
        ("\x1b[99;5u", "ctrl+c"),
        ("\x1b[99;133u", "ctrl+c"),
        ("\x1b[1;129A", "up"),
        ("\x1b[27;5;99~", "ctrl+c"),
        ("\x1b[27;2;43~", "+"),
        ("\x1b[27;2;65~", "A"),
        ("\x1b[27;1;48~", "0"),
        ("\x1b[27;2;13~", "enter"),
        ("\x1b[27;5;122~", "ctrl+z"),
        ("\x1b[57427u", "kp_begin"),
        ("\x1bOE", "kp_begin"),
        ("\x1b[1;1:2A", "up"),
        ("\x1b[3;129:1~", "delete"),
        ("\x1b[99:67;5u", "ctrl+c"),
        ("\x1b[1089;5u", "ctrl+c"),
        ("\x1b[1089::99;133:1u", "ctrl+c"),
        ("\x1b[968;5u", "ctrl+c"),
        ("\x1b[1092u", "ф"),
        ("\x1b[57427;129u", "kp_begin"),
    ],
)
def test_locks_and_shift_take_nothing_away(sequence: str, key: str) -> None:
    assert names(sequence) == [key]


def test_a_key_that_is_let_go_does_nothing() -> None:
    assert names("\x1b[1;1:3A", "\x1b[3;129:3~", "\x1b[97;1:3u") == []


def test_the_keypad_of_xterm_types_with_shift_too() -> None:
    for one in ("", "2", "1;2"):
        sequences = [f"\x1bO{one}{key}" for key in "jklmnopqrstuvwxyXM"]
        assert names(*sequences) == [*"*+,-./0123456789=", "enter"]
    assert typed_by("\x1bO5k") is None  # with control held it is another key


@pytest.mark.parametrize("sequence", ["\x1b[9999999u", "\x1b[57441u", "\x1b[57344u", "\x1b[0u", "\x1b[55296u"])
def test_what_types_nothing_is_left_alone(sequence: str) -> None:
    assert typed_by(sequence) is None


def test_a_key_that_is_let_go_types_nothing() -> None:
    assert names("\x1b[57409;1:3u", "\x1b[108;1:3u") == []


@pytest.fixture
def paused(tmp_path: Path) -> object:
    with running(
        *("overfitting", "--paused"), program=("-m", "tui_trainer"), environment={"XDG_CONFIG_HOME": str(tmp_path)}
    ) as program:
        program.until(program.shows("run/pause"))
        yield program


def test_a_rate_is_typed_and_stepped_on_the_keypad(paused: Program) -> None:
    paused.type("\r")
    paused.until(paused.shows("esc leaves it"))
    paused.type("".join(f"\x1b[{code}u" for code in (57399, 57409, 57399, 57404)))
    paused.until(paused.shows("0.05"))
    paused.type("\x1b[57414u")
    paused.until(paused.shows("0.01 → 0.05"))
    paused.type("\x1b[57413;129u")
    paused.until(paused.shows("0.05 → 0.1"))
    paused.type("\x1b[57412u")
    paused.until(paused.shows("0.1 → 0.05"))
    paused.type("\x1b[57409;129u")
    paused.until(paused.shows("epoch 2 of 1,000"))


def test_a_comma_typed_in_the_field_is_a_decimal_sign_or_refused(paused: Program) -> None:
    paused.type("\r")
    paused.until(paused.shows("esc leaves it"))
    paused.type("1,000\r")
    paused.until(paused.shows("or 1000, not 1,000"))
    paused.type("\x7f" * 5 + "0,001\r")
    paused.until(paused.shows("0.01 → 0.001"))


def test_a_key_without_a_meaning_says_so_and_a_modifier_does_not(paused: Program) -> None:
    paused.type("\x1b[57441u\x1b[106;3uj")
    paused.until(paused.shows("j does nothing here"))
    assert "? lists the keys" in paused.text()
    paused.type("V")
    paused.until(paused.shows("V does nothing here"))
    paused.type("\x1bOE")
    paused.until(paused.shows("the 5 of the keypad moves nothing"))
    paused.type("\x1b[200~0.05\x1b[201~")
    paused.until(paused.shows("no field is open to paste into"))


def test_home_and_end_and_pages_move_in_every_list(paused: Program) -> None:
    paused.type("l")
    paused.until(paused.shows("enter loads"))
    paused.type("\x1b[H")
    paused.until(paused.shows("1 · Guess"))
    paused.type("\x1b[F")
    paused.until(lambda: "1 · Guess" not in paused.text())
    paused.type("\x1b?")
    paused.until(paused.shows("esc closes"))
    paused.type("\x1b[F")
    paused.until(lambda: "Time" not in paused.text())
