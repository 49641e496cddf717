"""A run as JSON lines, with the events and names of `train --json`."""

from __future__ import annotations

from tui_trainer.exports.format import Format, Source
from tui_trainer.exports.json_fields import finding_fields, line
from tui_trainer.telemetry import Losses, SettingChange, Snapshot


def _write(source: Source) -> bytes:
    """`start`, every evaluation and changed setting in order, and the findings that hold now. In a race every
    evaluation has its `arm`, and settings and findings are those of the arm shown."""
    snapshot = source.snapshot
    arms = [({"arm": arm.name}, arm.losses) for arm in snapshot.arms] or [({}, snapshot.losses)]
    lines = [line("start", title=snapshot.title, iteration=0, **_experiment(snapshot))]
    timed = [(number, text) for arm, losses in arms for number, text in _evaluations(arm, losses)]
    timed += [
        (event.iteration, line("setting", iteration=event.iteration, key=event.key, old=event.old, new=event.new))
        for event in snapshot.events
        if isinstance(event, SettingChange)
    ]
    lines += [text for _, text in sorted(timed, key=lambda pair: pair[0])]
    now = {"iteration": snapshot.iteration, "active": True}
    lines += [line("finding", **now, **finding_fields(finding)) for finding in snapshot.findings]
    return "".join(lines).encode()


def _experiment(snapshot: Snapshot) -> dict[str, object]:
    return {} if snapshot.settings is None else {"experiment": snapshot.settings.tables}


def _evaluations(arm: dict[str, str], losses: Losses) -> list[tuple[int, str]]:
    evaluations, found = losses.evaluations, []
    for row, iteration in enumerate(evaluations.iteration.tolist()):
        values = {name: float(column[row]) for name, column in evaluations.values.items()}
        layers = [
            {"name": layer, **{name: float(rows[index, row]) for name, rows in evaluations.layer_values.items()}}
            for index, layer in enumerate(evaluations.layer_names)
        ]
        found.append((iteration, line("evaluation", **arm, iteration=iteration, **values, layers=layers)))
    return found


JSON_LINES = Format(title="metrics as JSON lines", write=_write)
