"""Hands what a live run does over to the recorder, from the thread that trains. Nothing here waits for a disk."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypedDict
from weakref import WeakKeyDictionary

from msgspec import structs

from tui_trainer import __version__
from tui_trainer.recordings.folder import QUOTA, Folder, new_folder
from tui_trainer.recordings.lines import ArmOfLine, ArmsLine, ForkLine, LessonLine
from tui_trainer.recordings.listing import ArmSummary, Summary
from tui_trainer.recordings.pieces import Stretch
from tui_trainer.recordings.recorder import Recorder
from tui_trainer.recordings.recording import Recording
from tui_trainer.recordings.state import ArmState, RunState, State
from tui_trainer.recordings.strands import line_of
from tui_trainer.runs.arms import Arm
from tui_trainer.runs.control import Control
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.restoring import undo_states
from tui_trainer.runs.strand import Strand, extent_of, same_at_first
from tui_trainer.runs.undo import MOST_RUNS, UndoStack
from tui_trainer.telemetry import Evaluation, LessonEntry, Notice, Status
from tui_trainer.telemetry.lesson import TASK
from tui_trainer.telemetry.recorded import Recorded
from tui_trainer.training.vectors import Keyframe

LOOK_SECONDS = 0.1
"""Time between two looks at a run that is recorded."""
STATE_SECONDS = 3.0
"""Time between two states while a run goes on. What a power failure takes is this and the time of writing one."""
SOON_SECONDS = 0.5
"""The same after a change by hand, and where the run stands still."""
KEYFRAME_SECONDS, KEYFRAME_SHARE, KEYFRAME_BYTES = 60.0, 0.1, 8_000_000
"""Keyframes are written once this time has passed, or this share of the recorded time, or when this many bytes are
waiting."""
SHORT_SECONDS = 60.0
"""A run that was recorded for less, and in which nothing was changed by hand, is not kept."""
MOST_LOSSES = 8_000_000
"""Batch losses that wait for the disk, before the recording is given up: 64 MB."""


class Keeper:
    """Records everything that one `Control` does, each set of arms in a recording of its own."""

    def __init__(
        self, root: Path, resumed: tuple[Callable[[], Folder], Recording] | None = None, quota: int = QUOTA
    ) -> None:
        """`root`: the folder of all recordings. `resumed`: what opens the recording that the arms are from, which goes
        on, and the recording itself."""
        self._root, self._resumed, self._quota = root, resumed, quota
        self._of_number: dict[int, Kept] = {}
        """The recordings that undo can return to, by the number of the run; the present one is the last."""
        self._arms: list[Arm] = []
        self._next_look = 0.0
        self._has_said = False
        self._is_closed = False

    def watch(self, control: Control) -> float | None:
        """Hand over what is due. Call it before each slice of training, and again after the seconds that it returns;
        None if nothing will be due before the next command."""
        now, lineup = time.monotonic(), control.lineup
        if lineup.arms is not self._arms:
            self._follow(control)
        elif now < self._next_look:
            return self._next_look - now
        self._next_look = now + LOOK_SECONDS
        kept = self._of_number[lineup.run_number]
        if kept.recorder.failure:
            kept.forget()
            if not self._has_said:
                self._has_said = True
                # A narrow screen cuts what stands behind the first comma: what has happened comes first.
                failure, path = kept.recorder.failure, kept.recorder.failed_at
                words = f"the recording has stopped, training goes on: {failure}{f' ({path})' if path else ''}"
                control.say(Notice(words, is_unasked=True))
            return None
        if removed := [kept.recorder.removed.popleft() for _ in range(len(kept.recorder.removed))]:
            one = f"the oldest recording was removed: {removed[0]}"
            words = one if len(removed) == 1 else f"the {len(removed)} oldest recordings were removed"
            control.say(Notice(f"{words}; together they may have {self._quota / 1e6:g} MB", is_unasked=True))
        kept.gather_keyframes()
        kept.note_lesson(control.lesson)
        due = kept.due(is_running=control.status is Status.RUNNING)
        if due <= now:
            kept.hand_over(control, control.lineup.done)
        return LOOK_SECONDS if due < math.inf or kept.recorder.is_at_work else None

    def recorded(self, control: Control) -> Recorded | None:
        """Where all evaluations of the arms are; None if they are not recorded, or no longer."""
        self.after_command(control)
        return self._of_number[control.lineup.run_number].recorded

    def before_command(self, control: Control) -> None:
        """Remember where the runs are now: the command may take them into their past, where that is not to be seen."""
        if control.lineup.arms is self._arms:
            self._of_number[control.lineup.run_number].remember()

    def after_command(self, control: Control) -> None:
        """Record other arms from their first iteration on, which the next command may run already."""
        if control.lineup.arms is not self._arms:
            self._follow(control)

    def close(self, control: Control | None, *, keep_short: bool = False) -> Path | None:
        """End all recordings, and wait for the disk a little. Returns the folder of the last one, if that is kept.

        `control`: None if its last state is not to be had. `keep_short`: keep the last one even if it is short.
        """
        if self._is_closed:
            return None
        self._is_closed, is_kept, last = True, False, next(reversed(self._of_number.values()), None)
        for number, kept in self._of_number.items():
            is_last = control is not None and number == control.lineup.run_number
            is_kept = kept.close(control if is_last else None, keep_short=keep_short and kept is last)
        for kept in self._of_number.values():
            kept.recorder.join()
        return last.recorder.path if last is not None and is_kept else None

    def _follow(self, control: Control) -> None:
        """Record the arms that the line-up has now."""
        number, before = control.lineup.run_number, next(reversed(self._of_number), None)
        if before is not None and before != number:
            self._of_number[before].note_lesson(control.lessons.get(before, ()))
            self._of_number[before].hand_over(control, control.lineup.done.as_of(before), left=True)
        self._arms = control.lineup.arms
        kept = self._of_number.pop(number, None) or self._new(control)
        self._of_number[number] = kept
        kept.follow(self._arms)
        if len(self._of_number) > MOST_RUNS + 1:
            self._of_number.pop(next(iter(self._of_number))).close(None)

    def _new(self, control: Control) -> Kept:
        if self._resumed is not None:
            (open_folder, recording), self._resumed = self._resumed, None
            return Kept(Recorder(open_folder, self._quota), recording)
        title = control.run.experiment.title
        header = {
            "program": __version__,
            "title": title,
            "started": now_in_words(),
            "arms": [{"name": arm.name, "experiment": arm.run.timeline.start_experiment.pinned} for arm in self._arms],
        }
        return Kept(Recorder(partial(new_folder, self._root, title, header), self._quota))


class _Gathered(TypedDict):
    stretches: Sequence[Stretch]
    keyframes: Mapping[int, Sequence[Keyframe]]


class Kept:
    """The recording of one set of arms."""

    def __init__(self, recorder: Recorder, resumed: Recording | None = None) -> None:
        self.recorder = recorder
        self._numbers = {} if resumed is None else {arm.letter: arm.run.strand for arm in resumed.state.arms}
        """Letter → strand of arms that were recorded before."""
        self._strands = 0 if resumed is None else resumed.strands
        self._forks = {} if resumed is None else dict(resumed.forks)
        """By the strand that begins there."""
        self._began = time.monotonic() if resumed is None else -math.inf
        self._handed_over, self._keyframes_at = self._began, time.monotonic()
        """When the last state and the last keyframes were handed over."""
        self._arms: Sequence[Arm] = ()
        self._of_run = WeakKeyDictionary[DiagnosedRun, Strand]()
        self._of_letter: dict[str, DiagnosedRun] = {}
        """The run that an arm had when it was seen last."""
        self._lines: list[object] = [] if resumed is None else [_resumed(resumed)]
        self._lesson: tuple[LessonEntry, ...] = ()
        """What the journal has of the lesson."""
        self._is_changed = False
        """Whether a person has changed anything, or done something in a lesson."""

    def follow(self, arms: Sequence[Arm]) -> None:
        """Record these arms from now on."""
        for arm in self._arms:
            if not any(arm.run is other.run for other in arms):
                strand = self._of(arm)
                self.recorder.put(*strand.take_lines(arm.run), **_gathered([strand], with_keyframes=True))
        for arm in arms:
            if arm.run not in self._of_run:
                self._strands += 1
                number = self._numbers.pop(arm.letter, self._strands)
                parent = self._of_letter.get(arm.letter) or self._of_letter.get(arm.against)
                if parent is not None:
                    known = self._of_run[parent].number
                    self._forks[number] = ForkLine(strand=number, parent=known, iteration=arm.run.newest)
                    self._lines.append(self._forks[number])
                    self._is_changed = True
                self._of_run[arm.run] = Strand(number, arm.run)
        self._arms = arms
        self._of_letter = {arm.letter: arm.run for arm in arms}
        listed = [ArmOfLine(letter=arm.letter, name=arm.name, strand=self._of(arm).number) for arm in arms]
        self._lines.append(ArmsLine(arms=tuple(listed)))

    @property
    def recorded(self) -> Recorded | None:
        """Where all evaluations are; None if some will never be there."""
        if self.recorder.failure or self.recorder.path is None:
            return None
        waiting = defaultdict[int, tuple[Evaluation, ...]](tuple)
        for stretch in self.recorder.stretches:
            waiting[stretch.strand] += tuple(stretch.evaluations)
        for strand in self._of_run.values():
            waiting[strand.number] += strand.evaluations
        lines = tuple(line_of(self._of(arm).number, self._forks) for arm in self._arms)
        return Recorded(folder=self.recorder.path, lines=lines, waiting=dict(waiting))

    def forget(self) -> None:
        """Let go of what the runs tell: the recording has stopped, and their hours would fill the memory."""
        for strand in self._of_run.values():
            strand.forget()

    def gather_keyframes(self) -> None:
        """Gather keyframes before the timeline thins them out."""
        for arm in self._arms:
            self._of(arm).gather_keyframes(arm.run)
        if sum(self._of(arm).count for arm in self._arms) > MOST_LOSSES:
            self.recorder.give_up("the disk is too slow")

    def note_lesson(self, entries: tuple[LessonEntry, ...]) -> None:
        """Take what a person has done in a lesson so far."""
        if entries != self._lesson:
            same = same_at_first(self._lesson, entries)
            self._lines.append(LessonLine(after=same, steps=entries[same:]))
            self._lesson = entries
            self._is_changed |= any(entry.is_by_hand for entry in entries)

    def remember(self) -> None:
        """Copy the state of each run that has moved."""
        for arm in self._arms:
            self._of(arm).remember(arm.run)

    def due(self, *, is_running: bool) -> float:
        """When a state is due, by `time.monotonic`; infinity if there is nothing new. While the disk is behind, none
        is: what waits for it stays where it is counted."""
        if self.recorder.is_behind:
            return time.monotonic() + LOOK_SECONDS
        extents = [(extent_of(arm.run), self._of(arm).written) for arm in self._arms]
        if all(now == written for now, written in extents) and not self._lines:
            return math.inf
        by_hand = self._lines or any(written is None or now.by_hand != written.by_hand for now, written in extents)
        return self._handed_over + (SOON_SECONDS if by_hand or not is_running else STATE_SECONDS)

    def hand_over(self, control: Control, done: UndoStack, *, left: bool = False) -> None:
        """Have everything written that has come, and the state of every arm. `done`: what can be undone."""
        self.gather_keyframes()
        self.remember()
        strands = [self._of(arm) for arm in self._arms]
        states = {strand.number: strand.state for strand in strands if strand.state is not None}
        if len(states) < len(strands):
            return  # a run was in its past before anybody has seen it at its newest iteration
        self._is_changed |= any(arm.run.timeline.changes for arm in self._arms)
        self._handed_over = time.monotonic()
        lines = [line for strand, arm in zip(strands, self._arms, strict=True) for line in strand.take_lines(arm.run)]
        lines, self._lines = self._lines + lines, []
        size = sum(strand.keyframe_bytes for strand in strands)
        seconds = min(KEYFRAME_SECONDS, KEYFRAME_SHARE * (self._handed_over - self._began))
        with_keyframes = left or self._handed_over - self._keyframes_at > seconds or size > KEYFRAME_BYTES
        if with_keyframes:
            self._keyframes_at = self._handed_over
        for strand in strands:
            strand.written = strand.known
        self.recorder.put(
            *lines,
            Summary(
                time=now_in_words(),
                status=control.status if control.lineup.arms is self._arms else self._arms[0].run.standing,
                left=left,
                arms=tuple(_summary(arm, with_measure=left) for arm in self._arms),
            ),
            **_gathered(strands, with_keyframes=with_keyframes),
            state=State(
                arms=tuple(map(_arm_state, self._arms, states.values())),
                focus=min(control.lineup.focus, len(self._arms) - 1),
                pace=control.pace.asked,
                undo=undo_states(done.undo),
                redo=undo_states(done.redo),
            ),
        )

    def close(self, control: Control | None, *, keep_short: bool = False) -> bool:
        """End the recording, with the arms as they are now if these are its own. Returns whether it is kept."""
        if control is not None and not self.recorder.failure:
            self.note_lesson(control.lesson)
            self.hand_over(control, control.lineup.done, left=True)
        is_long = (self._handed_over if control is None else time.monotonic()) >= self._began + SHORT_SECONDS
        runs = [arm.run for arm in self._arms]
        has_begun = any(run.newest or any(change.weight for change in run.timeline.changes) for run in runs)
        # another run with the same settings has taken its place before it began
        is_replaced = control is None and not has_begun and not any(entry.is_by_hand for entry in self._lesson)
        has_task = has_begun and any(entry.stage == TASK for entry in self._lesson)  # what was tried is graded
        is_kept = keep_short or is_long or has_task or (self._is_changed and not is_replaced)
        self.recorder.close(keep=is_kept)
        return is_kept

    def _of(self, arm: Arm) -> Strand:
        return self._of_run[arm.run]


def _gathered(strands: Sequence[Strand], *, with_keyframes: bool) -> _Gathered:
    keyframes = {each.number: each.take_keyframes() for each in strands} if with_keyframes else {}
    return {"stretches": [each.take_stretch() for each in strands], "keyframes": keyframes}


def now_in_words() -> str:
    """Date and time in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _resumed(recording: Recording) -> dict[str, object]:
    strands = [{"strand": arm.run.strand, "iteration": arm.run.now.iteration} for arm in recording.state.arms]
    return {"kind": "resumed", "time": now_in_words(), "strands": strands}


def _arm_state(arm: Arm, run: RunState) -> ArmState:
    return ArmState(**{**structs.asdict(arm), "run": run})


def _summary(arm: Arm, *, with_measure: bool) -> ArmSummary:
    """`with_measure`: evaluate the arm as it stands, if that is quick: the last evaluation may be some time ago."""
    run, latest = arm.run, arm.run.trainer.evaluations.latest
    measured = run.measure_if_quick() if with_measure and not run.is_past else None
    final, headline = measured or latest, next(iter(run.diagnosis.findings), None)
    return ArmSummary(
        letter=arm.letter,
        name=arm.name,
        iteration=run.newest,
        train_loss=None if final is None else final.train_loss,
        validation_loss=None if final is None else final.validation_loss,
        finding="" if headline is None else headline.title,
    )
