"""Whether a terminal shows more than ASCII, according to the environment. Imports neither Textual nor NumPy."""

from __future__ import annotations

from collections.abc import Mapping

_LOCALE = ("LC_ALL", "LC_CTYPE", "LANG")
"""The first of these variables that is not empty decides (POSIX)."""
_PYTHONS_OWN = ("C.UTF-8", "C.utf8")
"""Values to which Python sets LC_CTYPE at its start if LANG is C or a locale that is not installed (PEP 538)."""
_CONSOLE = "linux"
"""Beginning of TERM on the Linux console (linux-16color, linux3.0 …), whose fonts have no braille."""
_TMUX_PATIENCE_SECONDS = 0.5
"""Longest wait for the reply of tmux."""


def why_ascii(environment: Mapping[str, str], encoding: str | None) -> str:
    """Why a picture needs ASCII, as the end of a sentence; "" if Unicode is possible.

    `encoding`: the encoding of the output stream; None if it takes any character.
    """
    if lacking := lacks_utf8(environment, encoding):
        return lacking
    if (terminal := environment.get("TERM", "")).startswith(_CONSOLE):
        return f"fonts of the Linux console (TERM={terminal}) have no braille"
    if environment.get("TMUX") and not _tmux_has_utf8(environment):
        return "tmux runs without UTF-8 (tmux -u has it)"
    return ""


def lacks_utf8(environment: Mapping[str, str], encoding: str | None) -> str:
    """Why a stream cannot take all characters of a text; "" if it can."""
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
    """The variable that decides, and its value; ("", "") if no locale is set."""
    chosen = {name: environment[name] for name in _LOCALE if environment.get(name)}
    if "LC_ALL" not in chosen and "LANG" in chosen and chosen.get("LC_CTYPE") in _PYTHONS_OWN:
        del chosen["LC_CTYPE"]
    return next(iter(chosen.items()), ("", ""))


def _is_utf8(name: str) -> bool:
    return name.lower().replace("-", "").replace("_", "").endswith("utf8")


def _tmux_has_utf8(environment: Mapping[str, str]) -> bool:
    """What tmux reports about its terminal; True without a reply."""
    import subprocess  # rarely needed, and slow to import

    try:
        asked = subprocess.run(
            ["tmux", "display-message", "-p", "#{client_utf8}"],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TMUX_PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return True
    return asked.stdout.strip() != b"0"
