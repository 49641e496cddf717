"""The lines around the panels: the pace, the arm, and where a run broke, at every width."""

from __future__ import annotations

from collections.abc import Callable

import made_up
import pytest
import sample_moments as moments
import short_runs as samples
from driven_run import DrivenRun
from msgspec import structs

from tui_trainer.dashboard.header import pace_words, status_words
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import autopsy
from tui_trainer.dashboard.whole_screen import draw_dashboard
from tui_trainer.drawing.theme import make_theme
from tui_trainer.setting import BATCH_SIZE
from tui_trainer.telemetry import Notice, Phase, SeekProgress, Snapshot, Status
from tui_trainer.telemetry import commands as do

DARK = make_theme()


def lines(snapshot: Snapshot, width: int, height: int = 40) -> list[str]:
    view = first_view(settings=samples.SETTINGS)
    return draw_dashboard(snapshot, view, width, height, DARK, ()).cells.lines()


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (0.25, "1 phase/s"),
        (0.5, "2 phases/s"),
        (2.0, "8 phases/s"),
        (3.0, "3 it/s"),
        (30.0, "30 it/s"),
        (2000.0, "2,000 it/s"),
        (None, "full speed"),
    ],
)
def test_the_pace_goes_from_phases_to_full_speed(pace: float | None, words: str) -> None:
    assert pace_words(pace) == words
    paused = made_up.changed(samples.moons(), status=Status.PAUSED, pace=pace)
    for width in (80, 120, 200):
        assert lines(paused, width)[0].rstrip().endswith(f"❚❚ paused · {words}")


@pytest.mark.parametrize(
    ("pace", "speed", "words"),
    [
        (0.25, 0.25, "▶ running 1 phase/s"),
        (80.0, 79.6, "▶ running 80 it/s"),
        (80.0, 0.0, "▶ running 80 it/s"),
        (1000.0, 412.0, "▶ running 412 of 1,000 it/s"),
        (None, 41_200.0, "▶ running 41,200 it/s, full speed"),
    ],
)
def test_a_pace_that_is_not_kept_is_said(pace: float | None, speed: float, words: str) -> None:
    running = made_up.changed(samples.moons(), status=Status.RUNNING, pace=pace, speed=speed)
    assert status_words(running, 80) == words


def test_the_arm_in_focus_is_named() -> None:
    for size in ((60, 12), (80, 24), (120, 40), (200, 60)):
        assert any("arm B of 3: lr 0.1" in line for line in lines(moments.race(), *size)[:2])
    assert any("arm B of 2" in line for line in lines(moments.forked(), 120)[:1])
    assert "arm" not in lines(samples.moons(), 120)[0]


def test_where_a_run_broke_is_said_with_its_numbers_and_the_key_as_far_as_there_is_room() -> None:
    found = moments.broke().autopsy
    assert found is not None
    wide = lines(moments.broke(), 300, 60)[2]
    assert wide.startswith(f" ✗ DIVERGED: {found.sentence} · f: learning rate 0.07")
    middle = lines(moments.broke(), 120)[2]
    assert (
        f"iteration {found.iteration + 1}, guess: pre-activation of layer 2 (matrix product, inputs ≤ 3.1e38)" in middle
    )
    assert "f: learning rate 0.07" in middle
    narrow = lines(moments.broke(), 80, 24)[2]
    assert "DIVERGED: pre-activation of layer 2" in narrow
    assert "f: learning rate 0.07" in narrow
    assert "layer 2" in lines(moments.broke(), 40, 12)[1]


@pytest.mark.parametrize(("width", "height"), [(120, 40), (80, 24), (200, 60)])
def test_the_autopsy_stands_in_a_panel_of_its_own_with_the_last_finite_values(width: int, height: int) -> None:
    shown = "\n".join(lines(moments.broke(), width, height))
    for words in ("Autopsy", "Guess: ", "of layer 2", "matrix product", "3.1e38", "2.4e30", "1.2e22"):
        assert words in shown, words


@pytest.mark.parametrize("height", range(3, 12))
@pytest.mark.parametrize("width", [26, 30, 40, 60])
def test_an_autopsy_leaves_lines_out_and_cuts_none(width: int, height: int) -> None:
    found = structs.replace(
        moments.broke().autopsy, tensor="loss", layer="", operation="mean squared error summed over 200 examples"
    )
    view = first_view(settings=samples.SETTINGS)
    shown = " ".join(line[2:-2].strip() for line in autopsy.draw(found, view, width, height, DARK).lines()[1:-1])
    for wording in sorted({text for line in autopsy._lines(found, view) for text in line}, key=len, reverse=True):
        shown = shown.replace(wording, "", 1) if wording else shown
    assert not shown.strip() or height == 3  # a panel of one row has the beginning of the first line


def test_a_long_seek_says_where_it_leads_how_far_it_is_and_how_to_stay() -> None:
    going = made_up.changed(moments.past(), seeking=SeekProgress(iteration=4321, share=0.42))
    assert lines(going, 120)[2].startswith(
        " … Going to iteration 4,321: 42% of the way is computed again · esc stays here"
    )
    assert "Going to iteration 4,321: 42% · esc stays" in lines(going, 50, 20)[2]
    assert "42%" in " ".join(lines(going, 30, 8))


def test_what_a_key_did_is_told_beside_the_verdict_of_a_run_that_stands() -> None:
    said = structs.replace(samples.overfitting(), status=Status.PAUSED, message=Notice("learning rate 0.1 → 0.2"))
    assert said.message.text in lines(said, 120)[2]
    assert "OVERFITTING" in lines(said, 120)[2]


@pytest.mark.parametrize("sample", [samples.overfitting, samples.moons])
def test_where_what_was_done_has_no_room_its_gist_has(sample: Callable[[], Snapshot]) -> None:
    for gist, more in (
        ("undo: back to iteration 228", ", as it was before learning rate 0.01 → 0.005"),
        ("the recording has stopped", ", training goes on: Permission denied (/home/ada/recordings)"),
    ):
        said = structs.replace(sample(), status=Status.PAUSED, message=Notice(gist + more))
        assert gist + more in lines(said, 180)[2]
        for width in (50, 60, 70, 120):
            assert gist in lines(said, width)[2]


@pytest.mark.parametrize("status", [Status.RUNNING, Status.FINISHED])
def test_what_a_key_did_is_told_beside_a_verdict_while_it_runs_too(status: Status) -> None:
    notice = Notice("arm B is given up", (("undo", "brings it back"),))
    given_up = structs.replace(samples.overfitting(), status=status, message=notice)
    assert "arm B is given up; u brings it back" in lines(given_up, 120)[2]
    assert " → ".join(samples.rise(given_up)) in lines(given_up, 120)[2]
    ended = structs.replace(given_up, message=Notice(f"{status.value}: the target of 480 iterations is reached"))
    assert "training loss fell" in lines(ended, 160)[2]


@pytest.mark.parametrize(
    "message",
    [Notice(), Notice("learning rate 0.8 → 0.08: it held for 60 iterations on trial", (("toggle", "goes on"),))],
)
@pytest.mark.parametrize("status", [Status.PAUSED, Status.RUNNING])
def test_no_verdict_without_its_evidence(message: Notice, status: Status) -> None:
    """What fixing does, and what was done, leave first, or stand in place of the whole verdict."""
    low, high = samples.rise(samples.overfitting())
    said = structs.replace(samples.overfitting(), status=status, message=message)
    for width in range(60, 161, 4):
        line = lines(said, width)[2]
        assert "…" not in line.replace("0.08: …", ""), width
        assert ("OVERFITTING" in line) == (low in line) == (high in line), width
        assert "OVERFITTING" in line or message.text.split(":")[0] in line, width
        if not message.text:
            assert "f: early stopping" in line, width


def test_a_loss_that_broke_belongs_to_no_layer() -> None:
    found = structs.replace(moments.broke().autopsy, tensor="loss", layer="", operation="mean squared error")
    snapshot = structs.replace(moments.broke(), autopsy=found)
    assert "the loss" in lines(snapshot, 120)[2]
    assert " of ," not in lines(snapshot, 120)[2]


@pytest.mark.parametrize("sample", [samples.overfitting, samples.moons, moments.forked])
@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("arm B forked at iteration 140: change a setting of it, then run both", "arm B forked at iteration 140: …"),
        ("undo: back to iteration 61, as it was before dropout 0.2 → 0.5", "undo: back to iteration 61"),
    ],
)
def test_where_there_is_room_for_one_sentence_it_is_of_what_was_done_while_the_run_stands(
    sample: Callable[[], Snapshot], message: str, told: str
) -> None:
    said = structs.replace(sample(), status=Status.PAUSED, message=Notice(message))
    assert lines(said, 40, 12)[1][3:].rstrip() == told
    running = structs.replace(sample(), status=Status.RUNNING, message=Notice())
    assert told not in lines(running, 40, 12)[1]


def test_where_the_strip_of_phases_has_no_room_the_one_that_has_run_is_named() -> None:
    stepped = made_up.changed(samples.moons(), phase=Phase.LOSS)
    assert "[Measure]" in lines(stepped, 60, 20)[1]
    assert "Blame" not in lines(stepped, 60, 20)[1]
    assert "[" not in lines(samples.moons(), 60, 20)[1]
    assert lines(stepped, 80, 24)[1].count("[Measure]") == 1


def test_a_long_title_is_cut_and_does_not_leave() -> None:
    title = "How much does dropout change when everything else is held the same?"
    for snapshot in (samples.digits(), made_up.changed(moments.race(), pace=80.0)):
        for width in (60, 80, 100, 120):
            line = lines(structs.replace(snapshot, title=title), width, 24)[0]
            assert line[1:].startswith(title[:14]), (width, line)
            assert "running" in line or "paused" in line


def test_between_what_runs_and_how_there_is_room_at_every_width() -> None:
    snapshot = structs.replace(samples.digits(), status=Status.RUNNING)
    for width in range(40, 121):
        line = lines(snapshot, width, 24)[0]
        assert "  ▶ running" in line, (width, line)
        shown = line.partition("  ▶")[0].strip()
        assert f"{snapshot.title} · {snapshot.summary}".startswith(shown.removesuffix("…")), (
            "the last part leaves first"
        )


def test_an_epoch_whose_batch_size_was_changed_counts_its_examples() -> None:
    """After two batches of 8 the remaining 24 of 40 are one batch: it is not the first of one, and not over."""
    driver = DrivenRun().driver
    driver.obey(do.StepIterations(7))
    assert "epoch 2 of 40 · 2 of 5 batches" in lines(driver.snapshot(), 120)[1]
    driver.obey(do.ChangeSetting("optimizer.learning_rate", 0.01))
    assert "2 of 5 batches" in lines(driver.snapshot(), 120)[1]
    driver.obey(do.ChangeSetting(BATCH_SIZE, 24))
    header = lines(driver.snapshot(), 120)[1]
    assert "epoch 2 of 98 · 16 of 40 seen" in header
    assert "batches" not in header
    driver.obey(do.StepIterations(2))
    assert "1 of 2 batches" in lines(driver.snapshot(), 120)[1]
