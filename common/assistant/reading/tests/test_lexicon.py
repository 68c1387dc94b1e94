"""The words of each language: every phrase is used as its file declares, in the example beside it."""

import pytest

from common.assistant.reading.data_names import index_of
from common.assistant.reading.lexicon import Phrase, languages, lexicon, words_of
from common.assistant.reading.periods import Calendar
from common.assistant.reading.scan import Scanner
from common.assistant.reading.signs import Mark
from common.assistant.reading.tests.catalogues import FIRST, LAST
from common.assistant.reading.tokens import tokenise
from common.assistant.reading.typos import Speller
from common.spend.semantics import DIMENSIONS, MEASURES, MeasureName

PHRASES = [
    pytest.param(language, phrase, id=f"{language}: {' '.join(phrase.words)}")
    for language in languages()
    for phrases in lexicon(language).phrases.values()
    for phrase in phrases
    if phrase.example
]


def marks_of(language: str, text: str) -> list[Mark]:
    known, names = lexicon(language), index_of(None)
    tokens = tokenise(text, decimal_comma=known.decimal_comma)
    return Scanner(known, names, Calendar(known, FIRST, LAST), Speller(language, names)).marks(tokens)


@pytest.mark.parametrize(("language", "phrase"), PHRASES)
def test_a_phrase_means_in_its_example_what_is_declared(language: str, phrase: Phrase) -> None:
    words = words_of(phrase.example)
    places = [at for at in range(len(words)) if words[at : at + len(phrase.words)] == phrase.words]
    marks = marks_of(language, phrase.example)
    found = [mark for mark in marks if mark.first in places and mark.end == mark.first + len(phrase.words)]
    assert [(mark.sign, mark.value, mark.topic) for mark in found][:1] == [(phrase.sign, phrase.value, phrase.topic)]


@pytest.mark.parametrize("measure", MEASURES)
def test_the_title_and_synonyms_of_a_measure_are_words(measure: MeasureName) -> None:
    spec = MEASURES[measure]
    for words in (spec.title, *spec.synonyms):
        assert any(measure in str(mark.value).split() for mark in marks_of("en", f"show {words}")), words


def test_every_dimension_can_be_said() -> None:
    for name, spec in DIMENSIONS.items():
        assert any(mark.value == name for mark in marks_of("en", f"cost by {name}")), name
        assert any(mark.value == name for mark in marks_of("en", f"cost of {spec.plural}")), name
