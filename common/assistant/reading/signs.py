"""What words mean to the grammar, whatever the language."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Sign(StrEnum):
    """The kinds of words; the files of lexicon/ name them under `means`, most of them with a `value`."""

    MEASURE = "measure"
    """`value`: one or more MeasureNames."""
    DIMENSION = "dimension"
    """`value`: a DimensionName."""
    GROUPED = "grouped"
    """Words that group by themselves ("daily", "per user"); `value`: a DimensionName."""
    PERIOD = "period"
    """`value`: a PeriodName; of scan.py a Period."""
    HOURS = "hours"
    """`value`: "22-5", both included."""
    WEEKDAYS = "weekdays"
    """`value`: weekdays."""
    OPERATION = "operation"
    """`value`: an Operation, `topic` as Part.topic has it."""
    TOPIC = "topic"
    """A term that knowledge can be asked about; `topic`: its words, none: those that stand there."""
    DEFINES = "defines"
    """ "What is", "how does": knowledge, where a topic and nothing of the customer's follows."""
    AUDIT = "audit"
    """`value`: an AuditKind; with USED or LOST it is asked about."""
    OWN = "own"
    """ "our", "my": the customer's data are meant."""
    ORDER = "order"
    """`value`: "down" or "up", perhaps with a measure: "down cost"."""
    BY = "by"
    TOP = "top"
    """`value`: "down" or "up" (bottom)."""
    WHICH = "which"
    RANK = "rank"
    """All lines, in order."""
    TREND = "trend"
    SHARE = "share"
    CHANGED = "changed"
    """ "Did it go up": against the period before."""
    VERSUS = "versus"
    COMPARE = "compare"
    ABOVE = "above"
    BELOW = "below"
    NOT = "not"
    ONLY = "only"
    SINCE = "since"
    UNTIL = "until"
    FROM = "from"
    TO = "to"
    AND = "and"
    OR = "or"
    THEIR_COST = "their cost"
    PER_REQUEST = "per request"
    PER_TOKENS = "per tokens"
    FORMAT = "format"
    """`value`: Format.kind; "bullets" with a number."""
    AUDIENCE = "audience"
    CURRENCY = "currency"
    LANGUAGE = "language"
    POLITE = "polite"
    """Passes without a trace."""
    ANSWER = "answer"
    """ "no", "yes", "rather": about what was said before."""
    CORRECTION = "correction"
    """What stands before it in the sentence is taken back."""
    INSTEAD = "instead"
    REST = "rest"
    """ "it", "that", "the answer": what was answered before."""
    POSITION = "position"
    """`value`: which recommendation."""
    NAME = "name"
    """Of scan.py: a NamedValue."""
    UNTAGGED = "untagged"
    """ "no feature tag"; `value`: the dimension without a value."""
    MODEL = "model"
    """Of scan.py: a priced model that the data do not have."""
    NUMBER = "number"
    QUANTITY = "quantity"
    """Of scan.py: a Quantity."""
    UNKNOWN_NAME = "unknown name"
    """Of scan.py: what is called a feature or user, and is none."""
    FUNCTION = "function"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Words first..end (places of tokens, `end` excluded) that mean something."""

    sign: Sign
    first: int
    end: int
    value: Any = ""
    topic: str = ""
    certain: bool = True
    doubt: str = ""
    """What is said where it is taken so."""
    comma: bool = False
    """Whether a comma stands before it."""
    lead: str = ""
    """The word before it."""
    link: str = ""
    """As `lead`, but not an article: "on the chat"."""
    singular: bool = False
    """Of dimensions and weekdays: "feature", not "features"."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit: "USD", "%", "ms", "requests", "tokens", "days" or "x"."""

    amount: float
    unit: str


@dataclass(frozen=True, slots=True)
class Back:
    """How long before the period that it stands against: "same week last month"."""

    days: int = 0
    months: int = 0
