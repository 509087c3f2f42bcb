"""XML catalogues as a stream of record elements: bounded memory, no external entities, no network, no expansion.

lxml is told to load no DTD, to resolve no entity and to keep libxml2's own limits, so a hostile file costs what its size
costs. A finished record is taken out of the tree before the next one is read.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, TypeAlias

from lxml import etree

from dedupelab.collect.catalogues.record import Statement

OAI = "http://www.openarchives.org/OAI/2.0/"
DC = frozenset({"http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"})
EDM = frozenset({"http://www.europeana.eu/schemas/edm/", "http://www.openarchives.org/ore/terms/"})
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SEARCHED = 500_000
"""Elements after which a file without a record is given up: until the first record, nothing can be let go."""
_OF_SCHEMA = ("{http://www.w3.org/2001/XMLSchema-instance}", "{http://www.w3.org/XML/1998/namespace}")
SAFE: Mapping[str, bool] = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False,
}  # fmt: skip
"""How lxml reads files of strangers: their size is all they can cost."""
Element: TypeAlias = etree._Element  # noqa: SLF001  lxml names its element type no other way
Reader = Callable[[Element], list[Statement]]


@dataclass(frozen=True)
class Found:
    """One record's element with the format that recognised it and what an OAI-PMH header said of it."""

    format: str
    element: Element
    identifier: str = ""


@dataclass(frozen=True)
class Withdrawn:
    """A record that the repository has deleted: OAI-PMH leaves its header."""

    identifier: str


def stream_records(
    file: IO[bytes], recognise: Callable[[Element], str | None], encoding: str | None = None
) -> Iterator[Found | Withdrawn]:
    """Yield the records of an XML file in order; `recognise` names the format of an element that is one.

    `encoding` goes before what the file says of itself. A file is given up when SEARCHED elements hold no record.

    Raises
    ------
    etree.XMLSyntaxError
        Where the file stops being well-formed; records before that have been yielded.
    """
    header: tuple[str, bool] = ("", False)
    seen = 0
    finished: Element | None = None
    events = etree.iterparse(
        file,
        events=("end",),
        **SAFE,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        encoding=encoding,
    )
    for _, element in events:
        if not isinstance(element.tag, str):
            continue
        name = etree.QName(element)
        around = element.getparent()
        listed = local(around) if around is not None else ""
        if name.localname == "header" and (name.namespace == OAI or listed == "record"):
            header = (_of(element, "identifier"), element.get("status") == "deleted")
            if header[1]:
                yield Withdrawn(header[0])
            continue
        is_wrapper = name.localname == "record" and (
            name.namespace == OAI or listed in {"ListRecords", "GetRecord"}
        )
        kind = None if is_wrapper or header[1] else recognise(element)
        if kind is not None:
            yield Found(kind, element, header[0])
        if kind is None and not is_wrapper:
            seen += 1
            if finished is None and seen > SEARCHED:
                return
            continue
        if is_wrapper:
            header = ("", False)
        element.clear(keep_tail=False)
        if finished is not None and (parent := finished.getparent()) is not None:
            parent.remove(finished)
        finished = element


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(etree.QName(element).localname)


def namespace(element: Element) -> str:
    """Return an element's namespace, or nothing."""
    tag = str(element.tag)
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def children(element: Element) -> list[Element]:
    """Return child elements, without unresolved entities."""
    return [child for child in element if isinstance(child.tag, str)]


def named(element: Element | None, *names: str) -> list[Element]:
    """Return the children of some names; none of no element."""
    return [] if element is None else [child for child in children(element) if local(child) in names]


def nearest(element: Element, *names: str) -> Element | None:
    """Return the nearest element of one of the names, itself or around it."""
    return next((e for e in (element, *element.iterancestors()) if local(e) in names), None)


def whole_text(element: Element, leave_out: frozenset[str] = frozenset({"head"})) -> str:
    """Return all text inside an element, its parts divided by blanks."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and local(child) not in leave_out:
            parts.append(whole_text(child, leave_out))
        parts.append(child.tail or "")
    return " ".join(" ".join(parts).split())


def attribute(element: Element, name: str) -> str:
    """Return an attribute by its local name, whatever its namespace."""
    found = (str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name)
    return next(found, "")


def language_of(element: Element) -> str:
    """Return the language or script that an element or the nearest around it is marked with."""
    while True:
        said = element.get(XML_LANG) or element.get("script") or element.get("lang")
        if said:
            return str(said)
        parent = element.getparent()
        if parent is None:
            return ""
        element = parent


def raw_text(element: Element) -> str:
    """Return an element as XML text."""
    return str(etree.tostring(element, encoding="unicode", with_tail=False))


@dataclass(frozen=True)
class MappedElement:
    """Reads a record element by a table of paths.

    Parameters
    ----------
    prefix
        What source fields are called by, such as `mods:`.
    targets
        Path to target. A path is local names joined by `/`, an attribute `@name`; the longest tail of a value's path
        that stands in the table decides. One that begins with `/` is the whole path.
    attributes
        Attributes that hold values; others that hold an address are counted as values without a place.
    elsewhere
        Elements inside which the shorter tails mean something else, such as a related item.
    whole
        Elements that are one value, however they are built, and how they are spelt.
    refine
        May change the target by what stands around a value: gets path, element and target.
    another
        Whether a value is another form of one that was stated, such as a name's other spelling: gets path and element.
    """

    prefix: str
    targets: Mapping[str, str]
    attributes: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    whole: Mapping[str, Callable[[Element], str]] = field(default_factory=dict)
    refine: Callable[[str, Element, str | None], str | None] = lambda _path, _element, target: target
    another: Callable[[str, Element], bool] = lambda _path, _element: False

    def __call__(self, element: Element) -> list[Statement]:
        """Return a statement for every value in the element."""
        found = []
        for path, text, inner in self._values(element, ()):
            target = self.refine(path, inner, self.target(path))
            other = target is not None and self.another(path, inner)
            found.append(Statement(self.prefix + path, text, target, language_of(inner), parallel=other))
        return found

    def target(self, path: str) -> str | None:
        """Return the target of the longest tail of a path."""
        whole = self.targets.get("/" + path)
        if whole is not None:
            return whole
        parts = path.split("/")
        for start in range(len(parts)):
            if self.elsewhere.intersection(parts[:start]):
                return None
            found = self.targets.get("/".join(parts[start:]))
            if found is not None:
                return found
        return None

    def _values(self, element: Element, above: tuple[str, ...]) -> Iterator[tuple[str, str, Element]]:
        for key, value in element.attrib.items():
            name = str(key).rpartition("}")[2]
            if name in self.attributes or (
                str(value).startswith(("http://", "https://")) and not str(key).startswith(_OF_SCHEMA)
            ):
                yield "/".join((*above, "@" + name)), str(value), element
        spell = self.whole.get(local(element)) if above else None
        if spell is not None:
            yield "/".join(above), spell(element), element
            return
        inner = children(element)
        own = " ".join(filter(None, [element.text, *(child.tail for child in element)]))
        # A comma or bracket between two elements is no value.
        if own.strip() and (not inner or any(map(str.isalnum, own))):
            yield "/".join(above), own, element
        for child in inner:
            yield from self._values(child, (*above, local(child)))


def _of(element: Element, name: str) -> str:
    return next(map(whole_text, named(element, name)), "")
