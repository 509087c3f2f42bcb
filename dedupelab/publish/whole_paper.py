"""The paper as one document, from numbers and figures; every renderer sets this same document."""

from dataclasses import replace
from datetime import UTC, datetime

from dedupelab.numbers.messages import N_
from dedupelab.publish.chapters import answers, authority, extent, front, harm, method, options, statements
from dedupelab.publish.chapters.answers import commented
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.criteria.check import check_document, mark
from dedupelab.publish.language.language import _, document_tag, number, plural
from dedupelab.publish.language.renderer_words import words
from dedupelab.publish.paper.document import Block, Document, Meta


def paper(material: Material, *, date: str = "", created: datetime | None = None) -> Document:
    """Return the paper.

    Parameters
    ----------
    material
        What the study found, with its figures.
    date
        As printed below the title; left out when empty.
    created
        Time for the files' properties; a fixed one when None, so that equal results give equal bytes.
    """
    count = len(material.config.collection)
    title = material.author("title") or plural(
        "Duplicate pictures in {number} collection: extent, authority, harm",
        "Duplicate pictures in {number} collections: extent, authority, harm",
        count,
        number=_count_word(count),
    )
    lead: list[Block] = front.front(material)
    profile = material.consultation
    closing = statements.statements(material) if profile else method.assurance(material)
    chapters = {
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
    blocks = [
        *answers.introduction(material),
        *answers.answers(material),
        *(block for name, chapter in chapters.items() for block in commented(material, name, chapter)),
        *method.annex(material),
        *statements.assumptions(material),
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
