"""The paper as one document, from numbers and figures; every renderer sets this same document."""

from datetime import UTC, datetime

from dedupelab.publish.chapters import accuracy, authority, extent, front, harm, method, options
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.document import Block, Document, Meta
from dedupelab.publish.language import N_, _, document_tag, number, plural
from dedupelab.publish.words import words


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
    blocks = [
        *extent.scope(material),
        *extent.extent(material),
        *extent.sharing(material),
        *authority.whose(material),
        *authority.ai(material),
        *harm.harm(material),
        *options.options(material),
        *options.trend(material),
        *method.method(material),
        *method.limitations(material),
        *method.assurance(material),
        *method.annex(material),
    ]
    meta = Meta(
        submitter=material.author("submitter") or material.author("owner"),
        consultation=material.author("consultation"),
        date=date,
        draft=accuracy.draft(material),
        short_title=_("Duplicate pictures: {name}", name=material.config.study.name),
        created=created or datetime(2000, 1, 1, tzinfo=UTC),
    )
    return Document(
        title, _("Study {name}", name=material.config.study.name), document_tag(), meta, lead, blocks, words()
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
