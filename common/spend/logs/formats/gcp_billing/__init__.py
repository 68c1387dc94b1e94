"""Google Cloud's billing export to BigQuery, standard and detailed, as CSV with dotted names or as JSON.

Fields (partly from memory): cloud.google.com/billing/docs/how-to/export-data-bigquery-tables. The net cost of a row is
its cost plus its credits, which are negative. One row per SKU and hour; only the services that run Gemini and partner
models are read, with the cost as billed. Also the cost table of the console (Billing, Cost table) as CSV, whose columns
are named in words, with lines on the invoice above them.
"""

import re
from collections.abc import Iterator
from typing import Any

from common.spend.logs.formats.accessors import first, grain_of, has, inner, number, objects, plainly
from common.spend.logs.formats.format import Fields, Format, Record

_AI = re.compile(r"vertex ai|gemini|generative language|agent platform", re.IGNORECASE)
_KINDS = re.compile(
    r"\b(?:text|image|audio|video|input|output|cached?|caching|tokens?|count|prediction|predictions|batch|thinking|long|"
    r"short|context|request|requests|response|storage|characters?)\b",
    re.IGNORECASE,
)
_COST_COLUMN = re.compile(r"(?:unrounded )?cost \([^)]+\)$", re.IGNORECASE)
_SPACES = re.compile(r"[\s\-,()\u2013]+")


def _recognises(record: Record) -> bool:
    known = "cost" in record and "usage_start_time" in record
    return known and all(
        value is not None for value in (_at(record, "sku.description"), _at(record, "service.description"))
    )


def _at(record: Record, path: str) -> Any:
    """A value by its dotted name, whether the record is nested or flat ("sku.description", "sku_description")."""
    outer, _, name = path.partition(".")
    nested = inner(record.get(outer))
    return first(nested.get(name), record.get(path), record.get(f"{outer}_{name}"))


def _read(record: Record) -> Iterator[Fields]:
    if not _AI.search(str(_at(record, "service.description"))):
        return
    start, sku = record.get("usage_start_time"), str(_at(record, "sku.description"))
    labels = {str(item.get("key")).lower(): item.get("value") for item in objects(record.get("labels"))}
    yield {
        "ts": start,
        "grain": grain_of(start, record.get("usage_end_time")),
        "provider": "google",
        "model": model_of(sku),
        "cost": _net(record),
        "currency": record.get("currency"),
        "requests": 0,
        "user": first(labels.get("user"), labels.get("user_id"), _at(record, "project.id")),
        "feature": first(labels.get("feature"), labels.get("app"), labels.get("team"), _at(record, "project.name")),
    }


def model_of(sku: str) -> str:
    """The model in a SKU's description: "Gemini 2.5 Flash Text Input - Predictions" is gemini-2.5-flash."""
    words = _SPACES.split(_KINDS.sub(" ", sku).strip())
    return "-".join(word for word in words if word).lower() or sku


def _net(record: Record) -> Any:
    """Cost and credits; a cost that cannot be summed is returned as it is, for the row's validation to reject."""
    credit_items = objects(record.get("credits"))
    amounts = [item.get("amount") for item in credit_items] or [first(_at(record, "credits.amount"), 0)]
    cost = record.get("cost")
    numbers = [number(value) for value in (cost, *amounts)]
    return sum(value for value in numbers if value is not None) if None not in numbers else cost


def _is_table(record: Record) -> bool:
    return has(record, "servicedescription", "skudescription", "usagestartdate") and bool(_cost_column(record))


def _cost_column(record: Record) -> str:
    """The exact cost, else the rounded one; the currency is part of the name: "Unrounded Cost ($)"."""
    named = [column for column in record if _COST_COLUMN.match(column.strip())]
    return next((column for column in named if column.strip().lower().startswith("unrounded")), *named[:1] or [""])


def _table_line(record: Record) -> Iterator[Fields]:
    """Credits are lines of their own, with negative costs; the totals below the table have no service."""
    row = plainly(record)
    if not _AI.search(str(row.get("servicedescription"))):
        return
    column = _cost_column(record)
    mark = column[column.find("(") + 1 : column.rfind(")")]
    yield {
        "ts": row.get("usagestartdate"),
        "grain": "day",
        "provider": "google",
        "model": model_of(str(row.get("skudescription"))),
        "cost": record.get(column),
        "currency": "USD" if mark == "$" else mark,
        "requests": 0,
        "user": first(row.get("projectid"), row.get("projectname")),
        "feature": row.get("projectname"),
    }


FORMATS = (
    Format(
        name="gcp_billing",
        title="Google Cloud billing export",
        recognises=_recognises,
        read=_read,
        labels={"ts": "usage_start_time", "model": "sku.description", "cost": "cost", "currency": "currency"},
        grain="hour",
        billed=True,
        others="rows of other Google Cloud services",
        note="The costs are as billed, less credits, without tokens. A usage log of the same days tells the same money "
        "again: ask about one of the two at a time.",
    ),
    Format(
        name="gcp_cost_table",
        title="Google Cloud cost table",
        recognises=_is_table,
        read=_table_line,
        labels={"ts": "Usage start date", "model": "SKU description", "cost": "Cost"},
        grain="day",
        billed=True,
        others="rows of other Google Cloud services, and totals",
        note="The costs are as billed, credits with them, without tokens. A usage log of the same days tells the same "
        "money again: ask about one of the two at a time.",
    ),
)
