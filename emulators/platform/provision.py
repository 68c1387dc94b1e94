"""Program: creates the resources in an emulator of Google's APIs, through Google's own clients.

`python -m emulators.platform.provision googleapis|pubsub --host HOST:PORT [--push-url URL]`, with the variables of the
functions and, for the real model, OPENAI_API_KEY in its environment. Running it again changes nothing.
"""

import argparse
import contextlib
import sys

import grpc
from google.api_core.exceptions import AlreadyExists, NotFound
from google.cloud.secretmanager_v1 import Replication, Secret, SecretManagerServiceClient, SecretPayload
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import SecretManagerServiceGrpcTransport
from google.cloud.tasks_v2 import CloudTasksClient, Queue, RateLimits, RetryConfig
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from google.protobuf.duration_pb2 import Duration
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from google.pubsub_v1.types import ExpirationPolicy, PushConfig, RetryPolicy, Subscription

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import EnvironmentName, Profile
from common.environment.settings import Settings, load_settings

LOCAL_KEY = "local"
"""The API key for the local model server."""
_MILLISECOND_NS = 1_000_000
_KEPT_S = 7 * 24 * 3600


def create_queue(client: CloudTasksClient, project: str, profile: Profile) -> None:
    """Create the queue of agent steps, with the rate of the model's provider and the local retries."""
    location = f"projects/{project}/locations/{profile.region}"
    first_retry_ms = 100 if profile.name is EnvironmentName.TEST else 1000
    queue = Queue(
        name=f"{location}/queues/{profile.steps_queue}",
        rate_limits=RateLimits(
            max_dispatches_per_second=profile.steps_per_s, max_concurrent_dispatches=profile.steps_at_once
        ),
        retry_config=RetryConfig(
            max_attempts=8,
            min_backoff=Duration(seconds=first_retry_ms // 1000, nanos=first_retry_ms % 1000 * _MILLISECOND_NS),
            max_backoff=Duration(seconds=30),
        ),
    )
    try:
        client.create_queue(parent=location, queue=queue)
    except AlreadyExists:
        return


def store_key(client: SecretManagerServiceClient, project: str, profile: Profile, key: str) -> None:
    """Make `key` version 1 of the model's key; a secret with another value is deleted first."""
    secret = f"projects/{project}/secrets/{profile.openai_key_secret}"
    try:
        version = client.access_secret_version(name=f"{secret}/versions/{profile.openai_key_version}")
    except NotFound:
        _create(client, project, profile, key)
        return
    if version.payload.data.decode() != key:
        client.delete_secret(name=secret)
        _create(client, project, profile, key)


def _create(client: SecretManagerServiceClient, project: str, profile: Profile, key: str) -> None:
    secret = client.create_secret(
        parent=f"projects/{project}",
        secret_id=profile.openai_key_secret,
        secret=Secret(replication=Replication(automatic=Replication.Automatic())),
    )
    client.add_secret_version(parent=secret.name, payload=SecretPayload(data=key.encode()))


def create_dead_letters(publisher: PublisherClient, subscriber: SubscriberClient, settings: Settings) -> None:
    """Create the topic of dead letters, and the subscription that keeps them until they are replayed."""
    with contextlib.suppress(AlreadyExists):
        publisher.create_topic(name=settings.dead_letters_topic)
    with contextlib.suppress(AlreadyExists):
        subscriber.create_subscription(
            request=Subscription(
                name=settings.dead_letters_subscription,
                topic=settings.dead_letters_topic,
                ack_deadline_seconds=60,
                message_retention_duration=Duration(seconds=_KEPT_S),
                expiration_policy=ExpirationPolicy(),  # never
            )
        )


def create_usage(publisher: PublisherClient, subscriber: SubscriberClient, settings: Settings, push_url: str) -> None:
    """Create the topic of live usage data, and the subscription that pushes it to `push_url`."""
    with contextlib.suppress(AlreadyExists):
        publisher.create_topic(name=settings.usage_topic)
    token = PushConfig.OidcToken(service_account_email=settings.pusher, audience=settings.required_push_url)
    with contextlib.suppress(AlreadyExists):
        subscriber.create_subscription(
            request=Subscription(
                name=settings.usage_subscription,
                topic=settings.usage_topic,
                push_config=PushConfig(push_endpoint=push_url, oidc_token=token),
                ack_deadline_seconds=60,
                retry_policy=RetryPolicy(minimum_backoff=Duration(seconds=1), maximum_backoff=Duration(seconds=60)),
                message_retention_duration=Duration(seconds=_KEPT_S),
                expiration_policy=ExpirationPolicy(),  # never
            )
        )


def _provision_googleapis(channel: grpc.Channel, environment: IsolatedEnvironment, settings: Settings) -> None:
    tasks = CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
    create_queue(tasks, settings.project, settings.profile)
    secrets = SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))
    store_key(secrets, settings.project, settings.profile, environment.optional("OPENAI_API_KEY") or LOCAL_KEY)


def main(argv: list[str]) -> None:
    """Create everything; any error of the clients ends the program."""
    parser = argparse.ArgumentParser(description="Create the resources in an emulator of a local stack.")
    parser.add_argument("service", choices=("googleapis", "pubsub"))
    parser.add_argument("--host", required=True, help="host:port of its gRPC server")
    parser.add_argument("--push-url", help="where live usage data is pushed; needed for pubsub")
    options = parser.parse_args(argv)
    if options.service == "pubsub" and not options.push_url:
        parser.error("pubsub needs --push-url")
    environment = IsolatedEnvironment.of_process()
    settings = load_settings(environment, "upkeep")
    with grpc.insecure_channel(options.host) as channel:
        if options.service == "googleapis":
            _provision_googleapis(channel, environment, settings)
            return
        publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        create_dead_letters(publisher, subscriber, settings)
        create_usage(publisher, subscriber, settings, options.push_url)


if __name__ == "__main__":
    main(sys.argv[1:])
