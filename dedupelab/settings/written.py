"""The settings that a form fills in, written into study.toml and consultation.toml: comments, order and every other setting stay.

The files stay the truth: what a form shows is written only while they say what it read; whatever else was edited meanwhile stays.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from dedupelab.errors import ConfigError
from dedupelab.registers.register_fields import as_text
from dedupelab.settings.consultation import FILE as PROFILE
from dedupelab.settings.consultation import parse_consultation
from dedupelab.settings.study_toml import FILE, parse_config
from dedupelab.tables.whole_file import whole_file

STUDY = ("name", "purpose", "owner")
COLLECTION = ("name", "location", "holder", "kind", "catalogue")
CONSULTATION = ("name", "reference", "jurisdiction", "source", "deadline")


@dataclass(frozen=True)
class Form:
    """What a form shows of a study's settings, all as text; `seen` tells whether that has changed since."""

    study: Mapping[str, str] = field(default_factory=dict)
    collections: Sequence[Mapping[str, str]] = ()
    languages: Sequence[str] = ("en",)
    consultation: Mapping[str, str] = field(default_factory=dict)
    seen: str = ""


def read_form(folder: Path) -> Form:
    """Read what a form shows.

    Raises
    ------
    ConfigError
        If a file is no TOML or has a wrong setting, or study.toml is not there.
    """
    return _shown(*_documents(folder))


def _documents(folder: Path) -> tuple[Any, Any]:
    """Return study.toml and consultation.toml as tomlkit has them, checked."""
    study, profile = document(folder / FILE), document(folder / PROFILE)
    parse_config(study.unwrap())
    if profile.unwrap():
        parse_consultation(profile.unwrap())
    return study, profile


def _shown(study: Any, profile: Any) -> Form:  # noqa: ANN401  tomlkit's documents are mappings of whatever TOML can say
    form = Form(
        study={name: str(study["study"].get(name, "")) for name in STUDY},
        collections=[
            {name: as_text(each.get(name, "")) for name in COLLECTION} for each in study.get("collection", [])
        ],
        languages=[str(tag) for tag in study.get("report", {}).get("languages", ["en"])],
        consultation={name: as_text(profile.get("consultation", {}).get(name, "")) for name in CONSULTATION},
    )
    return replace(form, seen=hashlib.sha256(repr(form).encode()).hexdigest())


def write_form(folder: Path, form: Form) -> Form:
    """Write what a form says, checked as a whole before; return it as it is read back.

    Raises
    ------
    ConfigError
        If a setting is wrong, or what the form shows was changed since it read it: nothing is written then.
    OutputError
        If a file cannot be written.
    """
    study, profile = _documents(folder)
    if form.seen != _shown(study, profile).seen:
        raise ConfigError(
            f"expected {FILE} and {PROFILE} as the form read them, got others: somebody edited them meanwhile; "
            "open the study again; nothing was written"
        )
    _set(study["study"], form.study)
    _collections(study, form.collections)
    if list(form.languages):
        study.setdefault("report", tomlkit.table())["languages"] = list(form.languages)
    parse_config(study.unwrap())
    if any(form.consultation.values()) or "consultation" in profile:
        _set(profile.setdefault("consultation", tomlkit.table()), form.consultation)
        if profile["consultation"].get("deadline"):
            profile["consultation"]["deadline"] = _day(str(profile["consultation"]["deadline"]))
        parse_consultation(profile.unwrap())
    for name, written in ((PROFILE, profile), (FILE, study)):
        with whole_file(folder / name) as partial:
            partial.write_text(tomlkit.dumps(written), encoding="utf-8")
    return read_form(folder)


def document(path: Path) -> Any:  # noqa: ANN401  tomlkit's documents are mappings of whatever TOML can say
    """Return a file of settings as tomlkit has it. Raises ConfigError in one line where it cannot be read."""
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        if path.name == PROFILE:
            return tomlkit.document()
        raise ConfigError(f"expected a study in {path.parent}, got no {FILE} there; make one") from None
    except OSError as problem:
        raise ConfigError(
            f"expected to read {path.name} in {str(path.parent)[-100:]!r}, got: {problem.strerror}; name another folder, or have it opened to you"
        ) from problem
    except UnicodeDecodeError as problem:
        raise ConfigError(f"expected to read {path} as UTF-8, got: {problem}; save it anew") from problem
    except TOMLKitError as problem:
        raise ConfigError(f"{path.name}: expected TOML, got: {problem}; correct that line") from problem


def _set(table: Any, values: Mapping[str, str]) -> None:  # noqa: ANN401  as above
    """Set what differs; what is empty and was not there stays away."""
    for name, value in values.items():
        before = as_text(table.get(name, ""))
        if value.strip() != before:
            place, key = (
                (table[name], next(iter(table[name]))) if _several(table.get(name)) else (table, name)
            )
            place[key] = value.strip()
        if not value.strip() and name == "deadline":
            table.pop(name, None)


def _several(value: object) -> bool:
    """Whether a setting gives one text by language: then the form's is that of the first."""
    return isinstance(value, Mapping) and len(value) > 0


def _collections(study: Any, wanted: Sequence[Mapping[str, str]]) -> None:  # noqa: ANN401  as above
    """Bring the collections to those wanted, in their order; one of the same name keeps its comments and other settings."""
    known = {str(each["name"]): each for each in study.get("collection", [])}
    if [str(name) for name in known] == [each["name"] for each in wanted]:
        for each in wanted:
            _fill(known[each["name"]], each)
        return
    tables: list[Table] = []
    for each in wanted:
        table = known.get(each["name"], tomlkit.table())
        _fill(table, each)
        tables.append(table)
    several = AoT([])
    for table in tables:
        several.append(table)
    if "collection" in study:
        study["collection"] = several
    else:
        study.append("collection", several)


def _fill(table: Any, values: Mapping[str, str]) -> None:  # noqa: ANN401  as above
    _set(table, {name: value for name, value in values.items() if name != "catalogue"})
    catalogue = values.get("catalogue", "").strip()
    if catalogue != as_text(table.get("catalogue", "")):
        if catalogue:
            table["catalogue"] = catalogue
        else:
            table.pop("catalogue", None)


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text  # the check of the profile tells what a day looks like
