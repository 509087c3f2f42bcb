"""The house keeps its shape: imports go downhill, the front door is small and light, every command is explained."""

import ast
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import click
import networkx as nx
import pytest

import dedupelab
from dedupelab.commands.cli import main

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dedupelab"
FRONT = "front door"
LAYERS = (
    {"errors", "version"},
    {"tables", "values"},
    {"numbers", "work"},
    {"collect"},
    {"match"},
    {"registers"},
    {"review"},
    {"evidence", "sample"},
    {"settings"},
    {"study"},
    {"publish", "gate", "schedule"},
    {"pack"},
    {"exchange"},
    {"lab"},
    {"commands"},
    {FRONT, "__main__"},
)
"""Low to high. A module may import what lies lower and its own folder; what shares a layer is blind to one another."""
LOOSE = {"__init__.py", "__main__.py", "errors.py", "version.py"}
"""The modules that stand at the root of the package beside its folders."""
FLOORS = 12
HEAVY = [
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "IPython",
    "anywidget",
    "cv2",
    "dask",
    "distributed",
    "ipywidgets",
    "iscc_core",
    "jupyter_client",
    "matplotlib",
    "nbconvert",
    "nbformat",
    "numba",
    "papermill",
    "skimage",
    "sklearn",
    "statsmodels",
    "torch",
]
RANK = {unit: rank for rank, layer in enumerate(LAYERS) for unit in layer}
MODULES = sorted(PACKAGE.rglob("*.py"))


def unit_of(module: Path) -> str:
    """Name the folder or the module directly under the package that a file belongs to."""
    first = module.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return FRONT if first == "__init__" else first


@cache
def named(source: str, module: Path) -> frozenset[str]:
    """Every name of the package that the source imports, anywhere in it, as a path of dots."""
    found = set()
    here = ("dedupelab", *module.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[: len(here) - node.level + 1]) if node.level else ""
            start = ".".join(filter(None, (base, node.module)))
            found |= {f"{start}.{alias.name}" for alias in node.names}
    return frozenset(name for name in found if name.split(".")[0] == "dedupelab")


def imported(source: str, module: Path) -> set[str]:
    """Every unit of the package that the source imports."""
    seconds = [(*name.split("."), "")[1] for name in named(source, module)]
    return {second if second in RANK else FRONT for second in seconds}


def modules_behind(names: Iterable[str]) -> set[Path]:
    """Return the modules that names lie in, each its own or, for a function or class, that of the name without its end."""
    paths = [ROOT.joinpath(*name.split(".")) for name in names]
    return {
        p for path in paths for p in (path.with_suffix(".py"), path.parent.with_suffix(".py")) if p in MODULES
    }


def offences(source: str, module: Path) -> list[str]:
    """List the imports of a source, read as the given module, that do not go downhill."""
    unit = unit_of(module)
    return [
        f"{module.relative_to(PACKAGE).as_posix()} imports {other}"
        for other in sorted(imported(source, module))
        if other != unit and RANK[other] >= RANK[unit]
    ]


def height(unit: str, below: dict[str, set[str]]) -> int:
    """Return on which floor a unit stands: one above the highest that it imports."""
    return 1 + max((height(other, below) for other in below[unit] - {unit}), default=0)


def test_only_folders_stand_at_the_root():
    """A module belongs into a folder; beside them stand the front door, what can go wrong, and the version."""
    assert {module.name for module in PACKAGE.glob("*.py")} == LOOSE


def test_the_house_is_low():
    """No more than twelve floors of folders, the front door apart, counted by what they import."""
    below: dict[str, set[str]] = {unit: set() for unit in RANK}
    for module in MODULES:
        below[unit_of(module)] |= imported(module.read_text("utf-8"), module) - {FRONT}
    assert max(height(unit, below) for unit in RANK if unit not in {FRONT, "__main__"}) <= FLOORS


def test_every_module_has_a_layer():
    """A new folder or module at the top of the package is given its place in the list first."""
    assert {unit_of(module) for module in MODULES} - set(RANK) == set()


def test_imports_go_downhill():
    """No module imports from its own height or above, not even inside a function."""
    assert [line for module in MODULES for line in offences(module.read_text("utf-8"), module)] == []


def test_no_two_modules_need_one_another():
    """Within a folder, too, imports run one way, those for types alone among them."""
    graph = nx.DiGraph()
    for module in MODULES:
        graph.add_edges_from(
            (module, other) for other in modules_behind(named(module.read_text("utf-8"), module))
        )
    circles = [part for part in nx.strongly_connected_components(graph) if len(part) > 1]
    assert [sorted(m.relative_to(PACKAGE).as_posix() for m in part) for part in circles] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("match/groups.py", "from dedupelab.study.study import Study"),
        ("match/groups.py", "from dedupelab import evidence"),
        ("match/groups.py", "def f():\n    import dedupelab.evidence.money.harm"),
        ("match/groups.py", "from ..evidence import harm"),
        ("collect/scan.py", "if TYPE_CHECKING:\n    from dedupelab.sample.files import write"),
        ("errors.py", "from dedupelab import tables"),
        ("tables/__init__.py", "from dedupelab import Study"),
        ("study/study.py", "from dedupelab.publish.notebooks.notebooks import run_notebook"),
        ("study/study.py", "def f():\n    from dedupelab.publish.run import publish_run"),
        ("publish/run.py", "def f():\n    from dedupelab.pack import report"),
    ],
)
def test_an_uphill_import_is_noticed(module, source):
    """The layer test can fail: upward, sideways, relative, deferred and type-only imports are all seen."""
    assert len(offences(source, PACKAGE / module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "match/groups.py",
            "from dedupelab.tables import LINKS\nfrom dedupelab.match.graph import write_graph\nimport re",
        ),
        ("match/groups.py", "from . import graph"),
        ("commands/cli.py", "from dedupelab.lab.server import x\nfrom dedupelab.errors import y"),
    ],
)
def test_a_downhill_import_is_not(module, source):
    """Lower layers, the own folder and other packages are free."""
    assert offences(source, PACKAGE / module) == []


@pytest.mark.parametrize("module", ["dedupelab", "dedupelab.commands.cli"])
def test_importing_is_light(module):
    """Neither the package nor the commands load tables, drawing, notebooks, vision or learning before they are used."""
    code = f"import {module}, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


@pytest.mark.slow
def test_a_study_opens_without_vision():
    """OpenCV is loaded where pictures are compared, not by every command that opens a study."""
    code = "import dedupelab.study.study, sys; print('cv2' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (ran.stdout, ran.stderr) == ("False\n", "")


@pytest.mark.slow
def test_a_stage_of_the_desk_begins_without_papers():
    """A scan or match that the desk starts, and the desk itself, do not load what writes reports."""
    code = "import dedupelab.lab.study_desk, sys; print('dedupelab.publish.run' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (ran.stdout, ran.stderr) == ("False\n", "")


def test_the_front_door_is_written_out():
    """`__all__` is sorted, a score of names, and the whole of the public namespace."""
    submodules = {unit_of(module) for module in MODULES}
    public = {name for name in dir(dedupelab) if not name.startswith("_")} - submodules
    assert dedupelab.__all__ == sorted(dedupelab.__all__)
    assert public | {"__version__"} == set(dedupelab.__all__)
    assert len(dedupelab.__all__) <= 20
    assert all(getattr(dedupelab, name) for name in dedupelab.__all__)
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        dedupelab.absent  # noqa: B018  asking is the test


def commands(group: click.Group, path: str = "dedupelab") -> dict[str, click.Command]:
    """Every command below a group, by what one types."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        typed = f"{path} {name}"
        found |= commands(command, typed) if isinstance(command, click.Group) else {typed: command}
    return found


@pytest.mark.parametrize("typed", sorted(commands(main)))
def test_every_command_is_explained(typed):
    """A command says what it does and what each option means, and the README shows it."""
    command = commands(main)[typed]
    assert command.help
    assert [p.name for p in command.params if isinstance(p, click.Option) and not p.help] == []
    assert typed in (ROOT / "README.md").read_text("utf-8")
