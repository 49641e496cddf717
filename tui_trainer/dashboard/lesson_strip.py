"""The strip above the panels in which a lesson speaks: the present step, what was answered, what a task still lacks."""

from __future__ import annotations

from msgspec import Struct, structs

from tui_trainer.dashboard.keys.lesson_keys import awaited
from tui_trainer.dashboard.panels.border import open_panel, say
from tui_trainer.dashboard.view import HOME, View, sign_of
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.text_fitting import Wordings, limited, wrapped
from tui_trainer.drawing.theme import Theme
from tui_trainer.lessons.numbers import filled
from tui_trainer.lessons.steps import Predict, Task
from tui_trainer.lessons.walk import FREE, Stage, Walk
from tui_trainer.telemetry import Notice, Snapshot, Status

LEAST = (60, 20)
"""Columns and rows below which a lesson only asks for a larger screen."""
MOST_ROWS = 10
"""The most rows of the strip, so that panels have room beside it on 24 rows."""


HELD_BACK_WORDS = "… The verdict comes after your prediction."
"""In place of the verdict while a question is open."""


class _Line(Struct, frozen=True):
    """One paragraph of the strip."""

    text: str
    style: int


def strip_rows(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> int:
    """The rows that the strip needs on a screen of this size; 0 outside of a lesson."""
    if view.lesson is None:
        return 0
    if not view.lesson.lesson.steps or _is_too_small(width, height):
        return 1
    return min(1 + len(_rows(snapshot, view, view.lesson, width - 2, theme)), MOST_ROWS)


def draw_lesson(cells: Cells, y: int, rows: int, snapshot: Snapshot, view: View, theme: Theme, height: int) -> None:
    """Draw the strip into `rows` rows from row `y` on. `height`: of the whole screen."""
    walk, width = view.lesson, cells.width
    if walk is None or rows < 1:
        return
    if walk.lesson.steps and _is_too_small(width, height):
        small = room_needed(width, height)
        cells.text(1, y, small.fitting(width - 2), theme.warning, width=max(width - 2, 0))
        return
    cells.text(0, y, "─" * width, theme.border)
    x = cells.text(1, y, f" {_title(walk, width - 24)} ", theme.strong)
    prompt = f" {_prompt(walk, view)} "
    if text_width(prompt) > 2 and x + text_width(prompt) + 2 <= width:
        cells.text(width - 1 - text_width(prompt), y, prompt, theme.key)
    lines = _rows(snapshot, view, walk, width - 2, theme)
    room = rows - 1
    if len(lines) > room:  # what comes last has happened last
        cut = limited([line.text for line in lines[:1]] * 2, 1)
        lines = [structs.replace(lines[0], text=cut[0]), *lines[len(lines) - room + 1 :]]
    for row, line in enumerate(lines[:room], start=1):
        cells.text(1, y + row, line.text, line.style, width=width - 2)


def room_needed(width: int, height: int) -> Wordings:
    """On a screen that is too small: what the lesson needs."""
    needed = f"{LEAST[0]}×{LEAST[1]}"
    return Wordings(
        f"This lesson needs {needed} cells; here are {width}×{height}: please enlarge.",
        f"a lesson needs {needed} cells, please enlarge",
        f"lesson: needs {needed}",
    )


def held_back(snapshot: Snapshot) -> Snapshot:
    """The snapshot without anything that tells the answer to an open question."""
    race = snapshot.race
    if race is not None:
        race = structs.replace(race, arms=tuple(structs.replace(arm, finding=None) for arm in race.arms))
    return structs.replace(
        snapshot, title="held back", findings=(), examination=None, autopsy=None, message=Notice(), race=race
    )


def is_closed(panel: str, view: View) -> bool:
    """Whether a panel of a case has not been opened yet; the settings are never opened."""
    walk = view.lesson
    return walk is not None and walk.is_closed_case and (panel == HOME or panel not in (*FREE, *walk.looked))


def closed_panel(panel: str, title: str, view: View, width: int, height: int, theme: Theme) -> Cells:
    """A panel of a case that tells nothing, and how it is opened."""
    cells = open_panel(panel, title, view, width, height, theme)
    key = sign_of(f"focus_{panel}", view.keymap)
    if panel == HOME:
        words = "Closed until you have named the cause."
    elif view.stage == Stage.CHOOSE:  # the number may be that of an answer
        words = "Closed."
    else:
        words = f"Closed. {key} opens it, and costs a point."
    say(cells, words, theme.muted)
    return cells


def _is_too_small(width: int, height: int) -> bool:
    return width < LEAST[0] or height < LEAST[1]


def _title(walk: Walk, room: int) -> str:
    """ "Lesson · step 2 of 4 · stop 5 of 14"; the title of the lesson where there is room."""
    lesson = walk.lesson
    unit = "case" if lesson.hidden else "stop"
    stop = f"{unit} {lesson.number} of {lesson.of}" if lesson.of > 1 else ""
    done = "done" if walk.stage is Stage.DONE else f"step {walk.index + 1} of {len(lesson.steps)}"
    step = done if lesson.steps else ""
    if walk.is_closed_case:
        step += (
            f" · {_points(walk.points)} to win" if lesson.earned is None else f" · {_points(lesson.earned)} won before"
        )
    title = "" if walk.holds_back else lesson.title
    return Wordings.joined((title, step, stop), (step, stop), (step or stop,)).fitting(room)


def _points(number: int) -> str:
    return f"{number} point{'s' * (number != 1)}"


def _prompt(walk: Walk, view: View) -> str:
    """The key that goes on."""
    match walk.stage:
        case Stage.READ | Stage.SHOWN | Stage.SOLVED:
            return f"{view.sign('lesson_on')} goes on"
        case Stage.TYPE:
            return f"{view.sign('lesson_type')} types the answer"
        case Stage.CHOOSE | Stage.KEY:
            return awaited(view)
        case Stage.DONE if walk.lesson.next:
            return f"{view.sign('next_stop')} next stop"
    return ""


def _rows(snapshot: Snapshot, view: View, walk: Walk, width: int, theme: Theme) -> list[_Line]:
    """The lines of the strip below its title, each of at most `width` cells."""
    return [
        _Line(row, paragraph.style)
        for paragraph in _paragraphs(snapshot, view, walk, width, theme)
        for text in paragraph.text.split("\n\n")
        for row in wrapped(text, width)
    ]


def _paragraphs(snapshot: Snapshot, view: View, walk: Walk, width: int, theme: Theme) -> list[_Line]:
    step = walk.step
    if step is None:
        return [_Line("That was the last step of this lesson.", theme.good)]
    over = walk.stage in (Stage.SHOWN, Stage.SOLVED)
    is_aside = isinstance(step, Predict | Task) and (over or walk.stage is Stage.RUN)
    lines = [_Line(filled(step.text, snapshot), theme.muted if is_aside else theme.text)]
    match step:
        case Predict():
            lines += _of_question(step, walk, snapshot, view, width, theme)
        case Task():
            hints = step.hints[: walk.hints]
            lines += [_Line(f"Hint: {hint}", theme.note) for hint in hints] if not over else []
            if over:
                lines += [_Line("✓ Done.", theme.good), _Line(walk.shown, theme.text)]
            elif late := _too_late(step, walk, snapshot):
                again = f"{view.sign('restart')} starts again"
                lines.append(_Line(f"too late: it had to be by iteration {late:,}; {again}", theme.warning))
            elif walk.misses and (snapshot.iteration or not step.expect.is_decided_at_the_end):
                misses = "; ".join(walk.misses).replace("train_", "training ").replace("_", " ")
                lines.append(_Line(f"Not yet: {misses}", theme.warning))
        case _ if walk.stage is Stage.RUN:
            lines.append(_waiting(snapshot, view, theme))
    return lines


def _of_question(step: Predict, walk: Walk, snapshot: Snapshot, view: View, width: int, theme: Theme) -> list[_Line]:
    """The answers to choose from, the one given, or how it turned out."""
    if walk.stage is Stage.CHOOSE:
        answers = [f"{number} {answer}" for number, answer in enumerate(step.answers, start=1)]
        together = " · ".join(answers)
        return [_Line(each, theme.strong) for each in ([together] if text_width(together) <= width else answers)]
    if walk.stage is Stage.TYPE:
        return []
    if walk.stage is Stage.KEY:
        return [_Line(f"You said: {answer_words(step, walk.answer)}.", theme.strong)]
    said = answer_words(step, walk.answer)
    if walk.stage is Stage.RUN:
        return [_Line(f"You said: {said}.", theme.strong), _waiting(snapshot, view, theme)]
    if walk.is_right is None:
        verdict = _Line(f"You said: {said}.", theme.strong)
    elif walk.is_right:
        exact = f" It was {walk.right_words}." if step.answer is not None and said != walk.right_words else ""
        if walk.lesson.hidden and walk.lesson.earned is None:
            exact += f" {_points(walk.points)}."
        verdict = _Line(f"✓ Right: {said}.{exact}", theme.good)
    else:
        verdict = _Line(f"✗ You said: {said}. Right: {walk.right_words}.", theme.warning)
    return [verdict, _Line(walk.shown, theme.text)]


def _too_late(step: Task, walk: Walk, snapshot: Snapshot) -> int:
    """The iteration by which the task had to be done, if the run has come past it; else 0."""
    aim = None if snapshot.control is None else snapshot.control.aim
    latest = step.expect.by_iteration or 0
    if aim is None or aim.outcome is None or aim.aim.number != walk.aims or not aim.is_over or aim.met_at is not None:
        return 0
    return latest if aim.outcome.final.iteration >= latest else 0


def _waiting(snapshot: Snapshot, view: View, theme: Theme) -> _Line:
    if snapshot.status is Status.RUNNING:
        return _Line("Watch: the run is on its way.", theme.muted)
    return _Line(f"The run is held; {view.sign('toggle')} lets it go on.", theme.muted)


def answer_words(step: Predict, answer: int | float | str | None) -> str:
    """An answer as the person gave it."""
    if isinstance(answer, int) and step.answers:
        return step.answers[answer]
    return f"{answer:.12g}" if isinstance(answer, int | float) else f"“{answer}”"
