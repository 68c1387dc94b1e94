"""German, French and Spanish questions ask what their English counterparts ask, or say what was not read."""

from itertools import chain

import pytest

from common.assistant.question.draft import Draft
from common.assistant.reading.data_names import index_of
from common.assistant.reading.gloss import GLOSSED, SILENT, Glossed, Wording, gloss, glossed
from common.assistant.reading.lexicon import lexicon
from common.assistant.reading.tests.catalogues import draft_of

PHRASES = [
    pytest.param(language, wording, id=f"{language}: {' '.join(wording.written or wording.words)}")
    for language in GLOSSED
    for phrases in gloss(language).phrases.values()
    for wording in phrases
]
ENGLISH = sorted(
    {wording.english for language in GLOSSED for wording in chain(*gloss(language).phrases.values())} - {(SILENT,)}
)
OF_CONSTRAINTS = frozenset(["keep", "stay", "twice", "fast", "touch", "quality"])
"""Words that only constraints are made of."""


@pytest.mark.parametrize(("language", "wording"), PHRASES)
def test_a_phrase_says_its_english_words(language: Glossed, wording: Wording) -> None:
    text = " ".join(wording.written or wording.words)
    norms = tuple(token.norm for token in glossed(language, f"p95 {text} p99", index_of(None)))
    assert norms == ("p95", *wording.english, "p99")


@pytest.mark.parametrize("english", ENGLISH, ids=" ".join)
def test_the_english_of_a_phrase_is_understood(english: tuple[str, ...]) -> None:
    words = lexicon("en")
    assert set(english) <= {*words.words, *words.calendar, *OF_CONSTRAINTS}


ALIKE = [
    ("de", "Was haben wir letzte Woche ausgegeben?", "What did we spend last week?"),
    ("de", "Kosten letzte Woche?", "Cost last week?"),
    ("de", "Kosten pro Modell", "Cost per model"),
    ("de", "Wie hoch sind die Kosten pro Anfrage?", "What is the cost per request?"),
    ("de", "Welches Modell kostet am meisten?", "Which model costs the most?"),
    ("de", "Welche Features haben die meisten Fehler?", "Which features have the most errors?"),
    ("de", "Wie viele Anfragen hatten wir gestern?", "How many requests did we have yesterday?"),
    ("de", "Kosten ohne chat", "Cost without chat"),
    ("de", "Kosten weder chat noch search", "Cost without chat and search"),
    ("de", "Fehlerrate pro Modell in den letzten 10 Tagen", "Error rate by model in the last 10 days"),
    ("de", "Kosten vom 14. bis 20. November", "Cost from 14 to 20 November"),
    ("de", "Kosten am 3. November", "Cost on 3 November"),
    ("de", "Kosten für chat letzten Monat", "Cost for chat last month"),
    ("de", "Kosten letzte Woche verglichen mit der Woche davor", "Cost last week compared with the week before"),
    ("de", "Welche Tage kosten mehr als 1.000,50 Dollar?", "Which days cost more than 1000.5 dollars?"),
    ("de", "Warum waren die Kosten am Dienstag so hoch?", "Why was the cost so high on Tuesday?"),
    ("de", "Kosten montags nach Stunde", "Cost on Mondays by hour"),
    ("de", "Kosten pro Feature, sortiert nach Anfragen", "Cost per feature, sorted by requests"),
    ("de", "Senke die Kosten um 30 %", "Reduce the cost by 30 %"),
    ("de", "Wie können wir 20 % sparen, ohne Gemini?", "How can we save 20 %, without Gemini?"),
    ("de", "Kosten auf unter 500 USD im Monat senken", "Reduce cost to below 500 USD a month"),
    ("de", "Rechnung auf 123,33 USD senken", "Reduce the bill to 123.33 USD"),
    ("de", "Die Kosten auf 70 % senken", "Reduce the cost to 70 %"),
    ("de", "Behalte gpt-4o für chat und spare 20 %", "Keep gpt-4o for chat and save 20 %"),
    ("de", "Was würde chat auf gpt-4o-mini kosten?", "What would chat cost on gpt-4o-mini?"),
    ("de", "Was wurde letzte Woche ausgegeben?", "What was spent last week?"),
    ("de", "Kosten ab 3. November", "Cost since 3 November"),
    ("de", "Kosten nach dem 3. November", "Cost after 3 November"),
    ("de", "Welche Nutzer haben die meisten Anfragen?", "Which users have the most requests?"),
    ("de", "Spare 10 %, keine Batch-Jobs", "Save 10 %, no batch jobs"),
    ("de", "Latenz halbieren", "halve the latency"),
    ("de", "Wie viel haben wir gespart?", "How much have we saved?"),
    ("fr", "La qualité ne doit pas tomber sous 95 %", "The quality must not drop below 95 %"),
    ("fr", "Réduire la facture à 1 200 dollars", "Reduce the bill to 1,200 dollars"),
    ("fr", "Réduire la facture à 1\u202f200,50 $ par mois", "Reduce the bill to $1,200.50 a month"),
    ("fr", "coût mardi dernier", "cost last Tuesday"),
    ("es", "coste el martes pasado", "cost last Tuesday"),
    ("de", "Welche Nutzer kosten mehr als 1'500 Dollar?", "Which users cost more than 1500 dollars?"),
    ("de", "Ich will nicht mehr als 500 USD im Monat ausgeben", "I want to spend at most 500 USD a month"),
    ("fr", "Nous ne voulons pas dépenser plus de 500 dollars par mois", "We want to spend at most 500 USD a month"),
    ("es", "No queremos gastar más de 500 dólares al mes", "We want to spend at most 500 USD a month"),
    ("fr", "coût avant le 3 novembre", "cost before 3 November"),
    ("fr", "coût par jour de la semaine", "cost by weekday"),
    ("es", "coste después del 3 de noviembre", "cost after 3 November"),
    ("es", "¿Cuántos tokens consumimos en octubre?", "How many tokens did we consume during October?"),
    ("fr", "coût par modèle", "cost per model"),
    ("fr", "Combien avons-nous dépensé la semaine dernière ?", "How much did we spend last week?"),
    ("fr", "Quel modèle coûte le plus cher ?", "Which model costs the most?"),
    ("fr", "Combien de requêtes hier ?", "How many requests yesterday?"),
    ("fr", "Taux d'erreur par fonctionnalité", "Error rate by feature"),
    ("fr", "Coût sans chat", "Cost without chat"),
    ("fr", "Coût ni chat ni search", "Cost without chat and search"),
    ("fr", "coût des 3 derniers jours", "cost of the last 3 days"),
    ("fr", "coût du 14 au 20 novembre", "cost from 14 to 20 November"),
    ("fr", "les 5 fonctionnalités les plus chères", "the 5 most expensive features"),
    ("fr", "Quels jours dépassent 20 dollars ?", "Which days exceed 20 dollars?"),
    ("fr", "Réduire la facture de 30 %", "Reduce the bill by 30 %"),
    ("fr", "Réduire la facture à 300 dollars", "Reduce the bill to 300 dollars"),
    ("fr", "Réduire à 70 % du coût", "Reduce to 70 % of the cost"),
    ("fr", "Ne touche pas à search", "Do not touch search"),
    ("fr", "Latence de chat sous 800 ms, économise 20 %", "Latency of chat below 800 ms, save 20 %"),
    ("es", "¿Cuánto gastamos la semana pasada?", "How much did we spend last week?"),
    ("es", "Coste por modelo", "Cost per model"),
    ("es", "¿Qué modelo cuesta más?", "Which model costs the most?"),
    ("es", "¿Cuántas peticiones tuvimos ayer?", "How many requests did we have yesterday?"),
    ("es", "tasa de error por proveedor este mes", "error rate by provider this month"),
    ("es", "Coste sin chat", "Cost without chat"),
    ("es", "Coste del 14 al 20 de noviembre", "Cost from 14 to 20 November"),
    ("es", "¿Cuáles son las 5 funciones más caras?", "What are the 5 most expensive features?"),
    ("es", "¿Han subido los costes la semana pasada?", "Has the cost gone up last week?"),
    ("es", "Reducir la factura un 30 %", "Reduce the bill by 30 %"),
    ("es", "Reducir la factura a 300 dólares", "Reduce the bill to 300 dollars"),
    ("es", "Ahorrar 20 % sin Gemini", "Save 20 % without Gemini"),
]


@pytest.mark.parametrize(("language", "message", "english"), ALIKE)
def test_a_question_is_read_as_its_english_counterpart(language: str, message: str, english: str) -> None:
    draft, counterpart = draft_of(message), draft_of(english)
    assert draft.question.parts == counterpart.question.parts
    assert draft.question.language == language
    assert draft.is_certain


@pytest.mark.parametrize(
    ("message", "word"),
    [
        ("Kosten nach Quantenmechanik", "Quantenmechanik"),
        ("Kosten ohne Bananen", "ohne"),
        ("Kosten, aber chat nicht", "nicht"),
        ("Was hätten wir mit gpt-4o-mini bezahlt?", "hätten"),
        ("Was kostet uns die Suche?", "Suche"),
        ("Kosten von chat, höchstwahrscheinlich keineswegs letzte Woche", "keineswegs"),
        ("Combien coûterait chat sur gpt-4o-mini ?", "coûterait"),
        ("Coût par modèle quantique", "quantique"),
        ("Coste sin plátanos", "sin"),
        ("¿Cuánto costaría chat con gpt-4o-mini?", "costaría"),
        ("die Kosten was also fast bald", "fast"),
        ("Exclude chat bitte", "Exclude"),
        ("only chat bitte", "only"),
        ("Wir haben 30 % gespart", "30"),
        ("Nous avons économisé 30 %", "30"),
        ("La calidad no debe bajar del 95 %", "95"),
    ],
)
def test_a_word_that_is_not_known_is_said_and_never_dropped(message: str, word: str) -> None:
    draft = draft_of(message)
    assert word in draft.question.unread
    assert not draft.is_certain


def because(draft: Draft) -> dict[str, str]:
    return {each.field: each.words for each in draft.because}


def test_what_was_read_is_shown_in_the_words_of_the_message() -> None:
    found = because(draft_of("Kosten letzte Woche ohne chat"))
    assert found["parts.0.query.measures"] == "Kosten"
    assert found["parts.0.query.period"] == "letzte Woche"
    assert found["parts.0.query.where"] in ("ohne", "chat")


def test_spans_of_constraints_are_of_the_message() -> None:
    draft = draft_of("Bitte die Rechnung um 30 % senken")
    words = [each.words for each in draft.because if each.field == "parts.0.constraints.target_pct"]
    assert words == ["30 % senken"]
