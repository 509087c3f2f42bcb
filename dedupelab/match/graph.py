"""The duplicate graph as networkx, for looking at and for other tools (GraphML, GEXF)."""

from pathlib import Path

import networkx as nx
import pandas as pd

from dedupelab.errors import ConfigError
from dedupelab.tables import LINKS

NODE_FACTS = ("collection", "path", "format", "width", "height", "bytes", "creator", "credit", "date_created", "ai_label")
EDGE_FACTS = ("relation", "score", "distance", "transform", "reason", "cross_collection")


def duplicate_graph(
    images: pd.DataFrame, pairs: pd.DataFrame, members: pd.DataFrame, *, lone: bool = False
) -> "nx.Graph[str]":
    """Return images as nodes and links as edges, with their facts as attributes.

    Parameters
    ----------
    images, pairs, members
        The study's tables.
    lone
        Whether images without any link are nodes too.
    """
    graph: nx.Graph[str] = nx.Graph()
    role = members.set_index("image_id")
    hashed = images[images["status"] == "hashed"]
    if not lone:
        hashed = hashed[hashed["image_id"].isin(role.index)]
    for row in hashed.to_dict("records"):
        facts = {name: row[name] for name in NODE_FACTS}
        identity = str(row["image_id"])
        if identity in role.index:
            facts |= {"group": role.at[identity, "group_id"], "role": role.at[identity, "role"]}
        graph.add_node(identity, **_plain(facts))
    for row in pairs[pairs["relation"].isin(LINKS)].to_dict("records"):
        graph.add_edge(row["left"], row["right"], **_plain({name: row[name] for name in EDGE_FACTS}))
    return graph


def sharing_graph(images: pd.DataFrame, members: pd.DataFrame) -> "nx.Graph[str]":
    """Return collections as nodes (with their number of images) and shared works as weighted edges."""
    graph: nx.Graph[str] = nx.Graph()
    for name, count in images.loc[images["status"] == "hashed", "collection"].value_counts().sort_index().items():
        graph.add_node(str(name), images=int(count))
    placed = members.merge(images[["image_id", "collection"]], on="image_id")
    for _, holders in placed.groupby(["group_id", "work"])["collection"]:
        names = sorted(set(holders))
        for i, one in enumerate(names):
            for other in names[i + 1 :]:
                works = graph.get_edge_data(one, other, {"works": 0})["works"]
                graph.add_edge(one, other, works=works + 1)
    return graph


def write_graph(graph: "nx.Graph[str]", path: Path) -> Path:
    """Write the graph as GraphML or GEXF, by the file's ending.

    Raises
    ------
    ConfigError
        If the ending is neither.
    """
    if path.suffix == ".graphml":
        nx.write_graphml(graph, path)
    elif path.suffix == ".gexf":
        # A fixed date, so that equal graphs give equal bytes.
        text = "\n".join(nx.generate_gexf(graph))
        path.write_text(_without_date(text), encoding="utf-8")
    else:
        raise ConfigError(f"expected a file ending in .graphml or .gexf, got {path.name}; rename it")
    return path


def _without_date(text: str) -> str:
    import re  # noqa: PLC0415  only this format needs it

    return re.sub(r' lastmodifieddate="[^"]*"', "", text)


def _plain(facts: dict[str, object]) -> dict[str, str | int | float | bool]:
    """Attributes as both formats take them: no missing values, no numpy types, no control characters."""
    plain: dict[str, str | int | float | bool] = {}
    for name, value in facts.items():
        if value is None or value is pd.NA or value != value:  # noqa: PLR0124  NaN is what differs from itself
            continue
        item = value.item() if hasattr(value, "item") else value
        if isinstance(item, str):
            item = "".join(c for c in item if c.isprintable())
        plain[name] = item
    return plain
