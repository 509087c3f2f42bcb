"""Local paths are told as people would tell them, and nothing else is touched."""

import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from dedupelab.publish.notebooks.anonymise import scrubbed

SOURCE = Path(__file__).parent / "a.ipynb"
STUDY = Path(Path.cwd().anchor) / "archive" / "studies" / "my study"


def told(text: str, kind: str = "text/plain") -> str:
    notebook = new_notebook()
    notebook.cells = [new_code_cell("1", outputs=[new_output("display_data", {kind: text})])]
    result: str = (
        scrubbed(notebook, SOURCE, {"study": str(STUDY), "radius": 4}).cells[0].outputs[0].data[kind]
    )
    return result


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (f"{STUDY}/tables/pairs.parquet", "my study/tables/pairs.parquet"),
        (f"in {STUDY}.", "in my study."),
        (f"\x1b[32m{STUDY}\x1b[0m", "\x1b[32mmy study\x1b[0m"),
        (f"{STUDY}-older", f"{STUDY}-older"),
        (f"s3://bucket{STUDY}", f"s3://bucket{STUDY}"),
        (f"{Path.home()}/x", "~/x"),
        (f"{sys.prefix}/lib/x.py", "<python>/lib/x.py"),
        (f"{Path.cwd()}/x", "./x"),
        ("a/ipykernel_77/123.py:1: UserWarning", "<cell>:1: UserWarning"),
        ("nothing to see", "nothing to see"),
    ],
)
def test_paths_are_told_without_the_machine(printed, expected):
    """A whole path is replaced by its short name; what only begins or ends like one is left."""
    assert told(printed) == expected


def test_pictures_are_left_alone():
    """The bytes of a picture are never rewritten, even if they happened to spell a path."""
    assert told(f" {STUDY} ", "image/png") == f" {STUDY} "
    assert told(f" {STUDY} ", "image/svg+xml") == " my study "


def test_the_given_notebook_is_not_changed():
    """Scrubbing returns a copy."""
    notebook = new_notebook()
    notebook.metadata["papermill"] = {"input_path": "x"}
    before = nbformat.writes(notebook)
    assert "papermill" not in scrubbed(notebook, SOURCE, {}).metadata
    assert nbformat.writes(notebook) == before
