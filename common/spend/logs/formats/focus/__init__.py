"""FOCUS cost and usage exports, versions 1.2 to 1.4, as CSV: costs as billed, one row per meter.

Columns: focus.finops.org. 1.3 adds ServiceProviderName; 1.4 drops ProviderName and PublisherName. No version has a
column of token kinds, so rows count with their effective cost. Of all the services in such a file, AI is read.
"""

import re
from collections.abc import Iterator

from common.spend.logs.formats.accessors import first, grain_of, has, inner, number, pick, plainly
from common.spend.logs.formats.format import Fields, Format, Record

_AI_CATEGORY = "ai and machine learning"
_AI_NAMES = re.compile(
    r"openai|anthropic|claude|gemini|vertex ai|bedrock|mistral|cohere|generative|litellm|deepseek|foundry models",
    re.IGNORECASE,
)


def _recognises(record: Record) -> bool:
    return has(record, "billedcost", "chargeperiodstart", "billingcurrency")


def _read(record: Record) -> Iterator[Fields]:
    row = plainly(record)
    provider = pick(row, "serviceprovidername", "providername", "publishername", "invoiceissuername")
    if not _is_ai(row, str(provider)):
        return
    tags = inner(row.get("tags"))
    start = row.get("chargeperiodstart")
    yield {
        "ts": start,
        "grain": grain_of(start, row.get("chargeperiodend")),
        "provider": provider,
        "model": first(
            tags.get("model"), pick(row, "resourcename", "chargedescription", "skumeter", "skuid", "servicename")
        ),
        "cost": pick(row, "effectivecost", "billedcost"),
        "currency": row.get("billingcurrency"),
        "requests": _requests(row),
        "user": first(tags.get("user"), tags.get("user_id"), row.get("subaccountid")),
        "feature": first(tags.get("feature"), tags.get("team"), tags.get("team_alias"), row.get("subaccountname")),
    }


def _is_ai(row: Record, provider: str) -> bool:
    if str(row.get("servicecategory")).strip().lower() == _AI_CATEGORY:
        return True
    return _AI_NAMES.search(f"{row.get('servicename')} {provider}") is not None


def _requests(row: Record) -> int:
    """How many requests a row is of, where it is metered by requests (LiteLLM's FOCUS export)."""
    unit = str(row.get("consumedunit")).strip().lower()
    return int(number(row.get("consumedquantity")) or 0) if unit in ("requests", "request") else 0


FORMATS = (
    Format(
        name="focus",
        title="FOCUS cost and usage export",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "ChargePeriodStart",
            "model": "ResourceName",
            "cost": "EffectiveCost",
            "currency": "BillingCurrency",
        },
        grain="day",
        billed=True,
        others="rows of services that are not AI",
        note="The costs are as billed (EffectiveCost), without tokens. A usage export of the same days tells the same "
        "money again: ask about one of the two at a time.",
    ),
)
