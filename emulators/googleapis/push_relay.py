"""The token of a push subscription: Google's Pub/Sub emulator pushes without one, so its pushes pass through here.

A relay has a name, the endpoint that production pushes to (also the audience) and the service account of the token.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulators.googleapis.oidc import TokenIssuer

_TIMEOUT_S = 60.0


@dataclass(frozen=True, kw_only=True)
class PushRelay:
    """One push subscription. `email`: the service account that it calls as."""

    name: str
    url: str
    email: str

    @classmethod
    def parse(cls, text: str) -> "PushRelay":
        """From `name=URL,email`; raises ValueError."""
        name, _, rest = text.partition("=")
        url, _, email = rest.rpartition(",")
        if not (name and url.startswith(("http://", "https://")) and "@" in email):
            raise ValueError(f"{text!r} is not name=URL,email with an http(s) URL.")
        return cls(name=name, url=url, email=email)


class PushRelays:
    """Forwards pushes with a token and returns the handler's answer; 502 without one, so that it is redelivered."""

    def __init__(self, relays: Sequence[PushRelay], *, client: httpx.AsyncClient, tokens: TokenIssuer) -> None:
        self._relays = {relay.name: relay for relay in relays}
        self._client = client
        self._tokens = tokens

    def routes(self) -> list[Route]:
        """Routes of the ASGI application."""
        return [Route("/push/{name}", self.push, methods=["POST"])]

    async def push(self, request: Request) -> Response:
        """Forward one push."""
        relay = self._relays.get(request.path_params["name"])
        if relay is None:
            return JSONResponse({"error": f"There is no relay {request.path_params['name']}."}, status_code=404)
        headers = {
            "Authorization": f"Bearer {self._tokens.mint(email=relay.email, audience=relay.url)}",
            "Content-Type": "application/json",
        }
        try:
            body = await request.body()
            answer = await self._client.post(relay.url, content=body, headers=headers, timeout=_TIMEOUT_S)
        except httpx.HTTPError as error:
            return JSONResponse({"error": f"{relay.url} gave no answer: {error!r}"}, status_code=502)
        return Response(answer.content, status_code=answer.status_code)
