"""CSV logs counted by columns: the same rollup as row by row, to the last digit, many times as fast.

What needs a second look (a cell that is no plain number, a time in another form) is left to common/spend/logs.
"""

from common.spend.logs.columnar.counter import FrameCounter

__all__ = ["FrameCounter"]
