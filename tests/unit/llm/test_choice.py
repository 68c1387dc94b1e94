"""Which language model a step asks."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import MODELS, PROFILES, EnvironmentName, ModelProvider
from common.environment.settings import Settings, load_settings
from common.llm.port import ModelReply, ModelRequest, message_item
from emulators.model.tests.server_process import model_server
from emulators.platform.addresses import Addresses
from emulators.platform.catalog import preferred_ports
from functions.step.model import open_model

TEST = EnvironmentName.TEST


@pytest.fixture(scope="module")
def local_url() -> Iterator[str]:
    with model_server() as url:
        yield url


def settings(base_url: str, provider: ModelProvider, own_model: str | None = None) -> Settings:
    addresses = Addresses(TEST, PROFILES[TEST].project_prefix, preferred_ports(TEST), real_model=False)
    loaded = load_settings(IsolatedEnvironment(addresses.function_variables()), "step")
    profile = replace(loaded.profile, model_provider=provider)
    return replace(loaded, profile=profile, model_base_url=f"{base_url}/v1", own_model=own_model)


async def ask(used: Settings, agent: str) -> ModelReply:
    async def on_text(_delta: str) -> None:
        return

    items = (message_item("What is prompt caching?"),)
    return await open_model(used, agent).respond(ModelRequest(instructions="", items=items), on_text)


async def test_vertex_answers_with_the_small_model_for_triage_and_the_other_for_the_rest(local_url: str) -> None:
    used = settings(local_url, ModelProvider.VERTEX)
    answered = [(await ask(used, agent)).usage.model for agent in ("triage", "data")]
    assert answered == [MODELS[ModelProvider.VERTEX].triage, MODELS[ModelProvider.VERTEX].others]


async def test_a_model_of_one_s_own_goes_before_the_declared_ones(local_url: str) -> None:
    own = MODELS[ModelProvider.OPENAI].others
    for provider in ModelProvider:
        usage = (await ask(settings(local_url, provider, own), "triage")).usage
        assert (usage.model, usage.free) == (own, True)


def test_agents_with_the_same_model_share_a_warm_client() -> None:
    used = settings("http://127.0.0.1:9", ModelProvider.VERTEX)
    assert open_model(used, "data") is open_model(used, "reporting")
    assert open_model(used, "data") is not open_model(used, "triage")
