"""What is declared of a measure."""

from dataclasses import dataclass
from typing import Literal

from common.spend.semantics.counters import Counter
from common.spend.semantics.formulas import Absence, Basis, Formula, Quotient
from common.spend.semantics.needs import Need

Unit = Literal["USD", "requests", "calls", "tokens", "%", "ms", "score"]
Better = Literal["less", "more", "neither"]
"""Which direction is good news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureSpec:
    """See MEASURES."""

    title: str
    unit: Unit
    formula: Formula
    sql: str
    better: Better = "neither"
    need: Need | None = None
    """What data must have for it; without it there is no answer."""
    absence: Absence | None = None
    """When a line has no value, beside nothing to divide by."""
    basis: Basis | None = None
    """Of costs."""
    synonyms: tuple[str, ...] = ()
    """Other words for it, lower case, English."""
    example: str
    """A question that it answers."""

    @property
    def is_additive(self) -> bool:
        """Whether the values of lines add up to that of all."""
        return isinstance(self.formula, Quotient) and self.formula.under is None

    @property
    def counters(self) -> frozenset[Counter]:
        """All that it is computed from."""
        own = self.formula.counters if isinstance(self.formula, Quotient) else frozenset[Counter]()
        return own | (self.absence.counters if self.absence else frozenset())
