"""What the customer wants reached and kept, read from English by rules, with the words that say it."""

from datetime import date

from common.assistant.question.model import Constraints
from common.assistant.reading import (
    constraint_alone,
    constraint_money,
    constraint_names,
    constraint_speed,
    constraint_terms,
    constraint_traffic,
)
from common.assistant.reading.constraint_numbers import in_digits
from common.assistant.reading.masks import Masked, masked
from common.assistant.reading.slate import Slate, Span
from common.spend.semantics.catalogue import Catalogue
from common.spend.semantics.dimensions import UNTAGGED, DimensionName
from common.spend.semantics.names import plain

__all__ = ["Span", "take_constraints"]


def take_constraints(
    message: str, catalogue: Catalogue | None, today: date | None = None
) -> tuple[Constraints, tuple[Span, ...]]:
    """Constraints of a message, and their spans in its order; no span holds a word of another constraint or a filter.

    Features are named as the data have them, unknown ones as they stand. `today` (UTC) is what "by Friday" counts from.
    Models and providers in a question for figures are filters, and no constraints.
    """
    masks = masked(message)
    slate = Slate(message, in_digits(masks.text), _features(catalogue))
    fields = {**_names(slate, masks), **_numbers(slate, today)}
    spans = sorted(slate.spans, key=lambda each: (each.start, each.end))
    return Constraints.model_validate(fields), tuple(spans)


def _features(catalogue: Catalogue | None) -> dict[str, str]:
    """By their plain names."""
    dimensions = catalogue.dimensions if catalogue else ()
    names = [value for each in dimensions if each.name == DimensionName.FEATURE for value in each.values]
    return {plain(name): name for name in names if name != UNTAGGED}


def _names(slate: Slate, masks: Masked) -> dict[str, object]:
    if constraint_names.measures_only(slate.text):
        return {}
    alone, unwanted = constraint_alone.take_alone(slate, masks)
    only_kinds, excluded_kinds = constraint_names.take_kinds(slate)
    models, providers = constraint_names.take_excluded(slate, masks)
    return {
        "only_kinds": only_kinds,
        "excluded_kinds": tuple(dict.fromkeys((*excluded_kinds, *unwanted))),
        "excluded_models": models,
        "excluded_providers": providers,
        "keeps": tuple(dict.fromkeys((*alone, *constraint_names.take_kept(slate, masks)))),
        "only_providers": constraint_names.take_only(slate, masks),
    }


def _numbers(slate: Slate, today: date | None) -> dict[str, object]:
    """In an order in which none takes the number of another."""
    rpm, tpm = constraint_traffic.take_rates(slate)
    hour = constraint_money.take_hour(slate)
    terms = {
        "max_effort": constraint_terms.take_effort(slate),
        "no_evaluation": constraint_terms.take_no_evaluation(slate),
        "no_investment": constraint_terms.take_no_investment(slate),
        "top": constraint_terms.take_top(slate),
        "quality": constraint_terms.take_quality(slate),
    }
    traffic = {"burst": constraint_traffic.take_burst(slate), "growth_pct": constraint_traffic.take_growth(slate)}
    speed = {"speedup": constraint_speed.take_speedups(slate), "latency": constraint_speed.take_latency(slate)}
    save, budget = constraint_money.take_amounts(slate)
    bill = {"save": save, "budget": budget, "target_pct": constraint_money.take_target(slate), "hour_usd": hour}
    horizons = constraint_terms.take_horizons(slate)
    due = constraint_terms.take_due(slate, today)
    return {"rpm": rpm, "tpm": tpm, **terms, **traffic, **speed, **bill, "horizons": horizons, "due_days": due}
