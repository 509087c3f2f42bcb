"""A browser of duplicate groups for JupyterLab: pick a group, see its copies, its graph and what they say of themselves."""

from typing import Any

import pandas as pd

from dedupelab.lab import views
from dedupelab.study.study import Study

MOST = 500
"""A list longer than this is not read; the largest groups are offered."""


def group_browser(study: Study) -> Any:  # noqa: ANN401  an ipywidgets box, imported only here
    """Return a box with a list of groups, a filter by state of authority, and the chosen group copy by copy.

    Keyboard: Tab moves between the controls, the arrow keys between groups.
    """
    import ipywidgets as widgets  # noqa: PLC0415  only notebooks need it

    groups = study.groups().sort_values(["collections", "images", "group_id"], ascending=[False, False, True])
    state = widgets.ToggleButtons(options=["all", "resolved", "unresolved"], description="Authority")
    chosen = widgets.Select(
        options=_options(groups), description="Group", rows=8, layout=widgets.Layout(width="36em")
    )
    shown = widgets.HTML()

    def show(_change: object = None) -> None:
        shown.value = (
            views.group(study, chosen.value).markup if chosen.value else "<p>No group of this kind.</p>"
        )

    def narrow(_change: object = None) -> None:
        kept = groups if state.value == "all" else groups[groups["authority"] == state.value]
        chosen.options = _options(kept)
        show()

    state.observe(narrow, names="value")
    chosen.observe(show, names="value")
    show()
    return widgets.VBox([state, chosen, shown])


def _options(groups: pd.DataFrame) -> list[tuple[str, str]]:
    rows = groups.head(MOST)
    names = zip(rows["group_id"], rows["images"], rows["collections"], rows["authority"], strict=True)
    return [(f"{g}: {i} copies in {c} collection{'s' if c > 1 else ''}, {a}", str(g)) for g, i, c, a in names]
