"""Links to groups: connected components, their cohesion, and how many different works they can be.

Components come from arrays (scipy); networkx is used for groups that a person could look at. A group is one work only
while none of its pairs was examined and refuted: a chain A-B-C whose ends are unrelated counts as two works.
"""

import hashlib
from collections.abc import Iterable, Iterator

import networkx as nx
import numpy as np
import pandas as pd

from dedupelab import tables
from dedupelab.tables.components import components

EXACT_DIAMETER = 300
REFUTING = ("variant", "unrelated")


def linked_parts(pairs: pd.DataFrame) -> dict[str, int]:
    """Return the component number of every image that has a link; numbers follow the smallest image_id."""
    links = pairs[pairs["relation"].isin(tables.LINKS)]
    names, index = np.unique(np.concatenate((links["left"], links["right"])).astype(str), return_inverse=True)
    number = components(index[: len(links)], index[len(links) :], len(names))
    return dict(zip(names.tolist(), number.tolist(), strict=True))


def build_groups(images: pd.DataFrame, pairs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the groups (without an authoritative copy yet) and their members.

    Authority columns are filled in by `authority.appoint`.
    """
    component = linked_parts(pairs)
    linked = images.loc[
        images["image_id"].isin(component.keys()), ["image_id", "collection", "bytes", "sha256"]
    ]
    facts = linked.set_index("image_id").to_dict("index")
    members: dict[int, list[str]] = {}
    for identity, number in component.items():
        members.setdefault(number, []).append(identity)
    inside = _by_component(pairs, component)
    groups, rows = [], []
    for (_, identities), (links, refuted) in zip(sorted(members.items()), inside, strict=True):
        work = works(identities, links, refuted) if len(refuted) else dict.fromkeys(identities, 0)
        group_id = identity_of(facts[identity]["sha256"] for identity in identities)
        sizes = {identity: int(facts[identity]["bytes"]) for identity in identities}
        kept = sum(max(sizes[i] for i in identities if work[i] == w) for w in set(work.values()))
        groups.append(
            {
                "group_id": group_id,
                "images": len(identities),
                "collections": len({facts[identity]["collection"] for identity in identities}),
                "works": len(set(work.values())),
                "bytes": sum(sizes.values()),
                "redundant_bytes": sum(sizes.values()) - kept,
                **cohesion(links),
                "authoritative": None,
                "authority": "unresolved",
                "authority_reason": "not examined",
                "authority_message": None,
            }
        )
        rows += [{"group_id": group_id, "image_id": i, "role": "copy", "work": work[i]} for i in identities]
    return tables.GROUPS.from_rows(groups), tables.MEMBERS.from_rows(rows)


def identity_of(digests: Iterable[str]) -> str:
    """Return a group's identifier: it depends on what the members show, not on names or order.

    >>> identity_of(["b", "a"]) == identity_of(["a", "b"])
    True
    """
    return "g" + hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()[:15]


def works(members: list[str], links: pd.DataFrame, refuted: pd.DataFrame) -> dict[str, int]:
    """Say which work each member shows, from 0.

    Links join from the strongest to the weakest, but never two parts that hold a refuted pair between them
    (constrained single linkage). Without refuted pairs the whole group is one work.
    """
    part = {identity: {identity} for identity in members}
    against: dict[str, set[str]] = {identity: set() for identity in members}
    for left, right in zip(refuted["left"], refuted["right"], strict=True):
        against[left].add(right)
        against[right].add(left)
    for row in links.sort_values(["score", "left", "right"], ascending=[False, True, True]).itertuples():
        fewer, more = sorted((part[str(row.left)], part[str(row.right)]), key=len)
        if fewer is more or any(not against[identity].isdisjoint(more) for identity in fewer):
            continue
        more |= fewer
        for identity in fewer:
            part[identity] = more
    parts = sorted({id(p): p for p in part.values()}.values(), key=min)
    number = {identity: n for n, p in enumerate(parts) for identity in p}
    return {identity: number[identity] for identity in members}


def cohesion(links: pd.DataFrame) -> dict[str, object]:
    """Return weakest_link, diameter and bridges of one group.

    The weakest link is the lowest score on the maximum spanning tree: the group hangs together at that score and falls
    apart above it. For groups of more than 300 members the diameter is networkx's two-sweep lower bound.
    """
    if len(links) == 1:  # most groups; networkx would take a hundred times as long
        return {"weakest_link": float(links["score"].iloc[0]), "diameter": 1, "bridges": 1}
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from(zip(links["left"], links["right"], links["score"], strict=True))
    tree = nx.maximum_spanning_edges(graph, data=True)
    exact = graph.number_of_nodes() <= EXACT_DIAMETER
    return {
        "weakest_link": min(float(data["weight"]) for _, _, data in tree),
        "diameter": int(nx.diameter(graph) if exact else nx.approximation.diameter(graph, seed=0)),
        "bridges": sum(1 for _ in nx.bridges(graph)),
    }


def _by_component(
    pairs: pd.DataFrame, component: dict[str, int]
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Yield each component's links and refuted pairs, in order of its number."""
    number = pairs["left"].map(component)
    same = number.notna() & (number == pairs["right"].map(component))
    held = pairs.loc[same, ["left", "right", "relation", "score"]].assign(
        number=number[same].astype(np.int64)
    )
    held = held.sort_values("number", kind="stable")
    links, refuted = (held[held["relation"].isin(kinds)] for kinds in (tables.LINKS, REFUTING))
    places = np.arange(max(component.values(), default=-1) + 2)
    starts = [np.searchsorted(part["number"], places) for part in (links, refuted)]
    for k in places[:-1]:
        yield links[starts[0][k] : starts[0][k + 1]], refuted[starts[1][k] : starts[1][k + 1]]
