"""What the panel of the data says: its words, its numbers and its judgement."""

from __future__ import annotations

import re

import made_up
import numpy as np
import pytest
import short_runs as samples
from msgspec import structs
from panel_text import text

from tui_trainer.dashboard.panels import data
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import Agreement, Confusion, DecisionMap, Embedding, NeuronAddress, PictureRequest, Status
from tui_trainer.training import build
from tui_trainer.wording import percent


class TestData:
    def test_before_its_picture_comes_it_claims_nothing_of_it(self) -> None:
        shown = text("data", made_up.changed(samples.moons(), picture=None), 60)
        assert "200 examples of 2 inputs" in shown
        assert "picture" not in shown

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
        assert "points: 200 training in 117 places" in text("data", snapshot, 48)
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

    @pytest.mark.parametrize(("iterations", "when"), [(20, ""), (27, "now ")])
    def test_a_confusion_matrix_says_where_its_share_is_not_the_verdict_s(self, iterations: int, when: str) -> None:
        tables = {"data": {"name": "iris"}, "training": {"batch_size": 10, "iterations": 40, "evaluate_every": 20}}
        snapshot = samples.shown(samples.ran("iris", tables, iterations))
        counts = snapshot.data.picture.counts
        share = percent(counts.trace() / counts.sum())
        assert f"validation {when}{share} right" in text("data", snapshot, 60)
        assert snapshot.losses.evaluations.latest.iteration == 20

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

    def test_the_classes_of_an_embedding_have_no_texture_for_they_have_no_area(self) -> None:
        shown = text("data", samples.embedding(), 80, 16, make_theme("dark", ColourDepth.NONE, ascii_only=True))
        assert ".." not in shown
        assert "::" not in shown

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
