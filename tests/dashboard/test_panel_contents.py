"""What the other panels say: their words, their numbers and their judgement."""

from __future__ import annotations

import re

import made_up
import numpy as np
import pytest
import sample_moments as moments
import short_runs as samples
from msgspec import structs

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.layout import Rect
from tui_trainer.dashboard.panels import PANELS, data, fit, gradients, settings, step
from tui_trainer.drawing.ascii import make_ascii
from tui_trainer.drawing.charts.numbers import compact, percent
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.experiment.declared import Setting, listed_settings
from tui_trainer.experiment.words import setting_of
from tui_trainer.formulas.digits import enough_digits
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import (
    Agreement,
    Confusion,
    DecisionMap,
    Embedding,
    NeuronAddress,
    Phase,
    PictureRequest,
    SettingChange,
    Snapshot,
    Status,
)
from tui_trainer.training import build

DARK = make_theme()
GREY = make_theme("dark", ColourDepth.NONE)


def text(panel: str, snapshot: Snapshot, width: int = 60, height: int = 16, theme=DARK, **view) -> str:
    view = first_view(settings=samples.SETTINGS, **view)
    return "\n".join(PANELS[panel].draw(snapshot, view, width, height, theme).lines())


def without_biases(snapshot: Snapshot) -> Snapshot:
    """As a source tells that has none."""
    layer = structs.replace(snapshot.network.layer, bias=None, bias_gradient=None, bias_update=None)
    return made_up.changed(snapshot, layer=layer)


class TestWeights:
    def test_says_which_matrix_and_its_numbers(self) -> None:
        snapshot = samples.moons()
        shown = text("weights", snapshot)
        weight = snapshot.network.layer.weight
        assert "layer 1 of 2 · 2×16" in shown
        assert "→ 16 units  ↓ 2 inputs" in shown
        assert f"max {weight.max():.2f}" in shown
        assert f"|w| {np.linalg.norm(weight):.2f}" in shown

    @pytest.mark.parametrize("mode", ["weights", "gradients", "update"])
    @pytest.mark.parametrize(
        ("width", "caption"),
        [
            (70, "→ 64 units  ↓ 2 inputs"),
            (60, "→ 64 units, 2 a column: the strongest  ↓ 2 inputs"),
            (50, "→ 64 units, 2 a column: the strongest  ↓ 2"),
            (33, "→64 ↓2, the strongest of 3"),
            (27, "→64 ↓2, strongest of 3"),
        ],
    )
    def test_units_that_share_a_column_are_said_to(self, width: int, caption: str, mode: str) -> None:
        assert f"│ {caption} " in text("weights", without_biases(samples.overfitting()), width, 12, weights_mode=mode)

    def test_rows_that_share_a_line_are_said_to(self) -> None:
        layer = without_biases(samples.moons()).network.layer
        wide = structs.replace(layer, weight=np.ones((64, 40)), gradient=None, update=None)
        shown = text("weights", made_up.changed(samples.moons(), layer=wide), 80, 12)
        assert "→ 64 inputs  ↓ 40 units, 3 a row: the strongest" in shown
        assert "→64 ↓40, the strongest of 3×2" in text("weights", made_up.changed(samples.moons(), layer=wide), 50, 12)
        assert "→ 64 inputs  ↓ 40 units" in text("weights", made_up.changed(samples.moons(), layer=wide), 80, 30)

    @pytest.mark.parametrize(
        ("mode", "title"), [("weights", "Weights"), ("gradients", "Weight gradients"), ("update", "Last update")]
    )
    def test_has_three_modes(self, mode: str, title: str) -> None:
        assert f"2 {title} " in text("weights", samples.moons(), weights_mode=mode)

    def test_in_a_race_the_difference_of_two_arms_is_a_mode_too(self) -> None:
        parting = moments.race().race.parting
        assert parting is not None
        assert parting.weights is not None
        shown = text("weights", moments.race(), weights_mode="difference")
        assert "2 Weights B − A " in shown
        assert f"max {compact(float(parting.weights.max()))}" in shown
        assert "2 Weights " in text("weights", samples.moons(), weights_mode="difference")
        assert "−" not in text("weights", samples.moons(), weights_mode="difference").splitlines()[0]

    def test_numbers_are_the_weights(self) -> None:
        shown = text("weights", samples.glasses(), numbers=True)
        weight = samples.glasses().network.layer.weight
        assert weight.shape == (2, 1)
        assert all(f"{abs(value):.3f}"[:5] in shown for value in weight.ravel())

    def test_numbers_of_few_columns_go_on_at_the_right(self) -> None:
        snapshot = without_biases(samples.moons())
        shown = text("weights", snapshot, 48, 12, numbers=True)
        assert "→ 2 inputs  ↓ 16 units, on at the right" in shown
        assert all(
            compact(float(value)) in shown for value in snapshot.network.layer.weight.ravel() if abs(value) >= 0.1
        )
        assert "… 9 more" in text("weights", snapshot, 30, 12, numbers=True)

    @pytest.mark.parametrize("mode", ["weights", "gradients", "update"])
    def test_the_biases_stand_beside_the_weights_under_one_scale(self, mode: str) -> None:
        layer = samples.glasses().network.layer
        bias = np.array([1.25])
        layer = structs.replace(layer, bias=bias, bias_gradient=bias, bias_update=bias)
        snapshot = made_up.changed(samples.glasses(), layer=layer)
        for width in (26, 48, 90):
            shown = text("weights", snapshot, width, 9, weights_mode=mode)
            assert "bias" in shown
            assert "1.25" in shown
            assert "−1.2" in "".join(shown.splitlines()[-2:])  # the scale of the colours
            assert "max 1.25" not in shown  # min, max and norm are those of the weights
        assert "1.25" in text("weights", snapshot, 48, 9, weights_mode=mode, numbers=True)

    def test_what_the_colours_mean_is_always_said(self) -> None:
        for snapshot in (samples.glasses(), samples.moons(), samples.digits()):
            for theme in (make_theme(), GREY):
                for width, height in ((26, 9), (34, 7), (48, 13), (90, 30)):
                    shown = text("weights", snapshot, width, height, theme).splitlines()[2:]
                    scale = "−[0-9.]+ =-.+# [0-9.]+|− =-.+# [+]" if theme is GREY else "−[0-9.]+ {11}[0-9.]+"
                    assert re.search(scale, "".join(shown))

    def test_signs_are_seen_without_colour(self) -> None:
        weight = samples.moons().network.layer.weight
        shown = text("weights", without_biases(samples.moons()), theme=GREY).splitlines()[2:14]
        block = len(shown) // 2  # rows of one of the two inputs; each of the 16 units has three columns
        drawn = np.array([["=-.+#".index(sign) - 2 for sign in line[2:50:3]] for line in shown[::block]])
        strong = np.abs(weight) > 0.2 * np.abs(weight).max()
        assert (np.sign(drawn) == np.where(strong, np.sign(weight), 0)).all()
        assert {-1, 1} <= set(np.sign(drawn).ravel().tolist())

    @pytest.mark.parametrize(
        ("width", "legend"), [(27, "− =-.+# +"), (48, "− =-.+# +"), (80, "−{0} =-.+# {0}"), (20, "{0}")]
    )
    def test_glyphs_without_colour_are_explained(self, width: int, legend: str) -> None:
        largest = np.abs(samples.moons().network.layer.weight).max()
        last = text("weights", without_biases(samples.moons()), width, 8, theme=GREY).splitlines()[-2]
        assert last.rstrip("│ ").endswith(legend.format(f"{largest:.1f}"))

    def test_the_first_layer_of_digits_is_images(self) -> None:
        assert "each an image" in text("weights", samples.digits(), 90, 24)

    def test_images_ask_for_room_for_two_rows_of_them(self) -> None:
        asked, other = (
            PANELS["weights"].wish(each, first_view()).wanted[1] for each in (samples.digits(), samples.moons())
        )
        assert asked > other
        assert re.search(r"what (\d+) of 32 units", text("weights", samples.digits(), 48, asked))[1] == "10"

    def test_where_no_image_has_room_it_does_not_speak_of_images(self) -> None:
        shown = text("weights", samples.digits(), 23, 8, GREY)
        assert "image" not in shown
        assert "→64 ↓32, 1 of 8×4" in shown

    def test_broken_weights_are_counted(self) -> None:
        layer = samples.moons().network.layer
        weight = layer.weight.copy()
        weight[0, :5] = np.nan, np.inf, -np.inf, np.nan, np.nan
        broken = made_up.changed(samples.moons(), layer=structs.replace(layer, weight=weight))
        assert "✗ 5 of 32 are no finite numbers" in text("weights", broken)


class TestGradients:
    def test_names_numbers_and_words_stand_apart_at_every_width(self) -> None:
        measures = [
            structs.replace(each, values=each.values | {"saturated_share": share, "update_ratio": ratio})
            for each, share, ratio in zip(
                samples.moons().network.measures, (0.08, 1.0), (7.8e-3, 1.2e-10), strict=False
            )
        ]
        snapshot = made_up.changed(samples.moons(), measures=tuple(measures))
        for width in range(26, 80):
            shown = text("gradients", snapshot, width, 8)
            assert not re.search(r"layer \d\S|\d(usual|tiny)|up\S*w\S*\d|flat\S", shown), shown
            assert width < 28 or " usual" in shown
            assert width < 40 or " 8% flat " in shown

    @pytest.mark.parametrize(
        ("ratio", "word"),
        [(1e-3, "usual"), (1e-6, "tiny step"), (0.5, "big step"), (0.0, "no step"), (float("nan"), "✗ broken")],
    )
    def test_judges_in_plain_words(self, ratio: float, word: str) -> None:
        assert gradients.judgement(ratio) == word

    @pytest.mark.parametrize("height", [7, 20])
    def test_an_update_that_is_not_made_yet_is_dimmed(self, height: int) -> None:
        def styles(phase: Phase | None) -> set[int]:
            cells = gradients.draw(made_up.changed(samples.moons(), phase=phase), first_view(), 60, height, DARK)
            y, x = next((y, line.index("usual")) for y, line in enumerate(cells.lines()) if "usual" in line)
            return set(cells.styles[y, x : x + 5].tolist())

        assert styles(Phase.BACKWARD) == {DARK.stale}  # the gradient is there, the step from it is not
        assert DARK.stale not in styles(Phase.UPDATE) | styles(None)

    def test_shows_every_layer_or_says_how_many_more(self) -> None:
        snapshot = samples.digits()
        assert text("gradients", snapshot, 60, 5).count("usual") == 3
        many = made_up.changed(snapshot, measures=snapshot.network.measures * 4)
        assert "… 8 more layers" in text("gradients", many, 60, 7)
        assert "… 10 more layers" in text("gradients", many, 20, 5)

    @pytest.mark.parametrize(("share", "told"), [(1.0, "100%"), (0.998, "99.8%"), (0.5, "50%"), (0.002, "0.2%")])
    def test_a_share_is_all_or_nothing_only_where_it_is(self, share: float, told: str) -> None:
        for measure, word in (("dead_share", "dead"), ("saturated_share", "flat")):
            idle = tuple(made_up.layer(m.name, **{measure: share}) for m in samples.moons().network.measures)
            shown = text("gradients", made_up.changed(samples.moons(), measures=idle), 60, 8)
            assert f" {told} {word} " in shown

    def test_the_ends_of_the_bars_are_named_wherever_there_is_room_for_them(self) -> None:
        tiny = tuple(made_up.layer(m.name, gradient_norm=3e-9) for m in samples.moons().network.measures)
        for width, ends in ((60, "bars 1e-9 to 10, log"), (36, "1e-9 to 10, log"), (30, "1e-9 to 10"), (28, "1e-9…10")):
            assert ends in text("gradients", made_up.changed(samples.moons(), measures=tiny), width, 6).splitlines()[0]

    def test_a_longer_bar_is_a_larger_norm(self) -> None:
        first, second = samples.moons().network.measures
        measures = (made_up.layer(first.name, gradient_norm=1.0), made_up.layer(second.name, gradient_norm=1e-4))
        shown = text("gradients", made_up.changed(samples.moons(), measures=measures), 60, 4).splitlines()
        assert shown[1].count("━") > 2 * shown[2].count("━")

    def test_is_dimmed_until_blame_and_lit_by_it(self) -> None:
        def border_and_title(phase: Phase) -> tuple[int, int]:
            snapshot = made_up.changed(samples.moons(), phase=phase)
            cells = gradients.draw(snapshot, first_view(), 60, 12, DARK)
            return int(cells.styles[0, 0]), int(cells.styles[0, 6])

        assert border_and_title(Phase.LOSS) == (DARK.border, DARK.stale)
        assert border_and_title(Phase.BACKWARD) == (DARK.fresh, DARK.fresh)
        assert border_and_title(Phase.UPDATE) == (DARK.border, DARK.title)

    @pytest.mark.parametrize("height", [5, 12])
    def test_the_layer_in_which_a_run_broke_is_marked(self, height: int) -> None:
        cells = gradients.draw(moments.broke(), first_view(), 60, height, DARK)
        marked = [y for y, line in enumerate(cells.lines()) if line[1] == "✗"]
        assert len(marked) == 1
        assert "2" in cells.lines()[marked[0]][2:9]
        assert "✗" not in "".join(line[1] for line in text("gradients", samples.moons()).splitlines())

    def test_a_high_panel_tells_the_norms_behind_the_ratio(self) -> None:
        measure = samples.moons().network.measures[0]
        shown = text("gradients", samples.moons(), 60, 14)
        assert f"|weights| {compact(measure.of('weight_norm'))} · |update| " in shown
        assert compact(measure.of("update_ratio") * measure.of("weight_norm"), 2) in shown
        assert "|weights|" not in text("gradients", samples.moons(), 60, 8)

    def test_a_full_screen_of_it_is_explained(self) -> None:
        layers = samples.digits()
        shown = text("gradients", layers, 118, 36)
        words = " ".join(shown.replace("│", " ").split())
        for said in ("from 1e-6 to 10", "vanishes", "0.0001 to 0.1, is where it usually lies", "Dead: "):
            assert said in words
        rows = [y for y, line in enumerate(shown.splitlines()) if "layer" in line[:8] and "━" in line]
        assert len(rows) == len(layers.network.measures)
        assert "Flat: " not in shown
        assert "vanishes" not in text("gradients", layers, 48, 20)


def held_out(snapshot: Snapshot, examples: int) -> Snapshot:
    """The same with so many held-out examples."""
    evaluations = snapshot.losses.evaluations
    latest = made_up.replaced(evaluations.latest, validation_examples=examples)
    losses = structs.replace(snapshot.losses, evaluations=structs.replace(evaluations, latest=latest))
    return structs.replace(snapshot, losses=losses, evaluation=None)


class TestFit:
    def test_one_held_out_example_is_not_judged_by_and_few_are_said_to_be_few(self) -> None:
        for examples in (1, 12, 50):
            snapshot = held_out(samples.overfitting(), examples)
            for width, height in ((100, 30), (46, 12), (30, 8), (20, 6)):
                shown = text("fit", snapshot, width, height)
                assert ("●" in shown.splitlines()[1]) == (examples != 1), shown
                if examples == 1:
                    assert "balanced" not in shown
                    assert "would have saved" not in shown
            assert ("12 held-out examples" in text("fit", snapshot, 100, 30)) == (examples == 12)

    @pytest.mark.parametrize(("evaluations", "word"), [(2, ""), (9, ""), (10, "underfitting")])
    def test_where_it_is_too_early_to_tell_no_word_tells(self, evaluations: int, word: str) -> None:
        before = samples.overfitting().losses.evaluations
        now = made_up.replaced(before.latest, train_loss=0.9, validation_loss=0.9, base_loss=1.0)
        losses = np.full(evaluations, 0.9)
        few = made_up.replaced(before, train_loss=losses, validation_loss=losses, latest=now, best=now)
        measured = fit.measure_fit(few)
        assert measured is not None
        assert measured.position < 0.35
        assert measured.is_early == (evaluations < 10)
        assert measured.word == word

    def test_overfitting_is_far_right_with_its_price(self) -> None:
        evaluations = samples.overfitting().losses.evaluations
        measured = fit.measure_fit(evaluations, overfitting=True)
        assert measured is not None
        assert measured.word == "overfitting"
        assert measured.position > 0.9
        assert measured.trend > 0
        assert evaluations.latest is not None
        assert evaluations.best is not None
        price = evaluations.latest.validation_loss - evaluations.best.validation_loss
        assert measured.saved == pytest.approx(price)
        shown = text("fit", samples.overfitting())
        assert f"stopping at {evaluations.best.iteration} would have saved {price:.2f}" in shown
        gap = evaluations.latest.validation_loss - evaluations.latest.train_loss
        assert f"gap +{compact(gap)} ↑" in shown

    @pytest.mark.parametrize("width", range(20, 100, 4))
    def test_no_best_stands_beside_a_loss_below_it_unexplained(self, width: int) -> None:
        snapshot = samples.overfitting()
        evaluations = snapshot.losses.evaluations
        assert evaluations.best is not None
        loss = 0.9 * evaluations.best.validation_loss
        below = made_up.replaced(evaluations.best, iteration=300, validation_loss=loss)
        shown = text("fit", structs.replace(snapshot, evaluation=below, findings=()), width, 8)
        assert shown.count("best") == shown.count("best evaluation")
        assert "ever" not in shown

    @pytest.mark.parametrize("width", range(20, 60, 4))
    def test_before_training_its_loss_is_not_cut(self, width: int) -> None:
        start = structs.replace(samples.overfitting(), iteration=0, findings=())
        assert "…" not in text("fit", start, width, 6)

    def test_a_gap_that_is_no_difference_is_none(self) -> None:
        evaluations = samples.overfitting().losses.evaluations
        assert evaluations.latest is not None
        same = made_up.replaced(evaluations.latest, train_loss=0.25, validation_loss=0.25 + 1e-16)
        measured = fit.measure_fit(structs.replace(evaluations, latest=same))
        assert measured is not None
        assert measured.gap == 0

    @pytest.mark.parametrize(
        ("train", "validation", "word"),
        [
            ([0.3] * 5 + [0.05] * 5, [0.3] * 5 + [0.45] * 5, "above its best"),  # the gap stands still
            ([0.3, 0.28, 0.26, 0.24, 0.22, 0.2, 0.18, 0.16, 0.14, 0.12], [0.3] * 5 + [0.32, 0.34, 0.36, 0.4, 0.45],
             "gap growing"),
            ([0.3] * 9 + [0.48], [0.3] * 9 + [0.5], "above its best"),  # there is no gap
            ([0.04] * 10, [0.006] * 9 + [0.01], "balanced"),  # nothing to speak of has risen
        ],
    )  # fmt: skip
    def test_its_word_is_of_the_gap_only_where_there_is_one_that_grows(
        self, train: list[float], validation: list[float], word: str
    ) -> None:
        before = samples.overfitting().losses.evaluations
        assert before.latest is not None
        latest, best = (
            made_up.replaced(before.latest, train_loss=train[at], validation_loss=validation[at], base_loss=1.0)
            for at in (-1, 0)
        )
        losses = np.array(train), np.array(validation)
        evaluations = made_up.replaced(
            before, train_loss=losses[0], validation_loss=losses[1], latest=latest, best=best
        )
        measured = fit.measure_fit(evaluations)
        assert measured is not None
        assert measured.word == word
        assert (measured.position > 0.65) == (measured.saved > measured.noticeable) == (word != "balanced")

    def test_the_best_has_one_sign_on_an_ascii_screen(self) -> None:
        ascii_only = make_theme("dark", ColourDepth.NONE, ascii_only=True)
        shown = {}
        for panel in ("fit", "loss"):
            cells = PANELS[panel].draw(samples.overfitting(), first_view(), 60, 16, ascii_only)
            make_ascii(cells)
            shown[panel] = "\n".join(cells.lines())
        assert "| # validation best" in shown["fit"]
        assert "# best" in shown["loss"]

    def test_an_untrained_network_is_far_left(self) -> None:
        measured = fit.measure_fit(samples.moons(0).losses.evaluations)
        assert measured is not None
        assert measured.position < 0.05
        assert "before training" in text("fit", samples.moons(0))

    def test_it_is_called_overfitting_only_where_the_diagnosis_says_so(self) -> None:
        silent = structs.replace(samples.overfitting(), findings=())
        shown = text("fit", silent)
        assert "gap growing" in shown
        assert "overfitting" not in shown
        assert "stop" not in shown

    @pytest.mark.parametrize(("width", "height"), [(26, 6), (20, 4), (44, 8)])
    def test_without_held_out_data_it_says_so_in_whole_words(self, width: int, height: int) -> None:
        alone = samples.overfitting()
        nothing = structs.replace(alone.losses.evaluations, best=None)
        data = structs.replace(alone.data, validation_inputs=alone.data.validation_inputs[:0])
        shown = text(
            "fit",
            structs.replace(alone, losses=structs.replace(alone.losses, evaluations=nothing), data=data),
            width,
            height,
        )
        assert "No validation" in shown
        assert "…" not in shown

    def test_losses_above_those_of_a_constant_answer_are_no_fit_at_all(self) -> None:
        evaluations = samples.overfitting().losses.evaluations
        worse = made_up.replaced(evaluations.latest, train_loss=14.0, validation_loss=14.1)
        measured = fit.measure_fit(structs.replace(evaluations, latest=worse))
        assert measured is not None
        assert measured.word == "worse than guessing"
        assert measured.position == 0.0
        assert measured.saved > 13

    def test_a_run_that_was_infinite_for_a_while_is_measured(self) -> None:
        evaluations = samples.moons().losses.evaluations
        infinite = np.where(np.arange(len(evaluations.iteration)) < 30, np.inf, 0.2)
        recovered = made_up.replaced(evaluations, train_loss=infinite, validation_loss=infinite)
        assert fit.measure_fit(recovered) is not None
        losses = structs.replace(samples.moons().losses, evaluations=recovered)
        assert "gap" in text("fit", structs.replace(samples.moons(), losses=losses), 80, 20)

    def test_a_good_run_is_in_the_middle(self) -> None:
        measured = fit.measure_fit(samples.moons().losses.evaluations)
        assert measured is not None
        assert measured.word == "balanced"
        assert "nothing to save by stopping earlier" in text("fit", samples.moons())

    def test_the_mark_moves_with_the_place(self) -> None:
        rows = [
            text("fit", s, 60, 5).splitlines()[1] for s in (samples.moons(0), samples.moons(), samples.overfitting())
        ]
        marks = [row.index("●") for row in rows]
        assert marks == sorted(set(marks))

    def test_without_validation_it_says_why_it_is_silent(self) -> None:
        assert "No validation set" in text("fit", samples.sine())
        assert "no finite numbers" in text("fit", structs.replace(samples.diverged(), autopsy=None))

    def test_a_large_panel_draws_the_gap_over_time(self) -> None:
        shown = text("fit", samples.overfitting(), 80, 24)
        assert sum(shown.count(chr(code)) for code in range(0x2801, 0x2900)) > 300

    def test_its_lines_say_what_they_are(self) -> None:
        best = samples.overfitting().losses.evaluations.best
        assert best is not None
        change = SettingChange(
            iteration=300, label="learning rate 0.05 → 0.1", key="optimizer.learning_rate", old=0.05, new=0.1
        )
        shown = text("fit", structs.replace(samples.overfitting(), events=(change,)), 80, 24)
        assert f"┆best {best.validation_loss:.3f} at {best.iteration}" in shown
        assert "0.05 → 0.1" in shown


class TestData:
    def test_a_map_has_letters_and_their_names(self) -> None:
        shown = text("data", samples.moons())
        assert "o upper" in shown
        assert "x lower" in shown
        assert f"training {samples.moons().losses.evaluations.latest.train_accuracy:.0%} right" in shown

    def test_beside_each_class_stands_how_many_of_it_are_answered_right(self) -> None:
        answered = Confusion(counts=np.array([[98, 2], [22, 3]]), of="validation")
        picture = structs.replace(samples.moons().data.picture, answered=answered)
        snapshot = made_up.changed(samples.moons(), picture=picture)
        assert "o upper 98% right  x lower 12% right (validation)" in text("data", snapshot, 60)
        assert "o upper 98%  x lower 12% right, valid. " in text("data", snapshot, 48)
        assert "o upper 98%  x lower 12% (val.) " in text("data", snapshot, 40)
        assert "points: training examples" in text("data", snapshot, 48)
        for width in range(20, 121):
            shown = text("data", snapshot, width)
            assert "%" not in shown.splitlines()[-2] or "val" in shown.splitlines()[-2]
            assert "training" in shown.splitlines()[-1]
        assert "o upper  x lower  " in text("data", snapshot, 25)

    @pytest.mark.parametrize(("name", "own"), [("moons", {}), ("gauss", {"dim": 3})])
    def test_where_only_some_examples_are_answered_for_the_picture_that_is_said(self, name: str, own: dict) -> None:
        tables = {"data": {"name": name, "samples": 40, "validation_samples": 2300, "noise": 0.5, **own}}
        run = DiagnosedRun(build(tables))
        snapshot = run.snapshot(PictureRequest(), version=1, status=Status.PAUSED)
        trainer = run.trainer
        answers = trainer.predict(trainer.data.validation_inputs[:2000])
        given = answers.argmax(axis=1) if answers.shape[1] > 1 else answers[:, 0] > 0.5
        right = given == trainer.data.validation_targets[:2000]
        shown = text("data", snapshot, 100, 20)
        if name == "gauss":
            assert f"first 2,000 of validation {percent(right.mean())} right" in shown.splitlines()[0]
            assert "first 2,000 of validation set · true class" in shown
        else:
            lower = right[trainer.data.validation_targets[:2000] == 1]
            assert f"{percent(lower.mean())} right (first 2,000 of validation)" in shown
        for width in range(20, 121):
            last = text("data", snapshot, width, 20).splitlines()[-2]
            assert name == "gauss" or "%" not in last or "first 2,000" in last

    def test_a_map_of_answers_counts_them_over_the_held_out_examples(self) -> None:
        run = DiagnosedRun(build({"data": {"name": "moons", "samples": 40}}))
        picture = run.snapshot(PictureRequest(), version=1, status=Status.PAUSED).data.picture
        assert isinstance(picture, DecisionMap)
        assert picture.answered is not None
        assert picture.answered.of == "validation"
        held_out = run.snapshot(PictureRequest(), version=1, status=Status.PAUSED).data.validation_targets
        assert picture.answered.counts.sum(axis=1).tolist() == np.bincount(held_out.astype(int)).tolist()
        request = PictureRequest(neuron=NeuronAddress(0, 1))
        hidden = run.snapshot(request, version=1, status=Status.PAUSED).data.picture
        assert isinstance(hidden, DecisionMap)
        assert hidden.answered is None

    def test_names_from_files_are_literal(self) -> None:
        assert "[b]arm" in text("data", samples.spiral(), 90, 16)

    def test_a_curve_lies_on_its_examples(self) -> None:
        shown = text("data", samples.sine())
        assert "Data and fit" in shown
        codes = np.array([[ord(sign) for sign in line] for line in shown.splitlines()[1:12]])[:, 5:]
        curve, examples = (codes >= 0x2800) & (codes < 0x2900), np.argwhere(codes == ord("o"))
        assert len(examples) > 15
        beside = [np.flatnonzero(curve[:, max(x - 2, 0) : x + 3].any(axis=1)) for _, x in examples]
        assert all(np.abs(rows - y).min() <= 1 for rows, (y, _) in zip(beside, examples, strict=True))
        assert curve.any(axis=0).mean() > 0.6

    def test_a_curve_is_seen_before_hundreds_of_examples(self) -> None:
        snapshot = samples.sine()
        x = np.linspace(snapshot.data.inputs.min(), snapshot.data.inputs.max(), 300)
        y = np.interp(x, snapshot.data.picture.x, np.asarray(snapshot.data.picture.y))
        many = structs.replace(snapshot, data=structs.replace(snapshot.data, inputs=x[:, None], targets=y))
        shown = text("data", many).splitlines()[1:12]
        drawn = np.array([[0x2800 <= ord(sign) < 0x2900 for sign in line] for line in shown])[:, 5:]
        assert drawn.any(axis=0).mean() > 0.8

    def test_held_out_examples_beyond_the_others_lie_where_they_are(self) -> None:
        targets = np.array([3.0, 5.0])
        held_out = structs.replace(samples.sine().data, validation_inputs=np.zeros((2, 1)), validation_targets=targets)
        shown = text("data", structs.replace(samples.sine(), data=held_out)).splitlines()
        rows = [y for y, line in enumerate(shown[1:-3]) if "." in line[8:]]
        assert len(rows) == len(targets)
        assert max(rows) < min(y for y, line in enumerate(shown[1:-3]) if "o" in line)

    def test_every_mark_is_explained(self) -> None:
        held_out = structs.replace(
            samples.sine().data, validation_inputs=np.zeros((3, 1)), validation_targets=np.zeros(3)
        )
        assert "o training example  ━━ answer  . validation example" in text(
            "data", structs.replace(samples.sine(), data=held_out)
        )
        assert "validation" not in text("data", samples.sine())
        plane = structs.replace(samples.moons().data, task="regression", class_names=())
        snapshot = structs.replace(samples.moons(), data=plane)
        assert "- truth below 0  + above 0 · colour: the answer  " in text("data", snapshot, 100)
        assert "- truth below 0  + above 0  " in text("data", snapshot, 70)
        assert "-+ truth " in text("data", snapshot, 46)

    @pytest.mark.parametrize("height", [7, 8, 9])
    def test_a_low_panel_drops_the_limits_for_whole_images(self, height: int) -> None:
        shown = text("weights", samples.digits(), 26, height)
        assert "as images" in shown
        assert ("min" in shown) == (height > 7)

    def test_a_confusion_matrix_names_its_set(self) -> None:
        assert "validation set · true class ↓ · answered →" in text("data", samples.digits())

    def test_a_confusion_matrix_has_whole_names_and_where_there_is_room_recall_and_precision(self) -> None:
        names = ("setosa", "versicolor", "virginica")
        counts = np.array([[10, 0, 0], [0, 9, 3], [0, 1, 7]])
        snapshot = samples.digits()
        data = structs.replace(snapshot.data, class_names=names)
        iris = made_up.changed(snapshot, data=data, picture=Confusion(counts=counts, of="validation"))
        small = text("data", iris, 48, 14).splitlines()
        assert all(name in small[2] for name in names)
        assert small[-2].split()[1:5] == ["precision", "100%", "90%", "70%"]
        full = text("data", iris, 118, 36).splitlines()
        assert "right (recall)" in full[2]
        assert [line.split()[-2] for line in full if any(name in line[:14] for name in names)] == ["100%", "75%", "88%"]
        assert full.index(next(line for line in full if "precision" in line)) > 24

    def test_a_regression_on_many_inputs_shows_answers_over_truths(self) -> None:
        snapshot = samples.agreement()
        shown = text("data", snapshot, 50, 14)
        assert "Answers" in shown
        assert isinstance(snapshot.data.picture, Agreement)
        examples = len(snapshot.data.picture.truth)
        assert re.search(f"answer ↑ truth → · [0-9]+ of {examples} beyond the edge", shown)
        wide = text("data", snapshot, 90, 14)
        assert re.search(f"[0-9]+ of the {examples} validation examples lies? beyond the edge", wide)
        assert shown.count("o") > 10

    def test_the_answers_are_those_to_all_that_was_held_out(self) -> None:
        data = {"name": "linear_regression", "dim": 4, "validation_samples": 500}
        run = DiagnosedRun(build({"data": data, "loss": {"name": "mean_squared_error"}}))
        picture = run.snapshot(PictureRequest(), version=1, status=Status.PAUSED).data.picture
        assert isinstance(picture, Agreement)
        assert len(picture.truth) == len(picture.answer) == 500

    def test_an_embedding_says_how_far_apart(self) -> None:
        shown = text("data", samples.embedding(), 40, 12)
        picture = samples.embedding().data.picture
        assert f"within {picture.within_distance:.2g} · between {picture.between_distance:.2g}" in shown
        assert f"nearest right {picture.nearest_right:.0%}" in shown

    def test_an_embedding_says_who_is_who_and_where_there_is_room_what_was_said(self) -> None:
        snapshot = samples.embedding()
        assert all(name in text("data", snapshot, 60, 16) for name in snapshot.data.class_names)
        assert isinstance(snapshot.data.picture, Embedding)
        large = text("data", snapshot, 110, 40)
        assert sum(phrase in large for phrase in snapshot.data.picture.texts) >= 3

    def test_points_in_one_place_are_counted_and_none_is_hidden_silently(self) -> None:
        labels = np.array([0, 0, 0, 1, 2, 2, 3])
        points = np.array([[0, 0]] * 3 + [[1, 1], [1, 1], [1, 1], [0.5, 0.5]], dtype=np.float32)
        picture = structs.replace(
            samples.embedding().data.picture,
            points=points,
            labels=labels,
            texts=tuple("abcdefg"),
            validation=labels < 0,
        )
        snapshot = made_up.changed(samples.embedding(), picture=picture)
        shown = text("data", snapshot, 80, 16)
        assert "o×3" in shown
        assert "x+×2" in shown
        assert "a, b, c" in shown
        assert "×3 three in one place" in shown
        assert "beneath" not in shown
        assert "o:3" in text("data", snapshot, 80, 16, make_theme("dark", ColourDepth.NONE, ascii_only=True))
        crowded = np.array([[0, 0]] * 3 + [[1, 0], [2, 0], [3, 0], [4, 0]], dtype=np.float32)
        crowd = made_up.changed(snapshot, picture=structs.replace(picture, points=crowded))
        assert "+2" in text("data", crowd, 8, 12)
        assert "+2" in text("data", crowd, 8, 8)

    def test_a_hidden_unit_has_its_own_title(self) -> None:
        assert "Map of layer 1, unit 3" in text("data", samples.neuron())

    def test_map_room_is_what_the_map_fills(self) -> None:
        assert data.map_room(50, 14) == (48, 22)
        assert data.map_room(20, 5) == (18, 6)


class TestStep:
    def test_every_phase_has_its_numbers(self) -> None:
        view = samples.moons().step
        assert view is not None
        shown = text("step", samples.moons(), 70, 20)
        for word in ("Guess", "Measure", "Blame", "Fix"):
            assert word in shown
        assert enough_digits(view.weight.rule.filled(view.weight.values), 4).text() in shown
        assert f"L{view.weight.layer + 1} {view.weight.name.split()[0]}: blame = input " in shown
        assert "new = old − learning_rate × gradient" in shown

    @pytest.mark.parametrize("phase", list(Phase))
    def test_the_phase_done_is_lit_and_those_to_come_are_dimmed(self, phase: Phase) -> None:
        snapshot = made_up.changed(samples.moons(), phase=phase)
        cells = step.draw(snapshot, first_view(), 60, 16, DARK)
        rows = {word: y for y, line in enumerate(cells.lines()) for word in line.split()[1:2] if word.isalpha()}
        for other in Phase:
            packed = int(cells.styles[rows[other.word], 2])
            expected = DARK.badge if other == phase else DARK.strong if other < phase else DARK.stale
            assert packed == expected, other

    def test_the_smallest_panel_shows_the_phase_at_work(self) -> None:
        for phase in Phase:
            lines = text("step", made_up.changed(samples.moons(), phase=phase), 30, 4).splitlines()
            assert any(line.split()[1] in (phase.word, phase.word[0]) for line in lines[1:-1])

    def test_a_weight_that_is_not_fixed_yet_says_so(self) -> None:
        view = samples.moons().step
        assert view is not None
        waiting = structs.replace(view, weight=structs.replace(view.weight, values={}))
        assert "is still" in text("step", structs.replace(samples.moons(), step=waiting), 70, 20)

    def test_adams_hats_have_no_combining_marks(self) -> None:
        shown = text("step", samples.overfitting(), 70, 20)
        assert "m^" in shown
        assert "\u0302" not in shown
        assert "�" not in shown


class TestSettings:
    def test_lists_values_and_what_restarts(self) -> None:
        lines = text("settings", samples.moons(), 30, 24, setting=1).splitlines()
        assert lines[2].startswith("│▸batch size")
        assert "10" in lines[2]
        assert "↻" not in lines[2]
        assert "↻" in next(line for line in lines if "hidden layers" in line)
        assert samples.SETTINGS[1].help.split()[0] in "\n".join(lines)

    def test_a_long_list_scrolls_with_the_choice(self) -> None:
        for chosen in range(13):
            view = first_view(settings=samples.SETTINGS, setting=chosen)
            assert chosen in settings.visible(view, 6)
            assert len(settings.visible(view, 6)) == 4
            shown = text("settings", samples.moons(), 30, 6, setting=chosen)
            assert f"▸{samples.SETTINGS[chosen].label}" in shown
            assert f"{chosen + 1} of 13" in shown
            assert ("▴" in shown) == (settings.visible(view, 6)[0] != settings.unfolded(view)[0])

    def test_a_high_list_keeps_room_for_what_the_choice_means(self) -> None:
        view = first_view(settings=samples.SETTINGS * 3, setting=30)
        shown = settings.draw(samples.moons(), view, 30, 30, DARK).lines()
        assert "31 of 39" in shown[0]
        assert view.settings[30].help.split()[0] in "\n".join(shown)
        assert 13 <= len(settings.visible(view, 30)) <= 24

    def test_all_but_the_everyday_settings_are_folded_until_one_is_chosen(self) -> None:
        listed = tuple(each for each in listed_settings() if each.key.startswith(("optimizer", "loss")))
        view = first_view(settings=listed)
        everyday = [index for index, each in enumerate(listed) if not each.group]
        assert settings.unfolded(view) == (*everyday, "optimizer", "loss")
        shown = settings.draw(samples.moons(), view, 30, 30, DARK).lines()
        assert f"▸ optimizer · {sum(each.group == 'optimizer' for each in listed)}" in shown[len(everyday) + 1]
        down = next(action for action in view.keymap if action.id == "setting_next").act
        assert down is not None
        for index in range(1, len(listed)):
            view, _ = down(samples.moons(), view)
            assert view.setting == index
            assert settings.unfolded(view).count(index) == 1
        assert settings.unfolded(view) == (*everyday, "optimizer", "loss", *range(len(listed) - 3, len(listed)))
        row = settings.visible(view, 30).index("optimizer") + 1
        click = settings.PANEL.click
        assert click is not None
        unfolded, _ = click(samples.moons(), view, 3, row, Rect(0, 0, 30, 30))
        assert listed[unfolded.setting].group == "optimizer"

    def test_values_are_whole_in_a_narrow_list_and_near_their_labels_in_a_wide_one(self) -> None:
        loss, deep = structs.replace(setting_of("loss.name"), group=""), setting_of("network.activation")
        values = {"loss.name": "binary_cross_entropy", "network.activation": ["sigmoid"] * 4}
        snapshot = made_up.changed(samples.moons(), values=values)
        view = first_view(settings=(loss, deep))
        narrow = settings.draw(snapshot, view, 24, 6, DARK).lines()
        assert narrow[1].endswith("BCE ↻│")
        assert "4 × sigmoid" in narrow[2]
        wide = settings.draw(snapshot, view, 110, 6, DARK).lines()
        assert "binary cross entropy ↻" in wide[1][:50]

    def test_what_the_run_has_chosen_itself_is_shown_as_that(self) -> None:
        initializer = Setting(key="network.initializer", label="initializer", help="", choices=("he", "xavier"))
        clip = Setting(key="optimizer.clip_norm", label="clip norm", help="", low=0.0)
        snapshot = made_up.changed(
            samples.moons(),
            values={"network.initializer": None, "optimizer.clip_norm": None},
            resolved_defaults={"network.initializer": "he"},
        )
        lines = settings.draw(snapshot, first_view(settings=(initializer, clip)), 30, 6, DARK).lines()
        assert "initializer       auto he" in lines[1]
        assert "none" in lines[2]
