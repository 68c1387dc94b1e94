"""Which language a message is in."""

import time

import pytest

from common.assistant.reading.foreign import not_read
from common.assistant.reading.language import code_of, language_of, own_line


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Kosten letzte Woche?", "de"),
        ("kosten", "de"),
        ("keine Batch-Jobs", "de"),
        ("Fass search nicht an", "de"),
        ("Top 3 Nutzer", "de"),
        ("Hallo", "de"),
        ("Welches Modell?", "de"),
        ("Mach search doppelt so schnell", "de"),
        ("Kosten von support_agent und chat", "de"),
        ("coût par modèle", "fr"),
        ("Combien hier ?", "fr"),
        ("Pourquoi ?", "fr"),
        ("merci", "fr"),
        ("¿Por qué?", "es"),
        ("coste por modelo", "es"),
        ("¿Cuánto gastamos ayer?", "es"),
        ("cost by model", "en"),
        ("top models", "en"),
        ("p95 chat", "en"),
        ("gpt-4o", "en"),
        ("42", "en"),
        ("", "en"),
        ("\U0001f642", "en"),
        ("How much did Kosten_report cost last week?", "en"),
        ('Cost of the feature "coût par modèle"', "en"),
        ("Cost of résumé and naïve search", "en"),
        ("Quanto abbiamo speso la settimana scorsa?", "it"),
        ("Quanto gastamos na semana passada?", "pt"),
        ("Hoeveel hebben we vorige week uitgegeven?", "nl"),
        ("Ile wydaliśmy w zeszłym tygodniu?", "pl"),
        ("Hur mycket kostade det förra veckan?", "sv"),
        ("Hvor meget brugte vi i sidste uge?", "da"),
        ("Geçen hafta ne kadar harcama oldu?", "tr"),
        ("Kolik jsme utratili minulý týden?", "cs"),
        ("Paljonko maksoi viime viikolla?", "fi"),
        ("Сколько мы потратили на прошлой неделе?", "ru"),
        ("先週いくら使いましたか?", "ja"),
        ("上周花了多少钱?", "zh"),
        ("지난주에 얼마를 썼나요?", "ko"),
        ("كم أنفقنا الأسبوع الماضي؟", "ar"),
        ("Πόσο ξοδέψαμε;", ""),
    ],
)
def test_the_language_is_that_of_its_small_words_and_script(message: str, code: str) -> None:
    assert code_of(message) == code
    assert language_of(message) == (code if code in ("en", "de", "fr", "es") else "other")


@pytest.mark.parametrize("code", ["it", "pt", "nl", "pl", "sv", "tr", "cs", "ru", "ja", "zh", "ko", "ar"])
def test_twelve_languages_have_a_line_of_their_own(code: str) -> None:
    messages = {
        "it": "quanto costa", "pt": "quanto custou", "nl": "hoeveel hebben wij", "pl": "ile kosztuje",
        "sv": "hur mycket", "tr": "ne kadar", "cs": "kolik stojí", "ru": "сколько", "ja": "いくら", "zh": "多少钱",
        "ko": "얼마", "ar": "كم",
    }  # fmt: skip
    assert code_of(messages[code]) == code
    assert own_line(messages[code])


def test_a_message_in_another_language_is_not_read_at_all() -> None:
    draft = not_read("Ile wydaliśmy\n w zeszłym tygodniu?")
    assert draft.question.unread == ("Ile wydaliśmy w zeszłym tygodniu?",)
    assert draft.question.language == "other"
    assert draft.ask_back is not None
    assert draft.ask_back.text.endswith("Without a model I can read English, German, French and Spanish.")
    assert draft.ask_back.text.startswith("Bez modelu")
    assert not draft.is_certain


def test_a_language_without_a_line_is_answered_in_english_only() -> None:
    draft = not_read("Πόσο ξοδέψαμε;")
    assert draft.ask_back is not None
    assert draft.ask_back.text == "Without a model I can read English, German, French and Spanish."


@pytest.mark.parametrize("text", ["1" * 10_000, "wort " * 2000, "ü" * 10_000, "語" * 10_000, '"' * 10_000, "a_" * 5000])
def test_telling_the_language_takes_no_time(text: str) -> None:
    code_of("x")
    began = time.thread_time()
    code_of(text)
    assert time.thread_time() - began < 0.2  # s of computing
