"""Notebook runs: strict before, faithful during, silent about the machine after."""

import getpass
import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.iorw import papermill_io

from dedupelab.errors import ConfigError, NotebookError, OutputError
from dedupelab.publish.notebooks.notebooks import notebook_sources, run_notebook, run_notebooks

pytestmark = pytest.mark.slow

PARAMETERS = "study: str = 'x'  # which study\nradius: int | None = 4  # in bits\nshare: float = 0.5"


@pytest.fixture
def draft(tmp_path: Path) -> Callable[..., Path]:
    """Write a notebook: its name, then the code of the cells that follow its title and its parameters."""

    def write(name: str, *cells: str, parameters: str = PARAMETERS) -> Path:
        notebook = new_notebook()
        notebook.cells = [
            new_markdown_cell("# What is asked"),
            new_code_cell(parameters, metadata={"tags": ["parameters"]}),
            *map(new_code_cell, cells),
        ]
        nbformat.write(notebook, tmp_path / name)
        return tmp_path / name

    return write


def printed(notebook: Path) -> str:
    cells = nbformat.read(notebook, as_version=4).cells
    return "".join(o.get("text", "") for c in cells if c.cell_type == "code" for o in c.outputs)


def test_a_run_uses_the_values_and_this_interpreter(draft, tmp_path):
    """A path arrives as text, a number as a number, in a kernel of the running interpreter with a fixed surrounding."""
    source = draft(
        "a.ipynb",
        "import os, sys",
        "print(study.endswith('some study'), radius + 1, share, sys.executable == os.environ['THE_PYTHON'])",
        "print(os.environ['TZ'], os.environ['PYTHONHASHSEED'], os.environ['MPLBACKEND'])",
    )
    seen = []
    os.environ["THE_PYTHON"] = sys.executable
    try:
        target = run_notebook(
            source,
            tmp_path / "new folder" / "a {x}.ipynb",
            {"study": tmp_path / "some study", "radius": 7},
            progress=lambda *step: seen.append(step),
        )
    finally:
        del os.environ["THE_PYTHON"]
    assert printed(target) == "True 8 0.5 True\nUTC 0 module://matplotlib_inline.backend_inline\n"
    assert seen == [(i, 5) for i in range(1, 6)]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"stduy": "x"}, "a.ipynb: expected a declared parameter, got stduy; did you mean study?"),
        ({"radius": "4"}, "a.ipynb: radius must be int | None, got '4' (str)"),
        ({"radius": True}, "a.ipynb: radius must be int | None, got True (bool)"),
        ({"study": None}, "a.ipynb: study must be str, got None (NoneType)"),
    ],
)
def test_wrong_parameters_are_refused_before_anything_starts(draft, tmp_path, parameters, message):
    """Unknown names and wrong types are named in one line, and nothing is written."""
    source = draft("a.ipynb", "1")
    with pytest.raises(ConfigError) as refused:
        run_notebook(source, tmp_path / "out" / "a.ipynb", parameters)
    assert str(refused.value) == message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise ValueError('expected one\\nline')", "a.ipynb, cell 4: ValueError: expected one line;"),
        ("import os; os._exit(1)", "a.ipynb, cell 4: Kernel died"),
    ],
)
def test_a_failure_names_its_cell_and_is_kept(draft, tmp_path, code, message):
    """The message is one line with notebook, cell and error; what ran so far is kept beside the target."""
    source = draft("a.ipynb", "print('so far')", code, "print('never')")
    with pytest.raises(NotebookError) as failure:
        run_notebook(source, tmp_path / "out" / "a.ipynb", {"radius": 2})
    assert message in str(failure.value)
    assert "\n" not in str(failure.value)
    assert [f.name for f in (tmp_path / "out").iterdir()] == ["a.failed.ipynb"]
    assert "so far" in printed(tmp_path / "out" / "a.failed.ipynb")
    assert "never" not in printed(tmp_path / "out" / "a.failed.ipynb")


def test_a_good_run_removes_an_earlier_failure(draft, tmp_path):
    """After a run that succeeds no failed notebook lies beside the result."""
    kept = tmp_path / "out" / "a.failed.ipynb"
    kept.parent.mkdir()
    kept.write_text("old")
    run_notebook(draft("a.ipynb", "1"), tmp_path / "out" / "a.ipynb", {})
    assert [f.name for f in kept.parent.iterdir()] == ["a.ipynb"]


def test_equal_runs_give_equal_bytes_and_tell_nothing_of_the_machine(draft, tmp_path):
    """No path, user, time, process or random identifier is left, in cells, outputs, warnings or widgets."""
    source = draft(
        "a.ipynb",
        "import os, sys, warnings, ipywidgets",
        "print(study, sys.executable, os.getcwd(), os.path.expanduser('~/x'), list({'b', 'a'}))",
        "warnings.warn('look here')",
        "ipywidgets.IntSlider(3)",
        "import matplotlib.pyplot as plt; plt.plot([1, 2]);",
    )
    runs = [run_notebook(source, tmp_path / f / "a.ipynb", {"study": tmp_path / "mine"}) for f in "12"]
    assert runs[0].read_bytes() == runs[1].read_bytes()
    text = runs[0].read_text()
    assert "mine <python>/bin/python" in text
    assert "<cell>:1: UserWarning: look here" in text
    told = [str(tmp_path), str(Path.cwd()), sys.prefix, f"/{getpass.getuser()}/", "papermill", "duration"]
    assert [word for word in told if word in text] == []
    nbformat.validate(json.loads(text))


def test_notebooks_run_beside_each_other(draft, tmp_path):
    """Two threads run two notebooks at once, and neither sees the other's names."""
    sources = [draft(f"{name}.ipynb", f"name = {name!r}", "print(name, radius)") for name in "ab"]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda s: run_notebook(s, tmp_path / "out" / s.name, {"radius": 1}), sources))
    assert [printed(d) for d in done] == ["a 1\n", "b 1\n"]


def test_a_folder_of_an_earlier_run_that_is_gone_matters_to_none(draft, tmp_path, monkeypatch):
    """Papermill still notes the folder in which it once wrote: one notebook ends while another is at work, into a relative folder."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    before = papermill_io.get_handler("local").cwd(str(gone))
    monkeypatch.chdir(tmp_path)
    gone.rmdir()
    slow = ["import time", *["time.sleep(1)"] * 4]
    try:
        run_notebooks(
            [draft("a.ipynb", *slow), draft("b.ipynb", *slow, *slow), draft("c.ipynb")], Path("out"), {}
        )
    finally:
        papermill_io.get_handler("local").cwd(before)
    assert {f.name for f in (tmp_path / "out").iterdir()} == {"a.ipynb", "b.ipynb", "c.ipynb"}
    assert Path.cwd() == tmp_path


def test_several_notebooks_share_parameters_and_progress(draft, tmp_path):
    """Each gets what it declares, all are run though one fails, and the cells are counted together."""
    sources = [
        draft("1.ipynb", "print(study)"),
        draft("2.ipynb", "1 / 0"),
        draft("3.ipynb", "print(pages)", parameters="pages: int = 1"),
    ]
    steps: list[tuple[int, int]] = []
    with pytest.raises(NotebookError, match=r"2\.ipynb, cell 3: ZeroDivisionError"):
        run_notebooks(
            sources, tmp_path / "out", {"study": "s", "pages": 9}, progress=lambda *step: steps.append(step)
        )
    assert {f.name for f in (tmp_path / "out").iterdir()} == {"1.ipynb", "2.failed.ipynb", "3.ipynb"}
    assert [printed(tmp_path / "out" / f"{n}.ipynb") for n in "13"] == ["s\n", "9\n"]
    assert [done for done, _ in steps] == list(range(1, len(steps) + 1))
    with pytest.raises(ConfigError, match="got page; did you mean pages"):
        run_notebooks(sources, tmp_path / "out", {"page": 9})


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each kernel starts anew")
def test_several_notebooks_share_imports_and_nothing_else(draft, tmp_path):
    """Each begins with what any of them imports, as it was imported, and says what it says when run alone; one that dies takes no other."""
    sources = [
        draft("a.ipynb", "import colorsys", "colorsys.ONE_SIXTH = 7; print(list({'a', 'b', 'c'}))"),
        draft("b.ipynb", "import sys", "print(sys.modules['colorsys'].ONE_SIXTH == 1 / 6)"),
        draft("c.ipynb", "import os; os._exit(1)"),
        draft("d.ipynb", "import subprocess", "print(subprocess.run(['true']).returncode)"),
    ]
    with pytest.raises(NotebookError, match=r"c\.ipynb, cell 3: Kernel died"):
        run_notebooks(sources, tmp_path / "out", {}, workers=1)
    alone = run_notebook(sources[0], tmp_path / "alone" / "a.ipynb", {})
    assert alone.read_bytes() == (tmp_path / "out" / "a.ipynb").read_bytes()
    assert [printed(tmp_path / "out" / f"{name}.ipynb") for name in "bd"] == ["True\n", "0\n"]


def test_a_run_needs_nothing_at_home(draft, tmp_path):
    """With an empty home folder a run succeeds without a word on standard error, and leaves nothing of Jupyter there."""
    home = tmp_path / "home"
    home.mkdir()
    source = draft("a.ipynb", "print(radius)")
    code = "import sys; from pathlib import Path; from dedupelab.publish.notebooks.notebooks import run_notebook as run\n"
    code += "run(Path(sys.argv[1]), Path(sys.argv[2]), {'radius': 3})"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "JUPYTER", "IPYTHON"))} | {
        "HOME": str(home)
    }
    ran = subprocess.run(
        [sys.executable, "-c", code, source, tmp_path / "out.ipynb"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert printed(tmp_path / "out.ipynb") == "3\n"
    assert not any((home / name).exists() for name in (".ipython", ".jupyter", ".local"))


def test_a_notebook_can_run_a_notebook(draft, tmp_path):
    """Where an event loop is running already, as in JupyterLab, a run works all the same."""
    inner = draft("inner.ipynb", "print(radius)")
    outer = draft(
        "outer.ipynb",
        "from pathlib import Path; from dedupelab.publish.notebooks.notebooks import run_notebook",
        "done = run_notebook(Path(study), Path(study).with_name('done.ipynb'), {'radius': 6}); print(done.name)",
    )
    assert printed(run_notebook(outer, tmp_path / "out.ipynb", {"study": inner})) == "done.ipynb\n"
    assert printed(tmp_path / "done.ipynb") == "6\n"


def test_an_unwritable_target_is_an_output_error(draft, tmp_path):
    """Where a file stands in the way of the folder, the error says what was expected."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"expected a place to write a\.ipynb"):
        run_notebook(draft("a.ipynb"), tmp_path / "file" / "a.ipynb", {})


def test_our_own_notebooks_are_found_in_order():
    """The notebooks that the reports are made of come in the order of their names."""
    names = [source.name for source in notebook_sources()]
    assert names == sorted(names)
    assert names
