"""The front ends of the review room and of the browser of groups: they show and catch keys. What they show is decided in Python.

ipywidgets have no key events, so this is an anywidget; its JavaScript and CSS lie beside it and nothing comes from a network.
"""

from pathlib import Path
from typing import Any

import anywidget
import traitlets

ASSETS = Path(__file__).parent / "assets"


class _Still(anywidget.AnyWidget):
    """A widget that also says what a page without a kernel shows in its place."""

    still: str = ""
    """As HTML."""
    words = ""
    """The same for a terminal."""

    def _repr_mimebundle_(self, **options: Any) -> Any:  # noqa: ANN401  as ipywidgets declares it
        found = super()._repr_mimebundle_(**options)
        data, metadata = found if isinstance(found, tuple) else (found, {})
        if data:
            data["text/plain"] = self.words
            data["text/html"] = self.still
        return data, metadata


class RoomWidget(_Still):
    """The room as the browser sees it. It sends what a person did as messages `{do: ...}`."""

    # One module: the screens of the search stand in a file of their own, and nothing is imported.
    _esm = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in ("search.js", "room.js"))
    _css = (ASSETS / "room.css").read_text(encoding="utf-8")
    view: Any = traitlets.Dict().tag(sync=True)
    """What is shown: `screen` and its content; pictures are bytes. One trait, so that picture and number never disagree."""
    progress: Any = traitlets.Dict().tag(sync=True)
    """Counts per stratum and the interval."""
    words = "The review room; open the notebook in JupyterLab to review pairs."


class DeskWidget(_Still):
    """The desk as the browser sees it: `view` is the form and what was made, `files` one folder, `job` how far a stage is."""

    _esm = (ASSETS / "desk.js").read_text(encoding="utf-8")
    _css = (ASSETS / "desk.css").read_text(encoding="utf-8")
    view: Any = traitlets.Dict().tag(sync=True)
    files: Any = traitlets.Dict().tag(sync=True)
    job: Any = traitlets.Dict().tag(sync=True)
    words = "The desk; open the notebook in JupyterLab to make a study and run it."


class BrowserWidget(_Still):
    """The browser of groups. Rows and opened groups come as messages with their pictures; a person's doing goes back as `{do: ...}`."""

    _esm = (ASSETS / "browser.js").read_text(encoding="utf-8")
    _css = (ASSETS / "browser.css").read_text(encoding="utf-8")
    choices: Any = traitlets.Dict().tag(sync=True)
    """What can be filtered by."""
    index: Any = traitlets.Dict().tag(sync=True)
    """How many groups are shown of how many; `stamp` tells which filter the rows on their way belong to."""
    words = "The browser of groups; open the notebook in JupyterLab to choose among all of them."
