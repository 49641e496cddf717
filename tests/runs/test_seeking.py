"""Going to any moment of a run, and what the keys do on the way."""

from __future__ import annotations

import time

from lived import Deed, assert_same_moment, straight
from scheduled import EXPERIMENT, driver, obey

from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Phase, PictureRequest
from tui_trainer.telemetry import commands as do


def arrive(driven: Scheduler) -> list[float]:
    """Let it seek its goal, and do what waits for that; how far it said it was."""
    shares = []
    while True:
        going = driven.snapshot().seeking
        shares += [] if going is None else [going.share]
        if driven.work(time.perf_counter()) is None:
            return shares


def test_a_long_seek_tells_how_far_it_is_and_shows_the_moment_before_until_it_is_there() -> None:
    driven = obey(driver(patience=0), do.StepIterations(120))
    before = driven.snapshot()
    obey(driven, do.Seek(40))
    going = driven.snapshot()
    assert going.seeking is not None
    assert (going.seeking.iteration, going.iteration, going.past) == (40, 120, None)
    assert going.version > before.version
    assert going.losses is before.losses
    shares = arrive(driven)
    assert shares == sorted(shares)
    assert driven.snapshot().past is not None
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 40))


def test_another_seek_is_obeyed_on_the_way_and_counts_from_where_the_first_leads() -> None:
    driven = obey(driver(patience=0), do.StepIterations(120), do.Seek(40), do.SeekRelative(-1), do.SeekRelative(-2))
    going = driven.snapshot().seeking
    assert going is not None
    assert going.iteration == 37
    arrive(driven)
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 37))


def test_a_seek_that_is_given_up_leads_back_to_the_phase_where_it_began() -> None:
    driven = obey(driver(patience=0), do.StepIterations(120), *[do.StepPhase()] * 3)
    driven.snapshot()
    obey(driven, do.Seek(40), do.SeekRelative(-5), do.CancelSeek())
    arrive(driven)
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 120, Phase.BACKWARD))
    obey(driven, do.CancelSeek())  # nothing to give up
    assert driven.snapshot().seeking is None


def test_what_is_meant_for_the_end_of_a_seek_waits_for_it() -> None:
    driven = obey(driver(patience=0), do.StepIterations(120), do.Seek(40))
    driven.snapshot()
    obey(driven, do.ChangeSetting("optimizer.learning_rate", 0.5), do.StepIterations(3), do.SeekRelative(-1))
    assert driven.control.run.experiment == EXPERIMENT
    arrive(driven)
    deeds = [Deed(40, "optimizer.learning_rate", 0.5)]
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, deeds, 42))
    assert driven.control.run.newest == 43


def test_giving_up_a_seek_gives_up_what_waits_for_its_end() -> None:
    driven = obey(driver(patience=0), do.StepIterations(120), do.Seek(40))
    obey(driven, do.ChangeSetting("optimizer.learning_rate", 0.5), do.SeekRelative(-1), do.CancelSeek())
    arrive(driven)
    assert driven.control.run.experiment == EXPERIMENT
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 120))


def test_what_was_looked_for_is_looked_at_whatever_waits() -> None:
    driven = obey(driver(patience=0), do.StepIterations(120), do.Seek(40), do.CheckGradient())
    obey(driven, do.RequestPictures(PictureRequest(weights_layer=1)), do.SetPace(7.0))
    assert (driven.control.request.weights_layer, driven.control.pace.asked) == (1, 7.0)


def test_hundreds_of_keys_during_a_long_seek_are_obeyed_one_after_the_other() -> None:
    driven = obey(driver(patience=0), do.StepIterations(150), do.Seek(140), do.CheckGradient())
    obey(driven, *[do.SeekRelative(-1), do.SeekRelative(1)] * 200, do.SeekRelative(-50), do.StepIterations(2))
    arrive(driven)
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 92))


def test_all_arms_of_a_race_seek_together() -> None:
    driven = obey(driver(patience=0), do.StepIterations(30), do.Fork())
    arrive(driven)
    obey(driven, do.ChangeSetting("optimizer.learning_rate", 0.5), do.StepIterations(50), do.Seek(60))
    arrive(driven)
    first, second = (arm.run.trainer for arm in driven.control.lineup.arms)
    assert_same_moment(first, straight(EXPERIMENT, [], 60))
    assert_same_moment(second, straight(EXPERIMENT, [Deed(30, "optimizer.learning_rate", 0.5)], 60))
