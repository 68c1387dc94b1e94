"""Cloud Run's Admin API, as far as Firebase Hosting needs it: the URL of a service."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


@dataclass(frozen=True, kw_only=True)
class RunService:
    """One deployed service."""

    location: str
    name: str
    url: str

    @classmethod
    def parse(cls, text: str) -> "RunService":
        """`location/name=URL`."""
        place, _, url = text.partition("=")
        location, _, name = place.partition("/")
        if not (location and name and url):
            raise argparse.ArgumentTypeError(f"{text!r} is not location/name=URL")
        return cls(location=location, name=name, url=url)


class RunServices:
    """The services of one project, fixed for the life of the process."""

    def __init__(self, project: str, services: Sequence[RunService]) -> None:
        self._urls = {
            f"projects/{project}/locations/{service.location}/services/{service.name}": service.url
            for service in services
        }

    def routes(self) -> list[Route]:
        """Routes of the ASGI application."""
        return [Route("/v1/projects/{project}/locations/{location}/services/{service}", self.get)]

    async def get(self, request: Request) -> JSONResponse:
        """`{"status": {"url": ...}}`, or Google's form of a 404."""
        name = request.url.path.removeprefix("/v1/")
        url = self._urls.get(name)
        if url is None:
            error = {"code": 404, "message": f"Resource '{name}' was not found", "status": "NOT_FOUND"}
            return JSONResponse({"error": error}, status_code=404)
        return JSONResponse({"status": {"url": url}})
