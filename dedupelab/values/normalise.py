"""Two values of one metadata field: whether they say the same, can both be true, or contradict each other.

One rule for the places inside a file, a file and its catalogue record, copies of one picture, and the review room. Differences of form are not conflicts: Unicode width and case, copyright signs and years, the order of names, a value cut
off at an IIM field's limit, a date known less precisely or in an unknown time zone. What stands in two scripts cannot be told apart where one
may be the other: a title and its translation, a name in Chinese and one in Latin letters of no more syllables.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import accumulate, combinations, groupby

from dedupelab.values.chinese_scripts import Fold, as_written
from dedupelab.values.dates import dates_agree, parse_date

IIM_LIMITS = {
    "creator": 32, "credit": 32, "source": 32, "title": 64, "copyright_notice": 128, "caption": 2000,
}  # fmt: skip
"""Most characters (octets, in the standard) of the IIM field that a value may have passed through."""
_PEOPLE = ("creator", "copyright_owner", "licensor")
_CLAIMS = (*_PEOPLE, "credit", "copyright_notice")
_ADDRESSES = ("web_statement", "guid", "data_mining", "digital_source_type")
_LISTS = ("licensor_url", "image_supplier", "supplier_image_id", "registry_id")
"""Fields that may hold several values, joined by '; '; their order says nothing."""
_SIGNS = re.compile(
    r"[©ⓒⒸ℗]|\(c\)|\bcopyright(?:ed)?\b|\bcopr\b\.?|\ball rights reserved\b|版權所有|版权所有|著作權所有|不得轉載|翻印必究"
    r"|\balle rechten? (?:vorbehalten|voorbehouden)\b|(?:\btous )?\bdroits réservés\b|\btodos los derechos reservados\b|\btutti i diritti riservati\b|保留(?:一切|所有)[權权]利|禁無断転載|無断転載を?禁[ずじ]?",
    re.IGNORECASE,
)
_YEARS = re.compile(r"\b(?:1[89]|20)\d\d(?:\s*[-–—/,]\s*(?:(?:1[89]|20)\d\d|\d\d))*\b\s*年?")
_BETWEEN_PEOPLE = re.compile(r"\s*[;|\n]\s*|\s+(?:&|and|und|et|y)\s+|\s*[/／、；]\s*", re.IGNORECASE)
_NAMELESS = (
    "unknown", "anonymous", "anon", "unidentified", "not known", "n/a", "none", "various", "unbekannt", "unbekannter", "unbekannte", "anonym", "anonyme", "inconnu", "inconnue",
    "non identifié", "onbekend", "anoniem", "desconocido", "desconocida", "anónimo", "anónima", "no identificado", "sconosciuto", "ignoto", "anonimo",
    "autore ignoto", "desconhecido", "neznámý", "佚名", "無名氏", "无名氏", "不詳", "不详", "未詳", "不明", "未知", "作者不詳", "作者不详", "作者不明", "作者未詳",
    "攝影者不詳", "摄影者不详", "攝影師不詳", "撮影者不明", "撮影者不詳", "撮影者未詳", "미상", "작자 미상",
)  # fmt: skip
_CALLED = (
    "photographer", "artist", "maker", "author", "creator", "fotograf", "fotografin", "künstler", "urheber", "hersteller", "photographe", "auteur", "artiste",
    "fotograaf", "maker", "fotógrafo", "fotografo", "autor", "autore", "artista",
)  # fmt: skip
_SAYS_BY = re.compile(
    r"^\s*(?:(?:photo(?:graph(?:s|ed)?|s)?|pictures?|images?|taken)\s+by\s*:?\s+|by\s+(?=\w)"
    r"|(?:photos?|fotos?|bild|photographer|fotograf(?:in)?|photographe|fotograaf|fotógraf[oa]|fotograf[oa]|攝影師?|摄影师?|撮影者?|攝|摄|圖|图)\s*[:：/／]\s*)",
    re.IGNORECASE,
)
_SAYS_ROLE = re.compile(
    r"(?:[,\s]*[(\[]?\s*(?:(?:[^\W\d_]+(?:[ -][^\W\d_]+)?,\s*(?=[^()]*\)))?(?:b\.|born|d\.|died|active|fl\.|geb\.|gest\.|né|née)?\s*[-–—]?\s*(?:(?:ca?\.|circa|approx(?:imately|\.)?)\s*)?(?:1[5-9]|20)\d\ds?\??\s*(?:[-–—]\s*(?:(?:(?:ca?\.|circa|approx(?:imately|\.)?)\s*)?(?:1[5-9]|20)\d\ds?\??)?)?"
    r"|photographers?|fotograf(?:in)?|photographe|fotograaf|fotógraf[oa]|fotograf[oa]|攝影[師者家]?|摄影[师者家]?|撮影者?|[攝摄](?!影))\s*[)\]]?\s*\.?)+$",
    re.IGNORECASE,
)
"""What stands before a name, and behind it, and is no part of it: a by-line's words, years of a life, that it made the picture."""
_COURTESY = re.compile(
    r"^\s*(?:(?:(?:photo(?:graph)?|image|picture)\s+)?courtesy(?:\s+of)?:?\s+)?(?:the\s+)?", re.IGNORECASE
)
_HONOURS = frozenset(["dr", "prof", "professor", "mr", "ms", "miss", "sir", "phd", "esq", "dott", "rev"])
"""Titles of a person, left out where two words of a name remain; Mrs John Roe is another than John Roe."""
_ATTRIBUTED = re.compile(
    r"^(?:attrib(?:uted|\.)?|toegeschreven|zugeschrieben|attribuée?|atribuid[oa]|attribuit[oa])(?:\s+(?:to|à|a|aan))?:?\s+|[\s,]*[(\[]?(?:attrib(?:uted|\.)?|attr\.|zugeschrieben|toegeschreven|\?)[)\]]?$",
    re.IGNORECASE,
)
"""What says that a name is not sure; it is the same name."""
_NOTHING = frozenset([
    "n/a", "n.a", "na", "none", "null", "unknown", "not known", "unspecified", "not specified", "tbc", "tbd", "untitled", "no title", "sans titre", "ohne titel", "sin título", "senza titolo",
    "zonder titel", "olympus digital camera", "sony dsc", "minolta digital camera", "konica minolta digital camera", "kodak digital still camera", "samsung camera pictures",
    "digital camera", "exif_jpeg_picture", "created with gimp", "無題", "无题", "未命名", "無標題", "无标题", "無", "无", "不詳", "不详", "未知", "不明", "未詳",
])  # fmt: skip
"""Values that say that there is none, or what a camera or a program writes by itself."""
_NUMBERED = re.compile(
    r"_?(?:dsc[nf]?|imgp?|mg|pict|gopr|dji|pxl|sam|p)[_ -]?\d{3,8}(?:[_ -]\d+)*(?:\.[a-z]{3,4})?"
)
"""A camera's own name of a file, which a program took for a title."""
_SHORT_LICENCE = re.compile(
    r"(?:cc|creative commons)[\s-]+(?P<kind>by|attribution|0|zero)(?P<more>(?:[\s-]+(?:nc|nd|sa|non-?commercial|no ?deriv(?:ative)?s|share-?alike))*)[\s-]*(?P<version>\d\.\d)?(?:[\s-]*(?:international|unported|universal))?"
)
_LICENCE_PAGE = re.compile(r"creativecommons\.org/licenses/(?P<kind>by)(?P<more>[a-z-]*)/(?P<version>\d\.\d)")
_WORDS_OF_LICENCE = (("by", "attribution"), ("nc", "noncommercial"), ("nd", "noderiv"), ("sa", "sharealike"))
_HAN = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u9fff]) (?=[\u3040-\u30ff\u3400-\u9fff])")
"""Blanks within a name in Chinese or Japanese."""
_ALIKE = {
    **dict.fromkeys(map(ord, "‘’‚ʼ′"), "\x27"),
    **dict.fromkeys(map(ord, "“”„«»″"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
    **dict.fromkeys((0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF)),
}
"""Quotation marks and dashes that are written one for another, and marks that nobody sees."""
_LICENCE = re.compile(
    r"(?P<cc>creativecommons\.org/(?:licenses|publicdomain)/[\w+-]+/[\d.]+(?:/(?!deed|legalcode)[a-z-]+)?)/?(?:deed|legalcode).*|rightsstatements\.org/(?:page|vocab)/(?P<rs>[\w-]+/[\d.]+).*"
)
"""Pages of the two vocabularies of rights that show what an address of a licence stands for."""
_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
_EDGES = " \t\r\n.,;:-–—|/·'[]" + '"'
_PREFIX = re.compile(r"^(?:https?://(?:www\.)?|urn:|uuid:)+")


@lru_cache(maxsize=1 << 14)
def normalised(field: str, value: str) -> str:
    """Return the form in which two values of a field are compared; empty when the value asserts nothing.

    >>> normalised("copyright_notice", "© 2019 Wong Siu Ming. All rights reserved.")
    'wong siu ming'
    >>> normalised("creator", "Doe, Jane; Wong") == normalised("creator", "WONG and Jane Doe")
    True
    """
    if field == "date_created":
        return _date_key(value)
    if field in _PEOPLE:
        return "; ".join(sorted(_people(value)))
    if field in _ADDRESSES:
        return _address(value)
    if field in _LISTS:
        return "; ".join(sorted(filter(None, map(_address, value.split("; ")))))
    if field == "usage_terms" and (licence := _licence(value)):
        return licence
    if field in _CLAIMS:
        value = _SIGNS.sub(" ", value)
        value = _YEARS.sub(" ", value) if field == "copyright_notice" else value
        value = re.sub(r"\s*/\s*", "/", _COURTESY.sub("", _SAYS_BY.sub("", value)))
    plain = _folded(value).strip(_EDGES)
    by_itself = field in {"title", "caption"} and _NUMBERED.fullmatch(plain)
    return "" if by_itself or plain in _NOTHING else plain


def compare(field: str, left: str, right: str, fold: Fold = as_written) -> str:
    """Return `missing`, `equal`, `compatible` or `conflict` for two values of a field; symmetric.

    `fold` says how values are read first: as written, or with Chinese in one script.

    >>> compare("date_created", "2024-05", "2024-05-17T09:30:00+08:00")
    'compatible'
    >>> compare("creator", "Chan Tai Man", "Lee Siu Fong")
    'conflict'
    >>> compare("credit", "", "Film Archive")
    'missing'
    """
    left, right = fold(left), fold(right)
    one, other = normalised(field, left), normalised(field, right)
    if not one or not other:
        return "missing"
    if one == other:
        return "equal"
    if field == "date_created":
        return "compatible" if _dates_agree(left, right) else "conflict"
    if field in IIM_LIMITS and (_is_cut(field, left, right) or _is_cut(field, right, left)):
        return "compatible"
    return "compatible" if _may_be_one(field, left, right) else "conflict"


def contradictory(field: str, values: Iterable[str], fold: Fold = as_written) -> bool:
    """Return whether any two of several values of a field are a conflict.

    >>> contradictory("creator", ["Doe, Jane", "Jane Doe", ""]), contradictory("creator", ["Jane Doe", "Ho Fan"])
    (False, True)
    """
    return any(compare(field, *pair, fold) == "conflict" for pair in combinations(values, 2))


def _folded(text: str) -> str:
    """NFKC, casefold, one space between words; NFKC again because casefolding can undo it."""
    plain = unicodedata.normalize("NFKC", text.translate(_ALIKE)).casefold()
    folded = unicodedata.normalize("NFKC", plain).translate(_ALIKE)
    return " ".join(folded.replace("\x00", " ").split())


def _address(text: str) -> str:
    """Return an address or an identifier without its scheme: http and https lead to one place."""
    plain = _PREFIX.sub("", _folded(text)).strip("/{} ")
    if (page := _LICENCE.fullmatch(plain)) is None:
        return plain
    return page["cc"] or f"rightsstatements.org/vocab/{page['rs']}"


def _people(text: str) -> frozenset[str]:
    """Each person as the sorted words of the name, so that neither the order of people nor of names matters."""
    stripped = _SIGNS.sub(" ", text)
    if _words(stripped) in _nobody():
        return frozenset()
    people = (_words(_bare(part)) for part in _BETWEEN_PEOPLE.split(_SAYS_BY.sub("", stripped)))
    return frozenset(person for person in people if any(map(str.isalnum, person))) - _nobody()


def _may_be_one(field: str, left: str, right: str) -> bool:
    """Whether two values can be both true though they differ: in what is not sure of a name, an agency beside it, or their scripts."""
    if field in _ADDRESSES or field in _LISTS:
        return False
    if field not in _PEOPLE:
        told = _in_two_scripts if field in {"title", "caption"} else _may_be_romanised
        return told(normalised(field, left), normalised(field, right))
    one, other = (_people(_unsure(text)) for text in (left, right))
    if not one or not other:
        return False
    if field == "creator" and any(
        "/" in longer and ";" not in longer and few < many
        for longer, few, many in ((left, other, one), (right, one, other))
    ):
        return True  # `Jane Doe / AP` is a photographer and her agency
    return len(one) == len(other) and (one == other or _may_be_romanised(" ".join(one), " ".join(other)))


def _unsure(text: str) -> str:
    return "; ".join(_ATTRIBUTED.sub("", part.strip()) for part in _BETWEEN_PEOPLE.split(text))


def _in_two_scripts(one: str, other: str) -> bool:
    """Whether texts share no script, or one of them is the other in a further script, too.

    >>> _in_two_scripts("陳大文", "chan tai man"), _in_two_scripts("pier 碼頭", "pier"), _in_two_scripts("pier 碼頭", "quay")
    (True, True, False)
    """
    left, right = _by_script(one), _by_script(other)
    shared = left.keys() & right.keys()
    return bool(left and right) and left.keys() != right.keys() and all(left[s] == right[s] for s in shared)


def _may_be_romanised(one: str, other: str) -> bool:
    """Whether one text may be the other in Latin letters: a character of Chinese is one syllable.

    >>> _may_be_romanised("陳大文", "chan tai man"), _may_be_romanised("陳大文", "konstantin papadimitriou")
    (True, False)
    """
    if not _in_two_scripts(one, other):
        return False
    both = _by_script(one) | _by_script(other)
    if not {"LATIN", "CJK"} <= both.keys():
        return True
    return 0 < len(re.findall("[aeiouy]+", both["LATIN"])) <= len(both["CJK"].replace(" ", ""))


def _by_script(text: str) -> dict[str, str]:
    """Return the words of a text by the script of their letters."""
    found: dict[str, list[str]] = {}
    for word in re.findall(r"[^\W\d_]+", text):
        for script, letters in groupby(word, lambda letter: unicodedata.name(letter, "?").split()[0]):
            kind = "CJK" if script in {"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"} else script
            found.setdefault(kind, []).append("".join(letters))
    return {script: " ".join(sorted(words)) for script, words in found.items()}


def _licence(text: str) -> str:
    """Return the short name of a Creative Commons licence, however it is written; nothing where it is none.

    >>> _licence("CC-BY-SA 4.0"), _licence("https://creativecommons.org/licenses/by-sa/4.0/")
    ('cc by-sa 4.0', 'cc by-sa 4.0')
    """
    found = _SHORT_LICENCE.fullmatch(_folded(text).strip(_EDGES)) or _LICENCE_PAGE.fullmatch(_address(text))
    if found is None:
        return ""
    plain = re.sub(r"[^a-z]", "", found["more"])
    parts = [short for short, word in _WORDS_OF_LICENCE[1:] if short in plain or word in plain]
    kind = "by" if found["kind"] in {"by", "attribution"} else "0"
    return f"cc {'-'.join([kind, *parts])} {found['version'] or ''}".strip()


def _words(name: str) -> str:
    """Return the words of a name in the order of the alphabet, without titles; a name in Chinese in one piece."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", _folded(name)))
    plain = " ".join(re.sub(r"[,.\[\]-]", " ", unicodedata.normalize("NFC", bare)).split())
    words = _HAN.sub("", plain).split()
    named = [word for word in words if word not in _HONOURS]
    return " ".join(sorted(named if len(named) > 1 else words))


def _bare(name: str) -> str:
    plain = " ".join(unicodedata.normalize("NFKC", name).split())
    return (
        re.sub(r"(?<=[\u3400-\u9fff]{2})(?:先生|女士|小姐)$", "", _SAYS_ROLE.sub("", plain).strip(" ,"))
        or plain
    )


@cache
def _nobody() -> frozenset[str]:
    """Return what stands for a name where nobody's is known; it says nothing of who it was."""
    words = [*_NAMELESS, *_NOTHING, *(f"{one} {other}" for one in _NAMELESS for other in _CALLED)]
    return frozenset(map(_words, words))


def _is_cut(field: str, short: str, long: str) -> bool:
    """Whether `short` is what an IIM field would have kept of `long`, by characters or by octets of UTF-8 or Big5."""
    limit = IIM_LIMITS[field]
    candidates = {normalised(field, cut) for cut in _cuts(long, limit)}
    if field in _PEOPLE:  # the IIM by-line repeats: each name is cut by itself
        parts = _BETWEEN_PEOPLE.split(long)
        candidates |= {
            normalised(field, "; ".join(cuts))
            for cuts in zip(*(_cuts(part, limit) for part in parts), strict=True)
        }
    return normalised(field, short) in candidates


def _cuts(text: str, limit: int) -> tuple[str, str, str]:
    stripped = text.strip()
    octets = stripped.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")
    ends = accumulate(1 if character.isascii() else 2 for character in stripped[:limit])
    return stripped[:limit], octets, stripped[: sum(end <= limit for end in ends)]


def _date_key(value: str) -> str:
    span = parse_date(value)
    return (
        _folded(value)
        if span is None
        else f"{span.start.isoformat()}/{span.end.isoformat()}{'Z' * span.zoned}"
    )


def _dates_agree(left: str, right: str) -> bool:
    one, other = parse_date(left), parse_date(right)
    return one is not None and other is not None and dates_agree(one, other)
