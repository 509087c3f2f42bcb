"""What harm and the policy options are made from, as a form writes it into study.toml: comments, order and all else stay.

An entry is written only while the file has it as the form showed it; what was edited elsewhere in the file meanwhile stays.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from dedupelab.errors import ConfigError
from dedupelab.evidence.money.harm_inputs import COSTS, KEYS
from dedupelab.evidence.money.scenarios import COMMON, KINDS, OWN
from dedupelab.numbers.sources import TYPES
from dedupelab.registers.register_fields import Field, as_text
from dedupelab.registers.sheets import Sheet
from dedupelab.settings.money import (
    CORRELATED,
    CorrelationSection,
    CounterfactualSection,
    DeflatorSection,
    HarmSection,
    InputSection,
    ScenariosSection,
)
from dedupelab.settings.study_toml import FILE, parse_config
from dedupelab.settings.written import document
from dedupelab.tables.whole_file import whole_file

NUMBERS = ("low", "value", "high", "p50", "p90")
OPTION = "option: "
"""How the name of an option's sheet begins."""


def _meaning(section: type[Any], name: str) -> str:
    return str(section.model_fields[name].description or "")


INPUT = (
    *(Field(name, "number", _meaning(InputSection, name)) for name in NUMBERS),
    Field("unit", "text", "its unit, such as HKD per hour, share or years", required=True),
    Field("source", "source", "where it comes from, so that somebody else could check it", required=True),
    Field("source_type", "choice", "what kind of source; counted as assumed when empty", choices=TYPES),
)
YEARS = "index"
INDEX = (
    Field(YEARS, "text", "index by year, such as 2025 = 104.2, 2026 = 106.0", required=True),
    Field("source", "source", _meaning(DeflatorSection, "source"), required=True),
    Field("source_type", "choice", "what kind of source; counted as literature when empty", choices=TYPES),
)
TIE = (
    Field("first", "choice", "an input, or a line that comes from registers (M9, M10a)", required=True, choices=CORRELATED),
    Field("second", "choice", "the input that moves with it", required=True, choices=CORRELATED),
    Field("rank", "text", _meaning(CorrelationSection, "rank"), required=True),
    Field("source", "source", _meaning(CorrelationSection, "source"), required=True),
)  # fmt: skip
SHAPES = "A value alone is one number; low, value and high are a triangle; p50 and p90 a lognormal."
TERMS = {
    "currency": ("harm", Field("currency", "currency", "ISO 4217 code of the amounts", required=True)),
    "price_year": ("harm", Field("price_year", "count", _meaning(HarmSection, "price_year"))),
    "horizon": ("scenarios", Field("horizon", "count", _meaning(ScenariosSection, "horizon"))),
    "discount_rate": ("scenarios", Field("discount_rate", "share", _meaning(ScenariosSection, "discount_rate"))),
    "growth_fade": ("scenarios", Field("growth_fade", "share", _meaning(ScenariosSection, "growth_fade"))),
}  # fmt: skip
OPTIONS = (
    Field("name", "text", "as the report should say", required=True),
    Field("kind", "choice", "what sort of option; own when empty", choices=tuple(KINDS)),
    Field("adoption", "text", "shares of adopters year by year, such as 0.1, 0.3, 0.6, in place of a curve"),
)
FORMS = {
    "terms": tuple(field for _, field in TERMS.values()),
    "deflator": INDEX,
    "ties": TIE,
    "options": OPTIONS,
}
"""The fields of sheets that hold something else than inputs."""
SEVERAL = {"options": ("scenarios", "option", "a new option"), "ties": ("harm", "correlation", "a new tie")}
"""Sheets whose entries a person names: the section and the setting that lists them, and what is chosen to add one."""
Table = Any
"""tomlkit's tables are mappings of whatever TOML can say."""


@dataclass(frozen=True)
class InputSheets:
    """The inputs of a study's money, a sheet for each section of study.toml that has some."""

    folder: Path
    signed = False
    entry = "Input"

    def titles(self) -> dict[str, str]:
        """Return the sheets' names and what they are called."""
        return {
            "harm": "Harm: prices, wages, times",
            "scenarios": "Options: what all have in common",
            "options": "Options: which there are",
            **{OPTION + name: f"Option {name}" for name in _listed(document(self.folder / FILE), "options")},
            "terms": "Currency, years and rates",
            "deflator": "Index of prices by year",
            "ties": "Ties: what moves together",
        }

    def sheet(self, name: str) -> Sheet:
        """Return one section as the file has it.

        Raises
        ------
        ConfigError
            If study.toml cannot be read, or has no such option any more.
        """
        study, titles = self._study(), self.titles()
        if name not in titles:
            raise ConfigError(
                f"expected an option of {FILE}, got {name}: somebody took it out; choose another"
            )
        fields = FORMS.get(name, INPUT)
        entries = {key: _shown(fields, table) for key, table in _tables(study, name).items()}
        return Sheet(titles[name], fields, _keys(name, study), entries, SHAPES if fields == INPUT else "")

    def write(
        self, name: str, key: str, values: Mapping[str, str], *, before: Mapping[str, str], **_signed: object
    ) -> tuple[str, str]:
        """Write an entry, checked with all of study.toml; return what was done and the key of what to show next.

        Without values it is taken out: what needs it is not estimated then.

        Raises
        ------
        ConfigError
            If it cannot stand, or the file has it otherwise than the form showed it: nothing is written then.
        OutputError
            If the file cannot be written.
        """
        if not values:
            self._change(name, key, before, lambda study: _drop(study, name, key))
            return f"Taken out of {FILE}.", ""
        after = _called(name, values) if name in SEVERAL else key

        def put(study: Table) -> None:
            if name in SEVERAL and after != key and after in _listed(study, name):
                raise ConfigError(
                    f"expected another name, got {after!r}, which is there already; choose another"
                )
            _fill(_place(study, name, key), FORMS.get(name, INPUT), values)

        self._change(name, key, before, put)
        return f"Written into {FILE}; comments stay.", after

    def _study(self) -> Table:
        study = document(self.folder / FILE)
        parse_config(study.unwrap())
        return study

    def _change(
        self, name: str, key: str, before: Mapping[str, str], change: Callable[[Table], None]
    ) -> None:
        study = self._study()
        stands = _tables(study, name).get(key)
        if (_shown(FORMS.get(name, INPUT), stands) if stands is not None else {}) != dict(before):
            raise ConfigError(
                f"expected {key or name} in {FILE} as the form showed it, got another: somebody edited it meanwhile; "
                "choose it again to see it, nothing was written"
            )
        try:
            change(study)
            text = tomlkit.dumps(study)
            parse_config(study.unwrap())
            kept = tomllib.loads(text) == study.unwrap()
        except (TOMLKitError, TypeError) as problem:
            raise _placeless(key or name) from problem
        if not kept:
            raise _placeless(key or name)
        with whole_file(self.folder / FILE) as partial:
            partial.write_text(text, encoding="utf-8")


def _placeless(what: str) -> ConfigError:
    """TOML can say one thing in several ways, and not all of them can be added to."""
    return ConfigError(
        f"expected a place for {what} in {FILE}, got none that can be added to; write it there by hand"
    )


def _keys(name: str, study: Table) -> Mapping[str, str]:
    if name == "terms":
        return {"": "all"}
    if name == "deflator":
        return {YEARS: "by year"}
    if name in SEVERAL:
        return {"": SEVERAL[name][-1], **dict.fromkeys(_listed(study, name), "")}
    return KEYS if name == "harm" else COMMON if name == "scenarios" else {**OWN, **COMMON}


def _listed(study: Table, name: str) -> dict[str, Table]:
    section, setting, _new = SEVERAL[name]
    return {_called(name, each): each for each in study.get(section, {}).get(setting, ())}


def _called(name: str, entry: Mapping[str, str]) -> str:
    """Return by what one of several is known: an option by its name, a tie by its two inputs in whatever order."""
    if name == "options":
        return str(entry.get("name", "")).strip()
    return " with ".join(sorted(str(entry.get(end, "")).strip() for end in ("first", "second")))


def _tables(study: Table, name: str) -> dict[str, Table]:
    """Return what the file has of a sheet, by key."""
    if name in SEVERAL:
        return _listed(study, name)
    if name == "terms":
        return {"": {term: study.get(section, {}).get(term) for term, (section, _) in TERMS.items()}}
    if name == "deflator":
        index = study.get("harm", {}).get(name)
        return {YEARS: index} if index else {}
    found = {}
    for key in _keys(name, study):
        table: Any = (
            study[name] if name in study else _listed(study, "options").get(name.removeprefix(OPTION), {})
        )
        for part in _way(name, key):
            table = table.get(part, {})
        if table:
            found[key] = table
    return found


def _way(name: str, key: str) -> list[str]:
    """Return where an input stands below its section: what is net of a cost has tables of its own."""
    if name != "harm" or key in HarmSection.model_fields:
        return [key]
    cost = next(
        each
        for each in COSTS.values()
        for what in CounterfactualSection.model_fields
        if key == f"{each}_{what}"
    )
    return ["net", cost, key[len(cost) + 1 :]]


def _within(study: Table, name: str, way: list[str]) -> Table:
    table = (
        _listed(study, "options")[name.removeprefix(OPTION)]
        if name.startswith(OPTION)
        else study.setdefault(name, tomlkit.table())
    )
    for part in way:
        table = table.setdefault(part, tomlkit.inline_table())
    return table


def _drop(study: Table, name: str, key: str) -> None:
    if name in SEVERAL:
        section, setting, _new = SEVERAL[name]
        study[section][setting].remove(_listed(study, name)[key])
        if not study[section][setting]:
            study[section].pop(setting)
        return
    if name == "deflator":
        study["harm"].pop(name)
        return
    *way, last = _way(name, key)
    _within(study, name, way).pop(last, None)


def _place(study: Table, name: str, key: str) -> Callable[[str], Table]:
    """Return the table in which a field of an entry stands, made where it is not there yet."""
    if name == "terms":
        return lambda field: study.setdefault(TERMS[field][0], tomlkit.table())
    if name in SEVERAL:
        section, setting, _new = SEVERAL[name]
        if not key:
            several = study.setdefault(section, tomlkit.table()).setdefault(setting, tomlkit.aot())
            several.append(tomlkit.table().add(tomlkit.nl()))
        table = _listed(study, name)[key] if key else study[section][setting][-1]
        return lambda _field: table
    if name == "deflator":
        deflator = study.setdefault("harm", tomlkit.table()).setdefault(name, tomlkit.table())
        return lambda _field: deflator
    place = _within(study, name, _way(name, key))
    return lambda _field: place


def _fill(place: Callable[[str], Table], fields: tuple[Field, ...], values: Mapping[str, str]) -> None:
    """Set what differs; what is empty goes."""
    for field in fields:
        table, value = place(field.name), _value(field, values.get(field.name, ""))
        if value is None:
            table.pop(field.name, None)
        elif table.get(field.name) != value:
            table[field.name] = value


def _value(field: Field, text: str) -> Any:  # noqa: ANN401  text, a number or several
    if field.name == "adoption":
        return (
            [float(Field("adoption", "share", "").read(part) or 0) for part in text.split(",")]
            if text.strip()
            else None
        )
    if field.name == YEARS:
        return _years(text)
    read = field.read(text)
    if field.name == "rank":
        try:
            return float(str(read))
        except ValueError:
            raise ConfigError(
                f"expected rank to be a number from -1 to 1, got {text!r}; correct it"
            ) from None
    return int(read) if isinstance(read, float) and read.is_integer() else read


def _shown(fields: tuple[Field, ...], table: Mapping[str, Any]) -> dict[str, str]:
    return {
        field.name: _of_years(table) if field.name == YEARS else as_text(table.get(field.name))
        for field in fields
    }


def _years(text: str) -> Any:  # noqa: ANN401  tomlkit's tables are mappings of whatever TOML can say
    """Return an index by year from how a form writes it; which years and numbers hold is checked with all settings."""
    index, number = tomlkit.inline_table(), Field(YEARS, "number", "a number for each year", required=True)
    for part in text.split(","):
        year, sign, value = part.partition("=")
        if not sign:
            raise ConfigError(
                f"expected index as year = number, such as 2025 = 104.2, got {part.strip()!r}; correct it"
            )
        index[year.strip()] = number.read(value)
    return index


def _of_years(table: Mapping[str, Any]) -> str:
    return ", ".join(f"{year} = {as_text(value)}" for year, value in (table.get(YEARS) or {}).items())
