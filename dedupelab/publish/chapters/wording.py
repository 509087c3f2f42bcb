"""Results as words: every number with its interval, its grade and, where there is none, what it would need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import floor, log10

from dedupelab.numbers.intervals import KINDS
from dedupelab.numbers.messages import N_, Message, named
from dedupelab.numbers.results import GRADES, Result, by_id
from dedupelab.publish.language.language import _, called, counted, joined, told, word
from dedupelab.publish.language.language import number as spelled
from dedupelab.publish.language.said import Figure, number_of

CURRENCY_SIGNS = {"HKD": "HK$", "USD": "US$", "EUR": "€", "GBP": "£", "CNY": "CN¥"}


def figure(result: Result) -> str:
    """Return the value with its unit.

    >>> figure(Result("M1", named(""), 0.1244, "fraction"))
    '12.4 %'
    """
    if result.value is None:
        return _("not estimated: needs {needs}", needs=needs(result))
    return number_of(quantity(result.value, result.unit), result.id)


def count(result: Result) -> Figure:
    """Return the value for a place in a message that writes numbers itself, such as `{count:,.0f}`; 0 where there is none."""
    return Figure(result.value or 0, result.id)


def bare(result: Result) -> str:
    """Return the value without its unit, as a cell below a heading with the unit holds it; 0 where there is none."""
    return number_of(number(result.value or 0, result.unit), result.id)


def part(result: Result) -> Figure:
    """Return the numerator for such a place: it counts what the number is a share of."""
    return Figure(result.numerator or 0, result.id)


def needs(result: Result) -> str:
    """Return what a number that was not estimated would need, in words for people.

    >>> need = Message("{setting} above 0", (("setting", "harm.hourly_wage"),))
    >>> needs(Result("M8", named("labour"), None, "hours", status="not estimated", needs=(need,)))
    'hourly wage above 0'
    """
    return joined(dict.fromkeys(told(_in_words(need)) for need in result.needs))


def _in_words(need: Message) -> Message:
    """Return a need with the names of settings as a reader may read them."""
    return Message(
        need.id, tuple((n, word(str(v).rpartition(".")[2]) if n == "setting" else v) for n, v in need.values)
    )


SCREENED = {"licensed": N_("{option}, licensed"), "open-source": N_("{option}, open-source")}
"""What an option is called together with how it screens, where the table says that it is about screening."""


def option_name(result: Result) -> str:
    """Return the option and the kind of screening that a number of chapter 7 belongs to."""
    option = called(result.about("option"))
    return _(SCREENED[result.about("screening")], option=option) if option else _("Doing nothing")


def label_of(result: Result) -> str:
    """Return what a number is called."""
    return told(result.label)


def quantity(value: float, unit: str) -> str:
    """Return a number as people write it: shares in per cent, money with two significant figures.

    >>> quantity(12345.0, "HKD per year"), quantity(1284, "images"), quantity(0.0312, "hours"), quantity(-1200.0, "HKD")
    ('HK$12,000 per year', '1,284 images', '0.031 hours', '−HK$1,200')
    """
    return _with_unit(_amount(value, unit), unit)


def _with_unit(shown: str, unit: str) -> str:
    """Return an amount or a range with what it counts, where the language puts it."""
    if unit == "fraction":
        return f"{shown} %"
    rest = unit.partition(" ")[2] if _currency_sign(unit) else unit
    if rest == "per year":
        return _("{amount} per year", amount=shown)
    return (
        _("{amount} {unit}", amount=shown, unit=counted(named(rest))) if rest and unit != "index" else shown
    )


def _amount(value: float, unit: str) -> str:
    """Return a number with what stands before it: the minus before the currency."""
    shown = number(value, unit)
    sign = _currency_sign(unit)
    minus = shown[0] if shown.startswith("\u2212") else ""
    return f"{minus}{sign}{shown.removeprefix(minus)}"


def _currency_sign(unit: str) -> str:
    """Return what stands before an amount of money, such as HK$; nothing for other units."""
    code = unit.partition(" ")[0]
    return CURRENCY_SIGNS.get(code, f"{code} ") if code.isupper() and len(code) == 3 else ""


def number(value: float, unit: str) -> str:
    """Return the bare number in the unit's usual precision."""
    if unit == "fraction":
        return spelled(100 * value, ".1f")
    if unit in {"index", "ratio", "kappa"}:
        return spelled(value, ".2f")
    if unit in WHOLE:
        return _count(value)
    if float(value).is_integer() and unit != "hours" and not unit[:3].isupper():
        return spelled(value)
    return significant(value)


def significant(value: float) -> str:
    """Return a number rounded to two significant figures, thousands separated.

    >>> significant(12345.0), significant(0.00312), significant(0)
    ('12,000', '0.0031', '0')
    """
    if value == 0:
        return "0"
    places = 1 - floor(log10(abs(value)))
    rounded = round(value, places)
    places = 1 - floor(log10(abs(rounded)))  # 9.96 has become 10
    return spelled(rounded, f",.{max(0, places)}f")


def interval(result: Result) -> str:
    """Return the interval, or the word census, or nothing to be sure of.

    >>> interval(Result("M1", named(""), 0.12, "fraction", interval=(0.109, 0.141)))
    '10.9 to 14.1 %'
    """
    if result.value is None:
        return ""
    return ends(result) if result.interval is None else _with_unit(ends(result), result.unit)


def short(result: Result) -> str:
    """Return the interval as a narrow cell holds it, without its unit; one word where people checked nothing, which `noted` explains.

    >>> short(Result("M1", named(""), 0.12, "fraction", interval_kind="unchecked"))
    'unchecked'
    """
    if _is_unchecked(result):
        return _("unchecked")
    shown = (ends(result) if result.value is not None else "") or "–"
    # Beside 95 % intervals, ends of another kind have to say what they are.
    bounds = result.interval is not None and result.interval_kind == "bounds"
    return _("{kind} {interval}", kind=_(KINDS["bounds"]), interval=shown) if bounds else shown


def noted(results: Iterable[Result], note: str = "") -> str:
    """Return a table's note, with what the word means that `short` sets for the intervals of some of its numbers."""
    if not any(map(_is_unchecked, results)):
        return note
    meant = _("Unchecked: no interval, as people have not checked the links.")
    return _("{first} {second}", first=note, second=meant) if note else meant


def _is_unchecked(result: Result) -> bool:
    return result.value is not None and result.interval is None and result.interval_kind == "unchecked"


def ends(result: Result) -> str:
    """Return the interval without its unit, or what it is where it has no ends.

    >>> ends(Result("M1", named(""), 0.12, "fraction", interval=(0.109, 0.141)))
    '10.9 to 14.1'
    """
    if result.interval is None:
        return (
            "" if result.interval_kind in {"sampling", "bounds", "levels"} else _(KINDS[result.interval_kind])
        )
    low, high = result.interval
    # The currency is said once.
    last = number(high, result.unit) if low >= 0 else _amount(high, result.unit)
    return _("{low} to {high}", low=_amount(low, result.unit), high=last)


def with_interval(result: Result) -> str:
    """Return value and interval as a sentence holds them: `12.4 % (95 % interval 10.9 to 14.1 %)`."""
    if result.value is None:
        return figure(result)
    named = named_interval(result)
    return _("{value} ({interval})", value=figure(result), interval=named) if named else figure(result)


def named_interval(result: Result) -> str:
    """Return the interval with what kind it is: a 95 % interval, bounds, P10 to P90, or a census."""
    if result.value is None or result.interval is None:
        return interval(result)
    return _("{kind} {interval}", kind=_(KINDS[result.interval_kind]), interval=interval(result))


def of(result: Result) -> str:
    """Return the counts behind a share: `160 of 1,284 hashed images`."""
    if result.numerator is None or result.denominator is None:
        return ""
    if result.unit == "index":
        return _(
            "over {whole:,.0f} {label}",
            whole=result.denominator,
            label=counted(result.denominator_label),
        )
    counts = {
        "part": number_of(_count(part(result)), result.id),
        "whole": _count(result.denominator),
        "label": counted(result.denominator_label),
    }
    # Events are no part of the years in which they were seen, nor files of the weeks from which they are.
    happened = result.unit.endswith(PER_WEEK) or (
        result.unit.endswith(PER_YEAR) and part(result) > result.denominator
    )
    return _("{part} in {whole} {label}", **counts) if happened else _("{part} of {whole} {label}", **counts)


def rests_on(result: Result, other: str) -> bool:
    """Whether a number that was estimated was reckoned from another result."""
    return result.value is not None and any(given.place == other for given in result.inputs)


PER_YEAR, PER_WEEK = "per year", "per week"
WHOLE = frozenset(("images", "pictures", "works", "groups", "links", "pairs", "# pairs"))
"""Units that are counted one by one: `237 of 653` beside `240` would be two numbers for one."""
_FEW = 10
"""Counts from here on are printed whole: what a review corrects is estimated to no fraction of a picture."""


def _count(value: float) -> str:
    return spelled(value, ",.0f") if abs(value) >= _FEW or float(value).is_integer() else significant(value)


def grade(result: Result, *, simulated: bool = False) -> str:
    """Return the grade with its meaning."""
    return _("{letter}: {words}", letter=result.grade, words=meaning(result.grade, simulated=simulated))


def meaning(letter: str, *, long: bool = False, simulated: bool = False) -> str:
    """Return what a grade means, in a word or `long`; where the review is simulated, that no person reviewed anything."""
    return _("sampled; the review is simulated") if simulated and letter == "B" else _(GRADES[letter][long])


@dataclass(frozen=True)
class Numbers:
    """All results of a study, asked for by id."""

    results: Mapping[str, Result]

    @classmethod
    def of(cls, results: Iterable[Result]) -> "Numbers":
        """Index results by id."""
        return cls(by_id(results))

    def __getitem__(self, result_id: str) -> Result:
        return self.results[result_id]

    def get(self, result_id: str) -> Result | None:
        """Return a result, or None where the study has none of that id."""
        return self.results.get(result_id)

    def known(self, result_id: str) -> Result | None:
        """Return a result that has a value, or None."""
        result = self.results.get(result_id)
        return None if result is None or result.value is None else result

    def below(self, prefix: str) -> list[Result]:
        """Return the results whose id starts with `prefix` and a dot, in order."""
        return [result for name, result in self.results.items() if name.startswith(prefix + ".")]

    def count(self, result_id: str) -> Figure:
        """Return the value of a result for a place in a message that writes numbers itself."""
        return count(self.results[result_id])

    def say(self, result_id: str) -> str:
        """Return value and interval of a result, for use within a sentence."""
        return with_interval(self.results[result_id])
