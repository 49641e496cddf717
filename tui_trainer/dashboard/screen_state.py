"""The state behind the screen: the runs, their newest snapshot, the view, and the frame drawn from them. It knows
neither Textual nor the terminal, so a test can follow what keys do to a picture without either."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping

from msgspec import structs

from tui_trainer.dashboard.blame_travel import BlameTravel
from tui_trainer.dashboard.catalogue import Catalogue, OpenRequest, OpenRun, paused_for
from tui_trainer.dashboard.earlier_runs import EarlierRuns
from tui_trainer.dashboard.frames import Frames, Waits
from tui_trainer.dashboard.keys.key_meaning import greyed_actions, why_idle
from tui_trainer.dashboard.keys.keymap import action_of, first_view, keymap
from tui_trainer.dashboard.keys.lesson_keys import walked
from tui_trainer.dashboard.layout import Rect, is_narrow
from tui_trainer.dashboard.lesson_back import lesson_back
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.panels.network import first_mode
from tui_trainer.dashboard.panels.scale import needs_logarithm
from tui_trainer.dashboard.panels.settings import choose_setting
from tui_trainer.dashboard.pending_commands import PendingCommands
from tui_trainer.dashboard.setting_values import possible
from tui_trainer.dashboard.view import LEFT_AS_IT_IS, Introduction, KeyAction, View, focus
from tui_trainer.dashboard.whole_screen import Frame, apology
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import Theme
from tui_trainer.experiment.words import words_of
from tui_trainer.lessons.beginning import begun
from tui_trainer.lessons.controls import changed_by
from tui_trainer.lessons.noted import entry_of, is_at, news
from tui_trainer.lessons.walk import (
    Commands,
    Lesson,
    OpenPreset,
    OpenStop,
    Walk,
    answered,
    is_left,
    is_news,
    looked_at,
    observed,
    pressed,
)
from tui_trainer.process import give_back
from tui_trainer.runs.run import Run
from tui_trainer.setting import SEED
from tui_trainer.telemetry import GradientCheck, LessonEntry, PictureRequest, SettingsView, Snapshot, Status, present
from tui_trainer.telemetry import commands as do
from tui_trainer.telemetry.commands import Command, RequestPictures
from tui_trainer.telemetry.lesson import SKIPPED

OVERDUE = 0.7
"""Seconds without a newer snapshot of a running trainer after which the screen says that it waits."""

BUSY_PACE = 4.0
"""Iterations a second from which silence means a long computation rather than a slow pace."""

INTRODUCTION_SECONDS = 10.0
"""Time for which a run that was opened shows its question, unless a key comes first."""


class ScreenState:
    """The run that keys act on, and its newest snapshot."""

    def __init__(self, open_run: OpenRun, catalogue: Catalogue, request: OpenRequest, view: View | None = None) -> None:
        """Opens the run of `request` with `view`. Raises what `open_run` raises."""
        self._open_run = open_run
        self.catalogue = catalogue
        self.view = self._first_view = view or first_view()
        self._introduced_at = 0.0
        self.complaint = ""
        """Why something could not be kept for later sessions, the last time; "" if it could."""
        self._met = -1
        """The number of the run whose lesson is known."""
        self.open_stop: Callable[..., None] = self.open
        """Opens a stop of a playlist; the app reads a large table first."""
        self._frames, self._blame, self._earlier = Frames(), BlameTravel(), EarlierRuns(catalogue)
        self._pending = PendingCommands()
        self._shape: tuple[int, ...] | None = None
        """The sizes of the layers of the network that was shown last."""
        self._listed: SettingsView | None = None
        """The part of a snapshot from which the list of settings was made."""
        self._aims = 0
        """Aims that lessons have given to runs: the next one has a number that no snapshot of an earlier run knows."""
        lesson = catalogue.lesson(request)
        self._show(open_run(paused_for(lesson, request)))
        self._introduce(request)
        self._begin_lesson(lesson)

    def open(self, request: OpenRequest, *, anew: bool = False) -> None:
        """Continue with the requested run; the present one stays if that cannot be opened.

        A run that can load the new one is kept, and undo brings it back. One that cannot, or that has failed, is
        closed, and so is any for a recording. `anew`: a lesson begins at its first step.
        """
        lesson = self.catalogue.lesson(request)
        if lesson is not None and anew:
            lesson = structs.replace(lesson, resumes_at=0, finished=None)
        request = paused_for(lesson, request)
        can_load = "load" in self.run.capabilities and self.snapshot.status is not Status.FAILED
        if can_load and (load := self.catalogue.load(request)) is not None:
            self._begin_to_look()
            self._introduce(request)
            aside = (do.Bookmark(),) if lesson is not None and self.view.lesson is None else ()
            self.change(self.view, *aside, load, RequestPictures(self.view.request))
        else:
            run = self._open_run(request)
            self.close()
            self._show(run)
            self._introduce(request)
            give_back()
        self._begin_lesson(lesson)

    def _begin_lesson(self, lesson: Lesson | None) -> None:
        """Begin the lesson on the run that was just opened; None leaves the present one."""
        if lesson is None:
            left = () if self.view.lesson is None else (do.WatchFor(None),)
            self.change(structs.replace(self.view, lesson=None), *left)
        else:
            self._enter(*begun(lesson, lesson.resumes_at, self._aims))

    def _enter(self, walk: Walk, commands: Commands) -> None:
        """Show the lesson from here on."""
        if walk.lesson.steps:  # its strip says what it is about
            self.end_introduction()
        found = structs.replace(walked(self.view, walk), is_new=False)  # no line has to lead there any more
        self.change(found, *(commands if walk.lesson.steps else ()))

    def _meet_run(self) -> None:
        """Another run is shown, by a restart or by undo, or it goes on from a recording: a lesson that it is in comes
        with it, and a lesson that goes on is noted beside it."""
        walk, entries = self.view.lesson, [entry for entry in self.snapshot.lesson if entry.stage != SKIPPED]
        if not entries:
            if walk is not None and walk.lesson.steps and self.snapshot.title in walk.titles:
                self.change(self.view, do.NoteLesson(entry_of(walk)))
        elif walk is None or not is_at(walk, entries[-1]):
            self._return_to(entries[-1])

    def _return_to(self, entry: LessonEntry) -> None:
        """Go on with a lesson where its run stands, if that can be."""
        back = lesson_back(self.catalogue, entry, self.snapshot.iteration, self._aims)
        if not isinstance(back, str):
            self._enter(*back)
            return
        self.complaint = back or self.complaint
        if self.view.lesson is not None:
            self.change(structs.replace(self.view, lesson=None), do.WatchFor(None))

    def _follow_lesson(self, walk: Walk) -> None:
        """Tell the lesson of the newest snapshot."""
        if is_left(walk, self.snapshot):
            self.change(structs.replace(self.view, lesson=None), do.WatchFor(None))
            return
        after, commands = observed(walk, self.snapshot)
        if after is not walk:
            self.change(walked(self.view, after), *commands)

    def _introduce(self, request: OpenRequest) -> None:
        """Show the question of what is opened in the verdict's place."""
        preset = self.catalogue.about(request.preset)
        said = None if preset is None or not preset.question else Introduction(preset.question, preset.watch)
        self._introduced_at = time.monotonic()
        self.view = structs.replace(self.view, introduction=said)

    def _age_introduction(self, seconds: float) -> None:
        said = self.view.introduction
        if said is not None and seconds > INTRODUCTION_SECONDS / 2:
            read = structs.replace(said, is_read=True)
            self.view = structs.replace(self.view, introduction=None if seconds > INTRODUCTION_SECONDS else read)

    def end_introduction(self) -> None:
        """Show the verdict: the person has begun to act."""
        if self.view.introduction is not None:
            self.view = structs.replace(self.view, introduction=None)

    def _show(self, run: Run) -> None:
        self.run, self.snapshot = run, run.latest()
        self._pending.forget()
        self._heard = time.monotonic()
        self._begin_to_look()
        self._take(self.snapshot)
        self.change(self.view, RequestPictures(self.view.request))

    def _begin_to_look(self) -> None:
        """Reset what belongs to the old network: its layers, its iterations."""
        request = PictureRequest(map_columns=self.view.request.map_columns, map_rows=self.view.request.map_rows)
        self.view = structs.replace(self.view, cursor=None, request=request)
        self._forget_choices()

    def _forget_choices(self) -> None:
        """Begin another preset with what the person has chosen for all of them."""
        self.view = structs.replace(self.view, curve="loss", log_y_here=None, numbers=self._first_view.numbers)

    def close(self, *, is_cut_off: bool = False) -> None:
        """Stop the run. `is_cut_off`: see `Run.close`."""
        self.run.close(is_cut_off=is_cut_off)

    @property
    def gradient_check(self) -> GradientCheck | None:
        """The newest snapshot of this run."""
        return None if self.snapshot.control is None else self.snapshot.control.gradient_check

    @property
    def chosen_key(self) -> str:
        """Dotted key of the chosen line of the settings list; "" before there is one."""
        return self.view.settings[self.view.setting].key if self.view.settings else ""

    def poll(self, *, numbers: bool = True) -> None:
        """Ask the run for its newest snapshot; `numbers`: as in `Run.latest`."""
        obeyed = self._pending.obeyed  # before the snapshot: the run may obey more commands after taking it
        self._take(self.run.latest(numbers=numbers), obeyed)
        if obeyed == self._pending.sent and self.snapshot.run != self._met and not self.snapshot.is_recorded:
            self._met = self.snapshot.run
            self._meet_run()
        if self.view.lesson is not None:
            self._follow_lesson(self.view.lesson)

    def _take(self, snapshot: Snapshot, obeyed: int = 0) -> None:
        now = time.monotonic()
        if snapshot.version != self.snapshot.version:
            self._heard = now
        if snapshot.title != self.snapshot.title:  # undo can lead back to another preset
            self._forget_choices()
        before, self.snapshot = self.snapshot, snapshot
        shape = () if snapshot.network is None else snapshot.network.shape
        stays = shape == self._shape or (self.view.lesson is not None and self.view.lesson.draws_network)
        mode = self.view.weights_mode if stays else first_mode(shape, self._first_view.weights_mode)
        self._shape = shape
        if obeyed == self._pending.sent:
            self._pending.forget()
        at = self.view.iteration_at_cursor
        if snapshot.run != before.run or (at is not None and at > snapshot.newest):
            self.view = structs.replace(self.view, cursor=None)  # the run began again
        self._age_introduction(now - self._introduced_at)
        view = self.view if snapshot.settings is self._listed else self._listing(snapshot)
        control = self.expected.control
        is_fast = snapshot.control is not None and (snapshot.control.pace or math.inf) >= BUSY_PACE
        busy = snapshot.status is Status.RUNNING and is_fast
        turns = snapshot.run != view.turned and needs_logarithm(snapshot)
        self.view = structs.replace(
            view,
            turned=snapshot.run if turns else view.turned,
            pace_before=view.pace_before if control is None or control.pace is None else control.pace,
            locked=self._locked,
            greyed=greyed_actions(snapshot, view, self.run.capabilities),
            is_proposing=snapshot.proposal is not None,
            stale=busy and now - self._heard > OVERDUE,
            blamed=self._blame.reached(before, snapshot, now),
            weights_mode=mode,
            earlier=self._earlier.behind(snapshot, view.lesson),
        )
        self.complaint = self._earlier.complaint() or self.complaint

    def _listing(self, snapshot: Snapshot) -> View:
        """The view with the settings of this snapshot, and the same one chosen."""
        settings = tuple(possible(s, snapshot) for s in self.catalogue.settings if s.key in snapshot.values)
        keys, chosen, self._listed = [setting.key for setting in settings], self.chosen_key, snapshot.settings
        # A change can add lines to the list above the chosen one, or remove some.
        line = keys.index(chosen) if chosen in keys else self.view.setting
        return choose_setting(structs.replace(self.view, settings=settings), line)

    def perform(self, action: KeyAction) -> str:
        """Carry out an action, unless it can do nothing now. Returns why a lesson does not allow it; "" if it does."""
        if action.act is not None and action.id not in self.view.greyed:
            view, commands = action.act(self.expected, self.view)
            if action.group != "lesson" and (refused := self._not_allowed(*commands)):
                return refused
            self.change(view, *commands)
        return ""

    def pressed(self, action: KeyAction) -> None:
        """Tell the lesson that the key of an action was pressed; it may wait for that."""
        if self.view.lesson is not None and action.id not in self.view.greyed:
            own = next((each.keys for each in keymap() if each.id == action.id), ())
            walk, commands = pressed(self.view.lesson, own)
            self.change(walked(self.view, walk), *commands)

    def answer_lesson(self, answer: float | str) -> None:
        """Answer the open question of the lesson with what a person typed."""
        if self.view.lesson is not None:
            walk, commands = answered(self.view.lesson, answer)
            self.change(walked(self.view, walk), *commands)

    @property
    def _locked(self) -> frozenset[str]:
        """The settings in the list that the lesson does not let a person change."""
        controls = None if self.view.lesson is None else self.view.lesson.controls
        if controls is None:
            return frozenset()
        return frozenset(setting.key for setting in self.view.settings if not controls.allows(setting.key))

    def _not_allowed(self, *commands: Command) -> str:
        """Why the lesson does not allow what the commands change; "" if it does."""
        controls = None if self.view.lesson is None else self.view.lesson.controls
        keys = [key for command in commands for key in changed_by(command)]
        locked = [key for key in keys if controls is not None and not controls.allows(key)]
        return f"{words_of(locked[0])}: {LEFT_AS_IT_IS}" if locked else ""

    def why_idle(self, action: KeyAction) -> str:
        """Why an action can do nothing now, for a person; "" where it can."""
        reason = why_idle(action, self.snapshot, self.view, self.run.capabilities)
        return reason and f"{action.label}: {reason}"

    def attempt(self, command: Command) -> str:
        """Send a command with what a person typed. Returns why a lesson does not allow it; "" if it does."""
        refused = self._not_allowed(command)
        if not refused:
            self.change(self.view, command)
        return refused

    def change(self, view: View, *commands: Command) -> None:
        """Show another view and send commands; a changed request for pictures goes to the run too."""
        if view.request != self.view.request:
            commands = (*commands, RequestPictures(view.request))
        before = self.view.lesson
        self._aims = max(self._aims, 0 if view.lesson is None else view.lesson.aims)
        if view.lesson is not None and PANELS[view.focus].in_a_case == "costs":
            view = structs.replace(view, lesson=looked_at(view.lesson, view.focus))
        self.view = view
        if view.lesson is not before:  # the next key may come before the next snapshot
            view = structs.replace(view, awaits=action_of(view.lesson.awaited_key if view.lesson else ""))
            self.view = structs.replace(view, greyed=greyed_actions(self.snapshot, view, self.run.capabilities))
        if view.lesson is not None and is_news(before, view.lesson):
            self.complaint = self.catalogue.remember(view.lesson)
        if view.lesson is not None:
            first, last = news(before, view.lesson)
            commands = (*first, *commands, *last)
        for command in commands:
            if isinstance(command, OpenStop):
                self.open_stop(OpenRequest(preset=command.opens), anew=command.anew)
                return
            if isinstance(command, do.WatchFor):
                command = self._with_other_run(command)
            if isinstance(command, OpenPreset):
                command = self._loading(command)
            elif isinstance(command, do.ReturnToBookmark) and isinstance(command.otherwise, OpenPreset):
                command = do.ReturnToBookmark(self._loading(command.otherwise))
            self._pending.send(command, self.run, self.snapshot)

    def _loading(self, command: OpenPreset) -> Command:
        return present(self.catalogue.load(OpenRequest(preset=command.title, paused=True)))

    def _with_other_run(self, command: do.WatchFor) -> do.WatchFor:
        """The command with the run with which its claim compares, under the same seed."""
        aim, seed, walk = command.aim, self.snapshot.values.get(SEED, 0), self.view.lesson
        if aim is None or aim.claim is None or not aim.claim.compares or walk is None or not isinstance(seed, int):
            return command
        return do.WatchFor(structs.replace(aim, other=self.catalogue.compared(walk, seed)))

    @property
    def expected(self) -> Snapshot:
        """The snapshot after all pending commands. Keys that come faster than the run replies (held down, or in one
        packet over a slow line) count from there: five steps up are five steps."""
        return self._pending.expected(self.snapshot)

    @property
    def is_asking(self) -> bool:
        """Whether commands have been sent for whose reply nobody waits yet."""
        return self._pending.is_asking

    @property
    def is_opening(self) -> bool:
        """Whether one of these commands opens another run: until it is there, the view does not suit the snapshot."""
        return self._pending.is_opening

    def answer(self, then: Callable[[], None]) -> None:
        """Call `then`, from any thread, once the run has news of all commands so far; see `Run.answer`."""
        self._pending.answer(self.run, then)

    def draw(
        self, width: int, height: int, theme: Theme, kept: Collection[str] = (), waits: Waits = lambda cells, parts: ()
    ) -> Cells:
        """A picture of the present state. A panel that fails costs its picture, never the program.

        Where there is room for one panel only, the first frame shows the first panel. `kept`: see `draw_dashboard`.
        """
        if self.frame is None and is_narrow(width, height):
            self.view = focus(self.view, next(iter(PANELS)))
        try:
            frame = self._frames.draw(self.snapshot, self.view, (width, height), theme, kept, waits)
        except Exception as error:
            return apology(error, width, height, theme)
        request = structs.replace(self.view.request, **frame.asks)
        self.change(structs.replace(self.view, request=request, narrow=is_narrow(width, height)))
        return frame.cells

    @property
    def frame(self) -> Frame | None:
        """The newest frame; None before the first."""
        return self._frames.newest

    @property
    def rectangles(self) -> Mapping[str, Rect]:
        """The rectangles of the frame shown: see `Frame.rectangles`."""
        return self.frame.rectangles if self.frame else {}
