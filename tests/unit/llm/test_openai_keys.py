"""OpenAI's keys: refused, or such that cannot be sent."""

import pytest
from openai import AsyncOpenAI

from common.errors import ConfigurationError
from common.llm.openai_model import OpenAIModel, open_openai_model
from common.llm.port import ModelRejectedError, ModelRequest
from tests.unit.llm.wires import MODEL, ask, brief


async def test_a_refused_key_is_rejected(server_url: str) -> None:
    wrong = {"Authorization": "Basic nobody"}
    client = AsyncOpenAI(base_url=f"{server_url}/v1", api_key="local", max_retries=0, default_headers=wrong)
    with pytest.raises(ModelRejectedError, match="401"):
        await ask(
            OpenAIModel(client=client, model=MODEL, timeout_s=2),
            ModelRequest(instructions="", items=(brief("wrong key"),)),
        )
    await client.close()


@pytest.mark.parametrize("key", ["", "hush\n", "hu sh", "hüsh"])
def test_a_key_that_cannot_be_sent_stops_the_start_and_is_not_shown(key: str) -> None:
    with pytest.raises(ConfigurationError, match="API key") as failure:
        open_openai_model(base_url=None, api_key=key, model=MODEL, timeout_s=2)
    assert "hu" not in str(failure.value)
