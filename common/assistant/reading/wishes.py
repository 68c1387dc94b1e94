"""What the customer wants reached and kept, read from English by rules, with the words that say it."""

from datetime import date

from common.assistant.question.model import Wishes
from common.assistant.reading import wish_money, wish_names, wish_speed, wish_terms, wish_traffic
from common.assistant.reading.masks import Masked, masked
from common.assistant.reading.slate import Slate, Taken
from common.assistant.reading.wish_numbers import in_digits
from common.spend.semantics.catalogue import Catalogue
from common.spend.semantics.dimensions import UNTAGGED, DimensionName
from common.spend.semantics.names import plain

__all__ = ["Taken", "take_wishes"]


def take_wishes(
    message: str, catalogue: Catalogue | None, today: date | None = None
) -> tuple[Wishes, tuple[Taken, ...]]:
    """Wishes of a message, and their spans in its order; a span holds no word of another wish or of a filter.

    Features are named as the data have them, unknown ones as they stand. `today` (UTC) is what "by Friday" counts from.
    Models and providers in a question for figures are filters, and no wishes.
    """
    masks = masked(message)
    slate = Slate(message, in_digits(masks.text), _features(catalogue))
    fields = {**_names(slate, masks), **_numbers(slate, today)}
    taken = sorted(slate.taken, key=lambda each: (each.start, each.end))
    return Wishes.model_validate(fields), tuple(taken)


def _features(catalogue: Catalogue | None) -> dict[str, str]:
    """By their plain names."""
    dimensions = catalogue.dimensions if catalogue else ()
    names = [value for each in dimensions if each.name == DimensionName.FEATURE for value in each.values]
    return {plain(name): name for name in names if name != UNTAGGED}


def _names(slate: Slate, masks: Masked) -> dict[str, object]:
    if wish_names.measures_only(slate.text):
        return {}
    only_kinds, excluded_kinds = wish_names.take_kinds(slate)
    models, providers = wish_names.take_excluded(slate, masks)
    return {
        "only_kinds": only_kinds,
        "excluded_kinds": excluded_kinds,
        "excluded_models": models,
        "excluded_providers": providers,
        "kept": wish_names.take_kept(slate, masks),
        "only_providers": wish_names.take_only(slate, masks),
    }


def _numbers(slate: Slate, today: date | None) -> dict[str, object]:
    """In an order in which none takes the number of another."""
    rpm, tpm = wish_traffic.take_rates(slate)
    hour = wish_money.take_hour(slate)
    terms = {
        "max_effort": wish_terms.take_effort(slate),
        "no_evaluation": wish_terms.take_no_evaluation(slate),
        "no_investment": wish_terms.take_no_investment(slate),
        "top": wish_terms.take_top(slate),
        "quality": wish_terms.take_quality(slate),
    }
    traffic = {"burst": wish_traffic.take_burst(slate), "growth_pct": wish_traffic.take_growth(slate)}
    speed = {"speedup": wish_speed.take_speedups(slate), "latency": wish_speed.take_latency(slate)}
    save, budget = wish_money.take_amounts(slate)
    bill = {"save": save, "budget": budget, "target_pct": wish_money.take_target(slate), "hour_usd": hour}
    horizons = wish_terms.take_horizons(slate)
    due = wish_terms.take_due(slate, today)
    return {"rpm": rpm, "tpm": tpm, **terms, **traffic, **speed, **bill, "horizons": horizons, "due_days": due}
