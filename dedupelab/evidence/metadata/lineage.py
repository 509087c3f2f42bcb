"""Which copy says that it derives from which: the documents of one work as a graph, with what cannot be true named.

Identifiers are claims of strangers. A circle is reported and taken out, never followed; a document of which two copies name
different parents is reported, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from dedupelab.evidence.copies.population import Population, spans
from dedupelab.numbers.intervals import UNCHECKED
from dedupelab.numbers.messages import Message, message
from dedupelab.numbers.results import Result, share

COLUMNS = ("image_id", "document_id", "original_document_id", "instance_id", "derived_from")
DERIVED, BEGAN = "derived from", "began as"
Row = Mapping[str, str]


@dataclass(frozen=True)
class Lineage:
    """What the copies of one work say of their descent.

    `graph` has a node for each document, edges run from parent to child. A node's `copies` are the image_ids that carry the
    identifier; none are for a document that copies name and nobody holds. An edge's `kind` is DERIVED or BEGAN. It has no
    circles: the edges within one are taken out, and `circles` names its documents. `split` names documents of which copies
    name different parents or originals.
    """

    graph: "nx.DiGraph[str]"
    circles: tuple[tuple[str, ...], ...] = ()
    split: tuple[str, ...] = ()

    @property
    def held(self) -> dict[str, tuple[str, ...]]:
        """The copies of each document."""
        return {str(node): tuple(facts["copies"]) for node, facts in self.graph.nodes(data=True)}

    @property
    def kinds(self) -> dict[tuple[str, str], str]:
        """What each edge is: DERIVED or BEGAN."""
        return {
            (str(one), str(other)): str(facts["kind"]) for one, other, facts in self.graph.edges(data=True)
        }

    @property
    def absent(self) -> tuple[str, ...]:
        """Documents that copies name as parents and nobody holds."""
        return tuple(node for node, copies in self.held.items() if not copies)

    @property
    def odd(self) -> bool:
        """Whether something of it cannot be true."""
        return bool(self.circles or self.split)


def lineage(copies: pd.DataFrame) -> Lineage:
    """Return what copies of one work say of their descent, by XMP DocumentID, OriginalDocumentID, InstanceID and DerivedFrom.

    Copies with one DocumentID are states of one document and share a node; a copy without any is a node by its image_id.
    DerivedFrom may name a document or, failing that, the instance of one.

    Parameters
    ----------
    copies
        Rows of `tables.IMAGES` with at least COLUMNS.

    Examples
    --------
    >>> rows = [("a", "doc", None, None, None), ("b", "crop", None, None, "doc"), ("c", "x", None, None, "x")]
    >>> found = lineage(pd.DataFrame(rows, columns=COLUMNS))
    >>> sorted(found.graph.edges), found.circles
    ([('doc', 'crop')], (('x',),))
    """
    rows = _rows(copies)
    graph: nx.DiGraph[str] = nx.DiGraph()
    for row in rows:
        node = _node(row)
        held = graph.nodes[node]["copies"] if node in graph else ()
        graph.add_node(node, copies=(*held, row["image_id"]))
    instances: dict[str, str] = {
        row["instance_id"]: _node(row) for row in reversed(rows) if row["instance_id"]
    }
    named: dict[str, set[tuple[str, str]]] = {}
    loops: set[str] = set()
    for row in rows:
        child = _node(row)
        for kind, stated in ((DERIVED, row["derived_from"]), (BEGAN, row["original_document_id"])):
            if not stated or (kind == BEGAN and stated in {child, row["derived_from"]}):
                continue
            # What a document began as may well be its own first instance: only parents are looked up by instance.
            parent = stated if kind == BEGAN or stated in graph else instances.get(stated, stated)
            named.setdefault(child, set()).add((kind, parent))
            if parent == child:
                loops.add(child)
                continue
            if parent not in graph:
                graph.add_node(parent, copies=())
            if not graph.has_edge(parent, child):
                graph.add_edge(parent, child, kind=kind)
    circles = [tuple(sorted(part)) for part in nx.strongly_connected_components(graph) if len(part) > 1]
    for part in circles:
        graph.remove_edges_from(list(graph.subgraph(part).edges))
    split = tuple(sorted(node for node, parents in named.items() if _differ(parents)))
    return Lineage(graph, tuple(sorted([*circles, *((node,) for node in loops)])), split)


def descent(people: Population) -> list[Result]:
    """Return M6l: groups with lineage, those in which it stays among the copies, and those where it cannot be true."""
    stated, inside, odd = (len(found) for found in described_descent(people).values())
    groups = len(people.groups)
    of = message("groups in which a copy names what it derives from")
    return [
        _share("M6l.stated", message("Groups in which a copy names a document that it derives from"), stated, (groups, message("groups")),
               message("Groups with a copy whose XMP names a parent or an original document other than itself, or itself as its parent.")),
        _share("M6l.inside", message("Groups in which a copy derives from another copy of the group"), inside, (stated, of),
               message("Groups with a copy that names, by document or instance identifier, a document of which another copy is there.")),
        _share("M6l.odd", message("Groups whose lineage runs in a circle or contradicts itself"), odd, (stated, of),
               message("Groups with copies that descend from themselves, or with two copies of one document that name different parents.")),
    ]  # fmt: skip


def described_descent(people: Population) -> dict[str, set[str]]:
    """Return the groups that M6l counts: `stated`, `inside` and `odd`."""
    members = people.members
    stating = _stating(members)
    units = members.loc[
        members["unit"].isin(set(members.loc[stating, "unit"])), ["unit", "group_id", *COLUMNS]
    ]
    inside, odd = set[str](), set[str]()
    names = units["group_id"].to_numpy()
    for start, end in spans(units["unit"].to_numpy()):
        found = lineage(units.iloc[start:end])
        if any(found.held[parent] for parent, _child in found.kinds):
            inside.add(names[start])
        if found.odd:
            odd.add(names[start])
    return {"stated": set(members.loc[stating, "group_id"]), "inside": inside, "odd": odd}


def _stating(members: pd.DataFrame) -> "pd.Series[bool]":
    original, own = members["original_document_id"].fillna(""), members["document_id"].fillna("")
    return (members["derived_from"].fillna("") != "") | ((original != "") & (original != own))


def _rows(copies: pd.DataFrame) -> list[Row]:
    frame = copies[list(COLUMNS)].astype(object)
    rows: list[Row] = frame.where(frame.notna(), "").sort_values("image_id").to_dict("records")  # type: ignore[assignment]  # keys are the columns' names
    return rows


def _node(row: Row) -> str:
    return str(row["document_id"] or row["image_id"])


def _differ(parents: set[tuple[str, str]]) -> bool:
    kinds = [kind for kind, _parent in parents]
    return len(kinds) > len(set(kinds))


def _share(result_id: str, label: Message, found: int, of: tuple[int, Message], method: Message) -> Result:
    return share(result_id, label, found, of, UNCHECKED, method, grade="C", review="unreviewed")
