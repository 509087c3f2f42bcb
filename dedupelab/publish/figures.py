"""Every figure of the paper and the notebooks: from plain numbers and a folder to a `Figure` block with its table."""

from dedupelab.publish.captions import Caption
from dedupelab.publish.figures_groups import group_graph, group_sizes, relations_chart
from dedupelab.publish.figures_harm import harm_lines
from dedupelab.publish.figures_money import exceedance_curves, option_values, tornado_chart, waterfall
from dedupelab.publish.figures_rates import (
    conflicts_by_field,
    headline_intervals,
    threshold_curve,
    weekly_ingest,
)
from dedupelab.publish.figures_sharing import overlap_heat_map, sharing_graph
from dedupelab.publish.figures_sheets import FACTS, Tile, contact_sheet
from dedupelab.publish.figures_years import adoption_curves, trend_fan

__all__ = [
    "FACTS",
    "Caption",
    "Tile",
    "adoption_curves",
    "conflicts_by_field",
    "contact_sheet",
    "exceedance_curves",
    "group_graph",
    "group_sizes",
    "harm_lines",
    "headline_intervals",
    "option_values",
    "overlap_heat_map",
    "relations_chart",
    "sharing_graph",
    "threshold_curve",
    "tornado_chart",
    "trend_fan",
    "waterfall",
    "weekly_ingest",
]
