"""A run as JSON lines, with the events and names of `train --json`."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.exports.derived_fields import derived_columns, update_norm
from tui_trainer.exports.format import Format, Source
from tui_trainer.exports.json_fields import finding_fields, line
from tui_trainer.telemetry import Evaluations, SettingChange


def _write(source: Source) -> bytes:
    """`start`, every evaluation and changed setting in order, and the findings that hold now. In a race every
    evaluation has its `arm`, and settings and findings are those of the arm shown."""
    snapshot = source.snapshot
    experiment = {} if snapshot.settings is None else {"experiment": snapshot.settings.tables}
    lines = [line("start", title=snapshot.title, iteration=0, **experiment)]
    timed = [
        pair
        for (arm, evaluations), derived in zip(source.evaluations, derived_columns(source), strict=True)
        for pair in _evaluations({"arm": arm} if arm else {}, evaluations, derived)
    ]
    timed += [
        (event.iteration, line("setting", iteration=event.iteration, key=event.key, old=event.old, new=event.new))
        for event in snapshot.events
        if isinstance(event, SettingChange) and event.iteration <= snapshot.iteration
    ]
    lines += [text for _, text in sorted(timed, key=lambda pair: pair[0])]
    now = {"iteration": snapshot.iteration, "active": True}
    lines += [line("finding", **now, **finding_fields(finding)) for finding in snapshot.findings]
    return "".join(lines).encode()


def _evaluations(arm: dict[str, str], evaluations: Evaluations, derived: dict[str, Floats]) -> list[tuple[int, str]]:
    found = []
    of_layers = dict(evaluations.layer_values)
    if len(norm := update_norm(evaluations)):
        of_layers["update_norm"] = norm
    has = {name: [not np.isnan(row).all() for row in rows] for name, rows in of_layers.items()}
    for row, iteration in enumerate(evaluations.iteration.tolist()):
        values = {name: float(column[row]) for name, column in evaluations.values.items()}
        layers = [
            {
                "name": layer,
                **{name: float(rows[index, row]) for name, rows in of_layers.items() if has[name][index]},
            }
            for index, layer in enumerate(evaluations.layer_names)
        ]
        known = {name: float(column[row]) for name, column in derived.items() if not np.isnan(column[row])}
        more = {name: int(value) if name == "epoch" else value for name, value in known.items()}
        found.append((iteration, line("evaluation", **arm, iteration=iteration, **values, layers=layers, **more)))
    return found


JSON_LINES = Format(title="metrics as JSON lines", write=_write)
