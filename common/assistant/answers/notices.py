"""What is said before an answer that is not quite what was asked for: another language, another currency."""

from collections.abc import Iterator

from common.assistant.question.model import Question

LANGUAGES = {
    "de": "Ich habe Ihre Frage gelesen, antworte ohne Sprachmodell aber auf Englisch.",
    "fr": "J'ai lu votre question, mais sans modèle de langue je réponds en anglais.",
    "es": "He leído su pregunta, pero sin modelo de lenguaje respondo en inglés.",
}
"""A language is added with its sentences here, and its words in common/assistant/reading/lexicon."""
_CURRENCY = "Amounts stay in USD: Apex assumes no exchange rate."


def notices(question: Question) -> Iterator[str]:
    """Each a line of its own."""
    if question.language in LANGUAGES:
        yield LANGUAGES[question.language]
    if question.currency is not None:
        yield _CURRENCY
