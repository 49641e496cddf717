"""The box of a proposal: what would help, what copies of the run have shown, and what was tried in vain."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tui_trainer.dashboard.layout import Rect
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.charts.bars import draw_bar
from tui_trainer.drawing.text_fitting import Wordings, limited, wrapped
from tui_trainer.drawing.theme import Theme
from tui_trainer.experiment.words import change_words, settings_words
from tui_trainer.telemetry import ProposalView, Remedy, Snapshot

WIDEST = 100
"""Columns of the box, at most."""


class BoxLine(Struct, frozen=True):
    text: str
    role: Literal["remedy", "change", "trial", "bar", "vain"]
    """What it is; of a bar the text is what stands before it."""


def draw_proposal(
    cells: Cells, snapshot: Snapshot, proposal: ProposalView, view: View, theme: Theme
) -> dict[str, Rect]:
    """Draw the box above the footer, over what is there. Returns its rectangles for the mouse."""
    width = min(cells.width, WIDEST)
    lines = proposal_lines(proposal, snapshot, width - 4)
    room = max(cells.height - 3, 1)
    height = min(len(lines), room) + 2
    x, y = (cells.width - width) // 2, max(cells.height - 1 - height, 0)
    styles = {
        "remedy": theme.strong,
        "change": theme.text,
        "trial": theme.good if proposal.trying is None else theme.text,
        "bar": theme.muted,
        "vain": theme.muted,
    }
    box = Cells(width, height, theme.text)
    box.text(0, 0, "╭" + "─" * (width - 2) + "╮", theme.border_focus)
    box.text(0, height - 1, "╰" + "─" * (width - 2) + "╯", theme.border_focus)
    box.text(2, 0, f" {_title(proposal).fitting(width - 6)} ", theme.title, width=width - 4)
    for row, line in enumerate(lines[: height - 2], 1):
        box.text(0, row, "│", theme.border_focus)
        box.text(width - 1, row, "│", theme.border_focus)
        end = box.text(2, row, line.text, styles[line.role], width=width - 4)
        if line.role == "bar" and width - 3 > end:
            draw_bar(box, end + 1, row, width - 3 - end, proposal.trying or 0.0, theme.note, theme)
    rectangles = {}
    at = 2
    for action, words in _keys(proposal):
        text = f" {view.sign(action)} {words} "
        if at + text_width(text) <= width - 2:
            end = box.text(at, height - 1, f" {view.sign(action)}", theme.key)
            box.text(end, height - 1, f" {words} ", theme.muted)
            rectangles[f"action:{action}"] = Rect(x + at, y + height - 1, text_width(text), 1)
            at += text_width(text) + 1
    cells.paste(box, x, y)
    return rectangles | {"action:": Rect(x, y, width, height)}  # a click elsewhere in the box does nothing


def proposal_lines(proposal: ProposalView, snapshot: Snapshot, columns: int) -> list[BoxLine]:
    """What the box says, wrapped to `columns`."""
    parts: list[BoxLine] = []
    remedy = proposal.remedy
    if remedy is None:
        words = "Looking for what helps." if proposal.trying is not None else "Nothing that was tried helps."
        parts.append(BoxLine(words, "remedy"))
    else:
        parts += [BoxLine(remedy.sentence, "remedy"), BoxLine(_changes(remedy, snapshot), "change")]
        if proposal.trying is None:
            parts.append(BoxLine(_tried(remedy), "trial"))
    lines = [BoxLine(line, part.role) for part in parts for line in wrapped(part.text, columns)]
    if proposal.trying is not None:
        where = "from the start" if proposal.from_start else "on a copy"
        lines.append(BoxLine(f"trying it {where} {proposal.trying:4.0%}", "bar"))
    if proposal.in_vain:
        vain = ", ".join(dict.fromkeys(settings_words(each.settings) for each in proposal.in_vain))
        lines += [BoxLine(line, "vain") for line in limited(wrapped(f"Tried, no better: {vain}.", columns), 3)]
    return lines


def _title(proposal: ProposalView) -> Wordings:
    """ "Fix 2 of 4 · overfitting"."""
    many = f" of {proposal.count}" if proposal.complete and proposal.count else ""
    fix = f"Fix {proposal.number}{many}" if proposal.number else "Fix"
    return Wordings.joined((fix, proposal.finding), (fix,))


def _changes(remedy: Remedy, snapshot: Snapshot) -> str:
    """ "dropout 0 → 0.3"."""
    known = snapshot.values
    changes = [change_words(key, known[key], value) for key, value in remedy.settings.items() if key in known]
    return ", ".join(changes) if len(changes) == len(remedy.settings) else settings_words(remedy.settings)


def _tried(remedy: Remedy) -> str:
    words = remedy.tried or "not tried: it would take too long"
    return f"{words[0].upper()}{words[1:]}."


def _keys(proposal: ProposalView) -> list[tuple[str, str]]:
    """Ids of the actions, and what they do now."""
    if proposal.trying is not None:
        return [("close_fix", "stops trying")]
    keys = [("fix", "next"), ("close_fix", "closes")]
    if proposal.remedy is None:
        return keys[1:]
    return [
        ("apply_fix", "races with it and without"),
        *(keys if proposal.count > 1 or not proposal.complete else keys[1:]),
    ]
