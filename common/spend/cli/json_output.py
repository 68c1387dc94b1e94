"""Findings as one JSON object. Money is USD, times are UTC."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from common.spend.cli.read_files import LogFindings
from common.spend.measures import anomalies, forecast
from common.spend.measures.breakdowns import breakdown
from common.spend.measures.totals import totals
from common.spend.model import By, OpportunityReport, Plan, PlanStep, Share, Unanswerable
from common.spend.prices import prices_as_of
from common.spend.quality import Evaluations

T = TypeVar("T")


def document_of(
    findings: LogFindings, evaluations: Evaluations, savings: OpportunityReport, plan: Plan
) -> dict[str, Any]:
    """What `--json` prints; a list is empty, and a value null, where the data do not show it."""
    rollup, files = findings.rollup, findings.files
    formats = list(dict.fromkeys(file.format for file in files))
    usage = totals(rollup)
    whole = {**asdict(usage), **(_NO_COST if usage.is_unpriced else {})}
    return {
        "format": formats[0] if len(formats) == 1 else formats,
        "rows": sum(file.rows - file.shared for file in files),
        "rejects": sum(file.rejected for file in files),
        "rejected": [{"file": file.name, **asdict(reject)} for file in files for reject in file.rejects],
        "unread_usd": sum(file.unread_usd for file in files),
        "duplicates": sum(file.duplicates for file in files),
        "shared": sum(file.shared for file in files),
        "files": [
            {"name": file.name, "format": file.format, "rows": file.rows, "shared": file.shared, "notes": file.notes}
            for file in files
        ],
        "unread": [{"file": file.name, "reason": file.reason} for file in findings.unread],
        "errors": [{"file": file.name, "message": file.broken} for file in files if file.broken],
        "where": [condition.model_dump(mode="json") for condition in findings.where],
        "period": findings.period and findings.period.model_dump(mode="json", exclude_none=True),
        "prices": {"as_of": prices_as_of(), "price_date": _iso(findings.book.price_date)},
        "totals": {**whole, "first": _iso(whole["first"]), "last": _iso(whole["last"]), "has": sorted(whole["has"])},
        **{f"by_{by}": _shares(findings, by) for by in _BY},
        "anomalies": _or_none(lambda: [asdict(day) for day in anomalies(rollup).days]) or [],
        "forecast": _or_none(lambda: asdict(forecast(rollup))),
        "evaluations": [
            {"name": file.name, "models": [model.id for model in file.models], "prompts": len(file.rows)}
            for file in evaluations.files
        ],
        "opportunities": [{**asdict(item), "risk": item.risk} for item in savings.opportunities],
        "left_out": [asdict(item) for item in savings.left_out],
        "unavailable": [asdict(item) for item in savings.unavailable],
        "plan": {**asdict(plan), **_unknown(plan), "steps": [_step(step, plan) for step in plan.steps]},
        "savings_base": asdict(savings.base) if savings.base else None,
    }


_NO_COST = {"cost_usd": None, "failed_cost_usd": None}
"""Of requests without a price: unknown, not free."""


_MONEY = ("baseline_usd", "today_usd", "after_usd", "savings_usd", "savings_pct", "low_usd", "high_usd")


def _unknown(plan: Plan) -> dict[str, None]:
    """The money of a plan over requests without a price."""
    if plan.base is None or plan.base.usd is not None or not plan.base.unpriced_requests:
        return {}
    return dict.fromkeys(
        ("baseline_usd", "today_usd", "after_usd", "savings_usd", "savings_pct", "low_usd", "high_usd")
    )


_BY: tuple[By, ...] = ("model", "feature", "user", "day", "hour", "provider", "status")


def _shares(findings: LogFindings, by: By) -> list[dict[str, Any]]:
    return [_share(by, share) for share in _or_none(lambda: breakdown(findings.rollup, by)) or []]


def _share(by: By, share: Share) -> dict[str, Any]:
    fields = asdict(share)
    return {by: fields.pop("key"), **fields}


def _step(step: PlanStep, plan: Plan) -> dict[str, Any]:
    """What the step adds in the plan; all else stands with the opportunity of this id."""
    item = step.opportunity
    fields = ("id", "kind", "title", "feature", "from_model", "to_model", "effort", "risk", "confidence")
    return {
        **{name: getattr(item, name) for name in fields},
        "savings_usd": step.savings_usd,
        "base": asdict(plan.base) if plan.base else None,
    }


def _or_none(answer: Callable[[], T]) -> T | None:
    try:
        return answer()
    except Unanswerable:
        return None


def _iso(moment: Any) -> str | None:
    return None if moment is None else str(moment.isoformat())
