"""`run_agent`: one step of a run, for whichever of the five agents is next."""

from common.assistant.agents.triage import triage
from common.assistant.agents.working import work
from common.assistant.workspace import Workspace
from common.llm.port import LanguageModel
from common.runs.step import StepContext, StepResult


async def run_agent(context: StepContext, *, model: LanguageModel, workspace: Workspace) -> StepResult:
    """Do the step of `context.agent`. Model errors pass through: ModelUnavailableError, ModelRejectedError."""
    if context.agent == "triage":
        return await triage(context, model, workspace)
    return await work(context, model, workspace)
