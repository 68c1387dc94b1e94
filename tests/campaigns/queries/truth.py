"""What a query must give, in SQL over the rows: no code of the engine, only each measure's declared `sql`."""

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import duckdb

from common.spend.semantics.measures import MEASURES, MeasureName
from common.spend.semantics.periods import Period
from common.spend.semantics.query import Condition, UsageQuery
from tests.campaigns.queries.folding import Folding

DIMENSION_SQL: Mapping[str, str] = {
    "day": "CAST(day AS VARCHAR)",
    "week": "CAST(CAST(date_trunc('week', day) AS DATE) AS VARCHAR)",
    "month": "strftime(day, '%Y-%m')",
    "weekday": "dayname(day)",
    "hour": "coalesce(lpad(CAST(hour AS VARCHAR), 2, '0'), '(whole day)')",
    "minute": "coalesce(minute, '(none)')",
    "feature": "coalesce(feature, '(untagged)')",
    "provider": "provider",
    "model": "model",
    "status": "status",
    "tier": "tier",
    "user": "coalesce(\"user\", '(untagged)')",
}
_TOKENS = "in_uncached + cache_read + cache_write_5m + cache_write_1h + out_visible + out_reasoning > 0"
_SHOWN_BY: dict[str, str] = {
    "error_rate": "status <> 'ok'",
    "failed_requests": "status <> 'ok'",
    "cached_share": "cache_read + cache_write_5m + cache_write_1h > 0",
    "cached_tokens": "cache_read + cache_write_5m + cache_write_1h > 0",
    "cache_write_tokens": "cache_read + cache_write_5m + cache_write_1h > 0",
    "reasoning_tokens": "out_reasoning > 0",
    "reasoning_cost": "out_reasoning > 0",
    **dict.fromkeys(("server_tool_fees", "server_tool_calls"), "tools_units > 0"),
    **dict.fromkeys(("audio_tokens", "audio_cost"), "audio_units > 0"),
    **dict.fromkeys(("image_tokens", "image_cost"), "image_units > 0"),
    "geography_cost": "is_in_one_country",
    "latency_p50": "latency_ms IS NOT NULL",
    "latency_p95": "latency_ms IS NOT NULL",
    "ttft_p50": "ttft_ms IS NOT NULL",
    "ttft_p95": "ttft_ms IS NOT NULL",
    **dict.fromkeys(("repeated_requests", "repeated_share", "repeated_cost"), "prompt_hash IS NOT NULL"),
    "quality": "quality IS NOT NULL",
    "reported_cost": "cost_reported IS NOT NULL AND currency = 'USD'",
    "billed_cost": "billed_pico <> 0",
    "requests": "requests > 0",
    "cost_per_request": "requests > 0",
    **dict.fromkeys(
        (
            "input_tokens",
            "output_tokens",
            "total_tokens",
            "average_input_tokens",
            "average_output_tokens",
            "input_floor",
            "input_p50",
            "input_p95",
        ),
        _TOKENS,
    ),
    "cost_per_1k_tokens": _TOKENS,
    "feature": "feature IS NOT NULL",
    "user": '"user" IS NOT NULL',
    "status": "status <> 'ok'",
}
"""What a row must have for a measure or a dimension, in SQL."""
Days = tuple[date, date]
"""First and last, both included."""
Keys = tuple[str, ...]
Numbers = tuple[float | None, ...]


class Truth:
    """The rows of one log."""

    def __init__(
        self, db: duckdb.DuckDBPyConnection, folding: Folding, minute_days: int, *, has_status_column: bool
    ) -> None:
        self._db = db
        self.folding = folding
        self._has_status_column = has_status_column
        self._answers: dict[str, list[tuple[Any, ...]]] = {}
        """Of what is asked again and again."""
        first, last = self._rows("SELECT min(day), max(day) FROM usage")[0]
        self.days: Days = (first, last)
        latest = self._rows("SELECT DISTINCT day FROM usage WHERE minute IS NOT NULL ORDER BY 1 DESC")[:minute_days]
        self.first_by_minute: date = latest[-1][0] if len(latest) == minute_days else date.min

    def _rows(self, sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._db.execute(sql, values or []).fetchall()
        return found

    def _once(self, sql: str) -> list[tuple[Any, ...]]:
        if sql not in self._answers:
            self._answers[sql] = self._rows(sql)
        return self._answers[sql]

    def values(self, dimension: str) -> list[str]:
        """All values of a dimension, in order."""
        return [name for (name,) in self._once(f"SELECT DISTINCT {DIMENSION_SQL[dimension]} FROM usage ORDER BY 1")]  # noqa: S608 - a closed table

    def values_in(self, query: UsageQuery, dimension: str) -> list[str]:
        """All values in the part that answers a query."""
        sql = self._columns(query)[dimension]
        rows = self._once(f"SELECT DISTINCT {sql} FROM usage ORDER BY 1")  # noqa: S608 - a closed table
        first = self.first_by_minute.isoformat() if dimension == "minute" else ""
        return [name for (name,) in rows if name >= first]

    def is_cut(self, query: UsageQuery) -> bool:
        """Whether a query needs lines by day."""
        return query.versus is not None or days_of(query.period, self.days) != self.days

    def _columns(self, query: UsageQuery) -> Mapping[str, str]:
        """The SQL of each dimension in the part that answers a query: some hold fewer names apart."""
        used = {name.value for name in query.dimensions}
        columns = dict(DIMENSION_SQL)
        if "hour" in used and used & {"feature", "provider", "model"}:
            columns["feature"] = "coalesce(feature_by_hour, '(untagged)')"
        if "feature" in used:
            columns["user"] = "coalesce(user_by_feature, '(untagged)')"
        elif self.is_cut(query) or used & {"day", "week", "month", "weekday"}:
            columns["user"] = "coalesce(user_by_day, '(untagged)')"
        return columns

    def shows(self, name: str) -> bool:
        """Whether a row has what a measure or a dimension needs; a log with a column of states tells of failures."""
        condition = _SHOWN_BY.get(name)
        if condition is None or (condition == _SHOWN_BY["status"] and self._has_status_column):
            return True
        return self.has(condition)

    def has(self, condition: str) -> bool:
        """Whether a row meets a condition in SQL."""
        return bool(self._once(f"SELECT count(*) FROM usage WHERE {condition}")[0][0])  # noqa: S608 - the checker's own words

    def lines(self, query: UsageQuery, days: Days, names: tuple[MeasureName, ...]) -> dict[Keys, Numbers]:
        """Measures by group."""
        columns = self._columns(query)
        keys = [columns[name] for name in query.by]
        where, values = _where(query.where, days, columns)
        chosen = ", ".join([*keys, *(MEASURES[name].sql for name in names)])
        group = f" GROUP BY {', '.join(keys)}" if keys else ""
        rows = self._rows(f"SELECT {chosen} FROM usage WHERE {where}{group}", values)  # noqa: S608 - values are bound
        return {row[: len(keys)]: row[len(keys) :] for row in rows}

    def total(self, query: UsageQuery, days: Days, without: list[Keys]) -> Numbers:
        """Measures of all lines but some."""
        columns = self._columns(query)
        where, values = _where(query.where, days, columns)
        for keys in without:
            same = " AND ".join(f"{columns[name]} = ?" for name in query.by)
            where, values = f"{where} AND NOT ({same})", [*values, *keys]
        chosen = ", ".join(MEASURES[name].sql for name in query.measures)
        return self._rows(f"SELECT {chosen} FROM usage WHERE {where}", values)[0]  # noqa: S608 - values are bound


def _where(conditions: tuple[Condition, ...], days: Days, columns: Mapping[str, str]) -> tuple[str, list[Any]]:
    parts, values = ["day BETWEEN ? AND ?"], list[Any](days)
    for each in conditions:
        marks = ", ".join("?" * len(each.values))
        parts.append(f"{columns[each.dimension]} {'NOT ' if each.negated else ''}IN ({marks})")
        values += each.values
    return " AND ".join(parts), values


def days_of(period: Period | None, data: Days, base: Days | None = None) -> Days | None:
    """The days of a period that are in the data; None: none is."""
    first, last = _span(period, data, base)
    first, last = max(first, data[0]), min(last, data[1])
    return (first, last) if first <= last else None


def _span(period: Period | None, data: Days, base: Days | None) -> Days:  # noqa: PLR0911 - one line for each period
    end, day = data[1], timedelta(days=1)
    month = end.replace(day=1)
    if period is None:
        return data
    match period.name.value:
        case "last_days":
            return end - (period.days or 0) * day + day, end
        case "last_week":
            return end - 6 * day, end
        case "week_before":
            return end - 13 * day, end - 7 * day
        case "this_week":
            return next(end - back * day for back in range(7) if (end - back * day).isoweekday() == 1), end
        case "today" | "yesterday":
            return end, end
        case "this_month":
            return month, end
        case "last_month":
            year, number = (end.year, end.month - 1) if end.month > 1 else (end.year - 1, 12)
            return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])
        case "between":
            return period.first or data[0], period.last or data[1]
    first, last = base or data
    return first - (last - first) - day, first - day
