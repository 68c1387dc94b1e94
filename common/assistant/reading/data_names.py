"""Names of the customer's data in a message: features, models, providers, statuses, tiers and users."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from common.assistant.reading.tokens import Token, tokenise
from common.spend import known_model
from common.spend.prices.names import priced_models
from common.spend.rollup.bounded_names import OTHER
from common.spend.semantics.catalogue import Catalogue
from common.spend.semantics.dimensions import UNTAGGED, DimensionName

NAME_DIMENSIONS = (
    DimensionName.FEATURE,
    DimensionName.MODEL,
    DimensionName.PROVIDER,
    DimensionName.TIER,
    DimensionName.STATUS,
    DimensionName.USER,
)
"""What a name is taken to be, the likeliest first."""
_HAS_WORDS = frozenset({DimensionName.FEATURE, DimensionName.MODEL, DimensionName.USER})
_ASKED_TIERS = ("batch", "flex")
_MOST_TOKENS = 8
_MOST_MODEL_TOKENS = 6
_LEAST_ALIAS = 4
_LEAST_TYPO = 5
_CLOSE = 0.5
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A value of a dimension."""

    dimension: DimensionName
    value: str


@dataclass(frozen=True, slots=True)
class FoundName:
    """What a name from some place on may mean; `entire`: as the data write it, but for case and separators."""

    end: int
    meant: tuple[NamedValue, ...]
    entire: bool = True


def key_of(text: str) -> str:
    """Without case, separators and signs."""
    return "".join(char for char in text.casefold() if char.isalnum())


@dataclass(frozen=True, slots=True)
class NameIndex:
    """The names of a catalogue by their keys, and by the words in them where one name only has such a word."""

    by_key: Mapping[str, tuple[NamedValue, ...]]
    by_word: Mapping[str, tuple[NamedValue, ...]]
    longest: int

    def at(self, tokens: Sequence[Token], place: int) -> FoundName | None:
        """The longest name from a place on."""
        key, best = "", None
        for end in range(place + 1, min(place + _MOST_TOKENS, len(tokens)) + 1):
            token = tokens[end - 1]
            chars = key_of(token.text)
            if not chars or (end > place + 1 and _is_break(token.gap)):
                break
            key += chars
            if len(key) > self.longest + 1:
                break
            found = self.by_key.get(key) or self._plural(key)
            if found:
                best = FoundName(end, found)
        return best

    def _plural(self, key: str) -> tuple[NamedValue, ...] | None:
        """Also the possessive; of users only as they are written."""
        found = self.by_key.get(key[:-1]) if key.endswith("s") else None
        return found if found and found[0].dimension != DimensionName.USER else None

    def alias(self, tokens: Sequence[Token], place: int) -> FoundName | None:
        """A word that stands in the name of one feature only, or in the names of models: "sonnet 4.5", "Claude"."""
        word = key_of(tokens[place].norm)
        found = self.by_word.get(word) or (self.by_word.get(word[:-1]) if word.endswith("s") else None)
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if not found or (place and tokens[place].is_glued):
            return None
        if following and following.text[:1].isdigit() and not _is_break(following.gap):
            exact = tuple(each for each in found if word + key_of(following.text) in key_of(each.value))
            if exact:
                return FoundName(place + 2, exact, entire=False)
        if following and following.is_glued:
            return None
        return FoundName(place + 1, found, entire=False)

    def of(self, dimension: DimensionName) -> tuple[str, ...]:
        """All values of a dimension."""
        return tuple(each.value for meant in self.by_key.values() for each in meant if each.dimension == dimension)

    def typo(self, text: str) -> FoundName | None:
        """A feature or model that is one or two letters away."""
        key = key_of(text)
        if len(key) < _LEAST_TYPO:
            return None
        keys = [each for each, meant in self.by_key.items() if _can_be_mistyped(meant, each, key)]
        close = get_close_matches(key, keys, n=1, cutoff=1 - 2 / (len(key) + 1))
        return FoundName(0, self.by_key[close[0]], entire=False) if close else None

    def nearest(self, text: str, dimensions: Iterable[DimensionName]) -> tuple[NamedValue, ...]:
        """The names most like a text, the likest first, at most three; where none is, the first there are."""
        wanted = set(dimensions)
        keys = {key: meant for key, meant in self.by_key.items() if any(each.dimension in wanted for each in meant)}
        close = get_close_matches(key_of(text), keys, n=_SHOWN, cutoff=_CLOSE) or list(keys)[:_SHOWN]
        found = [each for key in close for each in keys[key] if each.dimension in wanted]
        return tuple(found[:_SHOWN])


def _can_be_mistyped(meant: tuple[NamedValue, ...], name: str, key: str) -> bool:
    return (
        meant[0].dimension in (DimensionName.FEATURE, DimensionName.MODEL)
        and abs(len(name) - len(key)) <= 1
        and [char for char in name if char.isdigit()] == [char for char in key if char.isdigit()]
    )


def _is_break(gap: str) -> bool:
    return any(char in ",;!?()\n\u2026" for char in gap) or gap in (". ", ": ")


@lru_cache(maxsize=64)
def index_of(catalogue: Catalogue | None) -> NameIndex:
    """Of a catalogue; of None: no names."""
    by_key: dict[str, list[NamedValue]] = {}
    words: dict[str, set[NamedValue]] = {}
    present = {each.name: each.values for each in catalogue.dimensions} if catalogue else {}
    for dimension in NAME_DIMENSIONS:
        for value in (*present.get(dimension, ()), *_always(dimension, present)):
            if value in (UNTAGGED, OTHER) or not key_of(value):
                continue
            named = NamedValue(dimension, value)
            by_key.setdefault(key_of(value), []).append(named)
            if dimension in _HAS_WORDS:
                for word in _words(value):
                    words.setdefault(word, set()).add(named)
    single = {
        word: tuple(sorted(meant, key=lambda each: each.value))
        for word, meant in words.items()
        if word not in by_key and (len(meant) == 1 or all(each.dimension == DimensionName.MODEL for each in meant))
    }
    return NameIndex(
        by_key={key: tuple(meant) for key, meant in by_key.items()},
        by_word=single,
        longest=max(map(len, by_key), default=0),
    )


def _always(dimension: DimensionName, present: Mapping[DimensionName, tuple[str, ...]]) -> tuple[str, ...]:
    """Service tiers that are asked about by name whether the data have them or not."""
    return tuple(
        tier
        for tier in _ASKED_TIERS
        if present and dimension == DimensionName.TIER and tier not in present.get(dimension, ())
    )


def _words(value: str) -> set[str]:
    parts = {key_of(token.text) for token in tokenise(value.replace("_", " "))}
    return {part for part in parts if len(part) >= _LEAST_ALIAS and not part.isdigit()} | (parts & {"gpt"})


@lru_cache(maxsize=1)
def _families() -> frozenset[str]:
    """First words of the names of priced models."""
    return frozenset(tokenise(name)[0].norm for name in priced_models())


def model_at(tokens: Sequence[Token], place: int) -> tuple[str, int] | None:
    """The canonical name of the longest priced model from a place on, and where it ends."""
    if tokens[place].norm not in _families():
        return None
    best = None
    for end in range(place + 1, min(place + _MOST_MODEL_TOKENS, len(tokens)) + 1):
        if end > place + 1 and (_is_break(tokens[end - 1].gap) or _is_word(tokens[end - 1])):
            break
        name = "-".join(token.text for token in tokens[place:end])
        known = known_model(name) if any(char.isdigit() for char in name) else None
        if known and (best is None or known != best[0] or tokens[end - 1].is_glued):
            best = known, end
    return best


def _is_word(token: Token) -> bool:
    return token.norm in {"and", "or", "for", "to", "vs", "versus", "with", "on", "in", "by", "the", "is", "a"}
