"""Texts of the spend library in sentences: the one place where numbers are still read back out of a text.

Evidence, assumptions, steps and reasons come as texts with their numbers in them; here these become facts.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from common.contract.answer import Fact, Unit
from common.figures.mentions import find_mentions
from common.figures.names import shown_name
from common.runs.step import Sentence, ShownFigure


def quoted(text: str, name: str, names: Iterable[str] = (), *, topic: str = "") -> Sentence:
    """The text with its end marked, and each number that it states as a fact called `name`.

    `names`: names of the customer's data in it, which are shown as `shown_name` does and state no number.
    """
    return _as_sentence(_ended(_with_names(text, names)), name, topic)


def title_of(text: str, name: str, names: Iterable[str] = ()) -> Sentence:
    """A title in the same way, without a point at its end: to be put into a sentence."""
    return _as_sentence(_with_names(text.rstrip("."), names), name)


def _as_sentence(shown: str, name: str, topic: str = "") -> Sentence:
    figures = [
        ShownFigure(text=said, fact=Fact(name=name, value=value, unit=unit)) for said, value, unit in _read(shown)
    ]
    return Sentence(text=shown, figures=figures, topic=topic)


def _with_names(text: str, names: Iterable[str]) -> str:
    found = sorted({name for name in names if name}, key=lambda name: (-len(name), name))
    if not found:
        return text
    longest_first = "|".join(map(re.escape, found))
    return re.sub(rf"(?<![\w`])(?:{longest_first})(?![\w`])", lambda match: shown_name(match[0]), text)


def _ended(text: str) -> str:
    """With a point at its end."""
    return text if text.rstrip().endswith((".", "!", "?", ":")) else f"{text.rstrip()}."


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[tuple[str, float, Unit], ...]:
    """Kept: most of these texts are constants of the product, and many say the same of each saving."""
    readings = ((mention.text, mention.readings[0]) for mention in find_mentions(text))
    return tuple((said, one.value, one.unit or "count") for said, one in readings if one.unit != "foreign")
