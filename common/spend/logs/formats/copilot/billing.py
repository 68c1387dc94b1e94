"""GitHub's usage reports (CSV): sums by day, user, product and model.

Columns: docs.github.com/en/billing/reference/billing-reports. `net_amount` is what GitHub bills, in USD, after the
credits of a plan. Reports of AI usage have tokens, in four columns that do not overlap. Of all products, AI is read.
"""

import re
from collections.abc import Iterator

from common.spend.logs.formats.accessors import first, has, pick, plainly
from common.spend.logs.formats.format import Fields, Format, Record
from common.spend.prices.names import COPILOT

_AI = re.compile(r"copilot|spark|\bmodels\b|ai[-_ ]?credit|premium[-_ ]?request", re.IGNORECASE)
_AUTO = re.compile(r"auto:\s*", re.IGNORECASE)


def _recognises(record: Record) -> bool:
    return has(record, "date", "product", "sku", "grossamount", "netamount")


def _read(record: Record) -> Iterator[Fields]:
    row = plainly(record)
    if not _AI.search(f"{row.get('product')} {row.get('sku')}"):
        return
    yield {
        "ts": row.get("date"),
        "provider": COPILOT,
        "model": _AUTO.sub("", str(pick(row, "model", "sku") or "")),
        "uncached": first(row.get("input"), 0),
        "cached": row.get("cacheread"),
        "write": row.get("cachewrite"),
        "output": first(row.get("output"), 0),
        "cost": row.get("netamount"),
        "requests": 0,
        "user": row.get("username"),
        "feature": pick(row, "repository", "costcentername", "organization"),
    }


BILLING = Format(
    name="copilot_billing",
    title="GitHub billing report",
    recognises=_recognises,
    read=_read,
    labels={
        "ts": "date", "model": "model", "uncached": "input", "cached": "cache_read", "write": "cache_write",
        "output": "output", "cost": "net_amount", "user": "username", "feature": "repository",
    },
    grain="day",
    billed=True,
    others="rows of GitHub products that are not AI",
    note="The costs are as billed (net_amount), less the credits that your plan includes. Copilot bills credits, not "
    "tokens: its tokens are counted, but have no price of their own, so no savings are computed for them.",
)  # fmt: skip
