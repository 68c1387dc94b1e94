"""What `verify` finds out."""

from dataclasses import dataclass

from common.spend.cli.read_files import LogFindings
from common.spend.ledger import AcceptedChange, Verification


@dataclass(frozen=True, slots=True)
class Proof:
    """Two logs, what was frozen on the first one, and what the second one shows of it."""

    before: LogFindings
    after: LogFindings
    accepted: tuple[AcceptedChange, ...]
    verification: Verification
