"""The paper as one document, from numbers and figures; every renderer sets this same document."""

from datetime import UTC, datetime

from dedupelab.publish.chapters import accuracy, authority, extent, front, harm, method, options
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.document import Block, Document, Meta


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
    report = material.config.report
    count = len(material.config.collection)
    title = (
        report.title
        or f"Duplicate pictures in {_count_word(count)} collection{'s' if count > 1 else ''}: extent, authority, harm"
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
        submitter=report.submitter or material.config.study.owner,
        consultation=report.consultation,
        date=date,
        draft=accuracy.draft(material),
        short_title=f"Duplicate pictures: {material.config.study.name}",
        created=created or datetime(2000, 1, 1, tzinfo=UTC),
    )
    return Document(title, f"Study {material.config.study.name}", "en-GB", meta, lead, blocks)


def _count_word(count: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[count] if count < len(words) else f"{count:,}"
