"""Points that are passed only beside a certain fault, and so cannot be struck without it."""

import random
from collections.abc import Iterable, Sequence

from tests.campaigns.faults.kinds import EXHAUSTING
from tests.campaigns.faults.plan import DATA_DELETED
from tests.campaigns.faults.scan import Point

LEADS: tuple[tuple[str, str, str, str], ...] = (
    ("common/assistant/agents/thoughts.py", "on_text", "", "model_slow_twice"),
    ("common/assistant/agents/thoughts.py", "_complete_sentences", "", "model_slow_twice"),
    ("common/assistant/agents/thoughts.py", "_heading", "", "model_slow_report"),
    ("common/assistant/agents/thoughts.py", "_think", "", "model_slow_twice"),
    ("common/assistant/agents/conversation.py", "_ask_to_correct", "", "model_made_up"),
    ("common/runs/recorder.py", "retract", "", "model_slow_made_up"),
    ("common/runs/advance.py", "continue_in_next_delivery", "", "model_slow"),
    ("common/runs/advance.py", "try_again", "fail_step", "model_away"),
    ("common/runs/advance.py", "fail_step", "", "model_refused"),
    ("common/runs/claim.py", "_take", "end_run", "kill_again"),
    ("common/runs/claim.py", "_take", "ensure_head", "kill_again"),
    ("common/runs/sweep.py", "_check", "end_run", "upkeep_ahead"),
    ("common/runs/sweep.py", "_wake", "postpone", "task_very_late"),
    ("functions/step/worker.py", "_work_under_lease", "_LONG", "model_slow"),
    ("functions/step/worker.py", "_work_under_lease", "continue_in_next_delivery", "model_slow"),
    ("functions/step/worker.py", "_work_under_lease", "failure", "model_refused"),
    ("functions/step/worker.py", "_work_under_lease", "fail_step(ports, writer, error)", DATA_DELETED),
)
"""File, function, a part of the text, and the fault."""


HANDLERS = {("common/runs/writer.py", "_forget"): "self._forget(error)"}
"""File and function of points that are passed only from an `except`, and the call there."""


def failures_before(points: Sequence[Point], chosen: Point) -> tuple[str, ...]:
    """The awaits of which one must fail, or a point in an `except`, or in what is called there, is not passed."""
    call = HANDLERS.get((chosen.file, chosen.function))
    if call is None:
        return chosen.handler_of
    return next(point.handler_of for point in points if point.file == chosen.file and call in point.text)


def leads_of(points: Sequence[Point], chosen: Iterable[int], rng: random.Random) -> list[str]:
    """The faults beside which the chosen points are passed: one that uses up the attempts, or all others."""
    faults = list(dict.fromkeys(fault for number in chosen for fault in _leads(points[number])))
    exhausting = [fault for fault in faults if fault in EXHAUSTING]
    if exhausting and rng.random() < 0.5:
        return [rng.choice(exhausting)]
    return [fault for fault in faults if fault not in EXHAUSTING]


def _leads(point: Point) -> list[str]:
    return [
        fault
        for file, function, text, fault in LEADS
        if (point.file, point.function) == (file, function) and text in point.text
    ]
