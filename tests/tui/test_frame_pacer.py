"""When pictures are painted on a line that is slow, followed frame by frame without a terminal."""

from __future__ import annotations

from collections.abc import Callable, Collection
from types import SimpleNamespace
from typing import Any

import pytest
from fake_run import CATALOGUE, FakeRun
from msgspec import structs

from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.panels import charts, numbers
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.telemetry import Snapshot
from tui_trainer.telemetry import commands as do
from tui_trainer.tui.budget import Budget
from tui_trainer.tui.frame_pacer import READING_SECONDS, RETRY_SECONDS, FramePacer

REQUEST = OpenRequest(preset="lr just right", paused=True)


class Lagging(FakeRun):
    """Tells what lies ready, as the thread does, and has more made only once that has been looked at."""

    def __init__(self) -> None:
        super().__init__(REQUEST)
        self._ready, self._wanted = super().latest(), False

    def latest(self) -> Snapshot:
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


def test_at_full_speed_the_numbers_of_an_iteration_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("tui_trainer.tui.frame_pacer.time.monotonic", lambda: now)
    stage = Stage(monkeypatch, Budget(None))
    stage.run.send(do.Resume())
    kept = []
    monkeypatch.setattr(stage.canvas, "draw", lambda panels=(): kept.append(set(panels)) or True)
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
