"""Replay a pack in a second environment: other minor versions of every library but those that decode pictures.

    python tests/campaigns/replay.py RUN [--place .cache/replay]

The environment is made from requirements.lock with the constraints in `OLDER`, and this checkout. What must come out again:
every table and every number of the run, within the tolerance that the pack declares.
"""

import argparse
import json
import re
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
OLDER = {
    "networkx": ">=3.4,<3.6",
    "numpy": ">=2.2,<2.4",
    "pandas": ">=3.0,<3.1",
    "pyarrow": ">=22,<26",
    "pydantic": ">=2.11,<2.13",
    "scipy": ">=1.15,<1.17",
    "statsmodels": ">=0.14.4,<0.15",
}
"""Minor versions below those of the lock file; Pillow and OpenCV, which decode and align, stay."""
FREED = ("pydantic-core", "llvmlite", "numba")
"""What follows from these, or is not installed here."""
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)(?: *; *([^\\]+?))? *\\?$", re.MULTILINE)
VERSIONS = (
    "import importlib.metadata as m, json, sys; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
)


def constraints(lock: str, older: Mapping[str, str] = OLDER) -> str:
    """Return the pins of a lock file, those of some packages replaced by older ranges."""
    pins = [
        f"{name}=={version}" + (f" ; {marker}" if marker else "")
        for name, version, marker in PIN.findall(lock)
        if name not in older and name not in FREED
    ]
    return "\n".join([*pins, *(f"{name}{span}" for name, span in older.items())]) + "\n"


def make(place: Path) -> Path:
    """Make the environment, unless it is there; return its interpreter."""
    python = place / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    wanted, made = constraints((ROOT / "requirements.lock").read_text("utf-8")), place / "constraints.txt"
    if made.exists() and made.read_text("utf-8") == wanted:
        return python
    venv.create(place, with_pip=True, clear=True)
    held = place / "wanted.txt"
    held.write_text(wanted, encoding="utf-8")
    quiet = [str(python), "-m", "pip", "-qq", "--disable-pip-version-check", "--no-input", "install"]
    subprocess.run([*quiet, "--constraint", str(held), "--editable", str(ROOT)], check=True)
    held.replace(made)
    return python


def main() -> int:
    """Replay, and say with what and how it went; 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--place", type=Path, default=ROOT / ".cache" / "replay")
    given = parser.parse_args()
    python = make(given.place.resolve())
    names = [*OLDER, "pillow", "opencv-python-headless"]
    there, here = (
        json.loads(subprocess.run([each, "-c", VERSIONS, *names], check=True, stdout=subprocess.PIPE).stdout)
        for each in (str(python), sys.executable)
    )
    for name in names:
        print(f"{name}: {there[name]} there, {here[name]} here", flush=True)
    replayed = subprocess.run(
        [str(python), "-m", "dedupelab", "replay", str(given.run), "--json"],
        stdout=subprocess.PIPE,
        check=False,
    )
    if not replayed.stdout:
        return 1
    found = json.loads(replayed.stdout)
    for table in found["tables"]:
        said = f"{table['different']:,} differ; first {table['first']}" if table["different"] else "the same"
        print(f"{table['name']}: {table['rows']:,} rows, {said}")
    same_libraries = [name for name in OLDER if there[name] == here[name]]
    if same_libraries:
        print(
            f"expected other versions of {', '.join(same_libraries)}, got the same; lower the bounds in OLDER"
        )
    return 0 if found["same"] and not same_libraries else 1


if __name__ == "__main__":
    sys.exit(main())
