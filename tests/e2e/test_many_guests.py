"""Twenty first-time users at once, each with a file and a right answer of their own."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cli.ask.client import ApexClient
from cli.ask.turn import TurnOutcome, ask
from emulators.platform.api import Stack
from tests.support.guests import states, states_any, write_logs
from tests.support.invariants import check_run

GUESTS = 20


def visit(stack: Stack, log: Path) -> TurnOutcome:
    """A guest's first visit: sign in, upload, ask."""
    with ApexClient.sign_in_guest(stack) as guest:
        guest.upload(log)
        return ask(guest, "How do I cut this bill by 30 %?")


def test_twenty_guests_at_once_get_twenty_right_answers(stack: Stack, tmp_path: Path) -> None:
    logs = write_logs(tmp_path, GUESTS)
    with ThreadPoolExecutor(GUESTS) as pool:
        outcomes = list(pool.map(lambda log: visit(stack, log.path), logs))
    for outcome, log in zip(outcomes, logs, strict=True):
        check_run([arrived.event for arrived in outcome.events])
        assert states(outcome, log.cost_usd)
        assert not states_any(outcome, (other.cost_usd for other in logs if other is not log))
