"""The front ends of the desk, the forms, the browser of groups and the review room: they show and catch keys. What they show is decided in Python.

ipywidgets have no key events, so this is an anywidget; its JavaScript and CSS lie beside it and nothing comes from a network.
"""

from pathlib import Path
from typing import Any

import anywidget
import traitlets
from ipywidgets import DOMWidget, VBox, widget_serialization

ASSETS = Path(__file__).parent / "assets"


def _script(*names: str) -> str:
    """Return one module of several files: nothing is imported."""
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in ("make.js", *names))


def _styles(name: str, root: str) -> str:
    """Return what all front ends look like, for those within a class, and what this one has beside."""
    shared, own = ((ASSETS / file).read_text(encoding="utf-8") for file in ("shared.css", name))
    return shared.replace(".root", f".{root}") + own


class _Still(DOMWidget):  # type: ignore[misc]  # ipywidgets has no types
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


class RoomWidget(_Still, anywidget.AnyWidget):
    """The room as the browser sees it. It sends what a person did as messages `{do: ...}`."""

    _esm = _script("search.js", "room.js")
    _css = _styles("room.css", "room")
    view: Any = traitlets.Dict().tag(sync=True)
    """What is shown: `screen` and its content; pictures are bytes. One trait, so that picture and number never disagree."""
    progress: Any = traitlets.Dict().tag(sync=True)
    """Counts per stratum and the interval."""
    words = "The review room; open the notebook in JupyterLab to review pairs."


class DeskWidget(_Still, anywidget.AnyWidget):
    """The desk as the browser sees it: `view` is the form and what was made, `files` one folder, `job` how far a stage is."""

    _esm = _script("desk.js")
    _css = _styles("desk.css", "studydesk")
    view: Any = traitlets.Dict().tag(sync=True)
    files: Any = traitlets.Dict().tag(sync=True)
    job: Any = traitlets.Dict().tag(sync=True)
    tabs: Any = traitlets.Dict().tag(sync=True, **widget_serialization)
    """The widgets that stand in the tabs beside the desk's own, by tab; made when they are first looked at."""
    typed: Any = traitlets.Dict().tag(sync=True)
    """What was typed into the form and not yet saved."""
    words = "The desk; open the notebook in JupyterLab to make a study and run it."


class FormWidget(_Still, anywidget.AnyWidget):
    """A form of entries: `view` is the fields of one and what stands, `told` what was done or is wrong, `typed` what is not yet written."""

    _esm = _script("form.js")
    _css = _styles("form.css", "entry")
    view: Any = traitlets.Dict().tag(sync=True)
    told: Any = traitlets.Dict().tag(sync=True)
    typed: Any = traitlets.Dict().tag(sync=True)
    words = "A form; open the notebook in JupyterLab to write entries."


class BrowserWidget(_Still, anywidget.AnyWidget):
    """The browser of groups. Rows and opened groups come as messages with their pictures; a person's doing goes back as `{do: ...}`."""

    _esm = _script("browser.js")
    _css = _styles("browser.css", "groups")
    choices: Any = traitlets.Dict().tag(sync=True)
    """What can be filtered by."""
    index: Any = traitlets.Dict().tag(sync=True)
    """How many groups are shown of how many; `stamp` tells which filter the rows on their way belong to."""
    words = "The browser of groups; open the notebook in JupyterLab to choose among all of them."


class ExplorerBox(_Still, VBox):  # type: ignore[misc]  # ipywidgets has no types
    """What stands one below the other in the threshold explorer."""

    words = "The threshold; open the notebook in JupyterLab to move it."
