"""Small studies written down as rows, so that every number can be computed by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest

from dedupelab import tables
from dedupelab.evidence.results import Result, by_id
from dedupelab.evidence.stage import Measured, measure


@dataclass(frozen=True)
class Frames:
    images: pd.DataFrame
    pairs: pd.DataFrame
    groups: pd.DataFrame
    members: pd.DataFrame

    def measured(self, collections: Sequence[str] | Mapping[str, str], **more: Any) -> Measured:
        return measure(self.images, self.pairs, self.groups, self.members, collections=collections, **more)

    def results(self, collections: Sequence[str] | Mapping[str, str], **more: Any) -> dict[str, Result]:
        return by_id(self.measured(collections, **more).results)


def frames(
    images: Sequence[Mapping[str, Any]],
    groups: Sequence[Sequence[Sequence[str]]] = (),
    pairs: Sequence[tuple[str, str, str]] = (),
    unresolved: Sequence[int] = (),
) -> Frames:
    """Images as partial rows (id, collection, ...); groups as works as image ids; pairs as (left, right, relation)."""
    rows = [
        {
            "image_id": each["id"],
            "path": f"{each['id']}.jpg",
            "bytes": 100,
            "status": "hashed",
            "sha256": f"sha-{each['id']}",
            "information": 0.9,
            "ai_label": "no-label",
            "c2pa": "none",
            "has_gps": False,
            "collection": "a",
            **{key: value for key, value in each.items() if key != "id"},
        }
        for each in images
    ]
    size = {row["image_id"]: row["bytes"] for row in rows}
    place = {row["image_id"]: row["collection"] for row in rows}
    group_rows, member_rows = [], []
    for number, works in enumerate(groups):
        ids = [image for work in works for image in work]
        group_rows.append(
            {
                "group_id": f"g{number:04d}",
                "images": len(ids),
                "collections": len({place[image] for image in ids}),
                "works": len(works),
                "bytes": sum(size[image] for image in ids),
                "redundant_bytes": sum(
                    sum(size[i] for i in work) - max(size[i] for i in work) for work in works
                ),
                "weakest_link": 0.9,
                "diameter": 1,
                "bridges": 0,
                "authoritative": None,
                "authority": "unresolved" if number in unresolved else "resolved",
                "authority_reason": "first",
            }
        )
        member_rows += [
            {"group_id": f"g{number:04d}", "image_id": image, "role": "copy", "work": index}
            for index, work in enumerate(works)
            for image in work
        ]
    pair_rows = [
        {
            "left": left,
            "right": right,
            "distance": 0,
            "transform": "identity",
            "relation": relation,
            "score": 1.0,
            "reason": "as written",
            "cross_collection": False,
        }
        for left, right, relation in pairs
    ]
    return Frames(
        tables.IMAGES.from_rows(rows),
        tables.PAIRS.from_rows(pair_rows),
        tables.GROUPS.from_rows(group_rows),
        tables.MEMBERS.from_rows(member_rows),
    )


@pytest.fixture(name="frames")
def _frames() -> Callable[..., Frames]:
    return frames


@pytest.fixture
def twenty() -> Frames:
    """20 files listed: 16 hashed, 3 unreadable, 1 skipped; one group of 4 (400, 300, 200, 100 bytes) and one of 2.

    a holds w0 w1 x0 and seven lone images; b holds w2 w3 x1 and three lone images, of which one is blank.
    """
    w = [{"id": f"w{n}", "collection": "ab"[n // 2], "bytes": 400 - 100 * n} for n in range(4)]
    x = [{"id": "x0"}, {"id": "x1", "collection": "b"}]
    lone = [{"id": f"l{n}", "collection": "a" if n < 7 else "b"} for n in range(9)]
    blank = [{"id": "blank", "collection": "b", "information": 0.1}]
    bad = [
        {"id": f"bad{n}", "status": "unreadable", "problem": "truncated", "sha256": None} for n in range(3)
    ]
    skipped = [{"id": "skip", "status": "skipped", "problem": "not a picture", "sha256": None}]
    return frames(
        [*w, *x, *lone, *blank, *bad, *skipped],
        [[["w0", "w1", "w2", "w3"]], [["x0", "x1"]]],
        [("w0", "w1", "byte-identical"), ("w1", "w2", "near-identical"), ("w2", "w3", "derivative"), ("x0", "x1", "near-identical"),
         ("l0", "l1", "variant"), ("l2", "l3", "unrelated"), ("l4", "l5", "undecided")],
        unresolved=[1],
    )  # fmt: skip
