"""Evaluations as customers have them: CSV or JSON lines, a column per model with right, wrong or a score."""

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from common.spend.logs.containers.unpack import open_usage
from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.fields.values import shown, word
from common.spend.logs.rows.csv_table import parse_table
from common.spend.prices.engine import Model
from common.spend.prices.names import labelled_model
from common.spend.quality.evaluation import Evaluation, Evaluations

_RIGHT = frozenset(("true", "right", "correct", "pass", "passed", "yes"))
_WRONG = frozenset(("false", "wrong", "incorrect", "fail", "failed", "no"))
_DELIMITERS = (",", ";", "\t", "|")
_SEVERAL = 2
_FORM = "It needs a line per prompt and a column per model, named like the model, with true or false or a score"


class EvaluationError(ValueError):
    """The file cannot be used as an evaluation; `str` says why, and what it needs, in the customer's words."""


def read_evaluations(paths: Sequence[Path]) -> Evaluations:
    """The evaluations in files, packed or not. Raises EvaluationError, ImportFailed for what cannot be unpacked, and
    OSError. The same content counts once.
    """
    files: dict[str, Evaluation] = {}
    for path in paths:
        for log in open_usage(path):
            text = b"".join(log.pieces).decode("utf-8", "replace")
            files.setdefault(text, read_evaluation(text, name=f"{path.name}/{log.name}" if log.name else path.name))
    return Evaluations(tuple(files.values()))


def read_evaluation(text: str, *, name: str = "") -> Evaluation:
    """CSV or JSON lines, detected. Columns that are no model are ignored, and so is a model's name followed by `_` or
    a blank and more (its answer, its latency); `feature` names what a prompt belongs to. Raises EvaluationError.
    """
    records = list(_json_records(text) if text.lstrip().startswith(("{", "[")) else _csv_records(text))
    models = _model_columns(list(dict.fromkeys(column for _, record in records for column in record)))
    rows = tuple(
        (
            word(str(record["feature"])) if record.get("feature") is not None else None,
            tuple(_score(record.get(column), column, line) for column in models),
        )
        for line, record in records
    )
    if not any(sum(score is not None for score in scores) >= _SEVERAL for _, scores in rows):
        raise EvaluationError(f"No prompt of the evaluation has the verdict on two models. {_FORM}.")
    return Evaluation(name, tuple(models.values()), rows)


def _csv_records(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line from 1, cells by column)."""
    head = text.split("\n", 1)[0]
    columns: list[str] | None = None
    for number, cells in parse_table(text, max(_DELIMITERS, key=head.count)):
        if cells is None or isinstance(cells, BadRowError):
            raise EvaluationError(f"Line {number + 1} of the evaluation cannot be read: {cells or 'an open quote'}.")
        if columns is None:
            columns = [cell.strip() for cell in cells]
        elif len(cells) != len(columns):
            raise EvaluationError(f"Line {number + 1} of the evaluation has {len(cells)} cells, not {len(columns)}.")
        else:
            yield number + 1, dict(zip(columns, cells, strict=True))


def _json_records(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise EvaluationError(f"Line {number} of the evaluation is no JSON object.") from error
            if not isinstance(record, dict):
                raise EvaluationError(f"Line {number} of the evaluation is no JSON object.")
            yield number, record


def _model_columns(columns: Sequence[str]) -> dict[str, Model]:
    """By column, in their order."""
    found = {column: model for column in columns if (model := labelled_model(column)) is not None}
    models = {
        column: model
        for column, model in found.items()
        if not any(column.startswith((f"{other}_", f"{other} ")) for other in found)
    }
    if len(models) < _SEVERAL:
        named = ", ".join(shown(column) for column in columns[:10]) or "none"
        raise EvaluationError(f"The evaluation has no columns of two known models. {_FORM}. Its columns: {named}.")
    if len(set(models.values())) < len(models):
        raise EvaluationError(f"Two columns of the evaluation are the same model: {', '.join(models)}.")
    return models


def _score(value: Any, column: str, line: int) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool | int | float):
        number = float(value)
    else:
        text = str(value).strip().lower()
        number = 1.0 if text in _RIGHT else 0.0 if text in _WRONG else _number(text)
    if not math.isfinite(number):
        problem = f"line {line}, column {column}: {shown(str(value))} is neither right or wrong nor a score"
        raise EvaluationError(f"The evaluation cannot be used: {problem}. {_FORM}.")
    return number


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
