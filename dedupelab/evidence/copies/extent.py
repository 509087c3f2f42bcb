"""How much is there twice: surplus copies, exact copies, redundant bytes, and whether a few pictures drive it all."""

from collections.abc import Iterator
from math import ceil

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab import tables
from dedupelab.evidence.copies.population import STATUSES, Population, in_duplicates
from dedupelab.numbers.intervals import CENSUS, UNCHECKED
from dedupelab.numbers.messages import Message, message, named
from dedupelab.numbers.results import Input, Result, count, share
from dedupelab.tables.components import components

HASHED = message("hashed images")


FILES = {
    "hashed": message("Files hashed"),
    "unreadable": message("Files unreadable"),
    "skipped": message("Files skipped"),
}


def counts(people: Population, pairs: pd.DataFrame) -> list[Result]:
    """Return what was listed, hashed, grouped and linked; totals reconcile."""
    listed = (len(people.images), message("listed files"))
    hashed = (len(people.hashed), HASHED)
    status = people.images["status"]
    found = [
        count("N.listed", message("Files listed"), listed[0], "images", listed, message("Counted in the images table.")),
        *(
            count(f"N.{each}", FILES[each], int((status == each).sum()), "images", listed, message("Counted in the images table."))
            for each in STATUSES
        ),
        count(
            "N.low-information", message("Blank or nearly blank images, counted apart"), people.low, "images", hashed,
            message("Images whose information is below {limit}; they are neither works nor surplus copies.", limit=tables.LOW_INFORMATION),
        ),
        *_linked_counts(people, hashed),
    ]  # fmt: skip
    assert sum(result.value or 0 for result in found[1:4]) == found[0].value
    for name, called in people.collections.items():
        own = people.images[people.images["collection"] == name]
        ready = int((own["status"] == "hashed").sum())
        found.append(
            count(f"N.hashed.{name}", message("Images hashed in {holder}", holder=called), ready, "images", (len(own), message("files listed in {holder}", holder=called)), message("Counted in the images table."))
        )  # fmt: skip
    return found + _pair_counts(pairs)


def extent(people: Population) -> list[Result]:
    """Return M1 (with M1b, M1x, M1p, low-information and each collection), M2 and M16 as detected."""
    hashed = (len(people.hashed), HASHED)
    groups = people.groups
    duplicated = people.members[in_duplicates(people.members)].groupby("group_id").size()
    together = duplicated.reindex(groups["group_id"], fill_value=0).to_numpy(np.float64)
    source = (_table("groups", len(groups)),)
    return [
        share(
            "M1", message("Surplus copies"), people.surplus, hashed,
            UNCHECKED,
            message("Images beyond the first of each work, over all hashed images: sum of (images - works) over groups."),
            grade="C", review="unreviewed", inputs=source,
        ),
        share(
            "M1b", message("Images that have at least one copy"), int(together.sum()), hashed,
            UNCHECKED,
            message("Images of works with two or more images, the first one included, over all hashed images; never to be confused with M1."),
            grade="C", review="unreviewed", inputs=source,
        ),
        share(
            "M1.low-information", message("Surplus copies among blank or nearly blank images"), len(people.low_copies), hashed, CENSUS,
            message("Low-information images that are copies by digest, beyond the first of each; not part of M1."),
        ),
        *(_exact(people, *each) for each in _EXACT),
        *_within(people),
        share(
            "M2", message("Redundant bytes"), int(groups["redundant_bytes"].sum()), (int(people.hashed["bytes"].sum()), message("bytes of hashed images")),
            UNCHECKED,
            message("Bytes of all copies but the one kept of each work (the authoritative copy, else the largest), over the bytes of all hashed images."),
            grade="C", review="unreviewed", inputs=source,
        ),
        *_concentration(people),
    ]  # fmt: skip


_EXACT = (
    ("M1x", message("Surplus copies that are equal byte for byte"), ("sha256",), message("Images beyond the first with one SHA-256 of the file.")),
    (
        "M1p", message("Surplus copies that show exactly the same pixels"), ("sha256", "payload_sha256", "pixel_sha256"),
        message("Images beyond the first that share the SHA-256 of the file, of the compressed picture or of the decoded pixels."),
    ),
)  # fmt: skip
EXACT = {name: columns for name, _label, columns, _method in _EXACT}
"""Digests of which one that is shared makes a copy, by the number that counts such copies."""


def _exact(
    people: Population, result_id: str, label: Message, columns: tuple[str, ...], method: Message
) -> Result:
    """Count by digest: a census that needs no detector and no reviewer; low-information images have their own line."""
    return share(
        result_id,
        label,
        len(exact_copies(people, columns)),
        (len(people.hashed), HASHED),
        CENSUS,
        method,
        inputs=(_table("images", len(people.hashed)),),
    )


def exact_copies(people: Population, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return the images beyond the first that share a digest in one of the columns, low-information images apart."""
    seen = people.hashed[~people.hashed["low"]]
    return seen[pd.Series(sets(seen[list(columns)]), seen.index).duplicated()]


def sets(keys: pd.DataFrame) -> NDArray[np.int64]:
    """Return for each row the number of its set, where rows that share a value in any column belong together.

    >>> sets(pd.DataFrame({"a": ["x", "x", "y", None], "b": [None, "p", "q", "p"]})).tolist()
    [0, 0, 1, 0]
    """
    rows: list[np.ndarray] = []
    nodes: list[np.ndarray] = []
    start = len(keys)
    for name in keys:
        codes, values = pd.factorize(keys[name])
        known = np.flatnonzero(codes >= 0)
        rows.append(known)
        nodes.append(codes[known] + start)
        start += len(values)
    left, right = np.concatenate(rows), np.concatenate(nodes)
    return np.asarray(components(left, right, start)[: len(keys)], np.int64)


def _within(people: Population) -> Iterator[Result]:
    """Surplus copies that lie in one collection, whatever others hold."""
    for name, called in people.collections.items():
        total = int((people.hashed["collection"] == name).sum())
        own = people.members[people.members["collection"] == name]
        by_group = own.groupby("group_id").agg(images=("unit", "size"), works=("unit", "nunique"))
        surplus = by_group["images"] - by_group["works"]
        yield share(
            f"M1.in.{name}", message("Surplus copies within {holder}", holder=called), int(surplus.sum()), (total, message("hashed images in {holder}", holder=called)),
            UNCHECKED,
            message("Images of the collection beyond its own first of each work."), grade="C", review="unreviewed", subject=(("collection", name),),
        )  # fmt: skip


def _concentration(people: Population) -> list[Result]:
    top, unequal = largest_groups(people)["surplus"], inequality(people.groups["images"])
    needs_groups = (len(unequal), message("groups"))
    return [
        share(
            "M16", message("Surplus copies that lie in the largest 1 % of groups"), int(top.sum()), (people.surplus, message("surplus copies")),
            UNCHECKED,
            message("Groups by surplus copies, the largest 1 % (at least one group); a high share means that a template or logo drives M1."),
            grade="C", review="unreviewed",
        ),
        share(
            "M16.gini", message("Gini coefficient of group sizes"), float(unequal.sum()), needs_groups,
            UNCHECKED,
            message("0 when all groups are equally large, towards 1 when one group holds nearly all images."),
            grade="C", review="unreviewed", unit="index",
        ),
    ]  # fmt: skip


def largest_groups(people: Population) -> pd.DataFrame:
    """Return the largest 1 % of groups by surplus copies, at least one."""
    some = people.groups[people.groups["surplus"] > 0]
    return some.sort_values("surplus", ascending=False, kind="stable").head(ceil(len(some) / 100))


def inequality(sizes: "pd.Series[int]") -> "pd.Series[float]":
    """Return what each group adds to n times Gini's coefficient: (2 j - n - 1) x_j over the sum of x, for sizes x_1 <= ... <= x_n."""
    ordered = sizes.sort_values(kind="stable").astype(np.float64)
    ranks = 2 * np.arange(1, len(ordered) + 1) - len(ordered) - 1
    return ordered * ranks / ordered.sum()


def _table(name: str, rows: int) -> Input:
    return Input(name, rows, named(name), message("table {name}", name=named(name)), "measured")


def _linked_counts(people: Population, hashed: tuple[float, Message]) -> list[Result]:
    seen = (len(people.hashed) - people.low, message("hashed images, low-information images apart"))
    groups = people.groups
    return [
        count("N.works", message("Different pictures (works)"), people.works, "works", seen, message("Hashed images less low-information images and surplus copies."), grade="C", review="unreviewed"),
        count("N.surplus", message("Surplus copies"), people.surplus, "images", hashed, message("Sum of (images - works) over groups."), grade="C", review="unreviewed"),
        count("N.groups", message("Groups of copies"), len(groups), "groups", seen, message("Groups of two or more linked images."), grade="C", review="unreviewed"),
        count("N.groups.chained", message("Groups in which a chain joined different works"), int((groups["works"] > 1).sum()), "groups", (len(groups), message("groups")), message("Groups that hold a refuted pair; each of their works is counted."), grade="C", review="unreviewed"),
    ]  # fmt: skip


def _pair_counts(pairs: pd.DataFrame) -> list[Result]:
    found = pairs["relation"].value_counts()
    all_pairs = (len(pairs), message("pairs examined"))
    links = int(pairs["relation"].isin(tables.LINKS).sum())
    method = message("Counted in the pairs table: every link and every candidate that was examined.")
    return [
        count("N.pairs", message("Pairs examined"), len(pairs), "pairs", all_pairs, method),
        count("N.links", message("Links: pairs that count as duplication"), links, "pairs", all_pairs, method, grade="C", review="unreviewed"),
        *(
            count(
                f"N.pairs.{each}", message("Pairs found {relation}", relation=named(each)), int(found.get(each, 0)), "pairs", all_pairs, method,
                **({} if each in tables.LINKS[:3] else {"grade": "C", "review": "unreviewed"}),
            )
            for each in tables.RELATIONS
        ),
    ]  # fmt: skip
