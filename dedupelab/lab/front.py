"""The review room's front end: one widget that shows pictures and catches keys. What it shows is decided in Python.

ipywidgets have no key events, so this is an anywidget; its JavaScript and CSS lie beside it and nothing comes from a network.
"""

from pathlib import Path
from typing import Any

import anywidget
import traitlets

ASSETS = Path(__file__).parent / "assets"


class RoomWidget(anywidget.AnyWidget):
    """The room as the browser sees it. It sends what a person did as messages `{do: ...}`."""

    # One module: the screens of the search stand in a file of their own, and nothing is imported.
    _esm = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in ("search.js", "room.js"))
    _css = (ASSETS / "room.css").read_text(encoding="utf-8")
    view: Any = traitlets.Dict().tag(sync=True)
    """What is shown: `screen` and its content; pictures are bytes. One trait, so that picture and number never disagree."""
    progress: Any = traitlets.Dict().tag(sync=True)
    """Counts per stratum and the interval."""
    still: str = ""
    """What a page without a kernel shows instead, as HTML."""

    def _repr_mimebundle_(self, **options: Any) -> Any:  # noqa: ANN401  as ipywidgets declares it
        found = super()._repr_mimebundle_(**options)
        data, metadata = found if isinstance(found, tuple) else (found, {})
        if data:
            data["text/plain"] = "The review room; open the notebook in JupyterLab to review pairs."
            data["text/html"] = self.still
        return data, metadata
