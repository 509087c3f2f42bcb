"""Words and signs that dates are written with, in many languages, as patterns over text that `dates` has folded."""

import re
import unicodedata
from datetime import date
from functools import cache

LANGUAGES = [
    "en", "de", "fr", "nl", "es", "it", "pt", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ru", "uk",
    "el", "tr", "ro", "ca", "id", "ms",
]  # fmt: skip
FOLDED = re.compile("[\u0300-\u036f]")
CLOSED = re.compile(r"(?P<date>-?\d{4}(?:-\d\d(?:-\d\d)?)?|\d{4}-2[1-4]|-?\d{3}X|-?\d{2}XX)(?P<mark>[?~%]?)")
WHOLE, REST = re.compile(r"\d{4}-\d\d(?:-\d\d)?"), re.compile(r"\d\d(?:-\d\d)?")
"""A date, and what the end of a range leaves out of it: `1950-05-13/15`."""
NEGATIVE_OR_END = re.compile(r"-(?:1[4-9]|20)\d\d")
"""`until 1950` to a registrar, 1951 BC in the standard."""
THAI = re.compile("[\u0e50-\u0e59]")
"""Figures that years of the Buddhist calendar are written in."""
MOMENT = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?\s?(?P<zone>Z|[+-]\d\d:?\d\d)?"
)
CLOCK = re.compile(
    r"(?:^|(?<=[\d\s,t]))(?P<hour>\d{1,2})[:h](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?(?:\s*(?P<zone>z|utc|gmt|[+-]\d\d:?\d\d))?(?:\s*(?:uhr|hrs?|h)\b)?(?=$|[\s,])"
)
EXIF = re.compile(r"(\d{4}):(\d\d):(\d\d)(?=\s|$)")
NUMBERS = re.compile(r"(?<![\d/.=-])(\d{1,2})([/.-])\s?(\d{1,2})\2\s?(\d{4})(?![\d/.-]*\d)")
YEAR_FIRST = re.compile(r"(?<![\d/.=-])(\d{4})([/.-])\s?(\d{1,2})\2\s?(\d{1,2})(?![\d/-]*\d)")
YEAR_MONTH = re.compile(r"(?<![\d/.=-])(\d{4})[-/.](0[1-9]|1[0-2])(?![\d/.-]*\d)")
ROMAN_MONTH = re.compile(
    r"(?<![\d/.=-])(\d{1,2})([/. -])\s?(i{1,3}|iv|vi{0,3}|ix|xi{0,2})[/. -]\s?(\d{4})(?!\d)"
)
PACKED = re.compile(r"(\d{4})(\d\d)(\d\d)?")
DECADE = re.compile(
    r"(?:\b(?:les |de |the )?(?:annees|jaren|anni|anos|decada(?: de)?(?: los)?|decennio|gli anni)\s+(?P<a>\d{3})0\b)"
    r"|\b(?P<b>\d{3})0\s*(?:['’]?s\b|-?(?:er|ern|ies|ernes|talet|erne)(?:[ -]?jahren?)?\b|-?(?:luku|lvun)|-?(?:ые|ых|е|х)(?:\s*(?:гг?\b\.?|годы|годов))?(?=$|[\s,.;–-]))"
    r"|\b(?P<c>\d{3})[-–](?![\d–-])|\b(?P<d>\d{3})[x?u](?![\dxu])|\b(?P<e>\d{3})0-9\b"
)
CENTURY_DIGITS = re.compile(r"\b(\d\d)(?:--|xx|\?\?|uu|\.\.)(?!\d)")
LAST_DIGITS = re.compile(r"\b(\d\d)\.\.(?![\d.])")
"""Points for the last digits of a year, also where a text ends with them."""
ROMAN = "(?=[xvi])(?:x{0,2}(?:ix|iv|v?i{0,3}))"
CENTURY = re.compile(
    rf"\b(?P<n>\d{{1,2}}|{ROMAN})\s?(?:st|nd|rd|th|\.|º|°|ª|e|eme|er|de|ste)?[\s-]*(?:century|centuries|cent\.?(?=$|\s)|(?<!de)c\.(?=$|[\s,])|(?<=st |nd |rd |th )c(?=$)|jahrhunderts?|jahrh\.?|jhdt?s?\.?|jhs?\.?"
    rf"|siecle|(?<=e )s(?=$)|(?<!de)s\.(?=$|\s)|eeuw|secolo|sec\.|seculo|sec\b|arhundradet|wieku?|w\.?(?=$|[\s,])|stoleti|века?|в\.?(?=$|[\s,]))(?=$|[\s,;)?])"
    rf"|\b(?:siglos?|secol[oi]|sec\.?|seculos?|ss?\.|saec\.?)\s?(?P<m>{ROMAN}|\d{{1,2}})\b"
)
BOTH_CENTURIES = re.compile(
    rf"\b(?P<n>\d{{1,2}}|{ROMAN})(?:st|nd|rd|th|\.|e|eme)?(?P<m>)(?=\s*(?:-|–|/|\bto\b|\bor\b|\bbis\b|\boder\b|\bet\b|\bou\b|\ba\b|\btot\b)\s*(?:[a-z]+[\s-]+){{0,3}}#\d\dXX#)"
)
BC = re.compile(
    r"\b(?P<year>\d{1,4})\s*(?:b\.?\s?c\.?(?:\s?e\.?)?|v\.\s?chr\.?|v\.\s?u\.\s?z\.?|av(?:ant)?\.?\s?j\.?(?:esus)?[- ]?c\.?(?:hrist)?|a\.\s?c\.?|до н\.?\s?э\.?)(?=$|[\s,/–)?-])"
)
AD = re.compile(r"\b(?:a\.?\s?d\.?|anno domini)\s?(\d{1,4})\b|\b(\d{1,4})\s*(?:a\.?\s?d\.?|c\.?\s?e\.|ce|n\.\s?chr\.?|ap\.\s?j\.?-?c\.?|d\.\s?c\.)(?=$|[\s,/–)-])")  # fmt: skip
ABOUT = re.compile(
    r"(?:^|(?<=[\s(/–-]))(?:c\.?(?=\s?[\d#=])|c\.(?=\s?[a-z])|(?:ca|cca|circa|about|approx(?:imate(?:ly)?)?|around|um|etwa|gegen|ungefahr|zirka|vers|env|environ|omstreeks|rond|ongeveer|hacia|"
    r"alrededor(?: de| del)?|aprox(?:imadamente)?|cerca(?: de)?|intorno(?: al?)?|verso(?: il)?|omkring|noin|около|estimated|est)(?=[\s.,:)\d~#=]|$)[.:]?)|(?<=\d )c\.?$"
)
UNSURE = re.compile(
    r"\?|\b(?:prob(?:ably|\.)|possibly|perhaps|maybe|likely|presumably|vermutlich|wahrscheinlich|wohl|moglicherweise|vielleicht|probablement|peut[- ]etre|"
    r"waarschijnlijk|vermoedelijk|misschien|mogelijk|probablemente|posiblemente|quizas?|probabilmente|forse|presumibilmente|provavelmente|troligen|uncertain|unsicher|incertain|incierta|onzeker)(?=[\s,)\d]|$)"
)
BEFORE = re.compile(
    r"^(?:(?:not|no) (?:after|later than)|before|by|prior to|pre|until|till|up to|vor(?: dem)?|bis(?: zum)?|spatestens|nicht nach|avant(?: le)?|jusqu'?(?:en|a)|au plus tard(?: en)?|"
    r"voor|tot|uiterlijk|antes del?|hasta(?: el)?|no despues de|anteriore? al?|prima del?|entro(?: il)?|fino al?|ante|antes|fore|ennen|przed|до)\b[\s.-]*"
)
AFTER = re.compile(
    r"^(?:(?:not|no) (?:before|earlier than)|after|since|post|from|nach(?: dem)?|seit|ab|fruhestens|nicht vor|apres(?: le)?|depuis|a partir d[eu]l?|des(?!\.)|na|vanaf|sinds|"
    r"despues del?|desde(?: el)?|posteriore? al?|dopo(?: il)?|dal?|depois de|efter|jalkeen|после)\b[\s.-]*"
)
BETWEEN = re.compile(r"^(?:between|zwischen|entre|tussen|tra(?: il)?|fra(?: il)?|mellan|mellem|między|между)\s+(.+?)\s+(?:and|und|et|en|y|e|och|og|i|и|&)\s+(?:il |el )?(.+)$")  # fmt: skip
FROM = re.compile(
    r"^(?:from|von|vom|de|du|van|desde|del?|dal?|das)\s+(?=.*(?:\bto\b|\bbis\b|\ba\b|\bau\b|\btot\b|\bt/m\b|\bhasta\b|\bal?\b|\bthrough\b))"
)
TO = re.compile(
    r"(?<=[\w.)?#=])\s+(?:to|bis(?: zum)?|a|au|t/m|tot(?: en met)?|until|till|through|hasta|al|ou|or|oder|o|of|jusqu'a)\s+(?=[\w~?@#=])|\s*(?:–|/)\s*|\s+-\s+|-"
)
PARTS = re.compile(
    r"\b(?:(?:first|second|third|fourth|last|1st|2nd|3rd|4th|[1-4](?:\.|er|ere|eme|e|de|ste|o|a)|premier|premiere|deuxieme|dernier|derniere|seconde?|troisieme|quatrieme|eerste|tweede|laatste|primer|primera|primeira|segunda?|terceir[oa]|"
    r"ultimo|ultima|primo|prima|seconda?|erste[sn]?|zweite[sn]?|letzte[sn]?)\s+(?:half|quarter|third|halfte|viertel|drittel|moitie|quart|tiers|helft|kwart|mitad|metade|cuarto|tercio|meta|quarto|terzo)|"
    r"early|mid|middle|late|later|beginning|start|end|anfang|anfange|mitte|ende|fruhes|spates|fruhe|spate|debut|milieu|fin|begin|midden|eind|einde|vroege|late|principios|mediados|fines|finales|"
    r"comienzos|inizio|inizi|meta|fine|primi|seconda meta|конец|начало|середина|koniec|poczatek|polowa|konec|zacatek)\b[\s-]*(?:of the|of|der|des|de la|de los|del|dello|degli|du|van de|the|di|de)?\s*"
)
NOT_MAKING = re.compile(
    r"(?:^|[\s,;(/\[])(?:(?:later|spaterer|modern|posthumous|copy)\s+)?(?:printed|prints?|reprinted|reprint|gedruckt|abzug|abgezogen|neuabzug|nachdruck|tirage|retirage|imprimee?|afgedrukt|afdruk|impres[oa]|"
    r"positivado|tiraje|stampat[oa]|ristampa|impresso|scanned|scan|digiti[sz]ed|digitalisiert|numerisee?|gescand|digitalizad[oa]|digitalizzat[oa]|published|publ|veroffentlicht|publiee?|"
    r"publicad[oa]|pubblicat[oa]|gepubliceerd|issued|reproduced|copied|restored|received|acquired|翻印|沖印|冲印|沖洗|冲洗|印製|印制|焼付|プリント|出版|發行|发行|発行)(?![a-z])"
)
MAKING = re.compile(
    r"^(?:(?:signed and |inscribed and |signiert und )?(?:dated|datiert)(?![a-z])|inscribed|taken|made|created|photographed|negative|negativ|neg|executed|dated|photo(?:graph)?|aufgenommen|aufnahme|fotografiert|entstanden|hergestellt|prise(?: de vue)?|cliche|negatif|"
    r"realisee?|creee?|opname|opgenomen|gemaakt|tomada|realizad[oa]|cread[oa]|negativo|scattata|scatto|realizzat[oa]|ripresa|拍攝於|攝於|攝|拍摄于|摄于|撮影)(?![a-z])[\s.:]*(?:(?:in|im|am|en|on|op|nel|el|le)\b)?\s*"
)
OF_PRINT = re.compile(r"\W*(?:of|from|after|von|nach|de|du|d'|naar|del?|da|di)\b")
LATER_PRINT = re.compile(
    r"\d|\b(?:later|posthum\w*|spater\w*|modern\w*|nachtraglich|plus tard|posterieur\w*|posterior\w*|piu tardi|naderhand|后来|後來)\b"
)
"""What a print is of; that it is of another time. Without either, the date before the word is the print's own."""
NEGATIVE = re.compile(
    r"\W+(?:negative|negativ|neg|negatief|negatif|negativo|photographed|taken|aufgenommen|aufnahme|底片|ネガ)\W*$|(?<=[年月日])(?:拍攝|拍摄|攝影|摄影|攝製|摄制|攝|摄|撮影|製作|制作|製)$"
)
SUPPLIED = re.compile(
    r"(?<!\d)(?:(?P<a>\d{1,3})\[(?P<b>\d{1,3})(?P<m>\??)\]|\[(?P<c>\d{1,3})\](?P<d>\d{1,3}))(?!\d)"
)
"""Digits of a year that a cataloguer has added."""
MONTH_YEAR = re.compile(r"(0?[1-9]|1[0-2])[/.-]([12]\d{3})")
TWO_YEARS = re.compile(r"([12]\d{3})/(\d\d)")
YEAR_DOT_MONTH = re.compile(r"([12]\d{3})\.\s?([1-9])")
PARTS_UNKNOWN = re.compile(r"(\d{4}(?:-\d\d)?)(?:-(?:xx|uu|\?\?|00)){1,2}")
"""A year, or year and month, behind which the form has places for what is not known."""
EITHER = re.compile(r"\b(?:on|in) or (?=about|before|after)")
"""What `on or before` says beside `before` is within the meaning of an open end."""
DECADES = re.compile(
    r"\b(?:annees|jaren|anni|anos|decadas? de)\s+(\d{3})0\s*(?:[-–/]|\bet\b|\by\b|\be\b|\ben\b)\s*(\d{3})0\b"
)
MORE_CENTURIES = re.compile(rf"(?<=XX#)\s*[-–/]\s*({ROMAN})(?=$|[\s,;)?])")
ROMAN_YEAR = re.compile(r"(?:anno\s+)?(m{1,2}(?:cm|cd|d?c{0,4})(?:xc|xl|l?x{0,4})(?:ix|iv|v?i{0,4}))\.?")
WITHIN = re.compile(r"(?<!\d)(\d{1,2})/([a-z]{3,})\.?/(?=\d{4})")
"""Strokes of `12/Sep/1931`."""
SHORT_DECADES = re.compile(
    r"\b(?P<head>\d\d)(?P<one>\d)0(?:['’]?s|er|年代)?\s*(?:-|–|/|\b(?:and|und|bis|to)\b|&)\s*['’]?(?P<other>\d)0\s*(?:['’]?s\b|er[n]?\b(?:[ -]?jahren?\b)?|年代)"
)
ALTERNATIVE = re.compile(
    r"(.*\d\S*)\s+(?:or|and|oder|und|ou|et|o|y|of|en|e)\s+(?:(?P<before>earlier|before|fruher|davor|avant|anterieure?|antes|anterior|eerder|prima|precedente)"
    r"|(?:later|after|spater|danach|apres|posterieure?|despues|posterior|dopo|successiv[oa]))"
)
COMPARED = re.compile(r"^(?:(?P<before>[<≤]=?)|[>≥]=?)\s*(?=[^<>]*$)")
"""`<1950`; one in `<1950>` is a bracket."""
TWO_DAYS = re.compile(r"\b(\d{1,2})\.?\s*(?:&|\b(?:and|und|et|y|en)\b)\s*(?=\d{1,2}\.?\s+[a-z])")
CORRECTED = re.compile(r"^.*?\[?\bi\.?\s?e\.?,?\s+")
COPYRIGHT = re.compile(r"^(?:©|copyright|\(c\)|c(?=\d{4}))\s*(?:©|\(c\))?\s*(?=\d{4})|^[p℗]\s?(?=\d{4})")
SEASONS = {
    word: number
    for number, words in (
        (21, "spring fruhling fruhjahr printemps lente voorjaar primavera var forar"),
        (22, "summer sommer ete zomer verano estate verao sommar"),
        (23, "autumn fall herbst automne herfst najaar otono autunno outono host"),
        (24, "winter hiver invierno inverno vinter"),
    )
    for word in words.split()
}
FILLERS = frozenset([
    "of", "the", "de", "del", "di", "du", "des", "den", "der", "dem", "le", "la", "el", "il", "lo", "am",
    "im", "in", "on", "en", "op", "anno", "ano", "annee", "jahr", "year", "jaar", "year's", "den",
    "vom", "dated", "sic", "ce", "г", "года", "гг", "годы", "die",
])  # fmt: skip
UNKNOWN = frozenset(
    ["undated", "nd", "sa", "sineanno", "zj", "zonderjaar", "zonderdatering", "odaterad", "bd", "bezdatowania", "бг", "бездаты", "недатировано", "日期不明", "無年份", "无年份", "年份不明", "未記載", "未记载", "待考", "拍攝年份不詳", "拍摄年份不详", "拍攝日期不詳", "拍摄日期不详", "연도미상", "촬영일미상", "nodate", "sd", "sinedato", "sinedata", "ohnedatum", "od", "oj", "ohnejahr", "undatiert", "unbekannt", "datumunbekannt", "sansdate", "nondate", "nondatee", "inconnu", "inconnue", "dateinconnue", "zonderdatum", "zd", "ongedateerd", "onbekend", "datumonbekend", "sinfecha", "sf", "desconocida", "desconocido", "fechadesconocida", "senzadata", "nondatato", "sconosciuta", "sconosciuto", "datasconosciuta", "semdata", "unknown", "dateunknown", "unknowndate", "notdated", "datenotknown", "notknown", "na", "none", "null", "unspecified", "notrecorded", "notgiven", "uuuu", "xxxx", "0000", "9999", "udat", "odat", "okand", "okant", "tuntematon", "bezdat", "不詳", "不详", "日期不詳", "日期不详", "年代不詳", "年代不详", "年份不詳", "年份不详", "未詳", "未详", "無日期", "无日期", "日期未知", "不明", "年代不明", "年不明", "撮影年不明", "未知", "無", "无", "미상", "연대미상", "날짜미상"]
)  # fmt: skip


TOKEN = re.compile(
    r"=(\d{4})-(\d\d)-(\d\d)=|#(-?[\dX]{4})(!?)#|(\d+)(?:\.|(?<!\d{4})(?:st|nd|rd|th|er|ere|re|ste|de|e|o|a|°))?(?![a-z\d])|([^\W\d_]+(?:\.(?=[a-z]\.))?)|(\S)"
)


def folded(text: str) -> str:
    """Return a text in lower case without accents; wide forms become narrow ones, all dashes but the hyphen one."""
    plain = (
        unicodedata.normalize("NFKC", text).casefold().replace("−", "-").replace("‐", "-").replace("‑", "-")
    )
    plain = re.sub("[—―‒]", "–", plain).replace("’", "'").replace("〜", "~").replace("∼", "~")
    bare = FOLDED.sub("", unicodedata.normalize("NFD", plain))
    return " ".join(unicodedata.normalize("NFC", bare).split())


_SHORT_FORMS = {
    0: "tues weds thur thurs", 1: "janv jaenner janner", 2: "fevr feber", 3: "mrt mrz maerz", 4: "avr", 7: "juil", 9: "sept setiembre",
}  # fmt: skip


@cache
def names_of_days() -> dict[str, int]:
    """Return names of months with their numbers, and of days with 0; a name that means two months means none."""
    from babel.dates import get_day_names, get_month_names  # noqa: PLC0415  only a date in words pays for it

    found: dict[str, set[int]] = {}
    for language in LANGUAGES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in get_month_names(width, context, language).items():
                    found.setdefault(folded(name).strip(". "), set()).add(int(number))
                for name in get_day_names(width, context, language).values():
                    found.setdefault(folded(name).strip(". "), set()).add(0)
    for number, words in _SHORT_FORMS.items():
        found.update((word, {number}) for word in words.split())
    english = {
        folded(n): k for w in ("wide", "abbreviated") for k, n in get_month_names(w, "format", "en").items()
    }
    # A lone letter is some language's day of the week, but more often `died` or `volume`.
    found = {name: numbers for name, numbers in found.items() if len(name) > 1}
    plain = {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}
    # A day of the week in another language ("mar", "sat") is no reason to lose an English month.
    return (
        plain
        | {name: max(numbers) for name, numbers in found.items() if len(numbers) == 2 and 0 in numbers}
        | english
    )


def timed(day: str, clock: "re.Match[str]") -> str:
    """Return a day with its time, as far as the time is one; midnight to the second is what programs add to a day that was written without."""
    hour, minute, second = int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)
    half = clock.groupdict().get("half") or ""
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 23 or minute > 59 or second > 59 or (clock["second"] and not (hour or minute or second)):
        return day
    said = (clock["zone"] or "").upper()
    zone = "+00:00" if said in {"Z", "UTC", "GMT"} else f"{said[:3]}:{said[-2:]}" if said else ""
    return f"{day}T{hour:02d}:{minute:02d}" + (f":{second:02d}" if clock["second"] else "") + zone


def calendar_day(year: int, month: int = 0, day: int = 0) -> str | None:
    """Return year, month and day as far as they are known; None where the calendar has no such day."""
    parts = [year, *([month] if month else []), *([day] if month and day else [])]
    try:
        date(*(*parts, 1, 1)[:3])
    except ValueError:
        return None
    return "-".join((f"{parts[0]:04d}", *(f"{part:02d}" for part in parts[1:])))


def before_christ(year: int) -> str:
    """Return a year before the common era as EDTF counts it."""
    return f"-{year - 1:04d}" if year > 1 else "0000"


def roman(text: str) -> int:
    """Return what a numeral of Rome means, in small letters."""
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
    numbers = [values[letter] for letter in text]
    return sum(-n if any(m > n for m in numbers[i + 1 :]) else n for i, n in enumerate(numbers))


def of_its_own(text: str) -> str | None:
    """Return what a form says that no other shares: `05.1931`, `1931.5`, a year in numerals of Rome; `1905/06` is June or two years."""
    if (alone := TWO_YEARS.fullmatch(text)) and int(alone[2]) == (int(alone[1]) + 1) % 100:
        return f"{alone[1]}/{int(alone[1]) + 1}"
    if alone := MONTH_YEAR.fullmatch(text):
        return calendar_day(int(alone[2]), int(alone[1]))
    if alone := YEAR_DOT_MONTH.fullmatch(text):
        return calendar_day(int(alone[1]), int(alone[2]))
    alone = ROMAN_YEAR.fullmatch(text)
    return f"{roman(alone[1]):04d}" if alone and 1400 <= roman(alone[1]) <= 2100 else None
