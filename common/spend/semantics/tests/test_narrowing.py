"""A narrowed rollup is the rollup of the rows that meet the conditions."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.spend.model import Unanswerable, UsageRow
from common.spend.rollup.parts import Part, PartNotLoadedError
from common.spend.rollup.rollup import Rollup
from common.spend.semantics import Condition, DimensionName, Period, PeriodName
from common.spend.semantics.narrowable import NOUNS
from common.spend.semantics.narrowing import narrowed
from common.spend.tests.builders import START, rollup_of, rows

_D = DimensionName
_FIRST, _LAST = (START + timedelta(days=1)).date(), (START + timedelta(days=2)).date()
_PERIOD = Period(name=PeriodName.BETWEEN, first=_FIRST, last=_LAST)
_CHAT = Condition(dimension=_D.FEATURE, values=("chat",))
_NOT_CHAT = Condition(dimension=_D.FEATURE, values=("chat",), negated=True)
_CASES: list[tuple[Condition | None, Period | None, Callable[[UsageRow], bool], str]] = [
    (_CHAT, None, lambda row: row.feature == "chat", "chtfrskuwe"),
    (
        Condition(dimension=_D.FEATURE, values=("chat",), negated=True),
        None,
        lambda row: row.feature != "chat",
        "chtfrskuwe",
    ),
    (Condition(dimension=_D.MODEL, values=("gpt-4o",)), None, lambda row: row.model == "gpt-4o", "chtfrsk"),
    (Condition(dimension=_D.STATUS, values=("ok",)), None, lambda row: row.status == "ok", "cr"),
    (Condition(dimension=_D.TIER, values=("batch",)), None, lambda row: row.tier == "batch", "c"),
    (None, _PERIOD, lambda row: _FIRST <= row.ts.date() <= _LAST, "chtfrkuwe"),
    (
        _CHAT,
        _PERIOD,
        lambda row: row.feature == "chat" and _FIRST <= row.ts.date() <= _LAST,
        "chtfrkuwe",
    ),
]
_ANY = UsageRow(START + timedelta(days=1), "openai", "gpt-4o", 400_000, feature="chat", tier="batch", prompt_hash="p1")


def _records(rollup: Rollup, kinds: str) -> dict[str, list[list[Any]]]:
    found = (record for record in rollup.records() if record[0] in kinds)
    return {kind: list(records) for kind, records in groupby(found, key=lambda record: record[0])}


@pytest.mark.parametrize(("condition", "period", "is_wanted", "kinds"), _CASES)
@given(some=st.lists(rows, max_size=30))
def test_it_holds_what_the_wanted_rows_alone_would(
    condition: Condition | None,
    period: Period | None,
    is_wanted: Callable[[UsageRow], bool],
    kinds: str,
    some: list[UsageRow],
) -> None:
    every = [*some, _ANY, UsageRow(START + timedelta(days=2), "openai", "gpt-4o", 9, status="timeout")]
    found = narrowed(rollup_of(every), (condition,) if condition else (), period)
    expected = rollup_of([row for row in every if is_wanted(row)])
    assert _records(found, kinds) == _records(expected, kinds)


def test_without_condition_and_period_it_is_the_rollup_itself() -> None:
    rollup = rollup_of([_ANY])
    assert narrowed(rollup) is rollup


def test_the_time_span_is_cut_to_the_period() -> None:
    rollup = rollup_of([UsageRow(START + timedelta(days=day), "openai", "gpt-4o", 9) for day in range(5)])
    found = narrowed(rollup, (), _PERIOD)
    assert found.first is not None
    assert found.last is not None
    assert (found.first.date(), found.last.date()) == (_FIRST, _LAST)


def test_what_does_not_tell_the_rows_is_withheld() -> None:
    found = narrowed(rollup_of([_ANY]), (Condition(dimension=_D.MODEL, values=("gpt-4o",)),))
    assert not found.tells(Part.USERS)
    with pytest.raises(Unanswerable, match="keeps no users by model"):
        _ = found.users


def test_every_part_has_a_name_for_people() -> None:
    assert NOUNS.keys() == set(Part)


def test_a_part_that_it_needs_and_was_not_loaded_is_asked_for() -> None:
    rollup = Rollup.from_shards(rollup_of([_ANY]).shards(), [Part.CELLS, Part.HOURS])
    with pytest.raises(PartNotLoadedError, match="traffic"):
        narrowed(rollup, (_CHAT,))


@pytest.mark.parametrize(
    ("condition", "period", "why"),
    [
        (Condition(dimension=_D.FEATURE, values=("chta",)), None, "nearest is chat"),
        (Condition(dimension=_D.USER, values=("ann",)), None, "cannot be taken apart by user"),
        (None, Period(name=PeriodName.BETWEEN, first=date(2020, 1, 1), last=date(2020, 1, 2)), "The data have no day"),
    ],
)
def test_what_the_data_do_not_have_is_refused_with_what_they_have(
    condition: Condition | None, period: Period | None, why: str
) -> None:
    rollup = rollup_of([_ANY, UsageRow(START, "openai", "gpt-4o", 9, user="ann")])
    with pytest.raises(Unanswerable, match=why):
        narrowed(rollup, (condition,) if condition else (), period)
