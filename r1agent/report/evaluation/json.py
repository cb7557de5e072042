"""An evaluation as JSON, and back again."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from r1agent.evaluate.anchors import anchors_for
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.evaluation import Evaluation, Row, Scored
from r1agent.evaluate.metrics import Auc, Metric, Share
from r1agent.report.evaluation.table import SystemLine, system_lines
from r1agent.types import Outcome, Usage

_FORMS: Mapping[str, type[Share] | type[Auc]] = {"share": Share, "auc": Auc}


def evaluation_to_json(evaluation: Evaluation) -> str:
    r"""Write everything that an evaluation holds; `evaluation_from_json` reads it back.

    An object of

    - `kind`: `evaluation`; `task`, `title`, `data`, `setting`, `notes`, `details`
    - `metrics`: objects with their `form`, `share` or `auc`, and its fields
    - `systems`: objects of `system`, `model`, mean `tokens` and `seconds` an example, `figures` and
      `differences` (from the first system) by metric, each `value`, `low` and `high`, and `rows`:
      each example's `measures`, where null says nothing
    - `anchors`: published figures of the same task

    Characters other than ASCII are written as `\uXXXX`.
    """
    data = {
        "kind": "evaluation",
        "task": evaluation.task,
        "title": evaluation.title,
        "data": evaluation.data,
        "metrics": [_metric(metric) for metric in evaluation.metrics],
        "systems": [_system(line) for line in system_lines(evaluation)],
        "setting": dict(evaluation.setting),
        "notes": list(evaluation.notes),
        "details": {name: float(value) for name, value in evaluation.details.items()},
        "anchors": [asdict(beside) for beside in anchors_for(evaluation)],
    }
    return json.dumps(data, indent=1, allow_nan=False) + "\n"


def evaluation_from_json(text: str) -> Evaluation:
    """Return the evaluation that `evaluation_to_json` wrote.

    Raises:
        EvaluationError: The text is not an evaluation in JSON.
    """
    try:
        read = _Evaluation.model_validate_json(text)
        metrics = tuple(one.built() for one in read.metrics)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the text"
        raise EvaluationError(
            f"The JSON holds no evaluation ({where}: {first['msg']}). Name a file that "
            "`r1agent eval … -o FILE.json` wrote."
        ) from error
    return Evaluation(
        task=read.task,
        title=read.title,
        data=read.data,
        metrics=metrics,
        scored=tuple(one.built() for one in read.systems),
        setting=read.setting,
        notes=read.notes,
        details=read.details,
    )


def _metric(metric: Metric) -> dict[str, Any]:
    for form, kind in _FORMS.items():
        if isinstance(metric, kind):
            return {"form": form, **asdict(metric)}
    raise TypeError(f"A metric of the form {type(metric).__name__!r} cannot be written as JSON.")


def _system(line: SystemLine) -> dict[str, Any]:
    compared = [score for score in line.scores if score.difference is not None]
    return {
        "system": line.scored.system,
        "model": line.scored.model,
        "tokens": line.scored.tokens,
        "seconds": line.scored.seconds,
        "figures": {score.metric.name: asdict(score.figure) for score in line.scores},
        "differences": {
            score.metric.name: asdict(score.difference) for score in compared if score.difference
        },
        "rows": [_row(row) for row in line.scored.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    measures = {name: None if math.isnan(value) else value for name, value in row.measures.items()}
    return {
        "example": row.example,
        "kind": row.kind,
        "outcome": row.outcome,
        "measures": measures,
        "usage": {name: value for name, value in asdict(row.usage).items() if value},
        "seconds": row.seconds,
        "time": row.time,
    }


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Metric(BaseModel):
    model_config = ConfigDict(extra="allow")

    form: Literal["share", "auc"]

    def built(self) -> Metric:
        return TypeAdapter[Metric](_FORMS[self.form]).validate_python(self.model_extra)


class _Row(_Read):
    example: str
    kind: str
    outcome: Outcome
    measures: dict[str, float | None]
    usage: Usage
    seconds: float
    time: int = 1

    def built(self) -> Row:
        measures = {
            name: math.nan if value is None else value for name, value in self.measures.items()
        }
        return Row(
            self.example, self.kind, self.outcome, measures, self.usage, self.seconds, self.time
        )


class _System(_Read):
    system: str
    model: str
    rows: tuple[_Row, ...]

    def built(self) -> Scored:
        return Scored(self.system, self.model, tuple(row.built() for row in self.rows))


class _Evaluation(_Read):
    kind: Literal["evaluation"]
    task: str
    title: str
    data: str
    metrics: tuple[_Metric, ...]
    systems: tuple[_System, ...]
    setting: dict[str, str]
    notes: tuple[str, ...] = ()
    details: dict[str, float] = {}
