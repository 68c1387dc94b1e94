"""Units of measures as facts have them."""

from collections.abc import Mapping

from common.contract.answer import Unit
from common.spend.semantics.measure_spec import Unit as MeasureUnit

UNITS: Mapping[MeasureUnit, Unit] = {
    "USD": "usd",
    "requests": "requests",
    "calls": "count",
    "tokens": "tokens",
    "%": "pct",
    "ms": "ms",
    "score": "count",
}
