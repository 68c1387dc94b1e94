"""How JSON rows are read: their keys may say more than the file's sample did."""

from collections.abc import Mapping
from dataclasses import replace

from common.spend.logs.fields.columns import FieldName, cached_outside
from common.spend.logs.fields.currencies import currency_in
from common.spend.logs.fields.reading import ColumnReading, labels_of
from common.spend.logs.rows.sides import sides_by_names


def object_reading(base: ColumnReading, fields: Mapping[FieldName, str]) -> ColumnReading:
    """Of rows with these fields (field -> plain name), in a file that is read as `base` says."""
    outside = cached_outside(fields)
    thoughts = fields.get("reasoning") == "thoughtstokencount"
    return replace(
        base,
        names=dict(fields),
        labels=labels_of(fields),
        cached_outside=base.cached_outside if outside is None else outside,
        cached_sides=sides_by_names(outside=outside) | base.cached_sides,
        cost_currency=currency_in(fields.get("cost", "")),
        reasoning_outside=base.reasoning_outside or thoughts,
    )
