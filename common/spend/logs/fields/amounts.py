"""What readers say of charges: by kind how many, and what they cost."""

from common.spend.model import ChargeKind

Amount = int | tuple[int, float] | None
"""How many, and where the source says it what they cost (USD); None: the cost of the whole record is for it."""
Amounts = dict[ChargeKind, Amount]
"""Charges of a record by kind; tokens of sound and images have fields of their own."""
