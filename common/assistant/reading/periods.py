"""Periods in words: dates in the ways people write them, counted and calendar periods, weekdays, hours of the day."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from common.assistant.reading import days
from common.assistant.reading.lexicon import Lexicon
from common.assistant.reading.signs import Mark, Sign
from common.assistant.reading.tokens import Token
from common.spend.semantics import Period, PeriodName, last_days
from common.spend.semantics.dimensions import WEEKDAYS
from common.spend.semantics.periods import MOST_DAYS

_POINTS = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2}))?")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)")
_QUARTER = re.compile(r"q([1-4])")
_HALF = re.compile(r"h([12])")
_YEARS = range(1990, 2100)
_DAY = range(1, 32)
_MONTH = range(1, 13)
_ISO = 4
_WEEK = 7
_AMBIGUOUS = frozenset({"may", "march", "mar", "sun", "sat", "mon", "wed", "dec", "jan"})
_TRAILING = frozenset({"past", "trailing"})
_COMPARES = frozenset({"compare", "comparing", "comparison"})
_AGAINST = frozenset({"with", "vs", "versus", "against"})
_UNIT_DAYS = {"days": 1, "weeks": _WEEK, "fortnights": 2 * _WEEK}


@dataclass(frozen=True, slots=True)
class Match:
    """What words from some place on mean, up to `end` (excluded)."""

    end: int
    period: Period
    doubt: str = ""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Calendar:
    """Reads periods of data that have these days; without data only what needs none of them."""

    lexicon: Lexicon
    first: date | None
    last: date | None

    def at(self, tokens: Sequence[Token], place: int) -> Mark | None:
        """The longest period that begins at a place."""
        readers: tuple[Callable[[Sequence[Token], int], Match | None], ...] = (
            self._range,
            self._counted,
            self._by_name,
            self._part_of_month,
            self._ago,
            self._quarter,
            self._month,
            self._year,
            self._weekday,
            self._ordinal,
        )
        start = place + (self._word(tokens, place) == "the" and place + 1 < len(tokens))
        if not self._can_begin(tokens[start]):
            return None
        found = [each for reader in readers if (each := reader(tokens, start))]
        if not found:
            return None
        best = max(found, key=lambda each: each.end)
        return Mark(
            sign=Sign.PERIOD, first=place, end=best.end, value=best.period, doubt=best.doubt, certain=best.certain
        )

    def _can_begin(self, token: Token) -> bool:
        word, known = token.norm, self.lexicon
        return (
            any(char.isdigit() for char in word)
            or word in known.calendar
            or word in known.months
            or word in known.weekdays
            or word in known.ordinals
            or word in known.numbers
            or word in ("a", "today", "yesterday")
            or word in known.units
        )

    def _word(self, tokens: Sequence[Token], place: int) -> str:
        return tokens[place].norm if place < len(tokens) else ""

    def _does(self, tokens: Sequence[Token], place: int) -> str:
        return self.lexicon.calendar.get(self._word(tokens, place), "")

    def _number(self, tokens: Sequence[Token], place: int) -> int | None:
        if place >= len(tokens):
            return None
        token = tokens[place]
        number = token.number if token.number is not None else self.lexicon.numbers.get(token.norm)
        return int(number) if number is not None and number == int(number) and number <= MOST_DAYS else None

    def _month_at(self, tokens: Sequence[Token], place: int) -> int | None:
        word = self._word(tokens, place)
        month = self.lexicon.months.get(word)
        if month is None or (
            word in _AMBIGUOUS and not tokens[place].text[:1].isupper() and not self._led(tokens, place)
        ):
            return None
        if word == "may" and place == 0:
            return None
        return month

    def _led(self, tokens: Sequence[Token], place: int) -> bool:
        before = tokens[place - 1] if place else None
        return before is not None and (
            self.lexicon.calendar.get(before.norm) in ("of", "last", "this", "to", "after", "on", "from")
            or before.number is not None
            or bool(_ORDINAL.fullmatch(before.norm))
        )

    def _year_at(self, tokens: Sequence[Token], place: int) -> int | None:
        number = self._number(tokens, place)
        return number if number in _YEARS and len(tokens[place].text) == _ISO else None

    def _day_number(self, tokens: Sequence[Token], place: int) -> int | None:
        if place >= len(tokens):
            return None
        ordinal = _ORDINAL.fullmatch(tokens[place].norm)
        number = int(ordinal[1]) if ordinal else None
        if number is None and tokens[place].text.isdecimal():
            number = self._number(tokens, place)
        return number if number in _DAY else None

    def date_at(self, tokens: Sequence[Token], place: int) -> tuple[date, int] | None:
        """A day that is written out from a place on, and where it ends."""
        return (
            self._iso(tokens, place)
            or self._points(tokens, place)
            or self._day_month(tokens, place)
            or self._month_day(tokens, place)
            or self._slashes(tokens, place)
            or self._last_day(tokens, place)
        )

    def _iso(self, tokens: Sequence[Token], place: int) -> tuple[date, int] | None:
        year = self._year_at(tokens, place)
        if year is None or place + 2 >= len(tokens) or tokens[place + 1].gap not in ("-", "/"):
            return None
        month, day = self._number(tokens, place + 1), self._number(tokens, place + 2)
        if month not in _MONTH or day not in _DAY or tokens[place + 2].gap not in ("-", "/"):
            return None
        found = days.day_of(year, month or 0, day or 0)
        return (found, place + 3) if found else None

    def _points(self, tokens: Sequence[Token], place: int) -> tuple[date, int] | None:
        found = _POINTS.fullmatch(tokens[place].text)
        if found is None or not (found[3] or self.lexicon.decimal_comma):
            return None
        day, month = int(found[1]), int(found[2])
        if found[3]:
            exact = days.day_of(int(found[3]), month, day)
            return (exact, place + 1) if exact else None
        return self._of_day(month, day, None, place + 1)

    def _slashes(self, tokens: Sequence[Token], place: int) -> tuple[date, int] | None:
        """Month before day, unless it cannot be a month."""
        first, second = self._number(tokens, place), self._number(tokens, place + 1)
        if first not in _DAY or second not in _DAY or tokens[place + 1].gap != "/":
            return None
        month, day = (first, second) if first in _MONTH else (second, first)
        year = self._number(tokens, place + 2) if place + 2 < len(tokens) and tokens[place + 2].gap == "/" else None
        end = place + (2 if year is None else 3)
        return self._of_day(month or 0, day or 0, year, end) if month in _MONTH else None

    def _day_month(self, tokens: Sequence[Token], place: int) -> tuple[date, int] | None:
        day, at = self._day_number(tokens, place), place + 1
        if day is None:
            return None
        at += self._does(tokens, at) == "of"
        month = self._month_at(tokens, at)
        if month is None:
            return None
        year = self._year_at(tokens, at + 1)
        return self._of_day(month, day, year, at + (1 if year is None else 2))

    def _month_day(self, tokens: Sequence[Token], place: int) -> tuple[date, int] | None:
        month = self._month_at(tokens, place)
        if month is None:
            return None
        at = place + 1 + (self._word(tokens, place + 1) == "the")
        day = self._day_number(tokens, at)
        if day is None or (at < len(tokens) and "." in tokens[at].gap and len(tokens[place].text) > _ISO):
            return None
        year = self._year_at(tokens, at + 1)
        return self._of_day(month, day, year, at + (1 if year is None else 2))

    def _last_day(self, tokens: Sequence[Token], place: int) -> tuple[date, int] | None:
        """The words for the last day of the data, as ends of ranges."""
        phrase = self.lexicon.at(tokens, place)
        if phrase and phrase.value in (PeriodName.TODAY, PeriodName.YESTERDAY) and self.last:
            return self.last, place + len(phrase.words)
        return None

    def _of_day(self, month: int, day: int, year: int | None, end: int) -> tuple[date, int] | None:
        if year is not None:
            found = days.day_of(year, month, day)
        elif self.first and self.last:
            found = days.nearest_day(month, day, self.first, self.last)
        else:
            return None
        return (found, end) if found else None

    def _range(self, tokens: Sequence[Token], place: int) -> Match | None:
        """A day, or from one to another; the first may leave its month to the second, and the second to the first."""
        if self._does(tokens, place) == "from":
            at = place + 1 + (self._word(tokens, place + 1) == "the")
            found = self._range(tokens, at) if at < len(tokens) else None
            return found if found and found.period.first != found.period.last else None
        start = self.date_at(tokens, place)
        if start is None:
            return self._short_range(tokens, place)
        first, at = start
        if not self._is_to(tokens, at) or self._is_apart(tokens, place, at):
            return None if self._is_named_day(tokens, place) else Match(at, days.between(first, first))
        to = at + (self._does(tokens, at) == "to")
        to += self._word(tokens, to) == "the"
        end = self.date_at(tokens, to) if to < len(tokens) else None
        if end and (end[0] >= first or self._word(tokens, at) != "and"):
            return Match(end[1], days.between(first, end[0]))
        day = self._day_number(tokens, to)
        unit = self.lexicon.units.get(self._word(tokens, to + 1), "")
        if day and day > first.day and unit in ("", "days") and (last := days.day_of(first.year, first.month, day)):
            return Match(to + 1, days.between(first, last))
        return Match(at, days.between(first, first))

    def _is_named_day(self, tokens: Sequence[Token], place: int) -> bool:
        return tokens[place].norm in {"today", "yesterday"} or self._last_day(tokens, place) is not None

    def _is_to(self, tokens: Sequence[Token], at: int) -> bool:
        return self._does(tokens, at) == "to" or (
            at < len(tokens) and tokens[at].gap.strip() in ("-", "\u2013", "\u2014")
        )

    def _is_apart(self, tokens: Sequence[Token], place: int, at: int) -> bool:
        """Whether "and", or "to" after "compare", stands between two days that are no range."""
        word = self._word(tokens, at)
        if word == "and":
            return not self._is_between(tokens, place)
        words = [token.norm for token in tokens]
        compares = bool(_COMPARES & set(words[:place])) and not _AGAINST & set(words)
        return word == "to" and compares and "from" not in words[:place]

    def _is_between(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether "from" or "between" stands before it."""
        at = place - 1 - (place > 1 and tokens[place - 1].norm == "the")
        return at >= 0 and self._does(tokens, at) == "from"

    def _short_range(self, tokens: Sequence[Token], place: int) -> Match | None:
        """As "14 to 20 November"."""
        day, at = self._day_number(tokens, place), place + 1
        if day is None or not self._is_to(tokens, at) or self._is_apart(tokens, place, at):
            return None
        at += self._does(tokens, at) == "to"
        end = self._day_month(tokens, at + (self._word(tokens, at) == "the"))
        if end is None:
            return None
        first = days.day_of(end[0].year, end[0].month, day)
        return Match(end[1], days.between(first, end[0])) if first else None

    def _counted(self, tokens: Sequence[Token], place: int) -> Match | None:
        """As "the last 10 days", "past two weeks", "first 5 days", "last quarter", "this year"."""
        does = self._does(tokens, place)
        is_first = self._word(tokens, place) == "first"
        if does not in ("last", "this") and not is_first:
            return None
        count = self._number(tokens, place + 1)
        at = place + (1 if count is None else 2)
        unit = self.lexicon.units.get(self._word(tokens, at), "")
        if count is None and self._word(tokens, place) in _TRAILING and unit == "months":
            return Match(at + 1, last_days(30))
        if count is None and is_first and unit in _UNIT_DAYS and self.first:
            return self._first_of_data(tokens, unit, at + 1)
        if count is None:
            return None if is_first else self._calendar_unit(unit, does, at + 1)
        if not count:
            return None
        return self._first(unit, count, at + 1) if is_first else self._trailing(unit, count, at + 1)

    def _first_of_data(self, tokens: Sequence[Token], unit: str, end: int) -> Match | None:
        """As in "the first week", unless it is of a month."""
        if self._does(tokens, end) == "of" and (end + 1 >= len(tokens) or self._word(tokens, end + 1) != "the"):
            return None
        found = self._first(unit, 1, end)
        return (
            Match(end, found.period, f"The first {unit.removesuffix('s')}: of the data.", certain=False)
            if found
            else None
        )

    def _first(self, unit: str, count: int, end: int) -> Match | None:
        if unit not in _UNIT_DAYS or self.first is None:
            return None
        return Match(end, days.between(self.first, self.first + timedelta(days=count * _UNIT_DAYS[unit] - 1)))

    def _trailing(self, unit: str, count: int, end: int) -> Match | None:
        if unit in _UNIT_DAYS:
            length = count * _UNIT_DAYS[unit]
            return Match(end, last_days(length)) if length <= MOST_DAYS else None
        if unit == "hours":
            doubt = "Hours are counted in whole days: the last day of the data."
            return Match(end, last_days(max(1, -(-count // 24))), doubt, certain=False)
        each = {"months": 1, "quarters": 3, "years": 12}.get(unit)
        if each is None or self.last is None or count * each > MOST_DAYS // 31:
            return None
        return Match(end, days.between(days.months_back(self.last, count * each), self.last))

    def _calendar_unit(self, unit: str, does: str, end: int) -> Match | None:
        if self.last is None:
            return None
        year, number = self.last.year, days.quarter_of(self.last)
        if unit == "quarters":
            return Match(end, days.quarter(year, number - (does == "last")))
        if unit == "years":
            return Match(end, days.months(year - (does == "last"), 1, days.MONTHS))
        if unit == "hours" and does == "last":
            return self._trailing(unit, 1, end)
        if unit in ("days", "fortnights"):
            return Match(end, last_days(_UNIT_DAYS[unit]))
        return None

    def _by_name(self, tokens: Sequence[Token], place: int) -> Match | None:
        """The day before yesterday, which no period of PERIODS is."""
        at = place + (self._does(tokens, place) in ("last", "this", "on"))
        at += self._word(tokens, at) == "the" and at > place
        if self._does(tokens, at) == "weekend" and self.last:
            sunday = days.last_weekday([6], self.last)
            weekend = days.between(sunday - timedelta(days=1), sunday)
            return Match(at + 1, weekend, f"The weekend: {days.spelled(sunday - timedelta(days=1))} and the day after.")
        words = tuple(self._word(tokens, place + offset) for offset in range(3))
        if words == ("day", "before", "yesterday") and self.last:
            return Match(place + 3, days.between(self.last - timedelta(days=1), self.last - timedelta(days=1)))
        return None

    def _part_of_month(self, tokens: Sequence[Token], place: int) -> Match | None:
        """As "first half of October", "second week of November", "end of October"."""
        ordinal = self.lexicon.ordinals.get(self._word(tokens, place))
        does = self._does(tokens, place + 1) if ordinal else self._does(tokens, place)
        if does not in ("half", "week", "beginning", "end") or (does in ("half", "week")) != bool(ordinal):
            return None
        at = place + (2 if ordinal else 1)
        at += self._does(tokens, at) == "of"
        month = self._month_at(tokens, at) if at < len(tokens) else None
        if month is None:
            return self._half_of_last_month(does, ordinal or 0, place + 2)
        year = self._year_at(tokens, at + 1)
        end = at + (1 if year is None else 2)
        if year is None:
            if not (self.first and self.last):
                return None
            year = days.nearest_month(month, self.first, self.last)
        return _part(does, ordinal or 0, *days.month_ends(year, month), end)

    def _half_of_last_month(self, does: str, ordinal: int, end: int) -> Match | None:
        if does != "half" or self.last is None:
            return None
        found = _part(does, ordinal, *days.month_ends(self.last.year, self.last.month), end)
        return found and Match(end, found.period, f"The half: of {self.last:%B %Y}.", certain=False)

    def _ago(self, tokens: Sequence[Token], place: int) -> Match | None:
        count, unit = self._number(tokens, place), self.lexicon.units.get(self._word(tokens, place + 1), "")
        if self._word(tokens, place) == "a":
            count = 1
        if count and unit in _UNIT_DAYS and self._does(tokens, place + 2) == "before":
            return Match(place + 3, Period(name=PeriodName.PREVIOUS))
        single = self.lexicon.units.get(self._word(tokens, place), "")
        if (
            single in ("days", "months", "quarters")
            and self._does(tokens, place + 1) == "before"
            and self._ends(tokens, place + 2)
        ):
            return Match(place + 2, Period(name=PeriodName.PREVIOUS))
        if count is None or self._does(tokens, place + 2) != "ago" or self.last is None or unit not in _UNIT_DAYS:
            return None
        day = self.last - timedelta(days=count * _UNIT_DAYS[unit])
        first = day if unit == "days" else day - timedelta(days=_WEEK - 1)
        return Match(place + 3, days.between(first, day))

    def _ends(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether no day or period follows: "the day before", not "the day before the launch"."""
        return place >= len(tokens) or bool(tokens[place].gap.strip())

    def _quarter(self, tokens: Sequence[Token], place: int) -> Match | None:
        quarter, half = _QUARTER.fullmatch(tokens[place].norm), _HALF.fullmatch(tokens[place].norm)
        if not (quarter or half):
            return None
        year = self._year_at(tokens, place + 1)
        end = place + (1 if year is None else 2)
        if year is None:
            if self.last is None:
                return None
            year = self.last.year
        if quarter:
            return Match(end, days.quarter(year, int(quarter[1])))
        return Match(end, days.months(year, 1 if half and half[1] == "1" else 7, 6))

    def _month(self, tokens: Sequence[Token], place: int) -> Match | None:
        at = place + (self._does(tokens, place) in ("last", "this"))
        month = self._month_at(tokens, at) if at < len(tokens) else None
        if month is None or (place and self._day_number(tokens, place - 1) is not None):
            return None  # after a number it is a day that no calendar has: "31 February"
        year = self._year_at(tokens, at + 1)
        end = at + (1 if year is None else 2)
        if year is None:
            if not (self.first and self.last):
                return None
            year = days.nearest_month(month, self.first, self.last)
            unit = self.lexicon.units.get(self._word(tokens, end + 1), "")
            if self._does(tokens, end) == "last" and unit == "years":
                year, end = self.last.year - 1, end + 2
        return Match(end, days.months(year, month, 1))

    def _year(self, tokens: Sequence[Token], place: int) -> Match | None:
        """As in "in 2025"."""
        year = self._year_at(tokens, place)
        if year is None or not self._led(tokens, place):
            return None
        return Match(place + 1, days.months(year, 1, days.MONTHS))

    def _weekday(self, tokens: Sequence[Token], place: int) -> Match | None:
        """A single one: the latest such day. Several are a filter, as the scanner reads them."""
        at = place + (self._does(tokens, place) in ("last", "this"))
        word = self._word(tokens, at)
        number = self.lexicon.weekdays.get(word)
        if (
            number is None
            or self.last is None
            or self.is_plural(word)
            or (word in _AMBIGUOUS and not self._led(tokens, at))
        ):
            return None
        following = self.date_at(tokens, at + 1) if at + 1 < len(tokens) else None
        if following and not self._last_day(tokens, at + 1):
            return Match(following[1], days.between(following[0], following[0]))
        day = days.last_weekday([number], self.last)
        if self._does(tokens, at + 1) == "before" and self._ends(tokens, at + 2):
            earlier = day - timedelta(days=_WEEK)
            return Match(at + 2, days.between(earlier, earlier))
        return Match(
            at + 1, days.between(day, day), f"{WEEKDAYS[number]}: {days.spelled(day)}, the last one in the data."
        )

    def is_plural(self, word: str) -> bool:
        """Whether a word for a weekday means each of them: longer than the first that means the same."""
        number = self.lexicon.weekdays.get(word)
        full = next((each for each, value in self.lexicon.weekdays.items() if value == number), word)
        return len(word) > len(full)

    def _ordinal(self, tokens: Sequence[Token], place: int) -> Match | None:
        """As "the 3rd": the last such day of the data."""
        found = _ORDINAL.fullmatch(tokens[place].norm)
        if found is None or self.last is None or not self._the(tokens, place):
            return None
        if place + 1 < len(tokens) and tokens[place + 1].norm in ("percentile", "one", "quarter", "recommendation"):
            return None
        phrase = self.lexicon.at(tokens, place + 1) if place + 1 < len(tokens) else None
        if phrase and (phrase.sign in (Sign.ORDER, Sign.TOP) or (phrase.sign == Sign.DIMENSION and phrase.singular)):
            return None  # "the 2nd biggest model"
        month = self.last if int(found[1]) <= self.last.day else self.last.replace(day=1) - timedelta(days=1)
        day = days.day_of(month.year, month.month, int(found[1]))
        return Match(place + 1, days.between(day, day), f"The {found[0]}: {days.spelled(day)}.") if day else None

    def _the(self, tokens: Sequence[Token], place: int) -> bool:
        before = tokens[place - 1].norm if place else ""
        return before == "the" or self.lexicon.calendar.get(before) in ("after", "on", "to", "from")


def _part(does: str, ordinal: int, first: date, last: date, end: int) -> Match | None:
    middle = first.replace(day=15)
    if does == "half":
        half = days.between(first, middle) if ordinal == 1 else days.between(middle + timedelta(days=1), last)
        return Match(end, half)
    if does == "week":
        start = first + timedelta(days=_WEEK * (ordinal - 1)) if ordinal > 0 else last - timedelta(days=_WEEK - 1)
        return Match(end, days.between(start, min(start + timedelta(days=_WEEK - 1), last))) if start <= last else None
    third = timedelta(days=9)
    part = days.between(first, first + third) if does == "beginning" else days.between(last - third, last)
    return Match(end, part, f"Taken as {part.first} to {part.last}.", certain=False)
