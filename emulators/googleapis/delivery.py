"""One attempt of a task: the HTTP request that Cloud Tasks makes, within its deadline."""

import asyncio

import httpx
from google.cloud.tasks_v2.types import HttpMethod

from emulators.googleapis.faults import DeliveryCopy, DeliveryFaults
from emulators.googleapis.oidc import TokenIssuer
from emulators.googleapis.task_record import AttemptOutcome, TaskRecord

USER_AGENT = "Google-Cloud-Tasks"
_OWN_HEADERS = ("host", "content-length", "user-agent", "x-google-", "x-appengine-", "x-cloudtasks-")
_DEADLINE_EXCEEDED, _UNAVAILABLE = 4, 14


class TaskDelivery:
    """Sends tasks to their handlers."""

    def __init__(self, client: httpx.AsyncClient, tokens: TokenIssuer, faults: DeliveryFaults) -> None:
        self._client = client
        self._tokens = tokens
        self._faults = faults

    async def deliver(self, task: TaskRecord) -> AttemptOutcome:
        """Make one attempt, with the faults in force. If it is sent twice, one success is enough."""
        copies = self._faults.next_attempt()
        outcomes = await asyncio.gather(*(self._send(task, copy) for copy in copies))
        return next((outcome for outcome in outcomes if outcome.succeeded), outcomes[-1])

    async def _send(self, task: TaskRecord, copy: DeliveryCopy) -> AttemptOutcome:
        await asyncio.sleep(copy.delay_s)
        try:
            async with asyncio.timeout(task.definition.dispatch_deadline.total_seconds()):
                response = await self._client.send(self._request(task))
        except TimeoutError:
            return AttemptOutcome.unanswered(
                _DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED(4): no response within the deadline"
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return AttemptOutcome.unanswered(_UNAVAILABLE, f"UNAVAILABLE(14): {error!r}")
        if copy.answer_lost:
            return AttemptOutcome.unanswered(
                _UNAVAILABLE, "UNAVAILABLE(14): the response was dropped by a test's fault"
            )
        return AttemptOutcome.of_status(response.status_code, _retry_after_s(response))

    def _request(self, task: TaskRecord) -> httpx.Request:
        http = task.definition.http_request
        custom = {name: value for name, value in http.headers.items() if not name.lower().startswith(_OWN_HEADERS)}
        headers = httpx.Headers(custom)
        headers.update(_cloud_tasks_headers(task))
        if "oidc_token" in http:
            token = self._tokens.mint(
                email=http.oidc_token.service_account_email, audience=http.oidc_token.audience or http.url
            )
            headers["Authorization"] = f"Bearer {token}"
        return self._client.build_request(
            HttpMethod(http.http_method).name, http.url, headers=headers, content=http.body
        )


def _cloud_tasks_headers(task: TaskRecord) -> dict[str, str]:
    progress = task.progress
    headers = {
        "User-Agent": USER_AGENT,
        "X-CloudTasks-QueueName": task.queue.rpartition("/")[2],
        "X-CloudTasks-TaskName": task.name.rpartition("/")[2],
        "X-CloudTasks-TaskRetryCount": str(progress.dispatches - 1),
        "X-CloudTasks-TaskExecutionCount": str(progress.executions),
        "X-CloudTasks-TaskETA": f"{progress.last_scheduled:.6f}",
    }
    if progress.previous_status is not None:
        # Recorded from production: HTTP targets get the reason as an empty string.
        headers |= {
            "X-CloudTasks-TaskPreviousResponse": str(progress.previous_status),
            "X-CloudTasks-TaskRetryReason": "",
        }
    return headers


def _retry_after_s(response: httpx.Response) -> float:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else 0.0
