"""A developer's own model server, named in the shell that starts the development stack."""

from pathlib import Path

import pytest

from common.environment.isolated import IsolatedEnvironment
from common.environment.profiles import PROFILES, EnvironmentName
from emulators.platform.addresses import Addresses
from emulators.platform.catalog import Catalog, preferred_ports
from emulators.platform.errors import PlatformError
from emulators.platform.layout import StackLayout
from emulators.platform.own_model import own_model
from emulators.platform.service import quiet
from emulators.platform.supervisor import build_stack

OWN = {"APEX_MODEL_BASE_URL": "http://127.0.0.1:11434/v1", "APEX_MODEL_NAME": "llama3.2"}


def step_variables(environment: EnvironmentName, folder: Path) -> dict[str, str]:
    addresses = Addresses(
        environment, PROFILES[environment].project_prefix, preferred_ports(environment), real_model=False
    )
    services = Catalog(StackLayout(environment, folder), addresses, IsolatedEnvironment(OWN)).services()
    return next(dict(service.prepare(quiet).environment) for service in services if service.name == "step")


def test_the_functions_of_development_use_it(tmp_path: Path) -> None:
    variables = step_variables(EnvironmentName.DEVELOPMENT, tmp_path)
    assert {name: variables[name] for name in OWN} == OWN


def test_the_tests_never_use_it(tmp_path: Path) -> None:
    variables = step_variables(EnvironmentName.TEST, tmp_path)
    assert "APEX_MODEL_NAME" not in variables
    assert variables["APEX_MODEL_BASE_URL"] != OWN["APEX_MODEL_BASE_URL"]


@pytest.mark.parametrize("name", OWN)
def test_one_of_its_two_variables_alone_is_named_with_the_other(name: str, tmp_path: Path) -> None:
    layout = StackLayout(EnvironmentName.DEVELOPMENT, tmp_path)
    alone = IsolatedEnvironment({other: value for other, value in OWN.items() if other != name})
    with pytest.raises(PlatformError, match=f"{name} is missing"):
        own_model(layout, alone)


def test_the_stack_says_which_model_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OWN.items():
        monkeypatch.setenv(name, value)
    _, development = build_stack(StackLayout(EnvironmentName.DEVELOPMENT, tmp_path))
    _, test = build_stack(StackLayout(EnvironmentName.TEST, tmp_path))
    assert development.own_model == "llama3.2 at http://127.0.0.1:11434/v1"
    assert "Agents use your own model, llama3.2 at http://127.0.0.1:11434/v1." in development.notes
    assert (test.own_model, test.real_model) == (None, False)


def test_no_key_of_openai_is_used_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**OWN, "OPENAI_API_KEY": "k"}.items():
        monkeypatch.setenv(name, value)
    assert not build_stack(StackLayout(EnvironmentName.DEVELOPMENT, tmp_path))[1].real_model
    monkeypatch.delenv("APEX_MODEL_NAME")
    monkeypatch.delenv("APEX_MODEL_BASE_URL")
    assert build_stack(StackLayout(EnvironmentName.DEVELOPMENT, tmp_path))[1].real_model
