"""A customer's own terms as JSON, read into a price book: discounts and negotiated prices, see docs/spend.md."""

import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.spend.model import BUCKETS
from common.spend.prices.book import Discount, NegotiatedPrice, PriceBook, Validity
from common.spend.prices.engine import Model, match_provider
from common.spend.prices.names import resolve
from common.spend.prices.overrides import pico

WORDS = {
    "input": "in_uncached",
    "cached_input": "cache_read",
    "cache_write_5m": "cache_write_5m",
    "cache_write_1h": "cache_write_1h",
    "output": "out_visible",
    "reasoning": "out_reasoning",
}
"""A customer's words for the buckets."""

_Rate = Annotated[Decimal, Field(ge=0, decimal_places=6)]
_LISTS = {"discounts": "Discount", "prices": "Price"}
_WORDING = {
    "extra_forbidden": "this word is not known",
    "missing": "this is missing",
    "model_type": "this must be an object, with the lists discounts and prices",
}
"""Our words for pydantic's kinds of fault; of other kinds its own are plain enough."""


class ContractError(ValueError):
    """The file cannot be used; `str` says every fault with its place, in the customer's words."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Term(_Strict):
    provider: str | None = None
    model: str | None = None
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")


class _Discount(_Term):
    percent: Annotated[Decimal, Field(gt=0, le=100)]


class _Rates(_Strict):
    input: _Rate | None = None
    cached_input: _Rate | None = None
    cache_write_5m: _Rate | None = None
    cache_write_1h: _Rate | None = None
    output: _Rate | None = None
    reasoning: _Rate | None = None


class _Price(_Term):
    model: str
    tier: Literal["standard", "batch", "flex", "priority"] = "standard"
    usd_per_million_tokens: _Rates


class _Contract(_Strict):
    discounts: tuple[_Discount, ...] = ()
    prices: tuple[_Price, ...] = ()


_T = TypeVar("_T", _Discount, _Price)


def read_contract(text: str, price_date: date | None = None) -> PriceBook:
    """The price book of a contract's JSON text. Raises ContractError for a file that cannot be used as a whole."""
    try:
        contract = _Contract.model_validate(json.loads(text, parse_float=Decimal))
    except json.JSONDecodeError as fault:
        raise ContractError(f"This is not JSON: {fault.msg} in line {fault.lineno}, column {fault.colno}.") from fault
    except ValidationError as fault:
        raise ContractError("\n".join(_sentence(error) for error in fault.errors())) from fault
    faults = [*_faults("discounts", contract.discounts), *_faults("prices", contract.prices)]
    if faults:
        raise ContractError("\n".join(faults))
    return PriceBook(
        price_date=price_date,
        discounts=tuple(map(_discount, contract.discounts)),
        negotiated=tuple(map(_negotiated, contract.prices)),
    )


def _sentence(error: Any) -> str:
    where = list(error["loc"])
    place = f"{_LISTS[where[0]]} {where[1] + 1}" if len(where) > 1 and where[0] in _LISTS else "The file"
    field = " ".join(str(part) for part in (where[2:] if place != "The file" else where))
    return f"{place}{', ' + field if field else ''}: {_WORDING.get(error['type'], error['msg'])}."


def _faults(listed: str, terms: tuple[_T, ...]) -> list[str]:
    """What is wrong with terms beyond their form: unknown names, days in the wrong order, empty terms."""
    faults = ((place, fault) for place, term in enumerate(terms, 1) for fault in _faults_of(term))
    return [f"{_LISTS[listed]} {place}: {fault}" for place, fault in faults]


def _faults_of(term: _Discount | _Price) -> list[str]:
    owner = match_provider(term.provider) if term.provider else None
    checks = {
        f"the provider {term.provider!r} is not known.": term.provider is not None and owner is None,
        f"no list price is known for the model {term.model!r}; check its name.": bool(term.model)
        and _priced(term) is None,
        "name a provider or a model.": not term.provider and not term.model,
        '"from" is after "to".': term.first is not None and term.last is not None and term.first > term.last,
        "give at least one rate.": isinstance(term, _Price) and not term.usd_per_million_tokens.model_fields_set,
    }
    return [sentence for sentence, wrong in checks.items() if wrong]


def _priced(term: _Discount | _Price) -> Model | None:
    return resolve(term.provider, term.model) if term.model else None


def _key(term: _Discount | _Price) -> tuple[str, str] | None:
    model = _priced(term)
    return (model.provider, model.id) if model else None


def _validity(term: _Term) -> Validity:
    return Validity(first=term.first, last=term.last)


def _seller(term: _Term) -> str | None:
    return match_provider(term.provider) if term.provider else None


def _discount(term: _Discount) -> Discount:
    return Discount(percent=term.percent, provider=_seller(term), model=_key(term), validity=_validity(term))


def _negotiated(term: _Price) -> NegotiatedPrice:
    """Reasoning costs as much as output where only output has a price, as in the list prices."""
    given: dict[str, Decimal | None] = dict(term.usd_per_million_tokens)
    given["reasoning"] = given["output"] if given["reasoning"] is None else given["reasoning"]
    rates = {WORDS[word]: rate for word, rate in given.items()}
    model = _key(term)
    if model is None:
        raise LookupError(f"no price is known for {term.model!r}, which was checked before")
    return NegotiatedPrice(
        model=model,
        rates=tuple(None if (rate := rates[bucket]) is None else pico(rate) for bucket in BUCKETS),
        provider=_seller(term),
        tier=term.tier,
        validity=_validity(term),
    )
