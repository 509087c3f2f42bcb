"""Words that know which numbers stand in them, through every sentence made of them: so a page leads from a number to what it counts.

To whatever does not ask they are plain strings and plain numbers, and cut or joined by string methods they become that.
"""

from collections.abc import Iterable, Iterator
from typing import Self


class Figure(float):
    """A number of results.json on its way into a sentence: its value, and the id by which it is known."""

    result: str

    def __new__(cls, value: float, result: str) -> Self:
        """Return the value as the number of that id."""
        made = super().__new__(cls, value)
        made.result = result
        return made

    def __format__(self, form: str) -> str:
        """Write a count as whole where nothing else is asked for."""
        return (
            format(int(self), form) if self.is_integer() and form in {"", ","} else super().__format__(form)
        )


class Said(str):
    """A text with the places of the numbers in it: first character, the one behind its last, id of the number."""

    __slots__ = ("numbers",)
    numbers: tuple[tuple[int, int, str], ...]


def said(text: str, numbers: Iterable[tuple[int, int, str]]) -> str:
    """Return the text as one that knows its numbers; a plain string where there are none."""
    known = tuple(numbers)
    if not known:
        return text
    made = Said(text)
    made.numbers = known
    return made


def number_of(text: str, result: str) -> str:
    """Return a text that says one number as a whole.

    >>> [*parts(together(["Copies: ", number_of("12.4 %", "M1"), "."]))]
    [('Copies: ', ''), ('12.4 %', 'M1'), ('.', '')]
    """
    return said(text, [(0, len(text), result)])


def together(texts: Iterable[str]) -> str:
    """Return texts as one, with the numbers of each."""
    whole, numbers = "", list[tuple[int, int, str]]()
    for text in texts:
        numbers += [(len(whole) + start, len(whole) + end, name) for start, end, name in _numbers(text)]
        whole += str(text)
    return said(whole, numbers)


def cut(text: str, start: int, end: int) -> str:
    """Return a text's characters from start to before end, with the numbers that stand wholly in them."""
    inside = [(a - start, b - start, name) for a, b, name in _numbers(text) if start <= a and b <= end]
    return said(str(text)[start:end], inside)


def parts(text: str) -> Iterator[tuple[str, str]]:
    """Yield a text in parts, each with the id of the number that it says; an empty id for words between numbers."""
    place = 0
    for start, end, name in (*_numbers(text), (len(text), len(text), "")):
        yield from (((str(text)[place:start], ""),) if start > place else ())
        yield from (((str(text)[start:end], name),) if end > start else ())
        place = end


def _numbers(text: str) -> tuple[tuple[int, int, str], ...]:
    return text.numbers if isinstance(text, Said) else ()
