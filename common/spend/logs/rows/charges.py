"""What is billed beside plain text tokens, from the values of a row.

Sound and images are part of the input and the output that a row states, and cached sound is part of the sound (OpenAI's
`input_token_details`, its Usage API, LiteLLM's and Gemini's details): each is counted up to the bucket that it is in.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from common.spend.logs.fields import values as v
from common.spend.logs.fields.amounts import Amount, Amounts
from common.spend.logs.fields.columns import FIELDS
from common.spend.logs.fields.errors import BadRowError, BlankCellError
from common.spend.logs.rows.row_notes import RowNotes
from common.spend.model import Charge, ChargeKind

_FIELDS = FIELDS[FIELDS.index("total") + 1 :]
NO_CHARGES = tuple((blank,) * len(_FIELDS) for blank in (None, ""))
"""The last fields of a row that has none of them: nearly every row."""
_COUNTS = tuple(name for name in _FIELDS if name not in ("geography", "charges"))
_EMPTY = (None, "")
_US = "us"


def read_charges(
    values: tuple[Any, ...], tokens: tuple[int, ...], requests: int, notes: RowNotes | None = None
) -> tuple[Charge, ...]:
    """`values`: of the last fields, from the sound of the input on; `tokens`: the row's buckets.

    A cell that is not understood costs itself, as the count of tokens can do without: `notes` takes it in.
    """
    row = dict(zip(_FIELDS, values, strict=True))
    amounts: Amounts = row["charges"] or {}
    counts: dict[str, int] = {name: _count(row[name], name, notes) for name in _COUNTS}
    charges = [Charge(kind, units) for kind, units in _tokens(counts, tokens, row["audio_cached"]) if units]
    if counts["web_searches"] and "web_search" not in amounts:
        charges.append(Charge("web_search", counts["web_searches"]))
    charges += [_charge_of(kind, amount, notes) for kind, amount in amounts.items()]
    if any(tokens) and str(row["geography"]).strip().lower() == _US:
        charges.append(Charge("us_inference", max(1, requests)))
    return tuple(charge for charge in charges if charge.units or charge.usd or amounts.get(charge.kind, 0) is None)


def _tokens(counts: Mapping[str, int], tokens: tuple[int, ...], stated_cached: Any) -> Iterator[tuple[ChargeKind, int]]:
    """By kind, disjoint. Where nothing says how much of the sound was cached, text was cached first."""
    uncached, cached, visible = tokens[0], tokens[1], tokens[4]
    text = max(0, uncached + cached - counts["audio_input"] - counts["image_input"])
    is_silent = stated_cached in _EMPTY or v.is_blank_word(stated_cached)
    heard = min(cached, max(0, cached - text) if is_silent else counts["audio_cached"])
    sound = min(uncached, max(0, counts["audio_input"] - heard))
    yield "audio_input", sound
    yield "audio_cached", heard if counts["audio_input"] else 0
    yield "image_input", min(uncached - sound, counts["image_input"])
    spoken = min(visible, counts["audio_output"])
    yield "audio_output", spoken
    yield "image_output", min(visible - spoken, counts["image_output"])


def _count(value: Any, name: str, notes: RowNotes | None) -> int:
    if value in _EMPTY:
        return 0
    try:
        return v.count(value, name.replace("_", " "), v.MOST_SUMMED)
    except BlankCellError:
        if notes is not None:
            notes.blank(name.replace("_", " "), value)
        return 0
    except BadRowError as error:
        if notes is not None:
            notes.drop(name.replace("_", " "), str(error))
        return 0


def _charge_of(kind: ChargeKind, amount: Amount, notes: RowNotes | None) -> Charge:
    units, usd = amount if isinstance(amount, tuple) else (amount, None)
    return Charge(kind, _count(units, kind, notes), usd)
