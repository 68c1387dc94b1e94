"""What is billed beside plain text tokens, from the values of a row.

Sound and images are part of the input and the output that a row states, and cached sound is part of the sound (OpenAI's
`input_token_details`, its Usage API, LiteLLM's and Gemini's details): each is counted up to the bucket that it is in.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from common.spend.logs.fields import values as v
from common.spend.logs.fields.amounts import Amount, Amounts
from common.spend.logs.fields.columns import FIELDS
from common.spend.model import Charge, ChargeKind

_FIELDS = FIELDS[FIELDS.index("total") + 1 :]
NO_CHARGES = tuple((blank,) * len(_FIELDS) for blank in (None, ""))
"""The last fields of a row that has none of them: nearly every row."""
_EMPTY = (None, "")
_US = "us"


def read_charges(values: tuple[Any, ...], tokens: tuple[int, ...], requests: int) -> tuple[Charge, ...]:
    """`values`: of the last fields, from the sound of the input on; `tokens`: the row's buckets. Raises BadRowError."""
    row = dict(zip(_FIELDS, values, strict=True))
    found = dict(_tokens(row, tokens))
    searches = _count(row, "web_searches")
    amounts: Amounts = row["charges"] or {}
    charges = [Charge(kind, units) for kind, units in found.items() if units]
    charges += [Charge("web_search", searches)] if searches else []
    charges += [_charge_of(kind, amount) for kind, amount in amounts.items()]
    if any(tokens) and str(row["geography"]).strip().lower() == _US:
        charges.append(Charge("us_inference", max(1, requests)))
    return tuple(charge for charge in charges if charge.units or charge.usd or amounts.get(charge.kind, 0) is None)


def _tokens(row: Mapping[str, Any], tokens: tuple[int, ...]) -> Iterator[tuple[ChargeKind, int]]:
    """By kind, disjoint. Where nothing says how much of the sound was cached, text was cached first."""
    uncached, cached, visible = tokens[0], tokens[1], tokens[4]
    text = max(0, uncached + cached - _count(row, "audio_input") - _count(row, "image_input"))
    is_reported = row["audio_cached"] not in _EMPTY
    heard = min(cached, _count(row, "audio_cached") if is_reported else max(0, cached - text))
    sound = min(uncached, max(0, _count(row, "audio_input") - heard))
    yield "audio_input", sound
    yield "audio_cached", heard if _count(row, "audio_input") else 0
    yield "image_input", min(uncached - sound, _count(row, "image_input"))
    spoken = min(visible, _count(row, "audio_output"))
    yield "audio_output", spoken
    yield "image_output", min(visible - spoken, _count(row, "image_output"))


def _count(row: Mapping[str, Any], name: str) -> int:
    return 0 if row[name] in _EMPTY else v.count(row[name], name.replace("_", " "), v.MOST_SUMMED)


def _charge_of(kind: ChargeKind, amount: Amount) -> Charge:
    units, usd = amount if isinstance(amount, tuple) else (amount or 0, None)
    return Charge(kind, units, usd)
