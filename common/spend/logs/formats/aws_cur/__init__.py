"""AWS cost and usage reports, CUR 2.0 and the legacy CUR (CSV): costs as billed, one row per usage type and period.

Columns: docs.aws.amazon.com/cur, "Line item columns"; the usage types of Bedrock: its user guide, "Understanding your
Amazon Bedrock Cost and Usage Report data". Credits, refunds and discounts are rows of their own, with negative costs:
all rows of a service add up to its bill. Of all the services in such a file, AI is read.
"""

import re
from collections.abc import Iterator

from common.spend.logs.formats.accessors import first, grain_of, has, inner, pick, plainly
from common.spend.logs.formats.format import Fields, Format, Record
from common.spend.logs.formats.guide import Guide

_AI = re.compile(r"bedrock|amazon\s?q\b|amazonq|anthropic|claude|kiro", re.IGNORECASE)
_EDITION = re.compile(r"\(.*bedrock.*\)", re.IGNORECASE)
_REGION = re.compile(r"(?:[A-Z]{2,4}\d{1,2}-)?(?:MP:(?:[A-Z]{2,4}\d{1,2}_)?)?")
_KINDS = re.compile(
    r"input|output|tokens?|count|cache|read|write|cached|mantle|batch|flex|priority|cross|region|global|geo|standard|"
    r"custom|model|units|(?:cacheread|cachewrite)?(?:input|output)tokencount",
    re.IGNORECASE,
)
_TAGS = "resourcetagsuser"
_EDGES = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=\d)(?=[A-Z])")


def _recognises(record: Record) -> bool:
    return has(record, "lineitemusagestartdate", "lineitemunblendedcost", "lineitemproductcode")


def _read(record: Record) -> Iterator[Fields]:
    row = plainly(record)
    product = inner(row.get("product"))
    name = str(first(row.get("productproductname"), product.get("product_name"), ""))
    service = str(first(row.get("productservicename"), product.get("servicename"), ""))
    if not _AI.search(f"{row.get('lineitemproductcode')} {service} {name}"):
        return
    start, tags = row.get("lineitemusagestartdate"), _tags(row)
    yield {
        "ts": start,
        "grain": grain_of(start, row.get("lineitemusageenddate")),
        "provider": "aws",
        "model": _EDITION.sub("", name).strip() if _EDITION.search(name) else _model(row, service or name),
        "cost": row.get("lineitemunblendedcost"),
        "currency": row.get("lineitemcurrencycode"),
        "requests": 0,
        "user": first(tags.get("user"), pick(row, "lineitemusageaccountname", "lineitemusageaccountid")),
        "feature": first(tags.get("feature"), tags.get("app"), tags.get("application"), tags.get("team")),
    }


def _model(row: Record, service: str) -> str:
    return model_of(str(first(row.get("lineitemusagetype"), ""))) or service or str(row.get("lineitemproductcode"))


def model_of(usage_type: str) -> str:
    """The model in a usage type: "USE1-Claude4.5Sonnet-input-tokens" is claude-4.5-sonnet; "" where there is none."""
    words = re.split(r"[-_]", _REGION.sub("", usage_type, count=1))
    named = "-".join(word for word in words if not _KINDS.fullmatch(word))
    return _EDGES.sub("-", named).lower()


def _tags(row: Record) -> Record:
    """A resource's tags by their own names, of CUR 2.0's map and of the columns of the legacy report."""
    nested, legacy = inner(row.get("resourcetags")), {key: row[key] for key in row if key.startswith(_TAGS)}
    return {key.lower().removeprefix(_TAGS).removeprefix("user_"): value for key, value in (nested | legacy).items()}


FORMATS = (
    Format(
        name="aws_cur",
        title="AWS cost and usage report",
        recognises=_recognises,
        read=_read,
        labels={
            "ts": "line_item_usage_start_date", "model": "line_item_usage_type", "cost": "line_item_unblended_cost",
            "currency": "line_item_currency_code",
        },
        grain="hour",
        billed=True,
        others="rows of AWS services that are not AI",
        note="The costs are as billed (line_item_unblended_cost), with credits, refunds and discounts, without tokens. "
        "A usage log of the same days tells the same money again: ask about one of the two at a time.",
    ),
)  # fmt: skip

GUIDE = Guide(
    name="AWS",
    words=("amazon web services", "cost and usage report", "aws cur", "aws bill"),
    best="a cost and usage report (CUR 2.0)",
    steps=(
        "In AWS open Billing and Cost Management, Data Exports, and create a standard export of CUR 2.0.",
        "Choose hourly or daily granularity, resource tags, and gzip CSV or Parquet.",
        "Download the file of the last full month from its S3 bucket and drop it here.",
    ),
    note="It has costs as billed by usage type, but neither tokens of requests nor latency. Bedrock's model invocation "
    "logs have those.",
)
