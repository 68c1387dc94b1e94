"""From words to marks: at each place the longest of a name of the data, a period, a quantity and a phrase."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from common.assistant.reading import hours
from common.assistant.reading.data_names import FoundName, NamedValue, NameIndex, key_of, model_at
from common.assistant.reading.lexicon import Lexicon, Phrase
from common.assistant.reading.periods import Calendar
from common.assistant.reading.quantities import quantity_at
from common.assistant.reading.signs import Mark, Sign
from common.assistant.reading.tokens import Token
from common.assistant.reading.typos import Speller
from common.spend.semantics.dimensions import WEEKDAYS, DimensionName

_POINTS_AT = frozenset({Sign.NOT, Sign.ONLY, Sign.VERSUS, Sign.COMPARE, Sign.AND, Sign.OR})
_OF = frozenset({"of", "for", "in", "on", "from", "does", "did", "to", "with", "is", "through", "via", "by", "as"})
_ARTICLES = frozenset({"the", "our", "my", "a", "an", "all", "any", "just", "both", "also"})
_MOST_ARTICLES = 3
_SMALL = _OF | _ARTICLES | {
    "this", "these", "those", "some", "every", "each", "i", "we", "you", "us", "me", "they", "them", "it", "its",
    "their", "your", "are", "was", "at", "per", "everything", "anything", "total", "overall", "and", "or", "not",
}  # fmt: skip
_OF_GRAMMAR = frozenset({Sign.PERIOD, Sign.BY, Sign.TOP, Sign.WHICH, Sign.DIMENSION, Sign.GROUPED})
_CALLED = (DimensionName.FEATURE, DimensionName.USER, DimensionName.MODEL, DimensionName.PROVIDER)


@dataclass(frozen=True, slots=True)
class Scanner:
    """Marks of a message, by the words of a language and the names of a catalogue."""

    lexicon: Lexicon
    names: NameIndex
    calendar: Calendar
    speller: Speller

    def marks(self, tokens: Sequence[Token]) -> list[Mark]:
        """All words, in order: each is in one mark."""
        marks: list[Mark] = []
        place = 0
        while place < len(tokens):
            mark = self._at(tokens, place, marks[-1] if marks else None)
            marks.append(mark)
            place = mark.end
        placed = [_placed(tokens, mark) for mark in marks]
        placed = [_as_ending(tokens, *pair) for pair in zip([None, *placed], placed, strict=False)]
        return self._with_unknown_names(tokens, placed)

    def _at(self, tokens: Sequence[Token], place: int, before: Mark | None) -> Mark:
        phrase = self.lexicon.at(tokens, place)
        name = self.names.at(tokens, place)
        period = self.calendar.at(tokens, place)
        candidates = [
            self._name(tokens, place, name, phrase, before) if name else None,
            period,
            hours.hours_at(self.lexicon, tokens, place),
            self._weekdays(tokens, place),
            _of_phrase(phrase, place) if phrase else None,
            quantity_at(self.lexicon, tokens, place),
            self._model(tokens, place),
        ]
        best = max(filter(None, candidates), key=lambda mark: mark.end, default=None)
        written = _compound(tokens, place)
        if written > (best.end if best else place + 1) or (best is None and written > place + 1):
            return Mark(sign=Sign.UNKNOWN_NAME, first=place, end=written, value=None)
        return best or self._other(tokens, place, before)

    def _name(
        self, tokens: Sequence[Token], place: int, name: FoundName, phrase: Phrase | None, before: Mark | None
    ) -> Mark | None:
        """None for a word of the language that happens to be a name, unless something points at it."""
        single = name.end == place + 1
        is_word = single and (phrase is not None or tokens[place].norm in self.lexicon.function)
        is_word = is_word or (tokens[place].number is not None and single)
        meant = self._meant(tokens, place, name, before)
        is_called = bool(tokens[place].quoted) or self._is_called(tokens, place, name.end, before)
        follows = before is not None and before.end == place and before.value == meant[0].dimension
        if not (tokens[place].quoted or (is_called and follows)) and self._is_grammar(tokens, place, name.end):
            return None
        if is_word and not is_called:
            if phrase is not None and phrase.sign in (Sign.OPERATION, Sign.MEASURE, Sign.POLITE, Sign.FUNCTION):
                return None
            if phrase is not None and phrase.sign == Sign.TOPIC and meant[0].dimension == DimensionName.TIER:
                return Mark(sign=Sign.NAME, first=place, end=name.end, value=meant)
            if not any(_points(tokens, place, before) or key_of(each.value) != tokens[place].norm for each in meant):
                return None
        return Mark(sign=Sign.NAME, first=place, end=name.end, value=meant)

    def _is_grammar(self, tokens: Sequence[Token], place: int, end: int) -> bool:
        """Whether all words of a name say a period, a grouping or nothing, as in features called "last week", "the"."""
        if any(tokens[each].is_glued for each in range(place + 1, end)):
            return False  # "user-07"
        period = self.calendar.at(tokens, place)
        phrase = self.lexicon.at(tokens, place)
        if phrase is not None and phrase.sign == Sign.PERIOD and place + len(phrase.words) == end:
            return True
        if phrase is not None and phrase.sign == Sign.DIMENSION and tokens[end - 1].number is not None:
            return False  # "user 7"
        return (period is not None and period.end == end) or all(
            self._is_small(tokens, each) for each in range(place, end)
        )

    def _is_small(self, tokens: Sequence[Token], place: int) -> bool:
        word = tokens[place].norm
        if word in _SMALL or tokens[place].number is not None:
            return True
        phrase = self.lexicon.at(tokens, place)
        return word in (*self.lexicon.months, *self.lexicon.weekdays) or (
            phrase is not None and len(phrase.words) == 1 and phrase.sign in _OF_GRAMMAR
        )

    def _meant(
        self, tokens: Sequence[Token], place: int, name: FoundName, before: Mark | None
    ) -> tuple[NamedValue, ...]:
        """Those of the dimension that stands beside it, else of the likeliest; the one exactly so written, if any."""
        called = self._dimension_beside(tokens, place, name.end, before)
        dimension = called if any(each.dimension == called for each in name.meant) else name.meant[0].dimension
        meant = [each for each in name.meant if each.dimension == dimension]
        written = _written(tokens, place, name.end)
        exact = [each for each in meant if each.value == written]
        return tuple(exact or meant)

    def _dimension_beside(
        self, tokens: Sequence[Token], place: int, end: int, before: Mark | None
    ) -> DimensionName | None:
        if before is not None and before.sign == Sign.DIMENSION and before.end == place:
            return DimensionName(before.value)
        after = self.lexicon.at(tokens, end) if end < len(tokens) else None
        return DimensionName(after.value) if after and after.sign == Sign.DIMENSION else None

    def _is_called(self, tokens: Sequence[Token], place: int, end: int, before: Mark | None) -> bool:
        return self._dimension_beside(tokens, place, end, before) in _CALLED

    def _weekdays(self, tokens: Sequence[Token], place: int) -> Mark | None:
        word = tokens[place].norm
        number = self.lexicon.weekdays.get(word)
        if number is None or not self.calendar.is_plural(word):
            return None
        return Mark(sign=Sign.WEEKDAYS, first=place, end=place + 1, value=WEEKDAYS[number])

    def _model(self, tokens: Sequence[Token], place: int) -> Mark | None:
        marks = model_at(tokens, place)
        if marks is None:
            return None
        model, end = marks
        held = self.names.by_key.get(key_of(model))
        if held:
            return Mark(sign=Sign.NAME, first=place, end=end, value=held)
        return Mark(sign=Sign.MODEL, first=place, end=end, value=model)

    def _other(self, tokens: Sequence[Token], place: int, before: Mark | None) -> Mark:
        token = tokens[place]
        alias = self.names.alias(tokens, place)
        several = self.speller.long_name(tokens, place) if alias else None
        if several:
            return _misspelt(tokens, place, several)
        if alias and token.norm not in self.lexicon.function:
            is_named = " or ".join(each.value for each in alias.meant)
            doubt = f"{token.text}: the {alias.meant[0].dimension} {is_named}."
            return Mark(sign=Sign.NAME, first=place, end=alias.end, value=alias.meant, certain=False, doubt=doubt)
        if token.norm in self.lexicon.function:
            return Mark(sign=Sign.FUNCTION, first=place, end=place + 1)
        if token.number is not None or token.norm in self.lexicon.numbers:
            amount = token.number if token.number is not None else self.lexicon.numbers[token.norm]
            return Mark(sign=Sign.NUMBER, first=place, end=place + 1, value=amount)
        if self.lexicon.ordinals.get(token.norm, 0) > 0:
            doubt = f"The {token.norm}: shown with those before it."
            return Mark(
                sign=Sign.NUMBER, first=place, end=place + 1, value=self.lexicon.ordinals[token.norm], doubt=doubt
            )
        called = before is not None and before.sign == Sign.DIMENSION
        return self._corrected(tokens, place, is_named=called) or Mark(sign=Sign.UNREAD, first=place, end=place + 1)

    def _corrected(self, tokens: Sequence[Token], place: int, *, is_named: bool) -> Mark | None:
        """What a word may be that is written wrongly: a word of the language, else a name."""
        token = tokens[place]
        if token.quoted or is_named or not key_of(token.text):
            return None
        several = self.speller.long_name(tokens, place)
        if several:
            return _misspelt(tokens, place, several)
        word = self.speller.corrected(token.norm)
        if word is not None:
            spelled = [*tokens[:place], replace(token, norm=word, text=word), *tokens[place + 1 : place + 6]]
            phrase = self.lexicon.at(spelled, place)
            doubt = f"{token.text}: read as {word}."
            if phrase and phrase.sign != Sign.NOT:
                return replace(_of_phrase(phrase, place), certain=False, doubt=doubt)
            period = self.calendar.at(spelled, place)
            if period:
                return replace(period, certain=False, doubt=doubt)
        name = self.speller.name(token)
        if name is None:
            return None
        doubt = f"{token.text}: read as {name.meant[0].value}."
        return Mark(sign=Sign.NAME, first=place, end=place + 1, value=name.meant, certain=False, doubt=doubt)

    def _with_unknown_names(self, tokens: Sequence[Token], marks: list[Mark]) -> list[Mark]:
        """What is called a feature or user, or stands in quotation marks, and was not found."""
        named_marks: list[Mark] = []
        for mark in marks:
            before = named_marks[-1] if named_marks else None
            called = (
                before is not None and before.sign == Sign.DIMENSION and before.singular and before.end == mark.first
            )
            if mark.sign in (Sign.UNREAD, Sign.NUMBER) and (
                called and before and self._can_be_called(tokens, mark, before, named_marks)
            ):
                named_marks.append(replace(mark, sign=Sign.UNKNOWN_NAME, value=DimensionName(before.value)))
            elif mark.sign == Sign.UNREAD and tokens[mark.first].quoted:
                named_marks.append(replace(mark, sign=Sign.UNKNOWN_NAME, value=None))
            elif before and before.sign == Sign.UNKNOWN_NAME and _goes_on(tokens, mark, before):
                named_marks[-1] = replace(before, end=mark.end)
            else:
                named_marks.append(mark)
        return named_marks

    def _can_be_called(self, tokens: Sequence[Token], mark: Mark, before: Mark, marks: Sequence[Mark]) -> bool:
        """Models are called by names with digits; other words after "model" are no name."""
        asks = len(marks) > 1 and marks[-2].sign in (Sign.WHICH, Sign.BY)
        if ", " in tokens[mark.first].gap or (asks and not tokens[mark.first].quoted):
            return False
        is_named = DimensionName(before.value) in (DimensionName.FEATURE, DimensionName.USER)
        return is_named or (
            DimensionName(before.value) in _CALLED and any(char.isdigit() for char in tokens[mark.first].text)
        )


def _misspelt(tokens: Sequence[Token], place: int, name: FoundName) -> Mark:
    written = " ".join(each.text for each in tokens[place : name.end])
    doubt = f"{written}: read as {name.meant[0].value}."
    return Mark(sign=Sign.NAME, first=place, end=name.end, value=name.meant, certain=False, doubt=doubt)


def _compound(tokens: Sequence[Token], place: int) -> int:
    """Where a run of words ends that are joined as only names are: with "_" or "@"."""
    end = place + 1
    if place and tokens[place].gap in ("_", "-", "@", "."):
        return end
    joined = False
    while end < len(tokens) and tokens[end].gap in ("_", "-", "@", "."):
        joined = joined or tokens[end].gap in ("_", "@")
        end += 1
    return end if joined else place + 1


def _placed(tokens: Sequence[Token], mark: Mark) -> Mark:
    lead = tokens[mark.first - 1].norm if mark.first else ""
    place = mark.first - 1
    while place > max(0, mark.first - _MOST_ARTICLES) and tokens[place].norm in _ARTICLES:
        place -= 1
    own = tokens[mark.first].norm if mark.sign in (Sign.WEEKDAYS, Sign.HOURS) else ""
    link = own if own in _OF or own == "at" else tokens[place].norm if mark.first else ""
    return replace(mark, comma="," in tokens[mark.first].gap, lead=lead, link=link)


def _as_ending(tokens: Sequence[Token], before: Mark | None, mark: Mark) -> Mark:
    """A small word that is joined to a name, as in "search-in", belongs to a name that is not known."""
    is_joined = before is not None and before.sign == Sign.NAME and tokens[mark.first].is_glued
    return replace(mark, sign=Sign.UNREAD) if is_joined and mark.sign == Sign.FUNCTION else mark


def _points(tokens: Sequence[Token], place: int, before: Mark | None) -> bool:
    pointing = before is not None and before.sign in _POINTS_AT
    return pointing or (place > 0 and tokens[place - 1].norm in _OF) or (place > 1 and tokens[place - 1].norm == "the")


def _goes_on(tokens: Sequence[Token], mark: Mark, before: Mark) -> bool:
    """Whether a mark is the rest of a name that is written with separators, or of the same quotation."""
    token = tokens[mark.first]
    same = tokens[before.first].quoted and token.quoted == tokens[before.first].quoted
    return bool(same) or (token.is_glued and mark.sign in (Sign.UNREAD, Sign.NUMBER, Sign.FUNCTION))


def _of_phrase(phrase: Phrase, place: int) -> Mark:
    return Mark(
        sign=phrase.sign,
        first=place,
        end=place + len(phrase.words),
        value=phrase.value,
        topic=phrase.topic,
        singular=phrase.singular,
    )


def _written(tokens: Sequence[Token], first: int, end: int) -> str:
    return "".join((token.gap if place else "") + token.text for place, token in enumerate(tokens[first:end]))


def texts(message: str, tokens: Sequence[Token], marks: Sequence[Mark]) -> Iterator[str]:
    """The words of marks as they stand in the message."""
    for mark in marks:
        yield message[tokens[mark.first].start : tokens[mark.end - 1].end]
