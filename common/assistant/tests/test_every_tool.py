"""All tools of the registry, called as they themselves want to be called, for every operation."""

from collections.abc import Callable, Iterable, Iterator

import pytest

from common.assistant.question.model import (
    Constraints,
    Keep,
    LatencyLimit,
    Money,
    Operation,
    Part,
    Speedup,
)
from common.assistant.registry import TOOLS
from common.assistant.tests.rows import bare_hour, busy_month, spiky_month, upgraded_month
from common.assistant.tool import Wanted
from common.assistant.tools.planned import planned_ids
from common.assistant.tools.tests.contexts import asked_of, context, only, part, uncovered
from common.runs.step import Sentence
from common.spend import Rollup, totals
from common.spend.semantics.dimensions import DimensionName
from common.spend.semantics.periods import Period, PeriodName, last_days

DAYS = (Operation.ANOMALY, Operation.CHANGE, Operation.FORECAST, Operation.HEADROOM)
ALL_CONSTRAINTS = (
    Constraints(),
    Constraints(target_pct=30.0, growth_pct=30.0, rpm=2.0, tpm=400.0, burst=10.0, horizons=(6, 12)),
    Constraints(target_pct=145.0, rpm=1e6, tpm=1e9, growth_pct=-20.0),
    Constraints(save=Money(usd=5.0, per="month"), latency=(LatencyLimit(feature="search", ms=800.0, percentile=99),)),
    Constraints(budget=Money(usd=1.0), speedup=(Speedup(factor=2.0),), hour_usd=90.0),
    Constraints(
        target_pct=60.0, no_evaluation=True, keeps=(Keep(model="gpt-4o", feature="summary v2"), Keep(feature="moon"))
    ),
    Constraints(quality=95.0, due_days=7, no_investment=True, only_providers=("openai",)),
    Constraints(only_kinds=("batch",), excluded_models=("gpt-5-nano",)),
)
ROWS = (
    part(Operation.PLAN).query,
    part(Operation.PLAN, period=Period(name=PeriodName.YESTERDAY)).query,
    part(Operation.PLAN, where=only(DimensionName.FEATURE, "chat")).query,
    part(Operation.PLAN, where=only(DimensionName.WEEKDAY, "Tuesday", "Friday"), period=last_days(20)).query,
)


def _wanted(requested: Part, rolled: Rollup, planned: tuple[str, ...]) -> Iterator[tuple[str, Wanted]]:
    has = totals(rolled).has
    for tool in TOOLS.values():
        for wanted in tool.calls(asked_of(requested, has=has, planned=planned)):
            yield tool.name, wanted


def _parts(operations: Iterable[Operation]) -> Iterator[Part]:
    models = ("gpt-4o-mini", "gemini-2.5-pro")
    for operation in operations:
        for constraints in ALL_CONSTRAINTS if operation == Operation.PLAN else ALL_CONSTRAINTS[:3]:
            yield Part(operation=operation, constraints=constraints, models=models)
        for query in ROWS:
            yield Part(operation=operation, query=query, models=models[:1])


@pytest.mark.parametrize(
    ("data", "operations"),
    [(busy_month, Operation), (bare_hour, Operation), (spiky_month, DAYS), (upgraded_month, DAYS)],
)
async def test_every_number_of_every_sentence_is_one_of_its_figures(
    data: Callable[[], Rollup], operations: Iterable[Operation]
) -> None:
    rolled = data()
    said = 0
    for requested in _parts(operations):
        at = context(rolled, requested)
        planned = await planned_ids(at) if requested.operation == Operation.PLAN and not requested.query.where else ()
        for name, wanted in _wanted(requested, rolled, planned):
            result = await TOOLS[name].run(at, TOOLS[name].parse({"purpose": "To see", **wanted.arguments}))
            assert not uncovered(result), (name, requested)
            assert result.summary
            assert {fact for sentence in result.sentences for fact in _facts(sentence)} <= {*map(repr, result.facts)}
            said += len(result.sentences)
    assert said > 100


def _facts(sentence: Sentence) -> set[str]:
    return {repr(said.fact) for said in sentence.figures}
