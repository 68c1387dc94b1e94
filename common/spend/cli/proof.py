"""What `verify` finds out."""

from dataclasses import dataclass

from common.spend.cli.read_files import Findings
from common.spend.ledger import Accepted, Verification


@dataclass(frozen=True, slots=True)
class Proof:
    """Two logs, what was frozen on the first one, and what the second one shows of it."""

    before: Findings
    after: Findings
    accepted: tuple[Accepted, ...]
    verification: Verification
