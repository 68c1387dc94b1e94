"""Target and limits of a plan, as arguments of a command."""

import argparse
import math

from common.core.vocabulary import LEVELS
from common.spend.measures.breakdowns import breakdown
from common.spend.model import Limits, Unanswerable
from common.spend.prices import known_model
from common.spend.prices.engine import match_provider
from common.spend.rollup.rollup import Rollup

_ALL = "*"
_HUNDRED = 100.0
_MIN_GROWTH = -100.0


class PlanOptionError(Exception):
    """A limit that does not fit the data; `str` says which, and what the data know."""


def add_plan_options(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    group = parser.add_argument_group("plan", "what the plan must reach, and what it must keep to")
    group.add_argument("--target", type=_target, metavar="PCT", help="how much cheaper: 30%%")
    group.add_argument(
        "--exclude-model", action="append", default=[], type=known_model_name, metavar="M", help="never move to it"
    )
    group.add_argument(
        "--exclude-provider", action="append", default=[], type=_provider, metavar="P", help="never move there"
    )
    group.add_argument(
        "--max-latency",
        action="append",
        default=[],
        type=_latency,
        metavar="FEATURE=MS",
        help="p95 that the feature must keep, * for every one",
    )
    group.add_argument("--growth", type=_growth, default=0.0, metavar="PCT", help="growth of usage: 30%%")
    group.add_argument("--max-effort", choices=LEVELS, help="of each step")
    group.add_argument(
        "--faster",
        action="append",
        default=[],
        type=_factor,
        metavar="[FEATURE=]N",
        help="how many times as fast the p95 must become",
    )


def limits_of(options: argparse.Namespace, rollup: Rollup) -> Limits:
    """The limits. Raises WishError for a feature that the data do not have."""
    latency: dict[str, float] = dict(options.max_latency)
    speedup: dict[str, float] = dict(options.faster)
    known = _features(rollup)
    for name in (*latency, *speedup):
        if name not in (*known, _ALL):
            have = f"they have: {', '.join(known)}" if known else 'they tell no features; "*" is for all requests'
            raise PlanOptionError(f"The data have no feature {name!r}; {have}.")
    return Limits(
        excluded_models=tuple(options.exclude_model),
        excluded_providers=tuple(options.exclude_provider),
        latency_ms=latency,
        growth_pct=options.growth,
        max_effort=options.max_effort,
        speedup=speedup,
    )


def known_model_name(name: str) -> str:
    """The name of a model with a price. Raises ArgumentTypeError for any other."""
    if known_model(name) is None:
        raise argparse.ArgumentTypeError(f"no price is known for the model {name!r}")
    return name


def _features(rollup: Rollup) -> list[str]:
    try:
        return [share.key for share in breakdown(rollup, "feature")]
    except Unanswerable:
        return []


def _provider(name: str) -> str:
    found = match_provider(name)
    if found is None:
        raise argparse.ArgumentTypeError(f"no provider is known by the name {name!r}")
    return found


def _target(text: str) -> float:
    value = _percent(text)
    if not 0 < value <= _HUNDRED:
        raise argparse.ArgumentTypeError(f"a target is above 0 and at most 100 %, not {text!r}")
    return value


def _growth(text: str) -> float:
    value = _percent(text)
    if value <= _MIN_GROWTH:
        raise argparse.ArgumentTypeError(f"usage cannot shrink by 100 % or more: {text!r}")
    return value


def _percent(text: str) -> float:
    return _number(text.strip().removesuffix("%").strip(), text, "a percentage such as 30%")


def _latency(text: str) -> tuple[str, float]:
    feature, _, limit = text.rpartition("=")
    value = _number(limit.strip().removesuffix("ms"), text, "a feature with its limit in ms, such as chat=800")
    if not feature or value <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a feature with its limit in ms, such as chat=800")
    return feature, value


def _factor(text: str) -> tuple[str, float]:
    feature, _, factor = text.rpartition("=")
    value = _number(factor.strip().removesuffix("x"), text, "a number such as 2, or a feature with it, such as chat=2")
    if value <= 1:
        raise argparse.ArgumentTypeError(f"faster means more than 1 times as fast, not {text!r}")
    return feature or _ALL, value


def _number(text: str, argument: str, wanted: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{argument!r} is not {wanted}")
    return value
