"""Which data there are, what they lack, and which export has it."""

import pytest

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation, Question
from common.assistant.tests.rows import bare_hour, busy_month
from common.assistant.tools import export_guide, find_opportunities, list_datasets, read_question
from common.assistant.tools.export_guide import named_guides
from common.assistant.tools.list_datasets import LACKS
from common.assistant.tools.tests.contexts import asked_of, context, part, run, text_of
from common.assistant.workspace import DatasetInfo
from common.runs.step import ToolError, ToolResult
from common.spend import Rollup
from common.spend.logs.fields.columns import FieldName
from common.spend.tests.formats.fixtures import exports_without, named_exports


@pytest.mark.parametrize("field", ["latency", "feature", "status"])
def test_an_export_that_is_named_for_a_missing_field_has_it(field: FieldName) -> None:
    assert len(named_exports(LACKS[field])) > 1
    assert not exports_without(field, LACKS[field])


async def test_what_the_data_lack_is_said_by_topic() -> None:
    lacking = (await run(list_datasets.TOOL, bare_hour(), part(Operation.PLAN))).missing
    assert [sentence.topic for sentence in lacking] == list(LACKS)
    assert not (await run(list_datasets.TOOL, busy_month(300), part(Operation.PLAN))).missing


async def _listed(info: DatasetInfo, rolled: Rollup) -> ToolResult:
    at = context(rolled, part(Operation.PLAN), info=info)
    return await list_datasets.TOOL.run(at, list_datasets.TOOL.parse({"purpose": "To see"}))


async def test_rows_that_two_files_share_are_reported_and_counted_once() -> None:
    result = await _listed(DatasetInfo("d1", "b.csv", None, 10, 0, shared=4), busy_month(10))
    assert result.details[0].text == (
        "`b.csv`: 10 rows, none rejected. 4 of them are in another of your files, too, and count once."
    )


async def test_rejected_rows_are_said_with_what_they_cost_and_why() -> None:
    info = DatasetInfo("d1", "b.csv", "gpt-4o", 10, 2, ("line 7: no model.",), unread_usd=3.5)
    text = (await _listed(info, busy_month(10))).details[0].text
    assert "10 rows, 2 rejected." in text
    assert "3.50 USD of rejected rows could not be read." in text
    assert "it is priced as `gpt-4o`." in text
    assert text.endswith("First reason for a rejected row: line 7: no model.")


async def test_a_file_without_a_readable_row_is_named_with_the_reason() -> None:
    result = await _listed(DatasetInfo("d1", "b.csv", None, 0, 2, ("no column is a time",)), Rollup())
    assert [sentence.text for sentence in result.headline] == [
        "`b.csv` holds no request that can be read.",
        "Reason: no column is a time.",
    ]


async def test_without_data_tools_on_spend_refuse_and_the_guide_says_what_to_bring() -> None:
    requested = part(Operation.PLAN)
    none = context(Rollup(), requested, ids=())
    with pytest.raises(ToolError, match="No usage data"):
        await find_opportunities.TOOL.run(none, find_opportunities.TOOL.parse({"purpose": "x"}))
    (wanted,) = export_guide.TOOL.calls(asked_of(requested, has=frozenset(), days=0.0))
    result = await export_guide.TOOL.run(none, export_guide.TOOL.parse({"purpose": "x", **wanted.arguments}))
    assert result.headline[0].text == "To answer from your own figures, Apex needs your usage data first."
    assert [section.heading for section in result.sections] == ["LiteLLM", "OpenAI"]


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
async def test_guides_follow_what_the_user_names_first(question: str, names: list[str]) -> None:
    assert named_guides(question) == names
    result = await run(export_guide.TOOL, busy_month(30), part(Operation.EXPORT), providers=[question])
    headings = [section.heading for section in result.sections]
    assert headings[: len(names)] == names
    assert all(name in text_of(result) for name in names)


async def test_the_reading_of_a_question_is_said_in_its_words() -> None:
    requested = part(Operation.PLAN)
    question = Question(parts=(requested,), doubts=("last week: the 7 days up to the last day of the data",))
    at = ToolContext(
        workspace=context(Rollup(), requested).workspace, dataset_ids=(), question=question, part=requested
    )
    result = await read_question.TOOL.run(at, read_question.TOOL.parse({"purpose": "x"}))
    assert result.summary == "Last week: the 7 days up to the last day of the data"
