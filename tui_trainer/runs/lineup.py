"""The line-up: a race whose arms a person changes. Every change can be undone."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from itertools import count

from msgspec import structs

from tui_trainer.experiment import Experiment, with_setting, with_settings
from tui_trainer.experiment.words import is_seed, setting_of, settings_words, words_of
from tui_trainer.past.timeline import BUDGET
from tui_trainer.runs.arms import Arm, Contestants, begun, free_letter, without
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.pace import Pace
from tui_trainer.runs.race import Race
from tui_trainer.runs.undo import ArmsEntry, ChangeEntry, LostEntry, SettingEntry, UndoEntry, UndoStack, WeightEntry
from tui_trainer.setting import SEED
from tui_trainer.telemetry import Notice, Status
from tui_trainer.telemetry.commands import ChangeWeight
from tui_trainer.telemetry.race import MOST_ARMS

_RUNS = count()

REPLACED_RUN_BUDGET = BUDGET // 8
"""Bytes for the past of a replaced run, to which undo can return."""

_FROM_HERE = ", already in this iteration"
"""Added to the label of a change in an open iteration, whose phases are run again with the change."""


class LineUp(Race):
    """A race with undo. Methods that change it return a line that says what was done."""

    def __init__(self, contestants: Contestants) -> None:
        """Raises `SettingError`."""
        super().__init__(contestants)
        self.run_number = next(_RUNS)
        """A new number after every start."""
        self.pace = Pace.from_setting(self.run.experiment.training.pace)
        self.done = UndoStack()
        self._bookmark: ArmsEntry | None = None

    def fork(self) -> str:
        """Fork the focused arm at the moment shown, and focus the new arm."""
        if len(self.arms) >= MOST_ARMS:
            return f"a race has at most {MOST_ARMS} arms"
        iteration, name, source = self.run.iteration, free_letter(self.arms), self.arms[self.focus]
        self.done.push(self._as_before(f"the fork of arm {name}"))
        opened = self._close()
        self.seek(iteration)
        arm = Arm(name, source.run.fork(), name, source.letter, equal_until=iteration)
        self._exchange([*self.arms, arm])
        self._reopen(opened | {name: opened.get(source.letter, 0)})
        self.focus = len(self.arms) - 1
        return f"arm {name} forked at iteration {iteration:,}: change a setting of it, then run both"

    def race_with(self, settings: Mapping[str, object], start: int) -> str:
        """Race the focused arm against itself with other settings from iteration `start` on; 0 is a new beginning. The
        new arm gets the focus. Raises `SettingError`."""
        if len(self.arms) >= MOST_ARMS:
            return f"a race has at most {MOST_ARMS} arms"
        source, name = self.arms[self.focus], free_letter(self.arms)
        old = source.run.experiment
        experiment = with_settings(old, settings)
        run = None if start else DiagnosedRun(experiment)
        self.done.push(self._as_before(f"the race with {settings_words(settings)}"))
        self.seek(start)
        arm = Arm(name, run or source.run.fork(), name, source.letter, equal_until=start)
        if run is None:
            for key in settings:
                changed = with_setting(old, key, settings[key])
                SettingEntry(name, key, old, changed).apply_to(arm.run)
                old = changed
        self._exchange([*self.arms, arm])
        self.focus = len(self.arms) - 1
        self.notice_parting()
        return f"arm {name}: {settings_words(settings)} from {f'iteration {start:,} on' if start else 'the start'}"

    def drop(self) -> Notice:
        """Remove the focused arm."""
        if len(self.arms) < 2:
            return Notice("the only run cannot be given up")
        gone = self.arms[self.focus]
        self.done.push(self._as_before(f"giving up arm {gone.name}"))
        self._exchange(without(self.arms, gone))
        self.focus = min(self.focus, len(self.arms) - 1)
        self.notice_parting()
        return Notice(f"arm {gone.name} is given up", (("undo", "brings it back"),))

    def focus_next(self, offset: int) -> Notice:
        """Move the focus by `offset` arms."""
        if len(self.arms) < 2:
            return Notice("there is one run only", (("fork", "forks it"),))
        self.focus = (self.focus + offset) % len(self.arms)
        return Notice(f"arm {self.arms[self.focus].name}")

    def load(self, contestants: Contestants) -> Notice:
        """Replace the arms by others, at their own pace. Raises `SettingError`."""
        fresh = begun(contestants)
        experiment = fresh[0].run.experiment
        self._start(fresh, f"loading “{experiment.title}”")
        self.focus, self.pace = 0, Pace.from_setting(experiment.training.pace)
        return Notice(actions=(("undo", "brings back what was there"),))

    def restart(self, seed: int | None) -> str:
        """Restart all arms with the same seed or another."""
        experiments = [arm.run.experiment for arm in self.arms]
        if seed is not None:
            experiments = [with_setting(experiment, SEED, seed) for experiment in experiments]
        self._replace(experiments, "the restart" if seed is None else f"the new seed {seed}")
        return f"restarted with seed {experiments[0].training.seed}"

    def change(self, key: str, value: object) -> tuple[str, bool]:
        """Change a setting of the focused arm. Returns also whether all arms restarted. Raises `SettingError`.

        In the past a fork replaces the arm. The known future is abandoned; undo returns to it.
        """
        arm, old = self.arms[self.focus], self.run.experiment
        experiment = with_setting(old, key, value)
        done = SettingEntry(arm.name, key, old, experiment)
        if experiment == old:
            return f"{words_of(key)} is {done.words[1]} already", False
        if not setting_of(key).live:
            experiments = [experiment if each is arm else each.run.experiment for each in self.arms]
            self._replace(experiments, done.label)
            return f"{done.label}: restarted{'' if is_seed(key) else ' with the same seed'}", True
        return self._change(arm, done), False

    def change_weight(self, change: ChangeWeight) -> str:
        """Change a weight of the focused arm; in the past as `change` does. Raises `IndexError`."""
        arm, network = self.arms[self.focus], self.run.trainer.network
        index = network.parameter_index(change.layer, change.source, change.unit)
        old = float(self.run.trainer.vectors.parameters[index])
        return self._change(arm, WeightEntry(arm.name, network.parameter_name(index), change, old))

    def _change(self, arm: Arm, done: ChangeEntry) -> str:
        opened = self._close()
        try:
            if self.run.is_past:
                self._change_past(arm, done)
            else:
                done.apply_to(arm.run)
                self.done.push(done)
        finally:  # also if memory did not suffice
            self._reopen(opened)
        return done.label + (_FROM_HERE if any(opened.values()) else "")

    def bookmark(self) -> None:
        """Keep the present arms aside, however many others replace them."""
        self._bookmark = self._as_before("the lesson")

    def return_to_bookmark(self) -> bool:
        """Go on with the arms that were kept aside. Returns whether there were any."""
        kept, self._bookmark = self._bookmark, None
        if kept is None:
            return False
        self.done.push(structs.replace(self._as_before("leaving the lesson"), bookmark=kept))
        self._exchange(kept.arms)
        self.focus, self.pace, self.run_number = kept.focus, kept.pace, kept.run_number
        return True

    def undo(self) -> str:
        """Take the last change back."""
        return self._take_back(self.done.undo, self.done.redo, "undo")

    def redo(self) -> str:
        """Repeat the change that was undone last."""
        return self._take_back(self.done.redo, self.done.undo, "redo")

    @property
    def undo_leads_to(self) -> int | None:
        """The iteration to which `undo` goes; None if it stays at the present one."""
        goal = self._leads_to(self.done.undo[-1]) if self.done.undo else None
        return None if goal == self.run.iteration else goal

    def _close(self) -> dict[str, int]:
        """Take all arms back to the start of their open iteration. Returns letter of the arm → phases taken back."""
        together = [arm for arm in self.arms if arm.run.iteration == self.run.iteration]
        opened = {arm.letter: arm.run.boundary.phases for arm in together}
        for arm in self.arms:
            arm.run.seek(arm.run.iteration)
        return opened

    def _reopen(self, opened: dict[str, int]) -> None:
        """Run the phases again that `_close` has taken back, so that the person sees the same position."""
        for arm in self.arms:
            for _ in range(opened.get(arm.letter, 0)):
                if arm.run.advance_phase() is not Status.PAUSED:
                    break

    def _change_past(self, arm: Arm, done: ChangeEntry) -> None:
        """Replace an arm by a changed fork."""
        fork, at = arm.forked(arm.run.fork()), arm.run.iteration
        done.apply_to(fork.run)
        known = [each.as_known_at(at) if each.against == arm.letter else each for each in self.arms]
        self.done.push(self._as_before(done.label))
        self._exchange([fork if each is arm else each for each in known])

    def _exchange(self, arms: list[Arm]) -> None:
        """Go on with other arms. Undo can return to the replaced ones, which keep fewer copies of their past."""
        staying = [arm.run for arm in arms]
        for arm in self.arms:
            if arm.run not in staying:
                arm.run.timeline.thin_out(REPLACED_RUN_BUDGET)
        self.arms = arms

    def _replace(self, experiments: list[Experiment], label: str) -> None:
        """Replace all arms by new runs with the same names."""
        fresh = [
            Arm(arm.name, DiagnosedRun(experiment), arm.letter, arm.against)
            for arm, experiment in zip(self.arms, experiments, strict=True)
        ]
        self._start(fresh, label)

    def _start(self, fresh: list[Arm], label: str) -> None:
        self.done.push(self._as_before(label))
        self._exchange(fresh)
        self.run_number = next(_RUNS)
        self.notice_parting()

    def _as_before(self, label: str) -> ArmsEntry:
        """The present arms, to return to after a change."""
        return ArmsEntry(label, list(self.arms), self.focus, self.pace, self.run_number)

    def _leads_to(self, done: UndoEntry) -> int | None:
        """The iteration to which taking back `done` leads; None if the present run goes on."""
        if isinstance(done, LostEntry):
            return None
        if not isinstance(done, ArmsEntry):
            run = next((arm.run for arm in self.arms if arm.name == done.arm), self.run)
            return run.newest if run.is_past else None
        iteration = min(arm.run.iteration for arm in done.arms)
        goes_on = done.arms[done.focus].run in [arm.run for arm in self.arms]
        return None if goes_on and iteration == self.run.iteration else iteration

    def _take_back(self, source: deque[UndoEntry], target: deque[UndoEntry], word: str) -> str:
        if not source:
            return f"nothing to {word}"
        done = source.pop()
        if isinstance(done, LostEntry):
            source.append(done)
            return f"{word}: not beyond {done.label}: the program was left since then"
        goal = self._leads_to(done)
        if not isinstance(done, ArmsEntry):
            self._set_back(done)
            target.append(done.reversed)
            whose = f"arm {done.arm}: " if not self.is_alone else ""
            old, _ = done.words
            value = f"back to {old}" if word == "undo" else f"{old} again"
            since = "from now on" if goal is None else f"from iteration {goal + 1:,} on"
            return f"{word}: {whose}{words_of(done.key)} {value} ({since})"
        target.append(self._as_before(done.label))
        self._exchange(done.arms)
        self.focus, self.pace, self.run_number = done.focus, done.pace, done.run_number
        self._bookmark = done.bookmark or self._bookmark
        if len({arm.run.boundary for arm in self.arms}) > 1:
            self.seek(min(arm.run.iteration for arm in self.arms))  # one arm had gone on alone
        if goal is None:
            return f"{word}: {done.label} is {'taken back' if word == 'undo' else 'there again'}"
        if word == "undo":
            return f"undo: back to iteration {goal:,}, as it was before {done.label}"
        return f"redo: to iteration {goal:,}, as it was after {done.label}"

    def _set_back(self, done: ChangeEntry) -> None:
        """Return a setting or a weight to its old value from the newest iteration on."""
        self.focus = next((n for n, arm in enumerate(self.arms) if arm.name == done.arm), self.focus)
        opened: dict[str, int] = {}
        if self.run.is_past:
            self.seek(self.run.newest)
        else:
            opened = self._close()
        done.reversed.apply_to(self.run)
        self._reopen(opened)
