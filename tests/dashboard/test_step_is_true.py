"""*This step* prints no false equation: whatever the optimizer, the clipping, the decay, the penalties, the schedule
and the room, the digits on the screen give the result on the screen."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle, product
from typing import Any

import made_up
import pytest
from arithmetic import holds, last_digit
from msgspec import structs

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import step
from tui_trainer.dashboard.panels.step_line import Line
from tui_trainer.dashboard.panels.step_phases import lines
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import make_theme
from tui_trainer.formulas.expressions import Equation
from tui_trainer.formulas.printing import BOOK
from tui_trainer.optimizers import OPTIMIZERS, SCHEDULES
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Snapshot, StepView, WeightAddress
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build

CLIPPING: tuple[dict[str, float], ...] = ({}, {"clip_norm": 0.01}, {"clip_value": 0.001}, {"clip_norm": 50})
PENALTIES: tuple[dict[str, float], ...] = (
    {},
    {"weight_decay": 0.5},
    {"l1": 0.01},
    {"l2": 0.3, "l1": 0.001, "weight_decay": 0.1},
)
ADDRESSES = (WeightAddress(0, 0, 1), WeightAddress(0, 2, 0), WeightAddress(1, 3, 1), WeightAddress(2, 1, 0))


def moments(tables: dict[str, Any], iterations: int = 7) -> Iterator[Snapshot]:
    """The start, a few iterations on, with several weights followed."""
    base = {
        "data": {"name": "moons", "samples": 40, "validation_samples": 20},
        "network": {"hidden": [6, 4], "activation": "tanh", "dropout": 0.2},
        "training": {"batch_size": 8, "iterations": 60, "evaluate_every": 60},  # a step needs no evaluations
    }
    driver = Scheduler(Control([("A", build(base | tables))], paused=True))
    for address in ADDRESSES:
        driver.obey(do.RequestPictures(structs.replace(first_view().request, weight=address)))
        driver.obey(do.StepIterations(iterations))
        yield driver.snapshot()


def view_of(snapshot: Snapshot) -> StepView:
    assert snapshot.step is not None
    return snapshot.step


def equations(snapshot: Snapshot) -> list[Line]:
    return [line for line in lines(snapshot, view_of(snapshot)) if line.equation and len(line.equation.sides) > 1]


def values_of(equation: Equation | None) -> list[float]:
    """What its sides come to."""
    assert equation is not None
    return [side.value() for side in equation.sides]


def bare(line: Line) -> Line:
    """The line without its words."""
    return structs.replace(line, wordings=Wordings("{}"))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_fix_is_the_fix(name: str) -> None:
    for (clipping, penalties), schedule in zip(product(CLIPPING, PENALTIES), cycle(SCHEDULES), strict=False):
        tables = {"optimizer": {"name": name, **clipping, **penalties}, "schedule": {"name": schedule, "warmup": 5}}
        for snapshot in moments(tables):
            weight = view_of(snapshot).weight
            left, right = values_of(weight.rule.filled(weight.values))
            assert left == weight.new
            assert right == pytest.approx(left, abs=2e-7 + 2e-6 * abs(weight.update)), (tables, weight)
            decays = "weight_decay" in penalties or name == "adamw"
            is_bias = weight.name.startswith("b")
            assert ("weight_decay × old" in BOOK.text(weight.rule)) == (decays and not is_bias)
            assert (weight.penalised is not None) == (bool(penalties.keys() & {"l1", "l2"}) and not is_bias)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_is_printed_can_be_recomputed_from_what_is_printed(name: str) -> None:
    seen = 0
    for clipping, penalties in product(CLIPPING, PENALTIES):
        for snapshot in moments({"optimizer": {"name": name, **clipping, **penalties}}):
            for line in map(bare, equations(snapshot)):
                for room in (200, 44, 34, 27):
                    printed = line.words(room)
                    if "≈" not in printed and "cut to" not in printed:
                        assert holds(printed), (printed, line.equation)
                        seen += room == 200
    assert seen > 200


def test_with_room_every_equation_holds_and_none_is_rough() -> None:
    for name in OPTIMIZERS:
        for snapshot in moments({"optimizer": {"name": name, "clip_norm": 0.01, "weight_decay": 0.5}}):
            assert not [line for line in equations(snapshot) if "≈" in line.words(200)]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_number_of_the_optimizers_memory_comes_from_the_one_before(name: str) -> None:
    for clipping in CLIPPING:
        for start in (1, 9):
            snapshot = next(moments({"optimizer": {"name": name, **clipping}}, start))
            weight = view_of(snapshot).weight
            assert len(weight.memory) >= len(OPTIMIZERS[name].slots)
            for symbol, recipe in weight.memory.items():
                left, right = values_of(recipe.comes_to(weight.values[symbol.name], weight.values))
                assert left == pytest.approx(right, rel=1e-5, abs=1e-12), (symbol, weight.values)


def test_clipping_is_said_and_used() -> None:
    snapshot = next(moments({"optimizer": {"name": "sgd", "clip_norm": 0.01, "clip_value": 0.001}}))
    weight = view_of(snapshot).weight
    assert "is cut to" in BOOK.text(weight.clipping[0])
    assert "clipped gradient" in BOOK.text(weight.rule)
    shown = " ".join(line.words(100) for line in lines(snapshot, view_of(snapshot)))
    assert "clipped: " in shown
    loose = view_of(next(moments({"optimizer": {"name": "sgd", "clip_norm": 1000}}))).weight
    assert "stays" in BOOK.text(loose.clipping[0])


def test_the_settings_of_the_iteration_count_and_not_those_chosen_since() -> None:
    driver = Scheduler(Control([("A", build({"optimizer": {"name": "sgd"}}))], paused=True))
    driver.obey(do.StepIterations(3))
    driver.obey(do.ChangeSetting("optimizer.weight_decay", 0.5))
    weight = view_of(driver.snapshot()).weight
    assert "weight_decay" not in BOOK.text(weight.rule)
    left, right = values_of(weight.rule.filled(weight.values))
    assert left == pytest.approx(right, rel=1e-6)


def test_an_old_weight_that_is_dwarfed_by_its_update_is_still_known() -> None:
    """In float32, new − update is 0 where the update is a million times the weight."""
    tables = {"optimizer": {"name": "sgd", "learning_rate": 1e6}, "network": {"hidden": [6, 4], "activation": "relu"}}
    weight = view_of(next(moments(tables, 1))).weight
    assert abs(weight.old) > 1e-3
    assert abs(weight.update) > 1e6 * abs(weight.old) or weight.new == pytest.approx(weight.old + weight.update)


def test_with_room_it_is_said_how_each_number_comes_about() -> None:
    for name, memory in (
        ("adam", ("m = β1 × m_old", "v^ = v / (1 − β2^t)")),
        ("momentum", ("momentum × velocity_old",)),
    ):
        snapshot = next(moments({"optimizer": {"name": name}}))
        shown = "\n".join(step.draw(snapshot, first_view(), 160, 60, make_theme()).lines())  # the longest wordings
        for words in (
            "z of unit 2 of layer 1 = Σ weight w × input a + bias b =",
            "p = 1 / (1 + e^",
            "δ of layer 3 = prediction p − truth y =",
            *memory,
        ):
            assert words in shown, shown
        assert "(Σ w × δ) × slope = (" in shown.replace(" of the next layer", "") or "δ = (" in shown
        assert "(dropout)" in shown or "(dropped)" in shown
        assert "velocity=" not in shown


def test_many_terms_are_the_largest_and_the_rest() -> None:
    wide = {"network": {"hidden": [24, 9], "activation": "tanh"}}
    weight = view_of(list(moments(wide))[2]).weight
    printed = BOOK.text(weight.pre_activation)
    assert printed.count(" × ") == 3
    assert "(rest)" in printed
    left, right = values_of(weight.pre_activation)
    assert left == pytest.approx(right, rel=1e-5, abs=1e-6)


def test_a_saturated_output_is_neither_0_nor_1() -> None:
    far = {"network": {"hidden": [], "weights": [[[[60.0], [60.0]], [0.0]]]}, "optimizer": {"name": "sgd"}}
    for example in range(8):
        driver = Scheduler(Control([("A", build({"data": {"name": "moons", "samples": 40}} | far))], paused=True))
        driver.obey(do.RequestPictures(structs.replace(first_view().request, example=example)))
        driver.obey(do.StepPhase())
        guess = next(lines(driver.snapshot(), view_of(driver.snapshot()))).words(100)
        assert "→ 0, " not in guess
        assert "→ 1.0, " not in guess


def quantities(step_shown: StepView) -> set[float]:
    """The sizes of the numbers that several lines speak of."""
    weight = step_shown.weight
    found = {weight.old, weight.input, weight.delta, weight.example_gradient, weight.gradient, *step_shown.inputs}
    found |= {*step_shown.prediction, *(weight.values[symbol.name] for symbol in weight.memory)}
    for layer in step_shown.layers:
        found |= {*layer.pre_activation, *layer.activation, *layer.delta}
    return {abs(float(value)) for value in found if value and math.isfinite(value)}


def written(text: str) -> set[str]:
    """The numbers of two digits or more that stand there, zeros at the end left out."""
    found = re.findall(r"(?<![\w.])\d+\.\d+(?:e[−-]?\d+)?", text)
    return {f"{Decimal(number.replace('−', '-')).normalize()}" for number in found}


@pytest.mark.parametrize("size", [(48, 14), (26, 9), (60, 30), (120, 60)])
@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
def test_one_number_is_written_in_one_way_on_the_whole_panel(name: str, size: tuple[int, int]) -> None:
    """What a reader would take for one quantity rounded twice: 1.41 and 1.414."""
    looked_at = 0
    for tables in ({}, {"network": {"hidden": [], "dropout": 0.0}}):
        for snapshot in moments({"optimizer": {"name": name}} | tables, 3):
            lines_drawn = step.draw(snapshot, first_view(), *size, make_theme()).lines()[1:-1]
            shown = written(" ".join(line.strip("│ ") for line in lines_drawn if "≈" not in line))
            values = quantities(view_of(snapshot))
            equations_shown = [line.equation for line in equations(snapshot) if line.equation]
            others = values | {abs(each.amount) for one in equations_shown for each in one.numbers()}
            others |= {layer.gradient_norm for layer in view_of(snapshot).layers}
            for value in values:
                ways = {n for n in shown if abs(float(n) - value) <= 0.5001 * last_digit(f"{Decimal(n):f}")}
                alone = {
                    n
                    for n in ways
                    if len(Decimal(n).as_tuple().digits) >= 2
                    and not any(
                        other != value
                        and abs(other - value) > 1e-6 * value
                        and abs(float(n) - other) <= 0.5001 * last_digit(f"{Decimal(n):f}")
                        for other in others
                    )
                }
                assert len(alone) <= 1, (value, alone, lines_drawn)
                looked_at += len(alone)
    assert looked_at > 10


@pytest.mark.parametrize("size", [(48, 14), (26, 9), (60, 30)])
def test_numbers_stay_numbers_and_colours_stay_colours(size: tuple[int, int]) -> None:
    """From one step to the next; which lines there are may change with the length of the numbers."""
    strips: dict[str, bool] = {}
    for snapshot in moments({"optimizer": {"name": "adam"}}, 1):
        cells = step.draw(made_up.changed(snapshot, phase=None), first_view(), *size, make_theme())
        for line in cells.lines()[1:-1]:
            label = re.match(r"│ \w* *(layer \d (?:sum )?(?:z|a|tanh|(?:error )?δ)\b)(.*)│", line)
            if label and "layer 3" not in label[1]:
                is_strip = not re.search(r"\d\.\d", label[2])
                assert strips.setdefault(label[1], is_strip) == is_strip, line
