"""The examination in words: a row a finding, those that hold first and with their sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from tui_trainer.dashboard.verdict import SEVERITY_SIGNS
from tui_trainer.diagnosis.wording import number
from tui_trainer.drawing.charts.numbers import count
from tui_trainer.drawing.text_fitting import wrapped
from tui_trainer.telemetry import Examined, Finding

TABLE_COLUMNS = 60
"""Columns from which on title, verdict and numbers stand side by side."""

_VERDICTS = {"holds": "holds", "clear": "clear", "not_checked": "not checked"}
_VERDICT_WIDTH = max(map(len, _VERDICTS.values()))


class ExaminationLine(Struct, frozen=True):
    text: str
    role: Literal["heading", "critical", "warning", "note", "good", "sentence", "clear", "not_checked"]
    """What it is; the first line of a finding that holds has its severity."""


def examination_lines(
    examined: Sequence[Examined],
    findings: Sequence[Finding],
    iteration: int,
    columns: int,
    restored: int | None = None,
    rate: str = "",
) -> tuple[ExaminationLine, ...]:
    """The examination at `iteration`, wrapped to `columns`. `findings`: those that hold, the headline first.
    `restored`: the iteration whose weights the run has now, if early stopping has restored them. `rate`: a
    sentence about the learning rate, which no finding decides."""
    if not examined:
        nothing = "Nothing can be examined before the first evaluation."
        return tuple(ExaminationLine(line, "heading") for line in wrapped(nothing, columns))
    by_id, is_table = {each.id: each for each in examined}, columns >= TABLE_COLUMNS
    title_width = max(len(each.title) for each in examined)
    numbers = [sum(each.verdict == verdict for each in examined) for verdict in _VERDICTS]
    counted = f"{numbers[0]} {'holds' if numbers[0] == 1 else 'hold'}, {numbers[1]} clear, {numbers[2]} not checked"
    judged = iteration if examined[0].at is None else examined[0].at
    by = "" if judged == iteration else f", by the evaluation at {count(judged)}"
    by = by if restored is None else f", before the weights of {count(restored)} were restored"
    lines = [
        ExaminationLine(line, "heading")
        for line in wrapped(f"Examination at iteration {count(iteration)}{by}: {counted}", columns)
    ]
    lines += [
        ExaminationLine(line, "sentence")
        for text in filter(None, ("In brackets: where a number lies in a healthy run.", rate))
        for line in wrapped(text, columns)
    ]
    lines.append(ExaminationLine("", "sentence"))
    for finding in findings:
        each, sign = by_id[finding.id], SEVERITY_SIGNS[finding.severity]
        first, *rest = _row(each, sign, title_width, columns) if is_table else _slim_row(each, sign, columns)
        lines.append(ExaminationLine(first, finding.severity.value))
        lines += [
            ExaminationLine(line, "sentence") for line in (*rest, *_indented(finding.sentence_at(judged), 2, columns))
        ]
    for verdict in ("clear", "not_checked"):
        for each in examined:
            if each.verdict == verdict:
                rows = _row(each, " ", title_width, columns) if is_table else _slim_row(each, " ", columns)
                lines += [ExaminationLine(line, verdict) for line in rows]
    return tuple(lines)


def _row(examined: Examined, sign: str, title_width: int, columns: int) -> Iterator[str]:
    """Title, verdict and number side by side; what is too long for its line goes on below itself."""
    start = f"{sign} {examined.title.ljust(title_width)} {_VERDICTS[examined.verdict].ljust(_VERDICT_WIDTH)} "
    for line in wrapped(_decides(examined), columns - len(start)) or [""]:
        yield f"{start}{line}".rstrip()
        start = " " * len(start)


def _slim_row(examined: Examined, sign: str, columns: int) -> Iterator[str]:
    """The same below one another."""
    title, *rest = wrapped(f"{examined.title}: {_VERDICTS[examined.verdict]}", columns - 2)
    yield f"{sign} {title}"
    yield from (f"  {line}" for line in rest)
    yield from _indented(_decides(examined), 4, columns)


def _indented(text: str, indent: int, columns: int) -> Iterator[str]:
    return (" " * indent + line for line in wrapped(text, columns - indent))


def _decides(examined: Examined) -> str:
    """Why a finding was not checked, or the first number that speaks for the verdict, with its healthy range."""
    is_good = examined.id == "good"  # the one finding for which healthy numbers speak
    is_healthy = is_good if examined.verdict == "holds" else not is_good
    known = [signal for signal in examined.signals if signal.value is not None]
    deciding = next((signal for signal in known if signal.is_healthy is is_healthy), None)
    if examined.reason or not known:
        return examined.reason
    if deciding is None and is_good:
        return "these numbers are healthy, but something else is not"
    signal = deciding or known[0]
    alone = ", which alone proves nothing" if deciding is None else ""
    return f"{signal.name} {number(signal.value or 0.0)} ({signal.healthy}){alone}"
