"""Words that were not read, where a name of the data, a measure or a grouping must stand."""

from common.assistant.question.model import Operation
from common.assistant.reading.reader import ReadClause
from common.assistant.reading.signs import Mark, Sign

GROUPING = frozenset({"by", "per", "which", "each", "every"})
_BEFORE_NAMES = frozenset(
    {
        "of", "for", "on", "does", "did", "do", "with", "from", "at", "to", "what", "the", "our", "my", "a", "an", "in",
        "pay", "versus", "vs", "than", "many", "much", "is", "was", "average", "single", "user", "feature",
        "how", "request", "requests",
    }
)  # fmt: skip
_ON_LINES = frozenset({Operation.MEASURE, Operation.ANOMALY})


def slot_of(read: ReadClause) -> list[Mark]:
    """The words, in one run; [] where those that were not read stand elsewhere."""
    if read.part is None or read.part.operation not in _ON_LINES:
        return []
    clause = read.clause
    bare = not (clause.measures or clause.names or clause.is_ordered or clause.operations or clause.by)
    run: list[Mark] = []
    for mark in clause.marks:
        if mark.sign != Sign.UNREAD and mark.value != Operation.OUTSIDE:
            if run:
                return run
        elif run and mark.first == run[-1].end:
            run.append(mark)
        elif not run and (bare or mark.lead in _BEFORE_NAMES | GROUPING):
            run = [mark]
    return run
