"""Whether a goal was reached, by what the run has shown and by what the person has chosen, asked or set, and whether an
answer was right."""

from __future__ import annotations

from tui_trainer.drawing.charts.numbers import plain
from tui_trainer.lessons.numbers import filled, value
from tui_trainer.lessons.steps import Goal, NumberAnswer, Predict
from tui_trainer.telemetry import Embedding, Snapshot, Status, present
from tui_trainer.telemetry.expectation import Outcome
from tui_trainer.telemetry.lead import Measured, lead


def reached(goal: Goal, outcome: Outcome | None, snapshot: Snapshot) -> bool:
    """Whether the run and the person have shown all of the goal."""
    by_run = not claims(goal) or (outcome is not None and not goal.misses(outcome))
    return by_run and not missed_by_hand(goal, snapshot)


def claims(goal: Goal) -> bool:
    """Whether the goal asks for anything of the run itself."""
    by_hand = Goal(
        arm=goal.arm,
        selected=goal.selected,
        asked=goal.asked,
        prediction_above=goal.prediction_above,
        prediction_below=goal.prediction_below,
        asked_subject=goal.asked_subject,
        settings=goal.settings,
    )
    return goal != by_hand


def missed_by_hand(goal: Goal, snapshot: Snapshot) -> tuple[str, ...]:
    """A sentence for each thing that the person has not chosen, asked or set yet."""
    misses = _not_selected(goal.selected, snapshot)
    if goal.arm is not None and ahead(snapshot) != goal.arm:
        misses.append(f"{goal.arm} ahead: it is {ahead(snapshot) or 'nobody'}")
    if goal.asked is not None:
        misses += _not_asked(goal, goal.asked, snapshot)
    if goal.asked_subject is not None:
        misses += _not_beside(goal.asked_subject, snapshot)
    for key, wanted in goal.settings.items():
        if snapshot.values.get(key) != wanted:
            misses.append(f"{key.rpartition('.')[2]}: {snapshot.values.get(key)} is not it")
    return tuple(misses)


def _not_selected(wanted: str | None, snapshot: Snapshot) -> list[str]:
    """What is missing if the followed weight is not the wanted one."""
    if wanted is None:
        return []
    weight = None if snapshot.step is None else snapshot.step.weight
    if weight is None or snapshot.iteration == 0:
        return [f"{wanted.replace('_', ' ')} chosen: there is no gradient before the first iteration"]
    size = wanted.removesuffix("_gradient")
    rank = weight.larger_gradients if size == "largest" else weight.count - 1 - weight.larger_gradients
    words = f"{rank:,} of {weight.count:,} weights have a {size[:-2]}r one"
    return [f"the {size} gradient: {words}"] if rank else []


NEAR = 0.03
"""The largest distance from the wanted input that still counts, as a share of the range of each column. A cursor moves
by cells, so it seldom meets a value exactly."""


def _not_asked(goal: Goal, wanted: tuple[float, ...], snapshot: Snapshot) -> list[str]:
    """What is missing: the input for which the person has to ask the network, or its prediction."""
    words = f"asked for ({', '.join(map(plain, wanted))})"
    data = snapshot.data
    if data is None or data.asked is None:
        return [f"{words}: nothing was asked"]
    asked, reply = data.asked.inputs, float(data.asked.prediction[0])
    ranges = data.inputs.max(axis=0) - data.inputs.min(axis=0)
    if len(asked) != len(wanted) or any(
        abs(a - w) > NEAR * r for a, w, r in zip(asked, wanted, ranges.tolist(), strict=True)
    ):
        return [f"{words}: it was ({', '.join(plain(each, 3) for each in asked)})"]
    return out_of_range(goal, reply)


def out_of_range(goal: Goal, reply: float) -> list[str]:
    """What is missing of a prediction where the person has to ask for one."""
    low, high = goal.prediction_above, goal.prediction_below
    misses = [f"prediction above {low:g}: it is {reply:.4g}"] if low is not None and not reply > low else []
    return misses + ([f"prediction below {high:g}: it is {reply:.4g}"] if high is not None and not reply < high else [])


def _not_beside(wanted: str, snapshot: Snapshot) -> list[str]:
    """What is missing if the phrase nearest to the person's own is not of the wanted subject."""
    picture = None if snapshot.data is None else snapshot.data.picture
    if not isinstance(picture, Embedding) or picture.asked is None or picture.asked.nearest is None:
        return [f"a phrase of your own nearest to {wanted}: none was typed"]
    subject = present(snapshot.data).class_names[int(picture.labels[picture.asked.nearest])]
    return [] if subject == wanted else [f"nearest to {wanted}: it is nearest to {subject}"]


def ahead(snapshot: Snapshot) -> str:
    """The arm of a race that is ahead; "" if none is, or several are."""
    arms = snapshot.arms
    measured = [
        Measured(
            yardstick=arm.yardstick,
            evaluation=arm.evaluation or arm.losses.evaluations.until(arm.iteration).latest,
            lost=arm.status is Status.DIVERGED,
        )
        for arm in arms
    ]
    first = lead(measured).ahead if measured else ()
    return arms[first[0]].name if len(first) == 1 else ""


def verdict_on(
    step: Predict, answer: int | float | str | None, outcome: Outcome | None, snapshot: Snapshot
) -> tuple[bool | None, str]:
    """Whether the answer was right, and the right one in words."""
    if isinstance(step.answer, NumberAnswer):
        named = isinstance(step.answer.number, str)
        right = value(snapshot, step.answer.number) if isinstance(step.answer.number, str) else step.answer.number
        if not isinstance(right, int | float) or not isinstance(answer, int | float):
            return None, ""
        words = filled(f"{{{step.answer.number}:4}}", snapshot) if named else f"{right:,g}"
        slack = 1e-9 * max(abs(right), 1.0)
        return abs(answer - right) <= step.answer.within + slack, words
    if not step.answers:
        return None, ""
    index = step.right if isinstance(step.right, int) else _happened(step.right or (), outcome, snapshot)
    if index is None:
        return False, "none of these"
    return answer == index, step.answers[index]


def _happened(goals: tuple[Goal, ...], outcome: Outcome | None, snapshot: Snapshot) -> int | None:
    """The index of the first goal that was reached. If none was, the index of the only goal that asks nothing of the
    run."""
    for index, goal in enumerate(goals):
        if goal != Goal() and reached(goal, outcome, snapshot):
            return index
    others = [index for index, goal in enumerate(goals) if goal == Goal()]
    return others[0] if len(others) == 1 else None
