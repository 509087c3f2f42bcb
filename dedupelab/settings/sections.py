"""What sections of study.toml have in common, and those that describe a catalogue, the paper, the gate over HTTP and what privacy asks."""

import codecs
import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from dedupelab.collect.catalogues.record import ROLES
from dedupelab.errors import nearest


class Section(BaseModel):
    """What all sections share: unknown names are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


CatalogueFormat = Literal[
    "auto", "oai-dc", "edm", "marcxml", "mods", "ead", "lido", "vra", "newsml-g2", "marc", "unimarc", "iiif", "ninjs", "stock-csv", "resourcespace-csv",
    "collectiveaccess-csv", "csv",
]  # fmt: skip


class CatalogueSection(Section):
    """One catalogue of a collection, and how to read it."""

    path: str = Field(min_length=1, description="file or folder (relative to study.toml) or address")
    format: CatalogueFormat = Field("auto", description="what it is written in")
    encoding: str = Field(
        "auto", min_length=1, description="of its text; by what it says and by evidence if auto"
    )
    link: Literal["auto", "name", "path", "identifier"] = Field("auto", description="what finds the picture")
    columns: dict[str, str] = Field({}, description="for tables: what a column is, and its heading")

    @field_validator("columns")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if name not in ROLES:
                raise ValueError(f"expected names of {', '.join(ROLES)}{nearest(name, ROLES)}")
        return value

    @field_validator("encoding")
    @classmethod
    def _is_codec(cls, value: str) -> str:
        try:
            codecs.lookup("utf-8" if value == "auto" else value)
        except LookupError as problem:
            raise ValueError(
                "expected an encoding that Python knows, such as utf-8, big5hkscs, cp1252"
            ) from problem
        return value


LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A tag of BCP 47, as far as its form goes; which languages there are is known where papers are written."""


class TextsSection(Section):
    """The author's own words in one further language; what is empty is shown as given elsewhere, with a mark."""

    purpose: str = Field("", description="as study.purpose")
    owner: str = Field("", description="as study.owner")
    title: str = Field("", max_length=300, description="as report.title")
    submitter: str = Field("", description="as report.submitter")
    consultation: str = Field("", description="as report.consultation")
    words: dict[str, Annotated[str, Field(min_length=1)]] = Field(
        {}, description="names of options and holders, sources and units, as the study gives them, and here"
    )


class ReportSection(Section):
    """What the paper says of itself."""

    languages: tuple[str, ...] = Field(("en",), min_length=1, description="languages to write")
    title: str = Field("", max_length=300, description="title of the paper; a plain one when empty")
    submitter: str = Field("", description="who hands it in; the study's owner when empty")
    consultation: str = Field("", description="name and reference of the consultation")
    texts: dict[str, TextsSection] = Field({}, description="the author's words in further languages, by tag")
    main_points: tuple[str, ...] = Field(
        (),
        max_length=7,
        description="ids of the numbers that lead page one, in order; by the rule when empty",
    )
    members: bool = Field(default=False, description="whether to write a report for each member")
    out: str = Field("reports", min_length=1, description="where runs land, relative to the current folder")

    @field_validator("languages", "texts")
    @classmethod
    def _are_tags(cls, value: Any) -> Any:  # noqa: ANN401 - a tuple of tags, or a mapping from tags
        for tag in value:
            if not LANGUAGE.fullmatch(tag):
                raise ValueError("expected languages as tags such as en and zh-Hant-HK")
        return value


class ServeSection(Section):
    """Where the gate answers over HTTP, and what one client may ask of it."""

    host: str = Field("127.0.0.1", min_length=1, description="address to listen on; this machine alone")
    port: int = Field(8765, ge=0, le=65_535, description="port to listen on; 0 takes a free one")
    megabytes: int = Field(50, ge=1, le=4096, description="most that one request may hold, all its files")
    files: int = Field(20, ge=1, le=1000, description="most files in one request")
    pixels: int = Field(100_000_000, ge=1, description="most pixels of a picture; one with more is refused")
    seconds: float = Field(
        30.0, gt=0, le=3600, description="in which a request must have arrived, and each file be answered"
    )
    memory: int = Field(1536, ge=512, description="most memory, in MB, of each process that reads uploads")
    waiting: int = Field(
        64, ge=1, le=10_000, description="most requests under way at once; others are told to come back"
    )
    keep: str = Field("", description="folder, relative to study.toml, that keeps uploads; none when empty")


Shared = Literal["counts", "holders", "statements"]
"""What a member's report may say of other members: how many pictures they share, closed below ten; who they are; their words."""


class PrivacySection(Section):
    """What a matching of records about persons has to answer for; printed, and carried by every export."""

    purpose: str = Field("", description="what the comparison is for; the study's purpose when empty")
    retention: str = Field("", description="last day on which the study's tables are kept: YYYY-MM-DD")
    adverse_action: Literal["", "none", "possible"] = Field(
        "", description="whether the result may be used against a person: none or possible"
    )
    persons: Annotated[int, Field(ge=0)] | None = Field(
        None, description="persons whose data are compared, as far as is known"
    )
    members: Shared = Field(
        "holders",
        description="what a member's report may say of others: counts, holders, or their statements",
    )

    @field_validator("retention")
    @classmethod
    def _is_date(cls, value: str) -> str:
        if value:
            try:
                date.fromisoformat(value)
            except ValueError as problem:
                raise ValueError('expected a date such as "2027-12-31"') from problem
        return value
