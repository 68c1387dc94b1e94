"""What the campaign says: a line while it runs, the violations, a table, one JSON object."""

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from tests.campaigns.faults.board import Board
from tests.campaigns.faults.campaign import CampaignResults
from tests.campaigns.faults.checker import KINDS, Violation
from tests.campaigns.faults.plan import RoundPlan
from tests.campaigns.faults.scan import Point
from tests.campaigns.faults.unreachable import reason, required

_EVENTS_SHOWN = 60


def progress(results: CampaignResults, points: Sequence[Point], rounds: int, seconds: float) -> str:
    """One line."""
    return (
        f"{results.rounds} of {rounds} rounds, {_hit(results, points)} points, "
        f"{len(results.violations)} violations, {seconds:.0f} s"
    )


def _hit(results: CampaignResults, points: Sequence[Point]) -> str:
    return f"{len(required(points) & results.struck.keys())} of {len(required(points))}"


def violation(seed: int, plan: RoundPlan, log: Sequence[str], what: Violation) -> str:
    """All that is needed to look for the cause."""
    lines = [
        f"{what.kind.upper()} in round {plan.number}: {what.what}",
        f"  again: python -m tests.campaigns.faults --seed {seed} --round {plan.number}",
        f"  user {what.user}, run {what.run}",
        f"  injected: {'; '.join(log) or 'nothing'}",
        *(f"  planned: {user}" for user in plan.users),
        *(f"  {_short(event)}" for event in what.events[:_EVENTS_SHOWN]),
    ]
    return "\n".join(lines)


def _short(event: Mapping[str, object]) -> str:
    detail = event.get("thought") or event.get("tool_call_id") or event.get("result") or event.get("code") or ""
    return f"{event['seq']:>3} step {event['step']} {event['agent']} {event['type']} {str(detail)[:60]}"


def counts(results: CampaignResults) -> dict[str, int]:
    """Violations by kind."""
    by_kind = Counter(what.kind for _, _, what in results.violations)
    return {kind: by_kind[kind] for kind in KINDS}


def kinds(results: CampaignResults, points: Sequence[Point]) -> dict[str, int]:
    """How often each kind of fault was injected; kills by the part of the code that they struck."""
    kills = Counter[str]()
    for number, times in results.struck.items():
        kills[f"kill {points[number].file.rpartition('/')[0]}"] += times
    return {**dict(sorted(kills.items())), **dict(sorted(results.faults.items()))}


def table(results: CampaignResults, points: Sequence[Point], boards: Mapping[str, Board], seconds: float) -> str:
    """What was done and found, and the points that were not struck."""
    lines = [f"{times:>7}  {kind}" for kind, times in kinds(results, points).items()]
    lines += ["", "  ".join(f"{reason}: {times}" for reason, times in results.ends.most_common())]
    lines += [f"in {results.may_fail} of {results.rounds} rounds a run might fail"]
    lines += ["", f"{_hit(results, points)} points struck in {results.rounds} rounds, {seconds:.0f} s"]
    for number, point in enumerate(points):
        if number not in results.struck and (why := reason(point)):
            lines.append(f"  unreachable: {point.name}: {why}")
        elif number not in results.struck:
            passed = sum(board.passed(number) for board in boards.values())
            lines.append(f"  not struck: {point.name} ({f'passed {passed} times' if passed else 'never passed'})")
    lines.append("  ".join(f"{kind}: {times}" for kind, times in counts(results).items()))
    return "\n".join(lines)


def as_json(results: CampaignResults, points: Sequence[Point], seed: int, seconds: float) -> str:
    """The last line of --json."""
    return json.dumps(
        {
            "rounds": results.rounds,
            "faults": kinds(results, points),
            "points": {"hit": len(required(points) & results.struck.keys()), "total": len(required(points))},
            **counts(results),
            "ends": dict(results.ends),
            "rounds_that_may_fail": results.may_fail,
            "seed": seed,
            "seconds": round(seconds, 1),
        }
    )


def say(line: str) -> None:
    """A line for whoever looks on."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
