"""A paper as its places: what can be cited, under which heading it stands, what it says. Checks read this, people the paper."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dedupelab.errors import TableError
from dedupelab.publish.paper.document import Document
from dedupelab.publish.paper.layout import Plain, lay_out

FILE = "paper.json"
SCHEMA = "dedupelab/paper/2"


@dataclass(frozen=True)
class Place:
    """One block: its id (empty where nothing can point to it), how it is cited, the headings it stands under, its words.

    A table's words are its caption and its rows, a line each, with tabs between cells.
    """

    id: str
    kind: str
    label: str
    under: tuple[str, ...]
    text: str
    items: int = 0
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Claim:
    """One main point of page one, as it is printed."""

    sentence: str
    interval: str
    grade: str
    result: str = ""


@dataclass(frozen=True)
class Outline:
    """All places of a paper in order, and its main points."""

    places: tuple[Place, ...] = ()
    claims: tuple[Claim, ...] = ()

    def get(self, identifier: str) -> Place | None:
        """Return the place with an id, or None where the paper has none."""
        return next((place for place in self.places if place.id == identifier), None)

    def stated(self, name: str) -> set[str]:
        """Return the values that places state under a name."""
        return {value for place in self.places for key, value in place.facts if key == name}

    def within(self, heading: str) -> list[Place]:
        """Return what stands under a heading and says something, further headings left out."""
        return [
            place
            for place in self.places
            if heading in place.under and place.kind != "heading" and (place.text.strip() or place.items)
        ]

    def label(self, identifier: str) -> str:
        """Return how a place is cited; a heading without number by its first numbered paragraph."""
        place = self.get(identifier)
        if place is None:
            return ""
        numbered = [p for p in self.within(identifier) if p.kind == "paragraph" and p.label]
        return numbered[0].label if place.kind == "heading" and numbered else place.label


def outline_of(document: Document) -> Outline:
    """Return a paper's outline; raises ReportError where the document contradicts itself."""
    paper = lay_out(document)
    places: list[Place] = []
    headings: list[tuple[int, str]] = []
    for block in (*paper["front"], *paper["blocks"]):
        if block["kind"] == "heading":
            headings = [each for each in headings if each[0] < block["level"]]
        places.append(_place(block, paper, tuple(name for _level, name in headings)))
        if block["kind"] == "heading":
            headings.append((block["level"], block["id"]))
    points = [point for block in paper["front"] for point in block.get("points", ())]
    claims = (Claim(_words(p["sentence"]), p["interval"], p["grade"], p["result"]) for p in points)
    return Outline(tuple(places), tuple(claims))


def keep_outline(document: Document, folder: Path, *, tag: str = "") -> None:
    """Write paper.json for the first paper of a run, `paper.TAG.json` for another language, whose places have other words."""
    content = {"schema": SCHEMA, **asdict(outline_of(document))}
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / file_of(tag)).write_text(text, encoding="utf-8")


def file_of(tag: str) -> str:
    """Return the name of the outline in a language; of the first paper's with an empty tag."""
    return f"paper.{tag}.json" if tag else FILE


def load_outline(path: Path) -> Outline:
    """Read paper.json.

    Raises
    ------
    TableError
        If the file is missing or not of this schema.
    """
    try:
        given: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if given["schema"] != SCHEMA:
            raise ValueError(f"schema {given['schema']!r}")  # noqa: TRY301 - told below like every other defect
        places = tuple(
            Place(**{**each, "under": tuple(each["under"]), "facts": tuple((n, v) for n, v in each["facts"])})
            for each in given["places"]
        )
        return Outline(places, tuple(Claim(**each) for each in given["claims"]))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise TableError(
            f"expected a run's {FILE} at {path}, got {problem}; run the report again with this version"
        ) from problem


def _place(block: Plain, paper: Plain, under: tuple[str, ...]) -> Place:
    kind, words = block["kind"], paper["words"]
    label, text, items = "", "", 0
    match kind:
        case "heading":
            text = _words(block["text"])
            label = f"{words['section']} {block['number']}" if block["number"] else text
        case "paragraph":
            text = _words(block["text"])
            label = f"{words['paragraph']} {block['number']}" if block["number"] else ""
        case "bulletlist":
            items = len(block["items"])
            text = "\n".join(map(_words, block["items"]))
        case "callout":
            label, items = block["title"], len(block["texts"])
            text = "\n".join(map(_words, block["texts"]))
        case "mainpoints":
            label, items = block["title"], len(block["points"])
        case "table":
            rows = ["\t".join(map(_words, row)) for row in block["rows"]]
            label, text, items = block["label"], "\n".join([_words(block["caption"]), *rows]), len(rows)
        case "figure":
            label, text = block["label"], block["title"]
    facts = tuple((str(name), str(value)) for name, value in block.get("facts", ()))
    return Place(block["id"], kind, label, under, text, items, facts)


def _words(runs: list[Plain]) -> str:
    return "".join(run["text"] for run in runs)
