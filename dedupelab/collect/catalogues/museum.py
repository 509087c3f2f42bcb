"""What museums and visual resource collections keep: LIDO and VRA Core 4."""

from dedupelab.collect.catalogues.marc import MAKERS
from dedupelab.collect.catalogues.markup import Element, MappedElement, attribute, children, local, whole_text

MAKING = ("production", "creation", "photograph", "lido00007", "lido00012", "製作", "創作", "拍攝")
"""Kinds of event that make a picture, by a part of their term or of the LIDO terminology's identifier."""


def _lido_meaning(path: str, element: Element, target: str | None) -> str | None:
    """Names and dates count where the event is one of making."""
    if "/eventActor/" not in path and "/eventDate/" not in path:
        return target
    event = next((up for up in element.iterancestors() if local(up) == "event"), None)
    kinds = [] if event is None else [e for e in children(event) if local(e) == "eventType"]
    said = " ".join(whole_text(kind) for kind in kinds).casefold()
    return target if any(word in said for word in MAKING) else None


read_lido = MappedElement(
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
        "rightsWorkSet/rightsHolder/legalBodyName/appellationValue": "copyright_owner",
        "rightsWorkSet/rightsType/term": "terms",
        "rightsWorkSet/rightsType/conceptID": "web_statement",
        "rightsWorkSet/creditLine": "credit",
        "rightsResource/rightsHolder/legalBodyName/appellationValue": "copyright_owner",
        "rightsResource/rightsType/term": "terms",
        "rightsResource/rightsType/conceptID": "web_statement",
        "rightsResource/creditLine": "credit",
        "relatedWork/displayObject": "related",
        "relatedWork/object/objectID": "related",
        "resourceSet/resourceID": "identifier",
        "resourceRepresentation/linkResource": "file",
    },
    refine=_lido_meaning,
)
"""A picture's own rights stand in rightsResource, those of what it shows in rightsWorkSet; both are read."""


def _vra_meaning(path: str, element: Element, target: str | None) -> str | None:
    parent = element.getparent()
    around = element if parent is None else parent
    if path.startswith("agentSet/agent/name"):
        roles = [whole_text(each).casefold() for each in children(around) if local(each) == "role"]
        return target if not roles or any(role in MAKERS for role in roles) else None
    if path.startswith("dateSet/date/") and attribute(around, "type").casefold() not in {"", "creation"}:
        return None
    if path.startswith("locationSet/location/"):
        return target if attribute(around, "type").casefold() in {"", "repository", "owner"} else None
    return target


read_vra = MappedElement(
    "vra:",
    {
        "@id": "record_id",
        "@refid": "identifier",
        "@href": "file",
        "titleSet/title": "title",
        "titleSet/display": "title?",
        "agentSet/agent/name": "creator",
        "agentSet/display": "creator?",
        "dateSet/date/earliestDate": "date_from",
        "dateSet/date/latestDate": "date_to",
        "dateSet/display": "date_created?",
        "descriptionSet/description": "caption",
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
    elsewhere=frozenset({"agent", "relation"}),
    refine=_vra_meaning,
)
"""Of VRA's image records; a work record says who made the building or painting, not the picture."""
