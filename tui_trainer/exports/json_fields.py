"""Parts of a run as JSON, in `train --json` and in exported files. Non-finite numbers are null, with
`"non_finite": true` beside them."""

from __future__ import annotations

import json
import math
from typing import Any

from msgspec import to_builtins

from tui_trainer.telemetry import Evaluation, Finding, LayerValues

SCHEMA = 1

FIELDS: dict[str, dict[str, str]] = {
    "every line": {
        "event": "`start`, `evaluation`, `setting`, `finding` or `end`",
        "schema": "1; a name is never given another meaning, new names can come",
        "arm": "the name of the arm, in a race only",
        "iteration": "completed updates",
    },
    "start": {
        "title": "of the preset",
        "summary": "data, network and optimizer in a line",
        "target_iterations": "iterations after which the run is finished",
        "target_epochs": "the same in epochs",
        "batches_per_epoch": "mini-batches of an epoch",
        "batch_size": "examples of a mini-batch",
        "train_samples": "examples of the training set",
        "validation_samples": "examples of the validation set",
        "shape": "sizes of all layers, inputs and outputs included",
        "parameters": "weights and biases",
        "seed": "of the run",
        "experiment": "the tables of a preset file, every key with its value",
        "gradient_check": "the result of `--check-gradients`",
    },
    "evaluation": {
        "epoch": "completed epochs",
        "batch_loss": "the loss of the last mini-batch, before its update; from iteration 1 on",
        "layers": "for each layer its `name`, its measures, and `update_norm`: the norm of its last update",
    },
    "setting": {
        "key": "the setting that was changed",
        "old": "its value before",
        "new": "its value from the next iteration on",
    },
    "finding": {
        "active": "whether it holds from now on, or no longer",
        "id": "such as `overfitting`",
        "severity": "`critical`, `warning`, `note` or `good`",
        "since": "the iteration from which it holds",
        "evidence": "names and numbers",
        "title": "in a few words",
        "sentence": "for a beginner",
        "expert": "for an expert",
        "short": "sentences for narrow screens, the last one the shortest",
        "is_alarm": "whether something is wrong",
        "remedies": "settings that would help, with a sentence, and how a trial of them went",
    },
    "end": {
        "reason": "`target`, `diverged`, `early_stopping` or `interrupted`",
        "best_iteration": "the iteration of the lowest validation loss",
        "best_validation_loss": "the lowest validation loss",
        "restored": "the iteration whose weights early stopping has restored",
        "fit": "at the last evaluation: `position` (0 underfitting, 0.5 balanced, 1 overfitting), `word`, `gap`, its "
        "`trend`, the `evaluations` so far, and what stopping at the best evaluation would have `saved`",
        "autopsy": "where a diverged run broke: a `sentence`, its numbers, and `last_finite`, to which it can return",
        "findings": "those that hold, with the remedies that were tried and help; `in_vain` those that do not",
        "examination": "every finding: `holds`, `clear` or `not_checked`, and why",
        "seconds": "time spent in training; not with `--no-timing`",
        "iterations_per_second": "not with `--no-timing`",
        "ahead": "of a race: whether the arm is ahead",
        "decided_by": "of a race: the measure that decides; null if nothing does",
        "hindrance": "of a race: why losses do not decide",
        "parts_at": "of a race: the first iteration after which the weights differ from those of the parent",
        "parts_in": "of a race: the layer and the weight that differed most then",
        "distance": "of a race: for each layer ‖difference from the parent‖ / ‖weights of the parent‖ now",
    },
}
"""Event → name of each field → its meaning. Beside them evaluations and ends have the measures of `instruments`."""


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
    """A finding, its words put together."""
    fields: dict[str, Any] = to_builtins(finding)
    for part in ("headline", "cause", "body", "brief"):
        del fields[part]
    short = [f"since {finding.since:,}: {brief}" for brief in finding.brief] if finding.is_alarm else finding.brief[:-1]
    return fields | {"title": finding.title, "sentence": finding.sentence, "short": [*short, *finding.brief[-1:]]}


def _finite(value: Any) -> Any:
    """The value with null instead of non-finite numbers, and a mark in the object that contains them."""
    if isinstance(value, dict):
        plain = {key: _finite(each) for key, each in value.items()}
        lost = any(isinstance(each, float) and not math.isfinite(each) for each in value.values())
        return plain | {"non_finite": True} if lost else plain
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
