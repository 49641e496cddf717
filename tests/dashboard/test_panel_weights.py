"""What the panels of the weights and of the gradients say: their words, their numbers and their judgement."""

from __future__ import annotations

import re

import made_up
import numpy as np
import pytest
import sample_moments as moments
import short_runs as samples
from msgspec import structs
from panel_text import DARK, GREY, text, without_biases

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import PANELS, gradients
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.theme import make_theme
from tui_trainer.telemetry import Phase


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
