"""Random queries are answered as SQL over the rows answers them, and the judge of that notices a wrong answer."""

from dataclasses import replace

import pytest

from common.spend.semantics import Condition, DimensionName, MeasureName, Result, UsageQuery, last_days, run
from tests.campaigns.queries.campaign import Log, log_named, logs, verdicts
from tests.campaigns.queries.judge import fault

COST_BY_MODEL = UsageQuery(measures=(MeasureName.COST, MeasureName.REQUESTS), by=(DimensionName.MODEL,))


@pytest.fixture(scope="module")
def log() -> Log:
    return log_named("sample")


def answered(query: UsageQuery, log: Log) -> Result:
    outcome = run(query, log.rollup)
    assert isinstance(outcome, Result)
    return outcome


def test_300_random_queries_give_what_sql_over_the_rows_gives() -> None:
    found = list(verdicts(logs(), 300, seed=1))
    assert [str(verdict) for verdict in found if verdict.fault] == []
    refused = [verdict for verdict in found if verdict.refused]
    assert 10 < len(refused) < 120


@pytest.mark.parametrize(
    "wanted",
    [
        {"where": (Condition(dimension=DimensionName.FEATURE, values=("search-rag",)),)},
        {"where": (Condition(dimension=DimensionName.TIER, values=("standard",), negated=True),)},
        {"period": last_days(7)},
        {"by": (DimensionName.PROVIDER,)},
        {"top": 2},
    ],
    ids=lambda wanted: next(iter(wanted)),
)
def test_the_answer_to_another_query_is_noticed(log: Log, wanted: dict[str, object]) -> None:
    other = answered(COST_BY_MODEL, log)
    assert fault(COST_BY_MODEL, other, log.truth) is None
    assert fault(COST_BY_MODEL.model_copy(update=wanted), other, log.truth) is not None


def test_an_answer_that_does_not_say_that_names_are_together_is_noticed() -> None:
    log = log_named("crowded")
    folding = log.truth.folding
    assert folding.names["user"] > folding.users_by_day > folding.users_by_feature
    assert folding.names["feature"] > folding.features_by_hour > folding.features_by_day
    query = UsageQuery(measures=(MeasureName.COST,), by=(DimensionName.USER, DimensionName.FEATURE))
    right = answered(query, log)
    assert fault(query, right, log.truth) is None
    silent = replace(right, coverage=replace(right.coverage, other=(), notes=()))
    assert fault(query, silent, log.truth) is not None


def test_a_cent_too_much_and_one_request_too_few_are_noticed(log: Log) -> None:
    right = answered(COST_BY_MODEL, log)
    cost, requests = right.total.values
    assert cost is not None
    assert requests is not None
    for values in ((cost + 0.01, requests), (cost, requests - 1), (None, requests)):
        wrong = replace(right, total=replace(right.total, values=values))
        assert fault(COST_BY_MODEL, wrong, log.truth) is not None


def test_a_refusal_of_what_can_be_answered_is_noticed(log: Log) -> None:
    refusal = run(UsageQuery(measures=(MeasureName.COST,), by=(DimensionName.USER, DimensionName.MODEL)), log.rollup)
    assert not isinstance(refusal, Result)
    assert fault(COST_BY_MODEL, refusal, log.truth) is not None
