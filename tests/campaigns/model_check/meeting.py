"""Two operations that meet in a scene; afterwards everything is delivered until nothing is open any more."""

from common.errors import ApexError, ErrorCode
from tests.campaigns.model_check.background import BackgroundLoop
from tests.campaigns.model_check.deliveries import drain
from tests.campaigns.model_check.invariants import check_deleted, check_ended, check_now
from tests.campaigns.model_check.ledger import Ledger, read_ledger
from tests.campaigns.model_check.operations import Operation
from tests.campaigns.model_check.place import Place
from tests.campaigns.model_check.scenes import Scene
from tests.campaigns.model_check.turns import Actor

REFUSALS = {ErrorCode.THREAD_NOT_FOUND, ErrorCode.REQUEST_ID_REUSED, ErrorCode.RUN_NOT_FOUND}
"""Refusals that a user may get here."""


class Meeting:
    """Implements `tests.campaigns.model_check.explore.Episode`."""

    def __init__(
        self, background: BackgroundLoop, place: Place, setting: Operation, operations: tuple[Operation, Operation]
    ) -> None:
        self._background = background
        self._scene = scene = Scene(place)
        background.run(setting(scene))
        first, second = operations
        self.actors = (Actor(background, lambda: first(scene)), Actor(background, lambda: second(scene)))

    def check(self) -> None:
        """Raise AssertionError if an invariant is broken now, or after all that was enqueued is done."""
        self._background.run(self._check())

    async def _check(self) -> None:
        outcomes = [_outcome(actor) for actor in self.actors]
        check_now(await self._read())
        await drain(self._scene.place, self._scene.deliveries)
        ledger = await self._read()
        check_ended(ledger)
        if self._scene.is_deleted:
            check_deleted(ledger, self._scene.requests)
        else:
            assert self._scene.accepted == ledger.runs.keys(), "accepted turns, and runs"
        for stopped in outcomes:
            if isinstance(stopped, tuple):
                _check_stop(ledger, *stopped)

    async def _read(self) -> Ledger:
        scene = self._scene
        return await read_ledger(scene.place.ports, scene.uid, scene.requests)


def _outcome(actor: Actor) -> object:
    assert actor.task is not None
    error = actor.task.exception()
    if error is not None and not (isinstance(error, ApexError) and error.code in REFUSALS):
        raise AssertionError("an operation failed") from error
    return actor.task.result() if error is None else None


def _check_stop(ledger: Ledger, request: str, status: str) -> None:
    """A stopped run ended as the reply to its stop said, if it arrived and was not deleted."""
    run = ledger.runs.get(request)
    if run is not None:
        assert run.state.status == status, f"the reply said that {request} is {status}, not {run.state.status}"
