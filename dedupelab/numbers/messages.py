"""Texts as data: a template in English, which is its id, and what fills its placeholders.

What a number says of itself is a message, so that a page can say it in any language, and so that nothing has to read words
to decide. Every template stands as a literal in a call of `message`, where the catalogues of languages find it.
"""

import json
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = "Message | str | int | float"
"""What fills a placeholder: another message, a name that no language changes, or a number."""
QUOTED = "{words}"
"""The template of somebody's own words."""


PERCENT = "\u00a0%"
"""The sign with the space before it, which does not break."""


class English(string.Formatter):
    """Fills a template as `str.format` does, but for per cent, which has a space before its sign here as on every page."""

    def format_field(self, value: Any, format_spec: str) -> Any:  # noqa: ANN401 - as the class it extends has it
        """Return a value as its format says."""
        said = super().format_field(value, format_spec)
        return said.removesuffix("%") + PERCENT if format_spec.endswith("%") else said


_ENGLISH = English()


@dataclass(frozen=True)
class Message:
    r"""A text for people. As a string it is English.

    >>> str(message("Conflicting {field}", field=message("credit line")))
    'Conflicting credit line'
    >>> str(message("cropped to {area:.0%} of the area", area=0.9))
    'cropped to 90\xa0% of the area'
    """

    id: str
    values: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        filled = {name: str(value) if isinstance(value, Message) else value for name, value in self.values}
        return str(_ENGLISH.vformat(self.id, (), filled)) if self.values else self.id

    def __bool__(self) -> bool:
        return bool(self.id)

    def as_json(self) -> dict[str, Any]:
        """Return the message as JSON holds it: `id`, and `values` by name."""
        values = {n: v.as_json() if isinstance(v, Message) else v for n, v in self.values}
        return {"id": self.id, "values": values}


NOTHING = Message("")


def message(template: str, /, **values: Value) -> Message:
    """Return a message; `template` is a literal, with a placeholder for each value.

    Placeholders are those of `str.format`; a number's format (`{share:.1f}`) is written in each language's way.
    """
    return Message(template, tuple(sorted(values.items())))


def N_(template: str, /) -> str:  # noqa: N802  gettext's own name for it
    """Mark a template that becomes a message, or is translated, elsewhere."""
    return template


def named(word: str) -> Message:
    """Return a word out of a list of names, such as a relation or a field, as a message: the list marks it with `N_`."""
    return Message(word)


def quoted(words: str) -> Message:
    """Return somebody's own words as a message, which no language changes."""
    return Message(QUOTED, (("words", words),)) if words else NOTHING


def joined(parts: Iterable[Message]) -> Message:
    """Return several messages as one, with semicolons between them.

    >>> str(joined([message("a"), message("b"), message("c")]))
    'a; b; c'
    """
    last, *before = [*parts][::-1] or [NOTHING]
    for part in before:
        last = message("{first}; {rest}", first=part, rest=last)
    return last


def from_json(entry: Mapping[str, Any]) -> Message:
    """Return the message that `as_json` wrote."""
    values = {n: from_json(v) if isinstance(v, Mapping) else v for n, v in entry["values"].items()}
    return message(str(entry["id"]), **values)


def dumped(text: Message) -> str:
    """Return a message as a table's cell holds it."""
    return json.dumps(text.as_json(), ensure_ascii=False, sort_keys=True)


def loaded(cell: object, otherwise: object = "") -> Message:
    """Return the message of a table's cell; of an empty one, other words as they are."""
    return from_json(json.loads(cell)) if isinstance(cell, str) and cell else quoted(str(otherwise))
