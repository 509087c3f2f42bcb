"""What museums and visual resource collections keep: LIDO and VRA Core 4."""

import re

from dedupelab.collect.catalogues.markup import (
    Element,
    MappedElement,
    attribute,
    children,
    local,
    named,
    nearest,
    whole_text,
)
from dedupelab.collect.catalogues.record import Statement
from dedupelab.collect.catalogues.terms import is_current, is_former, is_making, is_other_role, makes

_ALTERNATES = frozenset({"alternate", "alternative", "lido00170", "hidden"})
_CONCEPTS = frozenset({"conceptID", "Concept", "exactMatch", "closeMatch"})


def _terms(element: Element | None, part: str) -> tuple[list[str], list[str]]:
    """Return identifiers and terms of the concepts in a part of an element."""
    identifiers, terms = [], []
    for kind in named(element, part):
        for inner in kind.iter("{*}*"):
            if local(inner) in _CONCEPTS:
                identifiers += [inner.text or "", attribute(inner, "about"), attribute(inner, "resource")]
            elif inner.text and not len(inner):
                terms.append(inner.text)
    return [each for each in identifiers if each.strip()], terms


def _lido_meaning(path: str, element: Element, target: str | None) -> str | None:
    """Names and dates count where the event is one of making and the role one of a maker; holders where they hold it today."""
    if target is None:
        return None
    if "/eventActor/" in path or "/eventDate/" in path:
        made = is_making(*_terms(nearest(element, "event"), "eventType"))
        return target if made and ("/eventDate/" in path or _is_maker(path, element)) else None
    if target == "terms" and attribute(element, "label").casefold() == "copyright notice":
        return "copyright_notice"
    if "repositorySet/" in path:
        return target if _holds(nearest(element, "repositorySet")) else None
    return target


def _is_maker(path: str, element: Element) -> bool:
    """Whether an actor in an event of making is the maker: by the role, where there is one."""
    if path.endswith("displayActorInRole"):
        return _shows_a_maker(whole_text(element))
    identifiers, terms = _terms(nearest(element, "actorInRole"), "roleActor")
    return makes([*identifiers, *terms]) or not (identifiers or terms)


_NOTE = re.compile(r"[(（\[]([^()（）\[\]]*)[)）\]]|^([^:：,]*)[:：]")


def _shows_a_maker(shown: str) -> bool:
    """Whether none of the notes in a name as it is displayed, such as `(Verlag)`, gives it another role than a maker's; years are no role."""
    notes = [one or other for one, other in _NOTE.findall(shown)]
    return not is_other_role(re.split("[,，]", shown)[-1]) and all(
        makes([note]) or re.search(r"\d", note) for note in notes
    )


def _holds(holder: Element | None) -> bool:
    """Whether a repository is the one of today: none that is former, and where one is called current, only that."""
    parent = None if holder is None else holder.getparent()
    if holder is None or parent is None:
        return True
    kinds = [attribute(each, "type") for each in children(parent)]
    own = attribute(holder, "type")
    return not is_former(own) and (is_current(own) or not any(map(is_current, kinds)))


def _lido_another(path: str, element: Element) -> bool:
    """Whether a name or title is another form: marked so, or not the first of its kind in what it names."""
    if local(element) != "appellationValue":
        return False
    titled = nearest(element, "titleSet")
    for each in (element, *([] if titled is None else [titled])):
        if _preference(each) in _ALTERNATES:
            return True
    around = nearest(element, "actor", "legalBodyName", "rightsHolder") if "/titleSet/" not in path else None
    if around is None:
        return False
    names = [n for n in around.iter("{*}appellationValue") if _preference(n) not in _ALTERNATES]
    chosen = [n for n in names if _preference(n) in {"preferred", "lido00169"}]
    return element is not next(iter(chosen or names), element)


def _preference(element: Element) -> str:
    return attribute(element, "pref").rpartition("/")[2].casefold()


_RIGHTS = {
    "rightsHolder/legalBodyName/appellationValue": "copyright_owner",
    "rightsType/term": "terms",
    "rightsType/conceptID": "web_statement",
    "rightsType/Concept/@about": "web_statement",
    "rightsType/Concept/prefLabel": "terms",
    "creditLine": "credit",
}
_lido = MappedElement(
    "lido:",
    {
        "lidoRecID": "record_id",
        "repositorySet/workID": "identifier",
        "titleSet/appellationValue": "title",
        "objectDescriptionSet/descriptiveNoteValue": "caption",
        "repositorySet/repositoryName/legalBodyName/appellationValue": "holding_institution",
        "eventActor/actorInRole/actor/nameActorSet/appellationValue": "creator",
        "eventActor/displayActorInRole": "creator?",
        "eventDate/date/earliestDate": "date_from",
        "eventDate/date/latestDate": "date_to",
        "eventDate/displayDate": "date_created?",
        "resourceDateTaken/date/earliestDate": "date_from??",
        "resourceDateTaken/date/latestDate": "date_to??",
        "resourceDateTaken/displayDate": "date_created??",
        **{
            f"{place}/{path}": said
            for place in ("rightsWorkSet", "rightsResource")
            for path, said in _RIGHTS.items()
        },
        "relatedWork/displayObject": "related",
        "relatedWork/object/objectID": "related",
        "resourceSource/legalBodyName/appellationValue": "source",
        "resourceSet/resourceID": "identifier",
        "resourceRepresentation/linkResource": "file",
    },
    attributes=frozenset({"about"}),
    elsewhere=frozenset({"subject", "relatedEvent"}),
    refine=_lido_meaning,
    another=_lido_another,
)
"""A picture's own rights stand in rightsResource, those of what it shows in rightsWorkSet; both are read."""


def read_lido(element: Element) -> list[Statement]:
    """Return what a LIDO record states; who is only said to be the maker, or his workshop, is named with these words."""
    for qualifier in list(element.iter("{*}attributionQualifierActor")):
        around = nearest(qualifier, "actorInRole")
        name = None if around is None else next(around.iter("{*}appellationValue"), None)
        words = whole_text(qualifier)
        if name is not None and words:
            name.text = f"{(name.text or '').strip()} ({words})"
    for shown in element.iter("{*}displayActorInRole"):
        # The role stands beside the name: a note of it within is no part of the name.
        shown.text = _NOTE.sub(
            lambda found: "" if makes([found[1] or found[2]]) else found[0], whole_text(shown)
        ).strip()
        del shown[:]
    for end in element.iter("{*}earliestDate", "{*}latestDate"):
        if "estimated" in attribute(end, "type").casefold() and (end.text or "").strip().isdigit():
            end.text = (end.text or "").strip() + "~"
    return _lido(element)


def _vra_meaning(path: str, element: Element, target: str | None) -> str | None:
    parent = element.getparent()
    around = element if parent is None else parent
    if path.startswith("agentSet/agent/name"):
        roles = [whole_text(each) for each in named(around, "role")]
        return target if not roles or makes(roles) else None
    if path.startswith("dateSet/date/"):
        dated = nearest(element, "date") if local(around) != "date" else around
        while dated is not None and (outer := dated.getparent()) is not None and local(outer) != "dateSet":
            dated = outer
        return target if dated is None or attribute(dated, "type").casefold() in {"", "creation"} else None
    if path.startswith("locationSet/location/"):
        place = nearest(element, "location")
        kind = "" if place is None else attribute(place, "type").casefold()
        return target if kind in {"", "repository", "owner"} else None
    return target


def _circa(element: Element) -> bool:
    return any(
        attribute(each, "circa").casefold() in {"true", "1", "yes"}
        for each in (element, *element.iterancestors())
        if local(each) in {"date", "earliestDate", "latestDate"}
    )


_vra = MappedElement(
    "vra:",
    {
        "/@id": "record_id",
        "/@refid": "identifier",
        "/@href": "file",
        "titleSet/title": "title",
        "titleSet/display": "title?",
        "agentSet/agent/name": "creator",
        "agentSet/display": "creator?",
        "/dateSet/date": "date_created?",
        "dateSet/date/earliestDate": "date_from",
        "dateSet/date/latestDate": "date_to",
        "dateSet/date/earliestDate/date": "date_from",
        "dateSet/date/latestDate/date": "date_to",
        "dateSet/display": "date_created?",
        "descriptionSet/description": "caption",
        "descriptionSet/description/text": "caption",
        "descriptionSet/display": "caption?",
        "locationSet/location/name": "holding_institution",
        "locationSet/location/refid": "identifier",
        "relationSet/relation": "related",
        "rightsSet/rights/rightsHolder": "copyright_owner",
        "rightsSet/rights/text": "terms",
        "rightsSet/display": "usage_terms?",
        "sourceSet/source/name": "source",
        "sourceSet/display": "source?",
    },
    attributes=frozenset({"id", "refid", "href"}),
    elsewhere=frozenset({"relation"}),
    refine=_vra_meaning,
)
"""Of VRA's image records; a work record says who made the building or painting, not the picture."""


def read_vra(element: Element) -> list[Statement]:
    """Return what a VRA image record states; ends of a date that are about right, and makers only said to be so, are marked."""
    for end in element.iter("{*}earliestDate", "{*}latestDate"):
        dated = next((e for e in end.iter("{*}date")), end)
        if (dated.text or "").strip() and _circa(dated) and not (dated.text or "").strip().endswith("~"):
            dated.text = (dated.text or "").strip() + "~"
    for titles in element.iter("{*}titleSet"):
        titles[:] = sorted(titles, key=lambda each: attribute(each, "pref") == "false")
    for agent in element.iter("{*}agent"):
        name = next(iter(named(agent, "name")), None)
        words = "; ".join(filter(None, map(whole_text, named(agent, "attribution"))))
        if name is not None and words and not len(name):
            name.text = f"{(name.text or '').strip()} ({words})"
    return _vra(element)
