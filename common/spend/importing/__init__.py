"""Usage logs in, rollups out: every known format and any CSV or JSON; bad rows are told and left out."""

from common.spend.importing.discover import propose_mapping
from common.spend.importing.failures import BrokenOffError, ImportFailed
from common.spend.importing.importer import ImportBatch, Importer
from common.spend.importing.mapping import Proposal

__all__ = ["BrokenOffError", "ImportBatch", "ImportFailed", "Importer", "Proposal", "propose_mapping"]
