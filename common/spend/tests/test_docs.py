"""What docs/spend.md shows is true."""

import doctest
import importlib.util
import re
from pathlib import Path

from common.spend.prices.contract import read_contract

_PAGE = Path(__file__).parents[3] / "docs" / "spend.md"
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def _blocks(language: str) -> list[str]:
    return [text for kind, text in _BLOCK.findall(_PAGE.read_text(encoding="utf-8")) if kind == language]


def test_the_examples_of_the_page_give_what_it_says() -> None:
    failed, attempted = doctest.testfile(str(_PAGE), module_relative=False)
    assert failed == 0
    assert attempted > 5


def test_the_contract_on_the_page_can_be_read() -> None:
    books = [read_contract(text) for text in _blocks("json")]
    assert [(len(book.discounts), len(book.negotiated)) for book in books] == [(2, 1)]


def test_the_commands_on_the_page_exist() -> None:
    modules = re.findall(r"python -m ([\w.]+)", "".join(_blocks("sh")))
    assert len(modules) == 3
    assert all(importlib.util.find_spec(module) for module in modules)
