"""What the operations meet in: a user with one conversation, made by the product's own code in a few RPCs."""

import uuid
from dataclasses import dataclass, field

from common.runs.accept import accept_turn
from common.runs.ids import run_id
from common.runs.ports import Ports
from common.runs.queue import StepTask
from tests.campaigns.model_check.deliveries import Delivery
from tests.campaigns.model_check.place import LONG_S, Place
from tests.support.protocol import turn_of


@dataclass
class Scene:
    """One user. `requests`: to the threads that they are for; `accepted`: those that were confirmed.

    `deliveries`: those under way, the oldest first.
    """

    place: Place
    uid: str = field(default_factory=lambda: f"user{uuid.uuid4().hex}")
    requests: dict[str, str] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    is_deleted: bool = False
    deliveries: list[Delivery] = field(default_factory=list)

    def run(self, request: str = "first") -> str:
        """The run that a request becomes."""
        return run_id(self.uid, request)

    @property
    def thread(self) -> str:
        """The conversation: it bears the name of its first run."""
        return self.run()

    async def accept(self, ports: Ports, request: str, message: str = "hello") -> str:
        """Accept a turn of the conversation; its run."""
        self.requests[request] = self.thread
        thread = None if request == "first" else self.thread
        turn = await accept_turn(ports, turn_of(self.uid, request, message, thread))
        self.accepted.add(request)
        return turn.run_id

    def delivery(self, request: str = "first", *, step: int = 0, dispatch: int = 0) -> Delivery:
        """The delivery of a task of a run."""
        run = self.run(request)
        task = StepTask(run_id=run, uid=self.uid, thread_id=self.thread, step=step, dispatch=dispatch)
        return Delivery(self.place, task, self.place.name_of(task))

    async def deliver(self, ports: Ports) -> Delivery:
        """Deliver the first task of the first run, to a worker that claims it."""
        delivery = self.delivery()
        await delivery.claim(ports)
        self.deliveries.append(delivery)
        return delivery


async def nobody(_: Scene) -> None:
    """The user's first turn has not arrived."""


async def accepted(scene: Scene) -> None:
    """A turn is accepted, its task waits, and the sweeper is due."""
    await scene.accept(scene.place.timed(grace_s=-1.0), "first")


async def lost(scene: Scene) -> None:
    """As `accepted`, but the task is lost, and the name of it used up."""
    await accepted(scene)
    await scene.delivery().answer()


async def working(scene: Scene) -> None:
    """A worker with a live lease is in the middle of a tool; a sweep is due all the same."""
    await accepted(scene)
    delivery = await scene.deliver(scene.place.timed(grace_s=-2 * LONG_S))
    await delivery.begin_tool()


async def lapsed(scene: Scene) -> None:
    """As `working`, but the worker was silent for so long that its lease is over. It lives, and will go on."""
    await accepted(scene)
    delivery = await scene.deliver(scene.place.timed(lease_s=-1.0, grace_s=-1.0))
    await delivery.begin_tool()
    delivery.wake()


async def succeeded(scene: Scene) -> None:
    """As `lapsed`, and another worker has taken the step over."""
    await lapsed(scene)
    await scene.deliver(scene.place.ports)


async def followed(scene: Scene) -> None:
    """A worker is in the middle of a tool, and a second turn waits behind its run; a sweep of that one is due."""
    await scene.accept(scene.place.ports, "first")
    delivery = await scene.deliver(scene.place.ports)
    await delivery.begin_tool()
    await scene.accept(scene.place.timed(grace_s=-1.0), "second")
