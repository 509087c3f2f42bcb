"""The cover letter: a document of its own, so that it can go onto the submitter's letterhead."""

from dedupelab.numbers.headlines import headlines
from dedupelab.numbers.messages import N_
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.front import sentence
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.prose import told
from dedupelab.publish.language.language import _, day, joined, original
from dedupelab.publish.paper.document import Block, BulletList, Document, Emphasis, Meta, Paragraph, Strong

LEADING = 3
"""Findings that a letter names; the paper has the others."""
MEMBERS = 12
"""Members that a letter names; the paper has the others."""
MAY = {
    "publish": N_("The submission may be published in full, with the submitter's name."),
    "publish-anonymised": N_(
        "The submission may be published only without the names of the submitter, of the members represented and of the holders of the "
        "collections, and without the example pictures. This copy holds all of them, and is for the recipient alone."
    ),
    "confidential-annex": N_(
        "The paper may be published; its annexes and the evidence pack are confidential."
    ),
    "confidential": N_("The submission is confidential and may not be published."),
}


def letter(material: Material, enclosed: Document) -> Document | None:
    """Return the letter that goes with the enclosed paper; None without a consultation."""
    profile = material.consultation
    if profile is None:
        return None
    asked, own, meta = profile.consultation, profile.submission, enclosed.meta
    blocks: list[Block] = [Paragraph(line) for line in asked.recipient]
    blocks += [
        Paragraph(original(own.salutation) or _("Dear Sir or Madam,")),
        Paragraph([Strong(_subject(material))]),
        Paragraph(_opening(material, enclosed)),
        *told(material.prose, "letter", material.numbers, Paragraph, under=0),
    ]
    leading = headlines(material.numbers.results.values(), material.config.report.main_points)[:LEADING]
    if leading:
        blocks.append(Paragraph(_("Its main findings are:")))
        blocks.append(
            BulletList(
                [
                    [
                        *sentence(headline, material.numbers[headline.result]),
                        _(
                            " ({interval})",
                            interval=wording.named_interval(material.numbers[headline.result]),
                        ),
                    ]
                    for headline in leading
                ]
            )
        )
    blocks.append(
        Paragraph(
            _(
                "A picture that looks like another is not an infringement. What the paper does not show, the findings that speak against its "
                "case, and the standards that it could not meet are stated in it."
            )
        )
    )
    blocks.append(Paragraph(_(MAY[own.confidentiality])))
    if own.contact:
        blocks.append(Paragraph(_("Questions may be put to {contact}.", contact=original(own.contact))))
    blocks.append(Paragraph(_("Yours faithfully,")))
    blocks += [Paragraph(line) for line in (own.signatory, meta.submitter) if line]
    blocks.append(Paragraph([Emphasis(_("Enclosed: {title}", title=enclosed.title))]))
    head = Meta(
        submitter=meta.submitter,
        consultation=meta.date,
        draft=meta.draft,
        short_title=material.author("consultation"),
        created=meta.created,
    )
    title = _("Submission: {consultation}", consultation=material.author("consultation"))
    return Document(title, "", enclosed.lang, head, blocks, words=enclosed.words)


def _subject(material: Material) -> str:
    assert material.consultation is not None
    name, reference = material.author("consultation"), material.consultation.consultation.reference
    return _("{consultation} ({reference})", consultation=name, reference=reference) if reference else name


def _opening(material: Material, enclosed: Document) -> str:
    assert material.consultation is not None
    asked, own = material.consultation.consultation, material.consultation.submission
    said = _(
        "{submitter} submits the enclosed paper, “{title}”, in response to this consultation.",
        submitter=enclosed.meta.submitter or _("The submitter"),
        title=enclosed.title,
    )
    if asked.deadline is not None:
        invited = _("Comments were invited until {day}.", day=day(asked.deadline))
        said = _("{first} {second}", first=said, second=invited)
    if own.members:
        names, count = joined(own.members[:MEMBERS]), len(own.members)
        represented = (
            _("It is handed in for: {names}.", names=names)
            if count <= MEMBERS
            else _("It is handed in for {count:,} members, among them: {names}.", count=count, names=names)
        )
        said = _("{first} {second}", first=said, second=represented)
    return said
