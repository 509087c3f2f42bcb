"""Dates as cataloguers write them, in the Extended Date/Time Format (ISO 8601-2, level 1), with no more than is known.

A day or month that is not known is left out, `~` marks an approximate and `?` an uncertain date (`%` both), `X` an unknown digit,
a slash joins the ends of a range, two dots stand for an end that is open. Month and day names are those of CLDR in many
languages; years of Chinese, Japanese and Korean eras become years of the common calendar. Whatever else a text says, it is
no date: nothing is left unread inside one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from dedupelab.collect.catalogues import date_words as words
from dedupelab.collect.catalogues import eras
from dedupelab.collect.catalogues.date_words import (
    before_christ,
    calendar_day,
    folded,
    names_of_days,
    of_its_own,
    roman,
    timed,
)
from dedupelab.collect.catalogues.day_order import Order

LONGEST = 120
"""Characters of a text that may be a date."""


def read_date(text: str, order: Order = "") -> str | None:
    """Return a date in EDTF with only what is known of it, or None where the text is no date.

    Of a date like 03/04/1960, whose day and month cannot be told apart, only the year is kept, unless `order` tells.

    >>> [read_date(text) for text in ("1 July 1997", "昭和12年7月", "c. 1960", "[1960?]", "1960s", "before 1900", "1978, printed 2005")]
    ['1997-07-01', '1937-07', '1960~', '1960?', '196X', '../1900', '1978']
    >>> [read_date(text) for text in ("1843-4", "30. Mai - 2. Juni 1952", "03/04/1960", "500 BCE", "18th century", "undated")]
    ['1843/1844', '1952-05-30/1952-06-02', '1960', '-0499', '17XX', None]
    >>> read_date("03/04/1960", "day")
    '1960-04-03'
    """
    return _read(text, order)


def says_unknown(text: str) -> bool:
    """Whether a text says that the date is not known, as `n.d.` and `年代不詳` do; that is no loss.

    >>> says_unknown("s.d."), says_unknown("[?]"), says_unknown("Tuesday")
    (True, True, False)
    """
    said = re.findall(r"[^\W_]+", folded(text))
    return "".join(said) in words.UNKNOWN or not said


def read_range(start: str, end: str) -> str | None:
    """Return the range between two dates that stand apart; one that is empty or unknown leaves its end open.

    >>> read_range("1931", "c. 1935"), read_range("1931", "1931"), read_range("", "1935"), read_range("1935", "1931")
    ('1931/1935~', '1931', '../1935', None)
    """
    one, other = (None if not text or says_unknown(text) else read_date(text) or "" for text in (start, end))
    if one == "" or other == "" or (one is None and other is None):
        return None
    if one == other:
        return one
    if any(each is not None and "/" in each for each in (one, other)):
        return None
    return _joined(one or "..", other or "..")


@lru_cache(maxsize=1 << 15)
def _read(text: str, order: Order) -> str | None:
    plain = " ".join(text.split())
    if not plain or len(plain) > LONGEST or says_unknown(plain):
        return None
    if words.NEGATIVE_OR_END.fullmatch(plain) or words.THAI.search(plain):
        return None
    standard = _extended(
        plain.strip("[]() .,;").replace("x", "X").replace("/open", "/..").replace("unknown/", "../")
    )
    if standard is not None:
        return standard
    text = words.LAST_DIGITS.sub(r"\1--", folded(plain)).strip(" .,;:")
    try:
        return _span(eras.in_figures(text), order)
    except ValueError:  # no such day or month
        return None


def _extended(text: str) -> str | None:
    """Return a text that is in EDTF or ISO 8601 already, checked against the calendar."""
    if moment := words.MOMENT.fullmatch(text):
        day = calendar_day(*map(int, moment["date"].split("-")))
        return timed(day, moment) if day and len(day) == 10 else day
    if "/" not in text:
        return _bound(text)
    ends = text.split("/")
    if len(ends) == 2 and words.WHOLE.fullmatch(ends[0]) and words.REST.fullmatch(ends[1]):
        ends[1] = ends[0][: -len(ends[1])] + ends[1]
    if (
        len(ends) != 2
        or not all(len(end) >= 4 or end in {"..", ""} for end in ends)
        or not any(map(_bound, ends))
    ):
        return None
    start, end = (_bound(end) if end not in {"..", ""} else ".." for end in ends)
    return _joined(start, end) if start and end else None


def _bound(text: str) -> str | None:
    found = words.CLOSED.fullmatch(text)
    if found is None:
        return None
    if "X" in found["date"] or found["date"].startswith("-") or re.fullmatch(r"\d{4}-2[1-4]", found["date"]):
        return text
    day = calendar_day(*map(int, found["date"].split("-")))
    return day and day + found["mark"]


@dataclass
class _Known:
    """What a text says of one day: as far as it goes, and how sure it is. `fixed` is an EDTF text that stands for itself."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    fixed: str = ""
    mark: str = ""
    clock: "re.Match[str] | None" = None
    short: bool = False

    def __str__(self) -> str:
        text = self.fixed
        if not text and self.year is not None:
            text = calendar_day(self.year, self.month or 0, self.day or 0) or ""
            if self.clock is not None and len(text) == 10:
                return timed(text, self.clock)
        return text + (self.mark if text and text[-1] not in "~?%" else "")


def _bare(text: str) -> str:
    """Return what a text says of the picture's making, without brackets; nothing where its date is of something else."""
    text = re.sub(r"\(c\)", "©", words.EITHER.sub("", words.CORRECTED.sub("", text)))
    text = words.SUPPLIED.sub(_supplied, text)
    ends = " .,;:"
    if other := words.NOT_MAKING.search(text):
        if words.OF_PRINT.match(text, other.end()) or not words.LATER_PRINT.search(text, other.start()):
            return ""
        text, ends = text[: other.start()], " .,;:/–-"
    text = words.MAKING.sub("", " ".join(re.sub(r"[\[\](){}<>\"]", " ", text).split()).strip(ends))
    return words.WITHIN.sub(r"\1 \2 ", words.NEGATIVE.sub("", words.COPYRIGHT.sub("", text)))


def _span(text: str, order: Order) -> str | None:
    """Return a date or a range."""
    text = words.COMPARED.sub(lambda m: "before " if m["before"] else "after ", text)
    text = words.PARTS_UNKNOWN.sub(r"\1", _bare(text))
    text = words.TWO_DAYS.sub(r"\1-", text)
    if alone := of_its_own(text):
        return alone
    if choice := words.ALTERNATIVE.fullmatch(text):
        text = f"{'before' if choice['before'] else 'after'} {choice[1]}"
    about_all = bool(re.match(words.ABOUT, text)) or text.startswith("~")
    if between := words.BETWEEN.match(text):
        return _range(between[1], between[2], order, about_all=False)
    text = words.FROM.sub("", text)
    found = _open(text, order, about_all=about_all)
    if found is not None:
        return found or None
    one = _single(text, order) if text else None
    if one is not None:
        return str(one) or None
    return _divided(text, order, about_all=about_all)


def _open(text: str, order: Order, *, about_all: bool) -> str | None:
    """Return a range with an open end, nothing in it where its other end is no date; None where a text is no such range."""
    lone = words.ABOUT.sub("", text, count=1).strip(" ~") if about_all else text
    for pattern, make in ((words.BEFORE, "../{}"), (words.AFTER, "{}/..")):
        if found := pattern.match(lone):
            one = _single(lone[found.end() :], order)
            shown = one and str(_marked(one, about="~" if about_all else ""))
            return make.format(shown) if shown and "/" not in shown else ""
    if eras.EARLIER in text or eras.LATER in text:
        one = _single(text.replace(eras.EARLIER, " ").replace(eras.LATER, " "), order)
        return "" if one is None else f"../{one}" if eras.EARLIER in text else f"{one}/.."
    if found := re.fullmatch(r"(.*\d{4}\??)\s*[-–]\s*\??|\?\s*[-–]\s*(.*\d{4})", text):
        one = _single(found[1] or found[2], order)
        return "" if one is None or one.fixed else f"{one}/.." if found[1] else f"../{one}"
    return None


def _supplied(found: "re.Match[str]") -> str:
    year = (found["a"] or found["c"]) + (found["b"] or found["d"])
    return year + (found["m"] or "") if len(year) == 4 else found[0]


def _divided(text: str, order: Order, *, about_all: bool) -> str | None:
    """Return the range that a text says, at the first place where both sides are dates."""
    if period := eras.period(text):
        return period
    masked = _atoms(text, order)
    for cut in words.TO.finditer(masked):
        found = _range(masked[: cut.start()], masked[cut.end() :], order, about_all=about_all)
        if found:
            return found
    return None


def _range(first: str, last: str, order: Order, *, about_all: bool) -> str | None:
    one, other = _partial(_atoms(first, order)), _partial(_atoms(last, order))
    if one is None or other is None:
        return None
    if other.short and one.year is not None and other.day is not None and one.month is None:
        digits = len(str(other.day)) if not other.fixed else 2
        base = 10 ** max(digits, 1)
        year = one.year - one.year % base + other.day
        if year <= one.year:
            return None
        other = _Known(year=year, mark=other.mark)
    if one.fixed or other.fixed:
        one, other = _decades(one, other)
    elif not _filled(one, other):
        return None
    if about_all:
        one, other = _marked(one, about="~"), _marked(other, about="~")
    return _joined(str(one), str(other))


def _filled(one: _Known, other: _Known) -> bool:
    """Complete each end of a range by what only the other says, as in `May 30-June 2, 1952`."""
    one.year = other.year if one.year is None else one.year
    other.year = one.year if other.year is None else other.year
    if one.day and not one.month:
        one.month = other.month
    if other.day and not other.month:
        other.month = one.month
    if one.month and not one.day and other.day and not other.month:
        return False
    return one.year is not None and not any(each.day and not each.month for each in (one, other))


def _decades(one: _Known, other: _Known) -> tuple[_Known, _Known]:
    """Beside a decade 1900s is one, too."""
    if any(re.fullmatch(r"\d{3}X", each.fixed) for each in (one, other)):
        for each in (one, other):
            if re.fullmatch(r"\d\dXX", each.fixed) and each.short:
                each.fixed = each.fixed[:2] + "0X"
    return one, other


def _joined(start: str, end: str) -> str | None:
    """Return a range whose ends are in order."""
    if not start or not end or start == end == "..":
        return None
    if ".." in {start, end}:
        return f"{start}/{end}"
    low, high = _year_of(start, "0"), _year_of(end, "9")
    if low > high or (low == high and start[:10] > end[:10] and "X" not in start + end):
        return None
    return start if start == end else f"{start}/{end}"


def _year_of(text: str, unknown: str) -> int:
    found = re.match(r"-?[\dX]{4}", text)
    return int(found[0].replace("X", unknown)) if found else 0


def _single(text: str, order: Order) -> _Known | None:
    """Return one date, whole: a year must be known."""
    found = _partial(_atoms(text, order))
    if found is None or not (found.fixed or found.year is not None) or (found.day and not found.month):
        return None
    if not str(found):
        raise ValueError("no such day")
    return found


def _marked(known: _Known, *, about: str) -> _Known:
    if about and known.mark in {"", about}:
        known.mark = about
    elif about:
        known.mark = "%"
    return known


# Ways of writing become atoms: `=1952-05-30=` a date in figures, `#17XX#` a decade or century, `@05` a month, `%21` a season.


def _atoms(text: str, order: Order) -> str:
    if "#" in text or "=" in text or "@" in text:
        return text  # masked before
    text = words.EXIF.sub(lambda m: _atom(int(m[1]), int(m[2]), int(m[3])), text)
    text = eras.as_atoms(text)
    text = words.BC.sub(lambda m: f"#{before_christ(int(m['year']))}#", text)
    if "-0" in text and re.search(r"#-\d{4}#", text):
        text = re.sub(r"\b(\d{1,4})(?=\s*[-–]\s*#-)", lambda m: f"#{before_christ(int(m[1]))}#", text)
    text = words.AD.sub(lambda m: f"{int(m[1] or m[2]):04d}", text)
    text = words.CENTURY.sub(_century, text)
    text = words.MORE_CENTURIES.sub(lambda m: f"–#{roman(m[1]) - 1:02d}XX#", text)
    text = words.BOTH_CENTURIES.sub(_century, text)
    text = re.sub(r"(?<=XX#)\s*(?:a\.?\s?d\.?|c\.?\s?e\.?|n\.\s?chr\.?)(?=$|\s)", "", text)
    text = re.sub(
        r"#(\d\d)XX#\s*(?:b\.?\s?c\.?(?:\s?e\.?)?|v\.\s?chr\.?|av\.\s?j\.?-?c\.?|a\.\s?c\.?)(?=$|\s)",
        lambda m: f"#-{int(m[1]):02d}XX#",
        text,
    )
    text = words.SHORT_DECADES.sub(lambda m: f"#{m['head']}{m['one']}X#–#{m['head']}{m['other']}X#", text)
    text = words.DECADE.sub(_decade, words.DECADES.sub(r"#\1X#–#\2X#", text))
    text = words.CENTURY_DIGITS.sub(r"#\1XX#", text)
    text = words.YEAR_FIRST.sub(lambda m: _atom(int(m[1]), int(m[3]), int(m[4])), text)
    text = words.NUMBERS.sub(lambda m: _in_order(int(m[1]), int(m[3]), int(m[4]), order), text)
    text = words.ROMAN_MONTH.sub(lambda m: _atom(int(m[4]), roman(m[3]), int(m[1])), text)
    if _marks_a_range(text):
        return text
    return words.YEAR_MONTH.sub(lambda m: _atom(int(m[1]), int(m[2]), 0), text)


def _marks_a_range(text: str) -> bool:
    """Whether `1801-10` cannot be a month in ISO form: something else stands beside it."""
    return not words.YEAR_MONTH.fullmatch(text.strip()) and not re.fullmatch(
        rf"{words.YEAR_MONTH.pattern}\s*[-–/]\s*{words.YEAR_MONTH.pattern}", text.strip()
    )


def _atom(year: int, month: int, day: int) -> str:
    return f"={year:04d}-{month:02d}-{day:02d}="


def _in_order(one: int, other: int, year: int, order: Order) -> str:
    if one == other or one > 12:
        return _atom(year, other, one)
    if other > 12:
        return _atom(year, one, other)
    if order:
        return _atom(year, other, one) if order == "day" else _atom(year, one, other)
    return _atom(year, 0, 0)


def _century(found: "re.Match[str]") -> str:
    said = found["n"] or found["m"] or ""
    number = int(said) if said.isdigit() else roman(said)
    return f"#{number - 1:02d}XX#" if 1 <= number <= 21 else found[0]


def _decade(found: "re.Match[str]") -> str:
    digits = next(filter(None, (found[name] for name in "abcde")))
    if digits[2] == "0" and found["b"]:
        return f"#{digits[:2]}XX!#"  # 1900s may be the decade, too
    return f"#{digits}X#"


def _partial(text: str) -> _Known | None:  # noqa: C901, PLR0911, PLR0912  one branch for each kind of word
    """Return what the words of a text say of one day, or None if one of them says nothing known."""
    known = _Known()
    rest = words.PARTS.sub(" ", text)
    unsure = words.UNSURE.search(rest)
    rest = words.UNSURE.sub(" ", rest)
    about = "~" in rest or bool(words.ABOUT.search(rest))
    rest = words.ABOUT.sub(" ", rest.replace("~", " "))
    known.clock = words.CLOCK.search(rest)
    rest = words.CLOCK.sub(" ", rest).strip(" .,;:-–/")
    season = 0
    if not rest:
        return None
    if packed := words.PACKED.fullmatch(rest):
        known.year, known.month, known.day = int(packed[1]), int(packed[2]), int(packed[3] or 0)
        rest = ""
    for found in words.TOKEN.finditer(rest):
        year, month, day, fixed, loose, number, word, sign = found.groups()
        if year or fixed:
            if known.year is not None or known.fixed:
                return None
            if year:
                known.year, known.month, known.day = int(year), int(month) or None, int(day) or None
            else:
                known.fixed, known.short = fixed, bool(loose)
        elif number and len(number) == 4 and known.year is None and not known.fixed:
            known.year = int(number)
        elif number and len(number) <= 2 and known.day is None:
            known.day = int(number)
        elif number:
            return None
        elif sign:
            if sign not in ",.-–'":
                return None
        elif word in words.SEASONS and not season:
            season = words.SEASONS[word]
        elif word not in words.FILLERS:
            names = names_of_days()
            if names.get(word) == 0:
                continue
            if word not in names or known.month is not None:
                return None
            known.month = names[word]
    if known.day == 0 or (known.month is not None and known.month > 12):
        known.day = None if known.month is None or known.month <= 12 else known.day
    if season:
        if known.year is None or known.month or known.day:
            return None
        known.fixed, known.year = f"{known.year:04d}-{season}", None
    known.short = known.short or (known.day is not None and known.month is None and known.year is None)
    known.mark = "%" if unsure and about else "?" if unsure else "~" if about else ""
    return known
