"""What the README says can be typed: its commands are run here as they stand, and its targets exist."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import EnvironmentName
from emulators.platform.api import ensure_up, stop

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
EXAMPLES = [
    line.split("   #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
TARGETS = sorted(set(re.findall(r"`make ([a-z]+)`", README)))
LINKS = re.findall(r"\]\(([^)#]+)\)", README)


def run(command: str) -> "subprocess.CompletedProcess[str]":
    environment = IsolatedEnvironment.of_process().for_child({}, inherit=("PATH", "HOME", "LANG", "TMPDIR"))
    return subprocess.run(  # noqa: S602 - the README's own commands, as a reader's shell runs them
        command,
        shell=True,
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=110,
        check=False,
    )


@pytest.fixture(scope="module")
def development() -> Iterator[None]:
    """A development stack that both examples use; one that a developer runs stays as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("APEX_MODEL_BASE_URL", raising=False)  # of the test stack that this process belongs to
        ensure_up(EnvironmentName.DEVELOPMENT, owner_pid=os.getpid())
    yield
    stop(EnvironmentName.DEVELOPMENT, owner_pid=os.getpid())


@pytest.mark.usefixtures("development")
@pytest.mark.parametrize("command", [example for example in EXAMPLES if example.startswith("make ask")])
def test_the_examples_of_make_ask_give_an_answer(command: str, tmp_path: Path) -> None:
    log = tmp_path / "my log.csv"
    log.write_text("timestamp,input_tokens,output_tokens\n2026-11-01T00:00:00Z,1000000,100000\n", encoding="utf-8")
    done = run(command.replace("USAGE=path/to/log.csv", f'USAGE="{log}"'))
    assert done.returncode == 0, done.stderr
    assert "USD" in done.stdout


def test_make_alone_lists_every_target_that_the_readme_names() -> None:
    listed = run("make").stdout
    assert TARGETS
    for target in [*TARGETS, "ask", "test"]:
        assert f"make {target}" in listed


def test_make_ask_without_a_question_says_what_is_missing() -> None:
    done = run("make ask")
    assert done.returncode != 0
    assert "Q is missing" in done.stderr


def test_the_readme_links_to_files_that_exist() -> None:
    assert LINKS
    for link in LINKS:
        assert (REPOSITORY / link).exists(), link
