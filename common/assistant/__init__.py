"""The five agents: one step of a run at a time, over the port to a model and a user's workspace."""

from common.assistant.agents.runner import run_agent
from common.assistant.workspace import DatasetInfo, Workspace

__all__ = ["DatasetInfo", "Workspace", "run_agent"]
