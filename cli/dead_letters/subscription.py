"""The dead letters that wait in the subscription of a stack, through Google's own client."""

import json
import warnings
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import grpc
from google.pubsub_v1 import SubscriberClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from common.environment.settings import Settings
from common.errors import ConfigurationError
from common.runs.dead_letters import DeadLetter

_AT_ONCE = 100
_TIMEOUT_S = 10.0


@dataclass(frozen=True, kw_only=True)
class WaitingDeadLetter:
    """A dead letter and the ids that acknowledge it: several if it was published more than once."""

    dead_letter: DeadLetter
    ack_ids: tuple[str, ...]


class Subscription:
    """`take` reads the dead letters; each stays in the subscription until `drop`; `close` returns the others."""

    def __init__(self, settings: Settings) -> None:
        if settings.pubsub_emulator is None:
            raise ConfigurationError("PUBSUB_EMULATOR_HOST is not set. `python -m cli dead-letters` sets it.")
        self._channel = grpc.insecure_channel(settings.pubsub_emulator)
        self._client = SubscriberClient(transport=SubscriberGrpcTransport(channel=self._channel))
        self._name = settings.dead_letters_subscription
        self._taken_ids: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def take(self) -> list[WaitingDeadLetter]:
        """All waiting dead letters, oldest first, each once."""
        waiting: dict[str, WaitingDeadLetter] = {}
        while received := self._pull():
            for ack_id, dead_letter in received:
                self._taken_ids.add(ack_id)
                run_id = dead_letter.run_id
                earlier = waiting[run_id].ack_ids if run_id in waiting else ()
                waiting[run_id] = WaitingDeadLetter(dead_letter=dead_letter, ack_ids=(*earlier, ack_id))
        return sorted(waiting.values(), key=lambda one: one.dead_letter.created_at)

    def drop(self, waiting: WaitingDeadLetter) -> None:
        """Acknowledge a dead letter, so that it is not delivered again."""
        self._client.acknowledge(subscription=self._name, ack_ids=list(waiting.ack_ids), retry=None, timeout=_TIMEOUT_S)
        self._taken_ids.difference_update(waiting.ack_ids)

    def close(self) -> None:
        """Return what was taken and not dropped, so that it can be taken again at once."""
        if self._taken_ids:
            self._client.modify_ack_deadline(
                subscription=self._name,
                ack_ids=sorted(self._taken_ids),
                ack_deadline_seconds=0,
                retry=None,
                timeout=_TIMEOUT_S,
            )
        self._channel.close()

    def _pull(self) -> list[tuple[str, DeadLetter]]:
        request = {"subscription": self._name, "max_messages": _AT_ONCE, "return_immediately": True}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # meant for consumers, which should wait; a list cannot
            reply = self._client.pull(request=request, retry=None, timeout=_TIMEOUT_S)
        return [
            (received.ack_id, DeadLetter.model_validate(json.loads(received.message.data)))
            for received in reply.received_messages
        ]
