"""The real supervisor, over small real processes."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest

from common.environment.profiles import EnvironmentName
from emulators.platform import client, local_http, processes, state
from emulators.platform.errors import PlatformError
from emulators.platform.layout import StackLayout
from emulators.platform.local_http import NO_CERTIFICATES
from emulators.platform.processes import ProcessRef
from emulators.platform.service import quiet
from emulators.platform.state import ServicePhase, StackState
from emulators.platform.tests.small_service import CRASH_CODE
from emulators.platform.tests.small_stack import LIMIT_MB, NAMES

PATIENCE_S = 20


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[StackLayout]:
    """A place of its own for each test; what a test left running is ended."""
    place = StackLayout(EnvironmentName.TEST, tmp_path)
    yield place
    client.down(place, owner=None, say=quiet)


def command(layout: StackLayout) -> tuple[str, ...]:
    return (sys.executable, "-m", "emulators.platform.tests.small_stack", str(layout.root))


def broken(layout: StackLayout) -> tuple[str, ...]:
    return (*command(layout), "--broken")


def greedy(layout: StackLayout) -> tuple[str, ...]:
    return (*command(layout), "--greedy")


def up(layout: StackLayout, owner: ProcessRef | None = None) -> tuple[StackState, bool]:
    return client.up(layout, owner=owner, say=quiet, command=command)


def tell(stack: StackState, service: str, order: str) -> None:
    """Give an order to a small service, which may end over it."""
    with httpx.Client(trust_env=False, verify=NO_CERTIFICATES) as http, ThreadPoolExecutor() as pool:
        pool.submit(http.get, f"http://127.0.0.1:{stack.services[service].ports[service]}/{order}").exception()


def now(layout: StackLayout) -> StackState:
    current = state.read(layout)
    assert current is not None
    return current


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def restarted(layout: StackLayout, service: str) -> Callable[[], bool]:
    return lambda: (
        now(layout).services[service].restarts == 1 and now(layout).services[service].status is ServicePhase.HEALTHY
    )


def test_up_returns_when_all_answer(layout: StackLayout) -> None:
    stack, started = up(layout)
    assert started
    assert set(stack.services) == set(NAMES)
    for name, service in stack.services.items():
        assert service.status is ServicePhase.HEALTHY
        assert local_http.get(service.health_urls[0]).is_success
        assert f"listening on {service.ports[name]}" in layout.log(name).read_text(encoding="utf-8")


def test_a_second_up_reuses_what_is_healthy_and_is_fast(layout: StackLayout) -> None:
    began = time.monotonic()
    first, _ = up(layout)
    floor_s, began = time.monotonic() - began, time.monotonic()
    second, started = up(layout)
    assert not started
    assert time.monotonic() - began < floor_s / 2
    assert second.services == first.services


def test_two_ups_at_once_make_one_stack(layout: StackLayout) -> None:
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda _: up(layout), range(2)))
    assert sorted(started for _, started in results) == [False, True]
    assert results[0][0].supervisor == results[1][0].supervisor


def test_up_restarts_only_what_is_silent(layout: StackLayout) -> None:
    before, _ = up(layout)
    tell(before, "alpha", "sicken")
    after, _ = up(layout)
    assert after.services["alpha"].process != before.services["alpha"].process
    assert after.services["beta"].process == before.services["beta"].process
    assert "did not answer" in after.services["alpha"].detail


def test_refresh_restarts_one_service_on_the_same_port(layout: StackLayout) -> None:
    before, _ = up(layout)
    client.refresh(layout, "beta", quiet)
    after = now(layout)
    assert after.services["beta"].process != before.services["beta"].process
    assert after.services["beta"].ports == before.services["beta"].ports
    assert after.services["alpha"] == before.services["alpha"]
    assert processes.tree(before.services["beta"].tree) == ()


def test_refresh_of_an_unknown_service_names_the_existing_ones(layout: StackLayout) -> None:
    up(layout)
    with pytest.raises(PlatformError, match="alpha, beta"):
        client.refresh(layout, "gamma", quiet)


def test_a_crashed_service_is_restarted_and_status_says_why(layout: StackLayout) -> None:
    stack, _ = up(layout)
    tell(stack, "alpha", "crash")
    eventually(restarted(layout, "alpha"))
    assert f"exit code {CRASH_CODE}" in now(layout).services["alpha"].detail
    assert processes.tree(stack.services["alpha"].tree) == (), "the crashed service's child is left"


def test_a_service_over_its_memory_limit_is_restarted(layout: StackLayout) -> None:
    stack, _ = up(layout)
    tell(stack, "alpha", "grow")
    tell(stack, "alpha", "grow")
    eventually(restarted(layout, "alpha"))
    assert f"its limit is {LIMIT_MB}" in now(layout).services["alpha"].detail


def test_a_service_that_ends_at_its_start_fails_the_up_with_its_last_words(layout: StackLayout) -> None:
    with pytest.raises(PlatformError, match="beta ended with exit code 1 at its start: no luck today"):
        client.up(layout, owner=None, say=quiet, command=broken)
    assert state.read(layout) is None


def test_nothing_is_started_that_does_not_fit_into_memory(layout: StackLayout) -> None:
    with pytest.raises(PlatformError, match="needs 2000000000 MiB of memory"):
        client.up(layout, owner=None, say=quiet, command=greedy)
    assert not layout.log(NAMES[0]).exists()
    assert state.read(layout) is None


def test_a_state_file_of_another_version_is_named(layout: StackLayout) -> None:
    layout.state_file.write_text("{}", encoding="utf-8")
    with pytest.raises(PlatformError, match=r"state\.json was written by another version"):
        up(layout)
    layout.state_file.unlink()


def test_a_supervisor_that_cannot_start_says_why(layout: StackLayout) -> None:
    with pytest.raises(PlatformError, match=r"The supervisor did not start: .*no_such_module"):
        client.up(layout, owner=None, say=quiet, command=lambda _: (sys.executable, "-m", "no_such_module"))


def test_down_leaves_no_process(layout: StackLayout) -> None:
    stack, _ = up(layout)
    client.down(layout, owner=None, say=quiet)
    assert processes.tree([stack.supervisor, *stack.orphans()]) == ()
    assert state.read(layout) is None


def test_sigterm_of_the_supervisor_leaves_no_process(layout: StackLayout) -> None:
    stack, _ = up(layout)
    psutil.Process(stack.supervisor.pid).send_signal(signal.SIGTERM)
    eventually(lambda: processes.tree([stack.supervisor, *stack.orphans()]) == ())


def test_down_ends_what_a_killed_supervisor_left(layout: StackLayout) -> None:
    stack, _ = up(layout)
    psutil.Process(stack.supervisor.pid).kill()
    eventually(lambda: stack.supervisor.find() is None)
    assert processes.tree(stack.orphans()) != ()
    client.down(layout, owner=None, say=quiet)
    assert processes.tree(stack.orphans()) == ()


def test_up_after_a_killed_supervisor_starts_again(layout: StackLayout) -> None:
    before, _ = up(layout)
    psutil.Process(before.supervisor.pid).kill()
    eventually(lambda: before.supervisor.find() is None)
    after, started = up(layout)
    assert started
    assert after.supervisor != before.supervisor
    assert processes.tree(before.orphans()) == ()


def test_the_stack_ends_with_its_last_owner(layout: StackLayout) -> None:
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(sleep) as first, subprocess.Popen(sleep) as second:  # noqa: S603 - our own
        stack, _ = up(layout, ProcessRef.of(first.pid))
        up(layout, ProcessRef.of(second.pid))
        first.kill()
        first.wait()
        time.sleep(1)
        assert now(layout).supervised, "the second owner lives"
        second.kill()
        second.wait()
        eventually(lambda: processes.tree([stack.supervisor, *stack.orphans()]) == ())


def test_an_owner_ends_only_its_own_claim(layout: StackLayout) -> None:
    me = ProcessRef.of(psutil.Process().pid)
    stack, _ = up(layout)
    up(layout, me)
    client.down(layout, owner=me, say=quiet)
    assert now(layout).services == stack.services


def test_logs_of_the_previous_start_are_kept(layout: StackLayout) -> None:
    stack, _ = up(layout)
    client.down(layout, owner=None, say=quiet)
    up(layout)
    old = layout.log("alpha").with_suffix(".log.1").read_text(encoding="utf-8")
    assert f"listening on {stack.services['alpha'].ports['alpha']}" in old
