"""A setting and its value are called the same wherever they stand on the screen."""

from __future__ import annotations

import pytest

from tui_trainer.experiment.words import value_words, words_of


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.01, "0.01"), (1e-5, "1e-5"), (True, "yes"), (False, "no"), ([16, 8], "16 8"), ([], "none"), (None, "none"),
     ("leaky_relu", "leaky relu"), (32, "32"), (1500, "1,500"), (-0.5, "−0.5"), (-3, "−3")],
)  # fmt: skip
def test_values_as_a_person_writes_them(value: object, words: str) -> None:
    assert value_words(value) == words


def test_no_value_means_what_it_means_for_the_setting() -> None:
    assert value_words(None, "optimizer.clip_norm") == "none"
    assert value_words(None, "training.evaluate_every") == "auto"
    assert value_words(None, "training.early_stopping") == "no"
    assert value_words({"patience": 3}, "training.early_stopping") == "yes"


def test_keys_in_words() -> None:
    assert words_of("optimizer.l2") == "L2 penalty"
    assert words_of("network.gain") == "gain"
