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
    """A letter, and what acknowledges it: more than one id where it was published more than once."""

    letter: DeadLetter
    ack_ids: tuple[str, ...]


class Subscription:
    """Letters are taken with `take` and stay in the subscription until `drop`; `close` gives the others back."""

    def __init__(self, settings: Settings) -> None:
        if settings.pubsub_emulator is None:
            raise ConfigurationError("PUBSUB_EMULATOR_HOST is not set. `python -m cli dead-letters` sets it.")
        self._channel = grpc.insecure_channel(settings.pubsub_emulator)
        self._client = SubscriberClient(transport=SubscriberGrpcTransport(channel=self._channel))
        self._name = settings.dead_letters_subscription
        self._held: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def take(self) -> list[WaitingDeadLetter]:
        """All letters that wait, the oldest first, each once."""
        found: dict[str, WaitingDeadLetter] = {}
        while received := self._pull():
            for ack_id, letter in received:
                self._held.add(ack_id)
                before = found[letter.run_id].ack_ids if letter.run_id in found else ()
                found[letter.run_id] = WaitingDeadLetter(letter=letter, ack_ids=(*before, ack_id))
        return sorted(found.values(), key=lambda waiting: waiting.letter.created_at)

    def drop(self, waiting: WaitingDeadLetter) -> None:
        """Acknowledge a letter: it is done with."""
        self._client.acknowledge(subscription=self._name, ack_ids=list(waiting.ack_ids), retry=None, timeout=_TIMEOUT_S)
        self._held.difference_update(waiting.ack_ids)

    def close(self) -> None:
        """Give back what was taken and not dropped, so that it can be taken again at once."""
        if self._held:
            self._client.modify_ack_deadline(
                subscription=self._name,
                ack_ids=sorted(self._held),
                ack_deadline_seconds=0,
                retry=None,
                timeout=_TIMEOUT_S,
            )
        self._channel.close()

    def _pull(self) -> list[tuple[str, DeadLetter]]:
        request = {"subscription": self._name, "max_messages": _AT_ONCE, "return_immediately": True}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # meant for consumers: they should wait, a list cannot
            reply = self._client.pull(request=request, retry=None, timeout=_TIMEOUT_S)
        return [
            (received.ack_id, DeadLetter.model_validate(json.loads(received.message.data)))
            for received in reply.received_messages
        ]
