"""Which language model an agent gets, by provider and environment."""

from functools import cache

from common.environment.profiles import ModelProvider
from common.environment.secrets import openai_key
from common.environment.settings import Settings
from common.llm.gemini_model import open_gemini_model
from common.llm.openai_model import open_openai_model
from common.llm.own_server_model import open_own_server_model
from common.llm.port import LanguageModel


def open_model(settings: Settings, agent: str) -> LanguageModel:
    """The model of an agent in this environment; the first caller of a process waits half a second for the client."""
    return _opened(settings, settings.own_model or settings.profile.model_of(agent))


@cache
def _opened(settings: Settings, model: str) -> LanguageModel:
    """One warm client per process and model."""
    base_url, timeout_s = settings.model_base_url, settings.profile.model_timeout_s
    if settings.own_model and base_url:
        return open_own_server_model(base_url=base_url, model=model, timeout_s=timeout_s)
    if settings.profile.model_provider is ModelProvider.VERTEX:
        return open_gemini_model(
            base_url=base_url.removesuffix("/v1") if base_url else None,  # the local server speaks both, side by side
            project=settings.project,
            location=settings.profile.vertex_location,
            model=model,
            timeout_s=timeout_s,
        )
    return open_openai_model(base_url=base_url, api_key=openai_key(settings), model=model, timeout_s=timeout_s)
