"""From constraints to limits of the spend library."""

import pytest

from common.assistant.question.model import Constraints, LatencyLimit, Speedup
from common.assistant.tests.rows import busy_month
from common.assistant.tools.limits import limits_of, meant, most_effort, unknown_features
from common.core.vocabulary import Level

MONTH = busy_month(30)


def test_a_feature_is_meant_without_case_and_separators() -> None:
    latency = (LatencyLimit(feature="Summary_V2", ms=900.0), LatencyLimit(feature="summary v2", ms=700.0))
    limits = limits_of(MONTH, Constraints(latency=latency, speedup=(Speedup(feature="SEARCH", factor=2.0),)))
    assert limits.latency_ms == {"summary v2": 700.0}
    assert limits.speedup == {"search": 2.0}


def test_limits_without_a_feature_hold_for_all_and_the_stricter_one_holds() -> None:
    constraints = Constraints(
        latency=(LatencyLimit(ms=500.0), LatencyLimit(ms=900.0, percentile=50)),
        speedup=(Speedup(factor=3.0), Speedup(factor=2.0)),
    )
    limits = limits_of(MONTH, constraints)
    assert (limits.latency_ms, limits.speedup) == ({"*": 500.0}, {"*": 3.0})


def test_who_allows_some_providers_excludes_all_others() -> None:
    excluded = limits_of(MONTH, Constraints(only_providers=("openai", "azure"))).excluded_providers
    assert {"google", "anthropic"} <= set(excluded)
    assert not {"openai", "azure"} & set(excluded)


def test_kinds_are_those_that_are_wanted_without_those_that_are_not() -> None:
    both = Constraints(only_kinds=("batch", "duplicates"), excluded_kinds=("batch",))
    assert limits_of(MONTH, both).kinds == ("duplicates",)
    assert "batch" not in (limits_of(MONTH, Constraints(excluded_kinds=("batch",))).kinds or ("batch",))
    assert limits_of(MONTH, Constraints()).kinds is None


@pytest.mark.parametrize(
    ("constraints", "effort"),
    [
        (Constraints(), None),
        (Constraints(max_effort="high", due_days=7), "low"),
        (Constraints(max_effort="low", due_days=20), "low"),
        (Constraints(due_days=20), "medium"),
        (Constraints(due_days=200), None),
        (Constraints(no_investment=True, due_days=20), "low"),
    ],
)
def test_days_and_money_bound_the_effort_of_each_change(constraints: Constraints, effort: Level | None) -> None:
    assert most_effort(constraints) == effort
    assert limits_of(MONTH, constraints).max_effort == effort


@pytest.mark.parametrize(("percentile", "words"), [(99, "does not prove it"), (50, "is stricter")])
def test_a_percentile_that_the_library_does_not_check_is_said(percentile: int, words: str) -> None:
    limit = LatencyLimit.model_validate({"ms": 900.0, "percentile": percentile})
    (sentence,) = meant(Constraints(latency=(limit,)))
    assert f"not the p{percentile}" in sentence.text
    assert words in sentence.text
    assert not meant(Constraints(latency=(LatencyLimit(ms=900.0),)))


def test_features_that_the_data_do_not_have_are_named_with_those_that_they_have() -> None:
    (sentence,) = unknown_features(MONTH, Constraints(latency=(LatencyLimit(feature="moon", ms=9.0),)))
    assert "no feature called `moon`" in sentence.text
    assert "The data know: `chat`, `search`, `summary v2`." in sentence.text
