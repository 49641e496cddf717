"""When pictures are painted on a line that is slow, followed frame by frame without a terminal."""

from __future__ import annotations

from collections.abc import Callable, Collection
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from fake_run import CATALOGUE, FakeRun
from msgspec import structs

from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.panels import charts, numbers
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.telemetry import Snapshot, present
from tui_trainer.telemetry import commands as do
from tui_trainer.tui.budget import Budget
from tui_trainer.tui.frame_pacer import FULL_SPEED_FRAME_SECONDS, READING_SECONDS, RETRY_SECONDS, FramePacer

REQUEST = OpenRequest(preset="lr just right", paused=True)


class Lagging(FakeRun):
    """Tells what lies ready, as the thread does, and has more made only once that has been looked at."""

    def __init__(self) -> None:
        super().__init__(REQUEST)
        self._ready, self._wanted = super().latest(), False

    def latest(self, *, numbers: bool = True) -> Snapshot:
        self._wanted = True
        return self._ready

    def answer(self, then: Callable[[], None]) -> None:
        self.make()
        then()

    def make(self) -> None:
        """What the thread does before it answers, or when it comes to it."""
        if self._wanted:
            self._ready, self._wanted = super().latest(), False


class Stage:
    """A frame pacer whose terminal is behind when it is told to be; what was painted, and how."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, budget: Budget) -> None:
        self.behind = False
        self.painted: list[tuple[int, bool]] = []
        """(iteration, whether it was all of the picture) of every picture."""
        self.run = Lagging()
        self.state = ScreenState(lambda request: self.run, CATALOGUE, REQUEST)
        screen = SimpleNamespace(is_current=True)
        canvas = SimpleNamespace(
            is_attached=True, size=(80, 24), screen=screen, limit=0, draw=self._draw, settle=lambda: None
        )
        self.canvas = canvas
        app: Any = SimpleNamespace(screen=screen, is_running=True)
        monkeypatch.setattr("tui_trainer.tui.frame_pacer.output_pending", lambda app: self.behind)
        self.pacer = FramePacer(app, self.state, canvas, lambda: "dark", budget)  # type: ignore[arg-type]
        self._due: list[Callable[[], None]] = []
        self.pause = 0.0
        """Seconds to the next frame."""
        monkeypatch.setattr(self.pacer, "soon", lambda what: what())
        monkeypatch.setattr(self.pacer, "_later", self._later)

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        if what == self.pacer._frame:
            self.pause = seconds
        else:
            self._due.append(what)

    def _draw(self, kept: Collection[str] = ()) -> bool:
        self.painted.append((self.state.snapshot.iteration, not kept and self.canvas.limit is None))
        return True

    def frame(self) -> None:
        """The next frame, and what follows until the one after it."""
        self.pacer._frame()
        self.catch_up()

    def catch_up(self) -> None:
        """Do what is due by now; frames come when they are told to."""
        while self._due:
            self._due.pop(0)()


def test_the_first_picture_after_a_stall_is_of_the_present(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, Budget(None))
    stage.frame()
    stage.run.make()  # while the picture is on its way
    stage.behind = True
    stage.run.send(do.StepIterations(500))
    now = stage.run._iteration
    stage.frame()
    stage.behind = False
    before = len(stage.painted)
    stage.frame()
    assert {iteration for iteration, _ in stage.painted[before:]} == {now}


def test_a_key_that_changes_the_view_is_painted_whole_as_soon_as_the_line_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    budget = Budget(4, lambda: 100.0)
    stage = Stage(monkeypatch, budget)
    stage.frame()
    budget.spend(30_000)
    assert budget.wait > 0
    view = stage.state.view
    stage.state.change(structs.replace(view, log_y=not view.log_y))
    stage.behind = True
    stage.pacer.reply()
    stage.catch_up()
    assert stage.pause == RETRY_SECONDS
    stage.behind = False
    before = len(stage.painted)
    stage.frame()
    assert [whole for _, whole in stage.painted[before:]] == [True]
    assert stage.pause > RETRY_SECONDS
    stage.run.send(do.StepIterations(1))
    stage.run.make()
    stage.frame()
    assert [whole for _, whole in stage.painted[before:]] == [True, False]  # and the next has to be paid for


def test_the_view_of_another_run_is_not_painted_around_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, replies = Stage(monkeypatch, Budget(None)), list[Callable[[], None]]()
    monkeypatch.setattr(stage.run, "answer", replies.append)
    stage.frame()
    for command, at_once in ((do.StepIterations(1), True), (do.ReturnToBookmark(), False)):
        before = len(stage.painted)
        stage.state.change(structs.replace(stage.state.view, log_y=not stage.state.view.log_y), command)
        stage.pacer.reply()
        stage.catch_up()
        assert (len(stage.painted) > before) is at_once
        replies.pop()()
        stage.catch_up()
        assert len(stage.painted) > before


def test_at_full_speed_training_pauses_while_a_frame_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, said = Stage(monkeypatch, Budget(None)), list[str]()
    stage.run.send(do.Resume())
    monkeypatch.setattr(stage.run, "answer", lambda then: said.append("pause"))
    monkeypatch.setattr(stage.run, "go_on", lambda: said.append("go on"))
    monkeypatch.setattr(stage.canvas, "draw", lambda panels=(): said.append("draw") or True)
    for pace in (None, 10.0):
        stage.run.send(do.SetPace(pace))
        stage.run.make()
        stage.state.poll()
        stage.run.make()
        stage.pacer._frame()
        said.append("·")
    assert said == ["pause", "draw", "go on", "·", "draw", "go on", "·"]


def test_at_full_speed_a_frame_is_drawn_once_training_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, said = Stage(monkeypatch, Budget(None)), list[str]()

    def stands_still(then: Callable[[], None]) -> None:
        said.append("stands still")
        then()

    stage.run.send(do.Resume())
    stage.run.send(do.SetPace(None))
    stage.run.make()
    stage.state.poll()
    stage.run.make()
    monkeypatch.setattr("tui_trainer.tui.frame_pacer.STANDSTILL_SECONDS", 60.0)
    monkeypatch.setattr(stage.run, "answer", lambda then: Thread(target=stands_still, args=[then]).start())
    monkeypatch.setattr(stage.canvas, "draw", lambda panels=(): said.append("draw") or True)
    stage.pacer._frame()
    assert said == ["stands still", "draw"]


def test_at_full_speed_frames_begin_ten_times_a_second_however_long_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, now = Stage(monkeypatch, Budget(None)), 100.0

    def draw(kept: Collection[str] = ()) -> bool:
        nonlocal now
        now += 0.03
        return True

    monkeypatch.setattr("tui_trainer.tui.frame_pacer.time", SimpleNamespace(monotonic=lambda: now, thread_time=float))
    monkeypatch.setattr(stage.canvas, "draw", draw)
    stage.run.send(do.Resume())
    stage.run.send(do.SetPace(None))
    stage.run.make()
    stage.state.poll()
    stage.run.make()
    stage.frame()
    assert 0.03 + stage.pause == pytest.approx(FULL_SPEED_FRAME_SECONDS)
    assert 1 / FULL_SPEED_FRAME_SECONDS > 10


def test_training_pauses_until_the_first_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    said = list[str]()
    monkeypatch.setattr(Lagging, "answer", lambda run, then: said.append("pause"))
    Stage(monkeypatch, Budget(None))
    assert said == ["pause"]


def test_at_full_speed_the_numbers_of_an_iteration_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("tui_trainer.tui.frame_pacer.time.monotonic", lambda: now)
    stage = Stage(monkeypatch, Budget(None))
    stage.run.send(do.Resume())
    kept = []
    monkeypatch.setattr(stage.canvas, "draw", lambda panels=(): kept.append(set(panels)) or True)
    with monkeypatch.context() as slow:
        slow.setattr(stage.run, "answer", lambda then: None)  # a new snapshot comes later
        for _ in range(8):
            stage.run.send(do.SetPace(None))
            stage.run.make()
            stage.frame()
            now += READING_SECONDS / 4
    assert kept == [set(), *[numbers()] * 3, set(), *[numbers()] * 3]
    stage.state.change(stage.state.view, do.SetPace(None))  # as a key does
    stage.pacer.reply()
    stage.catch_up()
    assert kept[-2:] == [charts(), set()]
    now += READING_SECONDS / 4
    stage.run.send(do.Pause())
    stage.run.make()
    stage.frame()
    assert kept[-1] == set()


def test_at_full_speed_the_numbers_of_a_step_are_asked_for_a_frame_before_they_are_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, asked, kept = 100.0, list[bool](), list[bool]()
    monkeypatch.setattr("tui_trainer.tui.frame_pacer.time.monotonic", lambda: now)
    stage = Stage(monkeypatch, Budget(None))
    latest = stage.run.latest

    def asking(*, numbers: bool = True) -> Snapshot:
        asked.append(numbers)
        return latest()

    stage.run.send(do.Resume())
    stage.run.send(do.SetPace(None))
    monkeypatch.setattr(stage.run, "latest", asking)
    monkeypatch.setattr(stage.run, "answer", lambda then: None)
    monkeypatch.setattr(stage.canvas, "draw", lambda panels=(): kept.append(bool(panels)) or True)
    for _ in range(25):
        stage.run.send(do.SetPace(None))
        stage.run.make()
        stage.pacer._frame()
        now += READING_SECONDS / 10
    assert asked.count(True) <= 6
    drawn = [number for number, each in enumerate(kept) if not each]
    assert len(drawn) == 3
    assert all(asked[number - 1] for number in drawn[1:])
    old = structs.replace(present(stage.state.snapshot.step), iteration=1)
    stage.state.snapshot = structs.replace(stage.state.snapshot, step=old)
    now += READING_SECONDS
    stage.pacer._painted = ((),)
    stage.pacer.paint()
    assert kept[-1]
