"""Columns of flattened objects: pandas, dbt and BigQuery write usage.cache_read_input_tokens or usage__input_tokens."""

from collections.abc import Iterable
from functools import lru_cache

from common.spend.logs.fields.columns import ALIASES, FieldName, plain
from common.spend.logs.fields.objects import CONTAINERS

_COUNTED: tuple[FieldName, ...] = (
    "input", "uncached", "output", "cached", "write", "write_5m", "write_1h", "reasoning", "total", "model", "tier",
)  # fmt: skip
"""Fields that objects of usage hold; ids and times of other objects are those of other things."""
_ALL = frozenset(alias for aliases in ALIASES.values() for alias in aliases)
_INNER = frozenset(alias for field in _COUNTED for alias in ALIASES[field])
_OUTER = sorted(CONTAINERS, key=len, reverse=True)


@lru_cache(maxsize=4096)
def inner_name(name: str) -> str:
    """The plain name of the value inside, of a plain name that begins with those of known objects; "" for any other."""
    if name in _ALL:
        return ""
    for outer in _OUTER:
        if name.startswith(outer):
            rest = name.removeprefix(outer)
            if rest in _INNER or (rest := inner_name(rest)):
                return rest
    return ""


def plain_names(header: Iterable[str]) -> dict[str, str]:
    """Plain name -> column, the first of several; of flattened columns also by the name of the value inside."""
    columns = list(header)
    names = {plain(column): column for column in reversed(columns)}
    inner = {short: column for column in reversed(columns) if (short := inner_name(plain(column)))}
    return inner | names
