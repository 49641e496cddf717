"""Hands what a live run does over to the recorder, from the thread that trains. Nothing here waits for a disk."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

from msgspec import structs

from tui_trainer import __version__
from tui_trainer.recordings.folder import QUOTA, Folder, new_folder
from tui_trainer.recordings.listing import ArmSummary, Summary
from tui_trainer.recordings.pieces import Arrays, packed, packed_keyframes
from tui_trainer.recordings.recorder import Recorder
from tui_trainer.recordings.recording import Recording
from tui_trainer.recordings.state import ArmState, RunState, State
from tui_trainer.runs.arms import Arm
from tui_trainer.runs.control import Control
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.strand import Strand, moment_of
from tui_trainer.runs.undo import MOST_RUNS
from tui_trainer.telemetry import Notice, Status

LOOK_SECONDS = 0.1
"""Time between two looks at a run that is recorded."""
STATE_SECONDS = 3.0
"""Time between two states while a run goes on. What a power failure takes is this and the time of writing one."""
SOON_SECONDS = 0.5
"""The same after a change by hand, and where the run stands still."""
KEYFRAME_SECONDS, KEYFRAME_SHARE, KEYFRAME_BYTES = 60.0, 0.1, 8_000_000
"""Keyframes are written once so much time has passed, or a tenth of the recorded time, or so many bytes have come."""
SHORT_SECONDS = 60.0
"""A run that was recorded for less, and in which nothing was changed by hand, is not kept."""
MOST_LOSSES = 8_000_000
"""Batch losses that wait for the disk, before the recording is given up: 64 MB."""


class Keeper:
    """Records everything that one `Control` does, each set of arms in a recording of its own."""

    def __init__(self, root: Path, resumed: tuple[Folder, Recording] | None = None, quota: int = QUOTA) -> None:
        """`root`: the folder of all recordings. `resumed`: the recording that the arms are from, which goes on."""
        self._root, self._resumed, self._quota = root, resumed, quota
        self._of_number: dict[int, Kept] = {}
        """The recordings that undo can return to, by the number of the run; the present one is the last."""
        self._arms: list[Arm] = []
        self._next_look = 0.0
        self._has_said = False
        self._is_closed = False

    def watch(self, control: Control) -> float | None:
        """Hand over what is due. Call it before each slice of training, and when so many seconds have passed as it
        returns; None if nothing will be due before the next command."""
        now, lineup = time.monotonic(), control.lineup
        if lineup.arms is not self._arms:
            self._follow(control)
        elif now < self._next_look:
            return self._next_look - now
        self._next_look = now + LOOK_SECONDS
        kept = self._of_number[lineup.run_number]
        if kept.recorder.failure:
            if not self._has_said:
                self._has_said = True
                words = f"the recording has stopped: {kept.recorder.failure}; training goes on"
                control.say(Notice(words, is_unasked=True))
            return None
        if removed := [kept.recorder.removed.popleft() for _ in range(len(kept.recorder.removed))]:
            one = f"the oldest recording was removed: {removed[0]}"
            words = one if len(removed) == 1 else f"the {len(removed)} oldest recordings were removed"
            control.say(Notice(f"{words}; together they may have {self._quota / 1e6:g} MB", is_unasked=True))
        kept.look()
        due = kept.due(is_running=control.status is Status.RUNNING)
        if due <= now:
            kept.hand_over(control)
        return LOOK_SECONDS if due < math.inf or kept.recorder.is_at_work else None

    def before_command(self, control: Control) -> None:
        """Remember where the runs are now: the command may take them into their past, where that is not to be seen."""
        if control.lineup.arms is self._arms:
            self._of_number[control.lineup.run_number].remember()

    def close(self, control: Control | None) -> None:
        """End all recordings, and wait for the disk a little. `control`: None if its last state is not to be had."""
        if self._is_closed:
            return
        self._is_closed = True
        for number, kept in self._of_number.items():
            kept.close(control if control is not None and number == control.lineup.run_number else None)
        for kept in self._of_number.values():
            kept.recorder.join()

    def _follow(self, control: Control) -> None:
        """Record the arms that the line-up has now."""
        number, before = control.lineup.run_number, next(reversed(self._of_number), None)
        if before is not None and before != number:
            self._of_number[before].hand_over(control, left=True)
        self._arms = control.lineup.arms
        kept = self._of_number.pop(number, None) or self._new(control)
        self._of_number[number] = kept
        kept.follow(self._arms)
        if len(self._of_number) > MOST_RUNS + 1:
            self._of_number.pop(next(iter(self._of_number))).close(None)

    def _new(self, control: Control) -> Kept:
        if self._resumed is not None:
            (folder, recording), self._resumed = self._resumed, None
            return Kept(Recorder(lambda: folder, self._quota), recording)
        title = control.run.experiment.title
        header = {
            "program": __version__,
            "title": title,
            "started": now_in_words(),
            "arms": [{"name": arm.name, "experiment": arm.run.timeline.start_experiment.pinned} for arm in self._arms],
        }
        return Kept(Recorder(partial(new_folder, self._root, title, header), self._quota))


class Kept:
    """The recording of one set of arms."""

    def __init__(self, recorder: Recorder, resumed: Recording | None = None) -> None:
        self.recorder = recorder
        self._numbers = {} if resumed is None else {arm.letter: arm.run.strand for arm in resumed.state.arms}
        """Letter → strand of arms that were recorded before."""
        self._strands = 0 if resumed is None else resumed.strands
        self._began = time.monotonic() if resumed is None else -math.inf
        self._handed_over, self._keyframes_at = self._began, time.monotonic()
        """When the last state and the last keyframes were handed over."""
        self._arms: Sequence[Arm] = ()
        self._of_run = WeakKeyDictionary[DiagnosedRun, Strand]()
        self._of_letter: dict[str, DiagnosedRun] = {}
        """The run that an arm had when it was seen last."""
        self._lines: list[object] = [] if resumed is None else [_resumed(resumed)]
        self._is_changed = False
        """Whether a person has changed anything."""

    def follow(self, arms: Sequence[Arm]) -> None:
        """Record these arms from now on."""
        for arm in self._arms:
            if not any(arm.run is other.run for other in arms):
                strand = self._of(arm)
                self.recorder.put(*strand.take_lines(arm.run), pieces=_pieces([strand], with_keyframes=True))
        for arm in arms:
            if arm.run not in self._of_run:
                self._strands += 1
                number = self._numbers.pop(arm.letter, self._strands)
                parent = self._of_letter.get(arm.letter) or self._of_letter.get(arm.against)
                if parent is not None:
                    origin = {"from": self._of_run[parent].number, "iteration": arm.run.newest}
                    self._lines.append({"kind": "fork", "strand": number, **origin})
                    self._is_changed = True
                self._of_run[arm.run] = Strand(number, arm.run)
        self._arms = arms
        self._of_letter = {arm.letter: arm.run for arm in arms}
        listed = [{"letter": arm.letter, "name": arm.name, "strand": self._of(arm).number} for arm in arms]
        self._lines.append({"kind": "arms", "arms": listed})

    def look(self) -> None:
        """Gather keyframes before the timeline thins them out."""
        for arm in self._arms:
            self._of(arm).gather_keyframes(arm.run)
        if sum(self._of(arm).count for arm in self._arms) > MOST_LOSSES:
            self.recorder.give_up("the disk is too slow")

    def remember(self) -> None:
        """Copy the state of each run that has moved."""
        for arm in self._arms:
            self._of(arm).remember(arm.run)

    def due(self, *, is_running: bool) -> float:
        """When a state is due, by `time.monotonic`; infinity if there is nothing new. While the disk is behind, none
        is: what waits for it stays where it is counted."""
        if self.recorder.is_behind:
            return time.monotonic() + LOOK_SECONDS
        moments = [(moment_of(arm.run), self._of(arm).written) for arm in self._arms]
        if all(now == written for now, written in moments) and not self._lines:
            return math.inf
        by_hand = self._lines or any(written is None or now.by_hand != written.by_hand for now, written in moments)
        return self._handed_over + (SOON_SECONDS if by_hand or not is_running else STATE_SECONDS)

    def hand_over(self, control: Control, *, left: bool = False) -> None:
        """Have everything written that has come, and the state of every arm."""
        self.look()
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
            Summary(time=now_in_words(), status=control.status, left=left, arms=tuple(map(_summary, self._arms))),
            pieces=_pieces(strands, with_keyframes=with_keyframes),
            state=State(
                arms=tuple(map(_arm_state, self._arms, states.values())),
                focus=min(control.lineup.focus, len(self._arms) - 1),
                pace=control.pace.asked,
            ),
        )

    def close(self, control: Control | None) -> None:
        """End the recording, with the arms as they are now if these are its own."""
        if control is not None and not self.recorder.failure:
            self.hand_over(control, left=True)
        is_long = time.monotonic() - self._began >= SHORT_SECONDS
        self.recorder.close(keep=is_long or self._is_changed)

    def _of(self, arm: Arm) -> Strand:
        return self._of_run[arm.run]


def _pieces(strands: Sequence[Strand], *, with_keyframes: bool) -> dict[str, Callable[[], Arrays]]:
    """What the strands have gathered, for the recorder."""
    pieces: dict[str, Callable[[], Arrays]] = {"piece": partial(packed, [each.take_stretch() for each in strands])}
    if with_keyframes:
        pieces["keyframes"] = partial(packed_keyframes, {each.number: each.take_keyframes() for each in strands})
    return pieces


def now_in_words() -> str:
    """Date and time in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _resumed(recording: Recording) -> dict[str, object]:
    strands = [{"strand": arm.run.strand, "iteration": arm.run.now.iteration} for arm in recording.state.arms]
    return {"kind": "resumed", "time": now_in_words(), "strands": strands}


def _arm_state(arm: Arm, run: RunState) -> ArmState:
    return ArmState(**{**structs.asdict(arm), "run": run})


def _summary(arm: Arm) -> ArmSummary:
    run, latest = arm.run, arm.run.trainer.evaluations.latest
    headline = next(iter(run.diagnosis.findings), None)
    return ArmSummary(
        letter=arm.letter,
        name=arm.name,
        iteration=run.newest,
        train_loss=None if latest is None else latest.train_loss,
        validation_loss=None if latest is None else latest.validation_loss,
        finding="" if headline is None else headline.title,
    )
