"""The rules by which routes let callers in: a closed set. Each turns an Authorization header into a caller."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Literal, TypeVar

from common.accounts.tokens import bearer, verify_service, verify_user
from common.core.user import UserContext
from common.environment.settings import Settings
from common.store.client import firestore_client

Caller = TypeVar("Caller")


@dataclass(frozen=True, kw_only=True)
class AuthRule(Generic[Caller]):
    """`verify`: settings and header to the caller, None where that is one fixed service; raises ApexError."""

    name: Literal["user", "user_or_key", "step_queue", "scheduler", "pubsub", "public"]
    verify: Callable[[Settings, str | None], Awaitable[Caller]]

    @property
    def for_clients(self) -> bool:
        """Whether customers' browsers and programs call its routes, through Hosting."""
        return self.name in ("user", "user_or_key")


async def _user_or_key(settings: Settings, header: str | None) -> UserContext:
    from common.accounts.api_keys import is_key, owner_of  # noqa: PLC0415 - cold start

    token = bearer(header)
    if is_key(token):
        return await owner_of(firestore_client(settings.project), token, live=False, today=datetime.now(UTC).date())
    return await verify_user(settings, header)


async def _step_queue(settings: Settings, header: str | None) -> None:
    await verify_service(settings, header, audience=settings.required_step_url, account=settings.invoker)


async def _scheduler(settings: Settings, header: str | None) -> None:
    await verify_service(settings, header, audience=settings.required_upkeep_url, account=settings.invoker)


async def _pubsub(settings: Settings, header: str | None) -> None:
    await verify_service(settings, header, audience=settings.required_push_url, account=settings.pusher)


async def _public(_settings: Settings, _header: str | None) -> None:
    """Anybody."""


USER = AuthRule(name="user", verify=verify_user)
"""A Firebase ID token; guests, too."""
USER_OR_KEY = AuthRule(name="user_or_key", verify=_user_or_key)
"""A Firebase ID token, or an API key that is not for live data."""
STEP_QUEUE = AuthRule(name="step_queue", verify=_step_queue)
"""Cloud Tasks, by its OIDC token."""
SCHEDULER = AuthRule(name="scheduler", verify=_scheduler)
"""Cloud Scheduler, by its OIDC token."""
PUBSUB = AuthRule(name="pubsub", verify=_pubsub)
"""Pub/Sub, by its OIDC token."""
PUBLIC = AuthRule(name="public", verify=_public)
"""Anybody."""
