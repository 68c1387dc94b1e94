"""ccusage's reports as JSON (`ccusage daily --json`, `--instances`, `weekly`, `monthly`, `session`, `blocks`): sums of
coding agents' sessions by a period and a model.

Fields: ccusage's documentation of its JSON output (mintlify.com/ryoppippi/ccusage/advanced/json-output), and for the
unified reports of version 20, with `period` and `agent`, the snapshots of csusage-adapter-all on docs.rs. Input is
without cached tokens; the object `totals` says the same money again and is not read. Blocks of five hours name their
models, but not what each used: one of several models cannot be priced.
"""

from collections.abc import Iterator
from typing import Any

from common.spend.logs.fields.errors import BadRowError
from common.spend.logs.formats.accessors import first, inner, objects
from common.spend.logs.formats.format import Fields, Format, Record

_PERIODS = {"weekly": "week", "monthly": "month", "session": "", "sessions": ""}
"""The lists of longer reports, and the key of the day on which a sum in them begins; a session has its last day."""
_ALL = "all"
"""The agent of a sum of several."""
_MONTH = len("2026-11")


def _recognises_days(record: Record) -> bool:
    return _are_broken_down([day for _, day in _days(record)])


def _recognises_periods(record: Record) -> bool:
    return _are_broken_down([each for name in _PERIODS for each in objects(record.get(name))]) or any(
        "isGap" in block and "tokenCounts" in block for block in objects(record.get("blocks"))
    )


def _are_broken_down(sums: list[Record]) -> bool:
    return bool(sums) and all("modelBreakdowns" in each for each in sums)


def _days(report: Record) -> Iterator[tuple[str | None, Record]]:
    """(project, its day)."""
    yield from ((None, day) for day in objects(report.get("daily")))
    for project, days in inner(report.get("projects")).items():
        yield from ((project, day) for day in objects(days))


def _read_days(report: Record) -> Iterator[Fields]:
    for project, day in _days(report):
        yield from _by_model(day, first(day.get("date"), day.get("period")), project)


def _read_periods(report: Record) -> Iterator[Fields]:
    for name, key in _PERIODS.items():
        for each in objects(report.get(name)):
            last = first(each.get("lastActivity"), inner(each.get("metadata")).get("lastActivity"))
            yield from _by_model(each, _day_of(first(each.get(key), each.get("period"))) if key else last, None)
    blocks = objects(report.get("blocks"))
    if any(len(_models(block)) > 1 for block in blocks):
        raise BadRowError("some blocks sum several models, not saying what each used; ccusage session --json does")
    for block in blocks:
        yield {} if block.get("isGap") else _block(block)


def _day_of(period: Any) -> Any:
    """Its first day; of a month, too."""
    return f"{period}-01" if isinstance(period, str) and len(period) == _MONTH else period


def _by_model(summed: Record, start: Any, project: str | None) -> Iterator[Fields]:
    agent = summed.get("agent")
    for used in objects(summed.get("modelBreakdowns")):
        yield {
            "ts": start,
            "model": used.get("modelName"),
            "feature": first(project, None if agent == _ALL else agent),
            "uncached": first(used.get("inputTokens"), 0),
            "write": used.get("cacheCreationTokens"),
            "cached": used.get("cacheReadTokens"),
            "output": first(used.get("outputTokens"), 0),
            "cost": used.get("cost"),
            "requests": 0,
        }


def _models(block: Record) -> list[Any]:
    return [model for model in block.get("models") or () if model != "<synthetic>"]


def _block(block: Record) -> Fields:
    used = inner(block.get("tokenCounts"))
    return {
        "ts": block.get("startTime"),
        "model": first(*_models(block)),
        "uncached": first(used.get("inputTokens"), 0),
        "write": used.get("cacheCreationInputTokens"),
        "cached": used.get("cacheReadInputTokens"),
        "output": first(used.get("outputTokens"), 0),
        "cost": block.get("costUSD"),
        "requests": 0,
    }


_NOTE = (
    "ccusage's report does not tell how many requests there were. The session logs of Claude Code do, and projects,"
    " too."
)

FORMATS = (
    Format(
        name="ccusage",
        title="ccusage daily report",
        recognises=_recognises_days,
        read=_read_days,
        labels={
            "ts": "date", "model": "modelName", "feature": "projects", "uncached": "inputTokens",
            "write": "cacheCreationTokens", "cached": "cacheReadTokens", "output": "outputTokens", "cost": "cost",
        },
        grain="day",
        note=_NOTE,
    ),
    Format(
        name="ccusage_periods",
        title="ccusage report by week, month, session or block",
        recognises=_recognises_periods,
        read=_read_periods,
        labels={
            "ts": "period", "model": "modelName", "feature": "agent", "uncached": "inputTokens",
            "write": "cacheCreationTokens", "cached": "cacheReadTokens", "output": "outputTokens", "cost": "cost",
        },
        grain="day",
        others="blocks of time without use",
        note="The whole sum of a week, month or block is dated at its beginning, and that of a session at its last day:"
        f" days are in ccusage daily --json. {_NOTE}",
    ),
)  # fmt: skip
