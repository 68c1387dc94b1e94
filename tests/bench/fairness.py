"""What one user's flood costs another: the same turns alone and beside ten conversations that never pause."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from cli.ask.client import ApexClient
from cli.ask.turn import ask
from common.accounts.quotas import OPEN_RUNS_LIMIT
from emulators.platform.api import Stack
from tests.bench.figures import Measure, summary
from tests.support.faults import clear_model_faults, inject_model_fault

_CALL_S = 0.5
"""A model's pace: without it the two cores would be what the flood takes, not the queue and the provider."""


def measure(stack: Stack, log: Path, question: str, turns: int) -> Measure:
    """POST to answer of a five-agent turn; its floor is the same turn of the same user while nobody else asks."""
    with ApexClient.sign_in_guest(stack) as guest, ApexClient.sign_in_guest(stack) as other:
        guest.upload(log)
        other.upload(log)
        inject_model_fault(stack, "slow", match=question, times=100_000, seconds=_CALL_S)
        _answers_ms(guest, question, 1)
        alone = _answers_ms(guest, question, turns)
        with _flood(other, question):
            beside = _answers_ms(guest, question, turns)
        clear_model_faults(stack, question)
    return Measure(f"answer beside {OPEN_RUNS_LIMIT} runs of another", summary(beside), summary(alone))


def _answers_ms(guest: ApexClient, question: str, turns: int) -> list[float]:
    times = [ask(guest, question).timings.completed_ms for _ in range(turns)]
    return [ms for ms in times if ms is not None]


@contextmanager
def _flood(flooder: ApexClient, question: str) -> Iterator[None]:
    """As many open runs as one user may have, all the time."""
    over = threading.Event()

    def converse(_: int) -> None:
        while not over.is_set():
            ask(flooder, question)

    with ThreadPoolExecutor(OPEN_RUNS_LIMIT) as pool:
        conversations = [pool.submit(converse, number) for number in range(OPEN_RUNS_LIMIT)]
        try:
            yield
        finally:
            over.set()
    for conversation in conversations:
        conversation.result()
