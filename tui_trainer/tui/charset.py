"""Whether a terminal shows more than ASCII: what the environment says of it. Knows neither the screen nor NumPy."""

from __future__ import annotations

from collections.abc import Mapping

_LOCALE = ("LC_ALL", "LC_CTYPE", "LANG")
"""By POSIX the first of these that is not empty decides."""
_PYTHONS_OWN = ("C.UTF-8", "C.utf8")
"""What Python sets LC_CTYPE to when it starts where LANG is C, or a locale that is not installed (PEP 538)."""
_CONSOLE = "linux"
"""How TERM begins on the console of Linux (linux-16color, linux3.0 …), whose fonts have no braille."""
_TMUX_PATIENCE = 0.5
"""Seconds to wait for tmux to say what its terminal understands."""


def why_ascii(environment: Mapping[str, str], encoding: str | None) -> str:
    """Why nothing but ASCII will do for a picture, as the end of a sentence; "" where Unicode will.

    `encoding`: of the stream that is written to; None for one that takes any character.
    """
    if lacking := lacks_utf8(environment, encoding):
        return lacking
    if (terminal := environment.get("TERM", "")).startswith(_CONSOLE):
        return f"fonts of the Linux console (TERM={terminal}) have no braille"
    if environment.get("TMUX") and not _tmux_has_utf8(environment):
        return "tmux runs without UTF-8 (tmux -u has it)"
    return ""


def lacks_utf8(environment: Mapping[str, str], encoding: str | None) -> str:
    """Why a stream cannot have all signs of words, where single ones matter less than in a picture; "" where it can."""
    name, value = _locale(environment)
    if value and not _is_utf8(value.partition("@")[0].rpartition(".")[2]):
        return f"the locale ({name}={value}) has no UTF-8"
    if encoding is not None and not _is_utf8(encoding):
        return f"what is written is encoded as {encoding}, which lacks most signs"
    return ""


def ascii_notice(reason: str) -> str:
    """`why_ascii` as a sentence that names the way out."""
    return f"drawn in ASCII: {reason}; --no-ascii draws in Unicode all the same"


def _locale(environment: Mapping[str, str]) -> tuple[str, str]:
    """The variable that decides, and its value; ("", "") where nobody has chosen a locale."""
    chosen = {name: environment[name] for name in _LOCALE if environment.get(name)}
    if "LC_ALL" not in chosen and "LANG" in chosen and chosen.get("LC_CTYPE") in _PYTHONS_OWN:
        del chosen["LC_CTYPE"]
    return next(iter(chosen.items()), ("", ""))


def _is_utf8(name: str) -> bool:
    return name.lower().replace("-", "").replace("_", "").endswith("utf8")


def _tmux_has_utf8(environment: Mapping[str, str]) -> bool:
    """What tmux says of the terminal that it draws on; True where it says nothing."""
    import subprocess  # hardly anybody needs it, and it takes a while

    try:
        asked = subprocess.run(
            ["tmux", "display-message", "-p", "#{client_utf8}"],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TMUX_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return True
    return asked.stdout.strip() != b"0"
