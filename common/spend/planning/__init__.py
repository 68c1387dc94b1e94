"""Plans that meet a target within limits at least risk, exactly, or the proof that none does."""

from common.spend.planning.plan import combined_plan

__all__ = ["combined_plan"]
