"""ccusage's daily report as JSON (`ccusage daily --json`): sums by day and model of coding agents' sessions.

Fields: ccusage's documentation of its JSON output. Input is without cached tokens; the object `totals` says the same
money again and is not read.
"""

from collections.abc import Iterator

from common.spend.logs.formats.accessors import first, objects
from common.spend.logs.formats.format import Fields, Format, Record


def _recognises(record: Record) -> bool:
    days = objects(record.get("daily"))
    return bool(days) and all("date" in day and objects(day.get("modelBreakdowns")) for day in days)


def _read(report: Record) -> Iterator[Fields]:
    for day in objects(report.get("daily")):
        for used in objects(day.get("modelBreakdowns")):
            yield {
                "ts": day["date"],
                "model": used.get("modelName"),
                "uncached": first(used.get("inputTokens"), 0),
                "write": used.get("cacheCreationTokens"),
                "cached": used.get("cacheReadTokens"),
                "output": first(used.get("outputTokens"), 0),
                "cost": used.get("cost"),
                "requests": 0,
            }


FORMATS = (
    Format(
        name="ccusage",
        title="ccusage daily report",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "date", "model": "modelName", "uncached": "inputTokens", "write": "cacheCreationTokens",
            "cached": "cacheReadTokens", "output": "outputTokens", "cost": "cost",
        },
        grain="day",
        note="ccusage's report does not tell how many requests there were. The session logs of Claude Code do, and"
        " projects, too.",
    ),
)  # fmt: skip
