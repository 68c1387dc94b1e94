"""What a model can call, and what happens to wrong calls."""

import pytest

from common.assistant.context import ToolContext
from common.assistant.goals.goal import Goal
from common.assistant.registry import TOOLS
from common.assistant.tools.export_guide import guide_findings, named_guides
from common.assistant.workspace import DatasetInfo
from common.runs.step import ToolError
from common.spend import Rollup
from common.spend.ledger.rows import TitledRow
from common.spend.quality import NO_EVALUATIONS, Evaluations
from common.spend.rollup.parts import Part


class NoData:
    """A user without data."""

    async def datasets(self, ids: tuple[str, ...]) -> tuple[DatasetInfo, ...]:
        """None."""
        return tuple(DatasetInfo(name, name, None, 0, 0) for name in ids if not name)

    async def rollup(self, ids: tuple[str, ...], parts: frozenset[Part]) -> Rollup:
        """An empty one."""
        assert ids
        return Rollup(loaded=parts)

    async def evaluations(self) -> Evaluations:
        """Nothing was handed in."""
        return NO_EVALUATIONS

    async def ledger(self) -> tuple[TitledRow, ...]:
        """Nothing is proven."""
        return ()


@pytest.mark.parametrize("name", sorted(TOOLS))
def test_schemas_are_strict(name: str) -> None:
    schema = TOOLS[name].schema()
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == set(schema["properties"])
    assert "purpose" in schema["required"]
    assert "$ref" not in str(schema)
    assert "default" not in str(schema)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("spend_breakdown", {"purpose": "x", "by": "planet"}),
        ("spend_breakdown", {"purpose": "x"}),
        ("spend_totals", {"purpose": "x", "extra": 1}),
        ("what_if_model", {"model": "gpt-4o"}),
    ],
)
def test_wrong_arguments_are_named(tool: str, arguments: dict[str, object]) -> None:
    with pytest.raises(ToolError, match=f"arguments of {tool}"):
        TOOLS[tool].parse(arguments)


async def test_tools_on_spend_refuse_without_data() -> None:
    context = ToolContext(workspace=NoData(), dataset_ids=(), goal=Goal(kind="spend"))
    with pytest.raises(ToolError, match="No usage data"):
        await TOOLS["spend_totals"].run(context, TOOLS["spend_totals"].parse({"purpose": "x"}))


async def test_unknown_models_and_savings_are_named() -> None:
    context = ToolContext(workspace=NoData(), dataset_ids=("d1",), goal=Goal(kind="spend"))
    with pytest.raises(ToolError, match="nonsense-1"):
        await TOOLS["what_if_model"].run(context, TOOLS["what_if_model"].parse({"purpose": "x", "model": "nonsense-1"}))
    with pytest.raises(ToolError, match="is no day"):
        await TOOLS["spend_on_day"].run(context, TOOLS["spend_on_day"].parse({"purpose": "x", "day": "9"}))
    with pytest.raises(ToolError, match="batch:moon"):
        await TOOLS["action_plan"].run(
            context, TOOLS["action_plan"].parse({"purpose": "x", "opportunity_id": "batch:moon"})
        )


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("I use Azure OpenAI", ["Azure OpenAI"]),
        ("Langfuse in front of OpenAI", ["Langfuse", "OpenAI"]),
        ("gemini on vertex", ["Gemini and Vertex AI"]),
        ("we are on OpenRouter and Helicone", ["OpenRouter", "Helicone"]),
        ("Claude via LiteLLM", ["Anthropic", "LiteLLM"]),
        ("no idea", []),
    ],
)
def test_guides_follow_what_the_user_names_first(question: str, names: list[str]) -> None:
    assert named_guides(question) == names
    findings = guide_findings(names)
    assert all(any(name in text for text in findings) for name in names)
    assert len(findings) > 3
