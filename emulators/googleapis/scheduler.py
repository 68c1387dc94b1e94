"""Jobs that call a URL at an interval with an identity token, as Cloud Scheduler does; one call at a time per job."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from emulators.googleapis.oidc import TokenIssuer

ATTEMPT_DEADLINE_S = 180.0
"""Cloud Scheduler's default for HTTP targets."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ScheduledJob:
    """`audience` is the aud claim of the token that the URL is called with."""

    name: str
    url: str
    every_s: float
    audience: str

    @classmethod
    def parse(cls, text: str) -> "ScheduledJob":
        """From `name=URL,every_s,audience`; raises ValueError."""
        name, _, rest = text.partition("=")
        url, every_s, audience = rest.rsplit(",", 2)
        if not (name and url.startswith(("http://", "https://")) and float(every_s) > 0 and audience):
            raise ValueError(f"{text!r} is not name=URL,every_s,audience with an http(s) URL and every_s > 0.")
        return cls(name=name, url=url, every_s=float(every_s), audience=audience)


class Scheduler:
    """Runs jobs; a tick during a running call is skipped."""

    def __init__(
        self, jobs: Sequence[ScheduledJob], *, client: httpx.AsyncClient, tokens: TokenIssuer, email: str
    ) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._running = {job.name: asyncio.Lock() for job in jobs}
        self._client = client
        self._tokens = tokens
        self._email = email
        self._ticks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start ticking: each job first runs one interval from now."""
        self._ticks = [asyncio.create_task(self._tick(job)) for job in self._jobs.values()]

    async def stop(self) -> None:
        """Stop ticking and cancel running calls."""
        for tick in self._ticks:
            tick.cancel()
        await asyncio.gather(*self._ticks, return_exceptions=True)

    async def run(self, name: str, scheduled: datetime | None = None) -> int:
        """Call a job now, after any running call of it, and return the handler's HTTP status.

        `scheduled`: the time that the call was due; None: now. Raises KeyError for an unknown job, httpx.HTTPError or
        TimeoutError without an answer.
        """
        job = self._jobs[name]
        async with self._running[name], asyncio.timeout(ATTEMPT_DEADLINE_S):
            response = await self._client.post(job.url, headers=self._headers(job, scheduled or datetime.now(UTC)))
        return response.status_code

    async def _tick(self, job: ScheduledJob) -> None:
        clock = asyncio.get_running_loop()
        at = clock.time()
        while True:
            at = max(at + job.every_s, clock.time())
            wait_s = at - clock.time()
            due = datetime.now(UTC) + timedelta(seconds=wait_s)
            await asyncio.sleep(wait_s)
            await self._run_and_report(job, due)

    async def _run_and_report(self, job: ScheduledJob, due: datetime) -> None:
        try:
            status = await self.run(job.name, due)
        except (httpx.HTTPError, TimeoutError) as error:
            _LOG.warning("scheduler job %s got no answer from %s: %r", job.name, job.url, error)
            return
        if not httpx.codes.is_success(status):
            _LOG.warning("scheduler job %s: %s answered %d", job.name, job.url, status)

    def _headers(self, job: ScheduledJob, scheduled: datetime) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._tokens.mint(email=self._email, audience=job.audience)}",
            "User-Agent": "Google-Cloud-Scheduler",
            "X-CloudScheduler": "true",
            "X-CloudScheduler-JobName": job.name,
            "X-CloudScheduler-ScheduleTime": scheduled.isoformat(),
        }
