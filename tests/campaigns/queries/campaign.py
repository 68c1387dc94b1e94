"""Asks random queries of every log, and judges the answers."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from common.spend import Importer, Rollup
from common.spend.rollup.limits import LIMITS
from common.spend.semantics import Unanswerable, UsageQuery, run
from tests.campaigns.queries.folding import folding_of
from tests.campaigns.queries.judge import fault
from tests.campaigns.queries.logs import LIMITS_OF, LOGS
from tests.campaigns.queries.questions import question
from tests.campaigns.queries.rows import rows_of, table_of
from tests.campaigns.queries.truth import Truth


@dataclass(frozen=True, slots=True)
class Log:
    """A log as the engine has it, and as it is."""

    rollup: Rollup
    truth: Truth


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fault` is None where the answer is right, or the refusal and the query that it names instead."""

    log: str
    query: UsageQuery
    refused: bool
    fault: str | None

    def __str__(self) -> str:
        """What to look at."""
        return f"{self.log}: {self.query.model_dump_json(exclude_defaults=True)}\n  {self.fault}"


def logs() -> Mapping[str, Log]:
    """All logs, imported and as tables."""
    return {name: log_named(name) for name in LOGS}


def log_named(name: str) -> Log:
    """One of LOGS."""
    data, limits = LOGS[name](), LIMITS_OF.get(name, LIMITS)
    importer = Importer(limits=limits)
    importer.feed(data)
    importer.finish()
    rollup, rows = importer.take().rollup, rows_of(data)
    header = data.split(b"\n", 1)[0].decode().split(",")
    folding = folding_of(rows, limits)
    return Log(
        rollup, Truth(table_of(rows, folding), folding, limits.minute_days, has_status_column="status" in header)
    )


def verdicts(every: Mapping[str, Log], count: int, seed: int) -> Iterator[Verdict]:
    """Of `count` queries, of each log in turn."""
    draw = random.Random(seed)  # noqa: S311 - not a secret
    names = list(every)
    for number in range(count):
        name = names[number % len(names)]
        yield judged(name, every[name], question(draw, every[name].truth))


def judged(name: str, log: Log, query: UsageQuery) -> Verdict:
    """An answer, and that of the query that it names instead."""
    outcome = run(query, log.rollup)
    wrong = fault(query, outcome, log.truth)
    if not isinstance(outcome, Unanswerable):
        return Verdict(name, query, refused=False, fault=wrong)
    instead = outcome.nearest
    if wrong is None and instead is None:
        wrong = "names no other query"
    if wrong is None and instead is not None:
        second = fault(instead, run(instead, log.rollup), log.truth)
        wrong = second and f"names {instead.model_dump_json(exclude_defaults=True)}: {second}"
    return Verdict(name, query, refused=True, fault=wrong)


def summary(every: list[Verdict]) -> str:
    """How many of each."""
    refused = Counter(verdict.log for verdict in every if verdict.refused)
    asked = Counter(verdict.log for verdict in every)
    lines = [f"{name}: {asked[name]:,} queries, {refused[name]:,} refused for a true reason" for name in asked]
    return "\n".join([*lines, f"{len(every):,} queries, {sum(v.fault is not None for v in every):,} wrong"])
