"""A 64-bit hash of each counted row: equal for the same row of two exports, whichever way it was read.

It is a sum of the row's numbers, each times a key of its field, modulo 2^64, and of hashes of its names. So whole
columns give it in a few steps (common/spend/logs/columnar/hashes.py). Names are the file's own: a newer price list,
which may know a model under another name, changes no hash. Two rows that are equal have one hash: how often counts.
"""

from functools import lru_cache
from operator import mul

from common.spend.model import BUCKETS, UsageRow
from common.spend.prices.engine import PICO
from common.spend.rollup.bounded_names import hash64
from common.spend.rollup.row_facts import times_of

NUMBERS = ("micros", *BUCKETS, "reported", "latency_us", "ttft_us")
"""In microseconds since 1970, tokens, 10^-12 of the currency, and microseconds again."""
LABELS = ("model", "user", "feature", "status", "tier")
MISSING = -1
"""For a number that a row does not have."""
KEYS = tuple(hash64(f"row hash 1 {name}") | 1 for name in NUMBERS)
"""A change of the ingredients makes all stored hashes useless: later files match none."""
_ID_KEY, _SECOND_KEY = hash64("row hash 1 request id") | 1, hash64("row hash 1 second") | 1
_MASK = (1 << 64) - 1
_SECOND = 1_000_000


def row_hash(row: UsageRow) -> int:
    """By its request id and second where it has an id: ids may be mere numbers of rows, which start again in each file.

    Without an id by all that two exports of one source agree on; scores and tags may be added to a row later.
    """
    second = int(row.ts.timestamp())
    if row.request_id is not None:
        return (hash64(row.request_id) * _ID_KEY + second * _SECOND_KEY) & _MASK
    cost, (latency, ttft) = row.cost_reported, times_of(row)
    numbers = (
        second * _SECOND + row.ts.microsecond,
        *row.tokens,
        MISSING if cost is None else round(cost * PICO),
        MISSING if latency is None else latency,
        MISSING if ttft is None else ttft,
    )
    names = _names_hash(row.model, row.user, row.feature, row.status, row.tier)
    whole: int = sum(map(mul, numbers, KEYS)) + names + _extras(row)
    return whole & _MASK


@lru_cache(maxsize=65_536)
def label_hash(field: str, name: str | None) -> int:
    """Of a name in its field."""
    return 0 if name is None else hash64(f"{field} {name}")


@lru_cache(maxsize=65_536)
def _names_hash(*names: str | None) -> int:
    """Of the names in the order of LABELS."""
    return sum(map(label_hash, LABELS, names))


def _extras(row: UsageRow) -> int:
    """Of fields that most request logs lack; 0 where all are missing."""
    names = label_hash("session", row.session) + label_hash("prompt", row.prompt_hash)
    if row.charges and row.cost_reported is None and not any(row.tokens):  # others were stored without their charges
        names += sum(label_hash("charge", f"{charge.kind} {charge.units}") for charge in row.charges)
    if row.grain == "request" and row.currency == "USD":
        return names
    return names + hash64(f"{row.grain} {row.requests} {row.currency} {row.context_above}")
