"""Files with the real field names of each source are recognised by content, and give the right sums."""

import pytest

from common.spend.measures.totals import totals
from common.spend.model import BUCKETS
from common.spend.tests.builders import imported
from common.spend.tests.formats.fixtures import EXPECTED, FIXTURES, FOLDERS, expected_of, fixture, formats_of


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_with_the_real_field_names_gives_the_right_sums(name: str) -> None:
    right = EXPECTED[name]
    batch = imported(fixture(name), right.model)
    total = totals(batch.rollup)
    assert (batch.format, batch.rows, batch.rejected, batch.left_out) == (right.title, right.rows, 0, right.left_out)
    assert (total.requests, total.unpriced_tokens) == (right.requests, right.unpriced_tokens)
    assert total.unpriced_models == tuple(right.unpriced_models)
    assert {each.kind: [each.units, each.unpriced_units] for each in total.charges} == right.charges
    assert total.cost_usd == pytest.approx(right.usd, rel=1e-9)
    assert total.tokens == dict(zip(BUCKETS, right.tokens, strict=True))


def test_every_fixture_has_its_sums() -> None:
    assert FIXTURES.keys() == EXPECTED.keys()


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_format_has_a_fixture_in_its_folder(folder: str) -> None:
    titles = {expected.title for expected in expected_of(folder).values()}
    assert titles == {known.title for known in formats_of(folder)}


@pytest.mark.parametrize("name", [name for name, expected in EXPECTED.items() if expected.model is None])
def test_the_name_of_a_file_plays_no_part_and_lines_of_windows_are_read(name: str) -> None:
    data = b"\xef\xbb\xbf" + fixture(name).replace(b"\n", b"\r\n")
    assert imported(data).format == EXPECTED[name].title
