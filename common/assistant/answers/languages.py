"""What is said in the customer's own language where no model writes it: one text a language."""

from collections.abc import Mapping

from common.assistant.question.model import Language

ENGLISH_ONLY: Mapping[Language, str] = {
    "de": "Ihre Frage wurde auf Deutsch gelesen; die Antwort steht auf Englisch.",
    "fr": "Votre question a été lue en français\u00a0; la réponse est en anglais.",
    "es": "Su pregunta se ha leído en español; la respuesta está en inglés.",
}
"""Of languages that are read without a model."""
