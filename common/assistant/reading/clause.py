"""What a clause says, as the grammar gathers it; not yet a question."""

from dataclasses import dataclass, field

from common.assistant.question.model import AuditKind
from common.assistant.reading.data_names import NamedValue
from common.assistant.reading.signs import Back, Mark, Quantity
from common.spend.semantics import Condition, DimensionName, MeasureName, Period


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit of lines: at least, or at most, so much."""

    quantity: Quantity
    above: bool
    measure: MeasureName | None


@dataclass(slots=True)
class Clause:
    """All that is set was read; `used` has, of each mark that means something, the field that it went into."""

    marks: list[Mark]
    used: dict[int, str] = field(default_factory=dict)
    measures: list[MeasureName] = field(default_factory=list)
    joined: set[MeasureName] = field(default_factory=set)
    """Measures that stand after "and" or a comma: they are asked for beside others."""
    where: list[Condition] = field(default_factory=list)
    by: list[DimensionName] = field(default_factory=list)
    weak_by: list[DimensionName] = field(default_factory=list)
    """Dimensions that stand there without a word that groups."""
    units: list[str] = field(default_factory=list)
    """Days, weeks and months that stand there as "a month"."""
    which: DimensionName | None = None
    """ "Which model ..."."""
    is_one: bool = False
    """One line is asked for: "which model", "the dearest feature"."""
    order: MeasureName | None = None
    is_ordered: bool = False
    descending: bool = True
    top: int | None = None
    bound: Bound | None = None
    periods: list[Period] = field(default_factory=list)
    all_days: bool = False
    """ "Over the whole period"."""
    versus: Period | None = None
    back: Back | None = None
    """What it is held against by how long before: "same week last month"."""
    compares: bool = False
    everything_of: list[DimensionName] = field(default_factory=list)
    """ "All models": of these no filter is kept."""
    refers_back: bool = False
    """ "It", "that": the rows of the question before."""
    trend: bool = False
    share: bool = False
    changed: bool = False
    per: MeasureName | None = None
    """What a cost is divided by: cost per request, or per 1,000 tokens."""
    their_cost: bool = False
    operations: list[Mark] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    """Priced models that the data do not have."""
    names: list[NamedValue] = field(default_factory=list)
    """All names of the data in it, in their order."""
    unknown: list[Mark] = field(default_factory=list)
    topics: list[Mark] = field(default_factory=list)
    audits: list[AuditKind] = field(default_factory=list)
    refers: list[int] = field(default_factory=list)
    is_own: bool = False
    defines: bool = False
    means: bool = False
    """ "What does ... mean?"."""
    instead: bool = False
    only: bool = False
    """ "only chat": in a follow-up it replaces."""
    format_kind: str = ""
    bullets: int | None = None
    audience: str = ""
    currency: str = ""
    doubts: list[str] = field(default_factory=list)
    linked: bool = False
    """Whether it goes on with the clause before: "..., and by model?"."""
    start: int = 0
    end: int = 0
    """Characters of the message."""

    @property
    def is_measuring(self) -> bool:
        """Whether something of the data is named that a measure can be made of."""
        return bool(
            self.measures or self.by or self.weak_by or self.order or self.is_ordered or self.bound or self.trend
            or self.changed or self.share or self.compares or self.per or self.top
        )  # fmt: skip

    @property
    def is_narrowing(self) -> bool:
        """Whether it says which rows."""
        return bool(self.where or self.periods or self.versus or self.back)

    @property
    def is_shape(self) -> bool:
        """Whether it says how the answer is to look."""
        return bool(self.format_kind or self.audience or self.currency or self.bullets)

    @property
    def is_empty(self) -> bool:
        """Whether nothing in it was read."""
        return not (
            self.is_measuring or self.is_narrowing or self.is_shape or self.operations or self.models or self.unknown
            or self.topics or self.audits or self.refers
        )  # fmt: skip
