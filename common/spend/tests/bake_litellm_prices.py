"""Bake the second oracle of the price tests: the entries of litellm's cost map for the models that we price.

    pip download --no-deps litellm==1.106.2
    python -m common.spend.tests.bake_litellm_prices litellm-1.106.2-*.whl

litellm itself (37 MB) is not installed: the map and the licence (MIT) are read out of its wheel.
"""

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

PREFIXES = {
    "openai": "", "anthropic": "", "google": "gemini/", "mistral": "mistral/", "deepseek": "deepseek/", "x-ai": "xai/",
    "groq": "groq/", "cohere": "", "moonshotai": "moonshot/", "zai": "zai/", "cerebras": "cerebras/",
    "perplexity": "perplexity/",
}  # fmt: skip
"""Our provider -> how litellm's names of its models begin: those that sell models of their own or on one price list."""

RETIRED = "deprecation_date"
"""litellm's key of the day (ISO) on which a model ends."""
WINDOW = "max_input_tokens"
"""litellm's key of the most input tokens of a request."""

OUTPUT = Path(__file__).parent / "oracles" / "litellm_prices.json"


def oracle(wheel: zipfile.ZipFile, providers: list[dict[str, Any]]) -> dict[str, Any]:
    """{"source", "licence", "models": {"provider/id": {price key: USD per token}}} of the text models of both."""
    costs = json.loads(wheel.read("litellm/model_prices_and_context_window_backup.json"))
    info = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    version = info.removesuffix(".dist-info/METADATA").removeprefix("litellm-")
    models = {
        f"{provider['id']}/{model['id']}": entry
        for provider in providers
        if provider["id"] in PREFIXES
        for model in provider["models"]
        if (entry := costs.get(PREFIXES[provider["id"]] + model["id"])) and _text(entry)
    }
    prices = {name: {key: entry[key] for key in sorted(entry) if _price(key)} for name, entry in models.items()}
    licence = wheel.read(info.replace("METADATA", "licenses/LICENSE")).decode()
    return {"source": f"litellm {version} (MIT licence), BerriAI", "licence": licence, "models": prices}


def _text(entry: dict[str, Any]) -> bool:
    return entry.get("mode") in ("chat", "responses", "completion") and "input_cost_per_token" in entry


def _price(key: str) -> bool:
    return (
        "_token_cost" in key or "cost_per_token" in key or key in ("output_cost_per_reasoning_token", RETIRED, WINDOW)
    )


def main() -> None:
    """Write oracles/litellm_prices.json beside this module."""
    snapshot = json.loads((Path(__file__).parents[1] / "prices" / "snapshot.json").read_text(encoding="utf-8"))
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        document = oracle(wheel, snapshot["providers"])
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(document, indent=0) + "\n", encoding="utf-8")
    sys.stdout.write(f"{OUTPUT.name}: {len(document['models'])} models\n")


if __name__ == "__main__":
    main()
