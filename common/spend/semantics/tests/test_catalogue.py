"""The catalogue lists what the rows have, and nothing else."""

from common.spend.semantics import DimensionName, MeasureName
from common.spend.semantics.catalogue import catalogue_of
from common.spend.semantics.tests.test_engine import rollup_of, row


def test_it_has_the_days_measures_and_values_of_the_rows() -> None:
    found = catalogue_of(rollup_of(row(2), row(4, "search"), row(4, "tickets")), most=2)
    assert (found.first.isoformat(), found.last.isoformat()) == ("2026-11-02", "2026-11-04")
    assert MeasureName.COST in found.measures
    assert MeasureName.QUALITY not in found.measures
    values = {each.name: each for each in found.dimensions}
    assert (values[DimensionName.FEATURE].values, values[DimensionName.FEATURE].more) == (("chat", "search"), 1)
    assert DimensionName.USER not in values
