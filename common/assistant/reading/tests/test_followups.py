"""Follow-ups: each is the whole question again, with what the message changes in it."""

from datetime import date

import pytest

from common.assistant.question.draft import Draft, LastTurn
from common.assistant.question.model import Constraints, Operation, Part
from common.assistant.reading.read import read
from common.assistant.reading.tests.catalogues import draft_of, shop
from common.spend.semantics import Condition, DimensionName, MeasureName, Period, PeriodName, Threshold, UsageQuery

D, M = DimensionName, MeasureName
CHAT = Condition(dimension=D.FEATURE, values=("chat",))
NOT_BATCH = Condition(dimension=D.TIER, values=("batch",), negated=True)


def after(first: str, *messages: str) -> Draft:
    """What is read of the last message of a thread."""
    draft = draft_of(first)
    for message in messages:
        last = LastTurn(
            question=draft.question,
            recommendations=("one", "two", "three"),
            options=draft.ask_back.options if draft.ask_back else (),
            was_ask_back=draft.ask_back is not None,
        )
        draft = read(message, shop(), last)
    return draft


def part_after(first: str, *messages: str) -> Part:
    draft = after(first, *messages)
    assert draft.ask_back is None
    assert draft.question.unread == ()
    return draft.question.parts[0]


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        ("no, only chat", {"where": (CHAT,)}),
        ("exclude chat", {"where": (CHAT.model_copy(update={"negated": True}),)}),
        ("without batch", {"where": (NOT_BATCH,)}),
        ("and for chat?", {"where": (CHAT,)}),
        ("and last week?", {"period": Period(name=PeriodName.LAST_WEEK)}),
        (
            "what about November?",
            {"period": Period(name=PeriodName.BETWEEN, first=date(2026, 11, 1), last=date(2026, 11, 30))},
        ),
        ("by model instead", {"by": (D.MODEL,)}),
        ("also by day", {"by": (D.FEATURE, D.DAY)}),
        ("top 5", {"top": 5}),
        ("and requests?", {"measures": (M.REQUESTS,)}),
    ],
)
def test_a_follow_up_changes_what_it_says_and_keeps_the_rest(message: str, changes: dict[str, object]) -> None:
    before = UsageQuery(measures=(M.COST,), by=(D.FEATURE,))
    after_it = part_after("cost by feature", message).query
    assert after_it.model_copy(update={"order": None}) == before.model_copy(update=changes)


def test_what_is_excluded_is_taken_off_what_was_included() -> None:
    query = part_after("cost of chat and search by model", "without search").query
    assert query.where == (CHAT,)


def test_excluding_twice_excludes_both() -> None:
    query = part_after("cost by model", "exclude chat", "and exclude search").query
    assert query.where == (Condition(dimension=D.FEATURE, values=("chat", "search"), negated=True),)


def test_all_models_takes_the_filter_by_model_off() -> None:
    assert part_after("cost of gpt-4o by feature", "all models").query.where == ()


def test_how_the_answer_looks_changes_without_the_question() -> None:
    draft = after("cost by feature", "as a table")
    assert draft.question.format.kind == "table"
    assert draft.question.parts == draft_of("cost by feature").question.parts


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        ("why?", "why"),
        ("how sure are you?", "how_sure"),
        ("what did you assume?", "assumed"),
        ("where does that figure come from?", "source"),
        ("how did you calculate that?", "method"),
    ],
)
def test_a_question_about_the_answer_is_explained(message: str, topic: str) -> None:
    part = part_after("How can we cut the bill by 20 %?", message)
    assert (part.operation, part.topic) == (Operation.EXPLAIN, topic)


def test_recommendations_are_pointed_at_by_their_position() -> None:
    more = part_after("How can we cut the bill by 20 %?", "more detail on the second")
    assert (more.operation, more.refers) == (Operation.EXPLAIN, (2,))
    plan = part_after("How can we cut the bill by 20 %?", "plan the first one")
    assert (plan.operation, plan.refers, plan.constraints.target_pct) == (Operation.PLAN, (1,), 20)


def test_a_bare_percentage_is_the_new_target_of_a_plan() -> None:
    part = part_after("Cut chat by 20 % without batch", "what about 40 %?")
    assert (part.operation, part.constraints.target_pct, part.constraints.excluded_kinds) == (
        Operation.PLAN,
        40,
        ("batch",),
    )
    assert part.query.where == (CHAT,)


def test_a_message_that_stands_on_its_own_replaces_the_question() -> None:
    query = part_after("cost of chat by model last week", "How many requests did we make in November?").query
    assert (query.measures, query.where, query.by) == ((M.REQUESTS,), (), ())


def test_it_is_what_was_asked_about() -> None:
    part = part_after("cost of chat last week", "How can we make it cheaper?")
    assert (part.operation, part.query.where) == (Operation.PLAN, (CHAT,))


def test_nothing_is_asked_back_twice_in_a_row() -> None:
    assert after("purple monkey dishwasher").ask_back is not None
    second = after("purple monkey dishwasher", "green ham sandwich")
    assert second.ask_back is None
    assert second.question.doubts


CHAT_BY_USER = "cost of chat last week by user"


def _feature(*values: str) -> tuple[Condition, ...]:
    return (Condition(dimension=D.FEATURE, values=values),)


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        ("and in requests?", {"measures": (M.REQUESTS,)}),
        ("in requests?", {"measures": (M.REQUESTS,)}),
        ("in tokens", {"measures": (M.TOTAL_TOKENS,)}),
        ("and requests?", {"measures": (M.REQUESTS,)}),
        ("by requests", {"measures": (M.REQUESTS,)}),
        ("I meant requests", {"measures": (M.REQUESTS,)}),
        ("no, I meant requests", {"measures": (M.REQUESTS,)}),
        ("and by cost?", {}),
        ("below 1 USD", {"threshold": Threshold(measure=M.COST, at_most=1)}),
        ("only those above 2", {"threshold": Threshold(measure=M.COST, at_least=2)}),
        ("only top 3", {"top": 3}),
        ("the bottom 3", {"top": 3}),
        ("smallest first", {}),
        ("by cost, smallest first", {}),
        ("also support_agent", {"where": _feature("chat", "support_agent")}),
        ("plus Invoice OCR", {"where": _feature("chat", "Invoice OCR")}),
        ("and doc-search too", {"where": _feature("chat", "doc-search")}),
        ("not chat, doc-search", {"where": _feature("doc-search")}),
        ("not chat but doc-search", {"where": _feature("doc-search")}),
        ("no, only doc-search", {"where": _feature("doc-search")}),
        ("no, for doc-search", {"where": _feature("doc-search")}),
        ("no, last month", {"period": Period(name=PeriodName.LAST_MONTH)}),
        (
            "no, in November",
            {"period": Period(name=PeriodName.BETWEEN, first=date(2026, 11, 1), last=date(2026, 11, 30))},
        ),
    ],
)
def test_a_follow_up_keeps_filter_period_and_group(message: str, changes: dict[str, object]) -> None:
    before = part_after(CHAT_BY_USER).query
    after_it = part_after(CHAT_BY_USER, message).query
    assert after_it.model_copy(update={"order": None}) == before.model_copy(update=changes)


@pytest.mark.parametrize(
    ("first", "message", "threshold"),
    [
        ("which days above 9 dollars?", "and above 10?", Threshold(measure=M.COST, at_least=10)),
        ("top 3 models by requests", "only those above 2000", Threshold(measure=M.REQUESTS, at_least=2000)),
        ("requests by model", "below 1 USD", Threshold(measure=M.COST, at_most=1)),
    ],
)
def test_a_new_limit_is_of_the_question_before(first: str, message: str, threshold: Threshold) -> None:
    before, after_it = part_after(first).query, part_after(first, message).query
    assert after_it.threshold == threshold
    assert (after_it.by, after_it.top) == (before.by, before.top)
    assert set(before.measures) <= set(after_it.measures)


@pytest.mark.parametrize(
    ("first", "message", "constraints"),
    [
        ("how do we save 10 %?", "make it 15", Constraints(target_pct=15)),
        ("how do we save 10 %?", "10 %", Constraints(target_pct=10)),
        ("forecast with 20 % growth", "make it 30", Constraints(growth_pct=30)),
        ("can we take a spike of 10x?", "our limit is 60 rpm", Constraints(burst=10, rpm=60)),
        ("business case", "100 USD", Constraints(hour_usd=100)),
        ("business case", "100 USD per hour", Constraints(hour_usd=100)),
        ("business case", "with engineers at 100 USD an hour", Constraints(hour_usd=100)),
    ],
)
def test_a_lone_amount_takes_the_place_of_its_kind(first: str, message: str, constraints: Constraints) -> None:
    assert part_after(first, message).constraints == constraints


def test_an_amount_without_a_use_is_not_passed_over() -> None:
    draft = after("how do we save 10 %?", "100 USD")
    assert draft.ask_back
    assert draft.question.unread == ("100", "USD")


@pytest.mark.parametrize("reply", ["no", "nope", "none of these"])
def test_a_refusal_is_not_taken_as_a_choice(reply: str) -> None:
    assert after("cost of chat except frob", reply).ask_back


@pytest.mark.parametrize(
    "message",
    [
        "executive summary",
        "one-paragraph executive summary",
        "summary for the board",
        "one-line summary",
        "summarise in two sentences",
        "five insights",
        "for my CFO in 3 bullets",
    ],
)
def test_a_summary_is_read_whole_in_its_format(message: str) -> None:
    draft = draft_of(message)
    assert draft.ask_back is None
    assert draft.question.unread == ()


@pytest.mark.parametrize("message", ["as a bar chart", "as a chart", "as a graph"])
def test_a_chart_of_the_answer_before_is_the_same_question(message: str) -> None:
    assert part_after("how do we save 10 %?", message) == part_after("how do we save 10 %?")


@pytest.mark.parametrize("message", ["and roll it back?", "how do we roll it back?", "how do we verify it?"])
def test_steps_are_those_of_the_plan_before(message: str) -> None:
    part = part_after("how do we save 10 %?", message)
    assert (part.operation, part.refers) == (Operation.PLAN, (1,))
    assert part_after("how do we save 10 %?", "plan the second one", message).refers == (2,)
