"""What the panel of the fit says: its words, its numbers and its judgement."""

from __future__ import annotations

import made_up
import numpy as np
import pytest
import short_runs as samples
from msgspec import structs
from panel_text import text

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import PANELS, fit
from tui_trainer.drawing.ascii import make_ascii
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.telemetry import SettingChange, Snapshot
from tui_trainer.telemetry.seeds import SeedFan


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

    def test_examples_that_are_all_alike_are_not_called_worse_than_guessing(self) -> None:
        """The best constant answer is right about each of them, at a loss of 1e-11: nothing could be better."""
        before = samples.overfitting().losses.evaluations
        for base, word in ((2.9e-11, ""), (0.04, "worse than guessing")):
            now = made_up.replaced(before.latest, train_loss=0.1, validation_loss=0.1, base_loss=base)
            measured = fit.measure_fit(made_up.replaced(before, latest=now, best=now))
            assert measured is not None
            assert (measured.word == "worse than guessing") == bool(word)

    def test_a_run_at_its_floor_of_noise_is_not_called_underfitting_beside_a_good_verdict(self) -> None:
        before = samples.overfitting().losses.evaluations
        now = made_up.replaced(before.latest, train_loss=0.55, validation_loss=0.55, base_loss=0.69)
        flat = made_up.replaced(before, latest=now, best=now)
        for found, word, least in (((), "underfitting", 0.0), (("good",), "balanced", 0.35)):
            measured = fit.measure_fit(flat, found)
            assert measured is not None
            assert measured.word == word
            assert measured.position >= least

    def test_a_loss_that_looks_equal_is_not_called_lower(self) -> None:
        before = samples.overfitting().losses.evaluations
        for now, words in ((0.69399, "as low as the best evaluation"), (0.68, "below the best evaluation")):
            best = made_up.replaced(before.latest, validation_loss=0.69401)
            latest = made_up.replaced(before.latest, validation_loss=now, train_loss=now, base_loss=0.69)
            snapshot = samples.overfitting()
            losses = structs.replace(snapshot.losses, evaluations=made_up.replaced(before, latest=latest, best=best))
            shown = text("fit", structs.replace(snapshot, losses=losses, evaluation=None), 100, 30)
            assert words in shown, shown

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
        measured = fit.measure_fit(evaluations, {"overfitting"})
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
        for panel, curve in (("fit", "loss"), ("loss", "loss"), ("loss", "accuracy")):
            cells = PANELS[panel].draw(samples.overfitting(), first_view(curve=curve), 60, 16, ascii_only)
            make_ascii(cells)
            shown[panel, curve] = "\n".join(cells.lines())
        assert "| # validation best" in shown["fit", "loss"]
        assert "# best" in shown["loss", "loss"]
        assert "# best" in shown["loss", "accuracy"]

    def test_other_seeds_have_a_sign_of_their_own_on_an_ascii_screen(self) -> None:
        """Dots are a mean of less than its window."""
        losses = np.full(2, 0.5)
        fan = SeedFan(
            loss="validation", runs=5, wanted=5, iteration=np.array([0, 12]), low=losses, middle=losses, high=losses
        )
        snapshot = made_up.changed(samples.moons(12), seed_fan=fan)
        cells = PANELS["loss"].draw(snapshot, first_view(), 100, 24, make_theme(ascii_only=True))
        shown = "\n".join(cells.lines()[2:-3])
        assert "= 5 seeds" in cells.lines()[1]
        assert "==" in shown
        assert "." in shown.replace("0.", "")

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
