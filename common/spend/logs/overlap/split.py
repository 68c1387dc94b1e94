"""The result of comparing the rows of a part with those of other files (common/spend/logs/overlap/matcher.py)."""

from dataclasses import dataclass

UNFINISHED = (
    "The sum of an hour or day that was not over when an earlier file was exported counts beside the sum of the whole "
    "hour or day in this one. Leave the earlier file out if this one has all of it."
)
"""Of a report whose days other files have, too: such sums differ, so no hash shows that they are of one hour."""


@dataclass(frozen=True, slots=True)
class OverlapSplit:
    """Which part each row belongs to: `codes` has one byte a row, 0 where no file holds it, else a place in `holders`
    from 1 on. `apart`: rows of further sets of holders, counted as if no file held them.
    """

    codes: bytes
    holders: tuple[tuple[str, ...], ...]
    apart: int

    @property
    def rows(self) -> dict[tuple[str, ...], int]:
        """How many rows each set of files holds."""
        return {each: self.codes.count(code) for code, each in enumerate(self.holders, 1)}

    def within(self, earlier: set[tuple[str, ...]], most: int) -> "OverlapSplit":
        """With at most `most` sets of holders, `earlier` ones included; rows of the others count as `apart`."""
        new = [each for each in self.holders if each not in earlier]
        allowed = earlier | set(new[: max(0, most - len(earlier))])
        dropped = [code for code, each in enumerate(self.holders, 1) if each not in allowed]
        codes = self.codes.translate(bytes(0 if code in dropped else code for code in range(256)))
        return OverlapSplit(codes, self.holders, self.apart + sum(map(self.codes.count, dropped)))
