"""Each measure, dimension and period is declared once, and all that lists them derives from it."""

from pathlib import Path

import pytest

from common.spend.semantics import DIMENSIONS, MEASURES, PERIODS, DimensionName, MeasureName, PeriodName, UsageQuery
from common.spend.semantics.document import page
from common.spend.semantics.formulas import OfSketch
from common.spend.semantics.names import UnknownNameError, dimension_named, measure_named, nearest, period_named, plain
from common.spend.semantics.sources import CELLS, SKETCHES, SOURCES

REPOSITORY = Path(__file__).parents[4]


def test_every_name_is_in_its_table() -> None:
    assert (set(MEASURES), set(DIMENSIONS), set(PERIODS)) == (set(MeasureName), set(DimensionName), set(PeriodName))


def test_the_page_of_measures_is_current() -> None:
    written = (REPOSITORY / "docs/measures.md").read_text(encoding="utf-8")
    assert written == page(), "run python -m common.spend.semantics.document > docs/measures.md"


def test_cached_share_is_one_entry_and_appears_everywhere() -> None:
    name = MeasureName.CACHED_SHARE.value
    code = [path for path in (REPOSITORY / "common").rglob("*.py") if "tests" not in path.parts]
    naming = [path for path in code if f'"{name}"' in path.read_text(encoding="utf-8")]
    assert [path.name for path in naming] == ["measures.py"]
    assert name in str(UsageQuery.model_json_schema())
    assert f"| `{name}` |" in page()
    assert measure_named("cache hit rate") == name


def test_every_measure_is_held_by_a_part() -> None:
    for spec in MEASURES.values():
        of_sketches = isinstance(spec.formula, OfSketch)
        assert of_sketches or any(spec.counters <= source.counters.keys() for source in SOURCES)


def test_every_dimension_is_of_a_field_that_a_part_has() -> None:
    held = {field for source in (*SOURCES, SKETCHES) for field in source.fields}
    assert {spec.field for spec in DIMENSIONS.values()} <= held
    assert CELLS in SOURCES


def test_no_word_means_two_measures_or_two_dimensions() -> None:
    for table in (MEASURES, DIMENSIONS):
        words = [plain(word) for name, spec in table.items() for word in {name.value, *spec.synonyms}]
        assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize("text", ["spend", "Cost", "COST", "dollars"])
def test_measures_are_found_by_name_and_synonym(text: str) -> None:
    assert measure_named(text) == MeasureName.COST


def test_an_unknown_name_names_the_nearest_or_all_there_are() -> None:
    with pytest.raises(UnknownNameError, match="There is no measure 'eror rate'; the nearest is error_rate"):
        measure_named("eror rate")
    with pytest.raises(UnknownNameError, match=r"There is no dimension 'zzz'; there are: .*feature"):
        dimension_named("zzz")
    with pytest.raises(UnknownNameError, match="the nearest is last_week"):
        period_named("lst_week")
    assert nearest("qqqq", ["chat"]) is None
