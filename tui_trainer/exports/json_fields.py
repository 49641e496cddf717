"""Parts of a run as JSON, in `train --json` and in exported files. Non-finite numbers are null, with
`"non_finite": true` beside them."""

from __future__ import annotations

import json
import math
from typing import Any

from msgspec import to_builtins

from tui_trainer.telemetry import Evaluation, Finding, LayerValues

SCHEMA = 1


def line(event: str, **fields: Any) -> str:
    """One object a line, with a newline."""
    return json.dumps(_finite({"event": event, "schema": SCHEMA, **fields}), allow_nan=False) + "\n"


def measured(evaluation: Evaluation) -> dict[str, Any]:
    """Every value of an evaluation by name, and those of every layer."""
    return {
        "iteration": evaluation.iteration,
        "epoch": evaluation.epoch,
        **evaluation.values,
        "layers": [{"name": layer.name, **layer.values, **_update_norm(layer)} for layer in evaluation.layers],
    }


def _update_norm(layer: LayerValues) -> dict[str, float]:
    ratio, norm = layer.get("update_ratio"), layer.get("weight_norm")
    return {} if ratio is None or norm is None else {"update_norm": ratio * norm}


def finding_fields(finding: Finding) -> dict[str, Any]:
    """A finding, with its words joined to sentences."""
    fields: dict[str, Any] = to_builtins(finding)
    for part in ("headline", "cause", "body", "brief"):
        del fields[part]
    short = [f"since {finding.since:,}: {brief}" for brief in finding.brief] if finding.is_alarm else finding.brief[:-1]
    words = {"title": finding.title, "sentence": finding.sentence, "short": [*short, *finding.brief[-1:]]}
    return fields | words | {"is_alarm": finding.is_alarm}


def _finite(value: Any) -> Any:
    """The value with null instead of non-finite numbers, and a mark in the object that contains them."""
    if isinstance(value, dict):
        plain = {key: _finite(each) for key, each in value.items()}
        lost = any(isinstance(each, float) and not math.isfinite(each) for each in value.values())
        return plain | {"non_finite": True} if lost else plain
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
