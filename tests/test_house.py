"""House rules that no linter knows."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLACES = ("dedupelab", "tests", "notebooks", "data", "benchmarks", ".github", ".ci", "docs")
NOT_OURS = ("data/sample/", "/__pycache__/", "/.ipynb_checkpoints/", "/.dedupelab/")
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".ipynb",
    ".yml",
    ".yaml",
    ".json",
    ".csv",
    ".txt",
    ".css",
    ".html",
    ".typ",
    ".lua",
    ".lock",
    "",
}
MODULES = sorted((ROOT / "dedupelab").rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "manager", "misc"}
LONGEST_MODULE = 450
# Spelt in parts, so that this file does not contain what it forbids.
HOSTS = (
    ("py", "pi."),
    ("python", "hosted."),
    ("ana", "conda."),
    ("npm", "js."),
    ("artif", "actory"),
    ("/sim", "ple/"),
)
MACHINE_PATH = re.compile(r"(?<![\w.~>})/-])/(?:home|root|Users|work|opt|mnt)/\w")
REGISTRIES = re.compile("|".join(re.escape(left + right) for left, right in HOSTS))
BARE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[)|#\s*noqa(?!:)")


def texts() -> Iterator[tuple[str, str]]:
    """Every text file that belongs to the project, by its name from the top."""
    files = [f for place in PLACES for f in (ROOT / place).rglob("*")] + list(ROOT.iterdir())
    for file in sorted(f for f in files if f.is_file() and f.suffix in TEXT):
        name = file.relative_to(ROOT).as_posix()
        if not any(part in f"/{name}" or name.startswith(part) for part in NOT_OURS) and name != ".git":
            yield name, file.read_text("utf-8")


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE_PATH, 'open("/ho|me/jane/x")'),
        (MACHINE_PATH, "cd /Use|rs/jane"),
        (REGISTRIES, "https://py|pi.org/"),
        (BARE_IGNORE, "x = y  # type: ig|nore"),
        (BARE_IGNORE, "x = y  # no|qa"),
    ],
)
def test_the_rules_can_be_broken(pattern, line):
    """Each pattern finds what it forbids (a bar keeps it from being found here)."""
    assert pattern.search(line.replace("|", ""))


def test_modules_are_nouns_of_the_problem():
    """No folder or module is named after nothing in particular."""
    named = [(m, set(re.split(r"[_/]", m.relative_to(ROOT).with_suffix("").as_posix()))) for m in MODULES]
    assert [m.as_posix() for m, words in named if words & FORBIDDEN_NAMES] == []


def test_modules_are_short():
    """A module has at most 450 lines: past that it is about two things."""
    lengths = ((len(m.read_text("utf-8").splitlines()), m.relative_to(ROOT).as_posix()) for m in MODULES)
    assert [f"{name}: {lines}" for lines, name in lengths if lines > LONGEST_MODULE] == []


def test_no_path_of_somebodys_machine():
    """Nothing names a folder that exists on one machine only."""
    assert lines_with(MACHINE_PATH) == []


def test_no_registry_is_named():
    """Where packages come from is the installer's business; the lock file pins content, not addresses."""
    assert lines_with(REGISTRIES) == []


def test_every_ignore_has_its_code():
    """An ignore without a code hides whatever comes next."""
    assert lines_with(BARE_IGNORE) == []


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-dev.lock", "benchmarks/requirements.lock"]
)
def test_a_lock_file_pins_content_only(name):
    """Every requirement is one exact version with hashes, and no line is an option, an address or a path."""
    requirements = locked(name)
    pinned = re.compile(r"[\w.-]+==[\w.+!-]+( ; [^@/]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert [r[:80] for r in requirements if not pinned.fullmatch(r)] == []
    assert requirements


def test_the_lock_files_agree():
    """What a report is made with, at the same versions, is what the tests try."""
    run, tests = ({r.split()[0] for r in locked(f"requirements{more}.lock")} for more in ("", "-dev"))
    assert run < tests


def locked(name: str) -> list[str]:
    lock = (ROOT / name).read_text("utf-8")
    return [r for r in lock.replace("\\\n", " ").splitlines() if r.strip() and not r.startswith("#")]


def test_the_map_leads_to_the_rooms():
    """Every file and folder that CONTRIBUTING names is there, and every id in the order of results has its module."""
    from dedupelab.numbers.order import ORDER

    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|js|css|csv))`", text))
    places = (ROOT, ROOT / "dedupelab", ROOT / "dedupelab" / "lab")
    assert sorted(n for n in named if not any((place / n).exists() for place in places)) == []
    table = [row.split("|")[1:3] for row in text.splitlines() if row.startswith("| `")]
    where = {i: cell for ids, cell in table for i in re.findall(r"`\.?([\w.]+)`", ids) if ".py" in cell}
    bases = {base for base in ORDER if base not in where and base.split(".")[0] not in where}
    assert bases == set()
    for name, cell in where.items():
        modules = [ROOT / "dedupelab" / m for m in re.findall(r"`([a-z_]+/[a-z_/]+\.py)`", cell)]
        assert any(f'"{name}' in m.read_text("utf-8") for m in modules) or name == "window", name
