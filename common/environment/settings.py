"""Settings of one process, built once at start from its environment; wrong or foreign values prevent the start."""

from dataclasses import dataclass
from functools import cache

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import PROFILES, EnvironmentName, Profile
from common.environment.variables import VARIABLES
from common.errors import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a function knows of its environment. Emulator fields are None in staging and production."""

    profile: Profile
    project: str
    firestore_emulator: str | None
    tasks_emulator: str | None
    secrets_emulator: str | None
    pubsub_emulator: str | None
    model_base_url: str | None
    """None: the provider's own address."""
    own_model: str | None
    """The model of a developer's own server at `model_base_url`; None: the model that the profile declares."""
    step_url: str | None
    upkeep_url: str | None
    usage_url: str | None
    oidc_certs_url: str

    @property
    def steps_queue(self) -> str:
        """Full name of the queue of agent steps."""
        return f"projects/{self.project}/locations/{self.profile.region}/queues/{self.profile.steps_queue}"

    @property
    def dead_letters_topic(self) -> str:
        """Full name of the topic of dead letters."""
        return f"projects/{self.project}/topics/{self.profile.dead_letters_topic}"

    @property
    def dead_letters_subscription(self) -> str:
        """Full name of the subscription that holds dead letters until they are replayed."""
        return f"projects/{self.project}/subscriptions/{self.profile.dead_letters_topic}"

    @property
    def usage_topic(self) -> str:
        """Full name of the topic of live usage data."""
        return f"projects/{self.project}/topics/{self.profile.usage_topic}"

    @property
    def usage_subscription(self) -> str:
        """Full name of the subscription that pushes live usage data to the usage function."""
        return f"projects/{self.project}/subscriptions/{self.profile.usage_topic}"

    @property
    def required_step_url(self) -> str:
        """The audience of step tasks; raises ConfigurationError in a service that lacks it."""
        return _require("APEX_STEP_URL", self.step_url)

    @property
    def required_upkeep_url(self) -> str:
        """The audience of scheduled calls; raises ConfigurationError in a service that lacks it."""
        return _require("APEX_UPKEEP_URL", self.upkeep_url)

    @property
    def required_push_url(self) -> str:
        """Where live usage data is pushed, and the audience of its tokens; raises ConfigurationError, as above."""
        return f"{_require('APEX_USAGE_URL', self.usage_url)}/pubsub/usage"

    @property
    def invoker(self) -> str:
        """E-mail of the service account whose tokens step and upkeep accept."""
        return f"{self.profile.invoker_account}@{self.project}.iam.gserviceaccount.com"

    @property
    def pusher(self) -> str:
        """E-mail of the service account whose tokens come with pushed usage data."""
        return f"{self.profile.pusher_account}@{self.project}.iam.gserviceaccount.com"


def load_settings(environment: IsolatedEnvironment, service: str) -> Settings:
    """Build the settings of `service`; raises ConfigurationError for a missing or foreign value."""
    profile = _profile(environment)
    project = _project(environment, profile)
    _refuse_foreign(environment, profile)
    for variable in VARIABLES.values():
        if service in variable.needed_by and (profile.emulated or not variable.emulated_only):
            environment.required(variable.name)
    if environment.optional("APEX_MODEL_NAME"):
        environment.required("APEX_MODEL_BASE_URL")
    return Settings(
        profile=profile,
        project=project,
        firestore_emulator=environment.optional("FIRESTORE_EMULATOR_HOST"),
        tasks_emulator=environment.optional("APEX_TASKS_EMULATOR_HOST"),
        secrets_emulator=environment.optional("APEX_SECRETS_EMULATOR_HOST"),
        pubsub_emulator=environment.optional("PUBSUB_EMULATOR_HOST"),
        model_base_url=environment.optional("APEX_MODEL_BASE_URL"),
        own_model=environment.optional("APEX_MODEL_NAME"),
        step_url=environment.optional("APEX_STEP_URL"),
        upkeep_url=environment.optional("APEX_UPKEEP_URL"),
        usage_url=environment.optional("APEX_USAGE_URL"),
        oidc_certs_url=environment.optional("APEX_OIDC_CERTS_URL") or profile.oidc_certs_url,
    )


@cache
def process_settings(service: str) -> Settings:
    """The settings of this process, read once."""
    return load_settings(IsolatedEnvironment.of_process(), service)


def _require(name: str, value: str | None) -> str:
    if value is None:
        raise ConfigurationError(f"{name} is not set ({VARIABLES[name].purpose}). {VARIABLES[name].how_to_set}.")
    return value


def _profile(environment: IsolatedEnvironment) -> Profile:
    name = environment.required("APEX_ENV")
    if name not in PROFILES:
        raise ConfigurationError(f"APEX_ENV is {name!r}; it must be one of {', '.join(PROFILES)}.")
    return PROFILES[EnvironmentName(name)]


def _project(environment: IsolatedEnvironment, profile: Profile) -> str:
    project = environment.required("GOOGLE_CLOUD_PROJECT")
    if not project.startswith(profile.project_prefix):
        raise ConfigurationError(
            f"GOOGLE_CLOUD_PROJECT is {project!r}, but {profile.name} runs only in projects that begin with "
            f"{profile.project_prefix!r}. Set it to this environment's own project."
        )
    return project


def _refuse_foreign(environment: IsolatedEnvironment, profile: Profile) -> None:
    for variable in VARIABLES.values():
        if variable.emulated_only and not profile.emulated and environment.optional(variable.name):
            raise ConfigurationError(
                f"{variable.name} is set, but {profile.name} never uses emulators or unsigned tokens. Remove it."
            )
