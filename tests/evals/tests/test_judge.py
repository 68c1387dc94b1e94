"""The judge: it knows two spellings of one reading for the same, and catches what differs."""

import pytest

from common.assistant.question.draft import AskBack, Draft
from common.assistant.question.model import Format, Operation, Part, Question
from common.contract.answer import Answer, Figure
from tests.evals.data import Data, data_named
from tests.evals.expected_figures import figures_of
from tests.evals.judge import Judged, Verdict, judged
from tests.evals.normal import same_part
from tests.evals.notation import readings_of
from tests.evals.written_questions import Message, WrittenQuestion


@pytest.fixture(scope="module")
def shop() -> Data:
    return data_named("shop")


def _part(line: str) -> Part:
    return readings_of(line)[0][0]


def _written(want: str = "", *, answers: str = "", unread: tuple[str, ...] = ()) -> WrittenQuestion:
    readings = readings_of(want) if want else ()
    message = Message("say", readings, frozenset(answers.split()), Format(), None, None, unread, ())
    return WrittenQuestion("id", "kind", "shop", "en", "develop", (message,))


def _judged(want: str, read: str, shop: Data, answer: Answer | None = None) -> Judged:
    return judged(_written(want), 0, Draft(question=Question(parts=readings_of(read)[0])), shop, answer)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cost | in last_week", "cost | in 2026-11-18..2026-11-24"),
        ("cost | in this_month", "cost | in 2026-11-01..2026-11-30"),
        ("cost", "cost | in 2026-10-21..2026-11-24"),
        ("cost | feature = Invoice OCR", "cost | feature = invoice_ocr"),
        ("cost, requests | by feature, model", "requests, cost | by model, feature"),
        ("cost | by feature", "cost | by feature | order cost desc"),
        ("cost | feature != support_agent | model = gpt-4o", "cost | model = gpt-4o | feature != support_agent"),
        ("plan | feature = code review", "plan | feature = code-review"),
        ("plan | in last_days 35", "plan"),
        ("what_if | models: gpt-4o-mini", "what_if | models: openai/gpt-4o-mini"),
    ],
)
def test_two_spellings_of_one_reading_are_the_same(one: str, other: str, shop: Data) -> None:
    assert same_part(_part(one), _part(other), shop)


@pytest.mark.parametrize(
    ("expected", "read"),
    [
        ("cost | feature = support_agent", "cost"),
        ("cost | feature = support_agent", "cost | feature != support_agent"),
        ("cost | in last_week", "cost"),
        ("cost | in last_week", "cost | in week_before"),
        ("cost", "requests"),
        ("cost | by feature", "cost | by model"),
        ("cost | by feature | top 3", "cost | by feature | top 2"),
        ("cost | by feature | order cost asc", "cost | by feature | order cost desc"),
        ("cost | in last_week | vs previous", "cost | in last_week"),
        ("cost | by feature | cost >= 20", "cost | by feature"),
        ("cost", "plan"),
        ("plan | target_pct: 20", "plan | target_pct: 30"),
        ("plan | target_pct: 20", "plan | target_pct: 20 | excluded_kinds: batch"),
        ("plan | feature = support_agent", "plan"),
        ("plan | in last_week", "plan"),
        ("what_if | models: gpt-4o-mini", "what_if | models: gpt-4o"),
        ("explain | refers: 1", "explain | refers: 2"),
        ("explain | topic: why", "explain | topic: how_sure"),
        ("cost | in 2026-08-01..2026-08-31", "cost | in 2026-07-01..2026-07-31"),
    ],
)
def test_what_differs_is_caught(expected: str, read: str, shop: Data) -> None:
    assert not same_part(_part(expected), _part(read), shop)
    assert _judged(expected, read, shop).verdict not in (Verdict.COMPLETE, Verdict.DECLINED_RIGHTLY)


def test_one_of_two_parts_is_a_part_and_a_part_too_much_is_no_whole(shop: Data) -> None:
    assert _judged("cost ;; requests", "requests", shop).verdict == Verdict.PART
    assert _judged("cost", "cost ;; requests", shop).verdict == Verdict.PART
    assert _judged("cost ;; requests", "requests ;; cost", shop).verdict == Verdict.COMPLETE


def test_a_plan_that_nobody_asked_for_is_called_one(shop: Data) -> None:
    assert _judged("cost", "plan", shop).verdict == Verdict.DEFAULT_PLAN
    assert _judged("plan | target_pct: 5", "plan", shop).verdict == Verdict.WRONG_READING


def test_a_word_listed_as_not_used_must_be_one(shop: Data) -> None:
    read = Question(parts=(_part("cost"),), unread=("bot",))
    assert judged(_written("cost"), 0, Draft(question=read), shop).verdict == Verdict.PART
    assert judged(_written("cost", unread=("Bot",)), 0, Draft(question=read), shop).verdict == Verdict.COMPLETE
    said_nothing = Draft(question=Question(parts=(_part("cost"),)))
    assert judged(_written("cost", unread=("bot",)), 0, said_nothing, shop).verdict == Verdict.PART


def test_a_format_that_was_not_wanted_for_is_no_whole(shop: Data) -> None:
    read = Question(parts=(_part("cost"),), format=Format(kind="table"))
    found = judged(_written("cost"), 0, Draft(question=read), shop)
    assert (found.verdict, found.is_harmless) == (Verdict.PART, True)


def test_a_question_back_is_harmless_where_an_answer_was_expected_and_right_where_it_was_not(shop: Data) -> None:
    back = Draft(question=Question(parts=(_part("cost"),)), ask_back=AskBack("Which?", ()))
    found = judged(_written("requests"), 0, back, shop)
    assert (found.verdict, found.is_harmless) == (Verdict.ASKED_BACK, True)
    assert judged(_written(answers="ask"), 0, back, shop).verdict == Verdict.COMPLETE
    assert judged(_written(answers="not_held"), 0, back, shop).verdict == Verdict.DECLINED_RIGHTLY


def test_what_is_not_held_may_not_be_answered_with_something_else(shop: Data) -> None:
    total = Draft(question=Question(parts=(_part("cost"),), unread=("chatbot",)))
    assert judged(_written(answers="not_held"), 0, total, shop).verdict == Verdict.WRONG_READING
    august = Draft(question=Question(parts=(_part("cost | in 2026-08-01..2026-08-31"),)))
    assert judged(_written(answers="not_held"), 0, august, shop).verdict == Verdict.DECLINED_RIGHTLY


def test_declining_is_right_only_where_it_is_expected(shop: Data) -> None:
    outside = Draft(question=Question(parts=(Part(operation=Operation.OUTSIDE),)))
    assert judged(_written(answers="decline"), 0, outside, shop).verdict == Verdict.DECLINED_RIGHTLY
    assert judged(_written("cost"), 0, outside, shop).verdict == Verdict.DECLINED_WRONGLY


def _answer(text: str, shown: str, value: float) -> Answer:
    return Answer(text=text, figures=[Figure(text=shown, value=value, unit="usd", source=3)])


def test_an_answer_must_open_with_the_figure_that_the_rows_give(shop: Data) -> None:
    right = shop.truth.total(_part("cost").query, shop.truth.days, [])[0]
    assert right is not None
    shown = f"{right:,.2f} USD"
    opening = _answer(f"You spent {shown}.\n\nMore.", shown, right)
    assert _judged("cost", "cost", shop, opening).verdict == Verdict.COMPLETE
    mail = _answer(f"Hello,\n\nYou spent {shown}.", shown, right)
    assert _judged("cost", "cost", shop, mail).verdict == Verdict.COMPLETE
    other = Figure(text="5.00 USD", value=5.0, unit="usd", source=3)
    below = Answer(text=f"5.00 USD.\n\nYou spent {shown}.", figures=[*mail.figures, other])
    assert _judged("cost", "cost", shop, below).verdict == Verdict.WRONG_FIGURE
    wrong = _judged("cost", "cost", shop, _answer("You spent 5.00 USD.", "5.00 USD", 5.0))
    assert (wrong.verdict, wrong.is_harmless) == (Verdict.WRONG_FIGURE, False)


def test_language_audience_and_currency_are_part_of_a_reading(shop: Data) -> None:
    plain = Question(parts=(_part("cost"),))
    changes: list[dict[str, str]] = [{"language": "de"}, {"audience": "cfo"}, {"currency": "EUR"}]
    found = [judged(_written("cost"), 0, Draft(question=plain.model_copy(update=change)), shop) for change in changes]
    assert [(each.verdict, each.is_harmless) for each in found] == [(Verdict.PART, True)] * 3


def test_the_figure_of_lines_is_that_of_the_first_one_or_how_many_are_within_a_threshold(shop: Data) -> None:
    by_feature = _part("cost | by feature").query
    costs = sorted(
        cost for (cost,) in shop.truth.lines(by_feature, shop.truth.days, by_feature.measures).values() if cost
    )
    assert [number for number, _ in figures_of(by_feature, shop)] == [costs[-1]]
    assert [number for number, _ in figures_of(_part("cost | by feature | cost <= 50").query, shop)] == [5]
    assert [number for number, _ in figures_of(_part("cost | by feature | order cost asc").query, shop)] == [costs[0]]


def test_the_figures_of_a_comparison_are_both_totals(shop: Data) -> None:
    both = _part("cost | in last_week | vs previous").query
    weeks = [_part(f"cost | in {week}").query for week in ("last_week", "week_before")]
    assert figures_of(both, shop) == figures_of(weeks[0], shop) + figures_of(weeks[1], shop)
    assert figures_of(_part("cost | by feature | in last_week | vs previous").query, shop) == figures_of(both, shop)


def test_what_the_rows_do_not_tell_is_no_zero(shop: Data) -> None:
    unknown = "quality | feature = Invoice OCR"
    zero = Answer(text="Quality: 0.", figures=[Figure(text="0", value=0.0, unit="count", source=3)])
    assert _judged(unknown, unknown, shop, zero).verdict == Verdict.WRONG_FIGURE
    assert _judged(unknown, unknown, shop, Answer(text="No answer has a score.")).verdict == Verdict.COMPLETE
