"""Messages of live usage data: published through Pub/Sub, or pushed as its subscription would."""

import base64
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

import grpc
import httpx
from google.pubsub_v1 import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.types import PubsubMessage

from emulators.platform import local_http
from emulators.platform.api import Stack


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message before it is published. `attributes`: `user`, `key`, perhaps `model`."""

    data: bytes
    attributes: dict[str, str]
    message_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    published: datetime = field(default_factory=lambda: datetime.now(UTC))

    def envelope(self, stack: Stack) -> dict[str, object]:
        """The body of its push."""
        message = {
            "data": base64.b64encode(self.data).decode(),
            "attributes": self.attributes,
            "messageId": self.message_id,
            "publishTime": self.published.isoformat(),
        }
        return {"message": message, "subscription": f"projects/{stack.project}/subscriptions/usage"}


def pusher(stack: Stack) -> str:
    """The service account that pushes."""
    return f"{stack.profile.pusher_account}@{stack.project}.iam.gserviceaccount.com"


def token(stack: Stack, *, email: str | None = None, audience: str | None = None) -> str:
    """A token as Google signs it; the pusher's for the push endpoint where nothing else is asked for."""
    body = {"email": email or pusher(stack), "audience": audience or stack.push_url}
    reply = local_http.post(f"{stack.googleapis_url}/token", json=body, timeout=30)
    minted: str = reply.raise_for_status().json()["token"]
    return minted


def push(stack: Stack, message: Message) -> httpx.Response:
    """Deliver a message once."""
    headers = {"Authorization": f"Bearer {token(stack)}"}
    return local_http.post(stack.push_url, json=message.envelope(stack), headers=headers, timeout=60)


def publish(stack: Stack, messages: list[Message]) -> None:
    """Publish to the topic of live usage; ids and times are Pub/Sub's own."""
    with grpc.insecure_channel(stack.pubsub_host) as channel:
        client = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        sent = [PubsubMessage(data=message.data, attributes=message.attributes) for message in messages]
        client.publish(topic=f"projects/{stack.project}/topics/{stack.profile.usage_topic}", messages=sent, timeout=10)
