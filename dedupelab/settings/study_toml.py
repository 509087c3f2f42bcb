"""A study's settings: `study.toml` as one immutable object, every name and range checked before any work starts."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo

from dedupelab.collect.listing import EXCLUDED
from dedupelab.collect.reading.codes import Code
from dedupelab.collect.reading.decoding import PIXELS
from dedupelab.errors import ConfigError, nearest
from dedupelab.match.authority import NAMES as CRITERIA
from dedupelab.settings.money import HarmSection, ScenariosSection, SensitivitySection, TrendSection
from dedupelab.settings.sections import (
    CatalogueSection,
    PrivacySection,
    ReportSection,
    Section,
    ServeSection,
)

FILE = "study.toml"
NAME = re.compile(r"[\w][\w .()&+-]{0,99}")
Model = TypeVar("Model", bound=BaseModel)
SCHEDULER = re.compile(r"tcp://(?:[^\s/:\[\]]+|\[[0-9a-fA-F:]+\]):\d{1,5}")


class StudySection(Section):
    """Who studies what, and why."""

    name: str = Field(min_length=1, max_length=100, description="short name; the run folder carries it")
    purpose: str = Field("", description="what the results are for; printed in the report")
    owner: str = Field("", description="who answers for the study; printed in the report")

    @field_validator("name")
    @classmethod
    def _is_folder_name(cls, value: str) -> str:
        if not NAME.fullmatch(value):
            raise ValueError("expected letters, digits, spaces, dots and hyphens (it names a folder)")
        return value


class CollectionSection(Section):
    """One holder's pictures."""

    name: str = Field(min_length=1, max_length=100, description="short name, unique in the study")
    location: str = Field(min_length=1, description="folder (relative to study.toml) or fsspec address")
    holder: str = Field("", description="who holds it, as the report should say")
    kind: str = Field("", description="archive, newsroom, stock, portal, bureau ...")
    catalogue: tuple[CatalogueSection, ...] = Field(
        (), description="its own catalogues: path, table, or a list of these"
    )

    @field_validator("catalogue", mode="before")
    @classmethod
    def _is_several(cls, value: object) -> object:
        several = value if isinstance(value, tuple) else (value,)
        return tuple({"path": each} if isinstance(each, str) else each for each in several)


class ScanSection(Section):
    """How files are read."""

    decode: Literal["scaled", "full"] = Field(
        "scaled", description="full gives imagehash's bits exactly, slower"
    )
    tolerance: float = Field(
        0.05, ge=0, le=1, description="unreadable share of a collection above which exit code is 3"
    )
    codes: tuple[Code, ...] = Field((), description="codes of other systems to compute as well: pdq, iscc")
    metadata: Literal["own", "exiftool", "exiv2"] = Field(
        "own",
        description="who reads metadata; exiftool must be on PATH, and is slower; exiv2 is an extra (GPL)",
    )
    trust_anchors: str = Field(
        "", description="PEM file, relative to study.toml: certificates whose Content Credentials are trusted"
    )
    seconds: float = Field(
        60.0, gt=0, le=86_400, description="longest that reading one file may take; then it is unreadable"
    )
    memory: int = Field(
        4096, ge=256, description="most memory, in MB, that reading a file may take, in a process of its own"
    )
    pixels: int = Field(
        PIXELS,
        ge=1,
        description="most pixels of a picture; one with more is taken for a bomb and is unreadable",
    )
    exclude: tuple[str, ...] = Field(
        EXCLUDED, description="files and folders that are left out, by patterns such as #recycle or drafts-*"
    )
    precedence: Literal["embedded", "catalogue"] = Field(
        "embedded", description="whose value stands where a file and its catalogue record differ"
    )


class MatchSection(Section):
    """How pairs are found."""

    gear: Literal["thorough", "quick", "auto"] = Field(
        "thorough", description="thorough adds local descriptors; auto, of older studies, is thorough"
    )
    max_distance: int = Field(
        10, ge=0, le=64, description="pHash bits (of 64) a candidate pair may differ in"
    )
    criteria: tuple[str, ...] = Field(CRITERIA, description="what makes a copy authoritative, in order")
    memory: int = Field(
        1000,
        ge=50,
        description="megabytes that voting of local descriptors may hold at once, whatever the number of pictures; changes nothing that is found",
    )
    one_script: bool = Field(
        default=False, description="whether Traditional and Simplified Chinese are compared as one"
    )

    @field_validator("criteria")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in CRITERIA:
                raise ValueError(f"expected some of {', '.join(CRITERIA)}{nearest(name, CRITERIA)}")
        return value


class ReviewSection(Section):
    """How many pairs people look at."""

    pairs: int = Field(300, ge=30, le=100_000, description="pairs drawn for review, double reviews apart")
    seed: int = Field(1, ge=0, description="another seed draws other pairs")
    simulated: bool = Field(
        default=False,
        description="the reviewers are invented, as in a rehearsal: the paper says so wherever it would say that people looked",
    )


class ComputeSection(Section):
    """What the work runs on."""

    workers: int = Field(0, ge=0, le=512, description="processes; 0 means one per core")
    scheduler: str = Field("", description="address of a Dask scheduler whose workers do the work instead")

    @field_validator("scheduler")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not SCHEDULER.fullmatch(value):
            raise ValueError(
                "expected an address such as tcp://10.0.0.1:8786, or nothing for this machine alone"
            )
        return value


class Config(Section):
    """The whole of study.toml."""

    study: StudySection
    collection: tuple[CollectionSection, ...] = Field(min_length=1)
    scan: ScanSection = ScanSection()
    match: MatchSection = MatchSection()
    review: ReviewSection = ReviewSection()
    harm: HarmSection = HarmSection()
    scenarios: ScenariosSection = ScenariosSection()
    trend: TrendSection = TrendSection()
    sensitivity: SensitivitySection = SensitivitySection()
    report: ReportSection = ReportSection()
    compute: ComputeSection = ComputeSection()
    privacy: PrivacySection = PrivacySection()
    serve: ServeSection = ServeSection()

    @model_validator(mode="after")
    def _names_differ(self) -> "Config":
        names = [collection.name for collection in self.collection]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(
                    f"expected collections with different names, got {name!r} {names.count(name)} times; rename one"
                )
        return self

    @property
    def holders(self) -> dict[str, str]:
        """Collection names to who holds them; a collection without a holder goes by its own name."""
        return {each.name: each.holder or each.name for each in self.collection}

    @property
    def gear(self) -> Literal["thorough", "quick"]:
        """The gear of a study; `auto` depended on its size once, and is thorough."""
        return "quick" if self.match.gear == "quick" else "thorough"

    @property
    def workers(self) -> int:
        """Processes to use."""
        own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return self.compute.workers or own or 1


def load_config(path: Path) -> Config:
    """Read and check a study's settings.

    Parameters
    ----------
    path
        The study's folder or its `study.toml`.

    Raises
    ------
    ConfigError
        With one line: which setting, what was expected, what was got, and the nearest valid name for an unknown one.
    """
    file = path / FILE if path.is_dir() or path.suffix != ".toml" else path
    settings = read_toml(file)
    if settings is None:
        raise ConfigError(f"expected a study at {path}, got no {FILE} there; write one with: dedupelab init")
    return parse_config(settings)


def read_toml(file: Path) -> dict[str, Any] | None:
    """Read a file of settings, not yet checked; None where there is none. Raises ConfigError where it is no TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"expected to read {file} as UTF-8, got: {problem}; save it anew") from problem
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{file.name}: expected TOML, got: {problem}; correct that line") from problem


def parse_config(settings: Mapping[str, Any]) -> Config:
    """Check settings that are already a mapping; raises ConfigError like `load_config`."""
    return checked(settings, Config, FILE)


def checked(settings: Mapping[str, Any], model: type[Model], file: str) -> Model:
    """Return settings as their model has them; raises ConfigError with one line that names the file."""
    try:
        return model.model_validate(_frozen(settings))
    except ValidationError as problem:
        raise ConfigError(f"{file}: {_explain(problem, model)}") from problem


def _frozen(value: object) -> Any:  # noqa: ANN401  whatever TOML can say
    """Arrays as tuples, so that types can be checked strictly: "10" and true are no numbers."""
    if isinstance(value, Mapping):
        return {name: _frozen(inner) for name, inner in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


_PLAIN = {
    "model_type": "a section of settings",
    "tuple_type": "a list",
    "too_short": "a list that is not empty",
}
"""What pydantic says in terms of Python."""


def _explain(problem: ValidationError, model: type[BaseModel]) -> str:  # noqa: PLR0911  one per kind of mistake
    """Say in one line what is wrong with settings that should be a `model`."""
    errors = problem.errors()
    # A misspelt name often also leaves the right one missing: then the misspelling is what to tell.
    error = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    place = [str(part) for part in error["loc"] if not isinstance(part, int)]
    # A name of a setting may hold anything, and the message is one line.
    name = "".join(c if c.isprintable() else repr(c)[1:-1] for c in ".".join(place))
    kind, context = error["type"], error.get("ctx", {})
    got = shown(error["input"])
    if kind == "extra_forbidden":
        valid = list(_section(model, place[:-1]).model_fields)
        return f"{name} is not a known setting{nearest(place[-1], valid)} (known: {', '.join(valid)})"
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return f"expected {name} to be one of {', '.join(choices)}, got {got}{nearest(str(error['input']), choices)}"
    if kind == "missing":
        what = "section [[collection]]" if name == "collection" else name
        at = next((n for n, part in enumerate(error["loc"]) if isinstance(part, int)), None)
        if at is not None:
            section = ".".join(map(str, error["loc"][:at]))
            what += f" in [[{section}]] number {int(error['loc'][at]) + 1}"
        return f"expected {what}, got none; add it"
    if kind in _PLAIN:
        return f"expected {name} to be {_PLAIN[kind]}, got {got}"
    if kind in {"greater_than_equal", "less_than_equal"}:
        return f"{name} must be {_range(model, place)}, got {got}"
    if kind in {"string_too_long", "too_long"}:
        what = "characters" if kind == "string_too_long" else "entries"
        return f"expected {name} to have at most {context['max_length']:,} {what}, got {len(error['input']):,}; shorten it"
    if kind == "value_error":
        message = error["msg"].removeprefix("Value error, ")
        if isinstance(error["input"], Mapping):  # its numbers are in the message
            return f"{name}: {message}" if name else message
        return message if not name else f"{name}: {message}, got {got}"
    return f"{name}: {error['msg'][0].lower() + error['msg'][1:]}, got {got}" + (
        f" ({context['expected']})"
        if "expected" in context and context["expected"] not in error["msg"]
        else ""
    )


def shown(value: object) -> str:
    """Return a value as a message shows it, on one line and cut where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _section(model: type[BaseModel], place: list[str]) -> type[BaseModel]:
    for part in place:
        if part not in model.model_fields:  # a name that the author chose, such as a language
            continue
        candidates = [a for a in _types(model.model_fields[part].annotation) if issubclass(a, BaseModel)]
        model = candidates[0]
    return model


def _types(annotation: object) -> list[type]:
    inner = getattr(annotation, "__args__", ())
    return (
        [t for a in inner for t in _types(a)]
        if inner
        else [annotation]
        if isinstance(annotation, type)
        else []
    )


def _range(model: type[BaseModel], place: list[str]) -> str:
    limits = _limits(_section(model, place[:-1]).model_fields[place[-1]])
    low = next((f"{m.ge}" for m in limits if hasattr(m, "ge")), "")
    high = next((f"{m.le}" for m in limits if hasattr(m, "le")), "")
    return f"within {low}..{high}" if low and high else f"{low} or more" if low else f"{high} or less"


def _limits(field: FieldInfo) -> list[object]:
    """Return a field's bounds, also where they stand inside an optional type."""
    inside = [m for a in getattr(field.annotation, "__args__", ()) for m in getattr(a, "__metadata__", ())]
    nested = [n for m in inside for n in getattr(m, "metadata", [])]
    return [*field.metadata, *inside, *nested]
