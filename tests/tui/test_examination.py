"""The examination: what its lines say at every width, and the screen that shows them."""

from __future__ import annotations

import numpy as np
import pytest
from fake_run import BOUNCING, CATALOGUE, FakeRun
from msgspec import structs
from real_terminal import running
from textual.pilot import Pilot
from textual.widgets import Static
from waiting import until

from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.examination_lines import examination_lines
from tui_trainer.dashboard.panels.stability import rate_beside_limit
from tui_trainer.drawing.cells import text_width
from tui_trainer.experiment import with_settings
from tui_trainer.presets import find
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import Examined, PictureRequest, Signal
from tui_trainer.telemetry import commands as do
from tui_trainer.tui.app import TrainerApp

SHARE = Signal(name="share of rises", value=0.4, healthy="below 0.20", is_healthy=False)
RANGE = Signal(name="range of the loss", value=0.05, healthy="below 0.12", is_healthy=True)
UNKNOWN = Signal(name="loss at the mean", value=None, healthy="above 0.60", is_healthy=True)
HOLDS = Examined(id="bouncing", title="bouncing", verdict="holds", signals=(UNKNOWN, RANGE, SHARE))
CLEAR = Examined(id="plateau", title="plateau", verdict="clear", signals=(UNKNOWN, SHARE, RANGE))
NOT_CHECKED = Examined(
    id="dead_relu", title="dead ReLUs", verdict="not_checked", reason="the network has no rectifiers"
)
ALL = (NOT_CHECKED, CLEAR, HOLDS)


def texts(*examined: Examined, columns: int = 120) -> list[str]:
    findings = (BOUNCING,) if HOLDS in examined else ()
    return [line.text for line in examination_lines(examined, findings, 1480, columns)]


def test_what_holds_comes_first_with_its_sentence_then_a_line_a_finding() -> None:
    assert texts(*ALL) == [
        "Examination at iteration 1,480: 1 holds, 1 clear, 1 not checked",
        "In brackets: where a number lies in a healthy run.",
        "",
        "⚠ bouncing   holds       share of rises 0.40 (below 0.20)",
        f"  {BOUNCING.sentence}",
        "  plateau    clear       range of the loss 0.050 (below 0.12)",
        "  dead ReLUs not checked the network has no rectifiers",
    ]
    roles = [line.role for line in examination_lines(ALL, (BOUNCING,), 1480, 120)]
    assert roles == ["heading", "sentence", "sentence", "warning", "sentence", "clear", "not_checked"]


def test_the_learning_rate_stands_beside_its_limit_where_that_is_known() -> None:
    """Half the mean squared error of the article's four gadgets: 2 divided by the largest eigenvalue of the mean of
    (x, 1)(x, 1)ᵀ."""
    run = DiagnosedRun(with_settings(find("glasses or rings").experiment(), {"optimizer.learning_rate": 0.001}))
    snapshot = run.snapshot(PictureRequest(examination=True), version=1, status=run.standing)
    inputs = np.array([(0.55, 0.48, 1), (0.45, 0.72, 1), (0.35, 0.03, 1), (0.20, 0.03, 1)])
    limit = 2 / np.linalg.eigvalsh(inputs.T @ inputs / 4).max()
    said = f"The learning rate is 0.001; full-batch steps are stable below {limit:.2g} at 0."
    assert rate_beside_limit(snapshot) == said
    lines = examination_lines(ALL, (BOUNCING,), 0, 120, rate=said)
    assert [line.text for line in lines][1:4] == ["In brackets: where a number lies in a healthy run.", said, ""]
    adam = DiagnosedRun(find("adam or sgd").experiment())
    assert rate_beside_limit(adam.snapshot(PictureRequest(), version=1, status=adam.standing)) == ""


def test_a_narrow_screen_has_the_number_below_the_verdict() -> None:
    lines = texts(*ALL, columns=30)
    assert lines[lines.index("  plateau: clear") + 1 :][:2] == ["    range of the loss 0.050", "    (below 0.12)"]
    assert all(text_width(line) <= 30 for line in lines)


def test_a_number_that_is_not_healthy_does_not_clear_by_itself() -> None:
    assert texts(structs.replace(CLEAR, signals=(SHARE,)))[-1].endswith("(below 0.20), which alone proves nothing")
    assert texts(structs.replace(CLEAR, signals=(UNKNOWN,)))[-1] == "  plateau clear"
    good = Examined(id="good", title="going well", verdict="clear", signals=(RANGE,))
    assert texts(good)[-1].endswith("clear       these numbers are healthy, but something else is not")
    assert texts(structs.replace(good, signals=(RANGE, SHARE)))[-1].endswith("share of rises 0.40 (below 0.20)")


def test_before_the_first_evaluation_there_is_nothing() -> None:
    assert texts() == ["Nothing can be examined before the first evaluation."]


@pytest.mark.parametrize("columns", [20, 44, 76, 116])
def test_every_finding_of_a_run_has_its_line(columns: int) -> None:
    run = DiagnosedRun(find("overfitting").experiment())
    run.advance(300)
    lines = examination_lines(run.examination, run.findings, run.iteration, columns)
    assert all(text_width(line.text) <= columns for line in lines)
    shown = " ".join(" ".join(line.text for line in lines).split())
    assert all(each.title in shown and each.reason in shown for each in run.examination)
    assert next(line.text for line in lines if line.role == "warning").startswith("⚠ overfitting")


def test_a_snapshot_has_it_only_if_somebody_looks_and_of_its_own_moment() -> None:
    run = DiagnosedRun(find("overfitting").experiment())
    run.advance(400)
    core = {"version": 1, "status": run.standing}
    assert run.snapshot(PictureRequest(), **core).examination is None

    def verdict() -> str:
        examination = run.snapshot(PictureRequest(examination=True), **core).examination
        assert examination is not None
        return {each.id: each.verdict for each in examination}["overfitting"]

    assert verdict() == "holds"
    run.seek(20)
    assert verdict() == "clear"


def shown(pilot: Pilot[int]) -> str:
    return str(pilot.app.screen.query_one("#text", Static).content)


@pytest.mark.parametrize("key", ["d", "escape", "q"])
async def test_the_screen_follows_the_run_and_is_asked_for_only_while_it_is_open(key: str) -> None:
    run = FakeRun(OpenRequest(preset="lr just right", paused=True), findings=(BOUNCING,))
    app = TrainerApp(lambda request: run, CATALOGUE, OpenRequest(preset="lr just right"))
    async with app.run_test(size=(80, 24)) as pilot:
        iteration = run.latest().iteration
        await pilot.press("d")
        said = f"Examination at iteration {iteration:,}: 1 holds, 0 clear, 1 not checked"
        await until(pilot, lambda: said in shown(pilot))
        assert "symmetry" in shown(pilot)
        run.send(do.StepIterations(3))
        await until(pilot, lambda: f"Examination at iteration {iteration + 3:,}" in shown(pilot))
        await pilot.resize_terminal(40, 12)
        await until(pilot, lambda: "symmetry: not checked" in shown(pilot))
        await pilot.press(key)
        await pilot.pause()
        assert len(app.screen_stack) == 1
        assert [request.examination for request in looks(run)][-1] is False
        assert app.return_code is None


def looks(run: FakeRun) -> list[PictureRequest]:
    return [command.request for command in run.sent if isinstance(command, do.RequestPictures)]


async def test_the_key_is_greyed_where_a_run_cannot_be_examined() -> None:
    run = FakeRun(OpenRequest(preset="lr just right", paused=True), capabilities=frozenset({"control"}))
    app = TrainerApp(lambda request: run, CATALOGUE, OpenRequest(preset="lr just right"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("d")
        await pilot.pause()
        assert len(app.screen_stack) == 1
        assert [note.message for note in app._notifications] == ["examine the run: this run cannot be examined"]


def test_on_a_real_terminal_in_ascii_without_colours() -> None:
    plain = {"NO_COLOR": "1"}
    options = ("overfitting", "--paused", "--ascii")
    with running(*options, environment=plain, program=("-m", "tui_trainer")) as program:
        program.until(program.shows(" 0 iterations"))
        program.type("d")
        program.until(program.shows("Examination at iteration 0: "))
        program.until(program.shows("esc closes", "symmetry"))
        assert program.text().isascii()
        program.type("\x1b[F")
        program.until(program.shows("stopped early"))
        program.type("d")
        program.until(program.shows(" 0 iterations"))
        program.quits()
