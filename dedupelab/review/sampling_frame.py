"""The frame that a review samples: every examined pair once, by what would change if the detector was wrong about it.

The links that hold works together form a forest: cutting one of them is one surplus copy less, whatever else links. The pairs
that were not linked form another between the works: each that is a copy after all is one surplus copy more. The rest repeats
what these say, as copies of copies are copies. So that no chain can inflate a total, errors are counted along the forests.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from dedupelab import tables
from dedupelab.review.graph_context import HOLDS, JOINS, REPEATS, surroundings
from dedupelab.tables.components import components
from dedupelab.tables.contents import content_classes

BESIDE = "beside"
REFUTING = ("variant", "unrelated")
PROPOSED = "not examined"
"""The relation of a pair that local descriptors propose and nobody opened."""
VOTES = ((10, "under 10 votes"), (20, "10-19 votes"), (50, "20-49 votes"), (1 << 62, "50 votes or more"))
"""Bands of such pairs: below how many votes, and the band's name."""
PLAUSIBLE = (
    *tables.LINKS, "undecided", f"{PROPOSED}, {VOTES[3][1]}", f"{PROPOSED}, {VOTES[2][1]}", "variant",
    f"{PROPOSED}, {VOTES[1][1]}", f"{PROPOSED}, {VOTES[0][1]}", "unrelated",
)  # fmt: skip
"""What pairs were found to be, from what most likely is a copy to what least likely is."""
BANDS = ((0, "0 bits"), (4, "1-4 bits"), (10, "5-10 bits"), (64, "over 10 bits"))
"""Largest distance of each band of fingerprint distance, and its name."""
NO_DISTANCE = "no distance"
"""The band of a pair without a distance."""
REACH = ("within", "across")
"""Whether a pair lies within one collection or between two."""
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Frame:
    """The pairs to sample from, and the pictures between which they lie.

    `units` has one row for each examined pair of different contents: `left`, `right` (image_id of a content's first image),
    `one`, `two` (rows of `nodes`), `pairs` (image pairs it stands for), `role`, `relation`, `band`, `reach` (within or across
    collections), `ends` (what lies at either end: one picture or several) and `support` (whether other pairs speak for the
    same). `nodes` has one row for each content that is
    not low-information: `image_id`, `images`, `work` (as detected), `digest`, the smallest SHA-256 of its files, and `content`, that of their pictures. `aside` has
    the proposals that nobody is asked about: `one`, `two`, `relation`.
    """

    units: pd.DataFrame
    nodes: pd.DataFrame
    aside: pd.DataFrame

    @property
    def certain(self) -> int:
        """Surplus copies that digests prove."""
        return int(self.nodes["images"].sum()) - len(self.nodes)

    @property
    def detected(self) -> int:
        """Surplus copies as the detector linked the images."""
        return self.certain + int((self.units["role"] == HOLDS).sum())


def frame(images: pd.DataFrame, pairs: pd.DataFrame, proposed: pd.DataFrame | None = None) -> Frame:
    """Lay the frame over a study.

    Parameters
    ----------
    pairs
        As the detector left them, before any review.
    proposed
        Pairs that a second detector proposes (table `proposed`); of those not examined, the ones that would join works
        are reviewed too, as this is where what the first detector missed can be counted.
    """
    classes = content_classes(images)
    shown = images[(images["status"] == "hashed") & ~(images["information"] < tables.LOW_INFORMATION)]
    content = shown["image_id"].map(classes)
    nodes = (
        content.value_counts(sort=False).sort_index().rename_axis("image_id").rename("images").reset_index()
    )
    row = pd.Series(np.arange(len(nodes)), index=nodes["image_id"].to_numpy())
    listed = _listed(images, pairs, proposed)
    units = _units(listed, classes, row)
    work, holding = _works(units, len(nodes))
    joining = _joins(units, work)
    link = units["relation"].isin(tables.LINKS).to_numpy()
    # A link that `match` refused, because a refuted pair stands between its works, joins nothing: a collage has two.
    role = np.where(holding, HOLDS, np.where(link, REPEATS, np.where(joining, JOINS, BESIDE)))
    sizes = nodes["images"].to_numpy(np.int64)
    ends, support = surroundings(units, role, sizes, work)
    units = units.assign(
        role=role,
        band=band_of(units["distance"]),
        reach=np.where(units["across"], *REACH[::-1]),
        ends=ends,
        support=support,
    )
    # A proposal beside another between the same two works is asked of nobody: where links hold, it says nothing of any total.
    between = pd.DataFrame(
        np.sort(work[units[["one", "two"]].to_numpy(np.int64)], axis=1), columns=["a", "b"]
    )
    joined = pd.MultiIndex.from_frame(between).isin(pd.MultiIndex.from_frame(between[(role == JOINS)]))
    same = (between["a"] == between["b"]).to_numpy()
    spoken = (
        units["relation"].str.startswith(PROPOSED).to_numpy(dtype=bool) & (role != JOINS) & (joined | same)
    )
    aside = units.loc[spoken, ["one", "two", "relation"]].reset_index(drop=True)
    units = units[~spoken].reset_index(drop=True)
    hashed = images[images["status"] == "hashed"]
    # That of the picture stays the same when its metadata are edited.
    own = hashed[["sha256"]].assign(content=hashed["payload_sha256"].fillna(hashed["sha256"]))
    least = own.groupby(hashed["image_id"].map(classes).to_numpy()).min().reindex(nodes["image_id"])
    nodes = nodes.assign(work=work, digest=least["sha256"].array, content=least["content"].array)
    return Frame(units.drop(columns=["across", "order"]), nodes, aside)


def _listed(images: pd.DataFrame, pairs: pd.DataFrame, proposed: pd.DataFrame | None) -> pd.DataFrame:
    """Append the proposals to the examined pairs; where a pair is both, its examination speaks."""
    examined = pairs[["left", "right", "relation", "distance", "score", "cross_collection"]]
    if proposed is None or proposed.empty:
        return examined
    place = images.set_index("image_id")["collection"]
    band = np.searchsorted([limit for limit, _ in VOTES], proposed["votes"].to_numpy(), side="right")
    names = np.array([f"{PROPOSED}, {name}" for _, name in VOTES], object)
    further = pd.DataFrame(
        {
            "left": proposed["left"],
            "right": proposed["right"],
            "relation": names[band],
            "distance": proposed["distance"],
            "score": proposed["votes"] / (proposed["votes"] + 50.0),
            "cross_collection": proposed["left"].map(place).to_numpy()
            != proposed["right"].map(place).to_numpy(),
        }
    )
    known = pd.MultiIndex.from_frame(examined[["left", "right"]])
    fresh = further[~pd.MultiIndex.from_frame(further[["left", "right"]]).isin(known)]
    return pd.concat([examined, fresh], ignore_index=True)


def band_of(distance: pd.Series) -> NDArray[np.str_]:
    """Name the band of each fingerprint distance; pairs without one are named so.

    >>> band_of(pd.Series([0, 3, None], dtype="Int64")).tolist()
    ['0 bits', '1-4 bits', 'no distance']
    """
    limits = np.array([limit for limit, _ in BANDS])
    names = np.array([*(name for _, name in BANDS), NO_DISTANCE])
    place = np.searchsorted(limits, distance.fillna(64).to_numpy(np.int64))
    return np.asarray(names[np.where(distance.isna().to_numpy(), len(BANDS), place)])


def _units(pairs: pd.DataFrame, classes: "pd.Series[str]", row: "pd.Series[int]") -> pd.DataFrame:
    """One row per pair of contents; of several image pairs the most plausible speaks, across collections if any is."""
    left, right = pairs["left"].map(classes), pairs["right"].map(classes)
    order = pairs["relation"].map({name: place for place, name in enumerate(PLAUSIBLE)})
    listed = pd.DataFrame(
        {
            "left": left.where(left < right, right).astype(object),
            "right": right.where(left < right, left).astype(object),
            "relation": pairs["relation"],
            "distance": pairs["distance"],
            "score": pairs["score"],
            "across": pairs["cross_collection"].astype(bool),
            "order": order,
        }
    )[(left != right).to_numpy() & left.isin(row.index).to_numpy() & right.isin(row.index).to_numpy()]
    listed = listed.sort_values(
        ["order", "score", "left", "right"], ascending=[True, False, True, True], kind="stable"
    )
    grouped = listed.groupby(["left", "right"], sort=False)
    units = grouped.first()
    units["across"], units["pairs"] = grouped["across"].any(), grouped.size()
    units = units.reset_index()
    one = units["left"].map(row).to_numpy(np.int64) if len(units) else np.zeros(0, np.int64)
    two = units["right"].map(row).to_numpy(np.int64) if len(units) else np.zeros(0, np.int64)
    return units.assign(one=one, two=two)


def _works(units: pd.DataFrame, count: int) -> tuple[Ints, NDArray[np.bool_]]:
    """Return each node's work and which units hold works together, as `match` joins links into works.

    Links join from the strongest to the weakest, but never two parts that hold a refuted pair between them.
    """
    link = units["relation"].isin(tables.LINKS).to_numpy()
    one, two = units["one"].to_numpy(), units["two"].to_numpy()
    rows = np.flatnonzero(link)
    order = rows[
        np.lexsort((units["right"].iloc[rows], units["left"].iloc[rows], -units["score"].iloc[rows]))
    ]
    holding = np.zeros(len(units), bool)
    holding[order[spanning(one[order], two[order], count)]] = True
    component = components(one[link], two[link], count)
    refuted = np.flatnonzero(units["relation"].isin(REFUTING).to_numpy() & (component[one] == component[two]))
    doubtful = np.unique(component[one[refuted]])
    again = order[np.isin(component[one[order]], doubtful)]
    holding[again] = False
    holding[_constrained(one, two, again, refuted)] = True
    return components(one[holding], two[holding], count), holding


def _constrained(one: Ints, two: Ints, links: Ints, refuted: Ints) -> list[int]:
    """Return those of `links`, in order, that join two parts with no refuted pair between them."""
    part: dict[int, set[int]] = {}
    against: dict[int, set[int]] = {}
    for left, right in zip(one[refuted].tolist(), two[refuted].tolist(), strict=True):
        against.setdefault(left, set()).add(right)
        against.setdefault(right, set()).add(left)
    kept = []
    for link, left, right in zip(links.tolist(), one[links].tolist(), two[links].tolist(), strict=True):
        fewer, more = sorted((part.setdefault(left, {left}), part.setdefault(right, {right})), key=len)
        if fewer is more or any(not against.get(node, set()).isdisjoint(more) for node in fewer):
            continue
        kept.append(link)
        more |= fewer
        for node in fewer:
            part[node] = more
    return kept


def _joins(units: pd.DataFrame, work: Ints) -> NDArray[np.bool_]:
    """Say which units would join works: of all paths between works the most plausible."""
    one, two = work[units["one"].to_numpy()], work[units["two"].to_numpy()]
    rows = np.flatnonzero((one != two) & ~units["relation"].isin(tables.LINKS).to_numpy(dtype=bool))
    near = units.iloc[rows]
    order = rows[
        np.lexsort(
            (
                near["right"],
                near["left"],
                near["distance"].fillna(64).to_numpy(np.int64),
                -near["score"],
                near["order"],
            )
        )
    ]
    joining = np.zeros(len(units), bool)
    joining[order[spanning(one[order], two[order], int(work.max(initial=-1)) + 1)]] = True
    return joining


def spanning(one: Ints, two: Ints, count: int) -> Ints:
    """Return the positions of the edges that join something new when edges are taken in order (Kruskal).

    >>> spanning(np.array([0, 1, 0]), np.array([1, 2, 2]), 3).tolist()
    [0, 1]
    """
    first, position = np.unique(
        np.minimum(one, two) * np.int64(max(count, 1)) + np.maximum(one, two), return_index=True
    )
    ends = (first // max(count, 1), first % max(count, 1))
    tree = (
        minimum_spanning_tree(coo_array((position + 1.0, ends), shape=(count, count)).tocsr())
        if count
        else None
    )
    return np.sort(tree.data.astype(np.int64) - 1) if tree is not None else np.zeros(0, np.int64)
