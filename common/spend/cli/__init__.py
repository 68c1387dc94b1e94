"""`python -m common.spend`: the spend library on files, without a server."""

from common.spend.cli.main import main

__all__ = ["main"]
