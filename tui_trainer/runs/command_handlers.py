"""What each command does to a run. Those that ask for a moment of the past only set out: the driver travels."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import TYPE_CHECKING, TypeVar

from msgspec import structs

from tui_trainer.experiment import SettingError
from tui_trainer.experiment.words import error_words
from tui_trainer.runs.load import Load
from tui_trainer.runs.rescue import TRIAL, rate_that_holds, smaller
from tui_trainer.setting import LEARNING_RATE
from tui_trainer.telemetry import Status, commands
from tui_trainer.training.effect import effect, effect_of_restart
from tui_trainer.training.gradient_check import check_gradient

if TYPE_CHECKING:
    from tui_trainer.runs.driver import Driver

T = TypeVar("T")

NO_MEMORY = "there is not enough memory for such a run: the present one stays"


@singledispatch
def carry_out(command: commands.Command, driver: Driver) -> None:
    """Do what the command says, now."""
    raise TypeError(f"unknown command {command!r}")


@carry_out.register(commands.Pause)
def _pause(command: commands.Pause, driver: Driver) -> None:
    if driver.status is Status.RUNNING:
        driver.stand(Status.PAUSED)


@carry_out.register(commands.Resume)
def _resume(command: commands.Resume, driver: Driver) -> None:
    driver.resume()


@carry_out.register(commands.TogglePause)
def _toggle_pause(command: commands.TogglePause, driver: Driver) -> None:
    if driver.status is Status.RUNNING:
        driver.stand(Status.PAUSED)
    else:
        driver.resume()


@carry_out.register(commands.StepIterations)
def _step_iterations(command: commands.StepIterations, driver: Driver) -> None:
    if driver.can_move():
        driver.stand(driver.lineup.advance(command.count))


@carry_out.register(commands.StepPhase)
def _step_phase(command: commands.StepPhase, driver: Driver) -> None:
    if command.direction < 0:
        driver.set_out([arm.session.place_before for arm in driver.lineup.arms])
    elif driver.can_move():
        driver.stand(driver.lineup.advance_phase())


@carry_out.register(commands.StepEpoch)
def _step_epoch(command: commands.StepEpoch, driver: Driver) -> None:
    if driver.can_move():
        last = driver.lineup.last
        order = last.trainer.feed.order
        driver.resume()
        driver.until_epoch = order.position(last.iteration).epoch + 1


@carry_out.register(commands.SetPace)
def _set_pace(command: commands.SetPace, driver: Driver) -> None:
    driver.pace.ask(command.iterations_per_second)
    driver.version += 1


@carry_out.register(commands.SetLook)
def _set_look(command: commands.SetLook, driver: Driver) -> None:
    driver.look = command.look
    driver.version += 1


@carry_out.register(commands.Seek)
def _seek(command: commands.Seek, driver: Driver) -> None:
    driver.seek(command.iteration)


@carry_out.register(commands.SeekRelative)
def _seek_relative(command: commands.SeekRelative, driver: Driver) -> None:
    journey, focus = driver.journey, driver.lineup.focus
    driver.seek((driver.session.place if journey is None else journey.goals[focus]).iteration + command.offset)


@carry_out.register(commands.SeekLive)
def _seek_live(command: commands.SeekLive, driver: Driver) -> None:
    driver.seek(driver.session.newest)


@carry_out.register(commands.Stay)
def _stay(command: commands.Stay, driver: Driver) -> None:
    driver.give_up_journey()


@carry_out.register(commands.Rescue)
def _rescue(command: commands.Rescue, driver: Driver) -> None:
    found = driver.session.autopsy
    driver.lineup.seek(max(driver.session.newest - 1, 0) if found is None else found.last_finite)
    driver.stand(Status.PAUSED)
    found_rate = rate_that_holds(driver.session, command.factor)
    rate = found_rate or smaller(driver.session.experiment.optimizer.learning_rate, command.factor)
    carry_out(commands.ChangeSetting(LEARNING_RATE, rate), driver)
    held = f"it held for {TRIAL} iterations on trial; {{toggle}} goes on"
    ending = held if found_rate else "no smaller one holds from here either"
    driver.say(f"{driver.message}: {ending}")


def _tried(deed: Callable[[], T], driver: Driver) -> T | None:
    """What `deed` returns; None, and the person is told why, where there can be no such run."""
    try:
        return deed()
    except SettingError as error:
        driver.say(error_words(error))
    except MemoryError:
        driver.say(NO_MEMORY)
    return None


@carry_out.register(Load)
def _load(command: Load, driver: Driver) -> None:
    message = _tried(lambda: driver.lineup.load(command.experiments), driver)
    if message is not None:
        driver.resume()
        driver.say(message)


@carry_out.register(commands.Restart)
def _restart(command: commands.Restart, driver: Driver) -> None:
    message = _tried(lambda: driver.lineup.restart(command.seed), driver)
    if message is not None:
        driver.begin()
        driver.say(message)


@carry_out.register(commands.Fork)
def _fork(command: commands.Fork, driver: Driver) -> None:
    message = driver.lineup.fork()
    driver.stand(Status.PAUSED)
    driver.say(message)


@carry_out.register(commands.FocusArm)
def _focus_arm(command: commands.FocusArm, driver: Driver) -> None:
    driver.say(driver.lineup.focus_next(command.offset))


@carry_out.register(commands.DropArm)
def _drop_arm(command: commands.DropArm, driver: Driver) -> None:
    raced = driver.lineup.is_racing
    message = driver.lineup.drop()
    over = raced and not driver.lineup.is_racing
    if driver.status is Status.RUNNING and (over or not driver.lineup.can_move):
        driver.stand(driver.lineup.standing)  # it was the last that ran
    driver.say(message)


@carry_out.register(commands.ChangeSetting)
def _change_setting(command: commands.ChangeSetting, driver: Driver) -> None:
    old = driver.session.experiment
    changed = _tried(lambda: driver.lineup.change(command.key, command.value), driver)
    if changed is None:
        return
    message, restarted = changed
    if driver.session.experiment != old:
        trainer = driver.session.trainer
        less = effect_of_restart(trainer, command.key) if restarted else effect(trainer, old, command.key)
        message += f" but {less}" if less else ""
    if restarted:
        driver.begin()
    elif driver.lineup.standing is Status.DIVERGED and not driver.lineup.can_move:  # in the phases that were open
        driver.stand(Status.DIVERGED)
        message += "; nothing comes after here, {restart} starts again with it"
    else:
        driver.has_changed()
    driver.say(message)


@carry_out.register(commands.CheckGradient)
def _check_gradient(command: commands.CheckGradient, driver: Driver) -> None:
    session = driver.session
    check = check_gradient(session.experiment, weights=session.trainer.vectors.parameters)
    session.gradient_check = structs.replace(check, iteration=session.iteration)
    driver.version += 1


@carry_out.register(commands.Undo)
def _undo(command: commands.Undo, driver: Driver) -> None:
    _take_back(driver.lineup.undo, driver)


@carry_out.register(commands.Redo)
def _redo(command: commands.Redo, driver: Driver) -> None:
    _take_back(driver.lineup.redo, driver)


def _take_back(deed: Callable[[], str], driver: Driver) -> None:
    arms, done = driver.lineup.arms, driver.lineup.done
    before = done.can_undo, done.can_redo
    message = deed()
    if driver.lineup.arms is not arms or not driver.lineup.can_move:  # it may have diverged in the open phases
        driver.stand(driver.lineup.standing)
    elif (done.can_undo, done.can_redo) != before:
        driver.has_changed()
    driver.say(message)
