"""One list of field names, whichever way it is written: mypy finds a misspelt one in a format or a table of fields."""

from dataclasses import fields
from typing import get_args

from common.spend.logs.fields.columns import FIELDS, FieldName
from common.spend.logs.fields.reading import ColumnReading
from common.spend.logs.formats import OVERRIDES, Fields
from common.spend.logs.rows import build_row
from common.spend.logs.rows.charges import NO_CHARGES


def test_what_a_format_returns_has_the_fields_and_the_overrides_and_no_other_key() -> None:
    assert tuple(Fields.__annotations__) == (*FIELDS, *OVERRIDES)
    assert get_args(FieldName) == FIELDS


def test_an_override_is_something_that_a_reading_of_columns_has() -> None:
    assert set(OVERRIDES) < {each.name for each in fields(ColumnReading)}


def test_a_row_is_built_from_the_places_that_the_fields_have() -> None:
    named = FIELDS[: FIELDS.index("total") + 1]
    assert [getattr(build_row, name.upper()) for name in named] == list(range(len(named)))
    assert all(len(empty) == len(FIELDS) - len(named) for empty in NO_CHARGES)
