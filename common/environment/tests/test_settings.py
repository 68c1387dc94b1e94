"""Configuration fails hard: a missing or foreign value stops the start and says how to set it."""

from dataclasses import replace

import pytest

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import MODELS, PROFILES, EnvironmentName, ModelProvider
from common.environment.settings import load_settings
from common.environment.variables import VARIABLES
from common.errors import ConfigurationError

LOCAL = {
    "APEX_ENV": "test",
    "GOOGLE_CLOUD_PROJECT": "demo-apex-test",
    "APEX_STEP_URL": "http://127.0.0.1:1",
    "APEX_UPKEEP_URL": "http://127.0.0.1:2",
    "APEX_USAGE_URL": "http://127.0.0.1:9",
    "FIRESTORE_EMULATOR_HOST": "127.0.0.1:3",
    "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:4",
    "APEX_TASKS_EMULATOR_HOST": "127.0.0.1:5",
    "APEX_SECRETS_EMULATOR_HOST": "127.0.0.1:5",
    "PUBSUB_EMULATOR_HOST": "127.0.0.1:8",
    "APEX_OIDC_CERTS_URL": "http://127.0.0.1:6/certs",
    "APEX_MODEL_BASE_URL": "http://127.0.0.1:7/v1",
}
DEPLOYED = {
    "APEX_ENV": "production",
    "GOOGLE_CLOUD_PROJECT": "netra-apex-production",
    "APEX_STEP_URL": "https://step.example",
    "APEX_UPKEEP_URL": "https://upkeep.example",
    "APEX_USAGE_URL": "https://usage.example",
}
SERVICES = ("chat", "step", "usage", "upkeep", "account")


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_starts_with_its_values_locally_and_deployed(service: str) -> None:
    assert load_settings(IsolatedEnvironment(LOCAL), service).project == "demo-apex-test"
    assert load_settings(IsolatedEnvironment(DEPLOYED), service).firestore_emulator is None


@pytest.mark.parametrize(
    ("service", "name"),
    [(service, variable.name) for variable in VARIABLES.values() for service in variable.needed_by],
)
def test_a_missing_value_is_named_with_who_needs_it_and_how_to_set_it(service: str, name: str) -> None:
    values = {key: value for key, value in LOCAL.items() if key != name}
    with pytest.raises(ConfigurationError, match=f"{name} is not set .* Needed by: .*{service}.*How to set it:"):
        load_settings(IsolatedEnvironment(values), service)


@pytest.mark.parametrize("environment", ["staging", "production"])
@pytest.mark.parametrize("name", [variable.name for variable in VARIABLES.values() if variable.emulated_only])
def test_a_deployed_environment_refuses_every_value_of_an_emulator(environment: str, name: str) -> None:
    values = {**DEPLOYED, "APEX_ENV": environment, "GOOGLE_CLOUD_PROJECT": f"netra-apex-{environment}", name: "x:1"}
    with pytest.raises(ConfigurationError, match=name):
        load_settings(IsolatedEnvironment(values), "chat")


def test_no_environment_runs_in_the_project_of_another() -> None:
    for own in PROFILES.values():
        for other in PROFILES.values():
            values = {**(LOCAL if own.emulated else DEPLOYED), "APEX_ENV": own.name}
            values["GOOGLE_CLOUD_PROJECT"] = other.project_prefix
            if own is other:
                assert load_settings(IsolatedEnvironment(values), "chat").profile is own
            else:
                with pytest.raises(ConfigurationError, match="GOOGLE_CLOUD_PROJECT"):
                    load_settings(IsolatedEnvironment(values), "chat")


def test_an_unknown_environment_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match=", ".join(EnvironmentName)):
        load_settings(IsolatedEnvironment({**LOCAL, "APEX_ENV": "prod"}), "chat")


def test_live_usage_is_pushed_by_an_account_and_for_an_audience_of_its_own() -> None:
    settings = load_settings(IsolatedEnvironment(DEPLOYED), "usage")
    assert settings.required_push_url == "https://usage.example/pubsub/usage"
    assert settings.pusher == "apex-usage-push@netra-apex-production.iam.gserviceaccount.com"
    assert settings.pusher != settings.invoker


def test_a_copy_of_the_environment_does_not_follow_later_changes() -> None:
    values = dict(LOCAL)
    environment = IsolatedEnvironment(values)
    values["APEX_ENV"] = "production"
    assert environment.required("APEX_ENV") == "test"


def test_a_child_gets_only_what_is_named() -> None:
    environment = IsolatedEnvironment({"PATH": "/bin", "SECRET": "s"})
    assert environment.for_child({"A": "1"}, inherit=("PATH", "HOME")) == {"PATH": "/bin", "A": "1"}


def test_a_model_of_one_s_own_needs_its_server_s_address() -> None:
    own = {**LOCAL, "APEX_MODEL_NAME": "llama3.2"}
    assert load_settings(IsolatedEnvironment(own), "step").own_model == "llama3.2"
    without = {name: value for name, value in own.items() if name != "APEX_MODEL_BASE_URL"}
    with pytest.raises(ConfigurationError, match="APEX_MODEL_BASE_URL is not set"):
        load_settings(IsolatedEnvironment(without), "step")


@pytest.mark.parametrize("provider", list(ModelProvider))
def test_triage_and_the_other_agents_have_models_of_the_declared_provider(provider: ModelProvider) -> None:
    profile = replace(PROFILES[EnvironmentName.STAGING], model_provider=provider)
    assert profile.model_of("triage") == MODELS[provider].triage
    assert [profile.model_of(agent) for agent in ("data", "reporting")] == [MODELS[provider].others] * 2
    assert profile.model == MODELS[provider].others
