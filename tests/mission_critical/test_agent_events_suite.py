"""The nine invariants of a run and the five events that carry its value, seen by a client that the rules bind.

Real HTTP, real Cloud Tasks deliveries, real processes that are killed. Nothing here may be removed or weakened.
"""

import os
import signal
import statistics
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from google.api_core.exceptions import PermissionDenied

from cli.ask.client import ApexClient, new_request_id
from cli.ask.errors import ClientError
from cli.ask.turn import ask
from common.assistant.agents.specs import SPECS
from common.contract.events import AGENT_ORDER
from common.runs.heartbeat import STILL_AT_WORK
from emulators.platform.api import Stack
from functions.step.worker import WAITS
from tests.support.faults import inject_delivery_faults, inject_model_fault
from tests.support.invariants import check_run

WITH_MODEL = AGENT_ORDER[:-1]
"""Agents that ask a model about a plan; the answer is composed by code."""
QUESTION = "How do I cut this bill by 30 %?"
FIVE = {"agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed"}

PATIENCE = 5
"""Heartbeats without news that a loaded machine may make of the 1.25 that are promised (5 s, with a heartbeat of 4)."""

STILL = {words for agent in STILL_AT_WORK.values() for words in agent}

NewGuest = Callable[[], ApexClient]


@pytest.fixture(scope="module")
def small_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of requests, small enough to be uploaded by many users."""
    path = tmp_path_factory.mktemp("usage") / "small.csv"
    rows = [
        f"2026-11-0{1 + n % 9}T0{n % 10}:00:00Z,gpt-4o,{900 + n},{100 + n},search-rag,user-{n % 5}" for n in range(60)
    ]
    path.write_text("\n".join(["timestamp,model,input_tokens,output_tokens,feature,user", *rows]), encoding="utf-8")
    return path


@pytest.fixture
def customer(guest: ApexClient, small_log: Path) -> ApexClient:
    """A guest with data."""
    guest.upload(small_log)
    return guest


def follow(client: ApexClient, request_id: str) -> list[dict[str, Any]]:
    """All events of a run, from the first to the final one."""
    with client.watch(client.run_id(request_id)) as watch:
        return [arrived.event for arrived in watch.events(30)]


def follow_until(client: ApexClient, request_id: str, kind: str, agent: str) -> None:
    """Wait until an event of this kind and agent has arrived."""
    with client.watch(client.run_id(request_id)) as watch:
        for arrived in watch.events(30):
            if (arrived.event["type"], arrived.event["agent"]) == (kind, agent):
                return


def kill_in_mid_reply(stack: Stack, client: ApexClient, request_id: str, *, agent: str) -> int:
    """Kill the worker once the agent has shown a part of its summary; the seq of that thought."""
    with client.watch(client.run_id(request_id)) as watch:
        measured = False
        for arrived in watch.events(30):
            event = arrived.event
            measured = measured or (event["agent"], event["type"]) == (agent, "tool_completed")
            if measured and event["type"] == "agent_thinking" and event["thought"] not in STILL | {*WAITS}:
                kill_step_worker(stack)
                return int(event["seq"])
    raise AssertionError("the run ended")


def kill_step_worker(stack: Stack) -> None:
    """Kill -9 the process that works on steps, in whatever it is doing."""
    os.kill(stack.pids("step")[-1], signal.SIGKILL)


# The five events


def test_a_turn_sends_all_five_events_with_their_payload_and_the_agents_in_order(customer: ApexClient) -> None:
    outcome = ask(customer, QUESTION)
    events = [arrived.event for arrived in outcome.events]
    check_run(events)
    assert {event["type"] for event in events} == FIVE
    assert [event["agent"] for event in events if event["type"] == "agent_started"] == list(AGENT_ORDER)
    for agent in AGENT_ORDER:
        assert "agent_completed" in {event["type"] for event in events if event["agent"] == agent}


def test_the_answer_stands_in_the_final_event_and_in_the_message_of_the_run(customer: ApexClient) -> None:
    outcome = ask(customer, QUESTION)
    message = customer.message(outcome.thread_id, outcome.run_id)
    assert outcome.answer is not None
    assert message is not None
    assert {name: message[name] for name in outcome.answer} == outcome.answer
    assert outcome.answer["text"]


def test_every_figure_is_in_the_text_and_traces_to_a_fact_of_its_tool(customer: ApexClient) -> None:
    outcome = ask(customer, QUESTION)
    assert outcome.answer is not None
    assert outcome.answer["figures"]
    events = {arrived.event["seq"]: arrived.event for arrived in outcome.events}
    for figure in outcome.answer["figures"]:
        source = events[figure["source"]]
        assert source["type"] == "tool_completed"
        assert figure["text"] in outcome.answer["text"]
        assert (figure["value"], figure["unit"]) in [(fact["value"], fact["unit"]) for fact in source["facts"]]


# 1. Exactly one terminal event, whatever dies


@pytest.mark.parametrize("agent", ["triage", "data", "reporting"])
def test_a_run_ends_once_though_its_worker_is_killed_in_mid_step(
    stack: Stack, customer: ApexClient, tag: str, agent: str
) -> None:
    inject_model_fault(stack, "silence", match=tag, agent=agent, seconds=8.0)
    request_id = new_request_id()
    customer.post_turn(f"{QUESTION} {tag}", client_request_id=request_id)
    follow_until(customer, request_id, "agent_started", agent)
    kill_step_worker(stack)
    events = follow(customer, request_id)
    check_run(events)
    assert events[-1]["type"] == "agent_completed"


def test_a_run_ends_as_failed_with_words_for_the_customer_when_the_model_stays_away(
    stack: Stack, customer: ApexClient, tag: str
) -> None:
    inject_model_fault(stack, "server_error", match=tag, times=100)
    outcome = ask(customer, f"{QUESTION} {tag}")
    check_run([arrived.event for arrived in outcome.events])
    last = outcome.events[-1].event
    assert (last["type"], last["code"], last["retryable"]) == ("agent_failed", "model_unavailable", True)
    run = customer.run(outcome.run_id)
    assert run is not None
    assert (run["status"], run["error"]["support_id"]) == ("failed", last["support_id"])


@pytest.mark.parametrize("kind", ["rate_limit", "server_error", "cut_stream", "bad_json", "unknown_tool", "empty"])
def test_a_run_completes_though_the_model_stumbles_once(
    stack: Stack, customer: ApexClient, tag: str, kind: str
) -> None:
    inject_model_fault(stack, kind, match=tag)
    outcome = ask(customer, f"{QUESTION} {tag}")
    check_run([arrived.event for arrived in outcome.events])
    assert outcome.status == "completed"


def test_what_a_killed_worker_showed_of_an_unfinished_reply_is_taken_back_and_shown_once(
    stack: Stack, customer: ApexClient, tag: str
) -> None:
    inject_model_fault(stack, "slow", match=tag, agent="data", seconds=5.0, times=100)
    request_id = new_request_id()
    customer.post_turn(f"{QUESTION} {tag}", client_request_id=request_id)
    drafted = kill_in_mid_reply(stack, customer, request_id, agent="data")
    events = follow(customer, request_id)
    check_run(events)
    assert events[-1]["type"] == "agent_completed"
    replacing = [event for event in events if event.get("replaces") is not None]
    assert [event["replaces"] for event in replacing] == [drafted]


def test_a_step_longer_than_a_delivery_goes_on_in_the_next_one_without_using_up_attempts(
    stack: Stack, customer: ApexClient, tag: str
) -> None:
    inject_model_fault(stack, "made_up_number", match=tag, agent="data", seconds=3.5)
    outcome = ask(customer, f"{QUESTION} {tag}")
    events = [arrived.event for arrived in outcome.events]
    check_run(events)
    assert outcome.status == "completed"
    assert [event["agent"] for event in events if event.get("thought") == WAITS[-1]] == ["data"]


def test_a_silent_model_leaves_nobody_without_news(stack: Stack, customer: ApexClient, tag: str) -> None:
    inject_model_fault(stack, "silence", match=tag, seconds=4.0, times=100)
    outcome = ask(customer, f"{QUESTION} {tag}")
    check_run([arrived.event for arrived in outcome.events])
    assert outcome.status == "completed"
    beats = [event["seq"] for event in (arrived.event for arrived in outcome.events) if event.get("thought") in STILL]
    assert len(beats) >= 2 * len(WITH_MODEL)


def test_a_model_that_is_silent_is_reported_at_every_heartbeat(stack: Stack, customer: ApexClient, tag: str) -> None:
    heartbeat_s, silence_s = stack.profile.heartbeat_s, 4.0
    inject_model_fault(stack, "silence", match=tag, agent="data", seconds=silence_s)
    outcome = ask(customer, f"{QUESTION} {tag}")
    check_run([arrived.event for arrived in outcome.events])
    assert outcome.status == "completed"
    gaps_s, beats_s = gaps_between_documents(customer, outcome.run_id, agent="data")
    assert sum(gaps_s) >= silence_s
    assert max(gaps_s) < PATIENCE * heartbeat_s < silence_s, gaps_s
    assert statistics.median(beats_s) < 2 * heartbeat_s, beats_s  # a loaded machine delays some, not most


def gaps_between_documents(client: ApexClient, run: str, *, agent: str) -> tuple[list[float], list[float]]:
    """Seconds from each of an agent's event documents to the next; and those of them that a heartbeat ended."""
    documents = client.firestore.collection(f"users/{client.uid}/runs/{run}/events").order_by("first_seq").get()
    firsts = [first for document in documents if (first := document.get("events")[0])["agent"] == agent]
    gaps_s = [((later["at"] - earlier["at"]) / 1000, later) for earlier, later in pairwise(firsts)]
    return [gap for gap, _ in gaps_s], [gap for gap, later in gaps_s if later.get("thought") in STILL]


# 2. and 3. Numbers without gap, one outcome per step, under repeated delivery


@pytest.mark.parametrize("faults", [{"duplicate": 5}, {"drop_response": 5}, {"duplicate": 3, "delay_ms": 50}])
def test_steps_delivered_twice_or_again_have_one_outcome(
    stack: Stack, customer: ApexClient, faults: dict[str, int]
) -> None:
    inject_delivery_faults(stack, **faults)
    outcome = ask(customer, QUESTION)
    inject_delivery_faults(stack, duplicate=0, drop_response=0, delay_ms=0)
    check_run([arrived.event for arrived in outcome.events])
    assert outcome.status == "completed"


def test_a_delivery_after_the_end_changes_nothing(stack: Stack, customer: ApexClient) -> None:
    inject_delivery_faults(stack, drop_response=8)
    first = ask(customer, QUESTION)
    second = ask(customer, QUESTION, thread_id=first.thread_id)
    inject_delivery_faults(stack, drop_response=0)
    for outcome in (first, second):
        check_run(_events(customer, outcome.run_id))


# 5. Tools and order


def test_data_is_measured_before_options_are_weighed(customer: ApexClient) -> None:
    events = [arrived.event for arrived in ask(customer, QUESTION).events]
    measured = [event["seq"] for event in events if event["agent"] == "data" and event["type"] == "tool_completed"]
    weighed = [event["seq"] for event in events if event["agent"] == "optimization"]
    assert measured
    assert max(measured) < min(weighed)


# 6. The same request is one run


def test_one_request_sent_eight_times_at_once_is_one_run(customer: ApexClient) -> None:
    request_id = new_request_id()
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: customer.post_turn(QUESTION, client_request_id=request_id), range(8)))
    assert {reply.run_id for reply in replies} == {customer.run_id(request_id)}
    check_run(follow(customer, request_id))
    user = customer.firestore.document(f"users/{customer.uid}").get().to_dict()
    assert user is not None
    assert list(user["quota"].values()) == [1]


def test_a_request_id_with_another_message_is_a_conflict(customer: ApexClient) -> None:
    request_id = new_request_id()
    customer.post_turn("hello", client_request_id=request_id)
    with pytest.raises(ClientError) as refused:
        customer.post_turn("something else", client_request_id=request_id)
    assert (refused.value.code, refused.value.http_status) == ("request_id_reused", 409)


# 7. One running turn per thread, in order


def test_messages_in_quick_succession_are_answered_one_by_one_in_order(customer: ApexClient) -> None:
    first = customer.post_turn("hello", client_request_id=(ids := [new_request_id() for _ in range(5)])[0])
    for request_id in ids[1:]:
        customer.post_turn(QUESTION, client_request_id=request_id, thread_id=first.thread_id)
    runs = [follow(customer, request_id) for request_id in ids]
    for events in runs:
        check_run(events)
        assert events[-1]["type"] == "agent_completed"
    spans = [(events[0]["at"], events[-1]["at"]) for events in runs]
    for (_, ended), (started, _) in pairwise(spans):
        assert started >= ended


def test_two_threads_of_one_user_are_answered_side_by_side(stack: Stack, customer: ApexClient, tag: str) -> None:
    inject_model_fault(stack, "silence", match=tag, agent="triage", seconds=4.0)
    slow = new_request_id()
    customer.post_turn(f"{QUESTION} {tag}", client_request_id=slow)
    outcome = ask(customer, QUESTION)
    assert outcome.status == "completed"
    assert outcome.events[-1].event["at"] < follow(customer, slow)[-1]["at"]


# 8. Cancel at any moment


def test_a_stop_before_the_turn_arrives_ends_it_with_one_event(customer: ApexClient) -> None:
    request_id = new_request_id()
    run = customer.run_id(request_id)
    assert customer.cancel(run, client_request_id=request_id) == "cancelled"
    assert customer.post_turn(QUESTION, client_request_id=request_id).status == "cancelled"
    events = follow(customer, request_id)
    check_run(events)
    assert [event["type"] for event in events] == ["agent_cancelled"]


@pytest.mark.parametrize("agent", WITH_MODEL)
def test_a_stop_while_an_agent_works_ends_the_run_with_one_event(
    stack: Stack, customer: ApexClient, tag: str, agent: str
) -> None:
    inject_model_fault(stack, "silence", match=tag, agent=agent, seconds=5.0)
    request_id = new_request_id()
    customer.post_turn(f"{QUESTION} {tag}", client_request_id=request_id)
    follow_until(customer, request_id, "agent_started", agent)
    assert customer.cancel(customer.run_id(request_id)) == "cancelled"
    events = follow(customer, request_id)
    check_run(events)
    assert (events[-1]["type"], events[-1]["agent"]) == ("agent_cancelled", agent)


def test_a_stop_of_a_waiting_turn_ends_it_and_the_next_is_answered(
    stack: Stack, customer: ApexClient, tag: str
) -> None:
    inject_model_fault(stack, "silence", match=tag, agent="triage", seconds=3.0)
    ids = [new_request_id() for _ in range(3)]
    first = customer.post_turn(f"{QUESTION} {tag}", client_request_id=ids[0])
    for request_id in ids[1:]:
        customer.post_turn("hello", client_request_id=request_id, thread_id=first.thread_id)
    assert customer.cancel(customer.run_id(ids[1])) == "cancelled"
    kinds = [follow(customer, request_id)[-1]["type"] for request_id in ids]
    assert kinds == ["agent_completed", "agent_cancelled", "agent_completed"]


def test_a_stop_after_the_end_leaves_the_answer(customer: ApexClient) -> None:
    outcome = ask(customer, QUESTION)
    assert customer.cancel(outcome.run_id) == "completed"
    check_run(_events(customer, outcome.run_id))


# 9. Nobody reads another user's documents


def test_another_user_reads_and_stops_nothing(customer: ApexClient, new_guest: NewGuest) -> None:
    outcome = ask(customer, QUESTION)
    stranger = new_guest()
    for path in ("", f"/runs/{outcome.run_id}", f"/threads/{outcome.thread_id}"):
        with pytest.raises(PermissionDenied):
            stranger.firestore.document(f"users/{customer.uid}{path}").get(retry=None, timeout=10)
    with pytest.raises(ClientError) as refused:
        stranger.cancel(outcome.run_id)
    assert refused.value.http_status == 404
    with pytest.raises(ClientError) as refused:
        stranger.post_turn("hello", thread_id=outcome.thread_id)
    assert (refused.value.code, refused.value.http_status) == ("thread_not_found", 404)


def test_no_client_reads_the_control_documents_or_writes_anything(customer: ApexClient) -> None:
    outcome = ask(customer, QUESTION)
    for path in (f"run_state/{outcome.run_id}", f"run_state/{outcome.run_id}/steps/0", "dead_letters/any"):
        with pytest.raises(PermissionDenied):
            customer.firestore.document(path).get(retry=None, timeout=10)
    with pytest.raises(PermissionDenied):
        customer.firestore.document(f"users/{customer.uid}").set({"tier": "enterprise"}, retry=None, timeout=10)


def test_nothing_that_a_client_reads_holds_a_prompt_or_a_key(customer: ApexClient) -> None:
    outcome = ask(customer, QUESTION)
    seen = repr([arrived.event for arrived in outcome.events]) + repr(customer.run(outcome.run_id))
    for agent in AGENT_ORDER:
        lines = [line for line in SPECS[agent].instructions.splitlines() if len(line) > 40]
        assert [line for line in lines if line in seen] == []
    assert "suggested_calls" not in seen
    assert "Bearer" not in seen


def _events(client: ApexClient, run: str) -> list[dict[str, Any]]:
    with client.watch(run) as watch:
        return [arrived.event for arrived in watch.events(30)]
