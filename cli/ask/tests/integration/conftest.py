"""These tests run on the test stack, as those of `tests/` do."""

from tests.conftest import guest, new_guest, stack

__all__ = ["guest", "new_guest", "stack"]
