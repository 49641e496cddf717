"""When a live run obeys commands, and what it trains between them. It contains no thread."""

from __future__ import annotations

import math
import time
from collections.abc import Sized

from msgspec import structs

from tui_trainer.runs.arms import race_view
from tui_trainer.runs.command_handlers import Load, carry_out
from tui_trainer.runs.control import Control
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.pace import SLICE_SECONDS
from tui_trainer.telemetry import ControlView, Evaluation, Notice, SeekProgress, Snapshot, Status, commands, present

AT_ANY_TIME = (commands.CancelSeek, commands.SetPace, commands.RequestPictures)
"""Commands that are obeyed at once, even if other commands wait."""
DURING_SEEK = (*AT_ANY_TIME, commands.Seek, commands.SeekRelative, commands.SeekLive, commands.Pause)
"""Commands that are obeyed during a seek. Others are meant for its goal: they wait, as do all commands after them."""
ABOUT_PROPOSAL = (commands.Propose, commands.ApplyRemedy, commands.CloseProposal)
BESIDE_PROPOSAL = (*AT_ANY_TIME, *ABOUT_PROPOSAL, commands.NoteLesson)
"""Commands that leave a proposal open, or close it themselves."""
EVALUATED_PACE = 12.0
"""Pace, in iterations a second, up to which every shown moment is evaluated."""
BY_HAND = (commands.ChangeWeight, commands.AddExample, commands.LeaveOut, commands.Undo, commands.Redo)
"""Commands after which the present moment is judged, though no evaluation is due."""
SLICES_AT_ONCE = 8
"""Slices that a single arm runs without interruption at full speed. A waiting command stops it."""
MESSAGE_SECONDS = 5.0
"""Time for which the message about the last command stays while the run goes on."""
STALE_SECONDS = 0.5
"""Age of the last evaluation above which the shown moment is evaluated at any pace, so that no old losses are shown."""


class Scheduler:
    """Obeys commands, in order or at once, and trains in small slices."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self._latest: tuple[Evaluation | None, float] = None, 0.0
        """The latest evaluation of the focused arm, and when it was noticed."""
        self._shown: Snapshot | None = None
        """The last snapshot taken outside of a seek."""

    def snapshot(self, *, numbers: bool = True) -> Snapshot:
        """The present moment; during a seek the moment before it with the progress of the seek. `numbers`: as in
        `Run.latest`."""
        control = self.control
        if control.seeking is None or self._shown is None:
            self._shown = self._moment(numbers)
        if control.seeking is None:
            return self._shown
        shown, goal = self._shown, control.seeking.goals[control.lineup.focus]
        return structs.replace(
            shown,
            version=control.version,
            status=control.status,
            message=Notice(),
            progress=structs.replace(present(shown.progress), speed=0.0),
            control=structs.replace(
                present(shown.control), seeking=SeekProgress(iteration=goal.iteration, share=control.seeking.share)
            ),
        )

    def _moment(self, numbers: bool) -> Snapshot:
        control, lineup = self.control, self.control.lineup
        latest, now = control.run.trainer.evaluations.latest, time.perf_counter()
        if latest is not self._latest[0]:
            self._latest = latest, now
        is_running = control.status is Status.RUNNING
        has_time = not is_running or (control.pace.asked or math.inf) <= EVALUATED_PACE
        has_time |= now - self._latest[1] > STALE_SECONDS

        def measure(run: DiagnosedRun) -> Evaluation | None:
            # After early stopping has restored weights, the last evaluation is of other weights.
            return run.measure_if_quick() if has_time or run.restored is not None else None

        return control.run.snapshot(
            control.request,
            ControlView(
                pace=control.pace.asked,
                aim=None if control.watched is None else control.watched.view,
                can_undo=lineup.done.can_undo,
                can_redo=lineup.done.can_redo,
                undo_leads_to=lineup.undo_leads_to,
                seed_fan=None if control.seeds_here is None else control.seeds_here.fan,
                proposal=None if control.proposal is None else control.proposal.view,
            ),
            speed=control.pace.speed if is_running else 0.0,
            step_lasts=not numbers and is_running and control.pace.asked is None,
            race=race_view(lineup.arms, lineup.focus, control.request.weights_layer, measure),
            evaluation=measure(control.run),
            version=control.version,
            run=lineup.run_number,
            lesson=control.lesson,
            status=_status(control),
            message=Notice() if is_running and now - control.said_at >= MESSAGE_SECONDS else control.message,
        )

    def work(self, now: float, waiting: Sized = ()) -> float | None:
        """Train for a slice if something is due, or until something is `waiting`. Returns the seconds until the next
        call is due; None if nothing will be."""
        control = self.control
        if control.seeking is not None:
            control.continue_seek(SLICE_SECONDS)
            return 0.0
        if control.waiting:
            self._carry_out(control.waiting.popleft())
            return 0.0
        if control.proposal is not None and control.proposal.is_trying:
            control.continue_proposal(SLICE_SECONDS)
            return 0.0
        if control.seeds_here is not None and control.seeds_here.is_running:
            control.continue_seeds(SLICE_SECONDS)
            return 0.0
        if control.status is not Status.RUNNING:
            return 0.0 if control.run.past_diagnoses.go_on(SLICE_SECONDS) else None
        due, wait = control.pace.due(now)
        if not due:
            return wait
        if control.pace.asked is None:
            due = control.run.whole_blocks(SLICES_AT_ONCE * due if control.lineup.is_alone else due)
        before, started = control.lineup.last.iteration, time.perf_counter()
        for stop in (control.stop_at, control.judge_at):
            if stop is not None:
                due = max(min(due, stop - before), 0)
        status = control.lineup.advance_phase() if control.pace.by_phases else control.lineup.advance(due, waiting)
        control.pace.measure(control.lineup.last.iteration - before, started)
        control.version += 1
        if status is not Status.PAUSED:
            control.stand(status)
        elif control.is_recording_over or (
            control.stop_at is not None and control.lineup.last.iteration >= control.stop_at
        ):
            control.stand(Status.PAUSED)
        control.judge()
        return 0.0

    def obey(self, command: commands.Command) -> None:
        """Carry out one command. During a seek it waits, unless it concerns the seek."""
        control = self.control
        if isinstance(command, Load):
            control.seeking = None
            control.waiting.clear()
        goes_ahead = AT_ANY_TIME if control.waiting else DURING_SEEK
        if (control.seeking is not None or control.waiting) and not isinstance(command, goes_ahead):
            control.waiting.append(command)
        else:
            self._carry_out(command)

    def _carry_out(self, command: commands.Command) -> None:
        """Carry out one command. Any that is not about an open proposal closes it, and the run goes on as before."""
        control = self.control
        if control.proposal is not None and not isinstance(command, BESIDE_PROPOSAL):
            control.close_proposal(goes_on=not isinstance(command, commands.TogglePause))
        carry_out(command, control)
        control.judge(by_hand=isinstance(command, BY_HAND))


def _status(control: Control) -> Status:
    """The status of the focused arm: if all arms have ended, each has its own."""
    ended = control.status not in (Status.RUNNING, Status.PAUSED)
    return control.lineup.standing if ended and not control.lineup.is_alone else control.status
