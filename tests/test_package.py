"""The wheel works by itself: built from the source distribution, installed elsewhere, with the source out of the way."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from collections_of import collections_of

from dedupelab.commands.cli import main

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def run(*command: object, cwd: Path, check: bool = True) -> str:
    """Run a command as a user would, without what the test process has in its environment; return what it printed."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_", "VIRTUAL_ENV"))}
    words = [str(word) for word in command]
    ran = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert not check or ran.returncode == 0, f"{' '.join(words)}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the source distribution, and the wheel from it, in one folder; nothing is fetched for that."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    return out


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel where the locked packages are seen and the source is not; return the folder of programs."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    layout = {"base": str(folder), "platbase": str(folder)}
    scripts, packages = (Path(sysconfig.get_path(name, "venv", layout)) for name in ("scripts", "purelib"))
    # Path files are read in an environment's own folder only: an editable install of this project, which is such a
    # file among the locked packages, has no effect from here.
    (packages / "locked.pth").write_text(
        "\n".join(dict.fromkeys(map(sysconfig.get_path, ("purelib", "platlib"))))
    )
    (wheel,) = built.glob("*.whl")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", scripts / "python")
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=folder)
    return scripts


def test_the_wheel_holds_what_a_report_needs_and_nothing_else(built):
    """Notebooks, data, type marker and licence are in; tests, tables of runs and the sample study are not."""
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    sources = {
        f"dedupelab/{f.relative_to(ROOT / 'dedupelab').as_posix()}"
        for f in (ROOT / "dedupelab").rglob("*.py")
    }
    notebooks = {f"dedupelab/_notebooks/{f.name}" for f in (ROOT / "notebooks").glob("*.ipynb")}
    data = {f"dedupelab/_data/{f.name}" for f in (ROOT / "data").iterdir() if f.is_file()}
    assert notebooks
    assert data
    assert sources | notebooks | data | {"dedupelab/py.typed"} <= set(names)
    assert [n for n in names if "/sample/" in n and n.startswith("dedupelab/_data")] == []
    assert [n for n in names if "__pycache__" in n or ".ipynb_checkpoints" in n or ".dedupelab" in n] == []
    tops = {n.split("/")[0] for n in names}
    assert {t for t in tops if not t.endswith(".dist-info")} == {"dedupelab"}
    assert any(n.endswith("licenses/LICENSE") for n in names)


def test_the_source_distribution_can_be_tested(built):
    """Tests, notebooks and the things that are read at build time travel with the source."""
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "tests/conftest.py", "dedupelab/py.typed"} <= names
    assert [n for n in names if n.startswith(("data/sample/", "reports/", ".venv/"))] == []


def test_the_installed_package_is_not_the_source(installed, tmp_path):
    """From another folder, Python finds the installed copy, whole and of the right version."""
    code = "import dedupelab, dedupelab.publish.notebooks.notebooks as n; print(dedupelab.__file__); print(len([*n.notebook_sources(), n.desk_source().resolve(strict=True)]))"
    file, notebooks = run(installed / "python", "-c", code, cwd=tmp_path).split()
    assert Path(file).is_relative_to(installed.parent)
    assert int(notebooks) == len(list((ROOT / "notebooks").glob("*.ipynb")))


def test_the_installed_command_answers(installed, tmp_path):
    """`dedupelab --help` names every command, `--version` the version, and each command has its help page."""
    assert run(installed / "dedupelab", "--version", cwd=tmp_path).startswith("dedupelab, version ")
    page = run(installed / "dedupelab", "--help", cwd=tmp_path)
    assert [name for name in main.commands if name not in page] == []
    assert run(installed / "python", "-m", "dedupelab", "--help", cwd=tmp_path).startswith("Usage: ")


def test_the_installed_package_writes_a_report(installed, photograph, tmp_path):
    """From folders of pictures to the paper in three formats and a notebook, with nothing but the wheel."""
    collections_of(tmp_path, photograph, one=(range(3), 90), two=(range(3), 60))
    program = installed / "dedupelab"
    # One of them stands for all, which are in the wheel and are run on the sample: each takes seconds.
    (folder,) = installed.parent.rglob("_notebooks")
    for notebook in sorted(folder.glob("*.ipynb"))[2:]:  # the first is the desk, which no run executes
        notebook.unlink()
    run(program, "init", "study", "--collection", "one=one", "--collection", "two=two", cwd=tmp_path)
    printed = run(program, "report", "study", cwd=tmp_path)
    for kind in ("html", "pdf", "docx"):
        assert f"reports/study/latest/report.en.{kind}" in printed
        assert (tmp_path / "reports" / "study" / "latest" / f"report.en.{kind}").stat().st_size > 10_000
    assert len(list((tmp_path / "reports" / "study" / "latest" / "notebooks").iterdir())) == 1
