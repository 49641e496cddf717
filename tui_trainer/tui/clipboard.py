"""Copies text to the clipboard of the machine at which the person sits, also over SSH: OSC 52, which terminals obey."""

from __future__ import annotations

import base64
from collections.abc import Mapping


def copying(text: str, environment: Mapping[str, str]) -> str:
    """The control sequences that copy `text`. tmux and GNU screen pass them on to their own terminal if they are
    wrapped; tmux may also obey the plain ones itself."""
    plain = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
    if environment.get("TMUX"):
        return plain + "\x1bPtmux;" + plain.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environment.get("STY"):
        return f"\x1bP{plain}\x1b\\"
    return plain
