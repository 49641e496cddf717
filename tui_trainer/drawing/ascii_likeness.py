"""Signs with a likeness in ASCII, one character each. Imports nothing, so that the command line can have it alone."""

from __future__ import annotations

LIKENESS = {
    **dict.fromkeys("│┃┆╎▏·", "|"),
    **dict.fromkeys("─╌╍−–—•", "-"),
    **dict.fromkeys("━╸═", "="),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯", "+"),
    **dict.fromkeys("▌▐▊▎▕", "|"),  # edges of what Textual draws, and what is left of a row of its scroll bars
    **dict.fromkeys("▁▂▃▄▅▆▇▀▔", " "),
    **dict.fromkeys("…", "~"),
    **dict.fromkeys("▸▶→", ">"),
    **dict.fromkeys("◂◀←", "<"),
    **dict.fromkeys("▴↑", "^"),
    **dict.fromkeys("▲", "#"),  # the best: no arrow, and no letter, which would be an arm's name
    **dict.fromkeys("▾▼↓", "v"),
    **dict.fromkeys("×", "x"),
    **dict.fromkeys("✗", "X"),  # what broke: no class, no product
    **dict.fromkeys("●◦○■█", "o"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
    **dict(zip("✓⚠❚↻‖√∂αβδΔεηλσΣ±²₀₁₂₃≤≥≈", "*!|@|VdabdDenlsS~20123<>~", strict=True)),
}
