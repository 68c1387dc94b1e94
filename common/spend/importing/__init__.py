"""Usage logs in, rollups out: CSV and JSON of requests, read in parts, bad rows told and left out."""

from common.spend.importing.failures import BrokenOffError, ImportFailed
from common.spend.importing.importer import ImportBatch, Importer

__all__ = ["BrokenOffError", "ImportBatch", "ImportFailed", "Importer"]
