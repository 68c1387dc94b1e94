"""Whether a column that is only called id holds the ids of requests: conversations and users have ids as well."""

from collections.abc import Iterable, Mapping, Sequence

from common.spend.logs.fields.columns import FIELDS, FieldName
from common.spend.logs.fields.objects import Values
from common.spend.logs.fields.values import shown

_BARE = frozenset({"id", "uuid", "messageid"})
"""Names that do not say of what; request_id, response_id and the like do."""
_ID, _MODEL, _TS = (FIELDS.index(name) for name in ("request_id", "model", "ts"))
_INPUTS = tuple(FIELDS.index(name) for name in ("input", "uncached"))
_SECOND = len("2026-11-22T10:15:00")
_NEARLY = 20
"""One repeat of so many rows may be a mistake of the log."""
NOT_OF_REQUESTS: Mapping[str, str] = {"request_id": ""}
"""The mapping that takes the column's meaning away."""


def foreign_ids_note(fields: Mapping[FieldName, str], mapping: Mapping[str, str], rows: Sequence[Values]) -> str | None:
    """Why such a column does not hold request ids, by a file's first rows; None where it does.

    Records of one request have the same model, and the same second or input: a client writes one several times while
    its answer grows.
    """
    name = fields.get("request_id", "")
    if name not in _BARE or "request_id" in mapping:
        return None
    others = list(_repeats_of_others(rows))
    if len(others) * _NEARLY <= len(rows):
        return None
    return (
        f"The column {name} does not hold request ids, as {shown(others[0])} has rows of other models, times or "
        "inputs: each row was counted. If it does, name it request_id."
    )


def _repeats_of_others(rows: Iterable[Values]) -> Iterable[str]:
    first: dict[str, Values] = {}
    for row in rows:
        if row[_ID] in (None, ""):
            continue
        before = first.setdefault(str(row[_ID]), row)
        same_call = str(before[_TS])[:_SECOND] == str(row[_TS])[:_SECOND] or _input_of(before) == _input_of(row)
        if before[_MODEL] != row[_MODEL] or not same_call:
            yield str(row[_ID])


def _input_of(row: Values) -> tuple[str, ...]:
    return tuple(str(row[place]) for place in _INPUTS)
