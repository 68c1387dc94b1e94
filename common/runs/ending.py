"""How a run ends, and the events that say so."""

from dataclasses import dataclass

from common.contract.answer import Answer
from common.contract.events import AgentCancelled, AgentCompleted, AgentFailed, AgentName, Event
from common.contract.status import Status
from common.runs.end_reasons import EndReason, RunFailedError


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a run ends: with an answer, with an error, or (neither) because its user stopped it."""

    answer: Answer | None = None
    summary: str = ""
    error: RunFailedError | None = None

    @property
    def status(self) -> Status:
        """The final status of the run."""
        if self.answer is not None:
            return "completed"
        return "failed" if self.error is not None else "cancelled"

    @property
    def reason(self) -> EndReason:
        """Why it ended."""
        if self.answer is not None:
            return EndReason.ANSWERED
        return self.error.reason if self.error is not None else EndReason.STOPPED

    def terminal_event(self, agent: AgentName) -> Event:
        """The last event of a run, and the only one with `final: true`; `agent` is at work."""
        if self.answer is not None:
            return AgentCompleted(agent=agent, result=self.summary, answer=self.answer, final=True)
        if self.error is None:
            return AgentCancelled(agent=agent, final=True)
        return AgentFailed(
            agent=agent,
            code=self.error.code,
            message=self.error.message,
            retryable=self.error.spec.retryable,
            support_id=self.error.support_id,
            final=True,
        )
