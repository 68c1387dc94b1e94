"""The settings that each environment declares: one record each, so that none inherits from another by accident."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class EnvironmentName(StrEnum):
    """The four environments."""

    TEST = "test"
    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class ModelProvider(StrEnum):
    """Who serves the language models."""

    OPENAI = "openai"
    VERTEX = "vertex"


@dataclass(frozen=True, kw_only=True)
class AgentModels:
    """The models of a provider: `triage` reads questions, where the small one of the provider may do."""

    triage: str
    others: str

    def of(self, agent: str) -> str:
        """The model of an agent."""
        return self.triage if agent == "triage" else self.others


MODELS: Mapping[ModelProvider, AgentModels] = {
    ModelProvider.OPENAI: AgentModels(triage="gpt-5.4-mini", others="gpt-5.4-mini"),
    ModelProvider.VERTEX: AgentModels(triage="gemini-3.5-flash-lite", others="gemini-3.8-flash"),
}
"""OpenAI's reader is not its smallest: how well that one reads is not measured yet."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Declared settings of an environment. Times are in seconds."""

    name: EnvironmentName
    project_prefix: str
    emulated: bool
    region: str = "us-central1"
    steps_queue: str = "agent-steps"
    steps_per_s: int = 50
    steps_at_once: int = 64
    """Deliveries of the queue, per second and concurrently: the budget of the model's provider, one queue each.

    Set it to what the provider allows the account; a step makes several calls, one after another.
    """
    dead_letters_topic: str = "dead-letters"
    """The topic of dead letters; the subscription that keeps them has the same name."""
    usage_topic: str = "usage"
    """The topic of live usage data; the subscription that pushes it to the usage function has the same name."""
    invoker_account: str = "apex-invoker"
    """Whose tokens step and upkeep accept: Cloud Tasks and Cloud Scheduler call with them."""
    pusher_account: str = "apex-usage-push"
    """Whose tokens `/pubsub/usage` accepts: the push subscription calls with them."""
    oidc_certs_url: str = "https://www.googleapis.com/oauth2/v3/certs"
    oidc_issuer: str = "https://accounts.google.com"
    model_provider: ModelProvider = ModelProvider.OPENAI
    vertex_location: str = "global"
    """Where Vertex AI answers; the newest models are served in "global" first."""
    openai_key_secret: str = "openai-api-key"  # noqa: S105 - the name of the secret, not its value
    openai_key_version: int = 1
    lease_s: float = 15.0
    """A step's lease; renewed by every commit."""
    heartbeat_s: float = 4.0
    """Silence after which a running step reports that it is still working (something new at least every 5 s)."""
    model_timeout_s: float = 60.0
    delivery_s: float = 300.0
    """Timeout of one delivery of a step, for Cloud Tasks and for the function."""
    handoff_after_s: float = 200.0
    """A worker of this age leaves its next model call to a next delivery: one more call still fits `delivery_s`."""
    step_attempts: int = 5
    """Claims of one step before the run ends as failed."""
    retry_s: float = 1.0
    """First delay before a step is retried; doubled with every attempt."""
    run_budget_s: float = 900.0
    """Wall time of a run after which it ends as failed."""
    no_progress_s: float = 300.0
    """Time without a new step or a tool result after which a run ends as failed, however alive its worker seems.

    Longer than `handoff_after_s` and one more call, so that a slow step hands off first.
    """
    run_budget_usd: float = 1.0
    """What the model calls of a run may cost, failed attempts included; then it makes no further call, and fails."""
    replay_budget_usd: float = 5.0
    """What the model calls of a replay evaluation may cost; it ends with what it has by then."""
    sweep_grace_s: float = 10.0
    """How long after the end of a lease, or a lost enqueue, the sweeper looks after a run."""

    @property
    def model(self) -> str:
        """The model of most agents."""
        return MODELS[self.model_provider].others

    def model_of(self, agent: str) -> str:
        """The model of an agent."""
        return MODELS[self.model_provider].of(agent)


PROFILES: dict[EnvironmentName, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            name=EnvironmentName.TEST,
            project_prefix="demo-apex-test",
            emulated=True,
            lease_s=2.0,
            heartbeat_s=0.5,
            steps_per_s=500,
            model_timeout_s=10.0,
            handoff_after_s=3.0,
            sweep_grace_s=1.0,
            run_budget_s=60.0,
            no_progress_s=30.0,
            retry_s=0.1,
        ),
        Profile(name=EnvironmentName.DEVELOPMENT, project_prefix="demo-apex-dev", emulated=True),
        Profile(name=EnvironmentName.STAGING, project_prefix="netra-apex-staging", emulated=False),
        Profile(name=EnvironmentName.PRODUCTION, project_prefix="netra-apex-production", emulated=False),
    )
}
