"""The strip above the panels in which a lesson speaks: the present step, what was answered, what a task still lacks."""

from __future__ import annotations

from collections.abc import Container

from msgspec import Struct, structs

from tui_trainer.dashboard.keys.lesson_keys import awaited
from tui_trainer.dashboard.panels.border import open_panel, say
from tui_trainer.dashboard.panels.panel import Panel
from tui_trainer.dashboard.view import View, sign_of
from tui_trainer.drawing.ascii import spelled_out
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.text_fitting import Wordings, limited, wrapped
from tui_trainer.drawing.theme import Theme
from tui_trainer.lessons.numbers import filled
from tui_trainer.lessons.steps import Predict, Step, Task
from tui_trainer.lessons.walk import Stage, Walk
from tui_trainer.telemetry import LessonEntry, Notice, Snapshot, Status
from tui_trainer.telemetry.events import Event, SettingChange
from tui_trainer.telemetry.lesson import LEFT, SKIPPED, SOLVED
from tui_trainer.wording import counted

LEAST = (60, 20)
"""Columns and rows below which a lesson only asks for a larger screen."""
MOST_ROWS = 12
"""The most rows of the strip, so that a panel still has room below it on the lowest screen of a lesson."""
ROOMY = 16
"""Rows from which on a screen has room for a strip outside of a lesson."""
MOST_PLAYED = 12
"""Steps of a recorded lesson that the strip names."""

HELD_BACK_WORDS = "… The verdict comes after your prediction."
"""In place of the verdict while a question is open."""


class Line(Struct, frozen=True):
    """One paragraph of the strip."""

    text: str
    style: int


def strip_rows(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> int:
    """The rows that the strip needs on a screen of this size: outside of a lesson one, for what was done in one before,
    or for a person who is new."""
    if view.lesson is None:
        return int(height >= ROOMY and (is_played(snapshot) or view.is_new))
    if not view.lesson.lesson.steps or _is_too_small(width, height):
        return 1
    rows = len(_rows(snapshot, view, view.lesson, width - 2, theme))
    if view.lesson.draws_network:  # its units keep their places while the texts beside it change
        rows = max(rows, *(_most_rows(step, width - 2) for step in view.lesson.beside_the_same))
    return min(1 + rows, MOST_ROWS)


def most_strip_rows(walk: Walk, width: int, height: int) -> int:
    """About the most rows that the strip comes to need in this lesson on a screen of this size."""
    if not walk.lesson.steps or _is_too_small(width, height):
        return 1
    return min(1 + max(_most_rows(step, width - 2) for step in walk.lesson.steps), MOST_ROWS)


def _most_rows(step: Step, width: int) -> int:
    """The rows of a step where it says the most, with the names of its numbers in place of the numbers."""

    def rows(*texts: str) -> int:
        return sum(len(wrapped(text, width)) for text in texts)

    match step:
        case Predict():
            together = rows(" · ".join(step.answers))
            return rows(step.text) + max(together if together < 2 else len(step.answers), 1 + rows(step.reveal))
        case Task():
            return rows(step.text) + 1 + max(rows(step.explain), rows(*step.hints))
    return rows(step.text)


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


def is_played(snapshot: Snapshot) -> bool:
    """Whether this is a recording of a run in which a lesson was done."""
    return snapshot.is_recorded and bool(snapshot.lesson)


def draw_played(cells: Cells, y: int, snapshot: Snapshot, theme: Theme) -> None:
    """Draw what a person had done in a lesson up to the moment of a recording: the last of every step."""
    done = [entry for entry in snapshot.lesson if entry.iteration <= snapshot.iteration]
    words = list({entry.step: _played_words(entry) for entry in done}.values())[-MOST_PLAYED:]
    cells.text(0, y, "─" * cells.width, theme.border)
    wordings = [
        (*(entry.title for entry in done[-1:]), *words),
        *(("…", *words[n:]) for n in range(1, len(words))),
        ("…",),
    ]
    cells.text(1, y, f" {Wordings.joined(*wordings).fitting(cells.width - 4)} ", theme.text, width=cells.width - 2)


def _played_words(entry: LessonEntry) -> str:
    answer = entry.answer if isinstance(entry.answer, str | None) else f"{entry.answer:,.12g}"
    if entry.stage in (Stage.DONE, LEFT):
        return str(entry.stage)
    if entry.stage == SKIPPED:
        told = "skipped"
    elif entry.stage == SOLVED:
        told = "✓ task done"
    elif answer is None:
        counts = (entry.hints, "hint"), (len(entry.looked), "panel")
        told = ", ".join(counted(number, noun) for number, noun in counts if number)
    elif entry.right is None:
        told = f"said {answer}"
    else:
        told = f"✓ {answer}" if entry.right else f"✗ {answer}, right: {entry.right_answer}"
    return f"step {entry.step}{told and ' '}{told}"


def room_needed(width: int, height: int) -> Wordings:
    """On a screen that is too small: what the lesson needs."""
    needed = f"{LEAST[0]}×{LEAST[1]}"
    return Wordings(
        f"This lesson needs {needed} cells; here are {width}×{height}: please enlarge.",
        f"a lesson needs {needed} cells, please enlarge",
        f"lesson: needs {needed}",
    )


def held_back(snapshot: Snapshot, settings: Container[str]) -> Snapshot:
    """The snapshot without anything that tells the answer to an open question, such as the marks of changes of these
    settings."""
    race = snapshot.race
    if race is not None:
        race = structs.replace(race, arms=tuple(structs.replace(arm, finding=None) for arm in race.arms))
    return structs.replace(
        snapshot,
        title="held back",
        findings=(),
        examination=None,
        autopsy=None,
        message=Notice(),
        race=race,
        events=tuple(event for event in snapshot.events if not _is_held(event, settings)),
        status=Status.PAUSED if snapshot.status is Status.DIVERGED else snapshot.status,
    )


def _is_held(event: Event, settings: Container[str]) -> bool:
    return event.label == Status.DIVERGED or (isinstance(event, SettingChange) and event.key in settings)


def is_closed(panel: Panel, view: View) -> bool:
    """Whether a panel of a case has not been opened yet, or cannot be."""
    walk = view.lesson
    if walk is None or not walk.is_closed_case or panel.in_a_case == "open":
        return False
    return panel.in_a_case == "closed" or panel.id not in walk.looked


def closed_panel(panel: Panel, view: View, width: int, height: int, theme: Theme) -> Cells:
    """A panel of a case that tells nothing, and how it is opened."""
    cells = open_panel(panel.id, panel.title, view, width, height, theme)
    key = sign_of(f"focus_{panel.id}", view.keymap)
    if panel.in_a_case == "closed":
        words = "Closed until you have named the cause."
    elif view.stage == Stage.CHOOSE:  # the number may be that of an answer
        words = "Closed."
    else:
        words = f"Closed. {key} opens it for a point."
    say(cells, words, theme.muted)
    return cells


def _is_too_small(width: int, height: int) -> bool:
    return width < LEAST[0] or height < LEAST[1]


def _title(walk: Walk, room: int) -> str:
    """ "Lesson · step 2 of 4 · stop 5 of 14"; the title of the lesson where there is room."""
    lesson = walk.lesson
    stop = f"{_unit(walk)} {lesson.number} of {lesson.of}" if lesson.of > 1 else ""
    done = "done" if walk.stage is Stage.DONE else f"step {walk.index + 1} of {len(lesson.steps)}"
    step = done if lesson.steps else ""
    if walk.is_closed_case:
        points = counted(walk.points if lesson.earned is None else lesson.earned, "point")
        step += f" · {points} {'to win' if lesson.earned is None else 'won before'}"
    title = "" if walk.holds_back else lesson.title
    return Wordings.joined((title, step, stop), (step, stop), (step or stop,)).fitting(room)


def _unit(walk: Walk) -> str:
    return "case" if walk.lesson.hidden else "stop" if walk.lesson.of > 1 else "lesson"


def _prompt(walk: Walk, view: View) -> str:
    """The key that goes on."""
    match walk.stage:
        case Stage.READ if walk.runs_next:
            return f"{view.sign('lesson_on')} lets it run"
        case Stage.READ | Stage.SHOWN | Stage.SOLVED:
            return f"{view.sign('lesson_on')} goes on"
        case Stage.TYPE:
            return f"{view.sign('lesson_type')} types the answer"
        case Stage.CHOOSE | Stage.KEY:
            return awaited(view)
        case Stage.DONE if walk.lesson.next:
            is_last = walk.lesson.number == walk.lesson.of
            return f"{view.sign('lesson_next')} {'the clinic' if is_last else f'next {_unit(walk)}'}"
    return ""


def _rows(snapshot: Snapshot, view: View, walk: Walk, width: int, theme: Theme) -> list[Line]:
    """The lines of the strip below its title, each of at most `width` cells."""
    return [
        Line(row, paragraph.style)
        for paragraph in _paragraphs(snapshot, view, walk, width, theme)
        for text in paragraph.text.split("\n\n")
        for row in wrapped(spelled_out(text) if theme.ascii else text, width)
    ]


def _paragraphs(snapshot: Snapshot, view: View, walk: Walk, width: int, theme: Theme) -> list[Line]:
    step = walk.step
    if step is None:
        return summary(walk, view, theme)
    over = walk.stage in (Stage.SHOWN, Stage.SOLVED)
    is_aside = isinstance(step, Predict | Task) and (over or walk.stage is Stage.RUN)
    lines = [Line(filled(step.text, snapshot), theme.muted if is_aside else theme.text)]
    match step:
        case Predict():
            lines += _of_question(step, walk, snapshot, view, width, theme)
        case Task():
            hints = step.hints[: walk.hints]
            lines += [Line(f"Hint: {hint}", theme.note) for hint in hints] if not over else []
            if over:
                lines += [Line("✓ Done.", theme.good), Line(walk.shown, theme.text)]
            elif late := _too_late(step, walk, snapshot):
                again = f"{view.sign('restart')} starts again"
                why = "".join(f" ({_missing(walk)})" for _ in walk.misses[:1])
                lines.append(Line(f"too late: it had to be by iteration {late:,}; {again}{why}", theme.warning))
            elif walk.misses and (snapshot.iteration or not step.expect.is_decided_at_the_end):
                lines.append(Line(f"Not yet: {_missing(walk)}", theme.warning))
        case _ if walk.stage is Stage.RUN:
            lines.append(_waiting(snapshot, view, theme))
    return lines


def summary(walk: Walk, view: View, theme: Theme) -> list[Line]:
    """After the last step: how it went, and how far the person has come."""
    lesson = walk.lesson
    tasks = [walk.turned_out.get(n) is True for n, step in enumerate(lesson.steps) if isinstance(step, Task)]
    predictions = [
        right
        for n, step in enumerate(lesson.steps)
        if isinstance(step, Predict) and (right := walk.turned_out.get(n)) is not None
    ]
    is_done = all(tasks)
    if lesson.hidden:
        points = lesson.earned if lesson.earned is not None else walk.points if any(predictions) else 0
        told = [counted(points, "point")]
    else:
        told = [f"{sum(predictions)} of {counted(len(predictions), 'prediction')} right"] if predictions else []
    if tasks:
        told.append(
            "the task solved" if len(tasks) == sum(tasks) == 1 else f"{sum(tasks)} of {len(tasks)} tasks solved"
        )
    how = f": {', '.join(told)}" if told else ""
    lines = (
        [Line(f"✓ This {_unit(walk)} is done{how}.", theme.good)]
        if is_done
        else [Line(f"The end of this {_unit(walk)}{how}. {view.sign('lesson_again')} begins it again.", theme.warning)]
    )
    if lesson.of > 1:
        done = lesson.others_done + is_done
        lines.append(Line(f"You have done {done} of {lesson.of} {_unit(walk)}s.", theme.text))
    return lines


def _missing(walk: Walk) -> str:
    """What a task lacks, in words."""
    return "; ".join(walk.misses).replace("train_", "training ").replace("_", " ")


def _of_question(step: Predict, walk: Walk, snapshot: Snapshot, view: View, width: int, theme: Theme) -> list[Line]:
    """The answers to choose from, the one given, or how it turned out."""
    if walk.stage is Stage.CHOOSE:
        answers = [f"{number} {answer}" for number, answer in enumerate(step.answers, start=1)]
        together = " · ".join(answers)
        return [Line(each, theme.strong) for each in ([together] if text_width(together) <= width else answers)]
    if walk.stage is Stage.TYPE:
        return []
    if walk.stage is Stage.KEY:
        return [Line(f"You said: {answer_words(step, walk.answer)}.", theme.strong)]
    said = answer_words(step, walk.answer)
    if walk.stage is Stage.RUN:
        return [Line(f"You said: {said}.", theme.strong), _waiting(snapshot, view, theme)]
    if walk.is_right is None:
        verdict = Line(f"You said: {said}.", theme.strong)
    elif walk.is_right:
        exact = f" It was {walk.right_words}." if step.answer is not None and said != walk.right_words else ""
        if walk.lesson.hidden and walk.lesson.earned is None:
            exact += f" {counted(walk.points, 'point')}."
        verdict = Line(f"✓ Right: {said}.{exact}", theme.good)
    else:
        verdict = Line(f"✗ You said: {said}. Right: {walk.right_words}.", theme.warning)
    return [verdict, Line(walk.shown, theme.text)]


def _too_late(step: Task, walk: Walk, snapshot: Snapshot) -> int:
    """The iteration by which the task had to be done, if the run has come past it; else 0."""
    aim = None if snapshot.control is None else snapshot.control.aim
    latest = step.expect.by_iteration or 0
    if aim is None or aim.outcome is None or aim.aim.number != walk.aims or not aim.is_over or aim.met_at is not None:
        return 0
    return latest if aim.outcome.final.iteration >= latest else 0


def _waiting(snapshot: Snapshot, view: View, theme: Theme) -> Line:
    if snapshot.status is Status.RUNNING:
        return Line(_on_its_way(snapshot), theme.muted)
    return Line(f"The run is held; {view.sign('toggle')} lets it go on.", theme.muted)


def _on_its_way(snapshot: Snapshot) -> str:
    """ "Watch: iteration 31 of 40." """
    view = None if snapshot.control is None else snapshot.control.aim
    if view is None or snapshot.progress is None:
        return "Watch: the run is on its way."
    target = snapshot.progress.target_iterations
    last = target if view.until is None else min(view.until, target)
    sooner = " at most" if view.aim.claim is not None or view.aim.any_finding else ""
    return f"Watch: iteration {snapshot.iteration:,} of {last:,}{sooner}."


def answer_words(step: Predict, answer: int | float | str | None) -> str:
    """An answer as the person gave it."""
    if isinstance(answer, int) and step.answers:
        return step.answers[answer]
    return f"{answer:,.12g}" if isinstance(answer, int | float) else f"“{answer}”"
