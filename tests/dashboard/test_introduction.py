"""A run that is opened shows its question in the verdict's place; a new person is told where to begin."""

from __future__ import annotations

import made_up
import pytest
import short_runs as samples
from driven_run import REAL_CATALOGUE, DrivenRun
from fake_run import CATALOGUE
from msgspec import structs

from tui_trainer.dashboard import screen_state
from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.dashboard.view import Introduction, View
from tui_trainer.dashboard.whole_screen import draw_dashboard
from tui_trainer.drawing.theme import make_theme
from tui_trainer.telemetry import Notice, SeekProgress, Snapshot, Status

QUESTION, WATCH = "What happens when every step is too long?", "The loss jumps."
DARK = make_theme()
SAID = Introduction(QUESTION, WATCH)
ABOUT = {entry.title: entry for entry in CATALOGUE.presets()}


def rows(view: View, width: int, height: int, snapshot: Snapshot | None = None) -> list[str]:
    snapshot = samples.overfitting() if snapshot is None else snapshot
    return draw_dashboard(snapshot, view, width, height, DARK, ()).cells.lines()


def opened() -> ScreenState:
    catalogue = structs.replace(REAL_CATALOGUE, about=ABOUT.get)
    return ScreenState(lambda request: DrivenRun(), catalogue, OpenRequest(preset="lr too large"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_question_and_watch_stand_in_the_place_of_the_verdict(size: tuple[int, int]) -> None:
    verdict = rows(first_view(), *size)[2]
    asked = rows(first_view(introduction=SAID), *size)[2]
    assert "OVERFITTING" in verdict
    assert asked.startswith(f" ? {QUESTION} Watch: {WATCH}")


def test_what_the_run_says_of_its_own_accord_comes_first() -> None:
    said = structs.replace(samples.overfitting(), message=Notice("the recording has stopped", is_unasked=True))
    assert rows(first_view(introduction=SAID), 120, 40, said)[2].rstrip().endswith("the recording has stopped")
    reply = structs.replace(said, message=Notice("the recording has stopped"))
    assert QUESTION in rows(first_view(introduction=SAID), 120, 40, reply)[2]


def test_the_way_to_the_moment_at_which_a_run_is_opened_comes_first() -> None:
    going = made_up.changed(samples.overfitting(), seeking=SeekProgress(iteration=4321, share=0.42))
    assert "Going to iteration 4,321: 42%" in rows(first_view(introduction=SAID), 80, 24, going)[2]


def test_where_they_have_no_room_together_they_take_turns() -> None:
    long = Introduction(QUESTION, WATCH * 4)
    assert rows(first_view(introduction=long), 80, 24)[2].rstrip() == f" ? {QUESTION}"
    read = structs.replace(long, is_read=True)
    assert rows(first_view(introduction=read), 80, 24)[2].rstrip() == f" ? Watch: {WATCH * 4}"


def test_a_new_person_sees_both_and_then_where_to_begin() -> None:
    view = first_view(introduction=SAID, is_new=True)
    asked = rows(view, 80, 24)
    assert [line.strip() for line in asked[2:4]] == [f"? {QUESTION}", f"Watch: {WATCH}"]
    told = rows(structs.replace(view, introduction=None), 80, 24)
    assert "OVERFITTING" in told[2]
    assert "New here?" in told[3]
    assert "i: what" in told[3]
    assert asked[4:] == told[4:]
    assert "New here?" not in "".join(rows(structs.replace(view, introduction=None), 80, 15))


def test_a_small_screen_of_text_asks_it_too() -> None:
    assert QUESTION in " ".join(line.strip() for line in rows(first_view(introduction=SAID), 39, 12))


def test_a_run_that_failed_says_so_at_once() -> None:
    failed = structs.replace(samples.overfitting(), status=Status.FAILED)
    assert "FAILED" in rows(first_view(introduction=SAID), 80, 24, failed)[2]


def test_it_ends_with_time_or_with_an_act(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(screen_state.time, "monotonic", lambda: clock[0])
    state = opened()
    entry = ABOUT["lr too large"]
    assert state.view.introduction == Introduction(entry.question, entry.watch)
    clock[0] += 6
    state.poll()
    assert state.view.introduction is not None
    assert state.view.introduction.is_read
    clock[0] += 5
    state.poll()
    assert state.view.introduction is None
    state.open(OpenRequest(preset="overfitting"))
    state.poll()
    assert state.view.introduction == Introduction(ABOUT["overfitting"].question, ABOUT["overfitting"].watch)
    state.end_introduction()
    state.poll()
    assert state.view.introduction is None
    state.open(OpenRequest(preset="of nobody"))
    assert state.view.introduction is None
