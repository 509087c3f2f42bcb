"""A study's figures: which ones there are, drawn from its numbers and tables. The paper and the notebooks both use them."""

import math
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from dedupelab.errors import ConfigError
from dedupelab.evidence.money.harm import YEARLY
from dedupelab.numbers.messages import loaded
from dedupelab.publish.chapters import redaction_notes as withheld
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.harm import LINES
from dedupelab.publish.chapters.material import Example
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.chapters.worked_example import FIELD_WORDS, ordered_copies
from dedupelab.publish.figures import exhibits_authority, exhibits_money, figures
from dedupelab.publish.figures.captions import Caption
from dedupelab.publish.figures.exhibits_money import population, unit_of
from dedupelab.publish.language.language import _, joined, told, word
from dedupelab.publish.paper.document import Figure, Table
from dedupelab.review.sampling import kind
from dedupelab.study.redactions import shown_together
from dedupelab.study.study import Study
from dedupelab.tables import LOW_INFORMATION

EXAMPLES = 4
COPIES_SHOWN = 8


def exhibits(study: Study, folder: Path) -> dict[str, Figure]:
    """Draw every figure the study's numbers allow; return them by name."""
    return {name: drawn for name in MAKERS if (drawn := exhibit(study, name, folder)) is not None}


def exhibit(study: Study, name: str, folder: Path) -> Figure | None:
    """Draw one figure; None where the study has nothing to show in it.

    Raises
    ------
    ConfigError
        If there is no figure of that name.
    """
    if name not in MAKERS:
        raise ConfigError(f"expected a figure of {', '.join(MAKERS)}, got {name!r}; choose one")
    return MAKERS[name](study, Numbers.of(study.results()), folder)


def _overlap(study: Study, _other: Numbers, folder: Path) -> Figure | None:
    overlap = study.overlap()
    if len(study.config.collection) < 2 or not (overlap["shared"] > 0).any():
        return None
    return figures.overlap_heat_map(overlap, folder, population=population(study), source="results.json, M4")


def _sharing(study: Study, _other: Numbers, folder: Path) -> Figure | None:
    overlap = study.overlap()
    if len(study.config.collection) < 2 or not (overlap.query("row != column")["shared"] > 0).any():
        return None
    images = study.images()
    counts = images.loc[images["status"] == "hashed", "collection"].value_counts()
    sizes = {c.name: int(counts.get(c.name, 0)) for c in study.config.collection}
    return figures.sharing_graph(
        overlap, sizes, folder, population=population(study), source="results.json, M4"
    )


def _relations(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    pairs = {r.id.removeprefix("N.pairs."): int(r.value or 0) for r in numbers.below("N.pairs")}
    if not any(pairs.values()):
        return None
    return figures.relations_chart(
        pairs, folder, population=population(study), source="results.json, N.pairs"
    )


def _sizes(study: Study, _other: Numbers, folder: Path) -> Figure | None:
    groups = study.groups()
    if not len(groups):
        return None
    sizes = [int(size) for size in groups["images"]]
    return figures.group_sizes(sizes, folder, population=population(study), source=_("table groups"))


def _threshold(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    at = [(int(r.id.rsplit(".", 1)[1]), r.value) for r in numbers.below("M1.at") if r.value is not None]
    if len(at) < 2 or not any(rate for _other, rate in at):
        return None
    curve = pd.DataFrame(at, columns=["distance", "rate"])
    limit = study.config.match.max_distance
    return figures.threshold_curve(
        curve, limit, folder, population=population(study), source="results.json, M1.at"
    )


def _conflicts(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    rows = []
    for field, words in FIELD_WORDS.items():
        result = numbers.get(f"M5.{field}")
        if result is not None and result.value is not None:
            low, high = result.interval or (math.nan, math.nan)
            rows.append((_(words), result.value, low, high))
    if not rows:
        return None
    frame = pd.DataFrame(rows, columns=["label", "value", "low", "high"])
    return figures.conflicts_by_field(frame, folder, population=population(study), source="results.json, M5")


def _links_hold(numbers: Numbers) -> str:
    found = numbers.get("V.precision")
    if found is None or found.value is None:
        return _("Too few pairs were reviewed to judge the links")
    return _("{found:.0%} of the links that digests do not prove are copies", found=found.value)


def _accuracy(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    rows = []
    for result in numbers.below("V.copies"):
        if result.value is not None:
            low, high = result.interval or (math.nan, math.nan)
            label = told(kind(result.about("relation"), result.about("band")))
            rows.append((label, result.value, low, high))
    if not rows:
        return None
    shown = pd.DataFrame(rows, columns=["label", "value", "low", "high"])
    whole = population(study)
    caption = Caption(
        _links_hold(numbers),
        _(
            "Share of reviewed pairs that are copies, by relation and fingerprint distance, per cent; {whole}",
            whole=whole,
        ),
        joined(
            (_("{label} {value:.0%}", label=label, value=value) for label, value, *_rest in rows[:3]), "; "
        ),
    )
    return figures.headline_intervals(
        shown, folder, population=whole, source="results.json, V.copies", caption=caption,
        identifier="figure-accuracy", axis=_("per cent of reviewed pairs"),
    )  # fmt: skip


def _harm(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    rows = []
    for name in LINES:
        result = numbers.get(name)
        if result is None or (
            result.value is not None and not result.unit.startswith(study.config.harm.currency)
        ):
            continue
        low, high = result.interval or (math.nan, math.nan)
        value = math.nan if result.value is None else result.value
        what = told(result.label)
        what = _("{line} (per year)", line=what) if result.id in YEARLY else _("{line} (once)", line=what)
        rows.append((what, value, low, high, True, _("needs {needs}", needs=wording.needs(result))))
    frame = pd.DataFrame(rows, columns=["label", "value", "low", "high", "estimated", "reason"])
    if not frame["value"].notna().any():
        return None
    return figures.harm_lines(
        frame, folder, population=population(study), source=_("results.json, M3 to M14"), unit=unit_of(study)
    )


def _weekly_ai(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    rows = [
        (date.fromisocalendar(*_year_and_week(r.id), 1), r.denominator or 0, r.value or 0)
        for r in numbers.below("M12w")
    ]
    if not any(labelled for *_rest, labelled in rows):
        return None
    weeks, total = pd.DataFrame(rows, columns=["week", "images", "copies"]), numbers["M12w"]
    mean = wording.with_interval(total)
    caption = figures.Caption(
        _(
            "{total_part:,.0f} AI-labelled images in {total_whole:,.0f} weeks",
            total_part=total.numerator,
            total_whole=total.denominator,
        ),
        _(
            "Images per week by modification time, and those labelled as AI-made; {study}",
            study=population(study),
        ),
        _("On average {mean} were labelled as AI-made.", mean=mean),
    )
    return figures.weekly_ingest(
        weeks, folder, population=population(study), source="results.json, M12w", caption=caption,
        identifier="figure-weekly-ai", labels=(_("all images"), _("labelled as AI-made")),
    )  # fmt: skip


def _year_and_week(result_id: str) -> tuple[int, int]:
    year, week = result_id.rpartition(".")[2].split("-W")
    return int(year), int(week)


def _headlines(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    rows = []
    for name in ("M1", "M1b", "M1p", "M4.any", "M5.creator", "M6b", "M7", "M7s"):
        result = numbers.get(name)
        if result is not None and result.value is not None:
            low, high = result.interval or (math.nan, math.nan)
            rows.append((told(result.label), result.value, low, high))
    if not rows:
        return None
    frame = pd.DataFrame(rows, columns=["label", "value", "low", "high"])
    return figures.headline_intervals(frame, folder, population=population(study), source="results.json")


Maker = Callable[[Study, Numbers, Path], Figure | None]
MAKERS: Mapping[str, Maker] = {
    "headlines": _headlines,
    "overlap": _overlap,
    "sharing": _sharing,
    "relations": _relations,
    "sizes": _sizes,
    "threshold": _threshold,
    "conflicts": _conflicts,
    **exhibits_authority.MAKERS,
    "weekly-ai": _weekly_ai,
    "harm": _harm,
    **exhibits_money.MAKERS,
    "accuracy": _accuracy,
}


def example_groups(study: Study, count: int = EXAMPLES) -> list[str]:
    """Return the groups worth showing: those whose copies contradict each other, then those that most collections hold.

    Groups of low-information pictures are left out; ties are settled by identifier, so that the choice is the same every
    time.
    """
    images, members = study.images(), study.members()
    poor = set(images.loc[images["information"] < LOW_INFORMATION, "image_id"])
    blank = set(members.loc[members["image_id"].isin(poor), "group_id"])
    groups = study.groups()
    groups = groups[(groups["works"] == 1) & ~groups["group_id"].isin(blank)]
    fields = study.fields()
    disputed = fields.loc[
        (fields["state"] == "conflict") & fields["field"].isin(("creator", "credit", "date_created")),
        "group_id",
    ]
    groups = groups.assign(disputed=groups["group_id"].isin(disputed))
    order = ["disputed", "collections", "images", "group_id"]
    ranked = groups.sort_values(order, ascending=[False, False, False, True])
    return [str(name) for name in ranked["group_id"].head(count)]


def example(study: Study, group_id: str, folder: Path) -> Example | None:
    """Return one group's contact sheet with its table; None when its pictures cannot be opened any more."""
    chosen = ordered_copies(study.members(), group_id)
    copies = study.images().set_index("image_id").loc[chosen]
    holders = {c.name: c.holder or c.name for c in study.config.collection}
    kept, tiles, silent = study.redactions(), [], 0
    asked = [str(identity) for identity in copies.index[:COPIES_SHOWN]]
    pictures = study.shown(asked, 420)
    for (identity, picture), (_other, row) in zip(
        pictures.items(), copies.loc[list(pictures)].iterrows(), strict=True
    ):
        hidden = identity in kept and kept[identity].silent
        silent += hidden
        stated = [
            row[name] if isinstance(row[name], str) and not hidden else ""
            for name in ("creator", "credit", "date_created")
        ]
        size = f"{int(row['width'])} x {int(row['height'])}"
        tiles.append(figures.Tile(picture, (holders[row["collection"]], size, str(row["format"]), *stated)))
    if len(tiles) < 2:
        return None
    group = study.groups().set_index("group_id").loc[group_id]
    shown = (
        ""
        if len(tiles) == len(copies)
        else _(", {tiles} of {copies} copies", tiles=len(tiles), copies=len(copies))
    )
    name = _("group {group_id}{shown}", group_id=group_id, shown=shown)
    authority = _(
        "An asterisk marks what differs from the first copy. Authoritative copy: {authority}, {authority_reason}.",
        authority=word(str(group["authority"])),
        authority_reason=told(loaded(group["authority_message"], group["authority_reason"])),
    )
    shielded = sum(identity in kept and bool(kept[identity].blurred) for identity in pictures)
    absent = len(asked) - len(shown_together(asked, kept))
    sheet = figures.contact_sheet(
        tiles, folder, population=name, source=_("the collections"), identifier=f"figure-{group_id}",
        note=withheld.noted(authority, shielded, silent),
    )  # fmt: skip
    table = sheet.data
    if not isinstance(table, Table):
        return None
    return Example({str(k): v for k, v in group.items()}, sheet, table, (shielded, silent, absent))
