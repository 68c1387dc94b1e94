"""What is billed beside plain text tokens: the price of one unit of each kind, by the seller, the model and the day.

A model's own price goes before the seller's for all models (charges.json, each with its `why`, `source` and the day on
which it was `read`). Fees are list prices: what was negotiated holds for tokens. Free allowances of searches, as Google
has them by the day or month, are not taken off: a log does not show which requests they cover.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from common.spend.model import BUCKETS, ChargeKind, ServiceTier
from common.spend.prices.engine import PICO, Model

BUCKET_OF: Mapping[ChargeKind, int] = MappingProxyType(
    {
        "audio_input": BUCKETS.index("in_uncached"),
        "audio_cached": BUCKETS.index("cache_read"),
        "audio_output": BUCKETS.index("out_visible"),
        "image_input": BUCKETS.index("in_uncached"),
        "image_cached": BUCKETS.index("cache_read"),
        "image_output": BUCKETS.index("out_visible"),
    }
)
"""The bucket that tokens of sound and images are counted in, too; the other kinds are no tokens."""
_AS_TEXT = ("image_input", "image_cached")
"""Models that read text and images take one price for both, where the list has no other: OpenAI's and Google's pricing
pages ("text / image / video"), Anthropic's vision guide. Read on 2026-12-01.
"""


_HALF = 50


@dataclass(frozen=True, slots=True)
class _Fee:
    pico: int
    """Of a unit, or the share of the tokens' cost in percent."""
    models: frozenset[str]
    """Empty: all of the seller."""


@cache
def _fees() -> Mapping[tuple[str, ChargeKind], _Fee]:
    text = Path(__file__).with_name("charges.json").read_text(encoding="utf-8")
    listed: list[dict[str, Any]] = json.loads(text, parse_float=Decimal)
    return {(fee["provider"], fee["kind"]): _fee(fee) for fee in listed}


def _fee(listed: dict[str, Any]) -> _Fee:
    pico = int(listed["usd"] * PICO) if "usd" in listed else int(listed["percent"])
    return _Fee(pico, frozenset(listed.get("models", ())))


def costs_as_text(model: Model, kind: ChargeKind) -> bool:
    """Whether tokens without a price of their own cost what text does: those of images that a text model reads."""
    return kind in _AS_TEXT and not model.is_for_sound


def fee_of(model: Model | None, seller: str, kind: ChargeKind, day: int, tier: ServiceTier) -> int | None:
    """Pico-USD of one call of a server tool, and the like; None without a price."""
    if tier == "free":
        return 0
    if model is not None and model.provider == seller and (own := model.charge(kind, day, tier)) is not None:
        return own
    fee = _fees().get((seller, kind))
    return None if fee is None or fee.models else fee.pico


def surcharge_of(model: Model | None, seller: str, cost: int) -> int | None:
    """Pico-USD that inference in the United States adds to what the tokens cost; None without a price."""
    fee = _fees().get((seller, "us_inference"))
    if model is None or fee is None or model.id not in fee.models:
        return None
    return (cost * fee.pico + _HALF) // 100
