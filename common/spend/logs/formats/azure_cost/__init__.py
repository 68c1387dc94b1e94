"""Azure's cost exports and usage details (CSV), of all agreements: costs as billed, one row per meter and day.

Columns: learn.microsoft.com/azure/cost-management-billing/dataset-schema; they differ in case and in a few names
between agreements. Dates are month, day, year. Refunds and adjustments are rows with negative costs. Of all services in
such a file, AI is read: models are meters of "Cognitive Services", "Azure OpenAI" or "Foundry Models".
"""

import re
from collections.abc import Iterator
from typing import Any

from common.spend.logs.formats.accessors import first, has, inner, pick, plainly
from common.spend.logs.formats.format import Fields, Format, Record
from common.spend.logs.formats.guide import Guide

_AI = re.compile(r"openai|foundry|anthropic|claude|mistral|deepseek|cohere|llama|grok|\bphi\b|gpt", re.IGNORECASE)
_COSTS = ("costinbillingcurrency", "pretaxcost", "cost", "costinusd")
_KINDS = re.compile(
    r"inp|inpt|input|in|outp|outpt|opt|output|out|cached|cache|cchd|cd|tokens?|glbl|global|gl|regional|regnl|rgnl|reg|dz|"
    r"dzone|data|zone|batch|std|pp|shortco|longco|hosting|1k|1m|prty",
    re.IGNORECASE,
)


def _recognises(record: Record) -> bool:
    return has(record, "metercategory", "metername") and any(has(record, name) for name in _COSTS)


def _cost(row: Record) -> tuple[Any, Any]:
    """Cost and currency: in USD where the export says it, else as billed."""
    if row.get("costinusd") not in (None, ""):
        return row["costinusd"], "USD"
    return pick(row, *_COSTS), pick(row, "billingcurrencycode", "billingcurrency", "currency", "currencycode")


def _read(record: Record) -> Iterator[Fields]:
    row = plainly(record)
    if not _AI.search(" ".join(str(row.get(name)) for name in ("metercategory", "metersubcategory", "productname"))):
        return
    cost, currency = _cost(row)
    tags = inner(row.get("tags"))
    yield {
        "ts": pick(row, "date", "usagedatetime", "usagedate"),
        "provider": "azure",
        "model": model_of(str(pick(row, "metername", "metersubcategory", "metercategory"))),
        "cost": cost,
        "currency": currency,
        "requests": 0,
        "user": first(tags.get("user"), pick(row, "subscriptionname", "subscriptionid")),
        "feature": first(tags.get("feature"), tags.get("app"), tags.get("team"), row.get("resourcegroup")),
    }


def model_of(meter: str) -> str:
    """The model in a meter's name: "gpt-4.1-mini-cached-Inp-glbl Tokens" is gpt-4.1-mini; the name itself without one.

    Newer meters leave "gpt" out: "5 mini Inp Gl 1M Tokens".
    """
    words = [word for word in re.split(r"[\s\-_]+", meter) if word and not _KINDS.fullmatch(word)]
    name = "-".join(words).lower()
    return f"gpt-{name}" if name[:1].isdigit() else name or meter


FORMATS = (
    Format(
        name="azure_cost",
        title="Azure cost export",
        recognises=_recognises,
        read=_read,
        labels={"ts": "date", "model": "meterName", "cost": "costInBillingCurrency", "currency": "billingCurrency"},
        grain="day",
        billed=True,
        dates="mdy",
        others="rows of Azure services that are not AI",
        note="The costs are as billed, without tokens. A usage log of the same days tells the same money again: ask "
        "about one of the two at a time.",
    ),
)

GUIDE = Guide(
    name="Azure Cost Management",
    words=("azure cost", "azure bill", "cost management"),
    best="an export of cost and usage details",
    steps=(
        "In the Azure portal open Cost Management, Exports, and create one of cost and usage details (actual).",
        "Choose CSV or Parquet; run it for the last full month.",
        "Download the file from its storage account and drop it here.",
    ),
    note="It has costs as billed by meter and day, but neither tokens of requests nor latency.",
)
