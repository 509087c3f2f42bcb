"""Markdown of authors as blocks: a subset, with numbers filled in by their ids.

`{M1}` becomes the value with its interval, `{M1:value}`, `{M1:interval}`, `{M1:of}` and `{M1:grade}` a part of it; `{{` is a
brace. Paragraphs, headings, lists, emphasis, code, quotations, links, tables and pictures are read; everything else, HTML among
it, stays the characters it is (`unread` names it).
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from dedupelab.errors import ReportError, nearest
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.own_pictures import Place
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.language.language import _
from dedupelab.publish.paper.document import (
    TABLE_COLUMNS,
    Block,
    BulletList,
    Code,
    Column,
    Emphasis,
    Figure,
    Heading,
    Link,
    Paragraph,
    Run,
    Strong,
    Table,
    Text,
    Verbatim,
    plain,
)

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}\n]{1,120})\}")
_ADDRESS = re.compile(r"(#[A-Za-z][A-Za-z0-9._-]*|https?://[^\s<>\"]+|mailto:[^\s<>\"]+)\Z")
_SPACED = re.compile(r"!\[[^\]\n]*\]\(([^()<>\n\"]* [^()<>\n\"]*)\)")
"""A picture that is none in Markdown, for the spaces in its address: it would be printed as it was typed."""
Token = Mapping[str, Any]
Say = Callable[[Text], Paragraph]
_PARTS = {
    "value": wording.figure,
    "interval": wording.named_interval,
    "of": wording.of,
    "grade": wording.grade,
}


def blocks_of(
    markdown: str,
    numbers: Numbers,
    say: Say,
    *,
    name: str = "text",
    under: int = 1,
    place: Place | None = None,
) -> list[Block]:
    """Return Markdown as blocks, its paragraphs numbered by `say`; `place` says where pictures may lie.

    Raises
    ------
    ReportError
        If a placeholder names no number of the study, a table is too wide, or a picture cannot be shown.
    """
    reader = _Reader(markdown, numbers, name, place)
    return list(reader.blocks(_parsed(markdown, "table"), say, under))


def unread(markdown: str) -> list[str]:
    r"""Return what a text uses that is set as the characters it is, or not at all.

    >>> unread("a <b>bold</b> word[^1]\n\n[^1]: note\n\n---")
    ['HTML', 'footnotes', 'rules across the page']
    """
    tokens = _every(_parsed(markdown, "table", "footnotes", "strikethrough"))
    kinds = {token["type"] for token in tokens}
    return list(dict.fromkeys(words for kind, words in UNREAD.items() if kind in kinds))


def _parsed(markdown: str, *plugins: str) -> list[dict[str, Any]]:
    import mistune  # noqa: PLC0415 - only papers with authors' texts need it

    parsed = mistune.create_markdown(renderer=None, plugins=plugins)(markdown)
    return parsed if isinstance(parsed, list) else []


def addresses(markdown: str) -> list[str]:
    """Return the addresses of a text's pictures."""
    return [
        str(token["attrs"]["url"]) for token in _every(_parsed(markdown, "table")) if token["type"] == "image"
    ]


def _every(tokens: Iterable[Token]) -> Iterator[Token]:
    # A list of what is still to be looked at, not a recursion: quotations may lie a thousand deep.
    left = list(tokens)
    while left:
        yield (token := left.pop())
        left += token.get("children", ())


class _Reader:
    """Turns Markdown's tokens into blocks and runs, filling in numbers."""

    def __init__(self, markdown: str, numbers: Numbers, name: str, place: Place | None) -> None:
        self.lines = markdown.splitlines()
        self.numbers = numbers
        self.name = name
        self.place = place
        self.heading: list[Run] = []
        self.tables = 0

    def blocks(self, tokens: Iterable[Token], say: Say, under: int = 1) -> Iterator[Block]:
        level = under
        for token in tokens:
            kind = token["type"]
            if kind == "heading":
                # What it stands under has the higher level, and none may be skipped.
                level = min(token["attrs"]["level"] + under, level + 1, 4)
                self.heading = self.titled(self.runs(token["children"]))
                yield Heading(_LEVELS[level], self.heading)
            elif kind == "table":
                yield self.table(token)
            elif kind == "paragraph" and _only_pictures(token["children"]):
                yield from (self.picture(each) for each in token["children"] if each["type"] == "image")
            elif kind in {"paragraph", "block_text"}:
                yield say(self.runs(token["children"]))
            elif kind == "list":
                yield BulletList(list(self.items(token)), ordered=bool(token["attrs"].get("ordered")))
            elif kind == "block_quote":
                for inner in self.blocks(token["children"], say, level):
                    yield _quoted(inner)
            elif kind in {"block_code", "block_html"}:
                yield (
                    Verbatim(token["raw"]) if kind == "block_code" else say(self.filled(token["raw"].strip()))
                )

    def titled(self, runs: list[Run]) -> list[Run]:
        """Return a heading's words; a page of them would fill the contents list."""
        if len(plain(runs)) > HEADING:
            raise ReportError(
                f"{self.name}: expected headings of at most {HEADING} characters, got {len(plain(runs)):,}; make it a paragraph"
            )
        return runs

    def table(self, token: Token) -> Table:
        """Return a table; its caption is the heading that it stands under."""
        head = next(part for part in token["children"] if part["type"] == "table_head")["children"]
        self.tables += 1
        if len(head) > TABLE_COLUMNS:
            raise ReportError(
                f"{self.at('|')}: expected a table of at most {TABLE_COLUMNS} columns, got {len(head)}; turn columns into rows or split it"
            )
        columns = [
            Column(
                plain(self.runs(cell["children"])), "right" if cell["attrs"]["align"] == "right" else "left"
            )
            for cell in head
        ]
        rows = [
            [self.runs(cell["children"]) for cell in row["children"]]
            for part in token["children"]
            if part["type"] == "table_body"
            for row in part["children"]
        ]
        name = sha256(f"{self.name} {self.tables}".encode()).hexdigest()[:8]
        return Table(f"table-own-{name}", self.heading or _("As given by the submitter"), columns, rows)

    def picture(self, token: Token) -> Figure:
        address, at = str(token["attrs"]["url"]), self.at(str(token["attrs"]["url"]))
        if self.place is None:
            raise ReportError(f"{at}: expected no picture here, got {address[:120]!r}; take it out")
        alt, title = self.words(token["children"]), str(token["attrs"].get("title") or "")
        return self.place.picture(address, alt, title, at)

    def at(self, typed: str) -> str:
        """Return the file, and the first line that has what was typed there."""
        line = next((number for number, said in enumerate(self.lines, 1) if typed in said), 0)
        return f"{self.name}, line {line}" if line else self.name

    def items(self, token: Token, depth: int = 0) -> Iterator[Text]:
        """Return a list's items; those of lists within it follow, marked by dashes."""
        for item in token["children"]:
            words: list[Run] = ["– " * depth] if depth else []
            inner: list[Text] = []
            for child in item["children"]:
                if child["type"] == "list":
                    inner += self.items(child, depth + 1)
                elif "children" in child:
                    words += (
                        [" ", *self.runs(child["children"])]
                        if len(words) > bool(depth)
                        else self.runs(child["children"])
                    )
                else:
                    words.append(str(child.get("raw", "")))
            yield words
            yield from inner

    def runs(self, tokens: Sequence[Token]) -> list[Run]:
        found: list[Run] = []
        for token in _merged(tokens):
            kind = token["type"]
            if kind in {"softbreak", "linebreak"}:
                found.append(" ")
            elif kind == "codespan":
                found.append(Code(html.unescape(token["raw"])))
            elif kind in {"emphasis", "strong"}:
                words = self.words(token["children"])
                found.append(Strong(words) if kind == "strong" else Emphasis(words))
            elif kind == "link":
                words, target = self.words(token["children"]), str(token["attrs"]["url"])
                found.append(Link(words, target) if _ADDRESS.match(target) else f"{words} ({target})")
            elif kind == "image":
                raise ReportError(
                    f"{self.at(str(token['attrs']['url']))}: expected a picture in a paragraph of its own, got one among words; "
                    "put empty lines around it"
                )
            elif kind == "inline_html":
                found.append(token["raw"])
            else:
                words = html.unescape(token.get("raw", ""))
                if meant := _SPACED.search(words):
                    raise ReportError(
                        f"{self.at(meant[1])}: expected a picture's address without spaces, got {meant[1][:120]!r}; write (<{meant[1][:120]}>)"
                    )
                found.append(self.filled(words))
        return found

    def words(self, tokens: Sequence[Token]) -> str:
        """Return what stands inside emphasis or a link: runs do not nest."""
        return "".join(run if isinstance(run, str) else getattr(run, "text", "") for run in self.runs(tokens))

    def filled(self, text: str) -> str:
        return _PLACEHOLDER.sub(self._number, text)

    def _number(self, match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        asked, _colon, part = match[1].strip().partition(":")
        result = self.numbers.get(asked)
        if result is None:
            raise ReportError(
                f"{self.name}: expected the id of a number, got {{{asked}}}"
                + (
                    nearest(asked, self.numbers.results, 0.3)
                    or "; see results.json for the ids, write {{ for a brace"
                )
            )
        if not part:
            return wording.with_interval(result)
        if part not in _PARTS:
            raise ReportError(
                f"{self.name}: expected {asked} with one of {', '.join(_PARTS)}, got {{{asked}:{part}}}"
                + (nearest(part, _PARTS, 0.3) or "; write the id alone for value and interval")
            )
        return _PARTS[part](result) if result.value is not None else wording.figure(result)


def _only_pictures(tokens: Sequence[Token]) -> bool:
    return any(token["type"] == "image" for token in tokens) and all(
        token["type"] in {"image", "softbreak", "linebreak"} or not str(token.get("raw", "x")).strip()
        for token in tokens
    )


HEADING = 300
UNREAD = {
    "block_html": "HTML",
    "inline_html": "HTML",
    "footnotes": "footnotes",
    "strikethrough": "words struck out",
    "thematic_break": "rules across the page",
}
"""Kinds of token, and what an author calls them."""
_LEVELS: dict[int, Any] = {1: 1, 2: 2, 3: 3, 4: 4}


def _merged(tokens: Sequence[Token]) -> Iterator[Token]:
    """Join texts that follow each other: an underscore ends one, and an id may hold it."""
    kept: dict[str, Any] | None = None
    for token in tokens:
        if token["type"] != "text":
            if kept is not None:
                yield kept
            kept = None
            yield token
        elif kept is None:
            kept = dict(token)
        else:
            kept["raw"] += token["raw"]
    if kept is not None:
        yield kept


def _quoted(block: Block) -> Block:
    if not isinstance(block, Paragraph):
        return block
    runs = [block.text] if isinstance(block.text, str) else block.text
    return Paragraph([Emphasis(run) if isinstance(run, str) else run for run in runs], block.number, block.id)
