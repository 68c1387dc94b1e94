"""Which findings a plan may take, and which of them are advisable when no target asks for more."""

from collections.abc import Iterable

from common.core.vocabulary import LEVELS
from common.spend.model import Limits
from common.spend.opportunities.finding import Finding, unrefuted

_MEDIUM = 1


def pointed_at(findings: Iterable[Finding], select: Iterable[str]) -> list[Finding]:
    """Those of the ids in `select`, in its order. Raises KeyError for an id that is no opportunity of these data."""
    known = {finding.opportunity.id: finding for finding in findings}
    wanted = list(select)
    missing = [name for name in wanted if name not in known]
    if missing:
        raise KeyError(f"no such opportunity in these data and limits: {', '.join(missing)}")
    return [known[name] for name in wanted]


def within(findings: Iterable[Finding], limits: Limits) -> list[Finding]:
    """Those that a plan may take by itself: no more effort than allowed, and nothing that evidence speaks against."""
    most = limits.max_effort
    return [finding for finding in unrefuted(findings) if most is None or finding.effort <= LEVELS.index(most)]


def advisable(findings: Iterable[Finding]) -> list[Finding]:
    """One of each set of alternatives, by savings: low or medium risk, then the least effort, then the most savings."""
    found = list(findings)
    mild = [finding for finding in found if finding.risk <= _MEDIUM] or found
    by_effort = sorted(mild, key=lambda f: (f.effort, -f.opportunity.savings_usd))
    return sorted(one_of_each(by_effort), key=lambda f: -f.opportunity.savings_usd)


def one_of_each(findings: Iterable[Finding]) -> list[Finding]:
    """The first of each set of alternatives."""
    first: dict[object, Finding] = {}
    for finding in findings:
        first.setdefault(finding.choice, finding)
    return list(first.values())
