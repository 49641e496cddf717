"""The box of a proposal: what it says while a remedy is tried, offered, or nothing helps, at every size."""

from __future__ import annotations

import pytest
import short_runs as samples
from msgspec import structs

from tui_trainer.dashboard.keys.key_meaning import action_for
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.mouse import clicked
from tui_trainer.dashboard.whole_screen import Frame, draw_dashboard
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.telemetry import ProposalView, Remedy, Snapshot, Trial, present

TRIAL = Trial(loss="validation", changed=0.31, unchanged=0.47, start=480, iterations=200, seeds=5, better=5, helps=True)
MEANS = "(means of 5 seeds at iterations 664 to 680)"
TRIED = f"tried on a copy: validation loss 0.31 instead of 0.47 {MEANS}, better under 5 of 5 seeds"
DROPOUT = Remedy("Silence 30 % of the hidden units at random in every step.", {"network.dropout": 0.3}, TRIED, TRIAL)
VAIN = Remedy("Pull every weight towards 0.", {"optimizer.weight_decay": 0.1})
OFFERED = ProposalView(finding="overfitting", remedy=DROPOUT, number=2, count=2, in_vain=(VAIN,))
DARK = make_theme("dark")
VIEW = first_view(is_proposing=True)


def proposing(proposal: ProposalView) -> Snapshot:
    snapshot = samples.overfitting()
    return structs.replace(snapshot, control=structs.replace(present(snapshot.control), proposal=proposal))


def drawn(proposal: ProposalView, width: int = 120, height: int = 40) -> Frame:
    return draw_dashboard(proposing(proposal), VIEW, width, height, DARK, ())


def said(proposal: ProposalView, width: int = 120, height: int = 40) -> str:
    """The words of the screen without borders, the space between them made one."""
    return " ".join(" ".join(drawn(proposal, width, height).cells.lines()).replace("│", " ").split())


@pytest.mark.parametrize(("width", "height"), [(120, 40), (80, 24), (60, 20)])
def test_what_is_offered_has_its_reason_its_trial_and_its_keys(width: int, height: int) -> None:
    words = said(OFFERED, width, height)
    for part in ("Fix 2 · overfitting", DROPOUT.sentence, "dropout 0 → 0.3", "Tried, no better: weight decay 0.1."):
        assert part in words
    assert TRIED[1:].partition(",")[0] in words
    assert "enter races with it and without ─ f next" in words


def test_while_a_remedy_is_tried_the_box_says_how_far() -> None:
    trying = structs.replace(OFFERED, remedy=VAIN, trying=0.4, number=0, from_start=True)
    words = said(trying)
    assert "trying it from the start 40%" in words
    assert "esc stops trying" in words
    assert "enter races" not in words
    assert "Looking for what helps." in said(structs.replace(trying, remedy=None))


def test_where_nothing_helps_the_box_says_so() -> None:
    words = said(ProposalView(finding="", remedy=None, complete=True, in_vain=(VAIN,)))
    assert "Nothing that was tried helps." in words
    assert "Tried, no better: weight decay 0.1." in words
    assert "enter" not in words.partition("Nothing")[2]


@pytest.mark.parametrize(("width", "height"), [(20, 6), (30, 8), (45, 12), (300, 100)])
def test_it_has_room_at_every_size_and_in_ascii(width: int, height: int) -> None:
    lines = drawn(OFFERED, width, height).cells.lines()
    assert len(lines) == height
    assert any("Fix 2" in line for line in lines)
    theme = make_theme("dark", ColourDepth.NONE, ascii_only=True)
    assert all(
        line.isascii() for line in draw_dashboard(proposing(OFFERED), VIEW, width, height, theme, ()).cells.lines()
    )


def test_keys_and_clicks_mean_the_box() -> None:
    assert [present(action_for(key, VIEW)).id for key in ("enter", "escape", "f")] == ["apply_fix", "close_fix", "fix"]
    frame = drawn(OFFERED)
    row, line = next((y, line) for y, line in enumerate(frame.cells.lines()) if "esc closes" in line)
    for word, action in (("enter races", "apply_fix"), ("f next", "fix"), ("esc closes", "close_fix")):
        assert clicked(frame.rectangles, line.index(word), row, proposing(OFFERED), VIEW) == (VIEW, action)
    assert clicked(frame.rectangles, line.index("enter"), row - 1, proposing(OFFERED), VIEW) == (VIEW, "")
