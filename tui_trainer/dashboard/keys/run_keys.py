"""The keys that change the run: its settings, its seed, its arms, and what the verdict proposes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from tui_trainer.dashboard.keys.time_keys import broke
from tui_trainer.dashboard.panels.settings import step_setting
from tui_trainer.dashboard.panels.weight_cursor import WEIGHT
from tui_trainer.dashboard.view import PROPOSAL, KeyAction, Reply, View, sending
from tui_trainer.diagnosis.remedies import open_remedies
from tui_trainer.drawing.charts.numbers import count
from tui_trainer.setting import LEARNING_RATE, SEED, TABLE, seed_after
from tui_trainer.telemetry import Snapshot, present
from tui_trainer.telemetry import commands as do


def _new_seed(snapshot: Snapshot, view: View) -> Reply:
    """The next seed; a class that presses the key equally often sees the same run."""
    seed = snapshot.values.get(SEED, 0)
    return view, (do.Restart(seed_after(seed) if isinstance(seed, int) else 1),)


def _nothing_to_mend(snapshot: Snapshot, view: View) -> str:
    if snapshot.proposal is not None or any(open_remedies(snapshot.findings, snapshot.values)):
        return ""
    return "nothing to mend, the verdict proposes nothing"


def _apply_fix(snapshot: Snapshot, view: View) -> Reply:
    remedy = present(present(snapshot.proposal).remedy)
    return view, (do.ApplyRemedy(remedy.settings),)


def _nothing_offered(snapshot: Snapshot, view: View) -> str:
    proposal = snapshot.proposal
    if proposal is None or proposal.remedy is None:
        return "nothing is proposed"
    return "" if proposal.trying is None else "it is being tried"


def _is_calm(snapshot: Snapshot) -> bool:
    """Whether the run goes on and nothing is proposed."""
    return snapshot.proposal is None and not broke(snapshot)


def _alarm(snapshot: Snapshot) -> bool:
    return any(finding.is_alarm for finding in snapshot.findings)


def _one_arm(snapshot: Snapshot, view: View) -> str:
    return "" if snapshot.arms else f"there is one arm only; {view.sign('fork')} forks it"


def _no_rate(snapshot: Snapshot, view: View) -> str:
    return "" if LEARNING_RATE in snapshot.values else "this run has none"


def _no_table(snapshot: Snapshot, view: View) -> str:
    return "" if snapshot.values.get(TABLE) else "this run has no table of your own"


def _nothing_to(word: Literal["undo", "redo"]) -> Callable[[Snapshot, View], str]:
    def idle(snapshot: Snapshot, view: View) -> str:
        control = snapshot.control
        can = control is not None and (control.can_undo if word == "undo" else control.can_redo)
        return "" if can else f"there is nothing to {word}"

    return idle


def _undo_words(snapshot: Snapshot, view: View) -> tuple[str, int]:
    leads = None if snapshot.control is None else snapshot.control.undo_leads_to
    return ("undo" if leads is None else f"undo, to {count(leads)}"), 14


# fmt: off
RUN_KEYS = (
    KeyAction("restart", "r", "restart", "Start again: the same data and first weights.", "run", sending(do.Restart()),
              needs="restart", footer="restart", rank=9, moves=True),
    KeyAction("new_seed", "R", "restart with a new seed", "Start again with other data and weights.", "run", _new_seed,
              needs="restart", moves=True),
    KeyAction("fork", "b", "fork here", "Another arm from this moment: same weights and batches.", "run",
              sending(do.Fork()), needs="arms", footer="fork", rank=10, tells="settings", moves=True),
    KeyAction("other_arm", "o", "other arm", "Look at the other arm of a race; give it up.", "run",
              sending(do.FocusArm()), needs="control", idle=_one_arm, footer="other arm", rank=4,
              own="Look at the other arm of a race."),
    KeyAction("drop_arm", "O", "give this arm up", "Look at the other arm of a race; give it up.", "run",
              sending(do.DropArm()), needs="arms", idle=_one_arm, own="Give up the arm that you look at."),
    KeyAction("presets", "l", "presets", "Choose a preset, a lesson or a recording.", "run", footer="presets", rank=2),
    KeyAction("card", "i", "card and course", "The card: question, what to watch, lesson; the course.", "run",
              footer="course", rank=2, tells="answer"),
    KeyAction("table", "T", "your table", "Your table: the target, the inputs, what is left out and why.", "run",
              idle=_no_table),
    KeyAction("export", "x", "export", "Write numbers, weights, pictures or scripts to a file.", "run",
              footer="export", rank=22, tells="settings"),
    KeyAction("copy_command", "k", "copy a command", "Copy a command that leads to this moment.", "run",
              tells="settings"),
    KeyAction("keep", "K", "keep as preset", "Keep these settings as a preset of your own.", "run",
              tells="settings"),
    KeyAction("fix", "f", "propose a fix", "Propose what helps, tried on copies of the run; then the next.", "run",
              sending(do.Propose()), needs="arms", idle=_nothing_to_mend, footer="fix", rank=3,
              footer_now=lambda snapshot, view: ("fix", 3 if _is_calm(snapshot) else 1), tells="cure"),
    KeyAction("apply_fix", "enter", "race with the fix", "A proposed fix: race with it and without.", "focus",
              _apply_fix, needs="arms", where=(PROPOSAL,), idle=_nothing_offered, footer="race", rank=1),
    KeyAction("close_fix", "escape", "close the fix", "A proposed fix: go on without it.", "focus",
              sending(do.CloseProposal()), needs="arms", where=(PROPOSAL,), footer="close", rank=1),
    KeyAction("examine", "d", "examine the run", "Every finding: holds, clear, or why it was not checked.", "run",
              needs="examination", footer="examine",
              footer_now=lambda snapshot, view: ("examine", 3 if _alarm(snapshot) else 6), tells="answer"),
    KeyAction("seeds", "A", "the same under twenty seeds", "The same run under twenty seeds: luck or effect?", "run",
              sending(do.RunSeeds()), needs="seeds",
              idle=lambda snapshot, view: "a race has its own arms to compare" if snapshot.arms else "",
              own="Run the present settings under twenty seeds, each to its end; put them away.", tells="answer"),
    KeyAction("check_gradient", "G", "check the gradient", "Check the blame against the real slope of the loss.",
              "run", sending(do.CheckGradient()), needs="gradient_check",
              idle=lambda snapshot, view: "here the loss is no finite number" if snapshot.autopsy else "",
              footer="check blame", rank=20),
    KeyAction("rate_up", "+ =", "learning rate up", "Learning rate up, down.", "run", step_setting(1, LEARNING_RATE),
              needs="settings", idle=_no_rate, unless=(WEIGHT,), footer="learning rate", signs="+ -", rank=7,
              own="A sensible step up, from anywhere."),
    KeyAction("rate_down", "- _", "learning rate down", "Learning rate up, down.", "run",
              step_setting(-1, LEARNING_RATE), needs="settings", idle=_no_rate, unless=(WEIGHT,),
              own="A sensible step down, from anywhere."),
    KeyAction("undo", "u", "undo", "Undo, redo a setting, restart, fork or preset.", "run", sending(do.Undo()),
              needs="settings", idle=_nothing_to("undo"),
              footer="undo", rank=14, footer_now=_undo_words, own="Undo a setting, restart, fork or preset."),
    KeyAction("redo", "U", "redo", "Undo, redo a setting, restart, fork or preset.", "run", sending(do.Redo()),
              needs="settings", idle=_nothing_to("redo"),
              own="Redo what was undone.", moves=True),
)
# fmt: on
