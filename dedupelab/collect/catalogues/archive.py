"""What archives keep: the components of a finding aid in EAD 2002 and EAD 3.

By ISAD(G) a description holds for what lies below it: a component without a repository, conditions of access or use, or
a language takes those of the nearest level above. Who a fonds comes from is not inherited: that is rarely the photographer.
"""

import re

from dedupelab.collect.catalogues.markup import (
    Element,
    MappedElement,
    children,
    language_of,
    local,
    whole_text,
)
from dedupelab.collect.catalogues.record import Statement

COMPONENT = re.compile(r"c(?:0[1-9]|1[0-2])?")
DIGITAL = frozenset({"dao", "daogrp", "daoset"})
_PROSE = (
    "unittitle", "unitdate", "unitdatestructured", "scopecontent", "userestrict", "accessrestrict", "altformavail", "originalsloc",
    "langmaterial", "repository", "abstract", "custodhist", "acqinfo", "bioghist", "physdesc", "note", "odd", "daodesc", "persname",
    "corpname", "famname", "name",
)  # fmt: skip
_INHERITED = {
    "repository": "holding_institution",
    "userestrict": "terms",
    "accessrestrict": "access_limit",
    "langmaterial": "language",
}

_mapped = MappedElement(
    "ead:",
    {
        "did/unitid": "identifier",
        "did/unittitle": "title",
        "did/unitdate": "date_created?",
        "did/unitdate/@normal": "date_created",
        "did/unitdatestructured/@standarddate": "date_created",
        "did/origination": "creator",
        "did/origination/persname": "creator",
        "did/origination/corpname": "creator",
        "did/origination/famname": "creator",
        "did/origination/name": "creator",
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
    attributes=frozenset({"normal", "standarddate", "href"}),
    whole=dict.fromkeys(_PROSE, whole_text),
)


def is_component(element: Element) -> bool:
    """Whether a component is a record: it has a digital object, or nothing below it."""
    if not COMPONENT.fullmatch(local(element)):
        return False
    inner = children(element)
    has_digital = any(
        local(e) in DIGITAL for part in (element, *(e for e in inner if local(e) == "did")) for e in part
    )
    return has_digital or not any(COMPONENT.fullmatch(local(e)) for e in inner)


def read_component(element: Element) -> list[Statement]:
    """Return what a component states, with what it inherits; components below it speak for themselves."""
    below = [e for e in children(element) if COMPONENT.fullmatch(local(e))]
    for each in below:
        element.remove(each)
    own = [
        said
        if said.source != "ead:did/unitdate/@normal"
        else Statement(said.source, said.value.replace("-00", ""), said.target)
        for said in _mapped(element)
    ]
    stated = {said.target for said in own}
    for name, target in _INHERITED.items():
        found = None if stated & {target, f"{target}?"} else _above(element, name)
        if found is not None:
            own.append(Statement("", whole_text(found), target, language_of(found)))
    return own


def _above(element: Element, name: str) -> Element | None:
    """Return the nearest element of a name in the descriptions around a component."""
    for level in element.iterancestors():
        for part in children(level):
            if local(part) == name:
                return part
            if local(part) == "did":
                found = next((each for each in children(part) if local(each) == name), None)
                if found is not None:
                    return found
    return None
