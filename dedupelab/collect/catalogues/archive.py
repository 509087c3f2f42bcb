"""What archives keep: the components of a finding aid in EAD 2002 and EAD 3.

By ISAD(G) a description holds for what lies below it: a component without a repository, conditions of access or use, or
a language takes those of the nearest level above. Who a fonds comes from is not inherited: that is rarely the photographer.
"""

import re
from copy import deepcopy

from dedupelab.collect.catalogues.markup import (
    Element,
    MappedElement,
    attribute,
    children,
    language_of,
    local,
    named,
    nearest,
    whole_text,
)
from dedupelab.collect.catalogues.record import Statement
from dedupelab.collect.catalogues.terms import makes

COMPONENT = re.compile(r"c(?:0[1-9]|1[0-2])?")
DIGITAL = frozenset({"dao", "daogrp", "daoset"})
_PROSE = (
    "unittitle", "unitdate", "datesingle", "fromdate", "todate", "scopecontent", "userestrict", "accessrestrict", "altformavail", "originalsloc",
    "langmaterial", "repository", "abstract", "custodhist", "acqinfo", "bioghist", "physdesc", "note", "odd", "daodesc", "persname",
    "corpname", "famname", "name",
)  # fmt: skip
_CERTAINTY = dict.fromkeys(
    ("approximate", "circa", "ca", "ca.", "approximately", "estimated", "inferred?"), "~"
) | dict.fromkeys(("questionable", "uncertain"), "?")
_NAMES = ("persname", "corpname", "famname", "name")
_INHERITED = {
    "repository": "holding_institution",
    "userestrict": "terms",
    "accessrestrict": "access_limit",
    "langmaterial": "language",
}

_NOT_MAKING = frozenset([
    "publication", "published", "issued", "broadcast", "copyright", "deposit", "digitization", "digitised",
    "digitized", "scanned", "reproduction", "acquisition", "record_keeping", "recordkeeping", "modified",
    "accumulation", "accession",
])  # fmt: skip


def _ead_meaning(path: str, element: Element, target: str | None) -> str | None:
    """Leave out internal numbers, which name no file, and dates of publishing or scanning."""
    if target is None:
        return None
    if "unitid" in path and any(
        attribute(e, "audience") == "internal" for e in (element, *element.iterancestors("{*}did"))
    ):
        return None
    if "origination" in path or "controlaccess" in path:
        return target if _makes(element) else None
    if "date" in target:
        about = next((e for e in (element, *element.iterancestors()) if attribute(e, "datechar")), None)
        if about is not None and attribute(about, "datechar").casefold() in _NOT_MAKING:
            return None
        if "bulk" in {attribute(element, "type"), attribute(element, "unitdatetype")}:
            return None
    return target


def _makes(element: Element) -> bool:
    """Whether a name is a maker's: by its role and the label above it; without either only an origin is."""
    origin = nearest(element, "origination")
    if origin is element and named(element, *_NAMES):
        return False  # what stands between the names
    around = [element] if origin is None else list({id(e): e for e in (element, origin)}.values())
    roles = [
        said
        for e in around
        for name in ("role", "relator", "label", "localtype")
        if (said := attribute(e, name))
    ]
    return makes(roles) if roles else origin is not None


def _holder(element: Element) -> str:
    """Return the name of a repository without its address."""
    return whole_text(element, frozenset({"head", "address"})) or whole_text(element)


_mapped = MappedElement(
    "ead:",
    {
        "did/unitid": "identifier",
        "did/unittitle": "title",
        "did/unitdate": "date_created?",
        "did/unitdate/@normal": "date_created",
        "datesingle/@standarddate": "date_created",
        "datesingle": "date_created?",
        "datesingle/@notbefore": "date_from",
        "datesingle/@notafter": "date_to",
        "fromdate/@standarddate": "date_from",
        "fromdate": "date_from?",
        "todate/@standarddate": "date_to",
        "todate": "date_to?",
        "fromdate/@notbefore": "date_from??",
        "todate/@notafter": "date_to??",
        "did/origination": "creator",
        "did/origination/persname": "creator",
        "did/origination/corpname": "creator",
        "did/origination/famname": "creator",
        "did/origination/name": "creator",
        **{f"controlaccess/{name}": "creator?" for name in _NAMES},
        "did/repository": "holding_institution",
        "did/langmaterial": "language",
        "did/abstract": "caption?",
        "scopecontent": "caption",
        "userestrict": "terms",
        "accessrestrict": "access_limit",
        "altformavail": "related",
        "originalsloc": "related",
        "dao/@href": "file",
        "daogrp/daoloc/@href": "file",
        "daoset/dao/@href": "file",
    },
    attributes=frozenset({"normal", "standarddate", "notbefore", "notafter", "href"}),
    whole=dict.fromkeys(_PROSE, whole_text) | {"repository": _holder},
    refine=_ead_meaning,
)


def is_component(element: Element) -> bool:
    """Whether a component, or a finding aid as a whole, is a record: it has a digital object, or nothing below it."""
    if not COMPONENT.fullmatch(local(element)) and local(element) != "archdesc":
        return False
    inner = [each for each in children(element) if local(each) != "dsc"]
    has_digital = any(named(part, *DIGITAL) for part in (element, *named(element, "did")))
    # What was read of a finding aid is gone by the time it ends; its list of components still stands.
    return has_digital or not (
        len(inner) < len(children(element)) or any(COMPONENT.fullmatch(local(e)) for e in inner)
    )


def read_component(element: Element) -> list[Statement]:
    """Return what a component states, with what it inherits; components below it speak for themselves."""
    below = [e for e in children(element) if COMPONENT.fullmatch(local(e)) or local(e) == "dsc"]
    for each in below:
        element.remove(each)
    for title in element.iter("{*}unittitle"):
        if (did := title.getparent()) is not None:
            did.extend([deepcopy(dated) for dated in title.iter("{*}unitdate")])
    for span in element.iter("{*}daterange"):
        _level(span)
    for each in element.iter(
        "{*}unitdate", "{*}datesingle", "{*}fromdate", "{*}todate", "{*}unitdatestructured"
    ):
        _mark(each)
    own = [
        said
        if said.source != "ead:did/unitdate/@normal"
        else Statement(said.source, re.sub(r"(?<=\d)-00", "", said.value), said.target)
        for said in _mapped(element)
    ]
    stated = {said.target for said in own}
    for name, target in _INHERITED.items():
        found = None if stated & {target, f"{target}?"} else _above(element, name)
        if found is not None:
            spelt = _holder if name == "repository" else whole_text
            own.append(Statement("", spelt(found), target, language_of(found)))
    return own


def _level(span: Element) -> None:
    """Give both ends of a range their date in one form, where one has it in figures and the other only in words or bounds."""
    ends = named(span, "fromdate", "todate")
    known = [attribute(end, "standarddate") for end in ends]
    if len(ends) < 2 or all(known) or not any(known + [whole_text(end) for end in ends]):
        return
    for end in ends:
        bound = attribute(end, "notbefore" if local(end) == "fromdate" else "notafter")
        if not attribute(end, "standarddate") and (said := whole_text(end) or bound):
            end.set("standarddate", said)


def _mark(dated: Element) -> None:
    """Mark dates that are approximate by their certainty."""
    certain = attribute(dated, "certainty").casefold()
    mark = _CERTAINTY.get(certain)
    if mark is None:
        return
    for each in dated.iter():
        for name, value in each.attrib.items():
            if str(name) in {"normal", "standarddate"}:
                each.set(
                    name, "/".join(end if end[-1:] in "?~%." else end + mark for end in str(value).split("/"))
                )


def _above(element: Element, name: str) -> Element | None:
    """Return the nearest element of a name in the descriptions around a component."""
    for level in element.iterancestors():
        for part in children(level):
            if local(part) == name:
                return part
            if local(part) == "did" and (found := named(part, name)):
                return found[0]
    return None
