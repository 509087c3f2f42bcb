"""The Europeana Data Model in RDF: an object, its aggregation with file, rights and holder, and the persons and spans it points to."""

from collections.abc import Iterator

from dedupelab.collect.catalogues.dublin import TARGETS
from dedupelab.collect.catalogues.markup import (
    DC,
    EDM,
    Element,
    attribute,
    children,
    language_of,
    local,
    named,
    namespace,
)
from dedupelab.collect.catalogues.record import Statement

_OBJECT = TARGETS | {"publisher": "", "abstract": "caption?"}
_AGGREGATION = {
    "isShownBy": "file", "hasView": "file", "object": "file?", "rights": "rights", "dataProvider": "holding_institution", "isShownAt": "", "provider": "",
    "intermediateProvider": "",
}  # fmt: skip
"""Who provides is who collects from holders; the data provider holds. A page at which something is shown is no file."""
_LABELS = ("prefLabel", "name", "label", "value")


def is_edm(element: Element) -> bool:
    """Whether an element is RDF with objects of the Europeana Data Model."""
    return local(element) == "RDF" and any(
        _is(child, "ProvidedCHO") or _is(child, "Aggregation") for child in children(element)
    )


def _is(element: Element, name: str) -> bool:
    return local(element) == name and namespace(element) in EDM


def read_edm(element: Element) -> Iterator[list[Statement]]:
    """Yield what each object in a graph states with its aggregation."""
    nodes = {attribute(node, "about"): node for node in children(element) if attribute(node, "about")}
    objects = [node for node in children(element) if _is(node, "ProvidedCHO")]
    bundles: dict[str, list[Element]] = {}
    for node in children(element):
        if _is(node, "Aggregation"):
            about = next((attribute(each, "resource") for each in named(node, "aggregatedCHO")), "")
            bundles.setdefault(about, []).append(node)
    for node in objects:
        about = attribute(node, "about")
        found = [Statement("edm:about", about, "record_id")]
        found += _properties(node, _OBJECT, nodes)
        alone = len(objects) == 1 and len(bundles) == 1
        for bundle in next(iter(bundles.values())) if alone else bundles.get(about, []):
            found += _properties(bundle, _AGGREGATION, nodes)
            silent = not named(bundle, "rights")
            for address in dict.fromkeys(said.value for said in found if said.target in {"file", "file?"}):
                if _is(nodes.get(address, node), "WebResource"):
                    found += _of_file(nodes[address], nodes, governs=silent)
            proxies = (each for each in children(element) if _is(each, "Proxy"))
            for proxy in proxies:
                if about in {attribute(each, "resource") for each in named(proxy, "proxyFor")}:
                    found += _properties(proxy, {} if _enriches(proxy) else _OBJECT, nodes)
        yield found


def _enriches(proxy: Element) -> bool:
    """Whether a proxy is the portal's own, with what it found by machine."""
    return any((each.text or "").strip() == "true" for each in named(proxy, "europeanaProxy"))


def _of_file(node: Element, nodes: dict[str, Element], *, governs: bool) -> Iterator[Statement]:
    """Yield what a file's own description states; its rights govern where the aggregation has none, the rest is counted."""
    for said in _properties(node, {"rights": "rights"}, nodes):
        kept = governs and said.source == "edm:rights/@resource"
        yield Statement(f"edm:WebResource/{said.source[4:]}", said.value, said.target if kept else None)


def _properties(node: Element, targets: dict[str, str], nodes: dict[str, Element]) -> Iterator[Statement]:
    for each in children(node):
        name = local(each)
        source = f"edm:{name}"
        if name in {"aggregatedCHO", "proxyFor", "proxyIn"}:
            continue
        known = targets if namespace(each) in DC | EDM else {}
        target = known.get(name) or None
        address = attribute(each, "resource")
        inner = next(iter(children(each)), None)
        pointed = nodes.get(address) if address else inner
        labels = [e for e in named(pointed, *_LABELS) if (e.text or "").strip()]
        if labels:
            first = local(labels[0])
            for label in labels:
                if local(label) == first:
                    yield Statement(
                        source,
                        label.text or "",
                        target,
                        language_of(label),
                        parallel=label is not labels[0] and target is not None,
                    )
            continue
        if pointed is not None and target and target.startswith("date") and (span := _span(pointed)):
            yield Statement(source, span, target)
            continue
        if (each.text or "").strip():
            yield Statement(source, each.text or "", target, language_of(each))
        if address:
            # An address is a file, a statement of rights, a related thing; it is nobody's name.
            takes = (
                target if target in {"file", "file?", "rights", "terms", "related", "identifier"} else None
            )
            yield Statement(f"{source}/@resource", address, takes)


def _span(node: Element) -> str:
    ends = ["".join((e.text or "").strip() for e in named(node, name)[:1]) for name in ("begin", "end")]
    return "/".join(dict.fromkeys(filter(None, ends))) if all(ends) else ends[0]
