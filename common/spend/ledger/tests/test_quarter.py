"""A simulated quarter: what the ledger measures against what is true, row by row (see quarter.py)."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from common.spend.ledger import AcceptedChange, Verification, current, fee, freeze, statement, verify
from common.spend.ledger.tests import quarter
from common.spend.ledger.tests.cases import proposed, rollup_at
from common.spend.prices.contract import read_contract
from common.spend.rollup.rollup import Rollup

BOOK = read_contract(quarter.CONTRACT)
OVERLAP_BEGINS = date(2026, 9, 20)
NAMES = list(quarter.BEGINS)


@dataclass(frozen=True)
class Quarter:
    """The truth, what was accepted, the usage after it (some before it too), and what the ledger says."""

    story: quarter.Story
    accepted: list[AcceptedChange]
    after: Rollup
    verified: Verification

    def saved(self, name: str) -> float:
        """As measured (USD)."""
        return next(outcome.saved_usd for outcome in self.verified.outcomes if outcome.recommendation == name)


@pytest.fixture(scope="module")
def measured_quarter() -> Quarter:
    story = quarter.simulated(seed=7, requests=60)
    before = rollup_at((row for row in story.rows if row.ts.date() <= quarter.ACCEPTED), BOOK)
    after = rollup_at((row for row in story.rows if row.ts.date() >= OVERLAP_BEGINS), BOOK)
    accepted = [
        AcceptedChange(baseline=freeze(before, proposed(name), quarter.ACCEPTED, BOOK), implemented=begin)
        for name, begin in quarter.BEGINS.items()
    ]
    return Quarter(story, accepted, after, verify(accepted, after, BOOK))


@pytest.mark.parametrize("name", NAMES)
def test_each_recommendation_is_measured_within_a_percent_of_the_truth(measured_quarter: Quarter, name: str) -> None:
    assert measured_quarter.saved(name) == pytest.approx(measured_quarter.story.saved[name], rel=0.01)


def test_the_total_is_within_a_percent_of_the_truth_and_little_is_unexplained(measured_quarter: Quarter) -> None:
    truth = sum(measured_quarter.story.saved.values())
    assert measured_quarter.verified.saved_usd == pytest.approx(truth, rel=0.01)
    rest = sum(row.saved_usd for row in measured_quarter.verified.rows if row.recommendation is None)
    assert abs(rest) < 0.005 * truth


def test_the_swap_that_backfired_stays_as_a_negative_row(measured_quarter: Quarter) -> None:
    rows = [row for row in measured_quarter.verified.rows if row.recommendation == quarter.BACKFIRE]
    assert all(row.saved_usd < 0 and row.earns for row in rows)
    assert measured_quarter.saved(quarter.BACKFIRE) < -10


@pytest.mark.parametrize("name", NAMES)
def test_what_the_price_cut_did_is_listed_apart(measured_quarter: Quarter, name: str) -> None:
    found = next(outcome for outcome in measured_quarter.verified.outcomes if outcome.recommendation == name)
    assert found.price_effect_usd == pytest.approx(measured_quarter.story.price_effect[name], rel=0.01, abs=1e-9)


def test_the_price_effect_counts_each_request_once(measured_quarter: Quarter) -> None:
    effect = measured_quarter.verified.price_effect_usd
    assert effect == pytest.approx(measured_quarter.story.whole_price_effect, rel=0.01)
    assert sum(row.price_effect_usd for row in measured_quarter.verified.rows) == pytest.approx(effect)


def test_nothing_is_counted_before_it_was_implemented(measured_quarter: Quarter) -> None:
    begins = {name: min(r.day for r in measured_quarter.verified.rows if r.recommendation == name) for name in NAMES}
    assert begins == {name: day.isoformat() for name, day in quarter.BEGINS.items()}
    assert measured_quarter.verified.skipped_days[0] == OVERLAP_BEGINS.isoformat()
    assert measured_quarter.verified.skipped_days[-1] == "2026-10-04"


def test_the_interval_holds_the_truth(measured_quarter: Quarter) -> None:
    for name in NAMES:
        found = next(outcome for outcome in measured_quarter.verified.outcomes if outcome.recommendation == name)
        assert found.low_usd is not None
        assert found.high_usd is not None
        slack = 0.003 * abs(found.saved_usd)  # the interval is of the baseline only: the answers not given vary too
        assert found.low_usd - slack <= measured_quarter.story.saved[name] <= found.high_usd + slack


def test_verifying_twice_and_in_parts_that_overlap_changes_nothing(measured_quarter: Quarter) -> None:
    again = verify(reversed(measured_quarter.accepted), measured_quarter.after, BOOK)
    same = again == measured_quarter.verified  # compared here: pytest takes minutes to show how two of these differ
    assert same
    late = rollup_at((row for row in measured_quarter.story.rows if row.ts.date() >= date(2026, 12, 1)), BOOK)
    both = [*measured_quarter.verified.rows, *verify(measured_quarter.accepted, late, BOOK).rows]
    assert len(current(both)) == len(measured_quarter.verified.rows)
    assert [row.saved_usd for row in current(both)] == pytest.approx(
        [r.saved_usd for r in measured_quarter.verified.rows]
    )


def test_shards_that_are_merged_verify_as_the_whole(measured_quarter: Quarter) -> None:
    rows = [row for row in measured_quarter.story.rows if row.ts.date() >= OVERLAP_BEGINS]
    shards = [shard for part in (rows[::2], rows[1::2]) for shard in rollup_at(part, BOOK).shards()]
    same = verify(measured_quarter.accepted, Rollup.from_shards(shards), BOOK) == measured_quarter.verified
    assert same


def test_all_that_left_a_trace_is_verified(measured_quarter: Quarter) -> None:
    assert set(measured_quarter.verified.verified) == set(NAMES)


def test_the_fee_of_each_month_is_the_share_of_what_is_true(measured_quarter: Quarter) -> None:
    found = fee(measured_quarter.verified.rows, "early", NAMES)
    assert [month.month for month in found.months] == ["2026-10", "2026-11", "2026-12"]
    for month in found.months:
        assert month.fee_usd == pytest.approx(0.2 * measured_quarter.story.by_month[month.month], rel=0.01)
        assert statement(measured_quarter.verified.rows, month.month, "early", NAMES).fee_usd == month.fee_usd


def test_a_baseline_of_another_price_list_says_so_in_its_rows(measured_quarter: Quarter) -> None:
    assert {row.price_version for row in measured_quarter.verified.rows} == {
        measured_quarter.accepted[0].baseline.price_version
    }
    assert "+contract-" in measured_quarter.accepted[0].baseline.price_version
    listed = verify([replace(measured_quarter.accepted[0])], measured_quarter.after)
    assert "+contract-" not in listed.rows[0].price_version
