"""Fees from verified savings, and the monthly statement."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from common.core.vocabulary import TierName
from common.spend.ledger.rows import LedgerRow, RecommendationOutcome, current, outcomes_of

FEE_PERCENT: Mapping[TierName, int] = {"free": 0, "early": 20, "mid": 15, "enterprise": 10}
"""Of verified savings, by the customer's tier. The only place where they stand."""
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFee:
    """One UTC month. `saved_usd` is the net of all its rows that count; `fee_usd` is in whole cents."""

    month: str
    """As in 2026-10."""
    saved_usd: float
    percent: int
    fee_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """The months in order, and their sum (USD)."""

    tier: TierName
    months: tuple[MonthFee, ...]
    fee_usd: float


def fee(rows: Iterable[LedgerRow], tier: TierName, verified: Collection[str]) -> Fee:
    """The tier's share of what was verified, netted month by month; `verified`: recommendations that are.

    Only their measured rows count: no projection, no effect that may be chance, and not what is unexplained, in either
    direction.
    Within a month negative rows reduce the positive ones. A month whose net is negative has a fee of 0; its loss is
    neither paid out nor carried into another month. Of a row that is there twice, the last verification counts.
    """
    nets: dict[str, float] = {}
    for row in current(rows):
        if row.earns and row.recommendation in verified:
            nets[row.day[:7]] = nets.get(row.day[:7], 0.0) + row.saved_usd
    months = tuple(_month(month, net, FEE_PERCENT[tier]) for month, net in sorted(nets.items()))
    return Fee(tier=tier, months=months, fee_usd=float(sum(Decimal(str(month.fee_usd)) for month in months)))


def _month(month: str, net: float, percent: int) -> MonthFee:
    share = max(Decimal(0), Decimal(str(net))) * percent / 100
    return MonthFee(
        month=month, saved_usd=net, percent=percent, fee_usd=float(share.quantize(_CENT, rounding=ROUND_HALF_UP))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One UTC month of a customer. Money is USD."""

    month: str
    tier: TierName
    lines: tuple[RecommendationOutcome, ...]
    """Measured recommendations, then what is unexplained, then projections."""
    saved_usd: float
    """The net of the measured rows of verified recommendations, which the fee is of."""
    unproven_usd: float
    """The same of those whose effect may still be chance."""
    unexplained_usd: float
    projected_usd: float
    price_effect_usd: float
    """What changes of prices did to the measured scopes; neither counted as our saving nor part of any other figure."""
    percent: int
    fee_usd: float


def statement(rows: Iterable[LedgerRow], month: str, tier: TierName, verified: Collection[str]) -> Statement:
    """The statement of a month (as in 2026-10); without rows in it, one of zeros. `verified` as in `fee`."""
    of_month = [row for row in current(rows) if row.day.startswith(f"{month}-")]
    measured = [row for row in of_month if row.basis == "measured"]
    months = fee(of_month, tier, verified).months
    lines = sorted(outcomes_of(of_month), key=lambda line: (line.basis == "projected", line.recommendation is None))
    return Statement(
        month=month,
        tier=tier,
        lines=tuple(lines),
        saved_usd=months[0].saved_usd if months else 0.0,
        unproven_usd=sum(row.saved_usd for row in of_month if row.earns and row.recommendation not in verified),
        unexplained_usd=sum(row.saved_usd for row in measured if row.recommendation is None),
        projected_usd=sum(row.saved_usd for row in of_month if row.basis == "projected"),
        price_effect_usd=sum(row.price_effect_usd for row in measured),
        percent=FEE_PERCENT[tier],
        fee_usd=months[0].fee_usd if months else 0.0,
    )


_COLUMNS = (
    "month", "line", "recommendation", "feature", "days", "requests", "counterfactual_usd", "actual_usd", "saved_usd",
    "low_usd", "high_usd", "price_effect_usd", "fee_percent", "fee_usd",
)  # fmt: skip


def statement_csv(document: Statement) -> str:
    """As RFC 4180 has it, money in USD; the last line, `verified`, is the net that the fee is of.

    A name that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_line(document.month, line) for line in document.lines)
    writer.writerow(
        {
            "month": document.month,
            "line": "verified",
            "saved_usd": _usd(document.saved_usd),
            "price_effect_usd": _usd(document.price_effect_usd),
            "fee_percent": document.percent,
            "fee_usd": f"{document.fee_usd:.2f}",
        }
    )
    return text.getvalue()


def _line(month: str, line: RecommendationOutcome) -> dict[str, str | int]:
    return {
        "month": month,
        "line": line.basis if line.recommendation is not None else "unexplained",
        "recommendation": _harmless(line.recommendation or ""),
        "feature": _harmless(line.feature or ""),
        "days": line.days,
        "requests": line.requests,
        "counterfactual_usd": _usd(line.counterfactual_usd),
        "actual_usd": _usd(line.actual_usd),
        "saved_usd": _usd(line.saved_usd),
        "low_usd": _usd(line.low_usd),
        "high_usd": _usd(line.high_usd),
        "price_effect_usd": _usd(line.price_effect_usd),
    }


def _usd(amount: float | None) -> str:
    return "" if amount is None else f"{amount:.6f}"


def _harmless(name: str) -> str:
    """See OWASP, CSV injection: a cell that begins so is a formula to a spreadsheet."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else name
