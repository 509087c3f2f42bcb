"""Every figure of the paper and the notebooks: from plain numbers and a folder to a `Figure` block with its table."""

from dedupelab.publish.figures.captions import Caption
from dedupelab.publish.figures.figures_conflicts import contradictions_heat_map
from dedupelab.publish.figures.figures_groups import group_graph, group_sizes, relations_chart
from dedupelab.publish.figures.figures_harm import harm_lines
from dedupelab.publish.figures.figures_lineage import lineage_graph
from dedupelab.publish.figures.figures_money import exceedance_curves, waterfall
from dedupelab.publish.figures.figures_options import option_values, tornado_chart
from dedupelab.publish.figures.figures_rates import conflicts_by_field, headline_intervals, threshold_curve
from dedupelab.publish.figures.figures_sharing import overlap_heat_map, sharing_graph
from dedupelab.publish.figures.figures_sheets import Tile, contact_sheet
from dedupelab.publish.figures.figures_years import adoption_curves, trend_fan, weekly_ingest

__all__ = [
    "Caption",
    "Tile",
    "adoption_curves",
    "conflicts_by_field",
    "contact_sheet",
    "contradictions_heat_map",
    "exceedance_curves",
    "group_graph",
    "group_sizes",
    "harm_lines",
    "headline_intervals",
    "lineage_graph",
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
