"""What each command does. Commands that seek a moment only start the seek, which then continues in slices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import singledispatch
from typing import ClassVar, TypeVar

import numpy as np
from msgspec import structs

from tui_trainer.experiment import SettingError
from tui_trainer.experiment.words import error_words
from tui_trainer.inspection.gradient_check import check_gradient
from tui_trainer.runs.arms import Contestants
from tui_trainer.runs.control import Control
from tui_trainer.runs.watched import Watched
from tui_trainer.setting import ADDED_EXAMPLES, LEFT_OUT, SEED
from tui_trainer.telemetry import Notice, Replay, Status, commands
from tui_trainer.training.setting_effect import effect, effect_of_restart
from tui_trainer.wording import plain_number

T = TypeVar("T")

MOST_INPUTS = 4
"""Inputs of an example that a message lists."""
NO_MEMORY = "there is not enough memory for such a run: the present one stays"


class Load(commands.Command, frozen=True):
    """Train something else, and cancel a seek that is under way. Undo returns to the old ones.

    The only command that is not plain data: its sender has already reported the mistakes of a preset.
    """

    opens_run: ClassVar[bool] = True
    contestants: Contestants
    """Name and experiment of each arm, or arms that have run before."""
    paused: bool = False
    """Whether they stand where they are."""
    replay: Replay | None = None
    """Where the run begins, if not at its start."""


@singledispatch
def carry_out(command: commands.Command, control: Control) -> None:
    raise TypeError(f"unknown command {command!r}")


@carry_out.register(commands.Pause)
def _pause(command: commands.Pause, control: Control) -> None:
    if control.status is Status.RUNNING:
        control.stand(Status.PAUSED)


@carry_out.register(commands.Resume)
def _resume(command: commands.Resume, control: Control) -> None:
    control.resume()


@carry_out.register(commands.TogglePause)
def _toggle_pause(command: commands.TogglePause, control: Control) -> None:
    if control.status is Status.RUNNING:
        control.stand(Status.PAUSED)
    else:
        control.resume()


@carry_out.register(commands.StepIterations)
def _step_iterations(command: commands.StepIterations, control: Control) -> None:
    if control.can_move():
        control.stand(control.lineup.advance(command.count))


@carry_out.register(commands.StepPhase)
def _step_phase(command: commands.StepPhase, control: Control) -> None:
    if command.direction < 0:
        control.start_seek([arm.run.boundary.before for arm in control.lineup.arms])
    elif control.can_move():
        control.stand(control.lineup.advance_phase())


@carry_out.register(commands.StepEpoch)
def _step_epoch(command: commands.StepEpoch, control: Control) -> None:
    if control.can_move():
        last = control.lineup.last
        order = last.trainer.feed.order
        control.resume()
        control.until_epoch = order.position(last.iteration).epoch + 1


@carry_out.register(commands.SetPace)
def _set_pace(command: commands.SetPace, control: Control) -> None:
    control.pace.ask(command.iterations_per_second)
    control.version += 1


@carry_out.register(commands.RequestPictures)
def _request_pictures(command: commands.RequestPictures, control: Control) -> None:
    control.request = command.request
    control.version += 1


@carry_out.register(commands.Seek)
def _seek(command: commands.Seek, control: Control) -> None:
    control.seek(command.iteration)


@carry_out.register(Replay)
def _replay(command: Replay, control: Control) -> None:
    control.start_replay(command)


@carry_out.register(commands.SeekRelative)
def _seek_relative(command: commands.SeekRelative, control: Control) -> None:
    seeking, focus = control.seeking, control.lineup.focus
    control.seek((control.run.boundary if seeking is None else seeking.goals[focus]).iteration + command.offset)


@carry_out.register(commands.SeekLive)
def _seek_live(command: commands.SeekLive, control: Control) -> None:
    control.seek(control.run.newest)


@carry_out.register(commands.CancelSeek)
def _cancel_seek(command: commands.CancelSeek, control: Control) -> None:
    control.cancel_seek()


@carry_out.register(commands.Propose)
def _propose(command: commands.Propose, control: Control) -> None:
    control.propose()


@carry_out.register(commands.CloseProposal)
def _close_proposal(command: commands.CloseProposal, control: Control) -> None:
    control.close_proposal(goes_on=True)


@carry_out.register(commands.ApplyRemedy)
def _apply_remedy(command: commands.ApplyRemedy, control: Control) -> None:
    offered = None if control.proposal is None else control.proposal.offered
    if offered is None or offered.remedy.settings != command.settings:
        return
    control.close_proposal(goes_on=False)
    arms = control.lineup.arms
    message = _tried(lambda: control.lineup.race_with(offered.remedy.settings, offered.start), control)
    if control.lineup.arms is not arms:
        control.resume()
    if message is not None:
        control.say(Notice(message, (("undo", "takes it back"),)))


def _tried(change: Callable[[], T], control: Control) -> T | None:
    """What `change` returns; None and a message to the person if there can be no such run."""
    try:
        return change()
    except SettingError as error:
        control.say(error_words(error))
    except MemoryError:
        control.say(NO_MEMORY)
    return None


@carry_out.register(Load)
def _load(command: Load, control: Control) -> None:
    message = _tried(lambda: control.lineup.load(command.contestants), control)
    if message is not None:
        if command.paused:
            control.stand(Status.PAUSED)
        else:
            control.resume()
        control.say(message)
        if command.replay is not None:
            control.start_replay(command.replay)


@carry_out.register(commands.Restart)
def _restart(command: commands.Restart, control: Control) -> None:
    message = _tried(lambda: control.lineup.restart(command.seed), control)
    if message is not None:
        less = [effect_of_restart(arm.run.trainer, SEED) for arm in control.lineup.arms if command.seed is not None]
        control.begin()
        control.say(f"{message} but {less[0]}" if less and all(less) else message)


@carry_out.register(commands.Fork)
def _fork(command: commands.Fork, control: Control) -> None:
    message = control.lineup.fork()
    control.stand(Status.PAUSED)
    control.say(message)


@carry_out.register(commands.FocusArm)
def _focus_arm(command: commands.FocusArm, control: Control) -> None:
    control.say(control.lineup.focus_next(command.offset))


@carry_out.register(commands.DropArm)
def _drop_arm(command: commands.DropArm, control: Control) -> None:
    raced = control.lineup.is_racing
    message = control.lineup.drop()
    over = raced and not control.lineup.is_racing
    if control.status is Status.RUNNING and (over or not control.lineup.can_move):
        control.stand(control.lineup.standing)  # the dropped arm was the last that ran
    control.say(message)


@carry_out.register(commands.ChangeSetting)
def _change_setting(command: commands.ChangeSetting, control: Control) -> None:
    old = control.run.experiment
    changed = _tried(lambda: control.lineup.change(command.key, command.value), control)
    if changed is None:
        return
    message, restarted = changed
    if control.run.experiment != old:
        trainer = control.run.trainer
        less = effect_of_restart(trainer, command.key) if restarted else effect(trainer, old, command.key)
        message += f" but {less}" if less else ""
    if restarted:
        control.begin()
        control.say(message)
    else:
        _go_on_changed(message, (("restart", "starts again with it"),), control)


@carry_out.register(commands.AddExample)
def _add_example(command: commands.AddExample, control: Control) -> None:
    data = control.run.experiment.data
    inputs = (np.array(command.inputs) / data.feature_scale).tolist()
    _change_examples(ADDED_EXAMPLES, [*data.added, (*inputs, command.target)], command.inputs, command.target, control)


@carry_out.register(commands.LeaveOut)
def _leave_out(command: commands.LeaveOut, control: Control) -> None:
    dataset, data = control.run.experiment.data, control.run.trainer.data
    if not 0 <= command.index < len(data.train_targets):
        control.say(f"there are {len(data.train_targets):,} training examples")
        return
    added = command.index - len(data.kept)
    inputs, target = data.train_inputs[command.index], data.in_units(data.train_targets)[command.index]
    if added >= 0:
        rest = [*dataset.added[:added], *dataset.added[added + 1 :]]
        _change_examples(ADDED_EXAMPLES, rest, inputs, target, control)
    else:
        drawn = int(data.kept[command.index])
        where = "" if data.lines is None else f", {data.row_word} {data.lines[0][drawn]}"
        _change_examples(LEFT_OUT, sorted({*dataset.without, drawn}), inputs, target, control, where)


def _change_examples(
    key: str, rows: Sequence[object], inputs: Sequence[float], target: float, control: Control, line: str = ""
) -> None:
    """Change one of the lists of examples, and say which example it was about. `line`: where it stands in a file."""
    before, names = control.run.experiment.data, control.run.trainer.data.class_names
    carry_out(commands.ChangeSetting(key, rows), control)
    if control.run.experiment.data != before:
        where = ", ".join(plain_number(float(each), 3) for each in inputs) if len(inputs) <= MOST_INPUTS else "…"
        which = names[int(target)] if names else plain_number(float(target), 6 if line else 3)
        control.say(f"{control.message.text}: ({where}) {which}{line}")


@carry_out.register(commands.ChangeWeight)
def _change_weight(command: commands.ChangeWeight, control: Control) -> None:
    if not np.isfinite(command.value):
        control.say(f"a weight is a finite number, not {command.value}")
        return
    try:
        message = control.lineup.change_weight(command)
    except IndexError as error:
        control.say(str(error))
    else:
        _go_on_changed(message, (), control)


def _go_on_changed(message: str, after_the_end: tuple[tuple[str, str], ...], control: Control) -> None:
    """Say what was changed. `after_the_end`: what can be done where no iteration follows."""
    if control.lineup.standing is Status.DIVERGED and not control.lineup.can_move:  # in the reopened phases
        control.stand(Status.DIVERGED)
        control.say(Notice(f"{message}; nothing comes after here", after_the_end))
    else:
        control.has_changed()
        control.say(message)


@carry_out.register(commands.CheckGradient)
def _check_gradient(command: commands.CheckGradient, control: Control) -> None:
    run = control.run
    check = check_gradient(run.experiment, run.trainer.vectors.parameters, control.request.weight)
    run.gradient_check = structs.replace(check, iteration=run.iteration)
    control.version += 1


@carry_out.register(commands.RunSeeds)
def _run_seeds(command: commands.RunSeeds, control: Control) -> None:
    control.run_seeds(command.count)


@carry_out.register(commands.WatchFor)
def _watch_for(command: commands.WatchFor, control: Control) -> None:
    control.watched = None if command.aim is None else Watched(command.aim, control.run, control.lineup.run_number)
    control.version += 1


@carry_out.register(commands.NoteLesson)
def _note_lesson(command: commands.NoteLesson, control: Control) -> None:
    control.note_lesson(command.entry)


@carry_out.register(commands.Bookmark)
def _bookmark(command: commands.Bookmark, control: Control) -> None:
    control.lineup.bookmark()


@carry_out.register(commands.ReturnToBookmark)
def _return_to_bookmark(command: commands.ReturnToBookmark, control: Control) -> None:
    if control.lineup.return_to_bookmark():
        control.stand(control.lineup.standing)
    elif command.otherwise is not None:
        carry_out(command.otherwise, control)


@carry_out.register(commands.Undo)
def _undo(command: commands.Undo, control: Control) -> None:
    _take_back(control.lineup.undo, control)


@carry_out.register(commands.Redo)
def _redo(command: commands.Redo, control: Control) -> None:
    _take_back(control.lineup.redo, control)


def _take_back(take_back: Callable[[], str], control: Control) -> None:
    arms, done = control.lineup.arms, control.lineup.done
    before = done.can_undo, done.can_redo
    message = take_back()
    if control.lineup.arms is not arms or not control.lineup.can_move:  # the reopened phases may have diverged
        control.stand(control.lineup.standing)
    elif (done.can_undo, done.can_redo) != before:
        control.has_changed()
    control.say(message)
