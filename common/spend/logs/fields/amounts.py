"""What readers say of charges: by kind how many, and what they cost."""

from typing import Any

from common.spend.model import ChargeKind

Amount = Any
"""How many, as the source has it; with what it cost (USD) where the source says so, as a pair. None: the whole cost of
the record is for it.
"""
Amounts = dict[ChargeKind, Amount]
"""Charges of a record by kind; tokens of sound and images have fields of their own."""
