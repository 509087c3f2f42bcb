"""Values in RDF: each may be written as an attribute, an element, a container or a structure, and all are read alike.

ISO 16684-1, section 7. A value is the text of an attribute, or an element.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CONTAINERS = frozenset({_RDF + "Seq", _RDF + "Bag", _RDF + "Alt"})
_DOCUMENT, _DESCRIPTION = _RDF + "RDF", _RDF + "Description"
_RESOURCE, _VALUE = _RDF + "resource", _RDF + "value"
_DEEPEST = 4


def properties(root: "Element") -> "dict[str, str | Element]":
    """Return the properties of a document by name, the first of each, whether attributes or elements."""
    found: dict[str, str | Element] = {}
    for rdf in root.iter(_DOCUMENT):
        for node in rdf:
            for name, value in node.items():
                found.setdefault(name, value)
            for child in node:
                found.setdefault(child.tag, child)
    return found


def text(value: "str | Element", depth: int = 0) -> str:
    """Return a value's text: of several languages the default, else the first; of a qualified value the value."""
    if isinstance(value, str):
        return value.strip()
    address = value.get(_RESOURCE)
    if address is not None:
        return address.strip()
    if depth < _DEEPEST and len(value):
        container = _container(value)
        if container is None:
            return text(member(value, _VALUE), depth + 1)
        return text(_default(container), depth + 1)
    return (value.text or "").strip()


def items(value: "str | Element") -> "list[str | Element]":
    """Return the items of a Seq, Bag or Alt, or the value itself when it is none."""
    if isinstance(value, str):
        return [value]
    container = _container(value)
    return [value] if container is None else list(container)


def member(value: "str | Element", name: str) -> "str | Element":
    """Return a structure's field, whether its node is written out, implied by parseType or given as attributes."""
    if isinstance(value, str):
        return ""
    for node in (value, *value.findall(_DESCRIPTION)):
        found = node.find(name) if (given := node.get(name)) is None else given
        if found is not None:
            return found
    return ""


def _container(value: "Element") -> "Element | None":
    for child in value:
        if child.tag in _CONTAINERS:
            return child
    return None


def _default(container: "Element") -> "str | Element":
    for item in container:
        if item.get(_LANG) == "x-default":
            return item
    return container[0] if len(container) else ""
