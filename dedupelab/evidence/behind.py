"""Behind a number: the rows that it counts, so that a reader can look at each of them, or what it was made of.

A number that counts has rows: images, works by their images, groups, pairs, records, entries of a register, decisions. There are
as many as its numerator as detected, or, where rows have the column ADDS, that adds up to it. Sums of money from a register have the
column COST as well, whose sum is the amount before attribution, for all years. What is estimated, averaged or drawn is made of
inputs and of other numbers: the columns MADE_OF.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import permutations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.errors import ConfigError
from dedupelab.evidence.copies.extent import EXACT, exact_copies, inequality, largest_groups
from dedupelab.evidence.copies.population import STATUSES, Population, in_duplicates
from dedupelab.evidence.copies.sensitivity import copies_by_distance
from dedupelab.evidence.metadata.ai import ai_labelled, arrivals, week_name, weekly_series
from dedupelab.evidence.metadata.catalogues import (
    FIELD,
    OUTCOMES,
    compared_with_records,
    placeless,
    said_of_images,
)
from dedupelab.evidence.metadata.conflicts import ANY, FIELDS, ambiguity, field_states
from dedupelab.evidence.metadata.contradictions import compare_institutions
from dedupelab.evidence.metadata.criteria_sensitivity import OUTCOMES as CHOSEN
from dedupelab.evidence.metadata.labelled_twice import label_against_credentials
from dedupelab.evidence.metadata.lineage import described_descent
from dedupelab.evidence.metadata.lookalikes import alike
from dedupelab.evidence.metadata.rights import orphans
from dedupelab.evidence.metadata.within_file import sources_compared
from dedupelab.evidence.money.attribution import KINDS, concerning
from dedupelab.evidence.money.harm import ADDED
from dedupelab.evidence.money.intended import named_as_intended, unintended
from dedupelab.evidence.money.licences import works_by_name
from dedupelab.evidence.money.lines_from_registers import incident_costs, paid_twice
from dedupelab.evidence.money.money import Prices, registered
from dedupelab.numbers.results import Result, by_id
from dedupelab.review.counted_decisions import ADDS, counted_decisions, detected_works
from dedupelab.review.estimates import Assessment
from dedupelab.values.chinese_scripts import Fold, as_written

Rows = Callable[[], pd.DataFrame]
Flags = NDArray[np.bool_]
IMAGE = ["image_id", "collection", "path"]
GROUP = ["group_id", "images", "collections", "authority"]
COST = "cost"
MADE_OF = ["name", "value", "unit", "source", "source_type"]
"""Columns of what a number that counts nothing was made of: its inputs, other numbers by their ids, and what it needs."""
FROM = {
    "M16": ("M1",),
    "M11": ("N.surplus",),
    "S": ("M.sum", *ADDED),
    "V.precision": ("V.stratum",),
    "V.recall": ("V.stratum",),
    "V.kappa": ("V.twice",),
    "V.files": ("M1b", "K.recall", "K.alone"),
}
"""Numbers that those whose id begins so are made of, beside their inputs; with all below them."""


@dataclass(frozen=True)
class Sources:
    """What a study's numbers were counted in: the tables that `stage.measure` takes, and what is only made when it is asked for.

    `alternatives` gives what other choices of criteria would make of each group, `assessment` what people's review says (None before
    anybody looked).
    """

    people: Population
    pairs: pd.DataFrame
    embedded: pd.DataFrame
    records: pd.DataFrame
    crosswalk: pd.DataFrame
    prices: Prices
    alternatives: Rows
    assessment: Callable[[], Assessment | None]
    fold: Fold = as_written


def behind(result_id: str, sources: Sources, results: Iterable[Result]) -> pd.DataFrame:
    """Return the rows that a number counts as detected; of one that counts none, what it was made of (columns MADE_OF).

    Raises
    ------
    ConfigError
        If there is no such number.
    """
    known = by_id(results)
    if result_id not in known:
        families = ", ".join(dict.fromkeys(name.split(".")[0] for name in known))
        raise ConfigError(
            f"expected the id of a number of this study, got {result_id!r}; choose one that begins with {families}"
        )
    result = known[result_id]
    if result.numerator is None:
        return made_of(result, known)
    rows = next((rows for name, rows in counted_rows(sources) if name == result_id), None)
    return made_of(result, known) if rows is None else rows().reset_index(drop=True)


def made_of(result: Result, known: Mapping[str, Result]) -> pd.DataFrame:
    """Return what a number was made of: inputs of its own or of what it is part of, other numbers, counts, and what it needs."""
    above = [result.id]
    while "." in above[-1]:
        above.append(above[-1].rpartition(".")[0])
    inputs = next((known[name].inputs for name in above if name in known and known[name].inputs), ())
    begins = next((FROM[name] for name in above if name in FROM), ())
    others = [
        r
        for r in known.values()
        if r.id in begins
        or r.id.startswith(tuple(f"{each}." for each in begins if each.count(".")))
        or _compared(r, result)
    ]
    parts = [
        *((i.name, i.value, str(i.unit), str(i.source), i.source_type) for i in inputs),
        *((r.id, r.value, r.unit, str(r.label), "measured") for r in others if r.id != result.id),
        *(("needs", None, "", str(need), "") for need in result.needs),
    ]
    if result.numerator is not None:
        parts.append(("counted", result.numerator, "", str(result.label), "measured"))
    if result.denominator is not None:
        parts.append(("of", result.denominator, str(result.denominator_label), "", "measured"))
    return pd.DataFrame(parts, columns=MADE_OF)


def _compared(one: Result, result: Result) -> bool:
    """Whether one is the present value of an option, of which numbers that compare options are made."""
    comparing = result.id.startswith("S.") and not result.about("option")
    return comparing and bool(one.about("option")) and one.id.count(".") == 1


def counted_rows(sources: Sources) -> Iterator[tuple[str, Rows]]:
    """Yield each number that counts rows, once, with what gives them; the costly ones last."""
    told = set[str]()
    for family in _families(sources):
        for name, rows in family:
            if name not in told:
                told.add(name)
                yield name, rows


def _families(sources: Sources) -> Iterator[Iterator[tuple[str, Rows]]]:
    people, fold, of = sources.people, sources.fold, sources.assessment()
    if of is not None and of.enough:
        yield detected_works(of)
    yield _files(people)
    yield _copies(people)
    yield _works(people)
    yield _pairs(sources.pairs)
    yield _groups(people, fold)
    yield _catalogues(people, sources.embedded, sources.records, sources.crosswalk)
    yield _registers(people, sources.prices)
    yield _weeks(people)
    yield _sources(people, fold)
    yield _distances(people, sources.pairs)
    yield _look_alikes(people, sources.pairs)
    yield _descent(people)
    yield _institutions(people, fold)
    yield _choices(people, sources.alternatives)
    if of is not None:
        yield counted_decisions(people.hashed[IMAGE], of)


def _adding(groups: pd.DataFrame, adds: "pd.Series[float] | pd.Series[int]") -> Rows:
    return groups[GROUP].assign(**{ADDS: adds}).dropna(subset=[ADDS]).copy


def _named(groups: pd.DataFrame, names: Iterable[str]) -> Rows:
    return _where(groups, groups["group_id"].isin(set(names)), GROUP)


def _where(frame: pd.DataFrame, mask: "Flags | pd.Series[bool]", columns: list[str]) -> Rows:
    return partial(_chosen, frame, np.asarray(mask, bool), columns)


def _chosen(frame: pd.DataFrame, mask: Flags, columns: list[str]) -> pd.DataFrame:
    return frame.loc[mask, columns]


def _files(people: Population) -> Iterator[tuple[str, Rows]]:
    images, hashed = people.images, people.hashed
    yield "N.listed", _where(images, np.ones(len(images), bool), [*IMAGE, "status", "problem"])
    for status in STATUSES:
        yield f"N.{status}", _where(images, images["status"] == status, [*IMAGE, "problem"])
    orphan = orphans(hashed)
    labelled, silent = ai_labelled(hashed)
    named = hashed["names_person"].astype("boolean").fillna(value=False).astype(bool)
    yield "N.low-information", _where(hashed, hashed["low"], IMAGE)
    yield "M7", _where(hashed, orphan, IMAGE)
    for name in people.collections:
        own = (hashed["collection"] == name).to_numpy(bool)
        yield f"N.hashed.{name}", _where(hashed, own, IMAGE)
        yield f"M7.in.{name}", _where(hashed, orphan & own, IMAGE)
    yield "M12", _where(hashed, labelled, IMAGE)
    yield "M12.labelled", _where(hashed, labelled, IMAGE)
    yield "M12.unlabelled", _where(hashed, silent, IMAGE)
    yield "M17", _where(hashed, named, IMAGE)
    _both, contradict = label_against_credentials(hashed)
    yield "M12c", _where(hashed, contradict, [*IMAGE, "digital_source_type", "ai_system", "c2pa_source_type"])


def _copies(people: Population) -> Iterator[tuple[str, Rows]]:
    members = people.members
    columns = [*IMAGE, "group_id", "work"]
    yield "N.surplus", _where(members, members["unit"].duplicated(), columns)
    for name in ("M1", "M1.window"):
        yield name, _where(members, members["unit"].duplicated(), columns)
    yield "M1.low-information", people.low_copies[IMAGE].copy
    for name in people.collections:
        own = members[members["collection"] == name]
        yield f"M1.in.{name}", _where(own, own["unit"].duplicated(), columns)
    yield "M1b", _where(members, in_duplicates(members), columns)
    for name, digests in EXACT.items():
        yield name, partial(_exact, people, digests)
    orphan = orphans(members)
    fellow = pd.Series(~orphan, index=members.index).groupby(members["unit"]).transform("any")
    yield "M7s", _where(members, orphan & fellow.to_numpy(bool), columns)


def _exact(people: Population, digests: tuple[str, ...]) -> pd.DataFrame:
    return exact_copies(people, digests)[[*IMAGE, *digests]]


def _works(people: Population) -> Iterator[tuple[str, Rows]]:
    """Yield works, and those that several collections hold: one row a work, with how many images and the first of them."""
    members = people.members
    works = members.groupby("unit").agg(
        group_id=("group_id", "first"), image_id=("image_id", "first"), images=("image_id", "size")
    )
    columns = ["group_id", "image_id", "images"]
    inside = {
        name: (members["collection"] == name).groupby(members["unit"]).any().to_numpy(bool)
        for name in people.collections
    }
    holders = np.add.reduce(
        [np.zeros(len(works), np.int64), *(each.astype(np.int64) for each in inside.values())]
    )
    for name in ("M4.any", "M4.any.window"):
        yield name, _where(works, holders > 1, columns)
    lone = people.lone[~people.lone["low"]].assign(images=1)
    yield "N.works", partial(pd.concat, [works[columns], lone[["image_id", "images"]]])
    for one, other in permutations(people.collections, 2):
        yield f"M4.{one}.{other}", _where(works, inside[one] & inside[other], columns)
        yield f"M4j.{one}.{other}", _where(works, inside[one] & inside[other], columns)


def _groups(people: Population, fold: Fold) -> Iterator[tuple[str, Rows]]:
    groups = people.groups
    yield "N.groups", _where(groups, np.ones(len(groups), bool), GROUP)
    yield "N.groups.chained", _where(groups, groups["works"] > 1, GROUP)
    yield "M6b", _where(groups, groups["authority"] == "unresolved", GROUP)
    for name in ("M2", "M2.window"):
        yield name, _adding(groups, groups["redundant_bytes"])
    most = largest_groups(people)
    yield "M16", _adding(most, most["surplus"])
    yield "M16.gini", _adding(groups, inequality(groups["images"]))
    stated = _Stated(people, fold)
    yield "M6", stated.indexed
    yield "M6.ambiguous", stated.ambiguous
    for name, fields in {**{field: (field,) for field in FIELDS}, "any": ANY}.items():
        yield f"M5.{name}", partial(stated.conflicting, fields)
        yield f"M5s.{name}", partial(stated.silent, fields)
    for name, fields in {"creator": ("creator",), "any": ANY}.items():
        yield f"M5.{name}.across", partial(stated.conflicting, fields, across=True)


class _Stated:
    """What the copies of each group state, looked at once and only when somebody asks."""

    def __init__(self, people: Population, fold: Fold) -> None:
        self._people, self._fold = people, fold

    @cached_property
    def _states(self) -> pd.DataFrame:
        return field_states(self._people, self._fold)

    def conflicting(self, fields: tuple[str, ...], *, across: bool = False) -> pd.DataFrame:
        """Return the groups with a conflict in one of these fields; `across`, those of several collections."""
        rows = self._states
        found = rows.loc[rows["field"].isin(fields) & (rows["state"] == "conflict"), "group_id"]
        chosen = self._of(found)
        return chosen[chosen["collections"] > 1] if across else chosen

    def silent(self, fields: tuple[str, ...]) -> pd.DataFrame:
        """Return the groups in which a copy is silent on one of these fields and another is not."""
        rows = self._states
        spoken = rows["field"].isin(fields) & (rows["asserting"] > 0) & rows["silent"].astype(bool)
        return self._of(rows.loc[spoken, "group_id"])

    def ambiguous(self) -> pd.DataFrame:
        """Return the groups with any ambiguity of authority."""
        index = ambiguity(self._states)
        return self._of(index[index > 0].index.to_series())

    def indexed(self) -> pd.DataFrame:
        """Return the groups that say anything of whose the picture is, each with its index of ambiguity."""
        index = ambiguity(self._states)
        chosen = self._of(index.index.to_series())
        return chosen.assign(**{ADDS: chosen["group_id"].map(index).astype(np.float64)})

    def _of(self, names: "pd.Series[str]") -> pd.DataFrame:
        return _named(self._people.groups, names)()


def _pairs(pairs: pd.DataFrame) -> Iterator[tuple[str, Rows]]:
    columns = ["left", "right", "relation", "distance", "score", "reason"]
    yield "N.pairs", _where(pairs, np.ones(len(pairs), bool), columns)
    yield "N.links", _where(pairs, pairs["relation"].isin(tables.LINKS), columns)
    for relation in tables.RELATIONS:
        yield f"N.pairs.{relation}", _where(pairs, pairs["relation"] == relation, columns)


def _catalogues(
    people: Population, embedded: pd.DataFrame, records: pd.DataFrame, crosswalk: pd.DataFrame
) -> Iterator[tuple[str, Rows]]:
    if not len(records):
        return
    columns, outcome = [*records.columns], records["outcome"]
    yield "N.records", records.copy
    for each in OUTCOMES:
        yield f"N.records.{each}", _where(records, outcome == each, columns)
    hashed, claims = embedded[embedded["status"] == "hashed"], said_of_images(records)
    described = hashed["image_id"].isin(claims.index)
    yield "N.catalogued", _where(hashed, described, IMAGE)
    yield "M7.file", _where(hashed, orphans(hashed), IMAGE)
    _compared, conflict = compared_with_records(hashed, claims)
    for field in conflict:
        named = hashed["image_id"].isin(conflict.index[conflict[field]])
        yield f"M5c.{field}", _where(hashed, named, IMAGE if field == "any" else [*IMAGE, str(field)])
    lost = crosswalk.assign(**{ADDS: crosswalk["lost"]})
    fields = crosswalk.groupby(FIELD, sort=True)["mapped_to"].agg(placeless)
    yield "M15", _where(lost, lost["lost"] > 0, [*lost.columns])
    yield "M15.fields", fields[fields].reset_index()[FIELD].copy
    for name in people.collections:
        yield (
            f"N.records.linked.{name}",
            _where(records, (outcome == "linked") & (records["collection"] == name), columns),
        )
        yield f"N.catalogued.{name}", _where(hashed, described & (hashed["collection"] == name), IMAGE)
        yield (
            f"M15.in.{name}",
            _where(lost, (lost["lost"] > 0) & (lost["collection"] == name), [*lost.columns]),
        )


def _registers(people: Population, prices: Prices) -> Iterator[tuple[str, Rows]]:
    """Yield entries of registers, incidents each once; works that the licence ledger tells of, with the ids of its entries."""
    meant = prices.registers.get("intended")
    if meant is not None and len(meant):
        surplus, redundant = unintended(people, named_as_intended(people, meant))
        groups = people.groups
        yield "M1.unintended", _adding(groups, groups["group_id"].map(surplus))
        yield "M2.unintended", _adding(groups, groups["group_id"].map(redundant))
    works = works_by_name(people)
    licences, entries = registered(works, prices)
    if entries is not None:
        known = concerning(entries.incidents, works, people)
        for name in ("M9a", "M9a.duplicated"):
            yield name, _where(known, known["duplicated"], [*known.columns])
        yield "M9a.single", _where(known, ~known["duplicated"], [*known.columns])
        for name, kinds in {"M9": KINDS, "M14": ("reacquisition",)}.items():
            rows = entries.incidents[entries.incidents["kind"].isin(kinds)]
            if len(rows):
                cost, _told = incident_costs(rows, prices.price_year, prices.deflator)
                yield name, rows.assign(**{COST: cost}).dropna(subset=[COST]).copy
    if licences is not None:
        yield "M10a", partial(paid_twice, licences)
        for name, by_work in {"M10b": licences.exposure, "M10c": licences.ratios}.items():
            column = COST if name == "M10b" else "ratio"
            rows = pd.DataFrame({"work": [*by_work], column: [*by_work.values()]})
            yield name, rows.assign(entries=[", ".join(licences.entries[each]) for each in by_work]).copy


def _weeks(people: Population) -> Iterator[tuple[str, Rows]]:
    hashed = people.hashed
    monday = arrivals(hashed)
    labelled, listed = ai_labelled(hashed)[0], weekly_series(hashed)["week"].tolist()
    week = monday.map({each: week_name(each) for each in monday.unique()}).reindex(hashed.index)
    yield "M12w", _where(hashed, labelled & week.isin(listed), IMAGE)
    for name in listed:
        yield f"M12w.{name}", _where(hashed, labelled & (week == name), IMAGE)


def _sources(people: Population, fold: Fold) -> Iterator[tuple[str, Rows]]:
    _repeated, differing = sources_compared(people, fold)
    columns = [*IMAGE, "disagreements"]
    yield "M5i.any", _where(people.hashed, differing.any(axis=1), columns)
    for field in FIELDS:
        yield f"M5i.{field}", _where(people.hashed, differing[field], columns)


def _distances(people: Population, pairs: pd.DataFrame) -> Iterator[tuple[str, Rows]]:
    for limit, beyond in copies_by_distance(people, pairs):
        yield f"M1.at.{limit}", people.hashed.loc[beyond.index[beyond], IMAGE].copy


def _look_alikes(people: Population, pairs: pd.DataFrame) -> Iterator[tuple[str, Rows]]:
    for name, images in alike(people, pairs).items():
        yield name, _where(people.hashed, people.hashed["image_id"].isin(images), [*IMAGE, "date_created"])


def _descent(people: Population) -> Iterator[tuple[str, Rows]]:
    for name, groups in described_descent(people).items():
        yield f"M6l.{name}", _named(people.groups, groups)


def _institutions(people: Population, fold: Fold) -> Iterator[tuple[str, Rows]]:
    """Yield the works on which two institutions contradict each other: one row a work, with the first of its images."""
    first = people.members.drop_duplicates("unit")
    compared, found = compare_institutions(people, fold)
    for field, (one, other) in compared:
        works = first["unit"].isin(found.get((field, (one, other)), ()))
        yield f"M5p.{field}.{one}.{other}", _where(first, works, ["group_id", "image_id"])


def _choices(people: Population, alternatives: Rows) -> Iterator[tuple[str, Rows]]:
    tried = alternatives()
    changed = tried[tried["outcome"].isin(CHOSEN)]
    for name, change in tried[["criterion", "change"]].drop_duplicates().itertuples(index=False):
        case = changed[(changed["criterion"] == name) & (changed["change"] == change)]
        yield f"M6c.{name}.{change}", _named(people.groups, case["group_id"])
        for outcome in CHOSEN:
            of = case.loc[case["outcome"] == outcome, "group_id"]
            yield f"M6c.{name}.{change}.{outcome}", _named(people.groups, of)
