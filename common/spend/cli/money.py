"""Amounts as people read them."""

from collections.abc import Mapping

_CENT = 0.01


def usd(amount: float) -> str:
    """An amount in a sentence; small ones with six places."""
    return f"{amount:,.2f} USD" if abs(amount) >= 1 else f"{amount:.6f} USD"


def in_other_currencies(amounts: Mapping[str, float]) -> str:
    """Amounts by the code of their currency, in a sentence."""
    return " and ".join(usd(amount).replace("USD", currency) for currency, amount in amounts.items())


def usd_in_column(amount: float) -> str:
    """An amount under others, without its unit; less than a cent with six places."""
    return f"{amount:,.2f}" if abs(amount) >= _CENT or not amount else f"{amount:.6f}"


def counted(count: int, noun: str) -> str:
    """A count with its noun: "1 request", "3 requests"."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
