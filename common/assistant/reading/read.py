"""The reader by rules: what a message asks, without a model."""

from collections.abc import Sequence
from dataclasses import replace

from common.assistant.question.draft import Draft, LastTurn
from common.assistant.question.model import Language
from common.assistant.reading.assemble import assembled
from common.assistant.reading.clauses import clauses_of
from common.assistant.reading.data_names import NameIndex, index_of
from common.assistant.reading.followups import followed_up
from common.assistant.reading.foreign import not_read
from common.assistant.reading.gloss import GLOSSED, glossed
from common.assistant.reading.language import language_of
from common.assistant.reading.leftover import about_leftover
from common.assistant.reading.lexicon import lexicon
from common.assistant.reading.message import Message
from common.assistant.reading.reader import ClauseReader
from common.assistant.reading.relative_days import RelativeDays
from common.assistant.reading.scan import Scanner
from common.assistant.reading.tokens import MINUS, Token, tokenise
from common.assistant.reading.typos import Speller
from common.spend.semantics.catalogue import Catalogue


def read(message: str, catalogue: Catalogue | None, last: LastTurn | None = None) -> Draft:
    """The question that a message asks of data with this catalogue (None: no data are attached), after a turn.

    Never raises, whatever the text; the same message always gives the same draft.
    """
    language = language_of(message)
    if language == "other":
        return not_read(message)
    scanned = _scanned(message, language, catalogue, last)
    draft = (followed_up(scanned, last) if last else None) or assembled(scanned, last)
    return about_leftover(draft, last) if catalogue else draft  # without data the answer is how to bring them


def _scanned(message: str, language: Language, catalogue: Catalogue | None, last: LastTurn | None) -> Message:
    """In another language than English a misspelt word is not guessed at: it stays unread."""
    known, names = lexicon("en"), index_of(catalogue)
    own = next((each for each in GLOSSED if each == language), None)
    tokens = glossed(own, message, names) if own else _with_minus(tokenise(message), names)
    calendar = RelativeDays(known, catalogue.first if catalogue else None, catalogue.last if catalogue else None)
    marks = Scanner(known, names, calendar, Speller("en", index_of(None) if own else names)).marks(tokens)
    before = last.question.parts[0].operation if last else None
    reader = ClauseReader(message, tokens, catalogue, before=before, is_glossed=own is not None)
    clauses = tuple(reader.read(each, linked=linked) for each, linked in clauses_of(tokens, marks))
    return Message(text=message, language=language, names=names, reader=reader, clauses=clauses)


def _with_minus(tokens: Sequence[Token], names: NameIndex) -> tuple[Token, ...]:
    """A minus takes out the name after it; before all else it is a dash, and no word."""
    result: list[Token] = []
    dash: Token | None = None
    for place, token in enumerate(tokens):
        joined = replace(token, gap=dash.gap + dash.text + token.gap) if dash else token
        is_minus = token.text == MINUS
        takes_out = is_minus and bool(result) and names.at(tokens, place + 1) is not None
        dash = joined if is_minus and not takes_out else None
        if takes_out:
            result.append(replace(token, norm="minus"))
        elif not is_minus:
            result.append(joined)
    return tuple(result)
