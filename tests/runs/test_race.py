"""A race is fair: every arm has made as many iterations as the others, up to its own end."""

from __future__ import annotations

import numpy as np
import pytest

from tui_trainer.dashboard.standings import standings
from tui_trainer.presets import find
from tui_trainer.runs.arms import views
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.race import Race
from tui_trainer.telemetry import Status
from tui_trainer.telemetry.lead import Basis, Lead
from tui_trainer.training import Trainer, build, with_setting
from tui_trainer.training.yardstick import loss_words

SMALL = build(
    {
        "data": {"name": "moons", "samples": 40, "validation_samples": 20},
        "network": {"hidden": [4], "dropout": 0.2},
        "training": {"iterations": 60, "batch_size": 8},
    }
)
IRIS = build({"data": {"name": "iris"}, "training": {"iterations": 60}})


def test_all_go_the_same_way_and_each_ends_at_its_own_target() -> None:
    longer = with_setting(SMALL, "training.iterations", 90)
    race = Race([("short", SMALL), ("long", longer)])
    seen = []
    while race.is_racing:
        race.advance(25)
        seen.append([arm.run.trainer.iteration for arm in race.arms])
    assert seen == [[25, 25], [50, 50], [60, 75], [60, 90]]


def test_arms_that_differ_in_nothing_are_equal_to_the_bit_and_equal_to_a_run_alone() -> None:
    race = Race([("A", SMALL), ("B", SMALL)])
    while race.is_racing:
        race.advance(7)
    alone = Trainer(SMALL)
    alone.run()
    for arm in race.arms:
        assert np.array_equal(arm.run.trainer.vectors.parameters, alone.vectors.parameters)
    assert lead(race).ahead == ()


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_where_arms_part_is_found_whatever_is_run_at_once(chunk: int) -> None:
    arms = [
        ("A", SMALL),
        ("equal", SMALL),
        ("rate", with_setting(SMALL, "optimizer.learning_rate", 0.5)),
        ("falls later", with_setting(with_setting(SMALL, "schedule.name", "step"), "schedule.steps", 3)),
        ("other start", with_setting(SMALL, "network.gain", 0.5)),
        ("other shape", with_setting(SMALL, "network.hidden", [3])),
        ("shorter", with_setting(SMALL, "training.iterations", 10)),
        ("other loss", with_setting(SMALL, "loss.name", "mse")),
        ("other labels", with_setting(SMALL, "data.label_noise", 0.2)),
    ]
    race = Race(arms)
    while race.is_racing:
        race.advance(chunk)
    assert [arm.parted for arm in race.arms[1:]] == [None, 1, 21, 0, 0, None, 1, 1]
    for arm, (_, experiment) in zip(race.arms, arms, strict=True):
        alone = Trainer(experiment)
        alone.run()
        assert np.array_equal(arm.run.trainer.vectors.parameters, alone.vectors.parameters), arm.name
        assert arm.run.standing is alone.status


def test_an_arm_that_diverges_does_not_stop_the_others() -> None:
    race = Race(find("race: learning rates").experiments())
    with np.errstate(all="ignore"):
        while race.is_racing:
            race.advance(1000)
    statuses = [arm.run.standing for arm in race.arms]
    assert statuses[:2] == [Status.FINISHED, Status.FINISHED]
    assert race.arms[2].run.diagnosis.first_raised["diverging"] <= 15


def lead(race: Race) -> Lead:
    return standings(views(race.arms, race.focus, DiagnosedRun.measure)).lead


def ended(*arms: tuple[str, object]) -> Race:
    """SMALL with each of these settings, and SMALL itself before them, at their ends."""
    race = Race([("as it is", SMALL), *((f"{key} {value}", with_setting(SMALL, key, value)) for key, value in arms)])
    while race.is_racing:
        race.advance(50)
    return race


def right(race: Race, place: int) -> float:
    """The share of the validation examples that an arm answers right, counted by hand."""
    trainer = race.arms[place].run.trainer
    answers = trainer.predict(trainer.data.validation_inputs)[:, 0] > 0.5
    return float((answers == trainer.data.validation_targets).mean())


@pytest.mark.parametrize("turned", [False, True])
def test_arms_of_two_losses_are_compared_by_what_they_answer(turned: bool) -> None:
    race = ended(("loss.name", "half_mse"))
    if turned:
        race.arms.reverse()
    found = lead(race)
    assert (found.basis, found.hindrance) == (Basis.VALIDATION_ACCURACY, "different losses")
    shares = [right(race, place) for place in (0, 1)]
    assert [found.number(arm.run.measure()) for arm in race.arms] == pytest.approx(shares)
    assert found.ahead == (() if shares[0] == shares[1] else (int(np.argmax(shares)),))


@pytest.mark.parametrize(
    ("key", "value", "hindrance"),
    [
        ("data.label_noise", 0.2, "different validation labels"),
        ("data.noise", 0.3, "different validation examples"),
        ("data.validation_samples", 30, "different validation examples"),
        ("data.validation_samples", 0, "not all have held-out examples"),
        ("training.seed", 1, "different validation examples"),
        ("data.name", "iris", "different validation examples"),
        ("data.samples", 60, ""),
        ("data.standardize", True, ""),
        ("network.dtype", "float64", ""),
        ("network.hidden", [9], ""),
    ],
)
def test_only_arms_that_are_judged_by_the_same_examples_are_compared(key: str, value: object, hindrance: str) -> None:
    experiment = IRIS if value == "iris" else with_setting(SMALL, key, value)
    race = Race([("as it is", SMALL), ("other", experiment)])
    race.advance(5)
    found = lead(race)
    assert found.hindrance == hindrance
    assert (found.basis is None) == bool(hindrance)
    same = all(
        np.array_equal(a, b)
        for a, b in zip(*((arm.run.trainer.data.validation_inputs, arm.run.trainer.data.validation_targets)
                          for arm in race.arms), strict=True)
    )  # fmt: skip
    assert same == (not hindrance)


def test_a_loss_is_another_one_with_other_parameters_and_with_other_numbers_for_the_classes() -> None:
    def words(**loss_and_network: object) -> str:
        tables = {"data": {"name": "moons"}, "loss": {"name": "huber", "delta": loss_and_network.pop("delta", 1.0)}}
        return loss_words(build(tables | {"network": loss_and_network}))

    assert words() == words(output="sigmoid") == words(output="clip01") == words(hidden=[3]) == "Huber (delta 1.0)"
    assert words(delta=0.01) == "Huber (delta 0.01)"
    assert words(output="tanh") == "Huber (delta 1.0, classes as −1 and 1)"
    embeddings = build({"data": {"name": "phrases"}, "loss": {"name": "contrastive", "margin": 2.0}})
    assert loss_words(embeddings) == "contrastive (margin 2.0)"
