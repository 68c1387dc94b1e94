"""Bills: money by day as the seller charges it, with credits; rows of other products are left out."""

from datetime import date

import pytest

from common.spend import totals
from common.spend.logs.formats import aws_cur, azure_cost
from common.spend.model import Limits, Unanswerable
from common.spend.opportunities import find_opportunities
from common.spend.prices.names import COPILOT
from common.spend.semantics import Result, UsageQuery, run
from common.spend.tests.builders import imported
from common.spend.tests.formats.fixtures import fixture
from common.spend.tests.formats.workload import rows_of

_BILLS = ("copilot/copilot_billing.csv", "aws_cur/cur_2.csv", "aws_cur/cur_legacy.csv", "azure_cost/azure_ea.csv")


@pytest.mark.parametrize("name", _BILLS)
def test_a_bill_counts_as_billed_and_offers_no_savings(name: str) -> None:
    batch = imported(fixture(name))
    whole = totals(batch.rollup)
    assert whole.billed_usd == pytest.approx(whole.cost_usd)
    assert (whole.billed_usd > 0, batch.rejected) == (True, 0)
    assert find_opportunities(batch.rollup, Limits()).opportunities == ()


def test_credits_and_refunds_lower_a_bill() -> None:
    assert [row.cost_reported for row in rows_of(fixture("aws_cur/cur_2.csv"))] == [3.0, 0.45, -1.0, 2.5]
    assert [row.cost_reported for row in rows_of(fixture("azure_cost/azure_ea.csv"))] == [4.0, 2.0, -0.5]


def test_what_a_copilot_plan_includes_is_not_billed_and_its_tokens_count() -> None:
    rows = rows_of(fixture("copilot/copilot_billing.csv"))
    assert [(row.cost_reported, sum(row.tokens)) for row in rows] == [(0.25, 371_000), (0, 21_000), (0.2, 0), (28.5, 0)]
    assert {row.provider for row in rows} == {COPILOT}
    assert [row.model for row in rows[:2]] == ["Claude Haiku 4.5", "GPT-5"]


def test_tokens_that_are_paid_in_credits_have_no_cost_per_token() -> None:
    rollup = imported(fixture("copilot/copilot_billing.csv")).rollup
    answer = run(UsageQuery.model_validate({"measures": ["cost", "input_tokens", "cost_per_1k_tokens"]}), rollup)
    assert not isinstance(answer, Unanswerable)
    assert isinstance(answer, Result)
    assert list(answer.total.values) == [pytest.approx(28.95), 382_000, None]


def test_azures_dates_are_month_day_year_and_its_cost_in_usd_goes_before_other_currencies() -> None:
    (row,) = rows_of(fixture("azure_cost/azure_mca.csv"))
    assert (row.ts.isoformat(), row.cost_reported, row.currency) == ("2026-11-25T00:00:00+00:00", 1.0, "USD")
    euros = fixture("azure_cost/azure_mca.csv").replace(b",1.00,EUR", b",,EUR")
    assert [(each.cost_reported, each.currency) for each in rows_of(euros)] == [(0.92, "EUR")]


@pytest.mark.parametrize(
    ("usage_type", "model"),
    [
        ("USE1-Claude4.5Sonnet-input-tokens", "claude-4.5-sonnet"),
        ("USW2-Claude4.5Haiku-cache-write-input-token-count-batch", "claude-4.5-haiku"),
        ("EUC1-gpt-oss-120b-mantle-output-tokens-standard", "gpt-oss-120b"),
        ("APN1-NovaLite-input-tokens-cross-region-global", "nova-lite"),
        ("USE1-MP:USE1_OutputTokenCount-Units", ""),
        ("", ""),
    ],
)
def test_the_model_of_bedrocks_usage_types(usage_type: str, model: str) -> None:
    assert aws_cur.model_of(usage_type) == model


@pytest.mark.parametrize(
    ("meter", "model"),
    [
        ("gpt-4.1-mini-cached-Inp-glbl Tokens", "gpt-4.1-mini"),
        ("GPT 5 outpt Glbl 1M Tokens", "gpt-5"),
        ("5 mini pp Inp Gl 1M Tokens", "gpt-5-mini"),
        ("5.1 codex opt Gl 1M Tokens", "gpt-5.1-codex"),
        ("Tokens", "Tokens"),
    ],
)
def test_the_model_of_azures_meters(meter: str, model: str) -> None:
    assert azure_cost.model_of(meter) == model


def test_tags_of_a_legacy_report_are_columns_and_those_of_cur_2_a_map() -> None:
    features = [row.feature for name in ("cur_2", "cur_legacy") for row in rows_of(fixture(f"aws_cur/{name}.csv"))]
    assert features == ["search", None, None, None, "chat", None]


def test_dates_of_a_source_that_writes_the_month_first_are_read_so_unless_a_date_says_otherwise() -> None:
    american = fixture("azure_cost/azure_ea.csv").decode()
    days = [row.ts.date() for row in rows_of(american.encode())]
    assert days[:2] == [date(2026, 11, 3), date(2026, 11, 4)]
    european = american.replace("11/03/2026", "25/11/2026")
    assert [row.ts.date() for row in rows_of(european.encode())][:2] == [date(2026, 11, 25), date(2026, 4, 11)]
