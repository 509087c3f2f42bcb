"""The paper as one document, from numbers and figures; every renderer sets this same document."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from dedupelab.numbers.messages import N_
from dedupelab.publish.chapters import (
    annexes,
    answers,
    authority,
    extent,
    front,
    harm,
    method,
    options,
    statements,
    trail,
)
from dedupelab.publish.chapters.answers import commented
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.criteria.check import check_document, mark
from dedupelab.publish.language.language import _, document_tag, number, plural
from dedupelab.publish.language.renderer_words import words
from dedupelab.publish.paper.document import Block, Document, Heading, Meta, Paragraph, plain


def paper(material: Material, *, date: str = "", created: datetime | None = None) -> Document:
    """Return the paper.

    Parameters
    ----------
    date
        As printed below the title; left out when empty.
    created
        Time for the files' properties; a fixed one when None, so that equal results give equal bytes.
    """
    count = len(material.config.collection)
    title = material.author("title") or _title(count, priced=front.priced(material.numbers))
    shown = {name: annexes.printed(figure) for name, figure in material.figures.items()}
    material = replace(material, figures=shown)
    lead: list[Block] = front.front(material)
    profile = material.consultation
    closing = statements.statements(material) if profile else method.assurance(material)
    written = {
        "scope": extent.scope(material),
        "extent": extent.extent(material),
        "overlap": extent.sharing(material),
        "whose": authority.whose(material),
        "ai": authority.ai(material),
        "harm": harm.harm(material),
        "options": options.options(material),
        "trend": options.trend(material),
        "": [*answers.members(material), *answers.request(material)],
        "method": method.method(material),
        "limitations": statements.limits(material, method.limitations(material)),
        "assurance": closing,
    }
    chapters = [commented(material, name, [*chapter]) for name, chapter in written.items()]
    silent = {
        str(chapter[0].id) for chapter in chapters if len(chapter) == 1 and isinstance(chapter[0], Heading)
    }
    blocks = [
        *answers.introduction(material),
        *answers.answers(material, silent),
        *renumbered([chapter for chapter in chapters if len(chapter) != 1]),
        *lettered(
            [
                *annexes.annexes(material, silent),
                *statements.assumptions(material),
                *trail.trail(material, harm.TRACED),
            ]
        ),
    ]
    meta = Meta(
        submitter=material.author("submitter") or material.author("owner"),
        consultation=material.author("consultation"),
        reference=profile.consultation.reference if profile else "",
        date=date,
        created=created or datetime(2000, 1, 1, tzinfo=UTC),
    )
    document = Document(title, "", document_tag(), meta, lead, blocks, words())
    return replace(document, meta=replace(meta, draft=mark(material, check_document(document, material))))


def renumbered(chapters: list[list[Block]]) -> list[Block]:
    """Return the chapters' blocks with numbers that run on where a chapter was left out for want of inputs."""
    blocks: list[Block] = []
    place = 0
    for chapter in chapters:
        numbered = isinstance(chapter[0], Heading) and chapter[0].number if chapter else None
        place += bool(numbered)
        for block in chapter:
            if isinstance(block, Heading | Paragraph) and block.number and numbered:
                _chapter, dot, paragraph = block.number.partition(".")
                blocks.append(replace(block, number=f"{place}{dot}{paragraph}"))
            else:
                blocks.append(block)
    return blocks


def lettered(annexes: list[Block]) -> Iterator[Block]:
    """Yield the annexes' blocks with letters that run on where one was left out; a reference names the letter alone."""
    letters = iter("ABCDEFGHIJ")
    for block in annexes:
        if isinstance(block, Heading) and block.level == 1:
            letter = next(letters)
            text = _("Annex {letter}: {title}", letter=letter, title=plain(block.text))
            yield replace(block, text=text, label=_("Annex {letter}", letter=letter))
        else:
            yield block


def _title(count: int, *, priced: bool) -> str:
    """Return the title of a paper that nobody gave one; it names harm where some of it was estimated."""
    named = _count_word(count)
    if not priced:
        return plural(
            "Duplicate pictures in {number} collection: extent and authority",
            "Duplicate pictures in {number} collections: extent and authority",
            count,
            number=named,
        )
    return plural(
        "Duplicate pictures in {number} collection: extent, authority, harm",
        "Duplicate pictures in {number} collections: extent, authority, harm",
        count,
        number=named,
    )


def _count_word(count: int) -> str:
    """Return a small number as a title has it."""
    words = (
        N_("no"),
        N_("one"),
        N_("two"),
        N_("three"),
        N_("four"),
        N_("five"),
        N_("six"),
        N_("seven"),
        N_("eight"),
        N_("nine"),
        N_("ten"),
    )
    return _(words[count]) if count < len(words) else number(count)
