"""What is computed for the screen: the answers of a classifier as probabilities, whatever its output is."""

from __future__ import annotations

import numpy as np
import pytest

from tui_trainer.inspection.pictures import UNIT_MAP, picture, unit_maps
from tui_trainer.telemetry import DecisionMap, PictureRequest
from tui_trainer.training import build
from tui_trainer.training.trainer import Trainer


def trained(output: str, **data: object) -> Trainer:
    """A classifier with a squared loss, at an iteration at which it answers some points surely and others not."""
    trainer = Trainer(build({"data": data, "network": {"output": output}, "loss": {"name": "mean_squared_error"}}))
    trainer.run(60)
    return trainer


def map_of(trainer: Trainer) -> DecisionMap:
    drawn = picture(trainer, PictureRequest(map_columns=UNIT_MAP, map_rows=UNIT_MAP))
    assert isinstance(drawn, DecisionMap)
    return drawn


@pytest.mark.parametrize("output", ["sigmoid", "tanh"])
def test_the_map_of_two_classes_is_the_probability_of_class_1(output: str) -> None:
    trainer = trained(output, name="moons")
    drawn = map_of(trainer)
    corner = trainer.predict(np.array([[drawn.low[0], drawn.high[1]]]))[0, 0]
    assert drawn.values[0, 0] == pytest.approx((corner + 1) / 2 if output == "tanh" else corner, rel=1e-5)
    assert drawn.values.min() >= 0
    assert drawn.values.max() <= 1
    assert ((drawn.values > 0.5) == drawn.classes).all()
    assert 0 < drawn.classes.mean() < 1


@pytest.mark.parametrize("output", ["sigmoid", "tanh"])
def test_the_map_of_an_output_unit_is_above_zero_where_class_1_is_answered(output: str) -> None:
    trainer = trained(output, name="moons")
    assert ((unit_maps(trainer, 1)[-1][0] > 0) == map_of(trainer).classes).all()


def test_the_map_of_several_classes_is_the_probability_of_the_winner() -> None:
    drawn = map_of(trained("tanh", name="spiral", classes=3))
    assert drawn.values.min() >= 0
    assert drawn.values.max() <= 1


@pytest.mark.parametrize("name", ["linear_regression", "sine", "gauss"])
def test_answers_beyond_what_a_picture_holds_are_drawn_without_a_warning(name: str) -> None:
    trainer = Trainer(build({"data": {"name": name}, "network": {"dtype": "float64", "activation": "relu"}}))
    trainer.vectors.parameters[:] *= 1e30
    assert picture(trainer, PictureRequest(map_columns=20, map_rows=10)) is not None
