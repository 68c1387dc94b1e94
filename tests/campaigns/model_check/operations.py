"""The operations that can meet, each as its function or worker does it: an async function of the scene."""

from collections.abc import Callable, Coroutine
from typing import Any

from common.runs.cancel import cancel_run
from common.runs.head import ensure_head as product_ensure_head
from common.runs.sweep import sweep as product_sweep
from common.runs.threads import delete_thread
from tests.campaigns.model_check.deliveries import ANSWERED, HANDED_OVER, enqueued
from tests.campaigns.model_check.scenes import Scene
from tests.support.protocol import user_of

Operation = Callable[[Scene], Coroutine[Any, Any, Any]]


async def accept_first(scene: Scene) -> str:
    """The user's first turn arrives, or arrives again."""
    return await scene.accept(scene.place.ports, "first")


async def accept_other_body(scene: Scene) -> str:
    """Another message under the request id of the first turn."""
    return await scene.accept(scene.place.ports, "first", "something else")


async def accept_next(scene: Scene) -> str:
    """The next turn of the conversation arrives."""
    return await scene.accept(scene.place.ports, "next")


async def claim(scene: Scene) -> None:
    """The first run's task is delivered (again)."""
    delivery = scene.delivery()
    scene.deliveries.append(delivery)
    await delivery.claim(scene.place.ports)


async def claim_second(scene: Scene) -> None:
    """A stray task of a run whose turn has not come is delivered: nobody made it, so its name is no cursor's."""
    delivery = scene.delivery("second")
    delivery.name += "-stray"
    scene.deliveries.append(delivery)
    await delivery.claim(scene.place.ports)


async def deliver_enqueued(scene: Scene) -> None:
    """Cloud Tasks delivers what it has, as soon as it has it."""
    for delivery in await enqueued(scene.place):
        scene.deliveries.append(delivery)
        await delivery.claim(scene.place.ports)


async def commit(scene: Scene) -> None:
    """The first worker commits a thought."""
    await scene.deliveries[0].say()


async def hand_over(scene: Scene) -> None:
    """The first worker hands over to the next agent."""
    await scene.deliveries[0].finish(HANDED_OVER)


async def end(scene: Scene) -> None:
    """The first worker ends the run with an answer."""
    await scene.deliveries[0].finish(ANSWERED)


async def hand_on(scene: Scene) -> None:
    """The first worker's time is up, and it leaves the rest to a next delivery."""
    await scene.deliveries[0].continue_in_next_delivery()


async def heir_commit(scene: Scene) -> None:
    """The worker that took over commits a thought."""
    await scene.deliveries[1].say()


async def heir_hand_over(scene: Scene) -> None:
    """The worker that took over hands over to the next agent."""
    await scene.deliveries[1].finish(HANDED_OVER)


async def heir_end(scene: Scene) -> None:
    """The worker that took over ends the run with an answer."""
    await scene.deliveries[1].finish(ANSWERED)


async def cancel(scene: Scene) -> tuple[str, str]:
    """The user stops the first run: its request, and the status in the reply."""
    return await _cancel(scene, "first")


async def cancel_second(scene: Scene) -> tuple[str, str]:
    """The user stops the run that waits."""
    return await _cancel(scene, "second")


async def _cancel(scene: Scene, request: str) -> tuple[str, str]:
    user, run = user_of(scene.uid), scene.run(request)
    return request, await cancel_run(scene.place.ports, user=user, run_id=run, client_request_id=request)


async def sweep(scene: Scene) -> None:
    """The sweeper looks after what is due."""
    await product_sweep(scene.place.ports)


async def ensure_head(scene: Scene) -> None:
    """Somebody who has ended a run of the conversation sees to the next one."""
    await product_ensure_head(scene.place.ports, uid=scene.uid, thread_id=scene.thread)


async def delete(scene: Scene) -> None:
    """The user deletes the conversation."""
    await delete_thread(scene.place.ports.db, uid=scene.uid, thread_id=scene.thread)
    scene.is_deleted = True
