"""What the chapters are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from dedupelab.publish.chapters.prose import Prose
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.language.language import called, current, original
from dedupelab.publish.paper.document import Figure, Table
from dedupelab.settings.consultation import Consultation
from dedupelab.settings.study_toml import Config
from dedupelab.tables import CATALOGUE_FILES, CROSSWALK, RECORDS

NAMES = ("owner", "submitter", "consultation")
"""Fields of `[report.texts.TAG]` that are proper names."""


@dataclass(frozen=True)
class Example:
    """One group shown copy by copy: its contact sheet and the table that belongs to it.

    `kept` counts copies with blurred parts, copies whose words are hidden, and copies that are left out on request.
    """

    group: Mapping[str, object]
    sheet: Figure
    copies: Table
    kept: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True)
class Material:
    """A study as the paper sees it: settings, numbers, tables, and figures by name.

    `money` holds the tables options, tornado and trend, and the registers by kind. `versions` are the packages whose versions a replication needs; `digests` name the run's tables.
    `worked` is the first example field by field. `prose` is what authors wrote, by section and language; `incomplete` says which collections were not read far enough.
    `news` are the lines of those runs of the study that found something else than the run before (see `history`).
    """

    config: Config
    numbers: Numbers
    images: pd.DataFrame
    pairs: pd.DataFrame
    groups: pd.DataFrame
    overlap: pd.DataFrame
    money: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    worked: Table | None = None
    gear: str = "quick"
    versions: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    records: pd.DataFrame = field(default_factory=RECORDS.empty)
    crosswalk: pd.DataFrame = field(default_factory=CROSSWALK.empty)
    catalogue_files: pd.DataFrame = field(default_factory=CATALOGUE_FILES.empty)
    consultation: Consultation | None = None
    prose: Prose = field(default_factory=dict)
    incomplete: tuple[str, ...] = ()
    news: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def holders(self) -> dict[str, str]:
        """Collection names to what the report calls their holders in the language that is being written."""
        return {name: called(holder) for name, holder in self.config.holders.items()}

    def author(self, name: str) -> str:
        """Return the author's own words in the language that is being written, else as given, with the mark that says so.

        `name` is a field of `[report.texts.TAG]`; without it, consultation.toml's word goes before study.toml's. Names of people and institutions are given as they are, without a mark.
        """
        own = self.config.report.texts.get(current().tag)
        if own is not None and (said := str(getattr(own, name))):
            return said
        study, report, profile = self.config.study, self.config.report, self.consultation
        given = {
            "purpose": study.purpose,
            "owner": study.owner,
            "title": report.title,
            "submitter": (profile.submission.submitter if profile else "") or report.submitter,
            "consultation": profile.consultation.name if profile else report.consultation,
        }
        text = given[name]
        return text if name in NAMES else original(text)

    @property
    def several(self) -> bool:
        """Whether there is anything to share between collections."""
        return len(self.config.collection) > 1
