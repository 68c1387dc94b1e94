"""Days by others: "the week of 9 November", "3 days before 12 November", "first Monday of November"."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from common.assistant.reading import days
from common.assistant.reading.periods import Calendar
from common.assistant.reading.signs import Back, Mark, Sign
from common.assistant.reading.tokens import Token
from common.spend.semantics import Period, PeriodName, last_days
from common.spend.semantics.dimensions import WEEKDAYS
from common.spend.semantics.periods import MOST_DAYS, DayRange, range_of

_WEEK = 7
_UNIT_DAYS = {"days": 1, "weeks": _WEEK}
_MONTH_DAYS = 30
_BEGINS = frozenset({"of", "starting", "beginning", "commencing", "from"})
_ON = frozenset({"onward", "onwards", "forward", "forwards"})
_AFTER = frozenset({"after", "following"})
_BEFORE = frozenset({"before", "until", "preceding"})
_LASTING = frozenset({"for", "over", "during", "across"})
_TO_DATE = {"ytd": "years", "mtd": "months", "qtd": "quarters"}
_LASTS = frozenset({"last", "previous", "prior"})
_POINT_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})")
_LEADS = frozenset({"on", "since", "until", "before", "after", "from", "to"})
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")


@dataclass(frozen=True, slots=True)
class DaysMatch:
    """What words from some place on mean, up to `end` (excluded)."""

    end: int
    value: Period | tuple[Period, ...] | Back
    doubt: str = ""


class RelativeDays(Calendar):
    """A calendar that also reads days by others."""

    __slots__ = ()

    def at(self, tokens: Sequence[Token], place: int) -> Mark | None:
        """The longest period that begins at a place."""
        plain = super().at(tokens, place)
        readers: tuple[Callable[[Sequence[Token], int], DaysMatch | None], ...] = (
            self._since,
            self._week_of,
            self._beside,
            self._of_month,
            self._of_same_month,
            self._weekday_of,
            self._several,
            self._ordinals,
            self._lasting,
            self._to_date,
            self._same,
            self._pointed,
        )
        start = place + (self._word(tokens, place) == "the" and place + 1 < len(tokens))
        spans = [span for reader in readers if self.last and (span := reader(tokens, start))]
        best = max(spans, key=lambda span: span.end, default=None)
        if best is None or (plain and plain.end >= best.end):
            return plain
        return Mark(sign=Sign.PERIOD, first=place, end=best.end, value=best.value, doubt=best.doubt)

    def date_at(self, tokens: Sequence[Token], place: int) -> tuple[date, int] | None:
        """Also "first of November"."""
        return super().date_at(tokens, place) or self._worded(tokens, place)

    def _worded(self, tokens: Sequence[Token], place: int) -> tuple[date, int] | None:
        day = self.lexicon.ordinals.get(self._word(tokens, place), 0)
        if day < 1 or self._word(tokens, place + 1) != "of" or place + 2 >= len(tokens):
            return None
        month = self._month_at(tokens, place + 2)
        return self._of_day(month, day, None, place + 3) if month else None

    def _day_at(self, tokens: Sequence[Token], place: int) -> tuple[date, int] | None:
        """A day, perhaps after "the" or "on"."""
        place += self._word(tokens, place) == "on"
        place += self._word(tokens, place) == "the"
        if place >= len(tokens):
            return None
        return self.date_at(tokens, place) or self._nth(tokens, place)

    def _nth(self, tokens: Sequence[Token], place: int) -> tuple[date, int] | None:
        """As "10th", of the latest month that has it."""
        found = _ORDINAL.fullmatch(self._word(tokens, place))
        if found is None or self.last is None:
            return None
        month = self.last if int(found[1]) <= self.last.day else self.last.replace(day=1) - timedelta(days=1)
        day = days.day_of(month.year, month.month, int(found[1]))
        return (day, place + 1) if day else None

    def _since(self, tokens: Sequence[Token], place: int) -> DaysMatch | None:
        """As "from 10 November on"."""
        day = self._day_at(tokens, place + 1) if self._word(tokens, place) == "from" else None
        if day is None:
            return None
        word, end = self._word(tokens, day[1]), day[1] + 1
        if word in _ON or (word == "on" and (end >= len(tokens) or bool(tokens[end].gap.strip()))):
            return DaysMatch(end, Period(name=PeriodName.BETWEEN, first=day[0]))
        return None

    def _week_of(self, tokens: Sequence[Token], place: int) -> DaysMatch | None:
        """From Monday on where it is only "of" a day."""
        begins = self._word(tokens, place + 1)
        if self._word(tokens, place) != "week" or begins not in _BEGINS | {"ending"}:
            return None
        day = self._day_at(tokens, place + 2)
        if day is None:
            return None
        back = {"of": day[0].weekday(), "ending": _WEEK - 1}.get(begins, 0)
        first = day[0] - timedelta(days=back)
        week = days.between(first, first + timedelta(days=_WEEK - 1))
        return DaysMatch(
            day[1], week, "" if begins != "of" or not back else f"The week: from {days.spelled(first)} on."
        )

    def _length(self, tokens: Sequence[Token], place: int) -> tuple[int, int] | None:
        """How many days "3 days" and "week" are, and where it ends."""
        count = self._number(tokens, place)
        at = place + (count is not None)
        unit = _UNIT_DAYS.get(self.lexicon.units.get(self._word(tokens, at), ""), 0)
        length = (1 if count is None else count) * unit
        return (length, at + 1) if 0 < length <= MOST_DAYS else None

    def _beside(self, tokens: Sequence[Token], place: int) -> DaysMatch | None:
        """As "3 days before 12 November" and "week after 3 November"."""
        length = self._length(tokens, place)
        if length is None:
            return None
        count, at = length
        word = self._word(tokens, at)
        at += 2 if (word, self._word(tokens, at + 1)) == ("prior", "to") else 1
        day = self._day_at(tokens, at) if word in _AFTER | _BEFORE | {"prior"} else None
        if day is None or self._last_day(tokens, at):
            return None
        first = day[0] + timedelta(days=1 if word in _AFTER else -count)
        return DaysMatch(day[1], days.between(first, first + timedelta(days=count - 1)))

    def _month_of(self, tokens: Sequence[Token], place: int) -> tuple[date, date, int] | None:
        """First and last day of the month after "of" or "in", and where it ends."""
        if self._word(tokens, place) not in ("of", "in") or place + 1 >= len(tokens):
            return None
        month = self._month_at(tokens, place + 1)
        if month is None or not (self.first and self.last):
            return None
        year = self._year_at(tokens, place + 2)
        end = place + (2 if year is None else 3)
        return *days.month_ends(year or days.nearest_month(month, self.first, self.last), month), end

    def _of_month(self, tokens: Sequence[Token], place: int) -> DaysMatch | None:
        """As "first 15 days of November"."""
        word = self._word(tokens, place)
        length = self._length(tokens, place + 1) if word in _LASTS | {"first", "final"} else None
        month = self._month_of(tokens, length[1]) if length else None
        if length is None or month is None or self._number(tokens, place + 1) is None:
            return None
        first, last, end = month
        rest = timedelta(days=length[0] - 1)
        part = (first, min(first + rest, last)) if word == "first" else (max(last - rest, first), last)
        return DaysMatch(end, days.between(*part))

    def _of_same_month(self, tokens: Sequence[Token], place: int) -> DaysMatch | None:
        """As "third week" after "first week of November"."""
        if self._does(tokens, place + 1) not in ("week", "half") or self._word(tokens, place + 2) == "of":
            return None
        month = next((at for at in range(place - 1, -1, -1) if self._month_at(tokens, at)), None)
        part = self._part_of_month((*tokens[place : place + 2], tokens[month]), 0) if month is not None else None
        return DaysMatch(place + 2, part.period) if part else None

    def _weekday_of(self, tokens: Sequence[Token], place: int) -> DaysMatch | None:
        """As "first Monday of November" and "Monday of last week"."""
        ordinal = self.lexicon.ordinals.get(self._word(tokens, place))
        at = place + (ordinal is not None)
        weekday = self.lexicon.weekdays.get(self._word(tokens, at))
        if weekday is None or self.is_plural(self._word(tokens, at)):
            return None
        month = self._month_of(tokens, at + 1)
        within = month or (self._named_week(tokens, at + 1) if ordinal is None else None)
        if within is None:
            return None
        first, last, end = within
        inside = [day for day in _each(first, last) if day.weekday() == weekday]
        place_of = 0 if ordinal is None else ordinal - (ordinal > 0)
        if (ordinal is None and len(inside) != 1) or place_of >= len(inside):
            return None
        day = inside[place_of]
        return DaysMatch(end, days.between(day, day), f"{WEEKDAYS[weekday]}: {days.spelled(day)}.")

    def _named_week(self, tokens: Sequence[Token], place: int) -> tuple[date, date, int] | None:
        place += self._word(tokens, place) in ("of", "in")
        if place < len(tokens) and self._word(tokens, place) == "the" and not self.lexicon.at(tokens, place):
            place += 1
        phrase = self.lexicon.at(tokens, place) if place < len(tokens) else None
        if phrase is None or phrase.sign != Sign.PERIOD or phrase.value not in set(PeriodName) or not self.last:
            return None
        data = DayRange((self.first or self.last).toordinal(), self.last.toordinal())
        week = range_of(Period(name=PeriodName(phrase.value)), data)
        return date.fromordinal(week.first), date.fromordinal(week.last), place + len(phrase.words)

    def _several(self, tokens: Sequence[Token], place: int) -> DaysMatch | None:
        """As "3, 5 and 7 November", which is no range."""
        numbers: list[int] = []
        at = place
        while (number := self._day_number(tokens, at)) and (at == place or self._is_listed(tokens, at)):
            numbers.append(number)
            at += 1
            at += self._word(tokens, at) in ("and", "or")
            at += self._word(tokens, at) == "the"
        last = self._day_month(tokens, at - 1) if len(numbers) > 1 else None
        if last is None or self._is_between(tokens, place):
            return None
        listed = [days.day_of(last[0].year, last[0].month, number) for number in numbers]
        return DaysMatch(last[1], tuple(days.between(day, day) for day in listed if day))

    def _is_listed(self, tokens: Sequence[Token], at: int) -> bool:
        words = {self._word(tokens, at - 1), self._word(tokens, at - 2)}
        return tokens[at].gap.strip() in (",", "/", "&") or bool(words & {"and", "or"})

    def _ordinals(self, tokens: Sequence[Token], place: int) -> DaysMatch | None:
        """As "the 10th to the 14th"."""
        start = place + (self._does(tokens, place) == "from")
        start += self._word(tokens, start) == "the"
        if not _ORDINAL.fullmatch(self._word(tokens, start)) or not self._is_to(tokens, start + 1):
            return None
        if self._word(tokens, start + 1) == "and" and not self._is_between(tokens, start):
            return None
        at = start + 1 + (self._does(tokens, start + 1) == "to")
        last = self._nth(tokens, at + (self._word(tokens, at) == "the"))
        number = int(self._word(tokens, start)[:-2])
        if last is None:
            return None
        month = last[0] if number <= last[0].day else last[0].replace(day=1) - timedelta(days=1)
        first = days.day_of(month.year, month.month, number)
        if first is None:
            return None
        return DaysMatch(last[1], days.between(first, last[0]), f"The first day: {days.spelled(first)}.")

    def _lasting(self, tokens: Sequence[Token], place: int) -> DaysMatch | None:
        """As "for 7 days": the last ones of the data."""
        count = self._number(tokens, place)
        unit = self.lexicon.units.get(self._word(tokens, place + 1), "")
        length = {**_UNIT_DAYS, "months": _MONTH_DAYS}.get(unit, 0) * (count or 0)
        leads = {self._word(tokens, place - 1), self._word(tokens, place - 2)} if place > 1 else set()
        follows = self._word(tokens, place + 2)
        if not leads & _LASTING or not 0 < length <= MOST_DAYS or follows in ("in", "ago", "before", "after", "from"):
            return None
        return DaysMatch(place + 2, last_days(length), f"{count} {unit}: the last {length} days of the data.")

    def _to_date(self, tokens: Sequence[Token], place: int) -> DaysMatch | None:
        """As "YTD" and "year to date"."""
        words = [self._word(tokens, place + offset) for offset in range(3)]
        unit = _TO_DATE.get(words[0]) or (self.lexicon.units.get(words[0], "") if words[1:] == ["to", "date"] else "")
        end = place + (1 if words[0] in _TO_DATE else 3)
        if unit not in _TO_DATE.values() or self.last is None:
            return None
        if unit == "months":
            return DaysMatch(end, Period(name=PeriodName.THIS_MONTH))
        month = 1 if unit == "years" else self.last.month - (self.last.month - 1) % 3
        return DaysMatch(end, days.between(date(self.last.year, month, 1), self.last))

    def _same(self, tokens: Sequence[Token], place: int) -> DaysMatch | None:
        """As "same week last month", of the period that it stands against."""
        units = self.lexicon.units
        at = place + 2 + (self._word(tokens, place + 2) in ("of", "in"))
        at += self._word(tokens, at) == "the"
        back = units.get(self._word(tokens, at + 1), "") if self._word(tokens, at) in _LASTS else ""
        what = units.get(self._word(tokens, place + 1)) or self._word(tokens, place + 1)
        if self._word(tokens, place) != "same" or back not in ("weeks", "months", "years"):
            return None
        by_weekday = {"weeks": Back(days=7), "months": Back(days=28), "years": Back(days=364)}
        by_date = {"weeks": Back(days=7), "months": Back(months=1), "years": Back(months=12)}
        if what not in ("days", "weeks", "weekday", "months", "quarters", "period", "time"):
            return None
        return DaysMatch(at + 2, (by_weekday if what in ("weeks", "weekday") else by_date)[back])

    def _pointed(self, tokens: Sequence[Token], place: int) -> DaysMatch | None:
        """As "on 15.11.", which without a word before it is a number."""
        found = _POINT_DAY.fullmatch(tokens[place].text)
        if found is None or not place or tokens[place - 1].norm not in _LEADS:
            return None
        day, month = int(found[1]), int(found[2])
        dated = self._of_day(month, day, None, place + 1) if 1 <= month <= days.MONTHS else None
        return DaysMatch(dated[1], days.between(dated[0], dated[0])) if dated else None


def _each(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
