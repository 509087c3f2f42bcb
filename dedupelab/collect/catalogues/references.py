"""How catalogues refer to files: names, paths of other machines, addresses with a query, IIIF image requests, lists in a cell."""

import json
import re
import unicodedata
from urllib.parse import parse_qsl, unquote, urlsplit

from dedupelab.collect.listing import PICTURE_SUFFIXES

_IIIF_IMAGE = re.compile(r"(.+)/[^/]+/[^/]+/!?[\d.]+/(?:default|native|color|colour|gray|grey|bitonal)\.\w+")
_SERVICE = re.compile(r"/(?:iiif|image-api|cantaloupe|loris)(?:/[23])?/", re.IGNORECASE)
_FILE_KEYS = frozenset(
    ["file", "filename", "fif", "iiif", "image", "img", "name", "path", "src", "source", "url", "id"]
)
_DIVIDERS = re.compile(r"\s*(?:[;|、；，]|,|\s[+&/]\s|\t|\s)\s*")
_LISTED = re.compile(r"\s*[;|；、\n]\s*|,\s+|\s+[/&+]\s+")
_DECIMAL = re.compile(r"(\d{5,})\.0")
_HARD_DIVIDERS = re.compile(r"\s*[;|；]\s*")


def as_path(reference: str) -> str:
    r"""Return the path or name of the file that a catalogue refers to: of an address, a Windows path, a IIIF image request.

    Where an address names no picture but one value of its query does, it is that one.

    >>> as_path("https://a.example/iiif/3/reel%2F1.tif/full/max/0/default.jpg"), as_path(r"D:\scans\1.TIF")
    ('reel/1.tif', 'scans/1.tif')
    >>> as_path("https://a.example/get.php?file=pier.jpg&size=large"), as_path("https://a.example/pier.jpg/download")
    ('pier.jpg', 'pier.jpg')
    """
    text = reference.strip()
    if "://" in text:
        parts = urlsplit(text)
        text = parts.path
        requested = _IIIF_IMAGE.fullmatch(text)
        if requested:
            service = _SERVICE.search(requested[1])
            kept = requested[1][service.end() :] if service else requested[1].rpartition("/")[2]
            text = unquote(kept or requested[1])
        else:
            text = _named(unquote(text), parts.query.replace(";", "&"))
    return folded(re.sub(r"^[A-Za-z]:", "", text.replace("\\", "/")).lstrip("./"))


def _named(path: str, query: str) -> str:
    """Return the part of an address that names a picture: the path, a folder of it, or one value of the query."""
    *above, last = path.split("/")
    if above and _ends_as_picture(above[-1]) and last.endswith(f"-{above[-1]}"):
        return "/".join(above)  # a small copy below its picture, as wikis keep it
    if _ends_as_picture(path) or not path:
        return path
    asked = [
        (key.casefold(), value)
        for key, value in parse_qsl(query)
        if _ends_as_picture(value.partition("?")[0])
    ]
    by_key = [value for key, value in asked if key in _FILE_KEYS]
    chosen = by_key if len(by_key) == 1 else [value for _, value in asked]
    if len(chosen) == 1:
        return urlsplit(chosen[0]).path if "://" in chosen[0] else chosen[0]
    steps = path.split("/")
    for place in range(len(steps) - 1, 0, -1):
        step = re.split(r"[;!]", steps[place])[0]
        if _ends_as_picture(step):
            return "/".join([*steps[:place], step])
    return path


def names_a_picture(text: str) -> bool:
    """Whether a text is a picture file's name or address.

    >>> names_a_picture("HK-1.TIF"), names_a_picture("https://a.example/objects/12"), names_a_picture("https://a.example/?f=1.jpg")
    (True, False, True)
    """
    if "://" in text and _IIIF_IMAGE.fullmatch(urlsplit(text.strip()).path):
        return True
    return _ends_as_picture(as_path(text))


def _ends_as_picture(text: str) -> bool:
    stem, dot, ending = text.strip().rpartition(".")
    return bool(stem) and dot + ending.lower() in PICTURE_SUFFIXES


def listed(text: str) -> list[str]:
    """Return the references in a cell; signs that may divide them do so only where every part is a picture's name.

    >>> listed("f1.jpg; f2.jpg"), listed("Chan, Ho - sail.jpg"), listed("a.jpg|b.jpg"), listed('["a.jpg","b.jpg"]')
    (['f1.jpg', 'f2.jpg'], ['Chan, Ho - sail.jpg'], ['a.jpg', 'b.jpg'], ['a.jpg', 'b.jpg'])
    """
    found: list[str] = []
    for line in re.split(r"[\r\n]+|<br\s*/?>", text.strip()):
        if line.startswith("[") and line.endswith("]"):
            try:
                given = json.loads(line)
            except ValueError:
                given = None
            if isinstance(given, list) and all(isinstance(each, str) for each in given):
                found += given
                continue
        for divider in (_HARD_DIVIDERS, _DIVIDERS):
            pieces = [piece for piece in divider.split(line.strip()) if piece]
            if len(pieces) > 1 and all(map(names_a_picture, pieces)):
                found += pieces
                break
        else:
            found.append(line)
    return [each for each in found if each.strip()]


def folded(path: str) -> str:
    """Return a path as paths are compared: composed Unicode, in lower case."""
    return unicodedata.normalize("NFC", path).casefold()


def identifier_key(text: str) -> str:
    """Return an identifier as letters and digits with single hyphens, in lower case: as it may stand in a file name.

    >>> identifier_key("HKFA/1997:12"), identifier_key("hkfa_1997_12")
    ('hkfa-1997-12', 'hkfa-1997-12')
    """
    return "-".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))


def is_telling(key: str) -> bool:
    """Whether an identifier's key is no bare short number or word, which other things are called, too.

    >>> is_telling("hk-b77"), is_telling("12"), is_telling("manifest"), is_telling("1999-5-1"), is_telling("20031")
    (True, False, False, True, True)
    """
    digits = sum(c.isdigit() for c in key)
    return bool(digits) and (len(key) >= 5 or (not key.isdigit() and len(key) >= 3))


def parts(text: str) -> list[str]:
    """Return the identifiers that one cell lists, none where it holds a single one; a whole number that a program wrote as a decimal is one, too.

    >>> parts("HK-3 / HK-4"), parts("HK-3; HK-4"), parts("HKFA/1997:12"), parts("1997.12.1-5"), parts("12345.0")
    (['HK-3', 'HK-4'], ['HK-3', 'HK-4'], [], [], ['12345'])
    """
    if found := _DECIMAL.fullmatch(text):
        return [found[1]]
    pieces = _LISTED.split(text.strip()) if "://" not in text else []
    return pieces if len(pieces) > 1 and all(is_telling(identifier_key(piece)) for piece in pieces) else []
