"""Notebooks tell, the package does: every notebook is thin, clean, and the same shape."""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest

from dedupelab.publish.notebooks.parameters import parameters_of

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LONGEST_CELL = 10
FORBIDDEN = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.Lambda,
)
PARAMETER = re.compile(r"\w+: [\w\[\], |]+ = .+  # .+")
ANSWERS = re.compile(r"\bwhat (?:this|it) answers\b|\banswers?\b|\?", re.IGNORECASE)
LIMITS = re.compile(r"\b(?:does not|do not|cannot|can not|not) (?:show|tell|say|prove|mean)", re.IGNORECASE)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def python(cell: nbformat.NotebookNode) -> ast.Module:
    """Return the cell's syntax tree, without IPython's magic lines."""
    return ast.parse(
        "\n".join("" if line.startswith(("%", "!")) else line for line in cell.source.splitlines())
    )


def prose(path: Path) -> list[str]:
    return [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]


def test_there_are_notebooks():
    """The journey is told by at least one notebook, and nothing else lies between them."""
    assert NOTEBOOKS
    assert [f.name for f in FOLDER.rglob("*") if f.suffix not in {".ipynb", ".md", ""}] == []


each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@each
def test_it_is_valid(path):
    """The stored file is the notebook format, version 4.5 or later, with Python named as its language."""
    stored = json.loads(path.read_text("utf-8"))
    nbformat.validate(stored)
    assert (stored["nbformat"], stored["nbformat_minor"] >= 5) == (4, True)
    assert stored["metadata"]["kernelspec"]["language"] == "python"


@each
def test_it_is_stripped(path):
    """Nothing of a run is stored: no output, no count, no widget, no record of a runner."""
    assert [c.source for c in code_cells(path) if c.outputs or c.execution_count is not None] == []
    assert set(read(path).metadata) <= {"kernelspec", "language_info"}
    assert [c.metadata for c in read(path).cells if set(c.metadata) - {"tags"}] == []


@each
def test_parameters_come_first_then_imports(path):
    """The first code cell is tagged `parameters` and explains each; the second imports; no other cell does either."""
    first, second, *rest = code_cells(path)
    assert first.metadata.get("tags") == ["parameters"]
    assert [line for line in first.source.splitlines() if not PARAMETER.fullmatch(line)] == []
    assert all(p.help for p in parameters_of(path))
    imports = (ast.Import, ast.ImportFrom)
    assert [ast.unparse(s) for s in python(second).body if not isinstance(s, imports)] == []
    assert [
        c.source
        for c in rest
        if c.metadata.get("tags") or any(isinstance(n, imports) for n in ast.walk(python(c)))
    ] == []


@each
def test_cells_are_short_and_only_call(path):
    """A code cell has at most ten lines and defines, loops and opens nothing: that is the package's work."""
    cells = code_cells(path)
    assert [c.source for c in cells if len(c.source.splitlines()) > LONGEST_CELL] == []
    assert [c.source for c in cells for node in ast.walk(python(c)) if isinstance(node, FORBIDDEN)] == []
    opened = re.compile(r"\bopen\(|\bglob\(|\biterdir\(|\bread_text\(|\bwrite_text\(")
    assert [c.source for c in cells if opened.search(c.source)] == []
    assert [c.source for c in cells if not c.source.strip()] == []


@each
def test_it_says_what_it_answers_and_what_it_does_not_show(path):
    """The first words are a title and the question; the last cell says what is not shown."""
    cells = read(path).cells
    assert [cells[0].cell_type, cells[-1].cell_type] == ["markdown", "markdown"]
    assert prose(path)[0].startswith("# ")
    assert ANSWERS.search(prose(path)[0])
    assert LIMITS.search(prose(path)[-1])
