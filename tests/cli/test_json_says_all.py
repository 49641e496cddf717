"""`train --json` says every number that the screen says, and every field that it writes is documented."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from tui_trainer.cli import main
from tui_trainer.cli.json_lines import JsonLines, race_fields
from tui_trainer.cli.screenshot import Screen, screenshot
from tui_trainer.drawing.charts.numbers import compact, count, plain, signed
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.instruments import INSTRUMENTS, LAYER_INSTRUMENTS
from tui_trainer.presets import find
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry.commands import FocusArm, StepIterations
from tui_trainer.wording import percent

SCREEN = Screen(120, 40, make_theme("dark", ColourDepth.NONE))
NUMBER = re.compile(r"[−+]?\d[\d,]*\.?\d*(?:e[−-]?\d+)?%?")
SCALES = r"bars .*|usually .*|.*[┤└].*|^[│ ]*[\d. k]+[│ ]*$"
"""Lines and notes with the ends of a scale, or with the ticks of an axis."""


def told(driver: Scheduler) -> list[dict[str, Any]]:
    """The lines of each arm: as `train --json` writes them."""
    stream, race = io.StringIO(), driver.control.lineup
    for arm, place in zip(race.arms, race_fields(race), strict=True):
        lines = JsonLines(stream, arm.name)
        lines.start(arm.run, None)
        for evaluation in (arm.run.trainer.evaluations.first, arm.run.trainer.evaluations.latest):
            lines.observation(arm.run, evaluation)
        lines.end(arm.run, "interrupted", **place)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def numbers(value: object) -> Iterator[float]:
    if isinstance(value, dict):
        for each in value.values():
            yield from numbers(each)
    elif isinstance(value, list):
        for each in value:
            yield from numbers(each)
    elif isinstance(value, str):
        yield from (float(each) for each in re.findall(r"\d+\.?\d*(?:e-?\d+)?", value.replace(",", "")))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def written(value: float) -> set[str]:
    """Every way in which the screen writes a number."""
    words = {compact(value, digits) for digits in (1, 2, 3, 4, 5)} | {plain(value, 3), signed(value), f"{value:g}"}
    words |= {percent(value, digits) for digits in (0, 1)} if 0 <= value <= 1 else set()
    if float(value).is_integer():
        words |= {count(int(value)), count(int(value) + 1)}  # an epoch is counted from 1 while it runs
    return {word.lstrip("+−-") for word in words}


def shown(driver: Scheduler, panel: str) -> str:
    lines = screenshot(driver, structs.replace(SCREEN, panel=panel, height=12 if panel else 40)).cells.lines()
    return "\n".join(re.sub(SCALES, "", line) for line in (lines[1:] if panel else lines[:3]))


@pytest.mark.parametrize(
    ("title", "iterations"),
    [
        *(("overfitting", 300), ("iris", 40), ("lr far too large", 90), ("embeddings", 50)),
        *(("handwritten digits", 30), ("race: learning rates 0.01, 0.1, 1", 60)),
    ],
)  # fmt: skip
def test_every_number_on_the_screen_is_in_the_json(title: str, iterations: int) -> None:
    driver = Scheduler(Control(find(title).experiments(), paused=True))
    driver.obey(StepIterations(iterations))
    known = {word for number in numbers(told(driver)) for word in written(number)}
    for _ in driver.control.lineup.arms:
        for panel in ("", "loss", "fit", "gradients"):
            for token in NUMBER.findall(shown(driver, panel)):
                assert token.lstrip("+−").rstrip(".,") in known, f"{title}, {panel or 'header'}: {token}"
        driver.obey(FocusArm())


def documented() -> dict[str, set[str]]:
    """Event → the fields that README's table says of it."""
    table = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").partition("| line | field | |")[2]
    fields: dict[str, set[str]] = {}
    for event, name in re.findall(r"^\| ([a-z ]*) ?\| `(\w+)` \|", table.partition("\n\n")[0], re.MULTILINE):
        fields.setdefault(event.strip() or list(fields)[-1], set()).add(name)
    return fields


def test_every_field_is_documented() -> None:
    fields = documented()
    assert list(fields) == ["every line", "start", "evaluation", "setting", "finding", "end"]
    evaluation = {*fields["evaluation"], *INSTRUMENTS}
    allowed = {event: fields["every line"] | names for event, names in fields.items()}
    allowed["evaluation"] |= evaluation
    allowed["end"] |= evaluation
    for title in ("overfitting", "embeddings", "race: with and without dropout"):
        driver = Scheduler(Control(find(title).experiments(), paused=True))
        driver.obey(StepIterations(200))
        for line in told(driver):
            assert set(line) - {"non_finite"} <= allowed[line["event"]], title
            for layer in line.get("layers", []):
                assert set(layer) - {"name", "update_norm"} <= set(LAYER_INSTRUMENTS)
            for finding in line.get("findings", []):
                assert set(finding) - {"in_vain"} == fields["finding"] - {"active"}


def test_equal_runs_without_times_are_equal_to_the_byte(capsys: pytest.CaptureFixture[str]) -> None:
    train = partial(main, ["train", "10-64-3 with dropout", "--iterations", "60", "--json", "--no-timing"])
    assert (train(), first := capsys.readouterr().out) == (0, first)
    assert (train(), capsys.readouterr().out) == (0, first)
    assert "seconds" not in first
