"""`python -m common.spend.semantics.document > docs/measures.md`: the tables of measures, dimensions and periods."""

import sys
from collections.abc import Iterator, Sequence

from common.spend.semantics.dimensions import DIMENSIONS
from common.spend.semantics.measure_spec import MeasureSpec
from common.spend.semantics.measures import MEASURES
from common.spend.semantics.periods import PERIODS
from common.spend.semantics.sources import DAY_SKETCHES, SKETCHES, SOURCES

_HEAD = """\
# Measures

What can be asked of usage data: measures, by dimensions, in periods. This page is written from the tables in
`common/spend/semantics` by `python -m common.spend.semantics.document > docs/measures.md`; do not change it by hand.

```sh
.venv/bin/python -m common.spend query FILE --measure cost,error_rate --by feature --last 7d --versus previous --top 10
.venv/bin/python -m common.spend query FILE --where 'feature="my chat",search user!=ada' --weekday mon-fri --hour 22-3
```

Sums are whole numbers, divided once at the end. A value that the rows do not say is "not known" (in JSON `null`),
never 0. What the data cannot answer is refused with the reason, and with the nearest query that they can.
"""
_BASIS = """
Amounts are in USD. Costs are at the list price of each request's own day, less what was negotiated, with the costs of
rows without tokens as billed; `billed_cost` is only those, and `reported_cost` is what the file says."""


def page() -> str:
    """The page as Markdown."""
    return "\n".join([_HEAD, *_measures(), "", *_dimensions(), "", *_periods(), "", *_sources(), ""])


def _table(*rows: Sequence[str]) -> Iterator[str]:
    head, *lines = rows
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    yield from (f"| {' | '.join(line)} |" for line in lines)


def _measures() -> Iterator[str]:
    yield "## The measures\n"
    head = ("name", "means", "unit", "computed as", "adds up", "better", "also called", "answers")
    yield from _table(head, *(_measure(name, spec) for name, spec in MEASURES.items()))
    yield _BASIS


def _measure(name: str, spec: MeasureSpec) -> Sequence[str]:
    adds = "yes" if spec.is_additive else "no"
    words = ", ".join(spec.synonyms)
    return f"`{name}`", spec.title, spec.unit, str(spec.formula), adds, spec.better, words, spec.example


def _dimensions() -> Iterator[str]:
    yield "## The dimensions\n"
    yield "A query has up to two in `by`, and any in `where`. All times are UTC.\n"
    head = ("name", "means", "kind", "values", "where missing", "also called")
    rows = [
        (f"`{name}`", spec.title, spec.kind, ", ".join(spec.values), spec.missing or "", ", ".join(spec.synonyms))
        for name, spec in DIMENSIONS.items()
    ]
    yield from _table(head, *rows)


def _periods() -> Iterator[str]:
    yield "## The periods\n"
    yield "Whole days, cut to those of the data; the answer says so.\n"
    rows = [(f"`{name}`", spec.title, spec.means, ", ".join(spec.synonyms)) for name, spec in PERIODS.items()]
    yield from _table(("name", "said as", "means", "also called"), *rows)


def _sources() -> Iterator[str]:
    yield "## What is held together\n"
    yield "A query is answered from the smallest of these that has all its dimensions and counters.\n"
    rows = [(source.title, ", ".join(sorted(source.fields)), ", ".join(source.counters)) for source in SOURCES]
    spread = [
        (source.title, ", ".join(sorted(source.fields)), f"percentiles of {of}")
        for source, of in ((SKETCHES, "input tokens and times, least input tokens"), (DAY_SKETCHES, "times"))
    ]
    yield from _table(("sums", "fields", "counters"), *rows, *spread)


if __name__ == "__main__":
    sys.stdout.write(page())
