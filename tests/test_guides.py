"""The README and the guides hold what they print: links lead somewhere, command lines and settings are such as are obeyed."""

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
from command import invoke
from printed import BLOCK, command_lines

from dedupelab.commands.cli import main
from dedupelab.publish import run
from dedupelab.publish.chapters.prose import SECTIONS
from dedupelab.publish.notebooks.notebooks import notebook_sources
from dedupelab.study.study import Study

ROOT = Path(__file__).parents[1]
GUIDES = sorted((ROOT / "data" / "guides").glob("*.md"))
PAGES = [ROOT / "README.md", *GUIDES]
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
STANDS_FOR = {"KIND": "incident", "ACTION": "list"}
"""What a reader puts in the place of a word that the parser itself would refuse."""


def named(page: Path) -> str:
    """Return a page's name for a test's."""
    return page.name


def blocks(page: Path, language: str) -> list[str]:
    """Return what a page prints as code in one language ("" where none is named)."""
    return [text for kind, text in BLOCK.findall(page.read_text("utf-8")) if kind == language]


def headings(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as forges make them."""
    found = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).strip().replace(" ", "-") for each in found}


def parsed(line: str) -> None:
    """Parse a command line as the program would: an optional part as if it were given, of alternatives the first."""
    typed = [
        STANDS_FOR.get(word, word.split("|")[0])
        for word in shlex.split(line.replace("[", " ").replace("]", " "), comments=True)
        if word != "..."
    ][1:]
    command: click.Command = main
    while isinstance(command, click.Group) and typed:
        name, typed = typed[0], typed[1:]
        assert name in command.commands, f"no command {name}"
        command = command.commands[name]
    if typed:  # a command that is only named needs no arguments
        with command.make_context(command.name, [word.removesuffix("...") for word in typed]):
            pass


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page):
    """What a page links to is there, the heading within it too."""
    for target in LINK.findall(CODE.sub("", BLOCK.sub("", page.read_text("utf-8")))):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        assert other.is_file(), target
        assert not anchor or anchor in headings(other), target


def test_the_readme_is_short_and_leads_to_every_guide():
    """From installing to a paper it takes sixty lines; the whole has two hundred at most; no guide is hidden."""
    text = (ROOT / "README.md").read_text("utf-8")
    lines = text.splitlines()
    assert lines.index("## Guides") < 60
    assert len(lines) <= 200
    assert {f"data/guides/{each.name}" for each in GUIDES} <= set(LINK.findall(text))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_command_lines_are_obeyed(page):
    """Each printed command line is one that the program understands: command, options, choices and number of arguments."""
    wrong = []
    for line in command_lines(page):
        try:
            parsed(line)
        except (click.ClickException, AssertionError) as error:
            wrong.append((line, str(error)))
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_code_is_code(page):
    """Settings are TOML, Python compiles."""
    for block in blocks(page, "toml"):
        # Alternatives are printed one under the other; TOML takes a name once.
        for each in block.splitlines() if block.count("\ncatalogue") else [block]:
            tomllib.loads(each)
    for block in blocks(page, "python"):
        compile(block, page.name, "exec")


def test_the_guide_names_every_place_for_words():
    """The analyst's table of `text/` has each section that is read, and no other."""
    text = (ROOT / "data" / "guides" / "analyst.md").read_text("utf-8")
    rows = re.findall(r"^\| (`.+?) \|", text, re.MULTILINE)
    named = {name.removesuffix(".en.md") for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert {name.replace("2(a)", "NUMBER") for name in named} == set(SECTIONS)


@pytest.mark.slow
def test_the_five_steps_make_a_paper(photograph, tmp_path, monkeypatch):
    """The five steps' command lines, as they are printed but for the folders of pictures, end in a paper; one notebook stands for all."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "notebook_sources", lambda: notebook_sources()[:1])
    text = (ROOT / "README.md").read_text("utf-8")
    steps = text[text.index("in five steps") : text.index("## Guides")]
    for folder, seeds in (("pictures", (0, 1, 2)), ("others", (0, 1, 3))):
        (tmp_path / folder).mkdir()
        for seed in seeds:
            photograph(seed).save(tmp_path / folder / f"{seed}.jpg", quality=90 - seed)
    lines = [line for line in steps.splitlines() if line.strip().startswith(".venv/bin/dedupelab")]
    for line in lines:
        typed = shlex.split(line.replace("/path/to", str(tmp_path)))[1:]
        done = invoke(*typed)
        assert done.exit_code == 0, (line, done.output)
    assert (tmp_path / "reports" / "my-study" / "latest" / "report.en.pdf").exists()
    assert len(Study(tmp_path / "my-study").groups()) == 2
