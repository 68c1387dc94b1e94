"""The change itself, in the provider's own client or command."""

_OPENAI_COMPATIBLE = {
    "groq": ("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    "mistral": ("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    "deepseek": ("https://api.deepseek.com", "DEEPSEEK_API_KEY"),
    "x-ai": ("https://api.x.ai/v1", "XAI_API_KEY"),
    "together": ("https://api.together.xyz/v1", "TOGETHER_API_KEY"),
    "fireworks": ("https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
    "cerebras": ("https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"),
    "moonshotai": ("https://api.moonshot.ai/v1", "MOONSHOT_API_KEY"),
    "zai": ("https://api.z.ai/api/paas/v4", "ZAI_API_KEY"),
}
_CALLS = {
    "anthropic": """import anthropic

client = anthropic.Anthropic()
message = client.messages.create(
    model="{model}",{before}
    max_tokens=1024,
    messages=messages,
)""",
    "google": """from google import genai

client = genai.Client()
response = client.models.generate_content(
    model="{model}",{before}
    contents=contents,
)""",
    "aws": """import boto3

client = boto3.client("bedrock-runtime")
response = client.converse(
    modelId="{model}",{before}
    messages=messages,
)""",
}
_CLAUDE_AT_GOOGLE = """from anthropic import AnthropicVertex

client = AnthropicVertex(project_id=PROJECT, region="global")
message = client.messages.create(
    model="{model}",{before}
    max_tokens=1024,
    messages=messages,
)"""
_OPENAI = """from openai import OpenAI

client = OpenAI({client})
response = client.chat.completions.create(
    model="{model}",{before}
    messages=messages,
)"""


def swap(provider: str, model: str, before: str, *, thinks: bool) -> str:
    """The call with the new model. `before` is the old model's name."""
    note = f"  # was {before}"
    if provider == "google" and model.startswith("claude"):
        return _CLAUDE_AT_GOOGLE.format(model=model, before=note)
    if provider in _CALLS:
        return _CALLS[provider].format(model=model, before=note)
    client = ""
    if provider in _OPENAI_COMPATIBLE:
        url, key = _OPENAI_COMPATIBLE[provider]
        client = f'base_url="{url}", api_key={key}'
    if provider == "fireworks":
        model = f"accounts/fireworks/models/{model}"
    effort = (
        '\n    reasoning_effort="minimal",  # thinking is billed as output' if thinks and provider == "openai" else ""
    )
    return _OPENAI.format(client=client, model=model, before=note + effort)


def caching(provider: str, model: str, *, for_an_hour: bool) -> str:
    """How a prompt's stable start gets into the provider's cache."""
    if provider in ("anthropic", "aws"):
        life = '"type": "ephemeral", "ttl": "1h"' if for_an_hour else '"type": "ephemeral"'
        return f"""client.messages.create(
    model="{model}",
    max_tokens=1024,
    cache_control={{{life}}},  # caches the prefix up to the last block, for {"an hour" if for_an_hour else "5 minutes"}
    system=system_prompt,  # stable text first: tools, system, then the conversation
    messages=messages,
)
# check: message.usage.cache_read_input_tokens > 0 from the second request of a session on"""
    if provider == "google":
        return f"""# Implicit caching needs no switch: keep the start of `contents` byte for byte the same.
response = client.models.generate_content(
    model="{model}",
    contents=[*stable_start, *new_messages],
)
# check: response.usage_metadata.cached_content_token_count > 0"""
    kept = '\n    prompt_cache_retention="24h",  # keeps what nobody asked for a few minutes' if for_an_hour else ""
    return f"""client.chat.completions.create(
    model="{model}",
    prompt_cache_key=session_id,  # sends a session to the machine that has its prefix{kept}
    messages=[system_message, *history, new_message],  # stable text first, no time or id in front
)
# check: response.usage.prompt_tokens_details.cached_tokens > 0 from the second request of a session on"""


_BATCH = {
    "anthropic": """batch = client.messages.batches.create(requests=[
    {"custom_id": request_id, "params": {"model": model, "max_tokens": 1024, "messages": messages}},
    # ... up to 100,000 requests
])
# later: client.messages.batches.retrieve(batch.id).processing_status == "ended"
for result in client.messages.batches.results(batch.id):
    store(result.custom_id, result.result)""",
    "google": """job = client.batches.create(
    model=model,
    src=[{"contents": contents}],  # or a JSON lines file for large jobs
)
# later: client.batches.get(name=job.name).state.name == "JOB_STATE_SUCCEEDED\"""",
}
_OPENAI_BATCH = """# requests.jsonl, one line each:
# {"custom_id": "...", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "...", "messages": [...]}}
file = client.files.create(file=open("requests.jsonl", "rb"), purpose="batch")
batch = client.batches.create(
    input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
)
# later: client.batches.retrieve(batch.id).status == "completed", then read batch.output_file_id"""


def batch(provider: str) -> str:
    """How requests are sent as a batch job."""
    return _BATCH.get(provider, _OPENAI_BATCH)


def flex(provider: str) -> str:
    """How a request is sent at the flex tier."""
    if provider == "google":
        return """from google import genai

client = genai.Client(http_options={"timeout": 900_000})  # ms: flex may take minutes
response = client.models.generate_content(
    model=model,
    contents=contents,
    config={"service_tier": "flex"},
)"""
    return """from openai import OpenAI

client = OpenAI(timeout=900.0)  # seconds: flex may take minutes
response = client.chat.completions.create(
    model=model,
    service_tier="flex",  # 429 with code resource_unavailable: try again later, or without it
    messages=messages,
)"""


def response_cache() -> str:
    """A cache of answers in front of the provider; LiteLLM's proxy has one to switch on."""
    return """# LiteLLM proxy, config.yaml
litellm_settings:
  cache: true
  cache_params:
    type: redis
    ttl: 86400  # seconds; shorter where answers go stale
    supported_call_types: ["acompletion", "completion"]"""


def retries() -> str:
    """Bounded retries and timeouts in the provider's client."""
    return """from openai import OpenAI

client = OpenAI(timeout=30.0, max_retries=2)  # the client backs off by itself on 429 and 5xx
# Anthropic: anthropic.Anthropic(timeout=30.0, max_retries=2)
# Cap the output (max_tokens) and check inputs before the call, so that a request that must fail is never sent."""


def shorter_input(cap: int) -> str:
    """A bound on a prompt before it is sent, whatever the provider."""
    return f"""MOST_INPUT = {cap}  # tokens

while count_tokens([*stable, *history, question]) > MOST_INPUT and history:
    history.pop(0)  # the oldest turn or the worst-ranked passage goes first
messages = [*stable, *history, question]
# count_tokens: tiktoken, Anthropic's messages.count_tokens or Gemini's models.count_tokens"""


def shorter_output(provider: str, model: str, cap: int) -> str:
    """A bound on the answer, and the words that keep it below."""
    if provider in ("anthropic", "aws"):
        return f"""message = client.messages.create(
    model="{model}",
    max_tokens={cap},
    system=f"{{system_prompt}} Answer in a few sentences.",
    messages=messages,
)
# check: message.stop_reason == "max_tokens" must stay rare"""
    if provider == "google":
        return f"""response = client.models.generate_content(
    model="{model}",
    contents=contents,
    config={{"max_output_tokens": {cap}, "system_instruction": f"{{system_prompt}} Answer in a few sentences."}},
)
# check: finish_reason MAX_TOKENS must stay rare"""
    name = "max_completion_tokens" if provider in ("openai", "azure") else "max_tokens"
    return f"""response = client.chat.completions.create(
    model="{model}",
    {name}={cap},  # reasoning counts, too
    messages=[{{"role": "system", "content": f"{{system_prompt}} Answer in a few sentences."}}, *messages],
)
# check: finish_reason == "length" must stay rare"""


def less_reasoning(provider: str, model: str) -> str:
    """A lower effort in the call. Raises LookupError for a provider without such a setting."""
    if provider in ("openai", "azure"):
        return f"""response = client.chat.completions.create(
    model="{model}",
    reasoning_effort="low",  # "medium" is what most models do without it
    messages=messages,
)"""
    if provider == "anthropic":
        old = any(name in model for name in _THINK_BY_BUDGET)
        effort = '{"type": "enabled", "budget_tokens": 1024}' if old else '{"effort": "low"}'
        return f"""message = client.messages.create(
    model="{model}",
    max_tokens=4096,
    {"thinking" if old else "output_config"}={effort},
    messages=messages,
)"""
    if provider == "google":
        less = '"thinking_budget": 1024' if "gemini-2.5" in model else '"thinking_level": "low"'
        return f"""response = client.models.generate_content(
    model="{model}",
    contents=contents,
    config={{"thinking_config": {{{less}}}}},
)"""
    raise LookupError(f"no setting for less reasoning is known at {provider}")


_THINK_BY_BUDGET = ("claude-3-7", "claude-opus-4-0", "claude-opus-4-1", "sonnet-4-0", "sonnet-4-5", "haiku-4-5")
"""Claude models before the setting of effort."""
