"""What a reader makes of a message: a question, the words that it comes from, and perhaps a question back."""

from dataclasses import dataclass, replace

from common.assistant.question.model import Question

FIELDS_OF_ALL = ("format", "audience", "currency")
"""Fields of a question that are of no single part."""


@dataclass(frozen=True, slots=True)
class Because:
    """A field of a question and the words that it comes from.

    `field` is a path such as "parts.0.query.period" or "format". `certain`: a name of the data, a date, a number with
    its unit, a declared word, or a negation beside its object; else it is guessed. `words` stand in the message.
    """

    field: str
    words: str
    certain: bool

    def of_part(self, place: int) -> "Because":
        """The same of the part at `place` of a question, where it is of a part."""
        return self if self.field in FIELDS_OF_ALL else replace(self, field=f"parts.{place}.{self.field}")


@dataclass(frozen=True, slots=True)
class Option:
    """A reading that can be chosen by a click, in the customer's words."""

    label: str
    question: Question


@dataclass(frozen=True, slots=True)
class AskBack:
    """One question to the customer, with up to three readings to choose from."""

    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`ask_back` None: the question can be answered as it is read."""

    question: Question
    because: tuple[Because, ...] = ()
    ask_back: AskBack | None = None

    @property
    def is_certain(self) -> bool:
        """Whether every word was used, and none guessed: no model has to be asked."""
        return self.ask_back is None and not self.question.unread and all(each.certain for each in self.because)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTurn:
    """What a message may refer to: the question before, as it was answered, and what the answer offered.

    `recommendations`: their titles, the first first. `options`: what a question back let choose.
    """

    question: Question
    recommendations: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    was_ask_back: bool = False
