"""The parts of the platform, each by itself, on real ports, files and processes."""

import json
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import psutil
import pytest

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import EnvironmentName
from common.environment.settings import load_settings
from emulators.platform import jars, memory, ports, processes, snapshots, state, tools
from emulators.platform.addresses import BASICS, Addresses, child_environment
from emulators.platform.catalog import FUNCTIONS, Catalog, preferred_ports
from emulators.platform.client import supervisor_command
from emulators.platform.errors import PlatformError
from emulators.platform.jars import Jar
from emulators.platform.layout import StackLayout
from emulators.platform.processes import ProcessRef
from emulators.platform.service import quiet
from emulators.platform.supervisor import first_state

SLEEP = "import time; time.sleep(600)"
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); print(flush=True); {SLEEP}"


def addresses(environment: EnvironmentName = EnvironmentName.TEST, *, real_model: bool = False) -> Addresses:
    return Addresses(environment, f"demo-apex-{environment[:4]}", preferred_ports(environment), real_model)


def parent_of_one() -> "subprocess.Popen[bytes]":
    """A process that has a child when this returns."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE)  # noqa: S603 - our own
    assert parent.stdout
    parent.stdout.readline()
    return parent


def test_the_environments_have_ports_of_their_own() -> None:
    development, test = (
        set(preferred_ports(name).values()) for name in (EnvironmentName.DEVELOPMENT, EnvironmentName.TEST)
    )
    assert not development & test
    assert len(development) == len(test) == len(preferred_ports(EnvironmentName.TEST))


def test_a_held_port_is_named_with_its_holder_and_replaced() -> None:
    with socket.create_server((ports.HOST, 0)) as server:
        held = server.getsockname()[1]
        chosen, (note,) = ports.choose({"chat": held}, set())
    assert chosen["chat"] != held
    assert f"Port {held} (chat) is held by" in note
    assert f"(pid {psutil.Process().pid})" in note
    assert str(chosen["chat"]) in note


def test_a_free_port_is_used_and_never_assigned_twice() -> None:
    with socket.create_server((ports.HOST, 0)) as server:
        free = server.getsockname()[1]
    chosen, notes = ports.choose({"chat": free, "step": free}, set())
    assert chosen["chat"] == free
    assert chosen["step"] != free
    assert len(notes) == 1


def test_ending_a_process_ends_its_children() -> None:
    with parent_of_one() as parent:
        family = processes.tree([ProcessRef.of(parent.pid)])
        assert len(family) == 2
        processes.end(family[:1])
        assert processes.tree(family) == ()


def test_a_child_is_ended_after_its_parent_died() -> None:
    with parent_of_one() as parent:
        family = processes.tree([ProcessRef.of(parent.pid)])
        parent.kill()
        parent.wait()
        assert processes.tree(family) == family[1:]
        processes.end(family)
        assert processes.tree(family) == ()


def test_a_process_that_only_has_the_same_pid_is_left_alone() -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEP]) as foreign:  # noqa: S603 - our own
        stale = ProcessRef(pid=foreign.pid, created=psutil.Process(foreign.pid).create_time() - 100)
        processes.end([stale])
        assert foreign.poll() is None
        foreign.kill()


def test_memory_is_refused_in_one_line() -> None:
    memory.require(10, 10)
    with pytest.raises(PlatformError, match=r"needs 1300 MiB of memory and 900 MiB are free\. "):
        memory.require(1300, 900)
    assert 0 < memory.available_mb() < psutil.virtual_memory().total // 2**20


def test_the_state_file_is_private_and_comes_back_equal(tmp_path: Path) -> None:
    layout = StackLayout(EnvironmentName.TEST, tmp_path)
    written = first_state(EnvironmentName.TEST, "demo-apex-test", real_model=False, notes=("a note",))
    state.write(layout, written)
    assert state.read(layout) == written
    assert written.supervised
    if sys.platform != "win32":
        assert layout.state_file.stat().st_mode & 0o077 == 0
    state.forget(layout)
    assert state.read(layout) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime', 17),
        ('java version "1.8.0_392"\n', 8),
        ('openjdk version "25.0.2" 2026-01-20\n', 25),
        ("openjdk 11.0.2 2019-01-15\n", 11),
        ("v20.20.2\n", 20),
        ("The operation couldn't be completed. Unable to locate a Java Runtime.", 0),
    ],
)
def test_the_words_of_java_and_node_are_understood(text: str, expected: int) -> None:
    assert tools.major(text) == expected


def test_java_is_found_without_java_home() -> None:
    found = tools.java(IsolatedEnvironment({}), 11)
    assert tools.version(found, "-version") >= 11


def test_a_java_newer_than_any_is_asked_for_in_one_line() -> None:
    with pytest.raises(PlatformError, match=r"need Java 99\. Install it, and set JAVA_HOME"):
        tools.java(IsolatedEnvironment({}), 99)


@pytest.mark.parametrize("jar", [jars.FIRESTORE, jars.PUBSUB])
def test_an_override_of_a_jar_must_exist(jar: Jar, tmp_path: Path) -> None:
    environment = IsolatedEnvironment({jar.override: str(tmp_path / "gone.jar")})
    with pytest.raises(PlatformError, match=rf"{jar.override} is .*gone\.jar, which is no file"):
        jars.find(jar, environment, quiet)


def test_the_jar_says_which_java_it_needs(tmp_path: Path) -> None:
    def jar(class_file_version: int) -> Path:
        path = tmp_path / f"{class_file_version}.jar"
        with zipfile.ZipFile(path, "w") as archive:
            header = b"\xca\xfe\xba\xbe\x00\x00" + class_file_version.to_bytes(2, "big")
            archive.writestr(jars.PUBSUB.main_class.replace(".", "/") + ".class", header)
        return path

    assert jars.java_needed(jars.PUBSUB, jar(65)) == 21
    assert jars.java_needed(jars.PUBSUB, jar(52)) == 11, "never less than 11"


def test_another_file_is_no_firestore_jar(tmp_path: Path) -> None:
    (tmp_path / "other.jar").write_bytes(b"not a jar")
    with pytest.raises(PlatformError, match="is not a Firestore emulator"):
        jars.java_needed(jars.FIRESTORE, tmp_path / "other.jar")


def test_an_interrupted_save_leaves_the_previous_one(tmp_path: Path) -> None:
    assert snapshots.auth_import(tmp_path) is None
    (tmp_path / "auth.old").mkdir()
    (tmp_path / "auth.new").mkdir()
    assert snapshots.auth_import(tmp_path) == tmp_path / "auth.old"
    (tmp_path / "auth").mkdir()
    assert snapshots.auth_import(tmp_path) == tmp_path / "auth"


def test_a_failed_save_keeps_the_previous_one(tmp_path: Path) -> None:
    (tmp_path / "firestore").mkdir()
    with socket.create_server((ports.HOST, 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(PlatformError, match="the previous save is kept"):
        snapshots.save_firestore(tmp_path, port, "demo-apex-dev")
    assert snapshots.firestore_seed(tmp_path) is not None


@pytest.mark.parametrize("environment", [EnvironmentName.TEST, EnvironmentName.DEVELOPMENT])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_gets_the_settings_it_needs(environment: EnvironmentName, function: str) -> None:
    settings = load_settings(IsolatedEnvironment(addresses(environment).function_variables()), function)
    assert settings.profile.name is environment
    assert settings.model_base_url == f"http://127.0.0.1:{preferred_ports(environment)['model']}/v1"


def test_the_real_model_has_no_local_address() -> None:
    variables = addresses(EnvironmentName.DEVELOPMENT, real_model=True).function_variables()
    assert "APEX_MODEL_BASE_URL" not in variables


def test_the_key_of_the_real_model_reaches_the_secret_only(tmp_path: Path) -> None:
    layout = StackLayout(EnvironmentName.DEVELOPMENT, tmp_path)
    environment = IsolatedEnvironment({"OPENAI_API_KEY": "k"})
    services = Catalog(layout, addresses(EnvironmentName.DEVELOPMENT, real_model=True), environment).services()
    for service in services:
        if service.name in FUNCTIONS:
            assert "OPENAI_API_KEY" not in service.prepare(quiet).environment
    provisions = {service.name: service.after_start for service in services if service.after_start}
    keys = {name: provision.environment.get("OPENAI_API_KEY") for name, provision in provisions.items()}
    assert keys == {"googleapis": "k", "pubsub": None}


def test_a_second_stack_may_have_its_own_ports_and_runner_of_functions(tmp_path: Path) -> None:
    layout = StackLayout(EnvironmentName.TEST, tmp_path, "somebody.runner", 7600)
    own = preferred_ports(layout.environment, layout.first_port)
    assert not set(own.values()) & set(preferred_ports(EnvironmentName.TEST).values())
    command = supervisor_command(layout)
    assert command[command.index("--runner") + 1] == "somebody.runner"
    assert command[command.index("--first-port") + 1] == "7600"
    for service in Catalog(layout, addresses(EnvironmentName.TEST), IsolatedEnvironment({})).services():
        if service.name in FUNCTIONS:
            assert "somebody.runner" in service.prepare(quiet).command


def test_only_development_keeps_data(tmp_path: Path) -> None:
    for environment, kept in ((EnvironmentName.TEST, set()), (EnvironmentName.DEVELOPMENT, {"firestore", "firebase"})):
        services = Catalog(
            StackLayout(environment, tmp_path), addresses(environment), IsolatedEnvironment({})
        ).services()
        assert {service.name for service in services if service.save} == kept


def test_nothing_leaks_into_a_child() -> None:
    program = "import json, os; print(json.dumps(list(os.environ)))"
    environment = child_environment({"APEX_ENV": "test"})
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)  # noqa: S603 - our own
    ours = {"APEX_ENV", "PYTHONPATH", "PYTHONUTF8", "PYTHONUNBUFFERED"}
    assert set(json.loads(done.stdout)) <= {*BASICS, *ours, "LC_CTYPE"}
