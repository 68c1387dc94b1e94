"""The points of the code, and the code that passes them."""

import ast
import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from google.api_core.exceptions import Aborted

from emulators.platform.layout import REPOSITORY
from tests.campaigns.faults.board import Action, Board, Switch
from tests.campaigns.faults.kinds import MODEL
from tests.campaigns.faults.leads import HANDLERS, LEADS, failures_before
from tests.campaigns.faults.passing import Passing
from tests.campaigns.faults.plan import DATA_DELETED, ENVIRONMENT_FAULTS
from tests.campaigns.faults.plants import PLANTS, PlantError, changed
from tests.campaigns.faults.scan import HELPER, files, numbers_of, points, rewrite
from tests.campaigns.faults.unreachable import UNREACHABLE, reason, required

_SOURCE = """
import asyncio

async def numbers():
    for number in range(3):
        yield number

async def work(lock):
    async with lock:
        await asyncio.sleep(0)
    try:
        total = [number async for number in numbers()]
    except ValueError:
        await asyncio.sleep(0)
    async for number in numbers():
        total.append(number)
    return total
"""


@pytest.fixture
def board(tmp_path: Path) -> Board:
    """A board of the points of the small module above."""
    return Board(tmp_path / "board", [str(number) for number in range(20)])


def work(board: Board) -> Any:
    """The small module's function, rewritten."""
    tree, _ = rewrite(ast.parse(_SOURCE), "small.py", 0)
    names = {HELPER: Passing(board)}
    exec(compile(tree, "small.py", "exec"), names)  # noqa: S102 - the source above
    return SimpleNamespace(**names).work


def test_every_await_of_the_run_protocol_has_its_points() -> None:
    awaits = 0
    for file in files():
        for node in ast.walk(ast.parse((REPOSITORY / file).read_text(encoding="utf-8"))):
            awaits += isinstance(node, ast.Await | ast.AsyncFor)
            awaits += isinstance(node, ast.comprehension) and node.is_async
            awaits += 2 * len(node.items) if isinstance(node, ast.AsyncWith) else 0
    assert len(points()) == 2 * awaits
    assert len({point.name for point in points()}) == len(points())


async def test_rewritten_code_does_what_it_did_and_passes_every_point_but_those_of_its_handler(board: Board) -> None:
    assert await work(board)(asyncio.Lock()) == [0, 1, 2, 0, 1, 2]
    _, found = rewrite(ast.parse(_SOURCE), "small.py", 0)
    passed = [point.catches for number, point in enumerate(found) if not board.passed(number)]
    assert passed == ["ValueError", "ValueError"]


async def test_an_armed_point_strikes_once_at_the_passing_that_was_asked_for(board: Board) -> None:
    _, found = rewrite(ast.parse(_SOURCE), "small.py", 0)
    item = next(number for number, point in enumerate(found) if point.text == "numbers()" and point.moment == "after")
    board.arm(item, Action.ABORTED, passing=2)
    with pytest.raises(Aborted):
        await work(board)(asyncio.Lock())
    assert board.passed(item) == 2
    assert len(await work(board)(asyncio.Lock())) == 6


async def test_a_lock_is_free_again_after_a_fault_inside_of_its_way(board: Board) -> None:
    _, found = rewrite(ast.parse(_SOURCE), "small.py", 0)
    entered = next(number for number, point in enumerate(found) if point.moment == "entered")
    lock = asyncio.Lock()
    board.arm(entered, Action.ABORTED)
    with pytest.raises(Aborted):
        await work(board)(lock)
    assert not lock.locked()


def test_a_handler_knows_the_awaits_that_lead_to_it() -> None:
    _, found = rewrite(ast.parse(_SOURCE), "small.py", 0)
    inside = [point for point in found if point.catches]
    assert {site for point in inside for site in point.handler_of} == {"small.py:work:12:0"}


def test_two_holders_of_a_board_see_the_same(tmp_path: Path) -> None:
    here, there = (Board(tmp_path / "board", ["a", "b"]) for _ in range(2))
    here.switch(Switch.RESPONSE_LOST, 1)
    here.arm(1, Action.SLOW, amount=7)
    assert there.take(Switch.RESPONSE_LOST)
    assert not here.take(Switch.RESPONSE_LOST)
    assert there.pass_point(1) == (Action.SLOW, 7)
    assert not here.is_armed(1)


@pytest.mark.parametrize("plant", PLANTS)
def test_every_plant_still_fits_the_code_and_keeps_the_numbers_of_its_points(plant: str) -> None:
    for file in {change.file for change in PLANTS[plant]}:
        clean = (REPOSITORY / file).read_text(encoding="utf-8")
        planted = changed(file, clean, plant)
        assert planted != clean
        _, found = rewrite(ast.parse(planted), file, 0, numbers_of(file))
        assert {point.function for point in found} >= {point.function for point in points() if point.file == file}


def test_a_plant_that_does_not_fit_is_refused() -> None:
    with pytest.raises(PlantError, match="no_fence"):
        changed("common/runs/commit.py", "nothing of the kind", "no_fence")


def test_every_unreachable_point_is_one_of_the_code() -> None:
    fitting = {(file, function, text) for file, function, text in UNREACHABLE for point in points() if reason(point)}
    assert fitting == UNREACHABLE.keys()
    assert len(required(points())) < len(points())


def test_the_documentation_tells_of_every_file_with_points_every_kind_of_fault_and_every_plant() -> None:
    text = (REPOSITORY / "docs/reliability.md").read_text(encoding="utf-8")
    files_named = {point.file for point in points() if point.file.rpartition("/")[2] in text or "agents" in point.file}
    assert files_named == {point.file for point in points()}
    assert [name for name in (*ENVIRONMENT_FAULTS, *PLANTS) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("lead", LEADS)
def test_a_lead_names_a_point_of_the_code_and_a_fault_that_can_be_injected(lead: tuple[str, str, str, str]) -> None:
    file, function, text, fault = lead
    assert [point for point in points() if (point.file, point.function) == (file, function) and text in point.text]
    assert fault in {*MODEL, *ENVIRONMENT_FAULTS, DATA_DELETED}


@pytest.mark.parametrize("place", HANDLERS)
def test_what_is_called_in_a_handler_is_led_to_by_the_awaits_of_its_try(place: tuple[str, str]) -> None:
    chosen = [point for point in points() if (point.file, point.function) == place]
    assert chosen
    assert {failures_before(points(), point) for point in chosen} != {()}
