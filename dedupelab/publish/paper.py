"""The paper as one document, from numbers and figures; every renderer sets this same document."""

from dataclasses import replace
from datetime import UTC, datetime

from dedupelab.publish.chapters import answers, authority, extent, front, harm, method, options, statements
from dedupelab.publish.chapters.answers import commented
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.check import check_document, mark
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
        submitter=(profile.submission.submitter if profile else "")
        or report.submitter
        or material.config.study.owner,
        consultation=profile.consultation.name if profile else report.consultation,
        reference=profile.consultation.reference if profile else "",
        date=date,
        short_title=f"Duplicate pictures: {material.config.study.name}",
        created=created or datetime(2000, 1, 1, tzinfo=UTC),
    )
    document = Document(title, f"Study {material.config.study.name}", "en-GB", meta, lead, blocks)
    return replace(document, meta=replace(meta, draft=mark(material, check_document(document, material))))


def _count_word(count: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[count] if count < len(words) else f"{count:,}"
