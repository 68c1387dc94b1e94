"""The page's folder and its configuration, on real files."""

import json
from pathlib import Path

import pytest

from common.environment.profiles import EnvironmentName
from emulators.platform import page
from emulators.platform.addresses import Addresses
from emulators.platform.catalog import preferred_ports
from emulators.platform.errors import PlatformError
from emulators.platform.layout import StackLayout

TEST = EnvironmentName.TEST
ADDRESSES = Addresses(TEST, "demo-apex-test", preferred_ports(TEST), real_model=False)


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build of two files."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("first")
    (folder / "assets" / "app-1.js").write_text("1")
    monkeypatch.setattr(page, "BUILT", folder)
    return folder


@pytest.fixture
def layout(tmp_path: Path) -> StackLayout:
    return StackLayout(TEST, tmp_path / "stack")


def served(layout: StackLayout) -> dict[str, str]:
    root = page.folder(layout)
    return {file.relative_to(root).as_posix(): file.read_text() for file in root.rglob("*") if file.is_file()}


def test_a_new_build_replaces_the_served_one_and_leaves_nothing_of_it(built: Path, layout: StackLayout) -> None:
    assert page.publish(layout, ADDRESSES)
    (built / "index.html").write_text("second")
    (built / "assets" / "app-1.js").rename(built / "assets" / "app-2.js")
    assert page.publish(layout, ADDRESSES)
    emulators = json.dumps({"auth": "http://127.0.0.1:7520", "firestore": "127.0.0.1:7510"})
    assert served(layout) == {"index.html": "second", "assets/app-2.js": "1", "emulators.json": emulators}


def test_the_same_build_is_no_change(built: Path, layout: StackLayout) -> None:
    page.publish(layout, ADDRESSES)
    (built / "index.html").touch()
    assert not page.publish(layout, ADDRESSES)


def test_a_page_that_was_never_built_names_the_command_that_builds_it(built: Path, layout: StackLayout) -> None:
    (built / "index.html").unlink()
    with pytest.raises(PlatformError, match=r"The page is not built .* Run `make setup`\."):
        page.publish(layout, ADDRESSES)


def test_every_file_of_a_build_changes_its_stamp(built: Path) -> None:
    before = page.build_stamp()
    (built / "assets" / "app-1.js").write_text("longer")
    assert page.build_stamp() != before


def test_locally_only_the_emulators_are_added_to_what_production_declares() -> None:
    production = json.loads(page.CONFIGURATION.read_text(encoding="utf-8"))["hosting"]
    local = page.hosting(ADDRESSES)
    assert local["rewrites"] == production["rewrites"]
    words = [set(json.dumps(section["headers"]).replace(";", " ").split()) for section in (production, local)]
    assert words[1] - words[0] == {"http://127.0.0.1:7520", "http://127.0.0.1:7510"}
    assert words[0] <= words[1]
