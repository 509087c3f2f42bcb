"""Every figure of the paper and the notebooks: from plain numbers and a folder to a `Figure` block with its table."""

from dedupelab.publish.captions import Caption
from dedupelab.publish.figures_groups import group_graph, group_sizes, relations_chart
from dedupelab.publish.figures_harm import harm_lines
from dedupelab.publish.figures_rates import (
    conflicts_by_field,
    headline_intervals,
    threshold_curve,
    weekly_ingest,
)
from dedupelab.publish.figures_sharing import overlap_heat_map, sharing_graph
from dedupelab.publish.figures_sheets import FACTS, Tile, contact_sheet

__all__ = [
    "FACTS",
    "Caption",
    "Tile",
    "conflicts_by_field",
    "contact_sheet",
    "group_graph",
    "group_sizes",
    "harm_lines",
    "headline_intervals",
    "overlap_heat_map",
    "relations_chart",
    "sharing_graph",
    "threshold_curve",
    "weekly_ingest",
]
