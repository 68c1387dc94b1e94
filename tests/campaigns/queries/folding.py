"""Which names a rollup holds apart, by its limits, told from the rows: those with the smallest hashes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from common.spend.model import UsageRow
from common.spend.prices.names import resolve
from common.spend.rollup.limits import RollupLimits

OTHER = "(other)"
_Name = str | None


def place(name: str) -> int:
    """By which names are chosen: the first 8 bytes of BLAKE2b."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class Folding:
    """The names that each part holds apart; all others are OTHER there."""

    names: Mapping[str, frozenset[str]]
    """By dimension, those that any part has."""
    users_by_day: frozenset[str]
    users_by_feature: frozenset[str]
    features_by_hour: frozenset[str]
    features_by_day: frozenset[str]
    """Of sketches."""

    def columns(self, row: UsageRow, provider: str, model: str) -> dict[str, _Name]:
        """The names of a row in each part."""
        return {
            "model": model if resolve(provider, model) else _or_other(model, self.names["model"]),
            "status": row.status if row.status == "ok" else _or_other(row.status, self.names["status"]),
            "feature": _or_other(row.feature, self.names["feature"]),
            "feature_by_hour": _or_other(row.feature, self.features_by_hour),
            "user": _or_other(row.user, self.names["user"]),
            "user_by_day": _or_other(row.user, self.users_by_day),
            "user_by_feature": _or_other(row.user, self.users_by_feature),
        }


def _or_other(name: _Name, names: frozenset[str]) -> _Name:
    return name if name is None or name in names else OTHER


def folding_of(rows: list[UsageRow], limits: RollupLimits) -> Folding:
    """Of a log."""
    every: dict[str, set[_Name]] = {
        "feature": {row.feature for row in rows},
        "user": {row.user for row in rows},
        "status": {row.status for row in rows if row.status != "ok"},
        "model": {row.model for row in rows if resolve(row.provider or None, row.model) is None},
    }
    names = {name: _smallest(values, limits.names[name]) for name, values in every.items()}
    users, features = names["user"], names["feature"]
    timed = [row for row in rows if row.status == "ok" and (row.latency_ms, row.ttft_ms) != (None, None)]
    return Folding(
        names=names,
        users_by_day=_fitting(users, ((row.user, row.ts.date()) for row in rows), limits.user_days),
        users_by_feature=_fitting(users, ((row.user, row.ts.date()) for row in rows), limits.user_feature_days),
        features_by_hour=_fitting(features, ((row.feature, _hour(row)) for row in rows), limits.feature_hours),
        features_by_day=_fitting(features, ((row.feature, row.ts.date()) for row in timed), limits.feature_days),
    )


def _hour(row: UsageRow) -> object:
    return row.ts.date(), None if row.grain == "day" else row.ts.hour


def _smallest(names: Iterable[_Name], limit: int) -> frozenset[str]:
    return frozenset(sorted((name for name in names if name is not None), key=place)[:limit])


def _fitting(names: frozenset[str], times: Iterable[tuple[_Name, object]], most: int) -> frozenset[str]:
    """As many as have room with all their times, and no other before one that has none."""
    of_name: dict[_Name, set[object]] = {}
    for name, time in times:
        of_name.setdefault(name, set()).add(time)
    used, fitting = 0, set[str]()
    for name in sorted(names, key=place):
        used += len(of_name.get(name, ()))
        if used > most:
            break
        fitting.add(name)
    return frozenset(fitting)
