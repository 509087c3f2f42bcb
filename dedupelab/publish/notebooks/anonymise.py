"""What a run must not tell: an executed notebook without its paths, users, times and random identifiers.

Equal runs give equal bytes, and a published notebook says nothing about the machine it was made on.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import nbformat

PROJECT = Path(__file__).parents[3]
CELL_FILE = re.compile(r"(?:[A-Za-z]:)?[^\s:'\"\x1b]{0,300}[/\\]ipykernel_\d+[/\\]\d+\.py")
"""What a warning calls the cell that it comes from: a temporary folder and a process number."""
WIDGET = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


def scrubbed(
    notebook: nbformat.NotebookNode, source: Path, values: Mapping[str, object]
) -> nbformat.NotebookNode:
    """Return the notebook without papermill's records, and with local paths told as people would tell them.

    A parameter's path keeps its last name only, the working folder becomes `.`, the home folder `~`, and the
    interpreter's folder `<python>`. The rest of a cell's text is left as it was written or printed.
    """
    notebook = deepcopy(notebook)
    notebook.metadata.pop("papermill", None)
    notebook.cells = [
        c for c in notebook.cells if "papermill-error-cell-tag" not in c.metadata.get("tags", [])
    ]
    replace = _Replacement(_local_names(source, values))
    for i, cell in enumerate(notebook.cells):
        for record in ("papermill", "execution"):
            cell.metadata.pop(record, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            # papermill gives the cell that it adds a random identifier.
            cell.id = "injected-parameters"
            cell.source = replace(cell.source)
        cell.setdefault("id", f"cell-{i}")
        if cell.cell_type == "code":
            cell.outputs = [_everywhere(output, replace) for output in cell.outputs]
    return _renumbered(notebook)


class _Replacement:
    """Replaces whole paths, the longest first; what merely begins like one is left alone."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = dict(names)
        longest_first = sorted(self._names, key=len, reverse=True)
        # A path may follow a colour code, whose last letter would otherwise look like the middle of a word.
        self._pattern = re.compile(
            r"(^|[^\w.\-/~]|\x1b\[[\d;]*m)(" + "|".join(map(re.escape, longest_first)) + r")(?![\w-]|\.\w)"
        )

    def __call__(self, text: str) -> str:
        # Only where there is one: the search costs its length at every letter of an embedded picture.
        if "ipykernel_" in text:
            text = CELL_FILE.sub("<cell>", text)
        return self._pattern.sub(lambda m: m[1] + self._names[m[2]], text)


def _local_names(source: Path, values: Mapping[str, object]) -> dict[str, str]:
    here = Path.cwd()
    named: list[tuple[Path, str]] = [
        (Path(gettempdir()), "<temporary>"),
        (Path.home(), "~"),
        (Path(sys.base_prefix), "<python>"),
        (Path(sys.prefix), "<python>"),
        (source.absolute().parent, "<notebooks>"),
        (PROJECT, "<dedupelab>"),
        (here, "."),
    ]
    named += [
        (path, path.name)
        for path in map(Path, _texts(values))
        if path.is_absolute() and here not in path.parents
    ]
    names: dict[str, str] = {}
    for path, name in named:
        # A folder at the root, or the root itself, says nothing and occurs in other words' company.
        if len(path.parts) > 2 or path == Path.home():
            for form in (str(path), str(path).replace("\\", "\\\\")):
                names[form] = name
    return names


def _texts(value: object) -> Iterable[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for v in value.values():
                yield from _texts(v)
        case list():
            for v in value:
                yield from _texts(v)


def _everywhere(value: Any, replace: _Replacement) -> Any:  # noqa: ANN401 - any part of a notebook's JSON
    match value:
        case str():
            return replace(value)
        case list():
            return [_everywhere(v, replace) for v in value]
        case dict():
            return nbformat.from_dict(
                {
                    k: v if k.startswith("image/") and k != "image/svg+xml" else _everywhere(v, replace)
                    for k, v in value.items()
                }
            )
    return value


def _renumbered(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Give widgets numbers for random identifiers: in the order in which they, and what they refer to, are shown."""
    state = (
        notebook.metadata.get("widgets", {})
        .get("application/vnd.jupyter.widget-state+json", {})
        .get("state", {})
    )
    if not state:
        return notebook
    models = {name: json.dumps(model) for name, model in state.items()}
    shown = [found for found in WIDGET.findall(json.dumps(notebook.cells)) if found in models]
    never_shown = sorted(models, key=lambda name: WIDGET.sub("", models[name]))
    order: dict[str, str] = {}
    queue = [*shown, *never_shown]
    while queue:
        name = queue.pop(0)
        if name not in order:
            order[name] = f"{len(order):032x}"
            queue = [found for found in WIDGET.findall(models[name]) if found in models] + queue
    text = WIDGET.sub(lambda m: order.get(m[0], m[0]), nbformat.writes(notebook))
    renamed: nbformat.NotebookNode = nbformat.reads(text, as_version=4)
    return renamed
