"""Which column is which field: proposed from the names, corrected by the customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from common.errors import ErrorCode
from common.spend.logs.detect.unknown import nearest_field, nearest_name
from common.spend.logs.fields.columns import FIELDS, FieldName, plain
from common.spend.logs.fields.errors import ImportFailed


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a file would be read, for the customer to review and correct."""

    format: str
    """The title of a known format, in the customer's words; "" for any other log."""
    columns: tuple[str, ...]
    """The columns, or keys of JSON records, to choose from."""
    mapping: dict[FieldName, str]
    """Field -> column."""
    missing: tuple[FieldName, ...]
    """Fields that a log must have and that no column was found for: ts, model, input, output."""
    notes: tuple[str, ...]
    """How open questions of the names were decided."""


def corrected(
    proposed: Mapping[FieldName, str], mapping: Mapping[str, str], names: Mapping[str, str]
) -> dict[FieldName, str]:
    """Field -> plain name: as proposed, unless the customer says otherwise; a column of "" takes a field away.

    `names` are the plain names that the file has. Raises ImportFailed for a field or column that there is not.
    """
    wanted = checked_fields(mapping)
    absent = next((mapping[field] for field, name in wanted.items() if name and name not in names), None)
    if absent is not None:
        shown = ", ".join(list(names.values())[:20])
        near = nearest_name(absent, names.values())
        reason = f"it has no column {absent}{near}; its columns are: {shown}."
        raise ImportFailed(ErrorCode.UNKNOWN_FORMAT, reason=reason)
    taken = set(wanted.values())
    others = {field: name for field, name in proposed.items() if field not in wanted and name not in taken}
    return others | {field: name for field, name in wanted.items() if name}


def checked_fields(mapping: Mapping[str, str]) -> dict[FieldName, str]:
    """Field -> plain name, of a mapping as the customer wrote it; raises ImportFailed for a field that is not known."""
    unknown = next((field for field in mapping if field not in FIELDS), None)
    if unknown is not None:
        near, fields = nearest_field(unknown), ", ".join(FIELDS)
        reason = f"there is no field {unknown}{near} to map a column to; the fields are: {fields}."
        raise ImportFailed(ErrorCode.UNKNOWN_FORMAT, reason=reason)
    return cast("dict[FieldName, str]", {field: plain(column) for field, column in mapping.items()})
