"""Which settings differ between runs: by the whole history of each setting, not only by the value in force."""

from __future__ import annotations

from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import SettingChange, SettingHistory

Steps = list[tuple[int, object]]
"""(iteration, value from this iteration on); the first is at 0."""


def setting_histories(run: DiagnosedRun) -> tuple[SettingHistory, ...]:
    """The histories of the settings that were changed since the start."""
    histories = (SettingHistory(key=key, values=tuple(_steps(run, key))) for key in _changed(run))
    return tuple(each for each in histories if len(each.values) > 1)


def differing_settings(a: DiagnosedRun, b: DiagnosedRun) -> dict[str, int]:
    """Each setting whose history differs between `a` and `b` → the first iteration at which it does."""
    start, other = a.settings_at_start, b.settings_at_start
    at_start = [key for key in start | other if start.get(key) != other.get(key)]
    keys = dict.fromkeys([*at_start, *_changed(a), *_changed(b)])
    first = {key: _first_apart(_steps(a, key), _steps(b, key)) for key in keys}
    return {key: at for key, at in first.items() if at is not None}


def histories_since(run: DiagnosedRun, since: dict[str, int]) -> tuple[SettingHistory, ...]:
    """The histories of settings since the given iterations, as far as the run has these settings."""
    histories = []
    for key, at in since.items():
        steps = _steps(run, key)
        inside = [step for step in steps if step[0] <= at][-1:] + [step for step in steps if step[0] > at]
        if key in run.settings_at_start or inside[-1][1] is not None:
            histories.append(SettingHistory(key=key, values=tuple(inside)))
    return tuple(histories)


def _changed(run: DiagnosedRun) -> list[str]:
    """The keys of changed settings, each once."""
    return list(dict.fromkeys(event.key for event in run.events if isinstance(event, SettingChange)))


def _steps(run: DiagnosedRun, key: str) -> Steps:
    """All values of a setting. Of several changes at one moment only the last was in force."""
    values = {0: run.settings_at_start.get(key)}
    values |= {e.iteration: e.new for e in run.events if isinstance(e, SettingChange) and e.key == key}
    steps: Steps = []
    for iteration, value in values.items():
        if not steps or value != steps[-1][1]:
            steps.append((iteration, value))
    return steps


def _first_apart(a: Steps, b: Steps) -> int | None:
    for x, y in zip(a, b, strict=False):
        if x != y:
            return min(x[0], y[0])
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return longer[len(shorter)][0] if len(longer) > len(shorter) else None
