"""Baselines: how the requests that a recommendation is about behaved, frozen when it was accepted.

Prices are not copied: saved money is priced at the days of the requests that were measured, and the frozen side of a
price effect by the dated price engine at the day of acceptance. `price_version` says by which list and contract.

A baseline is bounded: at most 80 price keys for requests and 80 for repeats, those with most requests, in at most
8 groups of days each; the rest is left out, and `kept` is the share that is in. So its text stays below 200 kB.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from pydantic import TypeAdapter

from common.spend.ledger.behaviour import Behaviour
from common.spend.ledger.traffic import NO_REPEATS, Repeats, RequestMix, Traffic, price_version, traffic_of
from common.spend.model import OpportunityKind, Unanswerable
from common.spend.prices.book import LIST_PRICES, PriceBook
from common.spend.prices.names import find_by_name
from common.spend.rollup.priced_requests import NO_REQUESTS, REQUESTS, Counts, PriceKey, ServedModel, sum_of
from common.spend.rollup.rollup import Rollup

OF_FEATURES: frozenset[OpportunityKind] = frozenset(["retry_waste", "duplicates", "batch"])
"""Kinds that concern all models of a feature; the others concern one."""
SWAPS: frozenset[OpportunityKind] = frozenset(["right_sizing", "provider_choice"])
_MOST_KEYS = 80
_MOST_PARTS = 8


class SwapTarget(NamedTuple):
    """The model that a swap leads to; `provider` None: at any seller."""

    provider: str | None
    model: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Requests of one price key, by group of days: each [requests, tokens by bucket]."""

    place: PriceKey
    parts: tuple[Counts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What the verification of one recommendation needs. Money is USD, days are UTC (ISO), both ends included."""

    id: str
    """Deterministic: of the recommendation and the day of acceptance."""
    recommendation: str
    """The opportunity's id."""
    kind: OpportunityKind
    title: str
    feature: str | None
    source: ServedModel | None
    """The model that it is about; None: all models of the feature."""
    target: SwapTarget | None
    """Where a swap leads."""
    accepted: str
    """The day of acceptance, at whose prices the frozen side of a price effect is."""
    first: str
    last: str
    days: int
    """With requests in the scope."""
    requests: int
    """Of the scope that went well, over all those days."""
    expected_usd: float
    """As the recommendation promised, for those days."""
    expected_usd_per_request: float
    price_version: str
    kept: float
    """Share of the scope's requests that the cells hold; 1.0 unless the scope has more price keys than are kept."""
    has: tuple[str, ...]
    """The fields that the rows have, see Totals.has."""
    sent: tuple[Cell, ...]
    repeats: tuple[Cell, ...]
    hashed: tuple[float, ...]
    """Requests with a prompt hash, by group of days."""

    @property
    def accepted_day(self) -> int:
        """As an ordinal."""
        return date.fromisoformat(self.accepted).toordinal()

    @property
    def parts(self) -> int:
        """Groups of days, by leaving out of which the uncertainty of the baseline is estimated."""
        return len(self.sent[0].parts)

    def behaviour(self, without: int | None = None) -> Behaviour:
        """Of all days, or of those that are not in one of the parts."""
        hashed = sum(count for index, count in enumerate(self.hashed) if index != without)
        return Behaviour(_mix_of(self.sent, without), Repeats(_mix_of(self.repeats, without), hashed))


_ADAPTER = TypeAdapter(Baseline)
_KIND: TypeAdapter[OpportunityKind] = TypeAdapter(OpportunityKind)


def as_document(baseline: Baseline) -> dict[str, Any]:
    """JSON-ready; it holds lists in lists, so stores that refuse these keep it as text."""
    document: dict[str, Any] = _ADAPTER.dump_python(baseline, mode="json")
    return document


def from_document(document: dict[str, Any]) -> Baseline:
    """The reverse of `as_document`, exactly. Raises pydantic's ValidationError, a ValueError, for anything else."""
    return _ADAPTER.validate_python(document)


class ProposedChange(Protocol):
    """What is to be measured: an opportunity, or the recommendation that a plan made of it."""

    @property
    def id(self) -> str:
        """Identifies it; nothing is parsed out of it."""

    @property
    def kind(self) -> str:
        """An OpportunityKind."""

    @property
    def title(self) -> str:
        """As the customer knows it."""

    @property
    def feature(self) -> str | None:
        """None: all requests."""

    @property
    def from_model(self) -> str | None:
        """None: every model."""

    @property
    def provider(self) -> str | None:
        """Who sells `from_model`; None where the change concerns every model."""

    @property
    def to_model(self) -> str | None:
        """Of a swap."""

    @property
    def to_provider(self) -> str | None:
        """Who sells `to_model`."""

    @property
    def savings_usd(self) -> float:
        """As promised for the days of the usage that it was found in."""


def freeze(rollup: Rollup, change: ProposedChange, at: date, book: PriceBook = LIST_PRICES) -> Baseline:
    """The baseline of one change, accepted on the UTC day `at`, from the days up to and with it.

    Raises Unanswerable where the data hold no priced request of its scope, as sums without a count of requests, and
    for a change of a model whose provider was not recorded and cannot be told from the data.
    """
    kind = _KIND.validate_python(change.kind)
    source = _source(rollup, kind, change)
    target = _target(kind, change, source)
    by_day = traffic_of(rollup, [change.feature])[change.feature]
    scoped = {day: _within(traffic, source, target) for day, traffic in by_day.items() if day <= at.toordinal()}
    days = {day: traffic for day, traffic in scoped.items() if traffic.sent}
    parts = _parted(list(days.values()))
    sent, kept = _cells([[traffic.sent for traffic in part] for part in parts])
    requests = (
        Behaviour(_mix_of(sent, None), NO_REPEATS).requests([source] if source else _groups(sent)) if sent else 0.0
    )
    if not requests:
        raise Unanswerable(
            f"The data up to {at} hold no request with a price that “{change.title}” is about, so there is "
            "nothing to measure against. Add a log with one row per request from before the change."
        )
    return Baseline(
        id=sha256(f"{change.id}|{at}".encode()).hexdigest()[:20],
        recommendation=change.id,
        kind=kind,
        title=change.title,
        feature=change.feature,
        source=source,
        target=target,
        accepted=at.isoformat(),
        first=date.fromordinal(min(days)).isoformat(),
        last=date.fromordinal(max(days)).isoformat(),
        days=len(days),
        requests=round(requests),
        expected_usd=change.savings_usd,
        expected_usd_per_request=change.savings_usd / requests,
        price_version=price_version(book),
        kept=kept,
        has=tuple(sorted(rollup.has)),
        sent=sent,
        repeats=_cells([[traffic.repeats.sent for traffic in part] for part in parts])[0],
        hashed=tuple(sum(traffic.repeats.hashed for traffic in part) for part in parts),
    )


def _source(rollup: Rollup, kind: OpportunityKind, change: ProposedChange) -> ServedModel | None:
    """The model that a change is about, at its seller; None: all models of the feature."""
    if kind in OF_FEATURES or change.from_model is None:
        return None
    if change.provider is not None:
        return ServedModel(change.provider, change.from_model)
    return ServedModel(_only_seller(rollup, change), change.from_model)


def _only_seller(rollup: Rollup, change: ProposedChange) -> str:
    """Proposals from before providers were recorded: whose requests they mean is known where one provider has them.

    Not for a move of the same model to another seller: its `to_provider` was not recorded either.
    """
    scope = (change.from_model, change.feature)
    sellers = {key.provider for key in rollup.cells if (key.model, key.feature) == scope}
    if len(sellers) != 1 or change.to_model == change.from_model:
        raise Unanswerable(
            f"“{change.title}” is of an answer from before providers were recorded, so it is not known whose requests "
            "to measure. Ask for the savings again, and accept it from the new answer."
        )
    return sellers.pop()


def _target(kind: OpportunityKind, change: ProposedChange, source: ServedModel | None) -> SwapTarget | None:
    """A swap to another model at its own maker counts at any seller; one to a seller, at that one."""
    if source is None or change.to_model is None or kind not in SWAPS:
        return None
    maker = find_by_name(change.to_model)
    at_its_maker = maker is not None and maker.provider == change.to_provider
    return SwapTarget(None if at_its_maker and change.to_model != source.model else change.to_provider, change.to_model)


def _within(traffic: Traffic, source: ServedModel | None, target: SwapTarget | None) -> Traffic:
    if source is None:
        return traffic
    sent = {p: c for p, c in traffic.sent.items() if p.served == source or leads(target, p.served)}
    return Traffic(sent, NO_REPEATS)


def leads(target: SwapTarget | None, group: ServedModel) -> bool:
    """True for the model that a swap leads to, at the seller that it names."""
    return target is not None and group.model == target.model and target.provider in (None, group.provider)


def _parted(days: Sequence[Traffic]) -> list[list[Traffic]]:
    """Neighbouring days together, so that what lasts for some days is in one part."""
    count = min(_MOST_PARTS, len(days))
    return [list(days[i * len(days) // count : (i + 1) * len(days) // count]) for i in range(count)]


def _cells(parts: Sequence[Sequence[RequestMix]]) -> tuple[tuple[Cell, ...], float]:
    """The price keys with most requests, and their share of all requests."""
    summed = {
        place: tuple(sum_of(mix.get(place, NO_REQUESTS) for mix in part) for part in parts)
        for place in {place for part in parts for mix in part for place in mix}
    }
    largest = sorted(summed, key=lambda place: (-sum_of(summed[place])[REQUESTS], place))
    whole = sum(sum_of(counts)[REQUESTS] for counts in summed.values())
    kept = sum(sum_of(summed[place])[REQUESTS] for place in largest[:_MOST_KEYS])
    cells = tuple(Cell(place, _rounded(summed[place])) for place in largest[:_MOST_KEYS])
    return cells, kept / whole if whole else 1.0


def _rounded(parts: Iterable[Counts]) -> tuple[Counts, ...]:
    """Estimates of repeats to thousandths, which keeps the text short; whole numbers as they are."""
    return tuple(tuple(round(count, 3) for count in part) for part in parts)


def _groups(cells: Iterable[Cell]) -> list[ServedModel]:
    return list(dict.fromkeys(cell.place.served for cell in cells))


def _mix_of(cells: Iterable[Cell], without: int | None) -> dict[PriceKey, Counts]:
    summed = {cell.place: sum_of(part for index, part in enumerate(cell.parts) if index != without) for cell in cells}
    return {place: counts for place, counts in summed.items() if counts[REQUESTS]}
