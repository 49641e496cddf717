"""*This step* in depth: the numbers of each phase, as much of them as there is room for, the phase at work first."""

from __future__ import annotations

import re

import made_up
import numpy as np
import pytest
import sample_moments as moments
import short_runs as samples
from driven_run import DrivenRun, opened
from effort import calls
from msgspec import structs

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import step
from tui_trainer.dashboard.panels.step_line import Line
from tui_trainer.dashboard.panels.step_phases import lines
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import make_theme
from tui_trainer.formulas.digits import enough_digits
from tui_trainer.formulas.expressions import Equation, Number
from tui_trainer.formulas.printing import BOOK
from tui_trainer.optimizers.sgd import Sgd
from tui_trainer.presets import find
from tui_trainer.telemetry import GradientCheck, Phase, Snapshot, StepView, WeightStep
from tui_trainer.telemetry import commands as do

DARK = make_theme()
LARGE, MIDDLE, SMALL = (120, 40), (48, 14), (27, 9)


def text(snapshot: Snapshot, size: tuple[int, int] = LARGE, **view) -> str:
    return "\n".join(step.draw(snapshot, first_view(**view), *size, DARK).lines())


def printed(equation: Equation, digits: int = 4) -> str:
    """The equation with all the digits that it needs."""
    rounded = enough_digits(equation, digits)
    assert rounded.holds
    return rounded.text()


def view_of(snapshot: Snapshot) -> StepView:
    assert snapshot.step is not None
    return snapshot.step


def followed(snapshot: Snapshot, **changes: object) -> Snapshot:
    """The same snapshot, following another weight."""
    weight: WeightStep = structs.replace(view_of(snapshot).weight, **changes)
    return structs.replace(snapshot, step=structs.replace(view_of(snapshot), weight=weight))


def given(snapshot: Snapshot, *inputs: float) -> Snapshot:
    """The same snapshot, of an example with these inputs."""
    return structs.replace(snapshot, step=structs.replace(view_of(snapshot), inputs=np.array(inputs)))


def in_any_digits(weight: WeightStep) -> list[str]:
    """Its update with the numbers filled in: how many digits show the change depends on the processor."""
    filled = [enough_digits(weight.rule.filled(weight.values), digits) for digits in range(3, 8)]
    return [each.text() for each in filled if each.holds]


class TestNumbers:
    def test_a_large_panel_shows_every_number_of_every_layer(self) -> None:
        shown = text(samples.moons())
        view = view_of(samples.moons())
        for layer in view.layers:
            for vector in (layer.pre_activation, layer.delta):
                for value in vector:
                    small = f"{value:.3f}".replace("-", "−") if abs(value) >= 0.0005 else compact(float(value), 2)
                    assert (compact(float(value)) if abs(value) >= 0.1 else small) in shown
        assert "layer 1 sum z" in shown
        assert "layer 1 relu" in shown
        assert "x1 x2" in shown

    def test_the_loss_of_the_example_and_of_the_batch_with_the_formula(self) -> None:
        shown = text(samples.moons())
        view = view_of(samples.moons())
        assert f"loss = {BOOK.text(view.formula)}" in shown
        assert f"loss {printed(view.filled)}" in shown
        size, mean = view.batch_size, view.batch_loss
        assert f"mean of the batch: sum {printed((Number(size * mean) / size).equals(mean), 3)}" in shown

    def test_blame_flows_from_the_last_layer_to_the_first(self) -> None:
        shown = text(made_up.changed(samples.digits(), phase=Phase.BACKWARD))
        places = [shown.index(f"layer {n} |g|") for n in (3, 2, 1)]
        assert places == sorted(places)
        assert f"layer 2 |g| {compact(view_of(samples.digits()).layers[1].gradient_norm)}" in shown

    def test_the_chain_rule_is_spelled_out_for_the_weight(self) -> None:
        snapshot = followed(samples.moons(), input=-1.4, delta=-0.05, example_gradient=0.07, gradient=0.0123)
        shown = text(snapshot)
        assert "∂loss/∂w = ∂z/∂w × ∂loss/∂z = a × δ" in shown
        assert "blame = a × δ = input −1.4 × error −0.05 = 0.07 for this example" in shown
        assert "mean over the batch of 10: gradient 0.0123" in shown

    def test_symbols_are_said_in_words_where_they_first_appear(self) -> None:
        shown = text(samples.overfitting(), (160, 50))
        said = (
            "layer 1 sum z",
            "output a of",
            "error δ of a unit is ∂loss/∂z",
            "prediction p − truth y",
            "blame = a × δ = input",
        )
        for words in (*said, "running mean of gradients m = ", "m without its start at 0 m^ = "):
            assert words in shown, words

    @pytest.mark.parametrize("size", [(80, 18), (46, 17), (38, 18), (27, 14)])
    def test_a_symbol_is_said_in_words_where_the_line_that_explains_it_has_no_room(self, size: tuple[int, int]) -> None:
        for snapshot in (samples.moons(), samples.overfitting()):
            shown = text(snapshot, size)
            for explained, symbol in (("sum z", r"\bz\b(?!\[)"), ("error δ", "δ")):
                first = re.search(symbol, shown)
                assert first is None or shown[: first.end()].endswith(explained), shown

    def test_the_optimizers_symbols_are_said_in_words_at_80_columns(self) -> None:
        shown = text(made_up.changed(samples.overfitting(), phase=Phase.UPDATE), (80, 18))
        assert "m without its start at 0 m^ = " in shown

    def test_the_update_is_filled_in_with_the_optimizers_own_numbers(self) -> None:
        shown = text(samples.overfitting())
        weight = view_of(samples.overfitting()).weight
        assert BOOK.text(weight.rule) in shown
        assert any(numbers in shown for numbers in in_any_digits(weight))
        assert "m = β1 × m_old + (1 − β1) × gradient = 0.9 × " in shown

    @pytest.mark.parametrize("phase", list(Phase))
    def test_what_a_phase_has_not_computed_yet_is_its_formula(self, phase: Phase) -> None:
        view = view_of(samples.overfitting())
        filled = {
            Phase.LOSS: (f"loss = {BOOK.text(view.formula)}", [f"loss {printed(view.filled)}"]),
            Phase.BACKWARD: ("blame ∂loss/∂w = input a × error δ", ["for this example"]),
            Phase.UPDATE: (BOOK.text(view.weight.rule), in_any_digits(view.weight)),
        }
        shown = text(made_up.changed(samples.overfitting(), phase=phase))
        for each, (formula, numbers) in filled.items():
            assert any(text_of in shown for text_of in numbers) == (each <= phase)
            assert each <= phase or formula in shown

    def test_the_update_is_never_cut_for_the_sake_of_other_words(self) -> None:
        for width, height in (MIDDLE, (44, 14), (40, 12)):
            shown = text(made_up.changed(samples.overfitting(), phase=Phase.UPDATE), (width, height))
            assert "…" not in shown[shown.index("Fix") :]

    def test_the_truth_has_its_name(self) -> None:
        truth = int(view_of(samples.moons()).target[0])
        assert f"truth {truth} ({('upper', 'lower')[truth]})" in text(samples.moons())
        view = view_of(samples.digits())
        assert f"truth {view.output_names[int(np.argmax(view.target))]}" in text(samples.digits())

    def test_several_classes_have_their_probabilities(self) -> None:
        assert "probabilities" in text(samples.digits())
        assert "probabilities" not in text(samples.moons())

    def test_answers_that_do_not_add_up_to_1_are_no_probabilities(self) -> None:
        snapshot = samples.digits()
        squared = structs.replace(snapshot, step=structs.replace(view_of(snapshot), answer=None))
        assert "probabilities" not in text(squared)
        assert "answers" in text(squared)
        assert re.search(r"\(\d+%\), truth", text(snapshot))
        assert not re.search(r"\(\d+%\), truth", text(squared))

    def test_dropped_units_are_counted(self) -> None:
        view = view_of(samples.moons())
        dropped = np.arange(16) < 5
        layers = (structs.replace(view.layers[0], dropped=dropped, kept_scale=1.25), *view.layers[1:])
        snapshot = structs.replace(samples.moons(), step=structs.replace(view, layers=layers))
        shown = text(snapshot)
        assert "layer 1 relu, 5 dropped" in shown
        assert shown.count("  drop ") == 5
        assert "dropout: 5 of 16 units silent, the others × 1.25 = 1 / (1 − 0.2)" in shown

    def test_the_number_of_inputs_is_not_taken_for_an_input(self) -> None:
        wide = structs.replace(view_of(samples.moons()), inputs=np.arange(5) / 10)
        assert "x = (0, 0.1, … 5 in all)" in text(structs.replace(samples.moons(), step=wide))

    def test_a_weight_is_named_with_its_layer_in_however_little_room(self) -> None:
        snapshot = followed(samples.moons(), layer=1, name="w[1→1] of layer 2")
        assert "w[1→1] of layer 2: blame = " in text(snapshot)
        assert "L2 w[1→1]" in text(snapshot, (60, 14))

    def test_before_and_after_the_fix_the_rule_has_one_form(self) -> None:
        for phase in Phase:
            for size in (LARGE, MIDDLE, SMALL):
                assert "= old +" not in text(made_up.changed(samples.overfitting(), phase=phase), size)

    def test_neighbours_have_one_notation(self) -> None:
        view = view_of(samples.moons())
        layer = structs.replace(view.layers[0], delta=np.array([0.0152, -0.0098, -0.0071, 0.123] * 4))
        snapshot = structs.replace(samples.moons(), step=structs.replace(view, layers=(layer, *view.layers[1:])))
        assert re.search(r"0\.015 −0\.010 −0\.007  0\.123", text(snapshot))

    def test_numbers_that_are_none_are_said_so(self) -> None:
        view = view_of(samples.moons())
        layer = structs.replace(view.layers[0], pre_activation=np.array([1.0, np.nan] * 60))
        snapshot = structs.replace(samples.moons(), step=structs.replace(view, layers=(layer, *view.layers[1:])))
        assert "✗ 60 of 120 not finite" in text(snapshot)


class TestRoom:
    @pytest.mark.parametrize("phase", list(Phase))
    def test_the_phase_at_work_has_the_most_lines(self, phase: Phase) -> None:
        for size in (MIDDLE, (60, 12)):
            cells = step.draw(made_up.changed(samples.moons(), phase=phase), first_view(), *size, DARK)
            fresh = {y for y, row in enumerate(cells.styles[1:-1, 3:-2]) if DARK.fresh in row}
            stale = {y for y, row in enumerate(cells.styles[1:-1, 3:-2]) if DARK.stale in row}
            assert len(fresh) >= 2
            assert len(stale) <= int(Phase.UPDATE) - phase

    def test_where_room_is_short_a_letter_stands_for_the_phase(self) -> None:
        shown = text(samples.moons(), SMALL)
        assert [line[2] for line in shown.splitlines()[1:-1] if line[2] != " "] == ["G", "M", "B", "F"]

    def test_the_numbers_of_all_layers_stand_in_columns(self) -> None:
        shown = text(given(samples.moons(), 0.329, -0.513))
        first = [re.search(rf"{label} +([^ ]+)", shown) for label in ("x1 x2", "layer 1 sum z", "layer 1 relu")]
        ends = {match.end(1) - shown.rindex("\n", 0, match.end(1)) for match in first if match}
        assert None not in first
        assert len(ends) == 1

    def test_many_values_are_a_strip_of_colours(self) -> None:
        cells = step.draw(samples.overfitting(), first_view(), 80, 24, DARK)
        row = next(y for y, line in enumerate(cells.lines()) if "layer 1 relu" in line)
        assert len(set(cells.styles[row, 30:70].tolist())) > 10

    def test_a_few_values_are_numbers_in_every_height(self) -> None:
        run = opened(DrivenRun(find("3 · Blame").experiment()))
        run.change(run.view, do.StepIterations(1))
        run.poll()
        values = [f"{float(value):.3f}" for value in view_of(run.snapshot).layers[0].activation]
        assert len(values) == 3
        for height in range(11, 21):
            shown = text(run.snapshot, (31, height))
            assert all(value.replace("-", "−") in shown for value in values), shown

    def test_the_values_of_the_followed_weight_stand_out(self) -> None:
        snapshot = given(samples.moons(), 0.329, -0.513)
        cells = step.draw(followed(snapshot, layer=0, source=1, unit=2), first_view(), *LARGE, DARK)
        rows, columns = np.nonzero(cells.styles == DARK.chosen)
        marked = {"".join(chr(c) for c in cells.codes[y, columns[rows == y]]).strip() for y in set(rows.tolist())}
        view = view_of(snapshot)
        values = (view.inputs[1], view.layers[0].pre_activation[2], view.layers[0].delta[2])
        assert marked == {
            compact(float(v)) if abs(v) >= 0.1 else f"{v:.3f}".replace("-", "−") if v else "0" for v in values
        }

    def test_a_bias_takes_no_input(self) -> None:
        cells = step.draw(followed(samples.moons(), layer=0, source=2, unit=0), first_view(), *LARGE, DARK)
        row = next(y for y, line in enumerate(cells.lines()) if "x1 x2" in line)
        assert DARK.chosen not in cells.styles[row]

    def test_any_room_at_all(self) -> None:
        for phase in (None, *Phase):
            for width in range(6, 60, 3):
                for height in range(3, 40, 2):
                    cells = step.draw(made_up.changed(moments.broke(), phase=phase), first_view(), width, height, DARK)
                    assert all(line[0] + line[-1] == "││" for line in cells.lines()[1:-1])


class TestBroken:
    def test_the_place_where_the_run_broke_is_marked(self) -> None:
        shown = text(moments.broke())
        last = moments.broke().iteration
        assert f"✗ iteration {last + 1} broke here: pre-activation of layer 2 (matrix product)" in shown
        assert f"numbers of iteration {last}, the last finite" in shown
        assert f"iteration {last}" in text(moments.broke(), SMALL)
        cells = step.draw(moments.broke(), first_view(), *MIDDLE, DARK)
        row = next(y for y, line in enumerate(cells.lines()) if "✗" in line)
        assert DARK.critical in cells.styles[row]

    def test_a_run_that_is_whole_has_no_such_mark(self) -> None:
        assert not any(line.broken for line in lines(samples.moons(), view_of(samples.moons())))


@pytest.mark.parametrize(("target", "word"), [(1.0, "together"), (0.0, "apart")])
def test_a_pair_is_two_places_that_belong_together_or_apart(target: float, word: str) -> None:
    snapshot = samples.moons()
    pair = structs.replace(
        snapshot.step,
        prediction=np.array([0.61, -0.087]),
        partner=np.array([0.6, -0.064]),
        target=np.array([target]),
    )
    for width in (60, 48):
        shown = "\n".join(
            step.draw(structs.replace(snapshot, step=pair), first_view(), width, 14, make_theme()).lines()
        )
        assert word in shown
        assert "%" not in shown


class TestEquations:
    def test_with_little_room_digits_leave_and_what_no_longer_holds_says_so(self) -> None:
        line = Line(Phase.LOSS, Wordings("the batch: {}", "{}"), equation=(Number(25.5678) / 32).equals(0.79899375))
        assert [line.short(room) for room in (40, 30, 20, 12)] == [
            "the batch: 25.568 / 32 = 0.799",
            "the batch: 25.568 / 32 = 0.799",
            "25.568 / 32 = 0.799",
            "26/32 ≈ 0.8",
        ]

    def test_a_change_is_seen_in_the_digits_that_are_shown(self) -> None:
        values = {"new": 0.50001, "old": 0.5, "learning_rate": 0.1, "gradient": -0.0001}
        snapshot = followed(samples.moons(), new=0.5, update=1e-5, rule=Sgd().rule(decays=False), values=values)
        fix = [line for line in lines(snapshot, view_of(snapshot)) if line.equation and line.phase is Phase.UPDATE]
        assert fix[0].words(40) == "0.50001 = 0.5 − 0.1 × (−0.0001)"
        assert fix[0].words(20) == "0.50001 = 0.5 − 0.1 × (−0.0001)"  # to be broken into two rows


def test_rows_that_one_line_more_leaves_over_are_filled_again() -> None:
    """A gradient check adds a line; all of a detail may then be too much, and what is left of it has room."""
    checked = made_up.changed(
        samples.moons(), gradient_check=GradientCheck(relative_error=3e-8, parameters=300, iteration=1200)
    )

    def filled(snapshot: Snapshot, height: int) -> int:
        return sum(bool(line.strip("│ ")) for line in text(snapshot, (60, height)).splitlines())

    lost = [filled(samples.moons(), height) - filled(checked, height) for height in range(8, 30)]
    # What is left over is less than the numbers of a vector take, which are all there or none.
    assert max(lost) <= 6


def test_a_narrow_panel_spends_its_columns_on_numbers() -> None:
    """As it stands among others at 80×24: a phase is a letter there, not a word with nine columns of its own."""
    shown = text(made_up.changed(samples.moons(), phase=Phase.LOSS), (28, 11))
    assert "M −" in shown
    assert "Measure" not in shown


def test_every_phase_has_its_numbers() -> None:
    view = samples.moons().step
    assert view is not None
    shown = text(samples.moons(), (70, 20))
    for word in ("Guess", "Measure", "Blame", "Fix"):
        assert word in shown
    assert enough_digits(view.weight.rule.filled(view.weight.values), 4).text() in shown
    assert f"L{view.weight.layer + 1} {view.weight.name.split()[0]}: blame = input " in shown
    assert "new = old − learning_rate × gradient" in shown


@pytest.mark.parametrize("phase", list(Phase))
def test_the_phase_done_is_lit_and_those_to_come_are_dimmed(phase: Phase) -> None:
    snapshot = made_up.changed(samples.moons(), phase=phase)
    cells = step.draw(snapshot, first_view(), 60, 16, DARK)
    rows = {word: y for y, line in enumerate(cells.lines()) for word in line.split()[1:2] if word.isalpha()}
    for other in Phase:
        packed = int(cells.styles[rows[other.word], 2])
        expected = DARK.badge if other == phase else DARK.strong if other < phase else DARK.stale
        assert packed == expected, other


def test_the_smallest_panel_shows_the_phase_at_work() -> None:
    for phase in Phase:
        lines = text(made_up.changed(samples.moons(), phase=phase), (30, 4)).splitlines()
        assert any(line.split()[1] in (phase.word, phase.word[0]) for line in lines[1:-1])


def test_a_weight_that_is_not_fixed_yet_says_so() -> None:
    view = samples.moons().step
    assert view is not None
    waiting = structs.replace(view, weight=structs.replace(view.weight, values={}))
    assert "is still" in text(structs.replace(samples.moons(), step=waiting), (70, 20))


def test_adams_hats_have_no_combining_marks() -> None:
    shown = text(samples.overfitting(), (70, 20))
    assert "m^" in shown
    assert "\u0302" not in shown
    assert "�" not in shown


def test_only_lines_that_have_room_are_put_into_words() -> None:
    """Counted, not timed: the words of an equation need a search for digits with which it holds."""
    run = samples.ran("moons", samples.MOONS, 60)

    def effort() -> int:
        run.advance(7)
        snapshot = samples.shown(run)
        return calls(lambda: step.draw(snapshot, first_view(), 48, 14, make_theme()))

    assert min(effort() for _ in range(4)) < 11_500
