"""The duplicate graph as networkx, for looking at and for other tools (GraphML, GEXF)."""

import re
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from dedupelab.errors import ConfigError
from dedupelab.tables import LINKS
from dedupelab.tables.whole_file import whole_file

NODE_FACTS = (
    "collection", "path", "format", "width", "height", "bytes", "creator", "credit", "date_created",
    "ai_label",
)  # fmt: skip
EDGE_FACTS = ("relation", "score", "distance", "transform", "reason", "cross_collection")
_BREAK = re.compile(r"[\t\n\r]+")
_ILLEGAL = re.compile("[^ -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (section 2.2), once breaks are blanks."""
_DATE = re.compile(r' lastmodifieddate="[^"]*"')


def duplicate_graph(
    images: pd.DataFrame, pairs: pd.DataFrame, members: pd.DataFrame, *, lone: bool = False
) -> "nx.Graph[str]":
    """Return images as nodes and links as edges, with their facts as attributes.

    Parameters
    ----------
    lone
        Whether images without any link are nodes too.
    """
    graph: nx.Graph[str] = nx.Graph()
    role = members.set_index("image_id")
    hashed = images[images["status"] == "hashed"]
    if not lone:
        hashed = hashed[hashed["image_id"].isin(role.index)]
    for row in hashed.to_dict("records"):
        facts = {"label": row["path"]} | {name: row[name] for name in NODE_FACTS}
        identity = str(row["image_id"])
        if identity in role.index:
            facts |= {"group": role.loc[identity, "group_id"], "role": role.loc[identity, "role"]}
        graph.add_node(identity, **_plain(facts))
    for row in pairs[pairs["relation"].isin(LINKS)].to_dict("records"):
        graph.add_edge(row["left"], row["right"], **_plain({name: row[name] for name in EDGE_FACTS}))
    return graph


def write_graph(graph: "nx.Graph[str]", path: Path) -> Path:
    """Write the graph as GraphML or GEXF, by the file's ending.

    Raises
    ------
    ConfigError
        If the ending is neither.
    OutputError
        If the file cannot be written; nothing half-written stays.
    """
    if path.suffix.lower() == ".graphml":
        lines = nx.generate_graphml(graph)
    elif path.suffix.lower() == ".gexf":
        # Without the date, so that equal graphs give equal bytes.
        lines = (_DATE.sub("", line) for line in nx.generate_gexf(graph))
    else:
        raise ConfigError(f"expected a file ending in .graphml or .gexf, got {path.name}; rename it")
    with whole_file(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n')
        file.writelines(f"{line}\n" for line in lines)
    return path


def _plain(facts: dict[str, object]) -> dict[str, str | int | float | bool]:
    """Attributes as both formats take them: no missing values, no numpy types, no control characters."""
    plain: dict[str, str | int | float | bool] = {}
    for name, value in facts.items():
        if value is None or value is pd.NA or value != value:  # noqa: PLR0124  NaN is what differs from itself
            continue
        item: Any = value.item() if hasattr(value, "item") else value
        plain[name] = _ILLEGAL.sub("", _BREAK.sub(" ", item)) if isinstance(item, str) else item
    return plain
