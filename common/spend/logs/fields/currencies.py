"""The currency of a cost as a column's name or the cell itself says it: `Cost (€)`, `cost_eur`, `£0.0028`, `CHF 3.50`.

Signs as CLDR has them for English (https://cldr.unicode.org, common/main/en.xml); "$" alone is USD, as in all logs.
"""

import re
from collections.abc import Collection

_SIGNS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₪": "ILS",
    "₫": "VND", "₦": "NGN", "₱": "PHP", "R$": "BRL", "CA$": "CAD", "A$": "AUD", "NZ$": "NZD", "HK$": "HKD",
    "NT$": "TWD", "MX$": "MXN", "CN¥": "CNY", "zł": "PLN", "Kč": "CZK", "Ft": "HUF",
}  # fmt: skip
_CODES = (
    "AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "JPY",
    "KRW", "MXN", "NGN", "NOK", "NZD", "PHP", "PLN", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "VND",
    "ZAR",
)  # fmt: skip
"""ISO 4217."""
_MARK = re.compile(
    "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True) if not sign.isalpha())
    + rf"|(?<![^\W\d_])(?:zł|Kč|Ft|{'|'.join(_CODES)})(?![^\W\d_])"
)
_ENDING = re.compile(rf"(?:[\W_]|costs?|amount|spend|price|total)({'|'.join(_CODES)})\W*$", re.IGNORECASE)
_NUMBER = re.compile(r"[-+(]*[\d.,]+\)?")
_WITH_CURRENCY_ONLY = ("amount",)
"""Names that are of money where a currency stands with them."""


def currency_in(name: str) -> str:
    """The code that a column's name says, also without its punctuation (costeur); "" for none, or USD."""
    found = _MARK.search(name)
    if found:
        return _SIGNS.get(found[0], found[0])
    ending = _ENDING.search(name)
    return ending[1].upper() if ending else ""


def cost_with_currency(names: Collection[str], costs: Collection[str]) -> str:
    """Of plain names, the one that is of `costs` or an amount and ends with a currency's code; "" where none is."""
    known = (*costs, *_WITH_CURRENCY_ONLY)
    return next((name for name in names if name[:-3] in known and name[-3:].upper() in _CODES), "")


def parted(cell: str) -> tuple[str, str] | None:
    """(number, code) of an amount with its currency; None for any other text, or USD."""
    found = _MARK.search(cell)
    if not found:
        return None
    number = (cell[: found.start()] + cell[found.end() :]).strip()
    return (number, _SIGNS.get(found[0], found[0])) if _NUMBER.fullmatch(number.replace(" ", "")) else None
