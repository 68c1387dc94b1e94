"""A model that writes with ids: what misattributes a figure gets nowhere, what is right stays."""

import itertools
import re
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Template

import pytest

from common.contract.answer import Fact, Scope, Unit
from common.figures.sentences import Name, say
from common.figures.slots import Slots, slots_of
from common.figures.vocabulary import vocabulary
from common.figures.written import written
from common.runs.step import Sentence, ShownFigure, ToolEvidence, ToolResult
from common.spend.semantics import MEASURES, MeasureName

NOVEMBER = "1 November to 30 November 2026"
FEATURES = ("chat", "search", "doc-summary", "Invoice OCR", "nightly_digest")
_LONGEST_S = 3.0
MONTH, WEEK, BEFORE = ("2026-11-01", "2026-11-30"), ("2026-11-24", "2026-11-30"), ("2026-11-17", "2026-11-23")
ATTACKS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("misattributions.toml").read_text("utf-8"))
SPOKEN = {
    MeasureName.COST: ("usd", "cost"),
    MeasureName.REASONING_COST: ("usd", "reasoning spend of"),
    MeasureName.REQUESTS: ("requests", "calls"),
    MeasureName.LATENCY_P95: ("ms", "p95 latency"),
}


def fact(measure: MeasureName, name: str | None, days: tuple[str, str], value: float) -> Fact:
    unit: Unit = {"USD": "usd", "requests": "requests", "ms": "ms"}[MEASURES[measure].unit]  # type: ignore[assignment]
    scope = Scope(measure=measure, names=[name] if name else [], first=days[0], last=days[1])
    return Fact(name=MEASURES[measure].title.casefold(), value=value, unit=unit, of=scope)


KEYS = [*itertools.product(SPOKEN, (*FEATURES, None), (MONTH, WEEK, BEFORE))]
FACTS = {key: fact(*key, value=17.25 + 3.5 * place) for place, key in enumerate(KEYS)}


def statements() -> Iterator[Sentence]:
    for (measure, name, _), each in FACTS.items():
        title = MEASURES[measure].title
        yield (
            say("{title} of {name}: {fact}.", title=title, name=Name(name), fact=each)
            if name
            else say("{title}: {fact}.", title=title, fact=each)
        )
    yield say("{name} cost the most: {fact}.", name=Name("chat"), fact=FACTS[MeasureName.COST, "chat", MONTH])


@pytest.fixture(scope="module")
def slots() -> Slots:
    result = ToolResult(summary="", headline=list(statements()), names=[*FEATURES, "ada@example.com"])
    return slots_of([ToolEvidence(source=7, agent="data", tool="query_usage", call_id="1", result=result)])


class Ids:
    """The ids of what was found."""

    def __init__(self, slots: Slots) -> None:
        self.fact = {key: next(i for i, s in slots.facts.items() if s.fact == each) for key, each in FACTS.items()}
        self.name = {name: key for key, name in slots.names.items()}
        self.days = {days: key for key, days in slots.periods.items()}


def right(ids: Ids) -> Iterator[str]:
    for measure, name, days in KEYS:
        figure, words = ids.fact[measure, name, days], SPOKEN[measure][1]
        period = ids.days[days]
        if name is None:
            yield f"In {{{period}}} the {words} in all came to {{{figure}}}."
            yield f"The {words} in all came to {{{figure}}}."
        else:
            yield f"The {words} {{{ids.name[name]}}} came to {{{figure}}} in {{{period}}}."
            yield f"For {{{ids.name[name]}}}, we see {{{figure}}} of {words}."
            yield f"{{{ids.name[name]}}}: {{{figure}}} of {words} in {{{period}}}."
    for (one, two), days in itertools.product(itertools.pairwise(FEATURES), (MONTH, WEEK, BEFORE)):
        a, b = ids.fact[MeasureName.COST, one, days], ids.fact[MeasureName.COST, two, days]
        yield f"{{{ids.name[one]}}} cost {{{a}}}, and {{{ids.name[two]}}} cost {{{b}}}."
        yield f"{{{ids.name[one]}}} and {{{ids.name[two]}}} cost {{{a}}} and {{{b}}}."
        whole = ids.fact[MeasureName.COST, None, days]
        yield f"Of {{{whole}}} spent in {{{ids.days[days]}}}, {{{ids.name[one]}}} took {{{a}}}."


def wrong(ids: Ids) -> Iterator[str]:
    cost, calls = MeasureName.COST, MeasureName.REQUESTS
    for (one, two), days in itertools.product(itertools.permutations(FEATURES, 2), (MONTH, WEEK, BEFORE)):
        figure = ids.fact[cost, two, days]
        yield f"{{{ids.name[one]}}} cost {{{figure}}}."
        yield f"{{{ids.name[one]}}} cost {{{figure}}} and {{{ids.name[two]}}} cost {{{ids.fact[cost, one, days]}}}."
    for name in FEATURES:
        for days, other in itertools.permutations((MONTH, WEEK, BEFORE), 2):
            yield f"In {{{ids.days[days]}}}, {{{ids.name[name]}}} cost {{{ids.fact[cost, name, other]}}}."
        yield f"{{{ids.name[name]}}} cost {{{ids.fact[cost, None, MONTH]}}}."
        yield f"{{{ids.name[name]}}} had {{{ids.fact[calls, name, MONTH]}}} failed calls, 42 % of all."
        yield f"Reasoning for {{{ids.name[name]}}} cost {{{ids.fact[cost, name, MONTH]}}}."
        yield f"Last week {{{ids.name[name]}}} cost {{{ids.fact[cost, name, MONTH]}}}."
        yield f"On 3 November {{{ids.name[name]}}} cost {{{ids.fact[cost, name, MONTH]}}}."
        yield f"{{{ids.name[name]}}} costs 12.50 USD a day."
        yield f"The cost of {{{ids.name[name]}}} fell to {{{ids.fact[cost, name, WEEK]}}}."
        yield f"Moving {{{ids.name[name]}}} is safe and takes {{{ids.fact[cost, name, WEEK]}}} off."
        yield f"{{{ids.name[name]}}} cost {{{ids.fact[cost, name, WEEK]}}} because of retries."
    for days in (MONTH, WEEK, BEFORE):
        yield f"chat cost {{{ids.fact[cost, 'search', days]}}}."
        yield f"ada@example.com spent {{{ids.fact[cost, None, days]}}}."
        yield f"You would save {{{ids.fact[cost, None, days]}}} twice, so about half of the bill."
        yield f"{{f999}} of {{{ids.fact[cost, None, days]}}} was wasted."
        yield f"The cheapest was {{n2}} at {{{ids.fact[cost, 'search', days]}}}."
    yield "Your spend is the highest of all."
    yield "A third of it can be saved."
    yield "{n1 cost twice as much."


def filled(template: str, ids: Ids) -> str:
    """An attack of the table with the ids of what it is about."""
    cost, chat = MeasureName.COST, "chat"
    keys = {
        "chat": ids.name["chat"],
        "search": ids.name["search"],
        "a": ids.fact[cost, chat, MONTH],
        "s": ids.fact[cost, "search", MONTH],
        "w": ids.fact[cost, chat, WEEK],
        "b": ids.fact[cost, chat, BEFORE],
        "all": ids.fact[cost, None, MONTH],
        "calls": ids.fact[MeasureName.REQUESTS, chat, MONTH],
        "slow": ids.fact[MeasureName.LATENCY_P95, chat, MONTH],
        "month": ids.days[MONTH],
        "week": ids.days[WEEK],
        "before": ids.days[BEFORE],
    }
    return Template(template).substitute({name: f"{{{key}}}" for name, key in keys.items()})


def test_none_of_two_hundred_misattributions_gets_through(slots: Slots) -> None:
    attacks = list(dict.fromkeys(wrong(Ids(slots))))
    assert len(attacks) >= 200
    through = {attack: kept for attack in attacks if (kept := written(attack, slots).text)}
    assert through == {}


@pytest.mark.parametrize("kind", ATTACKS)
def test_no_sentence_that_the_statements_do_not_make_true_gets_through(kind: str, slots: Slots) -> None:
    ids = Ids(slots)
    through = {attack: kept for attack in ATTACKS[kind] if (kept := written(filled(attack, ids), slots).text)}
    assert through == {}


def test_none_of_two_hundred_right_sentences_is_lost(slots: Slots) -> None:
    sentences = list(right(Ids(slots)))
    assert len(sentences) >= 200
    lost = [sentence for sentence in sentences if not written(sentence, slots).text]
    assert lost == []


def test_no_word_of_the_vocabulary_may_carry_a_claim_on_its_own() -> None:
    """A new word is a decision: it is harmless in any place, beside any figure, or it does not get in."""
    words = vocabulary()
    single = {word for word in words.verbs | words.fillers if " " not in word}
    assert words.verbs | words.fillers == single | {
        *("came to", "comes to", "amounted to", "amounts to", "we see", "in all"),
    }
    assert " ".join(sorted(single)) == "are at during for had has in is of takes the took was were with you your"
    assert words.before_periods <= words.fillers
    assert words.loose == {"the", "a", "an", "at", "with"}


def test_a_repeated_statement_is_shown_in_the_products_own_words(slots: Slots) -> None:
    ids = Ids(slots)
    chat, figure = ids.name["chat"], ids.fact[MeasureName.COST, "chat", MONTH]
    shown = f"`chat` cost the most: {FACTS[MeasureName.COST, 'chat', MONTH].value:.2f} USD ({NOVEMBER})."
    for said in (
        "{{{0}}} cost the most: {{{1}}}.",
        "**{{{0}}}** cost most, at -{{{1}}}!",
        "[{{{0}}}] cost most {{{1}}}",
    ):
        assert written(said.format(chat, figure), slots).text in (shown, "")
    assert written(f"{{{chat}}} cost the most, at {{{figure}}}.", slots).text == shown


def statement_slots(*texts: Sentence) -> Slots:
    result = ToolResult(summary="", headline=list(texts))
    return slots_of([ToolEvidence(source=7, agent="data", tool="explain", call_id="1", result=result)])


def test_a_sentence_that_speaks_of_the_one_before_it_is_shown_after_that_one_only() -> None:
    slots = statement_slots(say("Moving chat is an option. It needs an evaluation first. Search stays."))
    assert written("It needs an evaluation first.", slots).text == ""
    assert written("Search stays. It needs an evaluation first.", slots).text == "Search stays."
    both = "Moving chat is an option. It needs an evaluation first."
    assert written(both, slots).text == both


def test_no_statement_runs_into_the_next_sentence() -> None:
    cost = FACTS[MeasureName.COST, "chat", MONTH]
    slots = statement_slots(
        say("{name} cost {cost}.", name=Name("chat"), cost=cost),
        say("You can save:"),
        say("Move chat to another model"),
    )
    assert written("You can save: \n{n1} cost {f1}", slots).text == f"`chat` cost 17.25 USD ({NOVEMBER})."
    assert written("Move chat to another model\nIn short:", slots).text == "Move chat to another model.\nIn short:"
    assert written("{n1}: {f1}", slots).text == f"`chat`: 17.25 USD ({NOVEMBER})."


def test_a_figure_of_a_repeated_statement_keeps_the_words_that_the_product_has_for_it() -> None:
    span = ShownFigure(text="35 days", fact=Fact(name="span", value=3_024_000_000, unit="ms"))
    slots = statement_slots(say("{name} covers {span}.", name=Name("shop"), span=span))
    kept = written("{n1} covers {f1}.", slots)
    assert kept.text == "`shop` covers 35 days."
    assert [figure.text for figure in kept.figures] == ["35 days"]


def test_no_id_of_a_statement_is_cut_by_a_figure_that_looks_like_it() -> None:
    one = Fact(name="places", value=1, unit="count")
    slots = statement_slots(say("{name} has {one}.", name=Name("shop"), one=one))
    assert [each.text for each in slots.statements] == ["{n1} has {f1}."]


def test_a_name_that_looks_like_an_id_fills_in_nothing() -> None:
    one = Fact(name="places", value=17, unit="count")
    slots = statement_slots(say("{one} of shop.", one=one), Sentence(text="Move `{f1}` to another model."))
    assert written("Move {f1} to another model.", slots).text == ""


def test_a_negation_of_a_statement_is_never_left_out_or_put_in(slots: Slots) -> None:
    cost = FACTS[MeasureName.COST, "chat", MONTH]
    found = statement_slots(say("{name} did not exceed {cost}.", name=Name("chat"), cost=cost))
    assert written("{n1} did exceed {f1}.", found).text == ""
    assert written("{n1} did not exceed {f1}.", found).text.startswith("`chat` did not exceed")
    ids = Ids(slots)
    denied = f"{{{ids.name['chat']}}} did not cost the most: {{{ids.fact[MeasureName.COST, 'chat', MONTH]}}}."
    assert written(denied, slots).text == ""


def test_a_figure_gets_the_name_and_the_days_that_its_sentence_leaves_open_from_code(slots: Slots) -> None:
    ids = Ids(slots)
    figure = f"{{{ids.fact[MeasureName.COST, 'search', MONTH]}}}"
    kept = written(f"You spent {figure}.", slots).text
    assert kept.endswith(f"USD (search, {NOVEMBER}).")
    with_days = written(f"In {{{ids.days[MONTH]}}} you spent {figure}.", slots).text
    assert with_days.endswith("USD (search).")


@pytest.mark.parametrize("above", ["# $chat\nThe cost: $s", "- $chat\n  - $s", "> $chat\n\n1. $s", "About $chat. $s."])
def test_a_name_on_a_line_of_its_own_gives_no_figure_its_name(above: str, slots: Slots) -> None:
    kept = written(filled(above, Ids(slots)), slots).text
    assert "(search, " in kept
    assert "chat" not in kept


def test_a_list_of_a_model_has_no_order(slots: Slots) -> None:
    ids = Ids(slots)
    text = written(filled("1. $search cost $s.\n2. $chat cost $a.", ids), slots).text
    assert [line[:3] for line in text.split("\n")] == ["- `", "- `"]


def test_every_figure_of_a_kept_text_is_an_exact_part_of_it_with_its_source(slots: Slots) -> None:
    for sentence in right(Ids(slots)):
        kept = written(sentence, slots)
        assert kept.figures
        assert all(figure.text in kept.text and figure.source == 7 for figure in kept.figures)


def test_a_connecting_sentence_stays_and_says_nothing(slots: Slots) -> None:
    assert written("Here is what was found:", slots).text == "Here is what was found:"
    assert not any(re.search(r"[{}0-9]", text) for text in vocabulary().connecting)


@pytest.mark.parametrize(
    "text", ["{n1} " * 4000, "{n1}, " * 4000, "a" * 20000, "{" * 20000, "cost of " * 4000, ". A" * 9000]
)
@pytest.mark.timeout(30)
def test_no_text_of_a_model_takes_long_to_check(text: str, slots: Slots) -> None:
    before = time.process_time()  # of this process alone: a busy machine does not count
    assert written(text, slots).text == ""
    assert time.process_time() - before < _LONGEST_S
