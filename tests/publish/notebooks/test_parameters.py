"""A parameters cell is read as data, and values are held against it."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dedupelab.errors import ConfigError, NotebookError
from dedupelab.publish.notebooks.parameters import Parameter, checked, parameters_of

PARAMETERS = "study: str = 'x'  # which study\nradius: int | None = 4  # in bits\nshare: float = 0.5"


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., Path]:
    """Write a notebook that has a parameters cell and nothing else."""

    def write(parameters: str = PARAMETERS) -> Path:
        drafted = new_notebook()
        drafted.cells = [new_code_cell(parameters, metadata={"tags": ["parameters"]})]
        nbformat.write(drafted, tmp_path / "a.ipynb")
        return tmp_path / "a.ipynb"

    return write


def test_parameters_are_read_from_their_cell(notebook):
    """A parameters cell tells name, type, default and help."""
    assert parameters_of(notebook()) == [
        Parameter("study", "str", "x", "which study"),
        Parameter("radius", "int | None", 4, "in bits"),
        Parameter("share", "float", 0.5, ""),
    ]


@pytest.mark.parametrize(
    "line", ["study = 'x'", "import os", "n: Radius = 4", "n: int", "n: int = print('no')"]
)
def test_a_parameters_cell_holds_declarations_only(notebook, line):
    """Whatever is not `name: type = value` is an error that quotes the line."""
    with pytest.raises(NotebookError, match=r"a\.ipynb: expected `name: type = value  # help`"):
        parameters_of(notebook(line))


def test_what_is_no_notebook_is_named(tmp_path):
    """A missing file and a file of another kind are errors that name it."""
    (tmp_path / "text.ipynb").write_text("hello")
    for name in ("absent.ipynb", "text.ipynb"):
        with pytest.raises(NotebookError, match=f"expected a notebook, got .*{name}"):
            parameters_of(tmp_path / name)


@pytest.mark.parametrize(
    ("kind", "value", "plain"),
    [
        ("str", Path("a") / "b", str(Path("a") / "b")),
        ("float", 3, 3),
        ("list[str]", ("a", Path("b")), ["a", "b"]),
        ("dict[str, float]", {"a": 1.5}, {"a": 1.5}),
        ("str | None", None, None),
    ],
)
def test_values_become_what_papermill_can_write(kind, value, plain):
    """Paths become text and tuples lists; a whole number will do for a float."""
    assert checked({"x": value}, [Parameter("x", kind, None, "")], "a") == {"x": plain}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", 1.5),
        ("int", True),
        ("str", 3),
        ("list[str]", [1]),
        ("dict[str, float]", {"a": "b"}),
        ("bool", 1),
    ],
)
def test_values_of_another_type_are_refused(kind, value):
    """Nothing is converted silently: not a float to an int, not a number to text, not inside a list either."""
    with pytest.raises(ConfigError, match="a: x must be "):
        checked({"x": value}, [Parameter("x", kind, None, "")], "a")


def test_an_unknown_name_is_refused_with_the_nearest():
    """The error suggests the declared name that is most alike, or says that there is none."""
    with pytest.raises(ConfigError, match="got radus; did you mean radius"):
        checked({"radus": 1}, [Parameter(n, "int", 0, "") for n in ("share", "radius")], "a")
    with pytest.raises(ConfigError, match="got x; it takes none"):
        checked({"x": 1}, [], "a")
