"""Where the campaign's own stack keeps its files: beside those of test and development."""

from pathlib import Path

from common.environment.profiles import EnvironmentName
from emulators.platform.layout import HOME, StackLayout
from tests.campaigns.faults.board import Board
from tests.campaigns.faults.scan import points

FUNCTIONS = ("chat", "step", "upkeep")
"""Those that the campaign strikes; the others run as ever."""
_ROOT = HOME / "faults"
_FIRST_PORT = 7600


def layout() -> StackLayout:
    """The stack of the campaign."""
    return StackLayout(EnvironmentName.TEST, _ROOT, "tests.campaigns.faults.runner", _FIRST_PORT)


def plant_file() -> Path:
    """Names the planted bug, if there is one; read when a function starts."""
    return _ROOT / "plant"


def board(function: str) -> Board:
    """What a function's processes and the campaign share."""
    return Board(_ROOT / "boards" / function, [point.name for point in points()])
