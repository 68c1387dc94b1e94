"""Explanations of general terms of LLM cost, without figures: what any language model knows."""

import re

_ENTRIES: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("prompt caching", "prompt cache", "cached tokens", "cached input", "cache read", "cache reads"),
        (
            "Prompt caching means that the provider keeps the unchanged beginning of your prompts for a short "
            "while. Calls that start with the same text then pay a lower rate for that part and usually answer "
            "sooner."
        ),
    ),
    (
        ("cache write", "cache writes"),
        (
            "A cache write is the first call that puts a prompt's beginning into the provider's cache. Some "
            "providers charge a little more for it than for plain input, and it pays off when later calls read it "
            "back."
        ),
    ),
    (
        ("batch api", "batch processing", "batching", "batch"),
        (
            "A batch API takes many requests at once and returns the answers later, at a lower rate. It suits "
            "work that nobody waits for, such as nightly classification or summaries."
        ),
    ),
    (
        ("flex processing", "flex tier", "flex"),
        (
            "Flex processing serves a request at a lower rate in exchange for slower and less certain answers. It "
            "suits background work that can wait and can be retried."
        ),
    ),
    (
        ("reasoning tokens", "reasoning token", "reasoning effort", "reasoning"),
        (
            "Reasoning tokens are what a model writes for itself before it answers. They are billed as output "
            "although you do not see them, and a lower reasoning effort makes fewer of them."
        ),
    ),
    (
        ("output tokens", "output token", "completion tokens"),
        (
            "Output tokens are the pieces of text that the model writes. They cost several times more than input "
            "tokens at most providers, so shorter answers save money."
        ),
    ),
    (
        ("input tokens", "input token", "prompt tokens"),
        ("Input tokens are the pieces of text that you send: instructions, context, history and the question itself."),
    ),
    (
        ("context window", "long context", "context length"),
        (
            "The context window is how much text a model can read in a single call. Long prompts cost more, and some "
            "models charge a higher rate beyond a certain length."
        ),
    ),
    (
        ("right-sizing", "right sizing", "rightsizing", "model routing", "routing"),
        (
            "Right-sizing means giving each task the smallest model that still does it well. It needs an "
            "evaluation on your own examples before you rely on it."
        ),
    ),
    (
        ("response caching", "semantic caching", "semantic cache"),
        (
            "Response caching stores a finished answer and returns it when the same question comes again, so that "
            "the model is not called at all."
        ),
    ),
    (
        ("prompt trimming", "prompt compression", "shorter prompts"),
        (
            "Prompt trimming removes instructions, examples and history that do not change the answer. Every call "
            "becomes cheaper and a little faster."
        ),
    ),
    (
        ("rate limit", "rate limits", "rate limiting"),
        (
            "A rate limit is the most requests or tokens that a provider accepts from you in a period. Calls "
            "beyond it are refused and have to be sent again later."
        ),
    ),
    (
        ("retry waste", "retries", "retry"),
        (
            "A retry sends a failed request again. Retries of calls that had already been paid for, or that "
            "cannot succeed, are pure waste."
        ),
    ),
    (
        ("time to first token", "latency", "ttft"),
        (
            "Latency is how long a call takes. The time to first token is the wait until the answer starts to "
            "appear, which is what people notice most in a chat."
        ),
    ),
    (
        ("fine-tuning", "fine tuning", "finetuning"),
        (
            "Fine-tuning trains a model further on your own examples. A small tuned model can stand in "
            "for a large model in a narrow task, at the price of preparing and refreshing the examples."
        ),
    ),
    (
        ("embedding", "embeddings"),
        (
            "An embedding turns a text into a list of numbers that shows its meaning, which is used for search "
            "and grouping. It is far cheaper than writing text."
        ),
    ),
    (
        ("tokens", "token", "tokenization"),
        ("A token is a piece of a word. Models read and write tokens, and providers bill for them."),
    ),
)

_MOST_TERMS = 2


def explain(question: str) -> str | None:
    """The explanation of the terms that `question` names, in its order; None when it names none."""
    rest = question.lower()
    found: list[tuple[int, str]] = []
    for aliases, text in _ENTRIES:
        pattern = rf"\b(?:{'|'.join(map(re.escape, aliases))})\b"
        match = re.search(pattern, rest)
        if match:
            found.append((match.start(), text))
            rest = re.sub(pattern, lambda hit: " " * len(hit.group()), rest)
    return "\n\n".join(text for _, text in sorted(found)[:_MOST_TERMS]) or None
