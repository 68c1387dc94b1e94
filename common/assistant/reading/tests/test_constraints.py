"""What customers want reached and kept, and the words that say it."""

import time
from datetime import date

import pytest

from common.assistant.question.model import Constraints, Keep, LatencyLimit, Money, Speedup
from common.assistant.reading.constraints import Span, take_constraints
from common.spend.semantics.catalogue import Catalogue, DimensionValues
from common.spend.semantics.dimensions import DimensionName

FEATURES = ("chat", "checkout", "doc-summary", "search", "support_agent", "(untagged)")
DATA = Catalogue(
    first=date(2026, 10, 1),
    last=date(2026, 10, 31),
    measures=(),
    dimensions=(DimensionValues(name=DimensionName.FEATURE, values=FEATURES, more=0),),
)
NONE = Constraints()


def constraints(message: str, catalogue: Catalogue | None = DATA) -> Constraints:
    return take_constraints(message, catalogue)[0]


def words_of(message: str, field: str) -> list[str]:
    return [message[each.start : each.end] for each in take_constraints(message, DATA)[1] if each.field == field]


@pytest.mark.parametrize(
    ("message", "target"),
    [
        ("How do I cut this bill by 30 %?", 30),
        ("Make it 20% cheaper", 20),
        ("Cut my spend in half", 50),
        ("Please halve our bill", 50),
        ("cut costs by a third", 33.3),
        ("by two thirds, can you reduce it by two thirds?", 66.7),
        ("a quarter cheaper would be enough", 25),
        ("thirty percent less please", 30),
        ("I need a 25% reduction", 25),
        ("target: 35 %", 35),
        ("save at least 40% of the cost", 40),
        ("get me to 70 % of today's cost", 30),
        ("bring it down to 70 %", 30),
        ("Reduce cost 12.5 per cent", 12.5),
        ("we want savings of 15 percent", 15),
        ("How can we spend 10% less?", 10),
        ("cut 30 % but not OpenAI", 30),
        ("What would it take to bring the bill down by about 45 percent", 45),
        ("cut our bill by 145 %", 145),
        ("reduce costs by 2x", 50),
        ("We want costs reduced by 20 %", 20),
    ],
)
def test_a_target_in_percent_is_read(message: str, target: float) -> None:
    assert constraints(message).target_pct == pytest.approx(target)
    assert words_of(message, "target_pct")


@pytest.mark.parametrize(
    "message",
    [
        "We have 30 users, how can we save?",
        "We use gpt-4 and want to save",
        "My bill grew 30 % last month, why?",
        "costs went up 30 % in May",
        "costs went down 30 %, why?",
        "We cut costs by 30 % last month",
        "p95 of chat",
        "top 3 models",
        "What did I spend on the first 5 days?",
        "What did we spend in the last 30 days?",
        "Is claude-haiku-4-5 cheaper than gpt-4o?",
        "Alert above 25 dollars a day",
        "Alert me when we spend over 25 dollars a day",
        "Which days were above 20 dollars?",
        "days above 20 dollars",
        "Which features cost less than 5 dollars?",
        "Which models have an error rate above 5 %?",
        "Which models stay under 1 s?",
        "cut the reasoning tokens by half",
        "error rate above 5 %",
        "reduce the error rate by 30 %",
        "top 10 users",
        "top 3 models by cost",
        "How many requests took less than 2 s?",
        "requests slower than 2 s",
        "Which minutes had more than 500 requests per minute?",
        "Which features have a score below 0.8?",
        "features with accuracy above 95 %",
        "usage grew 30 % last month",
        "did traffic double yesterday?",
        "traffic spiked 3x yesterday",
        "What did we spend this week?",
        "cost of the last 6 months",
        "What did gpt-4o-mini cost us in 2 days?",
        "We pay 1.234,50 EUR a month",
        "Reduce the bill to 1.234,50 EUR",
        "We don't use batch yet",
        "Why is there no caching for chat?",
        "How much did we spend without Gemini?",
        "cost without batch",
        "cost per request of only OpenAI",
        "Which hours cost more than 120 dollars an hour?",
    ],
)
def test_figures_and_conditions_of_a_question_are_no_constraint(message: str) -> None:
    assert take_constraints(message, DATA) == (NONE, ())


@pytest.mark.parametrize(
    ("message", "save", "budget"),
    [
        ("save $500 a month", Money(usd=500, per="month"), None),
        ("I want to save 500 USD per month", Money(usd=500, per="month"), None),
        ("cut $1,200 from it", Money(usd=1200), None),
        ("save 10k USD a year", Money(usd=10_000, per="year"), None),
        ("reduce the bill to $300", None, Money(usd=300)),
        ("Can we go under 400 USD?", None, Money(usd=400)),
        ("get it under $1.2k per month", None, Money(usd=1200, per="month")),
        ("we must stay below 2000 dollars a year", None, Money(usd=2000, per="year")),
        ("Reduce the bill from $500 to $300", None, Money(usd=300)),
        ("We do not want to spend more than 500 dollars a month", None, Money(usd=500, per="month")),
        ("The bill must not exceed $500", None, Money(usd=500)),
        ("our budget is 1,200 dollars", None, Money(usd=1200)),
        ("Bitte auf unter 123,33 USD bringen, budget of 123,33 USD", None, Money(usd=123.33)),
        ("bring it under 1.234,50 USD", None, Money(usd=1234.5)),
    ],
)
def test_amounts_to_save_and_budgets_are_read(message: str, save: Money | None, budget: Money | None) -> None:
    read = constraints(message)
    assert (read.save, read.budget, read.target_pct) == (save, budget, None)


@pytest.mark.parametrize(
    ("message", "growth"),
    [
        ("30 % growth next month, what will I pay?", 30),
        ("usage grows by 30 %", 30),
        ("20 % cheaper, keep feature Y under 200 ms, usage grows 30 %", 30),
        ("traffic doubles next quarter", 100),
        ("twice the traffic", 100),
        ("we expect 3x traffic", 200),
        ("We expect 40% more requests", 40),
        ("our volume will increase by 15 percent", 15),
        ("is gpt-4 any good?", 0),
        ("My bill grew 30 % last month, why?", 0),
        ("cut it by 30 %", 0),
    ],
)
def test_growth_is_of_usage_to_come_never_of_the_bill(message: str, growth: float) -> None:
    assert constraints(message).growth_pct == pytest.approx(growth)


@pytest.mark.parametrize(
    ("message", "burst"),
    [
        ("Can we take 10x spikes?", 10),
        ("What if there is a spike of 5x?", 5),
        ("what if traffic triples for a day?", 3),
        ("if requests double for an hour", 2),
        ("We expect 4 times the usual traffic on launch day", 4),
        ("traffic doubles next quarter", None),
    ],
)
def test_a_short_multiple_of_the_traffic_is_a_burst_and_no_growth(message: str, burst: float | None) -> None:
    read = constraints(message)
    assert read.burst == burst
    assert bool(read.growth_pct) is (burst is None)


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ("Keep feature search under 800 ms and save 20 %", LatencyLimit(feature="search", ms=800)),
        ("keep the chat feature's p95 below 0.8 s", LatencyLimit(feature="chat", ms=800)),
        ("20 % cheaper, keep feature Y under 200 ms, usage grows 30 %", LatencyLimit(feature="Y", ms=200)),
        ("latency under 1.5 seconds for checkout", LatencyLimit(feature="checkout", ms=1500)),
        ("save 40% while p95 stays under 2s", LatencyLimit(ms=2000)),
        ("cut 20 %, but `doc-summary` must stay under 200ms", LatencyLimit(feature="doc-summary", ms=200)),
        ("p95 of chat must not exceed 900 milliseconds, cut by 10 %", LatencyLimit(feature="chat", ms=900)),
        ("We need p99 under 1 s", LatencyLimit(percentile=99, ms=1000)),
        (
            "median latency of the support agent must be below 700 ms",
            LatencyLimit(feature="support_agent", percentile=50, ms=700),
        ),
        ("We need sub-2 second answers", LatencyLimit(ms=2000)),
        ("sub-second answers for search please", LatencyLimit(feature="search", ms=1000)),
        ("keep gemini-search under 300 ms", LatencyLimit(feature="gemini-search", ms=300)),
        ("keep Doc Summary under 2 s", LatencyLimit(feature="doc-summary", ms=2000)),
    ],
)
def test_latency_limits_name_their_feature_and_percentile(message: str, limit: LatencyLimit) -> None:
    assert constraints(message).latency == (limit,)


@pytest.mark.parametrize(
    ("message", "speedup"),
    [
        ("make it 2x faster", Speedup(factor=2)),
        ("twice as fast", Speedup(factor=2)),
        ("50 % faster", Speedup(factor=2)),
        ("make it 20 % faster", Speedup(factor=1.25)),
        ("improve latency by 2x", Speedup(factor=2)),
        ("We want to improve by 3x", Speedup(factor=3)),
        ("3 times faster for search", Speedup(feature="search", factor=3)),
        ("make search 3x faster", Speedup(feature="search", factor=3)),
        ("reduce the latency of chat by 2x", Speedup(feature="chat", factor=2)),
        ("speed up checkout by 3x", Speedup(feature="checkout", factor=3)),
        ("three times as fast for reranking", Speedup(feature="reranking", factor=3)),
        ("halve the latency", Speedup(factor=2)),
    ],
)
def test_a_speed_asked_for_is_no_saving(message: str, speedup: Speedup) -> None:
    read = constraints(message)
    assert read.speedup == (speedup,)
    assert (read.target_pct, read.growth_pct, read.burst) == (None, 0, None)


@pytest.mark.parametrize(
    ("message", "effort"),
    [
        ("cut 20 % with little effort", "low"),
        ("save 10 %, quick wins only", "low"),
        ("30 % cheaper, but no big projects", "medium"),
        ("cut 20 % without code changes", "low"),
        ("cut 20 % with no effort spared", None),
    ],
)
def test_the_effort_that_a_change_may_take_is_read(message: str, effort: str | None) -> None:
    read = constraints(message)
    assert read.max_effort == effort
    assert read.target_pct in (10, 20, 30)


@pytest.mark.parametrize(
    ("message", "providers", "models"),
    [
        ("no Gemini", ("google",), ()),
        ("cut 30 % but not OpenAI", ("openai",), ()),
        ("Reduce cost 25% without using Claude or Gemini", ("anthropic", "google"), ()),
        ("anything but DeepSeek", ("deepseek",), ()),
        ("don't use gpt-4o-mini", (), ("gpt-4o-mini",)),
        ("we can't use Claude Haiku 4.5 or Mistral", ("mistral",), ("claude-haiku-4-5",)),
        ("We use gpt-4o; no Anthropic models", ("anthropic",), ()),
        ("Grok is not allowed", ("x-ai",), ()),
        ("How much would Gemini save?", (), ()),
    ],
)
def test_exclusions_are_read(message: str, providers: tuple[str, ...], models: tuple[str, ...]) -> None:
    read = constraints(message)
    assert (read.excluded_providers, read.excluded_models) == (providers, models)


@pytest.mark.parametrize(
    "message", ["stay on OpenAI and cut by 15 percent", "Use only OpenAI models", "stick with OpenAI", "OpenAI only"]
)
def test_the_only_provider_allowed_is_read(message: str) -> None:
    assert constraints(message).only_providers == ("openai",)


@pytest.mark.parametrize(
    ("message", "keep"),
    [
        ("keep gpt-4o for the summarizer, cut the rest 20 %", Keep(model="gpt-4o", feature="summarizer")),
        ("keep gpt-4.1 for chat", Keep(model="gpt-4.1", feature="chat")),
        ("keep chat on gpt-4.1", Keep(model="gpt-4.1", feature="chat")),
        ("keep gpt-4o and save on batch", Keep(model="gpt-4o")),
        ("reduce by 30% and don't touch the checkout feature", Keep(feature="checkout")),
        ("don't touch search", Keep(feature="search")),
        ("leave the Support Agent alone", Keep(feature="support_agent")),
        ("don't touch reranking", Keep(feature="reranking")),
        ("gpt-4o must stay for search", Keep(model="gpt-4o", feature="search")),
    ],
)
def test_what_must_stay_is_read(message: str, keep: Keep) -> None:
    assert constraints(message).keeps == (keep,)


@pytest.mark.parametrize("message", ["without changing anything", "Save 20 % without changing the code"])
def test_things_that_are_no_feature_are_not_kept(message: str) -> None:
    assert constraints(message).keeps == ()


@pytest.mark.parametrize(
    ("message", "only", "excluded"),
    [
        ("without batch", (), ("batch",)),
        ("Cut 20 %, but not batch jobs", (), ("batch",)),
        ("no caching", (), ("prompt_caching", "duplicates")),
        ("no prompt caching please, how can we save?", (), ("prompt_caching",)),
        ("only caching", ("prompt_caching", "duplicates"), ()),
        ("batch only", ("batch",), ()),
        ("Save 20 % without switching models", (), ("right_sizing",)),
        ("don't change the models", (), ("right_sizing",)),
        ("no batch and no caching", (), ("batch", "prompt_caching", "duplicates")),
        ("save without shorter prompts or retries", (), ("prompt_trimming", "retry_waste")),
        ("without other providers", (), ("provider_choice",)),
        ("just shorter answers", ("output_trimming",), ()),
        ("exclude reasoning effort and deduplication", (), ("reasoning_effort", "duplicates")),
        ("would batch help?", (), ()),
    ],
)
def test_kinds_of_changes_are_wanted_or_not(message: str, only: tuple[str, ...], excluded: tuple[str, ...]) -> None:
    read = constraints(message)
    assert sorted(read.only_kinds) == sorted(only)
    assert sorted(read.excluded_kinds) == sorted(excluded)


@pytest.mark.parametrize(
    ("message", "quality"),
    [
        ("Save 20 % with accuracy above 95 %", 95),
        ("quality must not drop below 0.9", 0.9),
        ("cut 20 % while accuracy stays above 95 %", 95),
        ("never let the quality fall below 90 percent", 90),
        ("we need at least 95 % accuracy", 95),
        ("keep quality at 0.95", 0.95),
    ],
)
def test_the_least_quality_is_read_and_is_no_target(message: str, quality: float) -> None:
    read = constraints(message)
    assert read.quality == quality
    assert read.target_pct in (None, 20)


@pytest.mark.parametrize(
    "message",
    [
        "no more money",
        "save 20 % without spending more",
        "without any extra budget",
        "no upfront costs",
        "no investment",
    ],
)
def test_no_investment_is_read(message: str) -> None:
    assert constraints(message).no_investment


@pytest.mark.parametrize(
    "message",
    [
        "nothing that needs an evaluation",
        "only safe changes",
        "without an evaluation",
        "no evaluation",
        "safe changes only",
    ],
)
def test_no_evaluation_is_read(message: str) -> None:
    assert constraints(message).no_evaluation


@pytest.mark.parametrize(
    ("message", "days"),
    [
        ("What can we do this week?", 7),
        ("What can we change by Friday?", 4),
        ("It must be done in two days", 2),
        ("cut 20 % within 3 weeks", 21),
        ("What can I ship today?", 0),
        ("save 20 % by the end of the month", 30),
        ("Which changes can be live by Monday?", 7),
    ],
)
def test_the_time_until_something_must_be_done_is_read(message: str, days: int) -> None:
    monday = date(2026, 11, 30)
    assert take_constraints(message, DATA, monday)[0].due_days == days


def test_a_weekday_without_a_date_of_today_is_guessed_as_a_week() -> None:
    read, taken = take_constraints("Ship it by Friday", DATA)
    assert read.due_days == 7
    assert taken == (Span("due_days", 8, 17, certain=False),)


@pytest.mark.parametrize(
    ("message", "months"),
    [
        ("ROI over 6 and 12 months", (6, 12)),
        ("What is the payback over the next 12 months?", (12,)),
        ("a 6-month and 12-month view", (6, 12)),
        ("business case for 2 years", (24,)),
        ("what would we save over a year?", (12,)),
    ],
)
def test_months_ahead_are_read(message: str, months: tuple[int, ...]) -> None:
    assert constraints(message).horizons == months


@pytest.mark.parametrize(
    ("message", "usd"),
    [
        ("an engineer costs 120 dollars an hour", 120),
        ("Our hourly rate is $95", 95),
        ("take 150 USD per engineer hour", 150),
        ("a developer is $1,000 per hour", 1000),
    ],
)
def test_the_cost_of_an_hour_of_work_is_read(message: str, usd: float) -> None:
    read = constraints(message)
    assert (read.hour_usd, read.budget, read.save) == (usd, None, None)


@pytest.mark.parametrize(
    ("message", "top"),
    [
        ("How much would the top 3 save?", 3),
        ("How much would the top three save?", 3),
        ("top 3 recommendations", 3),
        ("give me five ideas", 5),
        ("the 2 best savings", 2),
        ("save 10 % with at most two changes", 2),
        ("save money in no more than 3 steps", 3),
        ("plan savings with fewer than 4 changes", 3),
        ("plan savings under 1 change", None),
        ("plan the first one", None),
        ("top 5 users", None),
    ],
)
def test_a_number_of_recommendations_is_read(message: str, top: int | None) -> None:
    assert constraints(message).top == top


@pytest.mark.parametrize(
    ("message", "rpm", "tpm"),
    [
        ("Our limit is 500 requests per minute", 500, None),
        ("we have 2M TPM", None, 2e6),
        ("rpm limit of 3,000 and 450k tokens a minute", 3000, 450_000),
    ],
)
def test_rate_limits_are_read(message: str, rpm: float | None, tpm: float | None) -> None:
    read = constraints(message)
    assert (read.rpm, read.tpm) == (rpm, tpm)


def test_limit_target_and_growth_of_one_message_do_not_mix() -> None:
    message = "20 % cheaper, keep feature Y under 200 ms, usage grows 30 %"
    read = constraints(message)
    assert (read.target_pct, read.growth_pct) == (20, 30)
    assert words_of(message, "target_pct") == ["20 % cheaper"]
    assert words_of(message, "growth_pct") == ["usage", "grows 30 %"]


@pytest.mark.parametrize(
    ("message", "field", "words"),
    [
        ("Cut the cost of search by 30 %", "target_pct", ["Cut", "by 30 %"]),
        ("How do we get thirty percent less?", "target_pct", ["thirty percent less"]),
        ("no Gemini, please", "excluded_providers", ["no Gemini"]),
        ("Keep search under 800 ms", "latency", ["Keep", "search", "under 800 ms"]),
        ("keep gpt-4.1 for chat", "keeps", ["keep gpt-4.1 for", "chat"]),
        ("p99 under 1 s", "latency", ["p99", "under 1 s"]),
        ("cut it, without batch", "excluded_kinds", ["without batch"]),
    ],
)
def test_spans_hold_the_words_and_no_others(message: str, field: str, words: list[str]) -> None:
    assert words_of(message, field) == words


def test_an_unknown_feature_is_kept_as_it_is_written_and_guessed() -> None:
    _, taken = take_constraints("don't touch Reranking", DATA)
    assert [each.certain for each in taken] == [True, False]


@pytest.mark.parametrize(
    "text",
    [
        "1" * 8000, "1," * 4000, "a-" * 4000, "no " * 2600, "keep the x under " * 450, "usage grow " * 700, "a1" * 4000,
        "cut " * 2500, "gpt 4 " * 1600, "save 3x over " * 700, "top three by " * 700,
    ],
)  # fmt: skip
def test_no_message_takes_long_to_read(text: str) -> None:
    take_constraints(text[:300], DATA)
    began = time.thread_time()
    take_constraints(text, DATA)
    assert time.thread_time() - began < 1.0  # s of computing, however busy the machine
