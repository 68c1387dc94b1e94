"""What comparing the rows of a part with those of other files gives (common/spend/logs/overlap/matching.py)."""

from dataclasses import dataclass

UNFINISHED = (
    "The sum of an hour or day that was not over when an earlier file was exported counts beside the sum of the whole "
    "hour or day in this one. Leave the earlier file out if this one has all of it."
)
"""Of a report whose days other files have, too: such sums differ, so no hash tells that they are of one hour."""


@dataclass(frozen=True, slots=True)
class Split:
    """Which part each row belongs to: `codes` has one byte a row, 0 where no file holds it, else a place in `holders`
    from 1 on. `apart`: rows that could not be told apart, and are counted as if no file held them.
    """

    codes: bytes
    holders: tuple[tuple[str, ...], ...]
    apart: int

    @property
    def rows(self) -> dict[tuple[str, ...], int]:
        """How many rows each set of files holds."""
        return {each: self.codes.count(code) for code, each in enumerate(self.holders, 1)}

    def within(self, known: set[tuple[str, ...]], most: int) -> "Split":
        """With at most so many sets of holders, those known before included; the rest is told to be `apart`."""
        new = [each for each in self.holders if each not in known]
        kept = known | set(new[: max(0, most - len(known))])
        dropped = [code for code, each in enumerate(self.holders, 1) if each not in kept]
        codes = self.codes.translate(bytes(0 if code in dropped else code for code in range(256)))
        return Split(codes, self.holders, self.apart + sum(map(self.codes.count, dropped)))
