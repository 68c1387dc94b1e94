"""`python -m tests.campaigns.versions.capture`: keep what this version writes, before the next one changes it.

On a running development stack: a user with data, a question that was answered, and one that stands between two steps.
"""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from google.cloud import firestore

from cli.ask.client import ApexClient
from cli.ask.turn import ask
from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import EnvironmentName
from common.environment.settings import Settings, load_settings
from common.runs.ports import Ports
from common.runs.queue import StepQueue, StepTask, tasks_client
from common.runs.state import RunState, read_state
from common.store import paths
from common.store.client import SCHEMA_VERSION
from emulators.platform.addresses import child_environment
from emulators.platform.api import Stack, running
from tests.campaigns.versions.kept import FOLDER, encode
from tests.support.documents import stored
from tests.support.usage_log import usage_log

QUESTION = "How do I cut this bill by 30 %?"
_PAUSE_AFTER = 2
"""Steps: triage and data are done, the others are not."""


async def capture(stack: Stack, settings: Settings) -> Path:
    """Write the snapshot of this version; the queue of the stack goes on afterwards."""
    queue = tasks_client(settings)
    db = firestore.AsyncClient(project=settings.project)
    with ApexClient.sign_in_guest(stack) as client:
        await asyncio.to_thread(_begin, client)
        accepted = client.post_turn(QUESTION)
        await _until(db, accepted.run_id, lambda state: state.step >= _PAUSE_AFTER)
        await queue.pause_queue(name=settings.steps_queue)
        state = await _until(db, accepted.run_id, lambda state: state.lease_until is None)
        ports = Ports(db, StepQueue(queue, settings), settings.profile)
        found = await stored(ports, paths.user(client.uid), paths.run_state(state.run_id))
        await queue.resume_queue(name=settings.steps_queue)
    task = StepTask.at_cursor(state).model_dump(mode="json")
    path = FOLDER / f"v{SCHEMA_VERSION}.json"
    path.write_text(encode({"task": task, **found}) + "\n", encoding="utf-8")
    return path


def _begin(client: ApexClient) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "small.csv"
        log.write_bytes(usage_log(60) + b"no row,gpt-4o,1,1\n")
        client.upload(log)
    ask(client, "Where does my money go?")


async def _until(db: firestore.AsyncClient, run_id: str, holds: Callable[[RunState], bool]) -> RunState:
    while True:
        state = await read_state(db, run_id)
        if state is not None and holds(state):
            return state


def main() -> int:
    """0 when the snapshot is written."""
    stack = running(EnvironmentName.DEVELOPMENT)
    if stack is None:
        sys.stderr.write("The development stack is not up. Run `make up` first.\n")
        return 1
    environment = IsolatedEnvironment.of_process()
    if environment.optional("FIRESTORE_EMULATOR_HOST") is None:  # Google's clients read it from their process
        command = (sys.executable, "-m", "tests.campaigns.versions.capture")
        return subprocess.run(command, env=child_environment(stack.function_variables()), check=False).returncode  # noqa: S603
    sys.stdout.write(f"{asyncio.run(capture(stack, load_settings(environment, 'step')))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
