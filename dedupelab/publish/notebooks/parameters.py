"""What a notebook can be asked: its cell tagged `parameters`, and values checked against it.

papermill would only warn about a name that the notebook does not declare, and would pass on a value of any type.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from pydantic import TypeAdapter, ValidationError

from dedupelab.errors import ConfigError, NotebookError, nearest

TYPES: dict[str, Any] = {t.__name__: t for t in (bool, dict, float, int, list, str)}

_IMPORT = re.compile(r"^(?:from (\S+) )?import (\w[\w.]*(?:, \w+)*)", re.MULTILINE)


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: `name: type = default  # help`."""

    name: str
    type: str
    default: object
    help: str


def read_notebook(source: Path) -> nbformat.NotebookNode:
    """Read a notebook in today's form.

    Raises
    ------
    NotebookError
        When the file is missing or is not a notebook.
    """
    try:
        notebook: nbformat.NotebookNode = nbformat.read(source, as_version=4)
    except (OSError, nbformat.reader.NotJSONError, nbformat.ValidationError) as e:
        raise NotebookError(f"expected a notebook, got {source}: {str(e).splitlines()[0]}") from e
    return notebook


def parameters_of(source: Path) -> list[Parameter]:
    """List what a notebook can be asked: the lines of its cell tagged `parameters`.

    Raises
    ------
    NotebookError
        When a line of that cell is not `name: type = value  # help`, with a type built of Python's own.
    """
    cells = [c for c in read_notebook(source).cells if "parameters" in c.metadata.get("tags", [])]
    return [p for cell in cells[:1] for p in _parameters(cell.source, source.name)]


def imported_by(notebook: nbformat.NotebookNode) -> set[str]:
    r"""Return what the lines of a notebook import at their beginning, with the name of its module before each.

    >>> sorted(imported_by(nbformat.from_dict({"cells": [{"cell_type": "code", "source": "import os\nfrom json import dumps, loads"}]})))
    ['json.dumps', 'json.loads', 'os']
    """
    code = (cell.source for cell in notebook.cells if cell.cell_type == "code")
    return {
        f"{module}.{name}" if module else name
        for source in code
        for module, names in _IMPORT.findall(source)
        for name in names.split(", ")
    }


def _parameters(cell: str, notebook: str) -> Iterable[Parameter]:
    tokens = tokenize.generate_tokens(io.StringIO(cell).readline)
    comments = {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}
    for line in ast.parse(cell).body:
        match line:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as value):
                kind, comment = ast.unparse(annotation), comments.get(line.end_lineno or 0, "")
                try:
                    _type(kind)
                    yield Parameter(name, kind, ast.literal_eval(value), comment)
                    continue
                except (NameError, TypeError, ValueError):
                    pass
        raise NotebookError(
            f"{notebook}: expected `name: type = value  # help` among the parameters, got `{ast.unparse(line)}`"
        )


def _type(annotation: str) -> Any:  # noqa: ANN401 - a type, or a union of types
    return eval(annotation, {"__builtins__": {}}, TYPES)  # noqa: S307 - the notebook's own code, about to be run anyway


def declared_of(parameters: Mapping[str, object], declared: Iterable[Parameter]) -> dict[str, object]:
    """Keep those of the parameters that a notebook declares."""
    return {p.name: parameters[p.name] for p in declared if p.name in parameters}


def refuse_unknown(parameters: Iterable[str], known: Iterable[str], where: str) -> None:
    """Raise ConfigError for the first name that is not known, and suggest the nearest that is."""
    for name in parameters:
        if name not in (names := sorted(known)):
            hint = nearest(name, names, 0) or "; it takes none"
            raise ConfigError(f"{where}: expected a declared parameter, got {name}{hint}")


def _plain(value: object) -> object:
    """Return the value as papermill can write it: paths as text, tuples as lists."""
    match value:
        case Path():
            return str(value)
        case dict():
            return {key: _plain(v) for key, v in value.items()}
        case list() | tuple():
            return [_plain(v) for v in value]
    return value


def checked(parameters: Mapping[str, object], declared: list[Parameter], notebook: str) -> dict[str, object]:
    """Return the values as papermill can write them: paths as text, tuples as lists.

    Raises
    ------
    ConfigError
        When a name is not declared, or a value is not of the declared type; a whole number will do for a float.
    """
    known = {p.name: p for p in declared}
    refuse_unknown(parameters, known, notebook)
    values = {name: _plain(value) for name, value in parameters.items()}
    for name, value in values.items():
        try:
            TypeAdapter(_type(known[name].type)).validate_python(value, strict=True)
        except ValidationError as e:
            raise ConfigError(
                f"{notebook}: {name} must be {known[name].type}, got {value!r} ({type(value).__name__})"
            ) from e
    return values
