"""A model that writes with ids: what misattributes a figure gets nowhere, what is right stays."""

import itertools
from collections.abc import Iterator

import pytest

from common.contract.answer import Fact, Scope, Unit
from common.figures.sentences import Name, say
from common.figures.slots import Slots, slots_of
from common.figures.written import written
from common.runs.step import Sentence, ToolEvidence, ToolResult
from common.spend.semantics import MEASURES, MeasureName

FEATURES = ("chat", "search", "doc-summary", "Invoice OCR", "nightly_digest")
MONTH, WEEK, BEFORE = ("2026-11-01", "2026-11-30"), ("2026-11-24", "2026-11-30"), ("2026-11-17", "2026-11-23")
ABOUT = Scope(measure="cost", first=MONTH[0], last=MONTH[1])
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


def test_none_of_two_hundred_misattributions_gets_through(slots: Slots) -> None:
    attacks = list(dict.fromkeys(wrong(Ids(slots))))
    assert len(attacks) >= 200
    through = {attack: kept for attack in attacks if (kept := written(attack, slots, about=ABOUT).text)}
    assert through == {}


def test_none_of_two_hundred_right_sentences_is_lost(slots: Slots) -> None:
    sentences = list(right(Ids(slots)))
    assert len(sentences) >= 200
    lost = [sentence for sentence in sentences if not written(sentence, slots, about=ABOUT).text]
    assert lost == []


def test_a_figure_of_other_days_than_the_answers_gets_its_days_from_code(slots: Slots) -> None:
    ids = Ids(slots)
    text = written(f"You spent {{{ids.fact[MeasureName.COST, None, WEEK]}}}.", slots, about=ABOUT).text
    assert WEEK[0] in text or "24" in text
    whole = written(f"You spent {{{ids.fact[MeasureName.COST, None, MONTH]}}}.", slots, about=ABOUT).text
    assert "(" not in whole


def test_every_figure_of_a_kept_text_is_an_exact_part_of_it_with_its_source(slots: Slots) -> None:
    for sentence in right(Ids(slots)):
        kept = written(sentence, slots, about=ABOUT)
        assert kept.figures
        assert all(figure.text in kept.text and figure.source == 7 for figure in kept.figures)


def test_numbers_of_the_customers_own_words_may_be_repeated(slots: Slots) -> None:
    assert written("You want 30 % less.", slots, question="Cut it by 30 %").text == "You want 30 % less."
    assert written("You want 40 % less.", slots, question="Cut it by 30 %").text == ""


def test_markup_of_a_model_is_not_shown(slots: Slots) -> None:
    text = "<b>See</b> ![x](https://evil.example/p.png) below."
    assert written(text, slots).text == "See  below."
