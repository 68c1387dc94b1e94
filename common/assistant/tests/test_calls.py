"""Which calls a part of a question cannot do without, as the tools declare it, and whose blocks are shown."""

import pytest

from common.assistant.question.model import Operation
from common.assistant.question.operations import OPERATIONS
from common.assistant.registry import TOOLS
from common.assistant.tools.tests.contexts import asked_of, part

_ALWAYS = {"read_question"}
_OWN = {
    Operation.ANOMALY: {"odd_days"},
    Operation.CHANGE: {"before_and_after"},
    Operation.FORECAST: {"forecast_cost"},
    Operation.HEADROOM: {"rate_limit_headroom"},
    Operation.SAVED: {"savings_ledger"},
    Operation.WHAT_IF: {"what_if_model"},
    Operation.PLAN: {"find_opportunities", "combined_plan", "action_plan"},
    Operation.EXPORT: {"export_guide", "list_datasets"},
}


@pytest.mark.parametrize("operation", _OWN)
def test_an_operation_wants_the_tools_that_answer_it(operation: Operation) -> None:
    requested = asked_of(part(operation, models=("gpt-4o-mini",)), planned=("batch:chat",))
    wanted = {name for name, tool in TOOLS.items() if tool.calls(requested)}
    needed = {"list_datasets"} if OPERATIONS[operation].needs_data else set()
    assert wanted >= _ALWAYS | _OWN[operation] | needed
    assert (
        not wanted
        & {name for other, names in _OWN.items() if other != operation for name in names - needed} - (_OWN[operation])
    )


@pytest.mark.parametrize("operation", _OWN)
def test_the_agent_of_each_wanted_tool_works_on_the_operation(operation: Operation) -> None:
    requested = asked_of(part(operation, models=("gpt-4o-mini",)), planned=("batch:chat",))
    agents = {tool.agent for tool in TOOLS.values() if tool.calls(requested)}
    assert agents <= {"triage", *OPERATIONS[operation].agents}


@pytest.mark.parametrize("operation", [each for each in Operation if OPERATIONS[each].needs_data])
def test_without_data_the_guide_to_an_export_is_wanted_and_no_tool_that_computes(operation: Operation) -> None:
    requested = asked_of(part(operation, models=("gpt-4o-mini",)), has=frozenset(), days=0.0, planned=("batch:chat",))
    wanted = {name for name, tool in TOOLS.items() if tool.calls(requested)} & {
        *_ALWAYS,
        *(n for o in _OWN.values() for n in o),
    }
    assert wanted == {*_ALWAYS, "list_datasets", "export_guide"}


def test_each_model_that_is_asked_about_is_priced() -> None:
    models = ("gpt-4o-mini", "gpt-4.1", "gpt-5-mini", "gpt-5-nano")
    calls = TOOLS["what_if_model"].calls(asked_of(part(Operation.WHAT_IF, models=models)))
    assert [call.arguments["model"] for call in calls] == list(models[:3])


def test_the_guide_is_for_what_the_message_names() -> None:
    (call,) = TOOLS["export_guide"].calls(asked_of(part(Operation.EXPORT), text="we use Langfuse before Azure OpenAI"))
    assert call.arguments["providers"] == ["Langfuse", "Azure OpenAI"]


@pytest.mark.parametrize("operation", [Operation.MEASURE, Operation.ABOUT, Operation.EXPLAIN])
def test_where_no_plan_is_asked_for_none_is_made_or_shown(operation: Operation) -> None:
    requested = asked_of(part(operation))
    plans = [TOOLS[name] for name in ("find_opportunities", "combined_plan", "action_plan")]
    assert not [tool.name for tool in plans if tool.calls(requested) or tool.shows(requested)]


def test_savings_each_on_its_own_are_shown_with_a_plan_and_not_with_changes_that_are_pointed_at() -> None:
    tool = TOOLS["find_opportunities"]
    assert [tool.shows(asked_of(part(Operation.PLAN, refers=refers))) for refers in ((), (1,))] == [True, False]
