"""Builds what a function works with from the settings of its process; entry points call this and nothing else does."""

from functools import cache
from typing import TYPE_CHECKING

from common.environment.settings import process_settings
from common.runs.ports import Ports
from common.runs.queue import step_queue
from common.store.client import firestore_client, read_all

if TYPE_CHECKING:
    from common.datasets.warm_rollups import WarmRollups


@cache
def ports_of(service: str) -> Ports:
    """The ports of this process; built inside the event loop, at first use."""
    settings = process_settings(service)
    return Ports(firestore_client(settings.project), step_queue(settings), settings.profile)


@cache
def warm_rollups() -> "WarmRollups":
    """Those of this process, whichever function asks."""
    from common.datasets.warm_rollups import WarmRollups  # noqa: PLC0415 - other functions would start a tenth of a second later

    return WarmRollups()


async def warm_up(service: str) -> None:
    """Readiness: settings are right, and the connection to Firestore is open before the first user comes."""
    settings = process_settings(service)
    await read_all(firestore_client(settings.project), ["run_state/warm-up"])
