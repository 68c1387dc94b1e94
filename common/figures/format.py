"""How Apex writes numbers: "96.79 USD", "12.3 %", "1,155 tokens", "820 ms", "19,366 requests"."""

from datetime import datetime

from common.contract.answer import Fact, Unit

_SUFFIX: dict[Unit, str] = {
    "usd": " USD",
    "pct": " %",
    "tokens": " tokens",
    "ms": " ms",
    "requests": " requests",
    "count": "",
}
_CENT = 0.01
"""USD below which an amount needs significant digits; up to 1 USD it gets four decimals."""
_TENTH = 0.1
_DAY_MS = 86_400_000.0
_SPANS = ((_DAY_MS, "day"), (3_600_000.0, "hour"), (60_000.0, "minute"), (1_000.0, "second"))


def figure(value: float, unit: Unit) -> str:
    """`value` (base unit) as a customer reads it; rounded as `common.figures.mentions` expects it."""
    text = _number(value, unit)
    suffix = _SUFFIX[unit]
    singular = text == "1" and unit in ("tokens", "requests")
    return text + (suffix.removesuffix("s") if singular else suffix)


def span(days: float) -> str:
    """A length of time in its largest fitting unit: "58 minutes", "29.9 days"."""
    size = days * _DAY_MS
    scale, noun = next((unit for unit in _SPANS if size >= 2 * unit[0]), _SPANS[-1])
    text = _plain(f"{size / scale:,.1f}")
    return f"{text} {noun}" + ("" if text == "1" else "s")


def span_fact(name: str, days: float) -> Fact:
    """The length of time of `days` as a fact in ms."""
    return Fact(name=name, value=days * _DAY_MS, unit="ms")


def moment(when: datetime) -> str:
    """A point in time as customers read it, UTC."""
    return when.strftime("%Y-%m-%d %H:%M")


def _number(value: float, unit: Unit) -> str:
    size = abs(value)
    if unit == "usd":
        return f"{value:,.2f}" if size >= 1 or size == 0 else _small_amount(value)
    if unit == "pct":
        return _plain(f"{value:,.1f}") if size >= _TENTH or size == 0 else _significant(value)
    if unit == "count":
        return _plain(f"{value:,.2f}")
    return f"{value:,.0f}" if size >= 1 or size == 0 else _significant(value)


def _small_amount(value: float) -> str:
    """Below 1 USD: four decimals where they matter, at least two."""
    if abs(value) < _CENT:
        return _significant(value)
    text = f"{value:.4f}"
    return text[:-2] if text.endswith("00") else text.removesuffix("0")


def _plain(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _significant(value: float) -> str:
    """Two significant digits, never in scientific notation."""
    text = f"{value:.20f}"
    first = next((index for index, char in enumerate(text) if char in "123456789"), len(text))
    return _plain(f"{value:,.{max(first - text.index('.') + 1, 0)}f}")
