"""A small part of the score: two runs of every label, judged by all that is measured and by their curves alone."""

from __future__ import annotations

from collections import Counter

import pytest
from score import Score, bank, curves_alone, record, score


@pytest.fixture(scope="module")
def recorded() -> list:
    chosen, count = [], Counter[str]()
    for run in bank(0):
        label = run.expected or ""
        if count[label] < 2:
            count[label] += 1
            chosen.append(run)
    return [record(run) for run in chosen]


def test_every_label_is_found_and_no_good_run_is_blamed(recorded: list) -> None:
    found = score(recorded)
    assert {each.run.expected for each in found.judged} >= {"good", "bouncing", "crawling", "plateau", "saturation"}
    assert [(each.run.name, each.run.expected, each.headline) for each in found.judged if not each.is_right] == []
    assert found.false_alarms == []
    assert all(share == 1 for share in found.detection.values())


def test_it_is_told_in_time(recorded: list) -> None:
    delays = score(recorded).delays
    assert delays["exploding_gradients"] == 0
    assert max(delays[each] for each in ("symmetry", "dead_relu", "vanishing_gradients", "saturation")) <= 0.07
    assert max(delays[each] for each in ("crawling", "bouncing", "overfitting")) <= 0.2


def test_curves_alone_tell_far_less(recorded: list) -> None:
    assert score(recorded, curves_alone).right < score(recorded).right - 0.2


def test_an_empty_headline_in_a_good_run_is_right(recorded: list) -> None:
    good = next(each for each in score(recorded).judged if each.run.expected == "good")
    assert good.is_right
    assert good.headline == "good"
    assert Score(judged=[good]).right == 1
