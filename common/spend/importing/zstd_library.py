"""Python's own zstd module, which came with 3.14; older versions have it from a backport."""

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["zstd"]
