"""Keys that come in one packet, as they do on a slow line, act one after the other: what is typed after the key that
closes a list or a field is for the screen beneath it, and what is corrected is corrected where it stood."""

from __future__ import annotations

import pytest
from real_terminal import Program, running

ESCAPE, ENTER, BACKSPACE, LEFT, PALETTE = "\x1b", "\r", "\x7f", "\x1b[D", "\x10"


@pytest.mark.parametrize("at_once", [True, False], ids=["with the key that opens", "when it is open"])
def test_a_key_behind_an_escape_is_for_the_dashboard(at_once: bool) -> None:
    with running() as program:
        program.until(program.shows("paused"))
        # Help, presets, actions, a value; space runs or pauses, q quits.
        for opened, key, status in ("?", " ", "running"), ("l", " ", "paused"), (PALETTE, " ", "running"):
            open_and_leave(program, opened, key, at_once)
            program.until(program.shows(status))
        open_and_leave(program, ENTER, "q", at_once)
        program.until(program.ended)
        assert program.status == 0


def open_and_leave(program: Program, opened: str, key: str, at_once: bool) -> None:
    """Type `opened`, escape and `key` in one packet, or the last two in one once it is open."""
    if not at_once:
        program.type(opened)
        program.until(lambda: "esc closes" in program.text() or "esc leaves" in program.text())
        opened = ""
    program.type(f"{opened}{ESCAPE}{key}")


@pytest.mark.parametrize("keys", ["?q", "?hq", "??q"])
def test_keys_behind_those_that_close_the_help_are_for_the_dashboard(keys: str) -> None:
    with running() as program:
        program.until(program.shows("paused"))
        program.type(keys)
        if keys == "?q":
            program.type("q")
        program.until(program.ended)
        assert program.status == 0


def test_values_texts_and_presets_are_typed_and_corrected_in_one_packet() -> None:
    with running() as program:
        program.until(program.shows("paused"))
        program.type(f"{ENTER}0.79{BACKSPACE}{LEFT}{BACKSPACE}.0{ENTER} ")
        program.until(program.shows("▶ running"))
        program.until(program.shows("learning rate  0.07"))
        program.type("lab\x1b[200~XY\x1b[201~cd")  # a paste stands where it came between keys
        program.until(program.shows("abXYcd"))
        program.type(f"{ESCAPE}ltoo larx{BACKSPACE}g{ENTER} ")
        program.until(lambda: "lr too large" in program.text() and "paused" in program.text())
        program.type(f"{ENTER}x{ENTER}q")  # a wrong value stays, and keys behind it are typed
        program.until(program.shows("xq"))
        assert not program.ended()


def test_what_is_opened_left_and_opened_again_in_one_packet_hears_the_rest() -> None:
    with running() as program:
        program.until(program.shows("paused"))
        program.type(f"l{ESCAPE}?{ESCAPE}{PALETTE}{ESCAPE}ltoo small{ENTER}??{ENTER}0.07{ENTER} q")
        program.until(program.ended)
        assert program.status == 0
        assert "lr too small" in program.raw


@pytest.mark.parametrize(("opened", "key"), [("", "\x03"), ("", "\x11"), ("?", "\x11"), ("l", "\x03")])
def test_the_ways_out_are_the_same_everywhere(opened: str, key: str) -> None:
    with running() as program:
        program.until(program.shows("paused"))
        program.type(f"{opened}{key}")
        program.until(program.ended)
        assert program.status == 0
