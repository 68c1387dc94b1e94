"""ccusage's reports by longer periods: when a sum counts, whose it is, and what cannot be read of it."""

import json

import pytest

from common.spend import ImportFailed
from common.spend.tests.builders import imported
from common.spend.tests.formats.fixtures import fixture
from common.spend.tests.formats.workload import rows_of


def _rows(name: str) -> list[tuple[str, str | None]]:
    """(day, feature) of each row of a fixture."""
    return [(f"{row.ts:%Y-%m-%d}", row.feature) for row in rows_of(fixture(f"ccusage/ccusage_{name}.json").decode())]


def test_a_sum_is_dated_at_the_beginning_of_its_period_and_of_a_session_at_its_last_day() -> None:
    assert _rows("weekly") == [("2026-11-02", None)] * 2
    assert _rows("monthly") == _rows("monthly_unified") == [("2026-11-01", None)] * 2
    assert _rows("blocks") == [("2026-11-03", None), ("2026-11-05", None)]
    assert _rows("sessions") == [("2026-11-03", None)] * 2


def test_projects_and_agents_are_features() -> None:
    assert _rows("projects") == [("2026-11-03", "-home-ann-shop"), ("2026-11-03", "-home-ann-api")]
    assert _rows("session_unified") == [*[("2026-11-03", "claude")] * 2, ("2026-11-04", "codex")]


def test_the_import_of_a_longer_report_says_how_its_sums_are_dated() -> None:
    notes = imported(fixture("ccusage/ccusage_monthly.json")).notes
    assert any("dated at its beginning" in note for note in notes)


def test_blocks_of_several_models_are_refused_with_the_report_that_breaks_them_down() -> None:
    report = json.loads(fixture("ccusage/ccusage_blocks.json"))
    report["blocks"][2]["models"].append("claude-sonnet-4-5-20250929")
    with pytest.raises(ImportFailed) as caught:
        imported(json.dumps(report))
    assert "ccusage session --json does" in str(caught.value.details["reason"])
